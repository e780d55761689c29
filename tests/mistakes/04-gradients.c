/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Known wrong ways to differentiate an expectation.  Most take the reference and spoil one
   thing.  */

#include <math.h>
#include <stdlib.h>

#include "../../proofs/04-gradients.h"
#include "claims/04-gradients.h"

/* --- families ------------------------------------------------------------------ */

static const family_ops *
right (void)
{
  return family_interface.reference;
}

static void
variance_for_deviation (lvm_family f, const double phi[], size_t n,
                        const double eps[], double z[])
{
  const double p[2] = { phi[0], f == LVM_GAUSSIAN ? phi[1] * phi[1] : phi[1] };
  right ()->transform (f, p, n, eps, z);
}

static void
rate_for_mean (lvm_family f, const double phi[], size_t n, const double eps[],
               double z[])
{
  const double p[2] = { f == LVM_EXPONENTIAL ? 1 / phi[0] : phi[0], phi[1] };
  right ()->transform (f, p, n, eps, z);
}

/* The sample is taken for a constant.  */
static void
detached (lvm_family f, const double phi[], size_t i, size_t n, const double eps[],
          const double z[], double dz[])
{
  right ()->tangent (f, phi, i, n, eps, z, dz);
  for (size_t k = 0; k < n && i == 1; k++)
    dz[k] = 0;
}

static void
chain_cut (lvm_family f, const double phi[], size_t i, size_t n, const double eps[],
           const double z[], double dz[])
{
  right ()->tangent (f, phi, i, n, eps, z, dz);
  for (size_t k = 0; k < n && f == LVM_LOG_NORMAL; k++)
    dz[k] = i == 0 ? 1 : eps[k];
}

static void
jacobian_forgotten (lvm_family f, const double phi[], size_t n, const double z[],
                    double l[])
{
  for (size_t k = 0; k < n; k++)
    {
      right ()->log_density (f, phi, 1, z + k, l + k);
      l[k] += f == LVM_LOG_NORMAL ? log (z[k]) : 0;
    }
}

/* The score of the exponent alone.  */
static void
normaliser_forgotten (lvm_family f, const double phi[], size_t i, size_t n,
                      const double z[], double s[])
{
  right ()->score (f, phi, i, n, z, s);
  for (size_t k = 0; k < n && f == LVM_GAUSSIAN && i == 1; k++)
    s[k] += 1 / phi[1];
}

/* With respect to ln sigma.  */
static void
by_log_sigma (lvm_family f, const double phi[], size_t i, size_t n,
              const double z[], double s[])
{
  right ()->score (f, phi, i, n, z, s);
  for (size_t k = 0; k < n && i == 1; k++)
    s[k] *= phi[1];
}

static void
by_z (lvm_family f, const double phi[], size_t i, size_t n, const double z[],
      double s[])
{
  right ()->score (f, phi, i, n, z, s);
  for (size_t k = 0; k < n && i == 0; k++)
    s[k] = -s[k];
}

static double
half_forgotten (lvm_family f, const double phi[])
{
  return right ()->entropy (f, phi)
         - (f == LVM_GAUSSIAN || f == LVM_LOG_NORMAL ? 0.5 : 0);
}

static double
of_the_base (lvm_family f, const double phi[])
{
  return right ()->entropy (f, phi) - (f == LVM_LOG_NORMAL ? phi[0] : 0);
}

static double
turned_round (lvm_family f, const double phi[], const double other[])
{
  return right ()->kl (f, other, phi);
}

/* ln of the whole bracket: (ratio^2 + shift^2 - 1 - ln (...)) / 2.  */
static double
whole_bracket (lvm_family f, const double phi[], const double other[])
{
  const double ratio = phi[1] / other[1], shift = (phi[0] - other[0]) / other[1];
  return f == LVM_GAUSSIAN ? (ratio * ratio + shift * shift - 1
                              - log (ratio * ratio + shift * shift))
                                 / 2
                           : right ()->kl (f, phi, other);
}

