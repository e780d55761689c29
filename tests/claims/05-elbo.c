/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Claims of chapter 5: the three forms of the evidence lower bound.  The other sides are
   sums in long double, adaptive and Gauss-Hermite quadrature, differences, enumeration of
   all draws, and optima that one tries to improve.  */

#include "claims/05-elbo.h"

#include <float.h>
#include <gsl/gsl_eigen.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sf_bessel.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../proofs/05-elbo.h"
#include "model/bmm.h"
#include "model/gmm.h"
#include "num/cholesky.h"
#include "num/hermite.h"
#include "prob/gaussians.h"
#include "prob/importance.h"
#include "prob/responsibilities.h"

static const double u = DBL_EPSILON / 2;

/* --- the reference ------------------------------------------------------------- */

static const elbo_ops reference = { lvm_elbo_first, lvm_elbo_second,
                                    lvm_elbo_third };
static const char *const slots[] = { "elbo_first", "elbo_second", "elbo_third" };
const lvm_interface elbo_interface = { "elbo", 3, slots, &reference };

enum
{
  MOST = 64 /* states, draws */
};

static double
reference_gap (size_t K, const double q[], const double log_prior[],
               const double log_likelihood[])
{
  double work[MOST];
  return lvm_elbo_gap (K, q, log_prior, log_likelihood, work);
}

static void
reference_best (size_t K, const double log_prior[], const double log_likelihood[],
                double q[])
{
  double ignored;
  lvm_responsibilities (K, log_likelihood, log_prior, q, &ignored);
}

/* q_k proportional to p(z = k) p(x | z = k)^(1 / beta)  */
static void
reference_annealed (size_t K, double beta, const double log_prior[],
                    const double log_likelihood[], double q[])
{
  double scaled[MOST];
  for (size_t k = 0; k < K; k++)
    scaled[k] = log_likelihood[k] / beta;
  reference_best (K, log_prior, scaled, q);
}

static double
reference_total (size_t N, size_t K, const double q[], const double log_prior[],
                 const double log_likelihood[])
{
  double sum = 0;
  for (size_t n = 0; n < N; n++)
    sum += lvm_elbo_third (K, q + n * K, log_prior, log_likelihood + n * K);
  return sum;
}

static const bound_ops bound_reference = { reference_gap, reference_best,
                                           reference_annealed, reference_total };
static const char *const bound_slots[] = { "gap", "best_q", "annealed_q",
                                           "elbo_of_data" };
const lvm_interface bound_interface = { "around the bound", 4, bound_slots,
                                        &bound_reference };

static double
reference_kl (size_t D, const double mean[], const double root[],
              const double other_mean[], const double other_root[])
{
  double work[MOST];
  return lvm_full_kl (D, mean, root, other_mean, other_root, work);
}

static const divergence_ops divergence_reference = { lvm_full_entropy, reference_kl,
                                                     lvm_diagonal_kl };
static const char *const divergence_slots[] = { "gaussian_entropy", "gaussian_kl",
                                                "gaussian_kl_diagonal" };
const lvm_interface divergence_interface = { "gaussian divergences", 3,
                                             divergence_slots,
                                             &divergence_reference };

/* z = mean + exp (log_variance / 2) eps  */
static void
reference_draw (size_t L, const double mean[], const double log_variance[],
                const double eps[], double z[])
{
  double sigma[MOST];
  for (size_t l = 0; l < L; l++)
    sigma[l] = exp (log_variance[l] / 2);
  lvm_diagonal_transform (L, mean, sigma, eps, z);
}

/* -(1/N) sum_n (ln p(x_n | z_n) - KL(q_n, p(z)))  */
static double
reference_loss (size_t N, size_t L, const double log_likelihood[],
                const double mean[], const double log_variance[])
{
  double sum = 0;
  for (size_t n = 0; n < N; n++)
    sum +=
        log_likelihood[n] - lvm_kl_standard (L, mean + n * L, log_variance + n * L);
  return -sum / (double) N;
}

static const encoder_ops encoder_reference = { lvm_kl_standard, reference_draw,
                                               reference_loss };
static const char *const encoder_slots[] = { "kl_standard", "reparameterise",
                                             "vae_loss" };
const lvm_interface encoder_interface = { "what an auto-encoder computes", 3,
                                          encoder_slots, &encoder_reference };

static const linear_ops linear_reference = {
  lvm_linear_moments,   lvm_elbo_variance,   lvm_linear_evidence,
  lvm_linear_posterior, lvm_linear_gradient, lvm_linear_gradient_variance
};
static const char *const linear_slots[] = {
  "linear_moments",   "elbo_variance",   "linear_evidence",
  "linear_posterior", "linear_gradient", "linear_gradient_variance"
};
const lvm_interface linear_interface = { "linear model", 6, linear_slots,
                                         &linear_reference };

static double
reference_importance_gradient (size_t S, const double log_w[], const double path[],
                               const double score[])
{
  double work[MOST];
  return lvm_importance_gradient (S, log_w, path, score, work);
}

static double
reference_doubly (size_t S, const double log_w[], const double path[])
{
  double work[MOST];
  return lvm_importance_gradient_doubly (S, log_w, path, work);
}

static const importance_ops importance_reference = { lvm_importance_bound,
                                                     reference_importance_gradient,
                                                     reference_doubly,
                                                     lvm_importance_expected };
static const char *const importance_slots[] = { "importance_bound",
                                                "importance_gradient",
                                                "importance_gradient_doubly",
                                                "importance_expected" };
const lvm_interface importance_interface = { "importance", 4, importance_slots,
                                             &importance_reference };

static lvm_bits *
bits_of (const halves_mixture *m)
{
  lvm_bits *x = lvm_bits_alloc (m->N, m->D);
  for (size_t n = 0; n < m->N; n++)
    for (size_t d = 0; d < m->D; d++)
      if (m->x[n * m->D + d] != 0)
        lvm_bit_set (x, n, d);
  return x;
}

static void
reference_e_half (halves_mixture *m)
{
  if (m->variance != NULL)
    {
      const lvm_gmm g = { m->K, 1, LVM_FULL, m->weight, m->mean, m->variance };
      lvm_gmm_roots *w = lvm_gmm_roots_alloc (m->K, 1);
      lvm_gmm_factorise (&g, w);
      lvm_gmm_e_step (&g, w, m->N, m->x, m->q, NULL);
      lvm_gmm_roots_free (w);
      return;
    }
  const lvm_bmm g = { m->K, m->D, m->weight, m->mean };
  lvm_bmm_logits *w = lvm_bmm_logits_alloc (m->K, m->D);
  lvm_bits *x = bits_of (m);
  lvm_bmm_logits_set (&g, w);
  lvm_bmm_e_step (&g, w, x, m->q, NULL);
  lvm_bits_free (x);
  lvm_bmm_logits_free (w);
}

static void
reference_m_half (halves_mixture *m)
{
  if (m->variance != NULL)
    {
      lvm_gmm g = { m->K, 1, LVM_FULL, m->weight, m->mean, m->variance };
      lvm_gmm_m_step (&g, m->N, m->x, m->q, &(lvm_gmm_prior){ 0, NULL });
      return;
    }
  lvm_bmm g = { m->K, m->D, m->weight, m->mean };
  lvm_bits *x = bits_of (m);
  lvm_bmm_m_step (&g, x, m->q, 0);
  lvm_bits_free (x);
}

static const halves_ops halves_reference = { reference_e_half, reference_m_half };
static const char *const halves_slots[] = { "e_half", "m_half" };
const lvm_interface halves_interface = { "em, half by half", 2, halves_slots,
                                         &halves_reference };

/* --- z of K states: cases and the independent route ------------------------------ */

enum
{
  ONE_STATE,
  POINT_Q,      /* q is certain                                        */
  UNVISITED,    /* q_k = 0 where p is positive                         */
  IMPOSSIBLE_Z, /* q_k = 0 where p(z = k) or p(x | z = k) is zero, too */
  FAR_DATUM,    /* likelihoods near e^-700                             */
  FINITE_CORNERS
};

static void
normalise (size_t K, double q[])
{
  double sum = 0;
  for (size_t k = 0; k < K; k++)
    sum += q[k];
  for (size_t k = 0; k < K; k++)
    q[k] /= sum;
}

static finite_model *
draw_finite (lvm_judge *j, int corner)
{
  gsl_rng *g = lvm_cases (j);
  finite_model *at = lvm_take (j, 1, sizeof *at);
  const size_t K = corner == ONE_STATE ? 1 : 2 + gsl_rng_uniform_int (g, 4);
  double *prior = lvm_take (j, K, sizeof *prior), *l = lvm_take (j, K, sizeof *l),
         *q = lvm_take (j, K, sizeof *q);
  const double spread = exp (gsl_ran_gaussian (g, 1));
  for (size_t k = 0; k < K; k++)
    {
      prior[k] = 0.1 + gsl_ran_exponential (g, 1);
      l[k] = gsl_ran_gaussian (g, spread) - (corner == FAR_DATUM ? 700 : 0);
      q[k] = gsl_ran_exponential (g, 1);
      if ((corner == UNVISITED || corner == IMPOSSIBLE_Z) && k % 2 == 1)
        q[k] = 0;
      if (corner == POINT_Q)
        q[k] = k == 1;
    }
  normalise (K, prior);
  normalise (K, q);
  for (size_t k = 0; k < K; k++)
    prior[k] = log (prior[k]);
  if (corner == IMPOSSIBLE_Z)
    *(gsl_rng_uniform (g) < 0.5 ? prior + 1 : l + 1) = -INFINITY;
  *at = (finite_model){ K, prior, l, q };
  return at;
}

