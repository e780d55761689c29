/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_PROB_LINEAR_H
#define LVM_PROB_LINEAR_H

#include <stddef.h>

#include "prob/elbo.h"

/* The linear Gaussian model of one number, for which everything about the bound is known:

     z ~ N(prior_mean, prior_sd^2),   x = slope z + offset + noise_sd e,   e ~ N(0, 1),

   with the datum x itself, and q(z) = N(q_mean, q_sd^2).  With z = q_mean + q_sd eps each
   log density is a quadratic c0 + c1 eps + c2 eps^2, so its mean is c0 + c2 and a covariance
   is c1 c1' + 2 c2 c2': elbo-linear.  */
typedef struct
{
  double prior_mean, prior_sd;    /* prior_sd > 0 */
  double slope, offset, noise_sd; /* noise_sd > 0 */
  double x;
} lvm_linear;

/* ln p(x), in nats.  */
double lvm_linear_evidence (const lvm_linear *p);

/* The posterior N(*mean, *sd^2).  */
void lvm_linear_posterior (const lvm_linear *p, double *mean, double *sd);

/* The three log densities at z_i = q_mean + q_sd eps_i.
   Given     eps [n]
   Returned  each [n], in nats  */
void lvm_linear_log_densities (const lvm_linear *p, double q_mean, double q_sd,
                               size_t n, const double eps[],
                               double log_likelihood[], double log_prior[],
                               double log_q[]);

/* Their means and covariances under q, in closed form.  */
void lvm_linear_moments (const lvm_linear *p, double q_mean, double q_sd,
                         lvm_elbo_moments *moments);

/* Ways to estimate the gradient of F from one eps.  */
typedef enum
{
  LVM_PATH_FIRST,   /* of the first form, its divergence in closed form       */
  LVM_PATH_SECOND,  /* of the second, its entropy in closed form              */
  LVM_PATH_THIRD,   /* of the third, all of it                                */
  LVM_PATH_LANDING, /* of the third without q's score: sticking the landing    */
  LVM_PATHS
} lvm_linear_path;

/* One draw's gradient of F with respect to q, in relative units, so that both numbers are
   nats: *by_mean = q_sd dF/dq_mean, *by_sd = dF/d ln q_sd.  */
void lvm_linear_gradient (const lvm_linear *p, double q_mean, double q_sd,
                          lvm_linear_path path, double eps, double *by_mean,
                          double *by_sd);

/* The sum of the variances of both numbers, in closed form: c1^2 + 12 c2^2 of what is
   differentiated, elbo-gradient-variance.  */
double lvm_linear_gradient_variance (const lvm_linear *p, double q_mean,
                                     double q_sd, lvm_linear_path path);

#endif