static double
log_sigma_once (lvm_family f, const double phi[], const double other[])
{
  return right ()->kl (f, phi, other)
         + (f == LVM_GAUSSIAN ? log (phi[1] / other[1]) / 2 : 0);
}

/* --- estimators ------------------------------------------------------------------- */

static const estimator_ops *
estimators (void)
{
  return estimator_interface.reference;
}

static void
sample_by_variance (size_t S, const double eps[], double mean, double sigma,
                    double z[])
{
  for (size_t i = 0; i < S; i++)
    z[i] = mean + sigma * sigma * eps[i];
}

static void
noise_forgotten (size_t S, const double eps[], double mean, double sigma,
                 const double slope[], double by_mean[], double by_sigma[])
{
  estimators ()->pathwise_terms (S, eps, mean, sigma, slope, by_mean, by_sigma);
  for (size_t i = 0; i < S; i++)
    by_sigma[i] = slope[i];
}

static void
sample_for_noise (size_t S, const double eps[], double mean, double sigma,
                  const double slope[], double by_mean[], double by_sigma[])
{
  estimators ()->pathwise_terms (S, eps, mean, sigma, slope, by_mean, by_sigma);
  for (size_t i = 0; i < S; i++)
    by_sigma[i] = slope[i] * (mean + sigma * eps[i]);
}

static void
through_log_sigma (size_t S, const double eps[], double mean, double sigma,
                   const double slope[], double by_mean[], double by_sigma[])
{
  estimators ()->pathwise_terms (S, eps, mean, sigma, slope, by_mean, by_sigma);
  for (size_t i = 0; i < S; i++)
    by_sigma[i] *= sigma;
}

static void
slope_divided (size_t S, const double eps[], double mean, double sigma,
               const double slope[], double by_mean[], double by_sigma[])
{
  estimators ()->pathwise_terms (S, eps, mean, sigma, slope, by_mean, by_sigma);
  for (size_t i = 0; i < S; i++)
    by_mean[i] /= sigma;
}

static void
score_undivided (size_t S, const double z[], double mean, double sigma,
                 const double f[], double by_mean[], double by_sigma[])
{
  estimators ()->score_terms (S, z, mean, sigma, f, by_mean, by_sigma);
  for (size_t i = 0; i < S; i++)
    by_mean[i] = f[i] * (z[i] - mean) / sigma;
}

static void
score_without_normaliser (size_t S, const double z[], double mean, double sigma,
                          const double f[], double by_mean[], double by_sigma[])
{
  estimators ()->score_terms (S, z, mean, sigma, f, by_mean, by_sigma);
  for (size_t i = 0; i < S; i++)
    by_sigma[i] += f[i] / sigma;
}

static double
mean_for_best (size_t S, const double f[], const double s[])
{
  double sum = 0;
  (void) s;
  for (size_t i = 0; i < S; i++)
    sum += f[i] / (double) S;
  return sum;
}

static double
own_sample_left_in (size_t S, const double f[], const double s[])
{
  return estimators ()->batch_mean (S, f, s);
}

static double
one_too_many (size_t S, const double f[], const double s[])
{
  return estimators ()->leave_one_out (S, f, s);
}

/* --- formulas ------------------------------------------------------------------------ */

static double
power_lost (double eps, double t)
{
  return t * t * exp ((1 - t * t) * eps);
}

static double
unit_slope (double eps, double t)
{
  (void) eps;
  (void) t;
  return 1;
}

static double
second_term_lost (double eps, double t)
{
  return 3 * t * t * exp ((1 - t * t) * eps);
}

static double
no_gradient (double c, double mean, double sigma)
{
  (void) c;
  (void) mean;
  (void) sigma;
  return 0;
}

/* The sum below the line is held fixed.  */
static double
denominator_fixed (size_t K, const double a[], const double f[], size_t i)
{
  double T = 0;
  for (size_t k = 0; k < K; k++)
    T += exp (a[k]);
  return f[i] * exp (a[i]) / T;
}

