/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Known wrong ways to write the evidence lower bound, its divergences and its estimators.
   Most are one slip away from the reference.  */

#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../proofs/05-elbo.h"
#include "claims/05-elbo.h"
#include "num/log_sum_exp.h"
#include "prob/importance.h"

enum
{
  MOST = 64
};

/* --- the three forms -------------------------------------------------------------- */

/* sum_k q_k l_k, where q_k = 0 contributes nothing.  */
static double
average (size_t K, const double q[], const double l[])
{
  double sum = 0;
  for (size_t k = 0; k < K; k++)
    sum += q[k] > 0 ? q[k] * l[k] : 0;
  return sum;
}

static double
negentropy (size_t K, const double q[])
{
  double sum = 0;
  for (size_t k = 0; k < K; k++)
    sum += q[k] > 0 ? q[k] * log (q[k]) : 0;
  return sum;
}

static double
q_for_log_q (size_t K, const double q[], const double log_prior[],
             const double log_likelihood[])
{
  double sum = average (K, q, log_prior) + average (K, q, log_likelihood);
  for (size_t k = 0; k < K; k++)
    sum -= q[k] * q[k];
  return sum;
}

static double
kl_to_evidence (size_t K, const double q[], const double log_prior[],
                const double log_likelihood[])
{
  double l[1024]; /* the largest finite z of the claims has 700 states */
  for (size_t k = 0; k < K; k++)
    l[k] = log_prior[k] + log_likelihood[k];
  return average (K, q, log_likelihood)
         - (negentropy (K, q) - lvm_log_sum_exp (K, l));
}

static double
kl_exchanged (size_t K, const double q[], const double log_prior[],
              const double log_likelihood[])
{
  double kl = 0;
  for (size_t k = 0; k < K; k++)
    kl += exp (log_prior[k]) * (log_prior[k] - log (q[k]));
  return average (K, q, log_likelihood) - kl;
}

static double
minus_lost (size_t K, const double q[], const double log_prior[],
            const double log_likelihood[])
{
  return average (K, q, log_likelihood)
         + (negentropy (K, q) - average (K, q, log_prior));
}

static double
averaged_over_prior (size_t K, const double q[], const double log_prior[],
                     const double log_likelihood[])
{
  double sum = 0;
  for (size_t k = 0; k < K; k++)
    if (log_prior[k] > -INFINITY && log_likelihood[k] > -INFINITY)
      sum += exp (log_prior[k]) * log_likelihood[k];
  return sum - (negentropy (K, q) - average (K, q, log_prior));
}

static double
entropy_turned (size_t K, const double q[], const double log_prior[],
                const double log_likelihood[])
{
  return average (K, q, log_prior) + average (K, q, log_likelihood)
         + negentropy (K, q);
}

static double
entropy_left_out (size_t K, const double q[], const double log_prior[],
                  const double log_likelihood[])
{
  return average (K, q, log_prior) + average (K, q, log_likelihood);
}

static double
zero_times_infinity (size_t K, const double q[], const double log_prior[],
                     const double log_likelihood[])
{
  double sum = 0;
  for (size_t k = 0; k < K; k++)
    sum += q[k] * (log_prior[k] + log_likelihood[k] - log (q[k]));
  return sum;
}

static double
prior_left_out (size_t K, const double q[], const double log_prior[],
                const double log_likelihood[])
{
  (void) log_prior;
  return average (K, q, log_likelihood) - negentropy (K, q);
}

/* --- around the bound ------------------------------------------------------------------- */

static const bound_ops *
right_bound (void)
{
  return bound_interface.reference;
}

static double
evidence_of (size_t K, const double log_prior[], const double log_likelihood[])
{
  double l[MOST];
  for (size_t k = 0; k < K; k++)
    l[k] = log_prior[k] + log_likelihood[k];
  return lvm_log_sum_exp (K, l);
}

