/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The lines of proofs/06-vae.md, each computed as it is written.  */

#include "06-vae.h"

#include <math.h>

/* --- the log-likelihood -------------------------------------------------------- */

/* theta = 1 / (1 + e^-a)  */
static tracked
on (const coins *at, size_t d)
{
  return over (given (1), plus (given (1), e_to (given (-at->a[d]))));
}

static tracked
off (const coins *at, size_t d)
{
  return minus (given (1), on (at, d));
}

/* sum_d x_d ln theta_d + (1 - x_d) ln (1 - theta_d)  */
static tracked
vae_likelihood (const void *p, size_t i)
{
  const coins *at = p;
  tracked sum = given (0);
  (void) i;
  for (size_t d = 0; d < at->D; d++)
    {
      sum = plus (sum, times (given (at->x[d]), ln (on (at, d))));
      sum = plus (sum, times (given (1 - at->x[d]), ln (off (at, d))));
    }
  return sum;
}

/* sum_d x_d ln (theta_d / (1 - theta_d)) + ln (1 - theta_d)  */
static tracked
vae_likelihood_odds (const void *p, size_t i)
{
  const coins *at = p;
  tracked sum = given (0);
  (void) i;
  for (size_t d = 0; d < at->D; d++)
    {
      sum =
          plus (sum, times (given (at->x[d]), ln (over (on (at, d), off (at, d)))));
      sum = plus (sum, ln (off (at, d)));
    }
  return sum;
}

/* sum_d x_d a_d - ln (1 + e^a_d)  */
static tracked
vae_likelihood_logit (const void *p, size_t i)
{
  const coins *at = p;
  tracked sum = given (0);
  (void) i;
  for (size_t d = 0; d < at->D; d++)
    {
      sum = plus (sum, times (given (at->x[d]), given (at->a[d])));
      sum = minus (sum, ln (plus (given (1), e_to (given (at->a[d])))));
    }
  return sum;
}

const char *const likelihood_labels[LIKELIHOOD_LINES] = { "vae-likelihood",
                                                          "vae-likelihood-odds",
                                                          "vae-likelihood-logit" };
static lvm_line *const likelihoods[LIKELIHOOD_LINES] = { vae_likelihood,
                                                         vae_likelihood_odds,
                                                         vae_likelihood_logit };
const lvm_interface likelihood_lines = { "ln p(x | z), line by line",
                                         LIKELIHOOD_LINES, likelihood_labels,
                                         likelihoods };

/* --- the average divergence -------------------------------------------------------- */

static tracked
cloud (const clouds *at, size_t n, size_t k)
{
  return given (at->q[n * at->K + k]);
}

/* (1/N) sum_n q_nk  */
static tracked
all_clouds (const clouds *at, size_t k)
{
  tracked sum = given (0);
  for (size_t n = 0; n < at->N; n++)
    sum = plus (sum, cloud (at, n, k));
  return over (sum, given ((double) at->N));
}

/* (1/N) sum_n sum_k q_nk ln (q_nk / p_k)  */
static tracked
agg_kl (const void *p, size_t i)
{
  const clouds *at = p;
  tracked sum = given (0);
  (void) i;
  for (size_t n = 0; n < at->N; n++)
    for (size_t k = 0; k < at->K; k++)
      if (at->q[n * at->K + k] > 0)
        sum =
            plus (sum, times (cloud (at, n, k),
                              ln (over (cloud (at, n, k), given (at->prior[k])))));
  return over (sum, given ((double) at->N));
}

/* (1/N) sum_n sum_k q_nk (ln (q_nk / all_k) + ln (all_k / p_k))  */
static tracked
agg_insert (const void *p, size_t i)
{
  const clouds *at = p;
  tracked sum = given (0);
  (void) i;
  for (size_t n = 0; n < at->N; n++)
    for (size_t k = 0; k < at->K; k++)
      if (at->q[n * at->K + k] > 0)
        {
          const tracked own = ln (over (cloud (at, n, k), all_clouds (at, k))),
                        shared =
                            ln (over (all_clouds (at, k), given (at->prior[k])));
          sum = plus (sum, times (cloud (at, n, k), plus (own, shared)));
        }
  return over (sum, given ((double) at->N));
}