/* F by the definition, in long double, and a bound for the rounding of any form.  */
static double
plain_bound (const finite_model *at, double *error)
{
  long double sum = 0, magnitude = 0;
  for (size_t k = 0; k < at->K; k++)
    if (at->q[k] > 0)
      {
        const long double joint =
            (long double) at->log_prior[k] + at->log_likelihood[k];
        sum += at->q[k] * (joint - logl (at->q[k]));
        magnitude += at->q[k]
                     * (fabs (at->log_prior[k]) + fabs (at->log_likelihood[k])
                        + fabs (log (at->q[k])));
      }
  *error = 4 * (double) (at->K + 4) * u * ((double) magnitude + 1);
  return (double) sum;
}

/* ln sum_k p(x, z = k) over the states with q_k > 0, or over all.  */
static double
plain_evidence (const finite_model *at, int visited_only)
{
  long double m = -INFINITY, sum = 0;
  for (size_t k = 0; k < at->K; k++)
    if (at->q[k] > 0 || !visited_only)
      m = fmaxl (m, (long double) at->log_prior[k] + at->log_likelihood[k]);
  for (size_t k = 0; k < at->K; k++)
    if (at->q[k] > 0 || !visited_only)
      sum += expl ((long double) at->log_prior[k] + at->log_likelihood[k] - m);
  return (double) (m + logl (sum));
}

static void
plain_posterior (const finite_model *at, double r[])
{
  const double evidence = plain_evidence (at, 0);
  for (size_t k = 0; k < at->K; k++)
    r[k] = (double) expl ((long double) at->log_prior[k] + at->log_likelihood[k]
                          - evidence);
  normalise (at->K, r);
}

static void
call_forms (const elbo_ops *f, const finite_model *at, const double q[],
            double y[3])
{
  y[0] = f->elbo_first (at->K, q, at->log_prior, at->log_likelihood);
  y[1] = f->elbo_second (at->K, q, at->log_prior, at->log_likelihood);
  y[2] = f->elbo_third (at->K, q, at->log_prior, at->log_likelihood);
}

static const char *const form_names[] = { "form 1", "form 2", "form 3" };

/* --- lines ------------------------------------------------------------------------- */

/* q sums to one only up to rounding, which the lines' own bounds do not know; but no line
   uses that it does.  */
static void *
draw_lines (lvm_judge *j, int corner)
{
  return draw_finite (j, corner);
}

static size_t
scalar (const void *at)
{
  (void) at;
  return 1;
}

static const lvm_derivation derivations[] = {
  { &form_lines, form_labels, draw_lines, scalar, FINITE_CORNERS, 60, LVM_HERE }
};

/* --- agreement, bound, gap ------------------------------------------------------------- */

static void
elbo_agree (lvm_judge *j, const void *ops, int corner)
{
  const finite_model *at = draw_finite (j, corner);
  double y[3], error;
  const double truth = plain_bound (at, &error);
  call_forms (ops, at, at->q, y);
  for (int i = 0; i < 3; i++)
    {
      lvm_equal (j, form_names[i], y[i], truth, error);
      lvm_equal (j, "a form and the next", y[i], y[(i + 1) % 3], 2 * error);
    }
}

static void
elbo_bound (lvm_judge *j, const void *ops, int corner)
{
  const finite_model *at = draw_finite (j, corner);
  double y[3], error;
  const double evidence = plain_evidence (at, 0);
  plain_bound (at, &error);
  call_forms (ops, at, at->q, y);
  for (int i = 0; i < 3; i++)
    lvm_at_most (j, form_names[i], y[i], evidence, error);
}

/* KL(q, p(z | x)) is what is missing; infinite where q visits what the posterior excludes.  */
static void
elbo_decomposition (lvm_judge *j, const void *ops, int corner)
{
  const bound_ops *f = ops;
  const finite_model *at = draw_finite (j, corner);
  double error, *q = lvm_take (j, at->K, sizeof *q);
  const double bound = plain_bound (at, &error), evidence = plain_evidence (at, 0);
  lvm_equal (j, "gap", f->gap (at->K, at->q, at->log_prior, at->log_likelihood),
             evidence - bound, 2 * error + 4 * u * fabs (evidence));
  if (corner == IMPOSSIBLE_Z)
    {
      for (size_t k = 0; k < at->K; k++)
        q[k] = 1 / (double) at->K;
      lvm_equal (j, "gap where q visits the impossible",
                 f->gap (at->K, q, at->log_prior, at->log_likelihood), INFINITY, 1);
    }
}

/* ln E_q[w] is the joint probability of the states that q visits.  */
static void
elbo_support (lvm_judge *j, const void *ops, int corner)
{
  const formula_ops *f = ops;
  const finite_model *at = draw_finite (j, corner);
  double r[MOST], visited = 0;
  plain_posterior (at, r);
  for (size_t k = 0; k < at->K; k++)
    visited += at->q[k] > 0 ? r[k] : 0;
  const double evidence = plain_evidence (at, 0);
  lvm_equal (j, "ln E[w]",
             f->log_mean_weight (at->K, at->q, at->log_prior, at->log_likelihood),
             evidence + log (visited), 200 * u * (1 + fabs (evidence)));
}

static void
elbo_jensen (lvm_judge *j, const void *ops, int corner)
{
  const finite_model *at = draw_finite (j, corner);
  double y[3], error;
  plain_bound (at, &error);
  call_forms (ops, at, at->q, y);
  for (int i = 0; i < 3; i++)
    lvm_at_most (j, form_names[i], y[i], plain_evidence (at, 1), error);
}

static void
elbo_tight (lvm_judge *j, const void *ops, int corner)
{
  finite_model *at = draw_finite (j, corner == POINT_Q ? -1 : corner);
  double y[3], r[MOST], error;
  plain_posterior (at, r);
  at->q = r;
  plain_bound (at, &error);
  call_forms (ops, at, r, y);
  for (int i = 0; i < 3; i++)
    lvm_equal (j, form_names[i], y[i], plain_evidence (at, 0), 2 * error);
}

/* Pinsker: the gap is at least half of the squared sum of differences.  */
static void
elbo_pinsker (lvm_judge *j, const void *ops, int corner)
{
  const bound_ops *f = ops;
  const finite_model *at = draw_finite (j, corner);
  double r[MOST], distance = 0, error;
  plain_bound (at, &error);
  plain_posterior (at, r);
  for (size_t k = 0; k < at->K; k++)
    distance += fabs (at->q[k] - r[k]);
  lvm_at_least (j, "gap", f->gap (at->K, at->q, at->log_prior, at->log_likelihood),
                distance * distance / 2, 2 * error);
}

/* E_q[ln p(x | z)] - beta KL(q, p(z)), in long double.  */
static double
plain_annealed (const finite_model *at, double beta, const double q[])
{
  long double sum = 0;
  for (size_t k = 0; k < at->K; k++)
    if (q[k] > 0)
      sum += q[k]
             * (at->log_likelihood[k]
                - beta * (logl (q[k]) - (long double) at->log_prior[k]));
  return (double) sum;
}

/* No other distribution is better: steps of many sizes from the answer, and vertices.  */
static void
no_better_q (lvm_judge *j, const finite_model *at, double beta, const double q[])
{
  const double best = plain_annealed (at, beta, q);
  const double slack = 100 * u * (1 + fabs (best) + beta * 10);
  double other[MOST], sum = 0;
  for (size_t k = 0; k < at->K; k++)
    sum += q[k];
  lvm_equal (j, "sum of q", sum, 1, 100 * u);
  for (size_t i = 0; i < at->K; i++)
    {
      for (size_t k = 0; k < at->K; k++)
        other[k] = k == i;
      lvm_at_least (j, "a certain state", best, plain_annealed (at, beta, other),
                    slack);
    }
  for (double h = 1; h > 1e-6; h /= 10)
    for (int i = 0; i < 6; i++)
      {
        for (size_t k = 0; k < at->K; k++)
          other[k] = q[k] * exp (gsl_ran_gaussian (lvm_noise (j), h));
        normalise (at->K, other);
        lvm_at_least (j, "a step away", best, plain_annealed (at, beta, other),
                      slack);
        for (size_t k = 0; k < at->K; k++)
          other[k] = (q[k] + h * gsl_rng_uniform (lvm_noise (j)));
        normalise (at->K, other);
        lvm_at_least (j, "a mixture", best, plain_annealed (at, beta, other),
                      slack);
      }
}

static void
elbo_optimum (lvm_judge *j, const void *ops, int corner)
{
  const bound_ops *f = ops;
  const finite_model *at = draw_finite (j, corner == IMPOSSIBLE_Z ? -1 : corner);
  double q[MOST] = { 0 };
  f->best (at->K, at->log_prior, at->log_likelihood, q);
  no_better_q (j, at, 1, q);
}

static void
elbo_annealed (lvm_judge *j, const void *ops, int corner)
{
  const bound_ops *f = ops;
  const finite_model *at = draw_finite (j, corner == IMPOSSIBLE_Z ? -1 : corner);
  const double beta = exp (gsl_ran_gaussian (lvm_cases (j), 1));
  double q[MOST] = { 0 };
  f->annealed (at->K, beta, at->log_prior, at->log_likelihood, q);
  no_better_q (j, at, beta, q);
}

static void
elbo_constant (lvm_judge *j, const void *ops, int corner)
{
  finite_model *at = draw_finite (j, corner);
  double y[3], shifted[3], l[MOST], error;
  const double c = 20 + gsl_ran_gaussian (lvm_cases (j), 10);
  plain_bound (at, &error);
  call_forms (ops, at, at->q, y);
  for (size_t k = 0; k < at->K; k++)
    l[k] = at->log_likelihood[k] + c;
  at->log_likelihood = l;
  call_forms (ops, at, at->q, shifted);
  for (int i = 0; i < 3; i++)
    lvm_equal (j, form_names[i], shifted[i], y[i] + c,
               2 * error + 40 * u * (double) at->K * (fabs (c) + fabs (y[i])));
}

