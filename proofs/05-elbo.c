/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The lines of proofs/05-elbo.md, each computed as it is written.  */

#include "05-elbo.h"

#include <math.h>

/* E_q[f], where q_k = 0 contributes nothing.  */
static tracked
average (const finite_model *at, tracked (*f) (const finite_model *, size_t))
{
  tracked sum = given (0);
  for (size_t k = 0; k < at->K; k++)
    if (at->q[k] > 0)
      sum = plus (sum, times (given (at->q[k]), f (at, k)));
  return sum;
}

static tracked
log_likelihood (const finite_model *at, size_t k)
{
  return given (at->log_likelihood[k]);
}

static tracked
log_prior (const finite_model *at, size_t k)
{
  return given (at->log_prior[k]);
}

static tracked
log_joint (const finite_model *at, size_t k)
{
  return plus (log_prior (at, k), log_likelihood (at, k));
}

static tracked
log_q (const finite_model *at, size_t k)
{
  return ln (given (at->q[k]));
}

static tracked
joint_less_q (const finite_model *at, size_t k)
{
  return minus (log_joint (at, k), log_q (at, k));
}

/* ln (q(z) / p(z))  */
static tracked
log_ratio (const finite_model *at, size_t k)
{
  return ln (over (given (at->q[k]), e_to (log_prior (at, k))));
}

/* E_q[ln p(x, z) - ln q(z)]  */
static tracked
elbo_def (const void *p, size_t i)
{
  (void) i;
  return average (p, joint_less_q);
}

/* E_q[ln p(x, z)] + H(q)  */
static tracked
elbo_form_2 (const void *p, size_t i)
{
  (void) i;
  return minus (average (p, log_joint), average (p, log_q));
}

/* E_q[ln p(x | z)] + E_q[ln p(z)] + H(q)  */
static tracked
elbo_product (const void *p, size_t i)
{
  (void) i;
  return minus (plus (average (p, log_likelihood), average (p, log_prior)),
                average (p, log_q));
}

/* E_q[ln p(x | z)] - KL(q, p(z))  */
static tracked
elbo_form_1 (const void *p, size_t i)
{
  (void) i;
  return minus (average (p, log_likelihood), average (p, log_ratio));
}

const char *const form_labels[ELBO_LINES] = { "elbo-def", "elbo-form-2",
                                              "elbo-product", "elbo-form-1" };
static lvm_line *const forms[ELBO_LINES] = { elbo_def, elbo_form_2, elbo_product,
                                             elbo_form_1 };
const lvm_interface form_lines = { "the three forms, line by line", ELBO_LINES,
                                   form_labels, forms };

/* --- formulas ------------------------------------------------------------------- */

/* ln sum over q_k > 0 of q_k (p(x, z = k) / q_k)  */
static double
log_mean_weight (size_t K, const double q[], const double log_prior_[],
                 const double log_likelihood_[])
{
  double sum = 0;
  for (size_t k = 0; k < K; k++)
    if (q[k] > 0)
      sum += q[k] * (exp (log_prior_[k] + log_likelihood_[k]) / q[k]);
  return log (sum);
}

/* 1 / (Sigma^-1)_dd  */
static void
reverse (size_t D, const double precision[], double sd[])
{
  for (size_t d = 0; d < D; d++)
    sd[d] = 1 / sqrt (precision[d * (D + 1)]);
}

/* Sigma_dd  */
static void
forward (size_t D, const double covariance[], double sd[])
{
  for (size_t d = 0; d < D; d++)
    sd[d] = sqrt (covariance[d * (D + 1)]);
}

/* (1 - rho^2) / sqrt (1 - 4 rho^2), where that is a number  */
static double
second_moment (double rho)
{
  return fabs (rho) < 0.5 ? (1 - rho * rho) / sqrt (1 - 4 * rho * rho) : INFINITY;
}

/* d ln (S^(1 - 1/|rho|) / sqrt (ln S)) / d ln S  */
static double
tail_slope (double rho, double log_S)
{
  return 1 - 1 / fabs (rho) - 1 / (2 * log_S);
}

/* (z - mu_0) / sigma_0^2  */
static double
by_prior_mean (double z, double prior_mean, double prior_sd)
{
  return (z - prior_mean) / (prior_sd * prior_sd);
}

static const formula_ops reference = { log_mean_weight, reverse,    forward,
                                       second_moment,   tail_slope, by_prior_mean };
static const char *const slots[] = { "log_mean_weight", "reverse",
                                     "forward",         "second_moment",
                                     "tail_slope",      "by_prior_mean" };
const lvm_interface formula_interface = { "formulas around the bound", 6, slots,
                                          &reference };