/* (1/N) sum_n KL(q_n, all) + KL(all, p)  */
static tracked
agg_split (const void *p, size_t i)
{
  const clouds *at = p;
  tracked own = given (0), shared = given (0);
  (void) i;
  for (size_t k = 0; k < at->K; k++)
    {
      const tracked all = all_clouds (at, k);
      for (size_t n = 0; n < at->N; n++)
        if (at->q[n * at->K + k] > 0)
          own = plus (own,
                      times (cloud (at, n, k), ln (over (cloud (at, n, k), all))));
      if (all.value > 0)
        shared = plus (shared, times (all, ln (over (all, given (at->prior[k])))));
    }
  return plus (over (own, given ((double) at->N)), shared);
}

const char *const split_labels[SPLIT_LINES] = { "agg-kl", "agg-insert",
                                                "agg-split" };
static lvm_line *const splits[SPLIT_LINES] = { agg_kl, agg_insert, agg_split };
const lvm_interface split_lines = { "the average divergence, line by line",
                                    SPLIT_LINES, split_labels, splits };

/* --- layers ------------------------------------------------------------------------- */

/* max (a, 0) + ln (1 + e^-|a|)  */
static double
softplus (double a)
{
  return fmax (a, 0) + log1p (exp (-fabs (a)));
}

/* theta - x  */
static void
grad_logit (size_t D, const double x[], const double a[], double d_a[])
{
  for (size_t d = 0; d < D; d++)
    d_a[d] = 1 / (1 + exp (-a[d])) - x[d];
}

/* d_W = v' d_y,  d_b = d_y,  d_v = d_y W'  */
static void
grad_layer (size_t in, size_t out, const double v[], const double W[],
            const double d_y[], double d_W[], double d_b[], double d_v[])
{
  for (size_t i = 0; i < in; i++)
    {
      d_v[i] = 0;
      for (size_t j = 0; j < out; j++)
        {
          d_W[i * out + j] = v[i] * d_y[j];
          d_v[i] += d_y[j] * W[i * out + j];
        }
    }
  for (size_t j = 0; j < out; j++)
    d_b[j] = d_y[j];
}

/* d_h (1 - h^2), or d_h [h > 0]  */
static void
grad_unit (int relu, size_t H, const double h[], const double d_h[], double d_y[])
{
  for (size_t j = 0; j < H; j++)
    d_y[j] = relu ? (h[j] > 0 ? d_h[j] : 0) : d_h[j] * (1 - h[j]) * (1 + h[j]);
}

/* d_z,  1/2 d_z e^(lambda / 2) eps  */
static void
grad_sample (size_t L, const double log_variance[], const double eps[],
             const double d_z[], double d_mean[], double d_log_variance[])
{
  for (size_t l = 0; l < L; l++)
    {
      d_mean[l] = d_z[l];
      d_log_variance[l] = d_z[l] * exp (log_variance[l] / 2) * eps[l] / 2;
    }
}

/* mu,  1/2 (e^lambda - 1)  */
static void
grad_kl (size_t L, const double mean[], const double log_variance[],
         double d_mean[], double d_log_variance[])
{
  for (size_t l = 0; l < L; l++)
    {
      d_mean[l] = mean[l];
      d_log_variance[l] = expm1 (log_variance[l]) / 2;
    }
}

