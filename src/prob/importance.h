/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_PROB_IMPORTANCE_H
#define LVM_PROB_IMPORTANCE_H

#include <stddef.h>

/* The importance-weighted bound (chapter 5): with weights w(z) = p(x, z) / q(z) and
   independent z_1 .. z_S from q,

     F^(S) = E[ ln (1/S) sum_i w(z_i) ],  F = F^(1) <= F^(S) <= ln p(x).  */

/* One draw of it, ln (1/S) sum_i w_i: iw-def.
   Given     S >= 1; log_w [S], in nats, -inf allowed  */
double lvm_importance_bound (size_t S, const double log_w[]);

/* Its standard error by the delta method, in nats: the standard deviation of the weights over
   their mean and sqrt S.  It knows nothing of the bias, by which a draw is below ln p(x) on
   average, and nothing of weights so rare that none was drawn.
   Given     S >= 2; log_w [S], finite for one at least; NaN otherwise  */
double lvm_importance_error (size_t S, const double log_w[]);

/* Its expectation, without drawing: weights that take the value exp log_w_i with
   probability p_i, by the integral iw-laplace and the trapezoidal rule, whose error falls
   exponentially here.
   Given     S >= 1; p [n] >= 0, of sum one; log_w [n]: the states of a finite z (p = q),
             or the nodes of a quadrature over q
   Returned  nats; -inf where a weight of zero has positive probability
   Accuracy  about 1e-14, beside the rounding of ln E[w]
   Cost      some 500 n exponentials  */
double lvm_importance_expected (size_t S, size_t n, const double p[],
                                const double log_w[]);

/* One draw of its gradient with respect to one parameter of q, for z_i = g(eps_i, phi):
   iw-gradient.
   Given     log_w [S]; path [S], the derivative of ln w(z_i) through z_i alone; score [S],
             that of ln q(z_i | phi) with z_i kept; work [S], overwritten  */
double lvm_importance_gradient (size_t S, const double log_w[], const double path[],
                                const double score[], double work[]);

/* Another, of the same mean, that needs no score: iw-doubly.  */
double lvm_importance_gradient_doubly (size_t S, const double log_w[],
                                       const double path[], double work[]);

#endif