static double
support_forgotten (double phi, double score_route, double at_the_end)
{
  (void) phi;
  (void) at_the_end;
  return score_route;
}

/* As if b = E f were always the better choice: v in place of 2 v - 1.  */
static double
bump_by_the_mean (double w)
{
  const double v = w * w / (1 + w * w), c = pow (w * w / (2 + w * w), 1.5);
  return 1 - v * v / c;
}

static double
pathwise_limit (double omega)
{
  return omega * omega / 2;
}

static double
score_limit (double omega)
{
  (void) omega;
  return 0.5;
}

/* "The pathwise estimator always has the smaller variance."  */
static double
always_smaller (double omega)
{
  const formula_ops *f = formula_interface.reference;
  return fmin (f->sine_pathwise (omega), f->sine_score (omega) / 2);
}

/* --- full covariances ------------------------------------------------------------------ */

static void
transposed (size_t D, const double mean[], const double l[], const double eps[],
            double z[])
{
  for (size_t i = 0; i < D; i++)
    {
      z[i] = mean[i];
      for (size_t j = i; j < D; j++)
        z[i] += l[j * D + i] * eps[j];
    }
}

static void
diagonal_only (size_t D, const double slope[], const double eps[], double by_l[])
{
  for (size_t i = 0; i < D * D; i++)
    by_l[i] = i % (D + 1) == 0 ? slope[i / D] * eps[i / D] : 0;
}

static void
determinant_forgotten (size_t D, const double mean[], const double l[],
                       const double z[], double by_mean[], double by_l[],
                       double work[])
{
  const full_ops *f = full_interface.reference;
  f->score (D, mean, l, z, by_mean, by_l, work);
  for (size_t d = 0; d < D; d++)
    by_l[d * (D + 1)] += 1 / l[d * (D + 1)];
}

/* --- bulk --------------------------------------------------------------------------------- */

static const bulk_ops *
bulk (void)
{
  return bulk_interface.reference;
}

/* The scale of the sampler, two per cent too large.  */
static void
two_per_cent (const lvm_gradient_problem *q, int which, uint64_t seed,
              uint64_t first, uint64_t S, int threads, lvm_gradient_sums *sums)
{
  lvm_gradient_problem off = *q;
  off.phi[lvm_family_parameters (q->family) - 1] *= 1.02;
  bulk ()->sample (&off, which, seed, first, S, threads, sums);
}

static void
noise_two_per_cent (lvm_family f, uint64_t seed, uint64_t stream, double eps[])
{
  bulk ()->noise (f, seed, stream, eps);
  for (size_t i = 0; i < LVM_NOISE_BLOCK; i++)
    eps[i] *= 1.02;
}

/* The terms, two per cent too large.  */
static void
terms_two_per_cent (const lvm_gradient_problem *q, int which, uint64_t seed,
                    uint64_t first, uint64_t S, int threads,
                    lvm_gradient_sums *sums)
{
  bulk ()->sample (q, which, seed, first, S, threads, sums);
  sums->t *= 1.02;
  sums->tt *= 1.02 * 1.02;
  sums->s *= 1.02;
  sums->fs *= 1.02;
  sums->ss *= 1.02 * 1.02;
  sums->fss *= 1.02 * 1.02;
  sums->ffss *= 1.02 * 1.02;
}

/* The score of an unnormalised Gaussian: s + 1 / sigma.  */
static void
bulk_without_normaliser (const lvm_gradient_problem *q, int which, uint64_t seed,
                         uint64_t first, uint64_t S, int threads,
                         lvm_gradient_sums *x)
{
  bulk ()->sample (q, which, seed, first, S, threads, x);
  if (q->family != LVM_GAUSSIAN || q->parameter == 0 || !(which & LVM_SCORE))
    return;
  const double c = 1 / q->phi[1];
  x->ffss *= 2; /* its standard error need not be exact: the bias is many of them */
  x->fss += 2 * c * x->fs + c * c * x->f;
  x->ss += 2 * c * x->s + c * c * x->count;
  x->fs += c * x->f;
  x->s += c * x->count;
}