static void
elbo_data (lvm_judge *j, const void *ops, int corner)
{
  const bound_ops *f = ops;
  finite_model *at = draw_finite (j, corner == IMPOSSIBLE_Z ? -1 : corner);
  const size_t K = at->K, N = 1 + gsl_rng_uniform_int (lvm_cases (j), 5);
  double *q = lvm_take (j, N * K, sizeof *q), *l = lvm_take (j, N * K, sizeof *l),
         truth = 0, bound = 0, error;
  for (size_t n = 0; n < N; n++)
    {
      for (size_t k = 0; k < K; k++)
        {
          q[n * K + k] = gsl_ran_exponential (lvm_cases (j), 1);
          l[n * K + k] = gsl_ran_gaussian (lvm_cases (j), 3);
        }
      normalise (K, q + n * K);
      at->q = q + n * K;
      at->log_likelihood = l + n * K;
      truth += plain_bound (at, &error);
      bound += 2 * error;
    }
  lvm_equal (j, "F of the data", f->total (N, K, q, at->log_prior, l), truth,
             bound + 4 * (double) N * u * fabs (truth));
}

/* p(z = k) proportional to e^-k / k^2, p(x | z = k) = e^k: the posterior is proportional to
   1 / k^2.  With q the posterior cut off at K the bound is ln P(z <= K | x) + ln p(x), while
   E_q[ln p(x | z)] and KL(q, p(z)) both grow like (6 / pi^2) ln K.  */
static void
elbo_infinity (lvm_judge *j, const void *ops, int corner)
{
  const elbo_ops *f = ops;
  static const size_t cut[] = { 10, 100, 300, 700 };
  const size_t K = cut[corner];
  double *prior = lvm_take (j, K, sizeof *prior), *l = lvm_take (j, K, sizeof *l),
         *q = lvm_take (j, K, sizeof *q), *log_q = lvm_take (j, K, sizeof *q),
         *zero = lvm_take (j, K, sizeof *q);
  long double norm = 0, total = 0, harmonic = 0;
  for (size_t k = 2000; k > 0; k--)
    norm += expl (-(long double) k) / ((long double) k * (long double) k);
  for (size_t k = K; k > 0; k--)
    {
      total += 1 / ((long double) k * (long double) k);
      harmonic += 1 / (long double) k;
    }
  for (size_t k = 1; k <= K; k++)
    {
      q[k - 1] = (double) (1 / ((long double) (k * k) * total));
      log_q[k - 1] = log (q[k - 1]);
      prior[k - 1] = -(double) k - 2 * log ((double) k) - (double) logl (norm);
      l[k - 1] = (double) k;
    }
  const double bound = 1e-12 * (double) K;
  const double finite = (double) (logl (total) - logl (norm)); /* ln p(x), cut */
  lvm_equal (j, "form 1", f->elbo_first (K, q, prior, l), finite, bound);
  lvm_equal (j, "form 3", f->elbo_third (K, q, prior, l), finite, bound);
  /* with ln q for the prior there is no divergence, and with zeros no reconstruction */
  lvm_equal (j, "E[ln p(x | z)]", f->elbo_first (K, q, log_q, l),
             (double) (harmonic / total), bound);
  lvm_equal (j, "KL(q, p(z))", -f->elbo_first (K, q, prior, zero),
             (double) (harmonic / total) - finite, bound);
}

/* --- quadrature ------------------------------------------------------------------------ */

typedef double function_of_z (double z, const void *with);

typedef struct
{
  function_of_z *f;
  const void *with;
  double mean, sd;
} integrand;

static double
weighted (double eps, void *p)
{
  const integrand *i = p;
  const double density = exp (-eps * eps / 2) / sqrt (2 * M_PI);
  return density > 0 ? density * i->f (i->mean + i->sd * eps, i->with) : 0;
}

/* E[f(z)] for z ~ N(mean, sd^2), by adaptive quadrature; *error is added to.  */
static double
expectation (function_of_z *f, const void *with, double mean, double sd,
             double *error)
{
  integrand i = { f, with, mean, sd };
  gsl_function g = { weighted, &i };
  gsl_integration_workspace *w = gsl_integration_workspace_alloc (400);
  double value, own;
  gsl_integration_qagi (&g, 1e-12, 1e-10, 400, w, &value, &own);
  gsl_integration_workspace_free (w);
  *error += own + 1e3 * u * fabs (value);
  return value;
}

static double
log_normal (double y, double mean, double sd)
{
  const double e = (y - mean) / sd;
  return -e * e / 2 - log (sd) - log (2 * M_PI) / 2;
}

/* --- Gaussian divergences ------------------------------------------------------------------ */

enum
{
  MOST_D = 3
};

typedef struct
{
  size_t D;
  double mean[2][MOST_D], covariance[2][MOST_D * MOST_D], root[2][MOST_D * MOST_D];
} pair;

enum
{
  ONE_NUMBER,
  SAME_MEANS,
  NARROW_AND_WIDE, /* deviations a hundred times apart */
  PAIR_CORNERS
};

static void
factor (size_t D, const double covariance[], double root[])
{
  memcpy (root, covariance, D * D * sizeof *root);
  lvm_cholesky (D, root);
}

static pair *
draw_pair (lvm_judge *j, int corner)
{
  gsl_rng *g = lvm_cases (j);
  pair *p = lvm_take (j, 1, sizeof *p);
  const size_t D = p->D =
      corner == ONE_NUMBER ? 1 : 1 + gsl_rng_uniform_int (g, MOST_D);
  for (int i = 0; i < 2; i++)
    {
      double a[MOST_D * MOST_D];
      for (size_t d = 0; d < D; d++)
        p->mean[i][d] = i == 1 && corner == SAME_MEANS ? p->mean[0][d]
                                                       : gsl_ran_gaussian (g, 1);
      for (size_t d = 0; d < D * D; d++)
        a[d] = (d % (D + 1) == 0) + gsl_ran_gaussian (g, 0.5);
      for (size_t d = 0; d < D * D; d++)
        {
          double *c = &p->covariance[i][d];
          *c = d % (D + 1) == 0 ? 0.2 : 0;
          for (size_t e = 0; e < D; e++)
            *c += a[d / D * D + e] * a[d % D * D + e];
          *c *= corner == NARROW_AND_WIDE && i == 0 ? 1e-4 : 1;
        }
      factor (D, p->covariance[i], p->root[i]);
    }
  return p;
}

/* Inverse and log determinant by LU.  */
static double
invert (size_t D, const double a[], double inverse[])
{
  double copy[MOST_D * MOST_D];
  int sign;
  memcpy (copy, a, D * D * sizeof *copy);
  gsl_matrix_view A = gsl_matrix_view_array (copy, D, D);
  gsl_matrix_view B = gsl_matrix_view_array (inverse, D, D);
  gsl_permutation *perm = gsl_permutation_alloc (D);
  gsl_linalg_LU_decomp (&A.matrix, perm, &sign);
  gsl_linalg_LU_invert (&A.matrix, perm, &B.matrix);
  const double log_det = gsl_linalg_LU_lndet (&A.matrix);
  gsl_permutation_free (perm);
  return log_det;
}

/* ln N(x | mean, covariance) from the inverse.  */
static double
plain_density (size_t D, const double x[], const double mean[],
               const double inverse[], double log_det)
{
  double y = (double) D * log (2 * M_PI) + log_det;
  for (size_t i = 0; i < D; i++)
    for (size_t e = 0; e < D; e++)
      y += (x[i] - mean[i]) * inverse[i * D + e] * (x[e] - mean[e]);
  return -y / 2;
}

/* A square root by eigenvectors: a route that knows nothing of Cholesky.  */
static void
symmetric_root (size_t D, const double covariance[], double root[])
{
  double copy[MOST_D * MOST_D], v[MOST_D * MOST_D], value[MOST_D];
  memcpy (copy, covariance, D * D * sizeof *copy);
  gsl_matrix_view A = gsl_matrix_view_array (copy, D, D),
                  V = gsl_matrix_view_array (v, D, D);
  gsl_vector_view e = gsl_vector_view_array (value, D);
  gsl_eigen_symmv_workspace *w = gsl_eigen_symmv_alloc (D);
  gsl_eigen_symmv (&A.matrix, &e.vector, &V.matrix, w);
  gsl_eigen_symmv_free (w);
  for (size_t i = 0; i < D * D; i++)
    {
      root[i] = 0;
      for (size_t d = 0; d < D; d++)
        root[i] += v[i / D * D + d] * sqrt (value[d]) * v[i % D * D + d];
    }
}

/* E[ln N(z | own)] and E[ln N(z | other)] under the first of a pair, on a grid of n
   Gauss-Hermite nodes in each direction.  */
static void
grid_expectation (const pair *p, size_t n, double *own, double *other)
{
  double eps[8], weight[8], root[MOST_D * MOST_D], inverse[2][MOST_D * MOST_D],
      log_det[2];
  size_t points = 1;
  lvm_gauss_hermite (n, eps, weight);
  symmetric_root (p->D, p->covariance[0], root);
  for (int i = 0; i < 2; i++)
    log_det[i] = invert (p->D, p->covariance[i], inverse[i]);
  for (size_t d = 0; d < p->D; d++)
    points *= n;
  *own = *other = 0;
  for (size_t at = 0; at < points; at++)
    {
      double z[MOST_D], w = 1;
      memcpy (z, p->mean[0], sizeof z);
      for (size_t d = 0, left = at; d < p->D; d++, left /= n)
        {
          w *= weight[left % n];
          for (size_t i = 0; i < p->D; i++)
            z[i] += root[i * p->D + d] * eps[left % n];
        }
      *own += w * plain_density (p->D, z, p->mean[0], inverse[0], log_det[0]);
      *other += w * plain_density (p->D, z, p->mean[1], inverse[1], log_det[1]);
    }
}

/* The integrator's error is what changes from five nodes to seven.  */
static void
grid (const pair *p, double *own, double *other, double *error)
{
  double a, b;
  grid_expectation (p, 5, &a, &b);
  grid_expectation (p, 7, own, other);
  *error = fabs (*own - a) + fabs (*other - b)
           + 1e5 * u * (1 + fabs (*own) + fabs (*other));
}