/* d_z + mu,  1/2 (d_z (z - mu) + e^lambda - 1)  */
static void
grad_latent (size_t L, const double mean[], const double log_variance[],
             const double z[], const double d_z[], double d_mean[],
             double d_log_variance[])
{
  for (size_t l = 0; l < L; l++)
    {
      d_mean[l] = d_z[l] + mean[l];
      d_log_variance[l] = (d_z[l] * (z[l] - mean[l]) + expm1 (log_variance[l])) / 2;
    }
}

static const layer_ops layers = { softplus,    grad_logit, grad_layer, grad_unit,
                                  grad_sample, grad_kl,    grad_latent };
static const char *const layer_slots[] = { "softplus",    "grad_logit",
                                           "grad_layer",  "grad_unit",
                                           "grad_sample", "grad_kl",
                                           "grad_latent" };
const lvm_interface layer_interface = { "layers", 7, layer_slots, &layers };

/* --- formulas ------------------------------------------------------------------------ */

static double
surprise (double p, double q)
{
  return p > 0 ? p * log (p / q) : 0;
}

static double
information (size_t N, size_t K, const double q[])
{
  double sum = 0;
  for (size_t k = 0; k < K; k++)
    {
      double all = 0;
      for (size_t n = 0; n < N; n++)
        all += q[n * K + k] / (double) N;
      for (size_t n = 0; n < N; n++)
        sum += surprise (q[n * K + k], all) / (double) N;
    }
  return sum;
}

static void
aggregate (size_t J, size_t K, const double data[], const double q[], double out[])
{
  for (size_t k = 0; k < K; k++)
    {
      out[k] = 0;
      for (size_t x = 0; x < J; x++)
        out[k] += data[x] * q[x * K + k];
    }
}

static double
mean_bound (size_t J, size_t K, const double data[], const double prior[],
            const double likelihood[], const double q[])
{
  double sum = 0;
  for (size_t x = 0; x < J; x++)
    for (size_t k = 0; k < K; k++)
      if (q[x * K + k] > 0)
        sum += data[x]
               * (q[x * K + k] * log (likelihood[k * J + x])
                  - surprise (q[x * K + k], prior[k]));
  return sum;
}

static double
joint (size_t J, size_t K, const double data[], const double prior[],
       const double likelihood[], const double q[])
{
  double sum = 0;
  for (size_t x = 0; x < J; x++)
    for (size_t k = 0; k < K; k++)
      sum += surprise (data[x] * q[x * K + k], prior[k] * likelihood[k * J + x]);
  return sum;
}

/* ln p(x) - ln (1 - alpha) + ln P(z not in A | x)  */
static double
closed (size_t K, const double prior[], const double likelihood[], const int in_A[])
{
  double evidence = 0, alpha = 0, outside = 0;
  for (size_t k = 0; k < K; k++)
    {
      evidence += prior[k] * likelihood[k];
      alpha += in_A[k] ? prior[k] : 0;
    }
  for (size_t k = 0; k < K; k++)
    outside += in_A[k] ? 0 : prior[k] * likelihood[k] / evidence;
  return log (evidence) - log1p (-alpha) + log (outside);
}

/* F(q) - ln (1 - alpha)  */
static double
closed_bound (double bound, double mass)
{
  return bound - log1p (-mass);
}

static double
two_events (double own, double mass)
{
  return surprise (own, mass) + surprise (1 - own, 1 - mass);
}

/* 1/2 sum_l v_l - 1 - ln v_l  */
static double
gain (size_t L, const double v[])
{
  double sum = 0;
  for (size_t l = 0; l < L; l++)
    sum += v[l] - 1 - log (v[l]);
  return sum / 2;
}

static const formula_ops formulas = { information, aggregate,    mean_bound, joint,
                                      closed,      closed_bound, two_events, gain };
static const char *const slots[] = { "information", "aggregate_of_states",
                                     "mean_bound",  "joint_divergence",
                                     "closed_hole", "closed_hole_bound",
                                     "two_events",  "rescaling_gain" };
const lvm_interface formula_interface = { "formulas about all clouds", 8, slots,
                                          &formulas };