/* Each thread draws its share from a seed of its own.  */
static void
seed_by_thread (const lvm_gradient_problem *q, int which, uint64_t seed,
                uint64_t first, uint64_t S, int threads, lvm_gradient_sums *sums)
{
  *sums = (lvm_gradient_sums){ 0 };
  for (int t = 0; t < threads; t++)
    {
      lvm_gradient_sums own;
      const uint64_t n = (uint64_t) threads,
                     share = S / n + ((uint64_t) t < S % n ? 1 : 0);
      bulk ()->sample (q, which, seed + (uint64_t) t, first, share, 1, &own);
      for (size_t i = 0; i < sizeof own / sizeof (double); i++)
        ((double *) sums)[i] += ((double *) &own)[i];
    }
}

/* Every block from the same stream: the mean is right, its standard error is not.  */
static void
block_again (const lvm_gradient_problem *q, int which, uint64_t seed,
             uint64_t first, uint64_t S, int threads, lvm_gradient_sums *sums)
{
  const uint64_t blocks = (S + LVM_NOISE_BLOCK - 1) / LVM_NOISE_BLOCK;
  const double times = (double) blocks / 2;
  bulk ()->sample (q, which, seed, first, 2 * LVM_NOISE_BLOCK, threads, sums);
  for (size_t i = 0; i < sizeof *sums / sizeof (double); i++)
    ((double *) sums)[i] *= times;
}

/* A step whose slope is a difference over a tenth: not the trick, and not zero.  */
static void
smoothed_step (const lvm_gradient_problem *q, int which, uint64_t seed,
               uint64_t first, uint64_t S, int threads, lvm_gradient_sums *sums)
{
  lvm_gradient_problem soft = *q;
  if (q->h.shape == LVM_STEP)
    soft.h = (lvm_integrand){ LVM_BUMP, 0, NULL, q->h.a, 0.1 };
  bulk ()->sample (&soft, which, seed, first, S, threads, sums);
}

/* --- lines --------------------------------------------------------------------------------- */

/* The score of the outcome's own logit only.  */
static tracked
others_forgotten (const void *p, size_t i)
{
  const outcomes *at = p;
  tracked total = e_to (given (at->logit[0]));
  for (size_t k = 1; k < at->K; k++)
    total = plus (total, e_to (given (at->logit[k])));
  const tracked q = over (e_to (given (at->logit[i])), total);
  return times (times (q, minus (given (1), q)), given (at->f[i]));
}

static lvm_line *const own_logit_only[SCORE_LINES] = { [SCORE_LOG_TRICK] =
                                                           others_forgotten };

#define FAMILY(name, slot, function, claim, why, source)                           \
  {                                                                                \
    name, &family_interface, &(family_ops){ .slot = function }, claim, why,        \
        source, 0, LVM_HERE                                                        \
  }
#define ESTIMATOR(name, slot, function, claim, why)                                \
  {                                                                                \
    name, &estimator_interface, &(estimator_ops){ .slot = function }, claim, why,  \
        NULL, 0, LVM_HERE                                                          \
  }
#define FORMULA(name, slot, function, claim, why)                                  \
  {                                                                                \
    name, &formula_interface, &(formula_ops){ .slot = function }, claim, why,      \
        NULL, 0, LVM_HERE                                                          \
  }
#define FULL(name, slot, function, claim, why)                                     \
  {                                                                                \
    name, &full_interface, &(full_ops){ .slot = function }, claim, why, NULL, 0,   \
        LVM_HERE                                                                   \
  }
#define BULK(name, slot, function, claim, why)                                     \
  {                                                                                \
    name, &bulk_interface, &(bulk_ops){ .slot = function }, claim, why, NULL, 0,   \
        LVM_HERE                                                                   \
  }