static void
gauss_entropy (lvm_judge *j, const void *ops, int corner)
{
  const divergence_ops *f = ops;
  const pair *p = draw_pair (j, corner);
  double own, other, error;
  grid (p, &own, &other, &error);
  lvm_equal (j, "H", f->entropy (p->D, p->root[0]), -own, error);
}

static void
gauss_kl (lvm_judge *j, const void *ops, int corner)
{
  const divergence_ops *f = ops;
  const pair *p = draw_pair (j, corner);
  double own, other, error;
  grid (p, &own, &other, &error);
  lvm_equal (j, "KL", f->kl (p->D, p->mean[0], p->root[0], p->mean[1], p->root[1]),
             own - other, error);
}

typedef struct
{
  double mean[2], sd[2];
} two_normals;

static double
log_ratio (double z, const void *p)
{
  const two_normals *t = p;
  return log_normal (z, t->mean[0], t->sd[0])
         - log_normal (z, t->mean[1], t->sd[1]);
}

enum
{
  ONE_LATENT,
  TINY_SD, /* 1e-3 */
  HUGE_SD, /* 30 */
  LATENT_CORNERS
};

static double
draw_sd (gsl_rng *g, int corner)
{
  return corner == TINY_SD   ? 1e-3
         : corner == HUGE_SD ? 30
                             : exp (gsl_ran_gaussian (g, 0.7));
}

static void
gauss_kl_diagonal (lvm_judge *j, const void *ops, int corner)
{
  const divergence_ops *f = ops;
  gsl_rng *g = lvm_cases (j);
  const size_t L = corner == ONE_LATENT ? 1 : 1 + gsl_rng_uniform_int (g, 5);
  double mean[2][5], sd[2][5], truth = 0, error = 0;
  for (size_t l = 0; l < L; l++)
    {
      two_normals t;
      for (int i = 0; i < 2; i++)
        {
          t.mean[i] = mean[i][l] = gsl_ran_gaussian (g, 1);
          t.sd[i] = sd[i][l] = draw_sd (g, i == 0 ? corner : -1);
        }
      truth += expectation (log_ratio, &t, t.mean[0], t.sd[0], &error);
    }
  lvm_equal (j, "KL", f->kl_diagonal (L, mean[0], sd[0], mean[1], sd[1]), truth,
             error);
}

static void
gauss_kl_standard (lvm_judge *j, const void *ops, int corner)
{
  const encoder_ops *f = ops;
  gsl_rng *g = lvm_cases (j);
  const size_t L = corner == ONE_LATENT ? 1 : 1 + gsl_rng_uniform_int (g, 5);
  double mean[5], log_variance[5], truth = 0, error = 0;
  for (size_t l = 0; l < L; l++)
    {
      mean[l] = gsl_ran_gaussian (g, 1);
      log_variance[l] = 2 * log (draw_sd (g, corner));
      const two_normals t = { { mean[l], 0 }, { exp (log_variance[l] / 2), 1 } };
      truth += expectation (log_ratio, &t, t.mean[0], t.sd[0], &error);
    }
  lvm_equal (j, "KL", f->kl_standard (L, mean, log_variance), truth, error);
}

/* y = A z + b: covariances A C A', factored anew.  */
static void
change_coordinates (const pair *p, const double A[], const double b[], pair *q)
{
  const size_t D = q->D = p->D;
  for (int i = 0; i < 2; i++)
    {
      for (size_t d = 0; d < D; d++)
        {
          q->mean[i][d] = b[d];
          for (size_t e = 0; e < D; e++)
            q->mean[i][d] += A[d * D + e] * p->mean[i][e];
        }
      for (size_t d = 0; d < D * D; d++)
        {
          q->covariance[i][d] = 0;
          for (size_t e = 0; e < D; e++)
            for (size_t h = 0; h < D; h++)
              q->covariance[i][d] +=
                  A[d / D * D + e] * p->covariance[i][e * D + h] * A[d % D * D + h];
        }
      factor (D, q->covariance[i], q->root[i]);
    }
}

static void
gauss_coordinates (lvm_judge *j, const void *ops, int corner)
{
  const divergence_ops *f = ops;
  const pair *p = draw_pair (j, corner);
  pair *q = lvm_take (j, 1, sizeof *q);
  double A[MOST_D * MOST_D], b[MOST_D], inverse[MOST_D * MOST_D];
  for (size_t i = 0; i < p->D * p->D; i++)
    A[i] = (i % (p->D + 1) == 0 ? 3 : 0) + gsl_ran_flat (lvm_cases (j), -0.8, 0.8);
  for (size_t d = 0; d < p->D; d++)
    b[d] = gsl_ran_gaussian (lvm_cases (j), 2);
  change_coordinates (p, A, b, q);
  const double before =
      f->kl (p->D, p->mean[0], p->root[0], p->mean[1], p->root[1]);
  lvm_equal (j, "H", f->entropy (p->D, q->root[0]),
             f->entropy (p->D, p->root[0]) + invert (p->D, A, inverse), 1e-11);
  lvm_equal (j, "KL", f->kl (p->D, q->mean[0], q->root[0], q->mean[1], q->root[1]),
             before, 1e-9 * (1 + fabs (before)));
}

/* KL between N(0, diag sd^2) and N(0, covariance), either way, by inverse and trace.  */
static double
factorised_kl (size_t D, const double sd[], const double covariance[], int forwards)
{
  double inverse[MOST_D * MOST_D], y = -(double) D;
  const double log_det = invert (D, covariance, inverse);
  for (size_t d = 0; d < D; d++)
    {
      const double v = sd[d] * sd[d], own = log (v);
      y += forwards ? covariance[d * (D + 1)] / v + own
                    : inverse[d * (D + 1)] * v - own;
    }
  return (y + (forwards ? -log_det : log_det)) / 2;
}

static void
best_factorised (lvm_judge *j, const pair *p, const double sd[], int forwards)
{
  const double best = factorised_kl (p->D, sd, p->covariance[0], forwards);
  for (double h = 1; h > 1e-6; h /= 10)
    for (int i = 0; i < 8; i++)
      {
        double other[MOST_D];
        for (size_t d = 0; d < p->D; d++)
          other[d] = sd[d] * exp (gsl_ran_gaussian (lvm_noise (j), h));
        lvm_at_most (j, "KL", best,
                     factorised_kl (p->D, other, p->covariance[0], forwards),
                     1e4 * u * (1 + fabs (best)));
      }
}

static void
kl_reverse (lvm_judge *j, const void *ops, int corner)
{
  const formula_ops *f = ops;
  const pair *p = draw_pair (j, corner);
  double inverse[MOST_D * MOST_D], sd[MOST_D];
  invert (p->D, p->covariance[0], inverse);
  f->reverse (p->D, inverse, sd);
  best_factorised (j, p, sd, 0);
}

static void
kl_forward (lvm_judge *j, const void *ops, int corner)
{
  const formula_ops *f = ops;
  const pair *p = draw_pair (j, corner);
  double sd[MOST_D];
  f->forward (p->D, p->covariance[0], sd);
  best_factorised (j, p, sd, 1);
}

/* --- the linear model -------------------------------------------------------------------------- */

enum
{
  AT_POSTERIOR,
  NARROW_Q,
  WIDE_Q,
  SAYS_NOTHING, /* slope 0: the posterior is the prior */
  FAR_X,
  LINEAR_CORNERS
};

typedef struct
{
  lvm_linear p;
  double mean, sd;           /* of q */
  double best_mean, best_sd; /* of the posterior */
} linear_case;

/* The posterior by completing the square.  */
static void
complete_square (const lvm_linear *p, double *mean, double *sd)
{
  const double a = p->slope, v = p->noise_sd * p->noise_sd,
               w = p->prior_sd * p->prior_sd;
  *mean = (v * p->prior_mean + w * a * (p->x - p->offset)) / (v + w * a * a);
  *sd = sqrt (v * w / (v + w * a * a));
}

static linear_case *
draw_linear (lvm_judge *j, int corner)
{
  gsl_rng *g = lvm_cases (j);
  linear_case *c = lvm_take (j, 1, sizeof *c);
  c->p = (lvm_linear){ .prior_mean = gsl_ran_gaussian (g, 1),
                       .prior_sd = exp (gsl_ran_gaussian (g, 0.4)),
                       .slope = corner == SAYS_NOTHING
                                    ? 0
                                    : (gsl_rng_uniform (g) < 0.5 ? -1 : 1)
                                          * exp (gsl_ran_gaussian (g, 0.5)),
                       .offset = gsl_ran_gaussian (g, 1),
                       .noise_sd = exp (gsl_ran_gaussian (g, 0.4)),
                       .x = gsl_ran_gaussian (g, 2) + (corner == FAR_X ? 30 : 0) };
  complete_square (&c->p, &c->best_mean, &c->best_sd);
  c->mean = c->best_mean, c->sd = c->best_sd;
  if (corner != AT_POSTERIOR)
    {
      c->mean += c->best_sd * gsl_ran_gaussian (g, 1.5);
      c->sd *= corner == NARROW_Q ? 0.02
               : corner == WIDE_Q ? 8
                                  : exp (gsl_ran_gaussian (g, 0.6));
    }
  return c;
}

static double
term (const linear_case *c, int which, double z)
{
  const lvm_linear *p = &c->p;
  if (which == LVM_LIKELIHOOD)
    return log_normal (p->x, p->slope * z + p->offset, p->noise_sd);
  if (which == LVM_PRIOR)
    return log_normal (z, p->prior_mean, p->prior_sd);
  return log_normal (z, c->mean, c->sd);
}

typedef struct
{
  const linear_case *c;
  int a, b; /* b = -1: the mean of term a; else the covariance */
  double mean_a, mean_b;
} moment;

static double
moment_at (double z, const void *p)
{
  const moment *m = p;
  const double y = term (m->c, m->a, z) - m->mean_a;
  return m->b < 0 ? y : y * (term (m->c, m->b, z) - m->mean_b);
}