/* From ln p(x) = KL - F.  */
static double
sign_of_the_bound (size_t K, const double q[], const double log_prior[],
                   const double log_likelihood[])
{
  return evidence_of (K, log_prior, log_likelihood)
         + lvm_elbo_third (K, q, log_prior, log_likelihood);
}

/* KL(p(z | x), q)  */
static double
gap_exchanged (size_t K, const double q[], const double log_prior[],
               const double log_likelihood[])
{
  const double evidence = evidence_of (K, log_prior, log_likelihood);
  double sum = 0;
  for (size_t k = 0; k < K; k++)
    {
      const double l = log_prior[k] + log_likelihood[k] - evidence;
      if (l > -INFINITY)
        sum += exp (l) * (l - log (q[k]));
    }
  return sum;
}

static double
gap_negative (size_t K, const double q[], const double log_prior[],
              const double log_likelihood[])
{
  return -right_bound ()->gap (K, q, log_prior, log_likelihood);
}

/* F is concave in q: its smallest values are at certain states.  */
static void
minimised (size_t K, const double log_prior[], const double log_likelihood[],
           double q[])
{
  size_t worst = 0;
  for (size_t k = 1; k < K; k++)
    if (log_prior[k] + log_likelihood[k] < log_prior[worst] + log_likelihood[worst])
      worst = k;
  for (size_t k = 0; k < K; k++)
    q[k] = k == worst;
}

static void
most_probable (size_t K, const double log_prior[], const double log_likelihood[],
               double q[])
{
  double l[MOST] = { 0 };
  for (size_t k = 0; k < K; k++)
    l[k] = log_prior[k] + log_likelihood[k];
  const size_t top = lvm_argmax (K, l);
  for (size_t k = 0; k < K; k++)
    q[k] = k == top;
}

/* p(z) p(x | z)^beta  */
static void
power_inverted (size_t K, double beta, const double log_prior[],
                const double log_likelihood[], double q[])
{
  right_bound ()->annealed (K, 1 / beta, log_prior, log_likelihood, q);
}

/* One q, that of the first datum, for all data.  */
static double
one_z_for_all (size_t N, size_t K, const double q[], const double log_prior[],
               const double log_likelihood[])
{
  double sum = 0;
  for (size_t n = 0; n < N; n++)
    sum += lvm_elbo_third (K, q, log_prior, log_likelihood + n * K);
  return sum;
}

/* --- divergences ----------------------------------------------------------------------------- */

static const divergence_ops *
right_divergence (void)
{
  return divergence_interface.reference;
}

static double
log_det (size_t D, const double root[])
{
  double sum = 0;
  for (size_t d = 0; d < D; d++)
    sum += 2 * log (root[d * (D + 1)]);
  return sum;
}

/* 1/2 ln (det ratio + trace + square - D)  */
static double
log_of_the_bracket (size_t D, const double mean[], const double root[],
                    const double other_mean[], const double other_root[])
{
  const double ratio = log_det (D, other_root) - log_det (D, root);
  return log (2 * right_divergence ()->kl (D, mean, root, other_mean, other_root)
              - ratio + exp (ratio))
         / 2;
}

static double
gaussian_kl_exchanged (size_t D, const double mean[], const double root[],
                       const double other_mean[], const double other_root[])
{
  return right_divergence ()->kl (D, other_mean, other_root, mean, root);
}

static double
determinant_forgotten (size_t D, const double mean[], const double root[],
                       const double other_mean[], const double other_root[])
{
  return right_divergence ()->kl (D, mean, root, other_mean, other_root)
         - (log_det (D, other_root) - log_det (D, root)) / 2;
}

static double
e_forgotten (size_t D, const double root[])
{
  return right_divergence ()->entropy (D, root) - (double) D / 2;
}

static double
determinant_not_halved (size_t D, const double root[])
{
  return right_divergence ()->entropy (D, root) + log_det (D, root) / 2;
}

