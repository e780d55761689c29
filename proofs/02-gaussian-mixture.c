/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The lines of proofs/02-gaussian-mixture.md, each computed as it is written.  */

#include "02-gaussian-mixture.h"

#include <float.h>
#include <math.h>

#include "num/exact.h"

/* ln p(x) = ln sum_k p(x, z = k), in high precision.  */
static tracked
em_evidence (const void *p, size_t i)
{
  const discrete *at = p;
  const double y = lvm_exact_log_sum_exp (at->K, at->log_joint);
  (void) i;
  return (tracked){ y, DBL_EPSILON / 2 * fabs (y) };
}

static tracked
sum_of_joint (const discrete *at)
{
  tracked sum = e_to (given (at->log_joint[0]));
  for (size_t k = 1; k < at->K; k++)
    sum = plus (sum, e_to (given (at->log_joint[k])));
  return sum;
}

/* ln p(z = k | x)  */
static tracked
log_posterior (const discrete *at, size_t k)
{
  return minus (given (at->log_joint[k]), ln (sum_of_joint (at)));
}

/* sum_k q_k f(k), where q_k = 0 contributes nothing.  */
static tracked
average (const discrete *at, tracked (*f) (const discrete *, size_t))
{
  tracked sum = given (0);
  for (size_t k = 0; k < at->K; k++)
    if (at->q[k] > 0)
      sum = plus (sum, times (given (at->q[k]), f (at, k)));
  return sum;
}

static tracked
joint_less_posterior (const discrete *at, size_t k)
{
  return minus (given (at->log_joint[k]), log_posterior (at, k));
}

static tracked
joint_less_q (const discrete *at, size_t k)
{
  return minus (given (at->log_joint[k]), ln (given (at->q[k])));
}

static tracked
q_less_posterior (const discrete *at, size_t k)
{
  return minus (ln (given (at->q[k])), log_posterior (at, k));
}

static tracked
log_joint (const discrete *at, size_t k)
{
  return given (at->log_joint[k]);
}

static tracked
log_q (const discrete *at, size_t k)
{
  return ln (given (at->q[k]));
}

static tracked
joint_less_q_plus_gap (const discrete *at, size_t k)
{
  return plus (joint_less_q (at, k), q_less_posterior (at, k));
}

/* sum_k q_k (ln p(x, z = k) - ln p(z = k | x))  */
static tracked
em_product (const void *p, size_t i)
{
  (void) i;
  return average (p, joint_less_posterior);
}

/* sum_k q_k ((ln p(x, z = k) - ln q_k) + (ln q_k - ln p(z = k | x)))  */
static tracked
em_split (const void *p, size_t i)
{
  (void) i;
  return average (p, joint_less_q_plus_gap);
}

/* F(q) + KL(q, posterior)  */
static tracked
em_gap (const void *p, size_t i)
{
  (void) i;
  return plus (average (p, joint_less_q), average (p, q_less_posterior));
}

/* F(q) = sum_k q_k (ln p(x, z = k) - ln q_k)  */
static tracked
em_bound_def (const void *p, size_t i)
{
  (void) i;
  return average (p, joint_less_q);
}

/* Q + H(q) = sum_k q_k ln p(x, z = k) - sum_k q_k ln q_k  */
static tracked
em_q_entropy (const void *p, size_t i)
{
  (void) i;
  return minus (average (p, log_joint), average (p, log_q));
}

const char *const gap_labels[EM_LINES] = { "em-evidence", "em-product", "em-split",
                                           "em-gap" };
static lvm_line *const gap[EM_LINES] = { em_evidence, em_product, em_split,
                                         em_gap };
const lvm_interface gap_lines = { "the gap, line by line", EM_LINES, gap_labels,
                                  gap };

const char *const bound_labels[EM_BOUND_LINES] = { "em-bound-def", "em-q-entropy" };
static lvm_line *const bound[EM_BOUND_LINES] = { em_bound_def, em_q_entropy };
const lvm_interface bound_lines = { "the bound, line by line", EM_BOUND_LINES,
                                    bound_labels, bound };

/* --- derivatives ----------------------------------------------------------- */

/* Sigma^-1 sum_n r_n (x_n - mean)  */
static void
mean_gradient (size_t N, size_t D, const double x[], const double r[],
               const double mean[], const double inverse[], double gradient[])
{
  for (size_t i = 0; i < D; i++)
    {
      gradient[i] = 0;
      for (size_t n = 0; n < N; n++)
        for (size_t j = 0; j < D; j++)
          gradient[i] += inverse[i * D + j] * r[n] * (x[n * D + j] - mean[j]);
    }
}

/* -1/2 sum_n r_n (Sigma^-1 - Sigma^-1 (x_n - mean) (x_n - mean)' Sigma^-1)  */
static void
covariance_gradient (size_t N, size_t D, const double x[], const double r[],
                     const double mean[], const double inverse[], double gradient[])
{
  for (size_t i = 0; i < D * D; i++)
    gradient[i] = 0;
  for (size_t n = 0; n < N; n++)
    for (size_t i = 0; i < D; i++)
      for (size_t j = 0; j < D; j++)
        {
          double yi = 0, yj = 0;
          for (size_t d = 0; d < D; d++)
            {
              yi += inverse[i * D + d] * (x[n * D + d] - mean[d]);
              yj += inverse[j * D + d] * (x[n * D + d] - mean[d]);
            }
          gradient[i * D + j] -= r[n] / 2 * (inverse[i * D + j] - yi * yj);
        }
}

/* ln N(mean | mean, sigma^2 I) = -D ln (sqrt (2 pi) sigma)  */
static double
collapsed_log_density (size_t D, double sigma)
{
  return -(double) D * log (sqrt (2 * M_PI) * sigma);
}

static const derivative_ops reference = { mean_gradient, covariance_gradient,
                                          collapsed_log_density };
static const char *const slots[] = { "mean_gradient", "covariance_gradient",
                                     "collapsed_log_density" };
const lvm_interface derivative_interface = { "derivatives of Q", 3, slots,
                                             &reference };