static void
elbo_linear (lvm_judge *j, const void *ops, int corner)
{
  const linear_ops *f = ops;
  const linear_case *c = draw_linear (j, corner);
  lvm_elbo_moments m;
  double mean[LVM_TERMS], error[LVM_TERMS] = { 0 };
  f->moments (&c->p, c->mean, c->sd, &m);
  for (int a = 0; a < LVM_TERMS; a++)
    {
      mean[a] = expectation (moment_at, &(moment){ c, a, -1, 0, 0 }, c->mean, c->sd,
                             &error[a]);
      lvm_equal (j, "mean", m.mean[a], mean[a], error[a]);
    }
  for (int a = 0; a < LVM_TERMS; a++)
    for (int b = 0; b <= a; b++)
      {
        double own = error[a] + error[b];
        const double value =
            expectation (moment_at, &(moment){ c, a, b, mean[a], mean[b] }, c->mean,
                         c->sd, &own);
        lvm_equal (j, "covariance", m.covariance[a][b], value,
                   own + 1e-11 * (fabs (mean[a]) + fabs (mean[b])));
        lvm_exactly (j, "symmetry", m.covariance[b][a], m.covariance[a][b]);
      }
}

/* F by its terms, each E[(z - c)^2] = (mean - c)^2 + sd^2, in long double.  */
static double
linear_bound (const lvm_linear *p, double mean, double sd)
{
  const long double s2 = (long double) sd * sd,
                    r = p->x - p->slope * mean - p->offset,
                    d = (long double) mean - p->prior_mean;
  const long double like = -(r * r + p->slope * p->slope * s2)
                               / (2 * (long double) p->noise_sd * p->noise_sd)
                           - logl (p->noise_sd),
                    prior = -(d * d + s2)
                                / (2 * (long double) p->prior_sd * p->prior_sd)
                            - logl (p->prior_sd);
  return (double) (like + prior + logl (sd)
                   + (1 - logl (2 * (long double) M_PI)) / 2);
}

/* ln p(x) = F + KL(q, posterior), the last by quadrature.  */
static void
elbo_linear_gap (lvm_judge *j, const void *ops, int corner)
{
  const linear_ops *f = ops;
  const linear_case *c = draw_linear (j, corner);
  two_normals t = { { c->mean, 0 }, { c->sd, 1 } };
  double error = 0;
  f->posterior (&c->p, &t.mean[1], &t.sd[1]);
  const double gap = expectation (log_ratio, &t, c->mean, c->sd, &error);
  const double bound = linear_bound (&c->p, c->mean, c->sd);
  lvm_equal (j, "ln p(x)", f->evidence (&c->p), bound + gap,
             error + 1e3 * u * (1 + fabs (bound) + fabs (gap)));
}

/* With q the posterior the third estimator is ln p(x) for every z.  */
static void
elbo_zero_variance (lvm_judge *j, const void *ops, int corner)
{
  const linear_ops *f = ops;
  linear_case *c = draw_linear (j, corner);
  f->posterior (&c->p, &c->mean, &c->sd);
  for (double eps = -6; eps <= 6; eps += 0.75)
    {
      const double z = c->mean + c->sd * eps;
      double y = 0, magnitude = 0;
      for (int a = 0; a < LVM_TERMS; a++)
        {
          y += (a == LVM_Q ? -1 : 1) * term (c, a, z);
          magnitude += fabs (term (c, a, z)) * (1 + fabs (z / c->sd));
        }
      lvm_equal (j, "ln p(x, z) - ln q(z)", y, f->evidence (&c->p),
                 100 * u * (10 + magnitude));
    }
}

/* --- variances ------------------------------------------------------------------------------------ */

/* Means and covariances of the terms under q, for a z of K states, in long double.  */
static lvm_elbo_moments
plain_moments (const finite_model *at, const double log_q[])
{
  const double *t[LVM_TERMS] = { at->log_likelihood, at->log_prior, log_q };
  lvm_elbo_moments m = { { 0 }, { { 0 } } };
  for (int a = 0; a < LVM_TERMS; a++)
    {
      long double sum = 0;
      for (size_t k = 0; k < at->K; k++)
        sum += at->q[k] > 0 ? at->q[k] * (long double) t[a][k] : 0;
      m.mean[a] = (double) sum;
    }
  for (int a = 0; a < LVM_TERMS; a++)
    for (int b = 0; b < LVM_TERMS; b++)
      {
        long double sum = 0;
        for (size_t k = 0; k < at->K; k++)
          if (at->q[k] > 0)
            sum += at->q[k] * ((long double) t[a][k] - m.mean[a])
                   * ((long double) t[b][k] - m.mean[b]);
        m.covariance[a][b] = (double) sum;
      }
  return m;
}

/* The variance of a form's estimator by its definition: of what it averages.  */
static void
elbo_variance (lvm_judge *j, const void *ops, int corner)
{
  const linear_ops *f = ops;
  const finite_model *at = draw_finite (j, corner);
  double log_q[MOST];
  for (size_t k = 0; k < at->K; k++)
    log_q[k] = at->q[k] > 0 ? log (at->q[k]) : -INFINITY;
  const lvm_elbo_moments m = plain_moments (at, log_q);
  double scale = 1;
  for (int a = 0; a < LVM_TERMS; a++)
    scale += m.mean[a] * m.mean[a] + m.covariance[a][a];
  for (int form = 0; form < LVM_FORMS; form++)
    {
      long double mean = 0, square = 0;
      for (int pass = 0; pass < 2; pass++)
        for (size_t k = 0; k < at->K; k++)
          if (at->q[k] > 0)
            {
              long double y = at->log_likelihood[k];
              y += form != LVM_FIRST ? (long double) at->log_prior[k] : 0;
              y -= form == LVM_THIRD ? (long double) log_q[k] : 0;
              if (pass == 0)
                mean += at->q[k] * y;
              else
                square += at->q[k] * (y - mean) * (y - mean);
            }
      lvm_equal (j, form_names[form], f->variance (&m, (lvm_elbo_form) form),
                 (double) square, 100 * u * scale);
    }
  const double spread = m.covariance[LVM_PRIOR][LVM_PRIOR]
                        + m.covariance[LVM_Q][LVM_Q]
                        - 2 * m.covariance[LVM_PRIOR][LVM_Q],
               joint = m.covariance[LVM_LIKELIHOOD][LVM_PRIOR]
                       - m.covariance[LVM_LIKELIHOOD][LVM_Q];
  lvm_equal (j, "Var 3 from Var 1", f->variance (&m, LVM_THIRD),
             f->variance (&m, LVM_FIRST) + spread + 2 * joint, 100 * u * scale);
}

/* Var 3 - Var 2 = 1/2 - sd^2 / posterior sd^2 in the linear model.  */
static void
elbo_narrow (lvm_judge *j, const void *ops, int corner)
{
  const linear_ops *f = ops;
  const linear_case *c = draw_linear (j, corner);
  lvm_elbo_moments m;
  f->moments (&c->p, c->mean, c->sd, &m);
  const double ratio = c->sd * c->sd / (c->best_sd * c->best_sd),
               third = f->variance (&m, LVM_THIRD),
               second = f->variance (&m, LVM_SECOND);
  lvm_equal (j, "difference of variances", third - second, 0.5 - ratio,
             1e4 * u * (1 + ratio + third + second + fabs (m.mean[0])));
}

/* --- gradients ---------------------------------------------------------------------------------------- */

enum
{
  NODES = 8
};

/* Mean and total variance of one way's gradient, exact by Gauss-Hermite: it is a quadratic
   in eps.  */
static void
gradient_moments (const linear_ops *f, const linear_case *c, lvm_linear_path path,
                  double mean[2], double *variance)
{
  double eps[NODES], weight[NODES], g[2][NODES];
  lvm_gauss_hermite (NODES, eps, weight);
  mean[0] = mean[1] = *variance = 0;
  for (int i = 0; i < NODES; i++)
    {
      f->gradient (&c->p, c->mean, c->sd, path, eps[i], &g[0][i], &g[1][i]);
      for (int k = 0; k < 2; k++)
        mean[k] += weight[i] * g[k][i];
    }
  for (int i = 0; i < NODES; i++)
    for (int k = 0; k < 2; k++)
      *variance += weight[i] * (g[k][i] - mean[k]) * (g[k][i] - mean[k]);
}

static const char *const path_names[] = { "first form", "second form", "third form",
                                          "sticking the landing" };

/* Every way has the gradient of F for its mean: against central differences.  */
static void
elbo_gradient (lvm_judge *j, const void *ops, int corner)
{
  const linear_case *c = draw_linear (j, corner);
  for (int path = 0; path < LVM_PATHS; path++)
    {
      double mean[2], variance;
      gradient_moments (ops, c, (lvm_linear_path) path, mean, &variance);
      for (int k = 0; k < 2; k++)
        {
          double error[8], scale = 1;
          for (int s = 0; s < 8; s++)
            {
              const double h = ldexp (0.25, -s);
              double side[2];
              for (int i = 0; i < 2; i++)
                {
                  const double step = i == 0 ? h : -h;
                  side[i] =
                      k == 0 ? linear_bound (&c->p, c->mean + c->sd * step, c->sd)
                             : linear_bound (&c->p, c->mean, c->sd * exp (step));
                  scale = fmax (scale, fabs (side[i]));
                }
              error[s] = fabs ((side[0] - side[1]) / (2 * h) - mean[k]);
            }
          lvm_order (j, path_names[path], 8, error, 2, 1e-11 * scale);
        }
    }
}

/* Along the path the second and the third form have the same gradient for every draw.  */
static void
elbo_path_agree (lvm_judge *j, const void *ops, int corner)
{
  const linear_ops *f = ops;
  const linear_case *c = draw_linear (j, corner);
  for (int i = 0; i < 10; i++)
    {
      const double eps = gsl_ran_gaussian (lvm_noise (j), 2);
      double second[2], third[2];
      f->gradient (&c->p, c->mean, c->sd, LVM_PATH_SECOND, eps, &second[0],
                   &second[1]);
      f->gradient (&c->p, c->mean, c->sd, LVM_PATH_THIRD, eps, &third[0],
                   &third[1]);
      for (int k = 0; k < 2; k++)
        lvm_equal (j, k == 0 ? "by the mean" : "by ln sd", third[k], second[k],
                   100 * u * (1 + fabs (second[k]) + eps * eps));
    }
}