static double
deviation_for_variance (size_t L, const double mean[], const double sd[],
                        const double other_mean[], const double other_sd[])
{
  double sum = 0;
  for (size_t l = 0; l < L; l++)
    {
      const double d = mean[l] - other_mean[l];
      sum += log (other_sd[l] / sd[l]) + (sd[l] + d * d) / (2 * other_sd[l]) - 0.5;
    }
  return sum;
}

/* --- an auto-encoder -------------------------------------------------------------------------------- */

/* -1/2 sum (1 + ln sigma - mean^2 - sigma^2)  */
static double
log_sigma_once (size_t L, const double mean[], const double log_variance[])
{
  double sum = 0;
  for (size_t l = 0; l < L; l++)
    sum -= 1 + log_variance[l] / 2 - mean[l] * mean[l] - exp (log_variance[l]);
  return sum / 2;
}

/* -1/2 sum (1 - ln sigma^2 - mean^2 - sigma^2)  */
static double
log_sigma_turned (size_t L, const double mean[], const double log_variance[])
{
  double sum = 0;
  for (size_t l = 0; l < L; l++)
    sum -= 1 - log_variance[l] - mean[l] * mean[l] - exp (log_variance[l]);
  return sum / 2;
}

static double
mean_for_sum (size_t L, const double mean[], const double log_variance[])
{
  return lvm_kl_standard (L, mean, log_variance) / (double) L;
}

static void
scaled (double power, double factor, size_t L, const double mean[],
        const double log_variance[], const double eps[], double z[])
{
  for (size_t l = 0; l < L; l++)
    z[l] = mean[l] + factor * exp (power * log_variance[l]) * eps[l];
}

static void
exp_log_variance (size_t L, const double mean[], const double log_variance[],
                  const double eps[], double z[])
{
  scaled (1, 1, L, mean, log_variance, eps, z);
}

static void
two_percent (size_t L, const double mean[], const double log_variance[],
             const double eps[], double z[])
{
  scaled (0.5, 1.02, L, mean, log_variance, eps, z);
}

static double
loss_with (double factor, size_t N, size_t L, const double log_likelihood[],
           const double mean[], const double log_variance[])
{
  double sum = 0;
  for (size_t n = 0; n < N; n++)
    sum += -log_likelihood[n]
           + factor * lvm_kl_standard (L, mean + n * L, log_variance + n * L);
  return sum / (double) N;
}

static double
kl_subtracted (size_t N, size_t L, const double log_likelihood[],
               const double mean[], const double log_variance[])
{
  return loss_with (-1, N, L, log_likelihood, mean, log_variance);
}

static double
kl_by_pixels (size_t N, size_t L, const double log_likelihood[],
              const double mean[], const double log_variance[])
{
  return loss_with (1 / (784 * (double) N), N, L, log_likelihood, mean,
                    log_variance);
}

/* --- the linear model ---------------------------------------------------------------------------------- */

static const linear_ops *
right_linear (void)
{
  return linear_interface.reference;
}

/* Var eps^2 taken for one: it is two.  */
static void
square_of_normal (const lvm_linear *p, double mean, double sd, lvm_elbo_moments *m)
{
  const double v = p->noise_sd * p->noise_sd, w = p->prior_sd * p->prior_sd,
               c[LVM_TERMS] = { -p->slope * p->slope * sd * sd / (2 * v),
                                -sd * sd / (2 * w), -0.5 };
  right_linear ()->moments (p, mean, sd, m);
  for (int a = 0; a < LVM_TERMS; a++)
    for (int b = 0; b < LVM_TERMS; b++)
      m->covariance[a][b] -= c[a] * c[b];
}

static double
covariance_forgotten (const lvm_elbo_moments *m, lvm_elbo_form form)
{
  double sum = m->covariance[LVM_LIKELIHOOD][LVM_LIKELIHOOD];
  if (form != LVM_FIRST)
    sum += m->covariance[LVM_PRIOR][LVM_PRIOR];
  if (form == LVM_THIRD)
    sum += m->covariance[LVM_Q][LVM_Q] - 2 * m->covariance[LVM_PRIOR][LVM_Q];
  return sum;
}

