/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_PROOFS_05_H
#define LVM_PROOFS_05_H

#include <stddef.h>

#include "harness/claim.h"

/* Where the three forms are evaluated: one datum, a z of K states.  Zeros of q are
   allowed, and there the logarithms may be -inf.  */
typedef struct
{
  size_t K;
  const double *log_prior;      /* [K] ln p(z = k)     */
  const double *log_likelihood; /* [K] ln p(x | z = k) */
  const double *q;              /* [K] >= 0, sum 1     */
} finite_model;

/* F(q), from the third form to the first.  */
enum
{
  ELBO_DEF,
  ELBO_FORM_2,
  ELBO_PRODUCT,
  ELBO_FORM_1,
  ELBO_LINES
};
extern const lvm_interface form_lines;
extern const char *const form_labels[ELBO_LINES];

/* Formulas of the text that are no part of the library.

   log_mean_weight  ln E_q[w] for a z of K states: elbo-support
   reverse          the standard deviations of the factorised Gaussian q of least KL(q, p),
                    p = N(0, Sigma), from the precision Sigma^-1 [D x D]: kl-reverse
   forward          the same for the least KL(p, q), from Sigma: kl-forward
   second_moment    E_q[w^2] of that q in two dimensions with correlation rho: iw-second
   tail_slope       the local slope of ln gap against ln S beyond the threshold,
                    at this S: iw-threshold
   by_prior_mean    d ln p(x, z) / d mu_0 in the linear model: elbo-theta  */
typedef struct
{
  double (*log_mean_weight) (size_t K, const double q[], const double log_prior[],
                             const double log_likelihood[]);
  void (*reverse) (size_t D, const double precision[], double sd[]);
  void (*forward) (size_t D, const double covariance[], double sd[]);
  double (*second_moment) (double rho);
  double (*tail_slope) (double rho, double log_S);
  double (*by_prior_mean) (double z, double prior_mean, double prior_sd);
} formula_ops;
extern const lvm_interface formula_interface;

#endif