/* At the posterior the gradient without q's score is zero, draw by draw.  */
static void
elbo_landing (lvm_judge *j, const void *ops, int corner)
{
  const linear_ops *f = ops;
  linear_case *c = draw_linear (j, corner);
  c->mean = c->best_mean, c->sd = c->best_sd;
  const double scale = 1 + fabs (c->p.x) + fabs (c->mean) / c->sd;
  for (int i = 0; i < 10; i++)
    {
      const double eps = gsl_ran_gaussian (lvm_noise (j), 2);
      double by_mean, by_sd;
      f->gradient (&c->p, c->mean, c->sd, LVM_PATH_LANDING, eps, &by_mean, &by_sd);
      lvm_equal (j, "by the mean", by_mean, 0, 1e3 * u * scale * (1 + eps * eps));
      lvm_equal (j, "by ln sd", by_sd, 0, 1e3 * u * scale * (1 + eps * eps));
    }
}

static void
elbo_gradient_variance (lvm_judge *j, const void *ops, int corner)
{
  const linear_ops *f = ops;
  const linear_case *c = draw_linear (j, corner);
  for (int path = 0; path < LVM_PATHS; path++)
    {
      double mean[2], variance;
      gradient_moments (&linear_reference, c, (lvm_linear_path) path, mean,
                        &variance);
      lvm_equal (
          j, path_names[path],
          f->gradient_variance (&c->p, c->mean, c->sd, (lvm_linear_path) path),
          variance,
          1e4 * u * (1 + variance + mean[0] * mean[0] + mean[1] * mean[1]));
    }
}

/* The gradient in theta = mu_0 at the posterior: its mean is that of ln p(x) (Fisher), its
   variance is not zero.  */
static void
elbo_theta (lvm_judge *j, const void *ops, int corner)
{
  const formula_ops *f = ops;
  const linear_case *c = draw_linear (j, corner);
  double eps[NODES], weight[NODES], mean = 0, square = 0, error[6];
  lvm_gauss_hermite (NODES, eps, weight);
  for (int i = 0; i < NODES; i++)
    {
      const double g = f->by_prior_mean (c->best_mean + c->best_sd * eps[i],
                                         c->p.prior_mean, c->p.prior_sd);
      mean += weight[i] * g;
      square += weight[i] * g * g;
    }
  for (int s = 0; s < 6; s++)
    {
      const double h = ldexp (0.5, -s);
      lvm_linear up = c->p, down = c->p;
      double m, sd, side[2];
      up.prior_mean += h, down.prior_mean -= h;
      complete_square (&up, &m, &sd);
      side[0] =
          linear_bound (&up, m, sd); /* the evidence: the bound is tight there */
      complete_square (&down, &m, &sd);
      side[1] = linear_bound (&down, m, sd);
      error[s] = fabs ((side[0] - side[1]) / (2 * h) - mean);
    }
  lvm_order (j, "by mu_0", 6, error, 2, 1e-10 * (1 + mean * mean));
  const double shrink = c->best_sd / (c->p.prior_sd * c->p.prior_sd);
  lvm_equal (j, "its variance", square - mean * mean, shrink * shrink,
             1e4 * u * (1 + square));
}

/* --- Monte Carlo ------------------------------------------------------------------------------------------ */

enum
{
  DRAWS = 250000,
  MONTE_CARLO_CASES = 4
};

/* The means of the three estimators over draws of the implementation's q.  */
static void
elbo_unbiased (lvm_judge *j, const void *ops, int corner)
{
  const encoder_ops *f = ops;
  const linear_case *c = draw_linear (j, corner == AT_POSTERIOR ? -1 : corner);
  const lvm_linear *p = &c->p;
  const double log_variance = 2 * log (c->sd),
               truth = linear_bound (p, c->mean, c->sd),
               d = (c->mean - p->prior_mean) / p->prior_sd, s = c->sd / p->prior_sd,
               known[3] = { -((d * d + s * s - 1) / 2 - log (s)),
                            log (c->sd) + (1 + log (2 * M_PI)) / 2, 0 };
  double sum[3] = { 0 }, square[3] = { 0 };
  for (int n = 0; n < DRAWS; n++)
    {
      const double eps = gsl_ran_ugaussian (lvm_noise (j));
      double z, y[3];
      f->reparameterise (1, &c->mean, &log_variance, &eps, &z);
      y[0] = term (c, LVM_LIKELIHOOD, z);
      y[1] = y[0] + term (c, LVM_PRIOR, z);
      y[2] = y[1] - term (c, LVM_Q, z);
      for (int i = 0; i < 3; i++)
        {
          const double e = y[i] + known[i] - truth;
          sum[i] += e;
          square[i] += e * e;
        }
    }
  for (int i = 0; i < 3; i++)
    {
      const double mean = sum[i] / DRAWS,
                   variance = square[i] / DRAWS - mean * mean;
      lvm_mean (j, form_names[i], truth + mean,
                sqrt (fmax (variance, 0) / DRAWS) + 1e-12 * fabs (truth), truth);
    }
}

/* The loss is minus the average bound, with each KL summed over the latent numbers.  */
static void
elbo_loss (lvm_judge *j, const void *ops, int corner)
{
  const encoder_ops *f = ops;
  gsl_rng *g = lvm_cases (j);
  const size_t N = corner == 0 ? 1 : 1 + gsl_rng_uniform_int (g, 6),
               L = corner == 1 ? 1 : 1 + gsl_rng_uniform_int (g, 4);
  double *l = lvm_take (j, N, sizeof *l), *mean = lvm_take (j, N * L, sizeof *l),
         *log_variance = lvm_take (j, N * L, sizeof *l);
  long double sum = 0, magnitude = 0;
  for (size_t n = 0; n < N; n++)
    {
      l[n] = -100 - gsl_ran_exponential (g, 50);
      sum += l[n];
      magnitude += fabs (l[n]);
      for (size_t i = n * L; i < (n + 1) * L; i++)
        {
          mean[i] = gsl_ran_gaussian (g, 1);
          log_variance[i] = gsl_ran_gaussian (g, 1.5);
          const long double s2 = expl (log_variance[i]),
                            kl = (s2 + (long double) mean[i] * mean[i] - 1
                                  - logl (s2))
                                 / 2;
          sum -= kl;
          magnitude += kl;
        }
    }
  lvm_equal (j, "loss", f->vae_loss (N, L, l, mean, log_variance),
             (double) (-sum / (long double) N), 100 * u * (double) magnitude);
}

/* --- importance weighting --------------------------------------------------------------------------------------- */

static double
plain_log_mean (size_t S, const double log_w[])
{
  long double m = -INFINITY, sum = 0;
  for (size_t i = 0; i < S; i++)
    m = fmaxl (m, log_w[i]);
  for (size_t i = 0; i < S; i++)
    sum += expl (log_w[i] - m);
  return (double) (m + logl (sum / (long double) S));
}

/* It is at least the average of the same logarithms, and at most the largest.  */
static void
iw_samplewise (lvm_judge *j, const void *ops, int corner)
{
  const importance_ops *f = ops;
  gsl_rng *g = lvm_cases (j);
  const size_t S = corner == 0 ? 1 : 1 + gsl_rng_uniform_int (g, 20);
  double log_w[MOST], average = 0, largest = -INFINITY;
  for (size_t i = 0; i < S; i++)
    {
      log_w[i] = gsl_ran_gaussian (g, 3) - (corner == 1 ? 900 : 0);
      average += log_w[i] / (double) S;
      largest = fmax (largest, log_w[i]);
    }
  const double y = f->importance_bound (S, log_w),
               slack = 100 * u * (20 + fabs (average));
  lvm_equal (j, "the logarithm of the mean", y, plain_log_mean (S, log_w), slack);
  lvm_at_least (j, "above the average", y, average, slack);
  lvm_at_most (j, "below the largest", y, largest, slack);
}

/* The expectation of a draw over all K^S draws.  */
static double
enumerate (const finite_model *at, size_t S,
           double (*draw) (size_t, const double[]))
{
  size_t tuples = 1;
  double sum = 0;
  for (size_t i = 0; i < S; i++)
    tuples *= at->K;
  for (size_t t = 0; t < tuples; t++)
    {
      double probability = 1, log_w[MOST];
      for (size_t i = 0, left = t; i < S; i++, left /= at->K)
        {
          const size_t k = left % at->K;
          probability *= at->q[k];
          log_w[i] = at->log_prior[k] + at->log_likelihood[k] - log (at->q[k]);
        }
      if (probability > 0)
        sum += probability * draw (S, log_w);
    }
  return sum;
}

static void
iw_between (lvm_judge *j, const void *ops, int corner)
{
  const importance_ops *f = ops;
  const finite_model *at =
      draw_finite (j, corner == IMPOSSIBLE_Z || corner == POINT_Q ? -1 : corner);
  double error, before = plain_bound (at, &error);
  const double evidence = plain_evidence (at, 0);
  for (size_t S = 1; S <= 5; S++)
    {
      const double y = enumerate (at, S, f->importance_bound);
      if (S == 1)
        lvm_equal (j, "F^(1) = F", y, before, 4 * error);
      lvm_at_least (j, "F^(S) over the one before", y, before, 4 * error);
      lvm_at_most (j, "F^(S) under ln p(x)", y, evidence, 4 * error);
      before = y;
    }
}

static double
log_weights (const finite_model *at, double log_w[])
{
  for (size_t k = 0; k < at->K; k++)
    log_w[k] = at->q[k] > 0
                   ? at->log_prior[k] + at->log_likelihood[k] - log (at->q[k])
                   : 0;
  return plain_evidence (at, 1);
}