static double
noise_only (const lvm_linear *p)
{
  const double y = (p->x - p->slope * p->prior_mean - p->offset) / p->noise_sd;
  return -y * y / 2 - log (p->noise_sd) - log (2 * M_PI) / 2;
}

static void
prior_forgotten (const lvm_linear *p, double *mean, double *sd)
{
  right_linear ()->posterior (p, mean, sd);
  if (p->slope != 0)
    {
      *mean = (p->x - p->offset) / p->slope;
      *sd = p->noise_sd / fabs (p->slope);
    }
}

static void
kl_not_differentiated (const lvm_linear *p, double mean, double sd,
                       lvm_linear_path path, double eps, double *by_mean,
                       double *by_sd)
{
  const double w = p->prior_sd * p->prior_sd;
  right_linear ()->gradient (p, mean, sd, path, eps, by_mean, by_sd);
  if (path == LVM_PATH_FIRST)
    {
      *by_mean += sd * (mean - p->prior_mean) / w;
      *by_sd += sd * sd / w - 1;
    }
}

static void
score_turned (const lvm_linear *p, double mean, double sd, lvm_linear_path path,
              double eps, double *by_mean, double *by_sd)
{
  right_linear ()->gradient (p, mean, sd, path, eps, by_mean, by_sd);
  if (path == LVM_PATH_THIRD)
    {
      *by_mean += 2 * eps;
      *by_sd += 2 * (eps * eps - 1);
    }
}

static void
score_kept (const lvm_linear *p, double mean, double sd, lvm_linear_path path,
            double eps, double *by_mean, double *by_sd)
{
  right_linear ()->gradient (p, mean, sd,
                             path == LVM_PATH_LANDING ? LVM_PATH_THIRD : path, eps,
                             by_mean, by_sd);
}

/* c1^2 + 2 c2^2, the variance of the value.  */
static double
variance_of_the_value (const lvm_linear *p, double mean, double sd,
                       lvm_linear_path path)
{
  lvm_elbo_moments m;
  right_linear ()->moments (p, mean, sd, &m);
  return lvm_elbo_variance (&m, path == LVM_PATH_FIRST     ? LVM_FIRST
                                : path == LVM_PATH_LANDING ? LVM_THIRD
                                                           : LVM_SECOND);
}

/* --- importance weighting -------------------------------------------------------------------------------- */

static double
log_s_forgotten (size_t S, const double log_w[])
{
  return lvm_log_sum_exp (S, log_w);
}

static double
average_of_logs (size_t S, const double log_w[])
{
  double sum = 0;
  for (size_t i = 0; i < S; i++)
    sum += log_w[i];
  return sum / (double) S;
}

static double
score_dropped (size_t S, const double log_w[], const double path[],
               const double score[])
{
  double r[MOST], sum = 0;
  (void) score;
  lvm_softmax (S, log_w, r);
  for (size_t i = 0; i < S; i++)
    sum += r[i] * path[i];
  return sum;
}

static double
weights_not_squared (size_t S, const double log_w[], const double path[])
{
  return score_dropped (S, log_w, path, path);
}

/* ln E[w] - Var[w] / (2 S E[w]^2), for every S.  */
static double
delta_method (size_t S, size_t n, const double p[], const double log_w[])
{
  double first = 0, second = 0;
  for (size_t i = 0; i < n; i++)
    {
      first += p[i] * exp (log_w[i]);
      second += p[i] > 0 ? p[i] * exp (2 * log_w[i]) : 0;
    }
  return log (first) - (second / (first * first) - 1) / (2 * (double) S);
}

static double
twice_the_draws (size_t S, size_t n, const double p[], const double log_w[])
{
  return lvm_importance_expected (2 * S, n, p, log_w);
}