const lvm_mistake lvm_chapter_mistakes[] = {
  FAMILY ("variance-for-deviation", transform, variance_for_deviation, "grad-lotus",
          "The noise is multiplied by the variance, where the standard deviation "
          "belongs. At variance one it is right.",
          "rachtsingh/ibp_vae#3"),
  FAMILY (
      "rate-for-mean", transform, rate_for_mean, "grad-lotus",
      "The exponential distribution is sampled with the rate in the place of the "
      "mean.",
      NULL),
  FAMILY (
      "sample-detached", tangent, detached, "grad-pathwise",
      "The noise times the scale is taken for a constant, so the derivative by the "
      "scale is zero.",
      NULL),
  FAMILY (
      "chain-cut", tangent, chain_cut, "implicit-tangent",
      "The derivative of the exponential is left out: the tangent is that of ln z, "
      "not that of z.",
      NULL),
  FAMILY ("jacobian-forgotten", log_density, jacobian_forgotten, "family-score",
          "The density of ln z is taken for the density of z; the factor 1/z is "
          "missing.",
          NULL),
  FAMILY (
      "normaliser-forgotten", score, normaliser_forgotten, "score-zero",
      "The score is that of the exponent alone. The normalising constant depends "
      "on sigma, too.",
      NULL),
  FAMILY (
      "score-by-log-sigma", score, by_log_sigma, "score-estimator",
      "The score with respect to ln sigma is used for that with respect to sigma. "
      "At sigma one it is right.",
      NULL),
  FAMILY ("score-by-z", score, by_z, "family-score",
          "The derivative is taken with respect to z, which turns the sign for a "
          "location. Its mean is zero all the same.",
          NULL),
  FAMILY ("entropy-half", entropy, half_forgotten, "family-entropy",
          "The half from the mean square of the noise is missing.", NULL),
  FAMILY ("entropy-of-the-base", entropy, of_the_base, "family-entropy",
          "The entropy of ln z is printed for that of z. Entropy depends on the "
          "coordinate.",
          NULL),
  FAMILY (
      "divergence-turned", kl, turned_round, "family-kl",
      "The two distributions are exchanged. At equal scales a Gaussian does not "
      "notice.",
      "probml/pml-book#11"),
  FAMILY ("divergence-whole-bracket", kl, whole_bracket, "family-kl",
          "The logarithm is taken of the whole bracket.", "udlbook/udlbook#184"),
  FAMILY ("divergence-log-sigma", kl, log_sigma_once, "family-kl",
          "ln sigma stands where 2 ln sigma belongs.", "FluxML/model-zoo#147"),
  ESTIMATOR (
      "sample-by-variance", gaussian_sample, sample_by_variance, "grad-square",
      "The noise is multiplied by the variance, where the standard deviation "
      "belongs. At variance one it is right."),
  ESTIMATOR ("noise-forgotten", pathwise_terms, noise_forgotten, "price",
             "The derivative of mean + sigma eps by sigma is taken for one; it is "
             "eps."),
  ESTIMATOR (
      "sample-for-noise", pathwise_terms, sample_for_noise, "grad-square",
      "The slope is multiplied by the sample, not by the noise that made it. "
      "At mean zero and sigma one it is right."),
  ESTIMATOR ("pathwise-by-log-sigma", pathwise_terms, through_log_sigma,
             "grad-commutes",
             "The derivative is that by ln sigma. At sigma one it is right."),
  ESTIMATOR (
      "slope-divided", pathwise_terms, slope_divided, "bonnet",
      "The slope is divided by sigma, as the score is. The derivative of mean + "
      "sigma eps by the mean is one."),
  ESTIMATOR ("score-divided-once", score_terms, score_undivided, "grad-square",
             "The score by the mean is divided by sigma, not by its square."),
  ESTIMATOR ("score-normaliser", score_terms, score_without_normaliser,
             "grad-square",
             "The score by sigma is that of the exponent alone, without the "
             "normalising constant."),
  ESTIMATOR ("mean-for-best-baseline", best_baseline, mean_for_best,
             "baseline-best",
             "E[f] is taken for the best baseline. It is the best where f and the "
             "squared score are uncorrelated."),
  ESTIMATOR ("own-sample-left-in", leave_one_out, own_sample_left_in,
             "leave-one-out",
             "The baseline is the mean of all samples, the own one included. The "
             "estimate shrinks by 1 - 1/S."),
  ESTIMATOR ("unbiased-batch-mean", batch_mean, one_too_many, "batch-mean-bias",
             "The estimate with the batch mean is said to be unbiased, as if the "
             "baseline were independent of the sample."),
  FORMULA ("counter-power-lost", counter_g, power_lost, "counter-outside",
           "With the second power in front the expectation is one, and the "
           "counter-example shows nothing."),
  FORMULA ("limits-exchanged", counter_slope, unit_slope, "counter-inside",
           "The derivative of the expectation is taken for that of the integrand."),
  FORMULA ("counter-term-lost", counter_slope, second_term_lost, "counter-envelope",
           "The product rule is applied to its first half."),
  FORMULA ("step-has-no-gradient", step_gradient, no_gradient, "step-truth",
           "The slope of the step is zero, so the gradient is said to be zero."),
  FORMULA (
      "denominator-fixed", finite_gradient, denominator_fixed, "score-finite",
      "The softmax is differentiated as if the sum below its line were fixed."),
  FORMULA (
      "support-forgotten", moving_gradient, support_forgotten, "moving-support",
      "The score estimator is used where the support moves with the parameter; "
      "the value at the moving end is missing."),
  FORMULA ("mean-always-helps", bump_ratio, bump_by_the_mean, "bump-ratio",
           "E[f] is said to be the best baseline, so the variance should fall."),
  FORMULA ("pathwise-limit", sine_pathwise, pathwise_limit,
           "sine-pathwise-variance",
           "The limit for large omega is used for every omega."),
  FORMULA ("score-limit", sine_score, score_limit, "sine-score-variance",
           "The limit for large omega is used for every omega."),
  FORMULA ("pathwise-always-smaller", sine_pathwise, always_smaller,
           "sine-crossing",
           "The pathwise estimator is said to have the smaller variance, always."),
  FULL (
      "factor-transposed", transform, transposed, "grad-cholesky",
      "The noise is multiplied by the transposed factor. Its covariance is L'L; a "
      "diagonal one does not notice."),
  FULL (
      "factor-diagonal-only", pathwise, diagonal_only, "grad-cholesky",
      "The derivatives below the diagonal are left out, so correlations are never "
      "learnt."),
  FULL ("determinant-forgotten", score, determinant_forgotten, "cholesky-score",
        "The determinant depends on L, too; its derivative is missing from the "
        "score."),
  BULK ("scale-off-by-two-per-cent", sample, two_per_cent, "pathwise-unbiased",
        "The scale of the sampler is two per cent too large."),
  BULK ("terms-off-by-two-per-cent", sample, terms_two_per_cent, "score-unbiased",
        "Every term is two per cent too large."),
  BULK ("noise-off-by-two-per-cent", noise, noise_two_per_cent, "noise-law",
        "The noise is two per cent too large."),
  BULK ("baseline-on-a-biased-score", sample, bulk_without_normaliser,
        "baseline-mean",
        "The score is that of the exponent alone. Its mean is not zero, so the "
        "baseline moves the estimate."),
  BULK (
      "seed-by-thread", sample, seed_by_thread, "grad-threads",
      "Each thread draws from a seed of its own, so the result depends on how many "
      "there are."),
  BULK ("same-noise-again", sample, block_again, "square-variances",
        "Every block uses the noise of the first two. Means are nearly right; what "
        "is "
        "wrong is how precise they claim to be."),
  BULK ("step-smoothed", sample, smoothed_step, "step-pathwise",
        "The step is replaced by something smooth without a word."),
  { "own-logit-only", &score_lines, own_logit_only, "score-log-trick",
    "Only the chosen outcome's probability is differentiated. All probabilities "
    "depend "
    "on every logit.",
    NULL, 0, LVM_HERE },
};
const size_t lvm_chapter_mistakes_count =
    sizeof lvm_chapter_mistakes / sizeof *lvm_chapter_mistakes;