/* One integral against the enumeration.  */
static void
iw_laplace (lvm_judge *j, const void *ops, int corner)
{
  const importance_ops *f = ops;
  const finite_model *at = draw_finite (j, corner == IMPOSSIBLE_Z ? -1 : corner);
  double log_w[MOST];
  const double size = fabs (log_weights (at, log_w));
  for (size_t S = 1; S <= 5; S++)
    lvm_equal (j, "F^(S)", f->expected (S, at->K, at->q, log_w),
               enumerate (at, S, plain_log_mean), 1e-12 * (1 + size));
}

/* S times the gap tends to half of the variance of w / p(x), with an error of order 1/S.  */
static void
iw_rate (lvm_judge *j, const void *ops, int corner)
{
  const importance_ops *f = ops;
  const finite_model *at = draw_finite (j, corner == ONE_STATE ? ONE_STATE : -1);
  double log_w[MOST], chi = 0, error[9];
  const double evidence = log_weights (at, log_w);
  for (size_t k = 0; k < at->K; k++)
    {
      const double w = exp (log_w[k] - evidence);
      chi += at->q[k] * (w - 1) * (w - 1);
    }
  if (chi > 100)
    {
      lvm_undrawn (j); /* the limit is reached only for S far above chi */
      return;
    }
  for (int s = 0; s < 9; s++)
    {
      const double S = ldexp (1024 * fmax (1, ceil (chi)), s);
      error[s] = fabs (
          S * (evidence - f->expected ((size_t) S, at->K, at->q, log_w)) - chi / 2);
    }
  lvm_order (j, "S times the gap", 9, error, 1,
             1e-13 * ldexp (1024 * fmax (1, ceil (chi)), 8)
                 * (1 + fabs (evidence)));
}

/* E_q[w^2] = int p^2 / q, on a grid in the plane; the trapezoidal rule is exact to rounding
   for Gaussians once its step is small.  */
static double
plane_integral (double rho, double reach, double step)
{
  const double c = 1 - rho * rho;
  double sum = 0;
  for (double a = -reach; a <= reach; a += step)
    for (double b = -reach; b <= reach; b += step)
      {
        const double log_p = -(a * a - 2 * rho * a * b + b * b) / (2 * c)
                             - log (2 * M_PI) - log (c) / 2,
                     log_q = -(a * a + b * b) / (2 * c) - log (2 * M_PI) - log (c);
        sum += exp (2 * log_p - log_q);
      }
  return sum * step * step;
}

static void
iw_second (lvm_judge *j, const void *ops, int corner)
{
  const formula_ops *f = ops;
  static const double rhos[] = { 0, 0.2, -0.35, 0.45, 0.5, -0.6 };
  const double rho = rhos[corner], y = f->second_moment (rho);
  const double fine = plane_integral (rho, 45, 0.2);
  if (fabs (rho) < 0.5)
    lvm_equal (j, "E[w^2]", y, fine,
               fabs (fine - plane_integral (rho, 45, 0.3)) + 1e5 * u * fine);
  else /* the integral grows with the plane, in proportion at least */
    lvm_equal (j, "E[w^2] that is infinite", y,
               fine > 1.9 * plane_integral (rho, 22.5, 0.2) ? INFINITY : fine, 1);
}

/* The weights of that q: ln w = (ln (1 - rho^2)) / 2 + rho t, where t, the product of two
   standard normal numbers, has the density K_0(|t|) / pi.  Nodes at t = +-e^y.  */
static size_t
correlated_weights (double rho, double p[], double log_w[])
{
  const double step = 0.1;
  size_t n = 0;
  for (double y = -42; y < 6.5; y += step)
    {
      const double t = exp (y), density = gsl_sf_bessel_K0_scaled (t) * exp (-t)
                                          / M_PI * t * step;
      for (int side = -1; side <= 1 && density > 1e-300; side += 2)
        {
          p[n] = density;
          log_w[n++] = log1p (-rho * rho) / 2 + rho * side * t;
        }
    }
  return n;
}

/* Beyond |rho| = 1/2 the gap falls like S^(1 - 1/|rho|) / sqrt (ln S), before it like 1/S.  */
static void
iw_threshold (lvm_judge *j, const void *ops, int corner)
{
  const importance_ops *f = ops;
  const formula_ops *slope = formula_interface.reference;
  static const double rhos[] = { 0.7, 0.8, -0.9, 0.3, 0.4 };
  const double rho = rhos[corner];
  double *p = lvm_take (j, 4096, sizeof *p), *log_w = lvm_take (j, 4096, sizeof *p);
  const size_t n = correlated_weights (rho, p, log_w);
  const int from = fabs (rho) > 0.5 ? 34 : 20, to = from + 4;
  const double first = -f->expected ((size_t) 1 << from, n, p, log_w),
               last = -f->expected ((size_t) 1 << to, n, p, log_w);
  lvm_equal (j, "slope of the gap", log2 (last / first) / (to - from),
             fabs (rho) > 0.5 ? slope->tail_slope (rho, (from + 2) * M_LN2) : -1,
             0.006);
}

/* The same statement, judged on the formula by an independent gap at S = 2^34 and 2^38.  */
static void
iw_slope (lvm_judge *j, const void *ops, int corner)
{
  const formula_ops *f = ops;
  static const double rhos[] = { 0.7, -0.8, 0.9 };
  const double rho = rhos[corner];
  double *p = lvm_take (j, 4096, sizeof *p), *log_w = lvm_take (j, 4096, sizeof *p);
  const size_t n = correlated_weights (rho, p, log_w);
  double gap[2];
  for (int i = 0; i < 2; i++)
    gap[i] = -lvm_importance_expected ((size_t) 1 << (34 + 4 * i), n, p, log_w);
  lvm_equal (j, "slope", f->tail_slope (rho, 36 * M_LN2),
             log2 (gap[1] / gap[0]) / 4, 0.006);
}

/* --- its gradient -------------------------------------------------------------------------------------------------- */

enum
{
  PLANE = 48
};

/* ln w, and its derivatives, at z = mean + sd eps; k = 0: by the mean, 1: by ln sd.  */
static double
log_weight (const linear_case *c, double mean, double sd, double eps)
{
  const linear_case at = { c->p, mean, sd, 0, 0 };
  const double z = mean + sd * eps;
  return term (&at, LVM_LIKELIHOOD, z) + term (&at, LVM_PRIOR, z)
         - term (&at, LVM_Q, z);
}

static void
weight_derivatives (const linear_case *c, int k, double eps, double *path,
                    double *score)
{
  const lvm_linear *p = &c->p;
  const double z = c->mean + c->sd * eps,
               slope = p->slope * (p->x - p->slope * z - p->offset)
                           / (p->noise_sd * p->noise_sd)
                       - (z - p->prior_mean) / (p->prior_sd * p->prior_sd)
                       + eps / c->sd;
  *path = slope * (k == 0 ? 1 : c->sd * eps);
  *score = k == 0 ? eps / c->sd : eps * eps - 1;
}

/* F^(2) on a grid of Gauss-Hermite nodes in the plane of both eps.  */
static double
bound_of_two (const linear_case *c, double mean, double sd, const double eps[],
              const double weight[])
{
  double l[PLANE], sum = 0;
  for (int i = 0; i < PLANE; i++)
    l[i] = log_weight (c, mean, sd, eps[i]);
  for (int a = 0; a < PLANE; a++)
    for (int b = 0; b < PLANE; b++)
      sum += weight[a] * weight[b] * plain_log_mean (2, (double[]){ l[a], l[b] });
  return sum;
}

/* The expectation of a draw of the gradient, by the same grid.  */
static double
gradient_of_two (const importance_ops *f, const linear_case *c, int k, int doubly,
                 const double eps[], const double weight[])
{
  double sum = 0;
  for (int a = 0; a < PLANE; a++)
    for (int b = 0; b < PLANE; b++)
      {
        const double e[2] = { eps[a], eps[b] };
        double l[2], path[2], score[2];
        for (int i = 0; i < 2; i++)
          {
            l[i] = log_weight (c, c->mean, c->sd, e[i]);
            weight_derivatives (c, k, e[i], &path[i], &score[i]);
          }
        sum += weight[a] * weight[b]
               * (doubly ? f->doubly (2, l, path)
                         : f->importance_gradient (2, l, path, score));
      }
  return sum;
}

static void
gradient_claim (lvm_judge *j, const importance_ops *f, int doubly)
{
  linear_case *c = draw_linear (j, -1);
  double eps[PLANE], weight[PLANE];
  gsl_rng *g = lvm_cases (j);
  c->mean = c->best_mean + c->best_sd * gsl_ran_flat (g, 0.3, 0.8);
  c->sd = c->best_sd * gsl_ran_flat (g, 0.7, 1.3);
  lvm_gauss_hermite (PLANE, eps, weight);
  for (int k = 0; k < 2; k++)
    {
      const double mean = gradient_of_two (f, c, k, doubly, eps, weight);
      double error[6];
      for (int s = 0; s < 6; s++)
        {
          const double h = ldexp (0.1, -s) * (k == 0 ? c->sd : 1);
          const double up = k == 0
                                ? bound_of_two (c, c->mean + h, c->sd, eps, weight)
                                : bound_of_two (c, c->mean, c->sd * exp (h), eps,
                                                weight),
                       down = k == 0 ? bound_of_two (c, c->mean - h, c->sd, eps,
                                                     weight)
                                     : bound_of_two (c, c->mean, c->sd * exp (-h),
                                                     eps, weight);
          error[s] = fabs ((up - down) / (2 * h) - mean);
        }
      lvm_order (j, k == 0 ? "by the mean" : "by ln sd", 6, error, 2, 1e-6);
    }
}

static void
iw_gradient (lvm_judge *j, const void *ops, int corner)
{
  (void) corner;
  gradient_claim (j, ops, 0);
}