/* Weights above 1000 E[w] are cut to that.  */
static double
weights_clipped (size_t S, size_t n, const double p[], const double log_w[])
{
  double *cut = malloc (n * sizeof *cut);
  for (size_t i = 0; i < n; i++)
    cut[i] = fmin (log_w[i], log (1000));
  const double y = lvm_importance_expected (S, n, p, cut);
  free (cut);
  return y;
}

/* --- formulas ------------------------------------------------------------------------------------------------ */

static double
unvisited_counted (size_t K, const double q[], const double log_prior[],
                   const double log_likelihood[])
{
  (void) q;
  return evidence_of (K, log_prior, log_likelihood);
}

/* The marginal variances, from the inverse of the precision.  */
static void
reverse_as_forward (size_t D, const double precision[], double sd[])
{
  double copy[MOST], inverse[MOST];
  int sign;
  memcpy (copy, precision, D * D * sizeof *copy);
  gsl_matrix_view A = gsl_matrix_view_array (copy, D, D);
  gsl_matrix_view B = gsl_matrix_view_array (inverse, D, D);
  gsl_permutation *perm = gsl_permutation_alloc (D);
  gsl_linalg_LU_decomp (&A.matrix, perm, &sign);
  gsl_linalg_LU_invert (&A.matrix, perm, &B.matrix);
  gsl_permutation_free (perm);
  for (size_t d = 0; d < D; d++)
    sd[d] = sqrt (inverse[d * (D + 1)]);
}

/* The conditional variances, from the inverse of the covariance.  */
static void
forward_as_reverse (size_t D, const double covariance[], double sd[])
{
  reverse_as_forward (D, covariance, sd);
  for (size_t d = 0; d < D; d++)
    sd[d] = 1 / sd[d];
}

static double
threshold_at_one (double rho)
{
  return sqrt (1 - rho * rho);
}

static double
always_one_over_s (double rho, double log_S)
{
  (void) rho;
  (void) log_S;
  return -1;
}

static double
deviation_not_squared (double z, double prior_mean, double prior_sd)
{
  return (z - prior_mean) / prior_sd;
}

/* --- lines -------------------------------------------------------------------------------------------------------- */

/* KL(p(z), q) in the place of KL(q, p(z)).  */
static tracked
line_exchanged (const void *p, size_t i)
{
  const finite_model *at = p;
  tracked sum = given (0);
  (void) i;
  for (size_t k = 0; k < at->K; k++)
    if (at->q[k] > 0)
      {
        const tracked log_q = ln (given (at->q[k])),
                      log_prior = given (at->log_prior[k]);
        sum = plus (sum, times (given (at->q[k]), given (at->log_likelihood[k])));
        sum = minus (sum, times (e_to (log_prior), minus (log_prior, log_q)));
      }
  return sum;
}

static lvm_line *const exchanged[ELBO_LINES] = { [ELBO_FORM_1] = line_exchanged };

#define FORM(name, slot, function, claim, why, source, dies)                       \
  {                                                                                \
    name, &elbo_interface, &(elbo_ops){ .slot = function }, claim, why, source,    \
        dies, LVM_HERE                                                             \
  }
#define BOUND(name, slot, function, claim, why, source)                            \
  {                                                                                \
    name, &bound_interface, &(bound_ops){ .slot = function }, claim, why, source,  \
        0, LVM_HERE                                                                \
  }
#define DIVERGENCE(name, slot, function, claim, why, source)                       \
  {                                                                                \
    name, &divergence_interface, &(divergence_ops){ .slot = function }, claim,     \
        why, source, 0, LVM_HERE                                                   \
  }
#define ENCODER(name, slot, function, claim, why, source)                          \
  {                                                                                \
    name, &encoder_interface, &(encoder_ops){ .slot = function }, claim, why,      \
        source, 0, LVM_HERE                                                        \
  }
#define LINEAR(name, slot, function, claim, why)                                   \
  {                                                                                \
    name, &linear_interface, &(linear_ops){ .slot = function }, claim, why, NULL,  \
        0, LVM_HERE                                                                \
  }
#define IMPORTANCE(name, slot, function, claim, why)                               \
  {                                                                                \
    name, &importance_interface, &(importance_ops){ .slot = function }, claim,     \
        why, NULL, 0, LVM_HERE                                                     \
  }
#define FORMULA(name, slot, function, claim, why)                                  \
  {                                                                                \
    name, &formula_interface, &(formula_ops){ .slot = function }, claim, why,      \
        NULL, 0, LVM_HERE                                                          \
  }

/* All states in one: the hard E-step.  */
static void
winner_takes_all (halves_mixture *m)
{
  const halves_ops *right = halves_interface.reference;
  right->e_half (m);
  for (size_t n = 0; n < m->N; n++)
    {
      double *q = m->q + n * m->K;
      const size_t top = lvm_argmax (m->K, q);
      for (size_t k = 0; k < m->K; k++)
        q[k] = k == top;
    }
}

/* Means as if every component had all the points.  */
static void
means_of_all (halves_mixture *m)
{
  const halves_ops *right = halves_interface.reference;
  right->m_half (m);
  for (size_t k = 0; k < m->K; k++)
    for (size_t d = 0; d < m->D; d++)
      m->mean[k * m->D + d] *= m->weight[k];
}

const lvm_mistake lvm_chapter_mistakes[] = {
  FORM ("q-for-log-q", elbo_third, q_for_log_q, "elbo-agree",
        "The density q stands where its logarithm belongs.", "probml/pml2-book#23",
        0),
  FORM ("kl-to-evidence", elbo_first, kl_to_evidence, "elbo-agree",
        "The divergence is taken from q to p(x), which is no distribution over z. "
        "A constant added to the joint is counted twice.",
        "probml/pml2-book#91", 0),
  FORM ("kl-exchanged", elbo_first, kl_exchanged, "elbo-agree",
        "The divergence is taken from the prior to q. Where q is the prior both "
        "are zero.",
        "probml/pml-book#11", 0),
  FORM ("minus-lost", elbo_first, minus_lost, "elbo-bound",
        "A minus sign is lost: the divergence is added. The result rises above the "
        "evidence.",
        "probml/pml2-book#308", 0),
  FORM ("averaged-over-prior", elbo_first, averaged_over_prior, "elbo-agree",
        "The log-likelihood is averaged over the prior, not over q.", NULL, 0),
  FORM ("entropy-turned", elbo_second, entropy_turned, "elbo-tight",
        "The entropy has the sign of the divergence.", "probml/pml2-book#308", 0),
  FORM ("entropy-left-out", elbo_second, entropy_left_out, "elbo-tight",
        "The expected log joint alone. It is a lower bound too, and never touches "
        "unless q is certain.",
        NULL, 0),
  FORM ("zero-times-infinity", elbo_third, zero_times_infinity, "elbo-agree",
        "A state that q excludes is not skipped: 0 times ln 0 is not a number.",
        NULL, 1),
  FORM ("prior-left-out", elbo_third, prior_left_out, "elbo-agree",
        "The likelihood stands where the joint belongs.", NULL, 0),
  BOUND ("sign-of-the-bound", gap, sign_of_the_bound, "elbo-decomposition",
         "The decomposition is read as ln p(x) = KL - F.", "probml/pml2-book#52"),
  BOUND ("gap-exchanged", gap, gap_exchanged, "elbo-decomposition",
         "The gap is taken to be the divergence from the posterior to q.",
         "probml/pml-book#11"),
  BOUND ("gap-negative", gap, gap_negative, "elbo-pinsker",
         "The gap has the wrong sign.", "probml/pml2-book#308"),
  BOUND ("minimised", best, minimised, "elbo-optimum",
         "The bound is minimised. It is concave in q, so that ends at the least "
         "probable state.",
         "probml/pml2-book#58"),
  BOUND ("most-probable", best, most_probable, "elbo-optimum",
         "The expected log joint is maximised without the entropy: q collapses "
         "onto the most probable state.",
         NULL),
  BOUND ("power-inverted", annealed, power_inverted, "elbo-annealed",
         "The likelihood is raised to the power beta, not 1 / beta.", NULL),
  BOUND ("one-z-for-all", total, one_z_for_all, "elbo-data",
         "One z, and one q, for all data. With one datum it is right.",
         "probml/pml-book#643"),
  DIVERGENCE ("log-of-the-bracket", kl, log_of_the_bracket, "gauss-kl",
              "The logarithm is taken of the whole bracket, not of the ratio of "
              "determinants.",
              "udlbook/udlbook#184"),
  DIVERGENCE ("gaussian-kl-exchanged", kl, gaussian_kl_exchanged, "gauss-kl",
              "The two Gaussians are exchanged. At equal covariances it makes no "
              "difference.",
              "probml/pml-book#11"),
  DIVERGENCE ("determinant-forgotten", kl, determinant_forgotten, "gauss-kl",
              "The ratio of determinants is missing.", NULL),
  DIVERGENCE ("e-forgotten", entropy, e_forgotten, "gauss-entropy",
              "The entropy is the logarithm of the normaliser alone: the expected "
              "quadratic form, D / 2, is missing.",
              NULL),
  DIVERGENCE ("determinant-not-halved", entropy, determinant_not_halved,
              "gauss-coordinates",
              "The logarithm of the determinant is not halved. At determinant one "
              "it is right.",
              NULL),
  DIVERGENCE ("deviation-for-variance", kl_diagonal, deviation_for_variance,
              "gauss-kl-diagonal",
              "Standard deviations stand where variances belong. At deviation one "
              "it is right.",
              NULL),
  ENCODER ("log-sigma-once", kl_standard, log_sigma_once, "gauss-kl-standard",
           "The logarithm of sigma stands where that of sigma squared belongs. At "
           "variance one it is right.",
           "FluxML/model-zoo#147"),
  ENCODER ("log-sigma-turned", kl_standard, log_sigma_turned, "gauss-kl-standard",
           "The logarithm of the variance has the wrong sign: the smaller the "
           "variance, the smaller the divergence.",
           "FluxML/model-zoo#147"),
  ENCODER ("mean-for-sum", kl_standard, mean_for_sum, "gauss-kl-standard",
           "The divergence is averaged over the latent numbers, not summed. With "
           "one it is right.",
           "keras-team/keras#6015"),
  ENCODER ("exp-log-variance", reparameterise, exp_log_variance, "elbo-unbiased",
           "The variance is used as the standard deviation. At variance one it is "
           "right, and training looks fine.",
           "rachtsingh/ibp_vae#3, keras-team/keras#3283"),
  ENCODER ("two-percent", reparameterise, two_percent, "elbo-unbiased",
           "Draws are two per cent too far from their mean. It is here to show "
           "what the statistical check can see.",
           NULL),
  ENCODER ("kl-subtracted", vae_loss, kl_subtracted, "elbo-loss",
           "The loss has an extra minus before the divergence, so that training "
           "drives q away from the prior.",
           "mhw32/multimodal-vae-public#4"),
  ENCODER ("kl-by-pixels", vae_loss, kl_by_pixels, "elbo-loss",
           "The divergence is divided by the number of pixels and once more by "
           "that of the data, the reconstruction is not. It trains an "
           "auto-encoder with hardly a prior.",
           "pytorch/examples#290"),
  LINEAR ("square-of-normal", moments, square_of_normal, "elbo-linear",
          "The variance of the square of a standard normal number is taken for "
          "one. It is two."),
  LINEAR ("covariance-forgotten", variance, covariance_forgotten, "elbo-variance",
          "Variances are added as if reconstruction and log ratio were "
          "independent. At the posterior they cancel."),
  LINEAR ("noise-only", evidence, noise_only, "elbo-linear-gap",
          "The evidence is the likelihood at the prior's mean: what z adds to the "
          "variance of x is missing."),
  LINEAR ("prior-forgotten", posterior, prior_forgotten, "elbo-zero-variance",
          "The posterior is the likelihood, normalised. For a flat prior it is "
          "right."),
  LINEAR ("kl-not-differentiated", gradient, kl_not_differentiated, "elbo-gradient",
          "The divergence is known in closed form and left out of the gradient."),
  LINEAR ("score-turned", gradient, score_turned, "elbo-path-agree",
          "The score of q has the wrong sign in the gradient of the third form. "
          "Its expectation is zero, so no mean shows it."),
  LINEAR ("score-kept", gradient, score_kept, "elbo-landing",
          "The score is kept where it should be left out. Right on average, and "
          "noisy at the optimum."),
  LINEAR ("variance-of-the-value", gradient_variance, variance_of_the_value,
          "elbo-gradient-variance",
          "The variance of the bound's estimate is taken for that of its "
          "gradient."),
  { "winner-takes-all", &halves_interface,
    &(halves_ops){ .e_half = winner_takes_all }, "elbo-em",
    "The E-half puts all of q on the best component. The bound can fall.", NULL, 0,
    LVM_HERE },
  { "means-by-all-points", &halves_interface,
    &(halves_ops){ .m_half = means_of_all }, "elbo-em",
    "The M-half divides the sums of a component by the number of all points.", NULL,
    0, LVM_HERE },
  IMPORTANCE ("log-s-forgotten", importance_bound, log_s_forgotten, "iw-samplewise",
              "The weights are summed and not averaged. With one draw it is "
              "right."),
  IMPORTANCE ("average-of-logs", importance_bound, average_of_logs, "iw-samplewise",
              "The logarithms are averaged, which is the third form with more "
              "draws, and no tighter."),
  IMPORTANCE ("delta-method", expected, delta_method, "iw-laplace",
              "The limit for many draws is used for few."),
  IMPORTANCE ("twice-the-draws", expected, twice_the_draws, "iw-rate",
              "The number of draws is doubled."),
  IMPORTANCE ("weights-clipped", expected, weights_clipped, "iw-threshold",
              "Large weights are cut to tame the variance. The bound no longer "
              "tends to the evidence."),
  IMPORTANCE ("score-dropped", importance_gradient, score_dropped, "iw-gradient",
              "The score of q is dropped, as one may with a single draw. With more "
              "its expectation, weighted, is not zero."),
  IMPORTANCE ("weights-not-squared", doubly, weights_not_squared, "iw-doubly",
              "The doubly reparameterised gradient needs the squares of the "
              "weights."),
  FORMULA ("unvisited-counted", log_mean_weight, unvisited_counted, "elbo-support",
           "The mean weight is taken for the evidence, although q never visits "
           "some states."),
  FORMULA ("reverse-as-forward", reverse, reverse_as_forward, "kl-reverse",
           "The factorised q of least KL(q, p) is given the marginal variances of "
           "p. Without correlation it is right."),
  FORMULA ("forward-as-reverse", forward, forward_as_reverse, "kl-forward",
           "The factorised q of least KL(p, q) is given the conditional variances "
           "of p."),
  FORMULA ("threshold-at-one", second_moment, threshold_at_one, "iw-second",
           "The weights are thought to have a variance for every correlation."),
  FORMULA ("always-one-over-s", tail_slope, always_one_over_s, "iw-slope",
           "The gap is thought to fall like 1/S whatever q is."),
  FORMULA ("deviation-not-squared", by_prior_mean, deviation_not_squared,
           "elbo-theta", "The deviation of the prior is not squared."),
  { "line-exchanged", &form_lines, exchanged, "elbo-form-1",
    "The divergence in the last line is taken from the prior to q.",
    "probml/pml-book#11", 0, LVM_HERE },
};
const size_t lvm_chapter_mistakes_count =
    sizeof lvm_chapter_mistakes / sizeof *lvm_chapter_mistakes;