static void
iw_doubly (lvm_judge *j, const void *ops, int corner)
{
  (void) corner;
  gradient_claim (j, ops, 1);
}

/* --- EM as coordinate ascent --------------------------------------------------------------------------------------------- */

/* ln p(x_n, z_n = k).  */
static long double
log_joint (const halves_mixture *m, size_t n, size_t k)
{
  const double *x = m->x + n * m->D, *mean = m->mean + k * m->D;
  long double l = logl (m->weight[k]);
  if (m->variance != NULL)
    return l + log_normal (*x, *mean, sqrt (m->variance[k]));
  for (size_t d = 0; d < m->D; d++)
    l += x[d] != 0 ? logl (mean[d]) : log1pl (-mean[d]);
  return l;
}

/* F(q, theta) by the second form.  */
static double
mixture_bound (const halves_mixture *m)
{
  long double sum = 0;
  for (size_t n = 0; n < m->N; n++)
    for (size_t k = 0; k < m->K; k++)
      {
        const double q = m->q[n * m->K + k];
        if (q > 0)
          sum += q * (log_joint (m, n, k) - logl (q));
      }
  return (double) sum;
}

static double
mixture_likelihood (const halves_mixture *m)
{
  long double sum = 0;
  for (size_t n = 0; n < m->N; n++)
    {
      long double p = 0;
      for (size_t k = 0; k < m->K; k++)
        p += expl (log_joint (m, n, k));
      sum += logl (p);
    }
  return (double) sum;
}

/* Corner 0: Gaussians; 1: Bernoullis.  */
static halves_mixture
draw_mixture (lvm_judge *j, int corner)
{
  gsl_rng *g = lvm_cases (j);
  const int gaussian = corner < 0 ? gsl_rng_uniform (g) < 0.5 : corner == 0;
  halves_mixture m = { .K = 2 + gsl_rng_uniform_int (g, 2),
                       .N = 20 + gsl_rng_uniform_int (g, 30),
                       .D = gaussian ? 1 : 1 + gsl_rng_uniform_int (g, 9) };
  m.x = lvm_take (j, m.N * m.D, sizeof *m.x);
  m.q = lvm_take (j, m.N * m.K, sizeof *m.q);
  m.weight = lvm_take (j, m.K, sizeof *m.weight);
  m.mean = lvm_take (j, m.K * m.D, sizeof *m.mean);
  m.variance = gaussian ? lvm_take (j, m.K, sizeof *m.variance) : NULL;
  for (size_t k = 0; k < m.K; k++)
    {
      m.weight[k] = 0.2 + gsl_rng_uniform (g);
      if (gaussian)
        m.variance[k] = exp (gsl_ran_gaussian (g, 0.5));
      for (size_t d = 0; d < m.D; d++)
        m.mean[k * m.D + d] =
            gaussian ? gsl_ran_gaussian (g, 2) : gsl_ran_flat (g, 0.05, 0.95);
    }
  normalise (m.K, m.weight);
  for (size_t n = 0; n < m.N; n++)
    {
      for (size_t d = 0; d < m.D; d++)
        m.x[n * m.D + d] = gaussian
                               ? gsl_ran_gaussian (g, 1) + 2 * (double) (n % m.K)
                               : gsl_ran_bernoulli (g, n % m.K == 0 ? 0.8 : 0.3);
      for (size_t k = 0; k < m.K; k++)
        m.q[n * m.K + k] = gsl_ran_exponential (g, 1);
      normalise (m.K, m.q + n * m.K);
    }
  return m;
}

static void
elbo_em (lvm_judge *j, const void *ops, int corner)
{
  const halves_ops *f = ops;
  halves_mixture m = draw_mixture (j, corner);
  double before = mixture_bound (&m);
  const double slack = 16 * (double) m.N * u * (10 + fabs (before));
  for (int half = 0; half < 20; half++)
    {
      (half % 2 == 0 ? f->e_half : f->m_half) (&m);
      const double after = mixture_bound (&m);
      if (!(after < 10 * (double) m.N))
        break; /* on its way to a singularity */
      lvm_at_least (j, half % 2 == 0 ? "F after an E-half" : "F after an M-half",
                    after, before, slack);
      if (half % 2 == 0)
        lvm_equal (j, "F and the log-likelihood", after, mixture_likelihood (&m),
                   slack);
      before = after;
    }
}

#define FINITE(label, kind, judge)                                                 \
  {                                                                                \
    label, kind, &elbo_interface, FINITE_CORNERS, 60, 0, judge, LVM_HERE           \
  }
#define BOUND(label, kind, judge)                                                  \
  {                                                                                \
    label, kind, &bound_interface, FINITE_CORNERS, 60, 0, judge, LVM_HERE          \
  }
#define LINEAR(label, kind, judge)                                                 \
  {                                                                                \
    label, kind, &linear_interface, LINEAR_CORNERS, 30, 0, judge, LVM_HERE         \
  }
#define CLAIM(label, kind, interface, corners, random, judge)                      \
  {                                                                                \
    label, kind, &interface, corners, random, 0, judge, LVM_HERE                   \
  }

static const lvm_claim claims[] = {
  FINITE ("elbo-agree", LVM_IDENTITY, elbo_agree),
  FINITE ("elbo-bound", LVM_INEQUALITY, elbo_bound),
  FINITE ("elbo-jensen", LVM_INEQUALITY, elbo_jensen),
  FINITE ("elbo-tight", LVM_IDENTITY, elbo_tight),
  FINITE ("elbo-constant", LVM_IDENTITY, elbo_constant),
  CLAIM ("elbo-infinity", LVM_REDUCTION, elbo_interface, 4, 0, elbo_infinity),
  BOUND ("elbo-decomposition", LVM_IDENTITY, elbo_decomposition),
  BOUND ("elbo-pinsker", LVM_INEQUALITY, elbo_pinsker),
  BOUND ("elbo-optimum", LVM_OPTIMUM, elbo_optimum),
  BOUND ("elbo-annealed", LVM_OPTIMUM, elbo_annealed),
  BOUND ("elbo-data", LVM_IDENTITY, elbo_data),
  CLAIM ("elbo-support", LVM_IDENTITY, formula_interface, FINITE_CORNERS, 60,
         elbo_support),
  CLAIM ("gauss-entropy", LVM_QUADRATURE, divergence_interface, PAIR_CORNERS, 30,
         gauss_entropy),
  CLAIM ("gauss-kl", LVM_QUADRATURE, divergence_interface, PAIR_CORNERS, 30,
         gauss_kl),
  CLAIM ("gauss-kl-diagonal", LVM_QUADRATURE, divergence_interface, LATENT_CORNERS,
         30, gauss_kl_diagonal),
  CLAIM ("gauss-kl-standard", LVM_QUADRATURE, encoder_interface, LATENT_CORNERS, 30,
         gauss_kl_standard),
  CLAIM ("gauss-coordinates", LVM_IDENTITY, divergence_interface, PAIR_CORNERS, 30,
         gauss_coordinates),
  CLAIM ("kl-reverse", LVM_OPTIMUM, formula_interface, PAIR_CORNERS, 30,
         kl_reverse),
  CLAIM ("kl-forward", LVM_OPTIMUM, formula_interface, PAIR_CORNERS, 30,
         kl_forward),
  LINEAR ("elbo-linear", LVM_QUADRATURE, elbo_linear),
  LINEAR ("elbo-linear-gap", LVM_QUADRATURE, elbo_linear_gap),
  LINEAR ("elbo-zero-variance", LVM_IDENTITY, elbo_zero_variance),
  CLAIM ("elbo-variance", LVM_IDENTITY, linear_interface, FINITE_CORNERS, 60,
         elbo_variance),
  LINEAR ("elbo-narrow", LVM_IDENTITY, elbo_narrow),
  LINEAR ("elbo-gradient", LVM_DERIVATIVE, elbo_gradient),
  LINEAR ("elbo-path-agree", LVM_IDENTITY, elbo_path_agree),
  LINEAR ("elbo-landing", LVM_IDENTITY, elbo_landing),
  LINEAR ("elbo-gradient-variance", LVM_QUADRATURE, elbo_gradient_variance),
  CLAIM ("elbo-theta", LVM_DERIVATIVE, formula_interface, LINEAR_CORNERS, 30,
         elbo_theta),
  { "elbo-unbiased", LVM_STATISTICAL, &encoder_interface, 0, MONTE_CARLO_CASES,
    3 * MONTE_CARLO_CASES, elbo_unbiased, LVM_HERE },
  CLAIM ("elbo-loss", LVM_IDENTITY, encoder_interface, 2, 30, elbo_loss),
  CLAIM ("elbo-em", LVM_INEQUALITY, halves_interface, 2, 20, elbo_em),
  CLAIM ("iw-samplewise", LVM_INEQUALITY, importance_interface, 2, 60,
         iw_samplewise),
  CLAIM ("iw-between", LVM_INEQUALITY, importance_interface, FINITE_CORNERS, 20,
         iw_between),
  CLAIM ("iw-laplace", LVM_QUADRATURE, importance_interface, FINITE_CORNERS, 20,
         iw_laplace),
  CLAIM ("iw-rate", LVM_REDUCTION, importance_interface, 1, 20, iw_rate),
  CLAIM ("iw-second", LVM_QUADRATURE, formula_interface, 6, 0, iw_second),
  CLAIM ("iw-threshold", LVM_REDUCTION, importance_interface, 5, 0, iw_threshold),
  CLAIM ("iw-slope", LVM_REDUCTION, formula_interface, 3, 0, iw_slope),
  CLAIM ("iw-gradient", LVM_DERIVATIVE, importance_interface, 0, 6, iw_gradient),
  CLAIM ("iw-doubly", LVM_DERIVATIVE, importance_interface, 0, 6, iw_doubly),
};

const lvm_suite lvm_chapter_suite = { "05-elbo", claims,
                                      sizeof claims / sizeof *claims, derivations,
                                      sizeof derivations / sizeof *derivations };
