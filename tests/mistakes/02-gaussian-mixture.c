/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Known wrong ways to run EM on a mixture of Gaussians.  Most take the reference's step
   and spoil one thing.  */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../proofs/02-gaussian-mixture.h"
#include "claims/02-gaussian-mixture.h"
#include "num/cholesky.h"
#include "num/log_sum_exp.h"
#include "prob/gaussian.h"

enum
{
  MOST = 16
}; /* components, dimensions */

static const em_ops *
right (void)
{
  return em_interface.reference;
}

/* ln N(x_n | k)  */
static double
log_density (size_t D, const double x[], const double mean[],
             const double covariance[])
{
  double root[MOST * MOST], work[MOST];
  memcpy (root, covariance, D * D * sizeof *root);
  lvm_cholesky (D, root);
  return lvm_gaussian_log_density (D, x, mean, root, work);
}

static double
count_of (size_t N, size_t K, const double r[], size_t k)
{
  double sum = 0;
  for (size_t n = 0; n < N; n++)
    sum += r[n * K + k];
  return sum;
}

/* --- E-steps --------------------------------------------------------------------- */

static void
weights_forgotten (size_t N, size_t D, size_t K, const double x[],
                   const double weight[], const double mean[],
                   const double covariance[], double r[])
{
  double equal[MOST];
  (void) weight;
  for (size_t k = 0; k < K; k++)
    equal[k] = 1 / (double) K;
  right ()->e_step (N, D, K, x, equal, mean, covariance, r);
}

static void
weights_exchanged (size_t N, size_t D, size_t K, const double x[],
                   const double weight[], const double mean[],
                   const double covariance[], double r[])
{
  double other[MOST];
  for (size_t k = 0; k < K; k++)
    other[k] = weight[(k + 1) % K];
  right ()->e_step (N, D, K, x, other, mean, covariance, r);
}

static void
determinant_unrooted (size_t N, size_t D, size_t K, const double x[],
                      const double weight[], const double mean[],
                      const double covariance[], double r[])
{
  double root[MOST * MOST];
  for (size_t n = 0; n < N; n++)
    {
      for (size_t k = 0; k < K; k++)
        {
          memcpy (root, covariance + k * D * D, D * D * sizeof *root);
          lvm_cholesky (D, root);
          r[n * K + k] =
              log (weight[k])
              + log_density (D, x + n * D, mean + k * D, covariance + k * D * D)
              - lvm_cholesky_log_det (D, root) / 2;
        }
      lvm_softmax (K, r + n * K, r + n * K);
    }
}

static void
multiplied_out (size_t N, size_t D, size_t K, const double x[],
                const double weight[], const double mean[],
                const double covariance[], double r[])
{
  for (size_t n = 0; n < N; n++)
    {
      double sum = 0;
      for (size_t k = 0; k < K; k++)
        sum += r[n * K + k] = weight[k]
                              * exp (log_density (D, x + n * D, mean + k * D,
                                                  covariance + k * D * D));
      for (size_t k = 0; k < K; k++)
        r[n * K + k] /= sum;
    }
}

static void
winner_takes_all (size_t N, size_t D, size_t K, const double x[],
                  const double weight[], const double mean[],
                  const double covariance[], double r[])
{
  right ()->e_step (N, D, K, x, weight, mean, covariance, r);
  for (size_t n = 0; n < N; n++)
    {
      const size_t top = lvm_argmax (K, r + n * K);
      for (size_t k = 0; k < K; k++)
        r[n * K + k] = k == top;
    }
}

/* --- M-steps ------------------------------------------------------------------------ */

static void
divided_by_n (size_t N, size_t D, size_t K, const double x[], const double r[],
              double weight[], double mean[], double covariance[])
{
  right ()->m_step (N, D, K, x, r, weight, mean, covariance);
  for (size_t i = 0; i < K * D; i++)
    mean[i] *= (double) K * weight[i / D];
}

static void
old_mean (size_t N, size_t D, size_t K, const double x[], const double r[],
          double weight[], double mean[], double covariance[])
{
  double old[MOST * MOST];
  memcpy (old, mean, K * D * sizeof *old);
  right ()->m_step (N, D, K, x, r, weight, mean, covariance);
  for (size_t k = 0; k < K; k++)
    for (size_t i = 0; i < D * D; i++)
      covariance[k * D * D + i] += (mean[k * D + i / D] - old[k * D + i / D])
                                   * (mean[k * D + i % D] - old[k * D + i % D]);
}

static void
one_less (size_t N, size_t D, size_t K, const double x[], const double r[],
          double weight[], double mean[], double covariance[])
{
  right ()->m_step (N, D, K, x, r, weight, mean, covariance);
  for (size_t i = 0; i < K * D * D; i++)
    {
      const double count = count_of (N, K, r, i / (D * D));
      covariance[i] *= count / (count - 1);
    }
}

static void
norm_not_squared (size_t N, size_t D, size_t K, const double x[], const double r[],
                  double weight[], double mean[], double covariance[])
{
  right ()->m_step (N, D, K, x, r, weight, mean, covariance);
  for (size_t k = 0; k < K; k++)
    for (size_t d = 0; d < D; d++)
      {
        double sum = 0;
        for (size_t n = 0; n < N; n++)
          sum += r[n * K + k] * fabs (x[n * D + d] - mean[k * D + d]);
        for (size_t e = 0; e < D; e++)
          covariance[(k * D + d) * D + e] = covariance[(k * D + e) * D + d] = 0;
        covariance[(k * D + d) * D + d] = sum / count_of (N, K, r, k);
      }
}

static void
other_responsibilities (size_t N, size_t D, size_t K, const double x[],
                        const double r[], double weight[], double mean[],
                        double covariance[])
{
  double *s = malloc (N * K * sizeof *s), kept[MOST * MOST], kept_weight[MOST];
  right ()->m_step (N, D, K, x, r, weight, mean, covariance);
  memcpy (kept, mean, K * D * sizeof *kept);
  memcpy (kept_weight, weight, K * sizeof *kept_weight);
  right ()->e_step (N, D, K, x, weight, mean, covariance, s);
  right ()->m_step (N, D, K, x, s, weight, mean, covariance);
  memcpy (mean, kept, K * D * sizeof *kept);
  memcpy (weight, kept_weight, K * sizeof *kept_weight);
  free (s);
}

static void
small_ones_skipped (size_t N, size_t D, size_t K, const double x[],
                    const double r[], double weight[], double mean[],
                    double covariance[])
{
  double *s = malloc (N * K * sizeof *s);
  for (size_t i = 0; i < N * K; i++)
    s[i] = r[i] < 0.05 ? 0 : r[i];
  right ()->m_step (N, D, K, x, s, weight, mean, covariance);
  free (s);
}

static void
silent_floor (size_t N, size_t D, size_t K, const double x[], const double r[],
              double weight[], double mean[], double covariance[])
{
  right ()->m_step (N, D, K, x, r, weight, mean, covariance);
  for (size_t i = 0; i < K * D * D; i++)
    covariance[i] += i % (D * D) % (D + 1) == 0 ? 0.5 : 0;
}

static void
equal_weights (size_t N, size_t D, size_t K, const double x[], const double r[],
               double weight[], double mean[], double covariance[])
{
  right ()->m_step (N, D, K, x, r, weight, mean, covariance);
  for (size_t k = 0; k < K; k++)
    weight[k] = 1 / (double) K;
}

static void
count_wrong (size_t N, size_t D, size_t K, const double x[], const double r[],
             double weight[], double mean[], double covariance[])
{
  double sum = 0;
  right ()->m_step (N, D, K, x, r, weight, mean, covariance);
  for (size_t k = 0; k < K; k++)
    {
      weight[k] = 0;
      for (size_t n = 0; n < N; n++)
        weight[k] += r[n * K + k] > 0.5;
      sum += weight[k] += 1e-3;
    }
  for (size_t k = 0; k < K; k++)
    weight[k] /= sum;
}

static void
half_a_step (size_t N, size_t D, size_t K, const double x[], const double r[],
             double weight[], double mean[], double covariance[])
{
  double old[MOST * MOST];
  memcpy (old, mean, K * D * sizeof *old);
  right ()->m_step (N, D, K, x, r, weight, mean, covariance);
  for (size_t i = 0; i < K * D; i++)
    mean[i] = (mean[i] + old[i]) / 2;
}

static void
jittered (size_t N, size_t D, size_t K, const double x[], const double r[],
          double weight[], double mean[], double covariance[])
{
  right ()->m_step (N, D, K, x, r, weight, mean, covariance);
  for (size_t i = 0; i < K * D; i++)
    mean[i] += 1e-12 * (double) (i / D);
}

/* --- likelihoods ---------------------------------------------------------------------- */

/* sum_n sum_k r_nk ln p(x_n, k): the entropy is forgotten.  */
static double
entropy_forgotten (size_t N, size_t D, size_t K, const double x[],
                   const double weight[], const double mean[],
                   const double covariance[])
{
  double *r = malloc (N * K * sizeof *r), sum = 0;
  right ()->e_step (N, D, K, x, weight, mean, covariance, r);
  for (size_t n = 0; n < N; n++)
    for (size_t k = 0; k < K; k++)
      if (r[n * K + k] > 0)
        sum +=
            r[n * K + k]
            * (log (weight[k])
               + log_density (D, x + n * D, mean + k * D, covariance + k * D * D));
  free (r);
  return sum;
}

/* sum_n ln sum_k N(x_n | k), without the weights.  */
static double
likelihood_without_weights (size_t N, size_t D, size_t K, const double x[],
                            const double weight[], const double mean[],
                            const double covariance[])
{
  double ones[MOST];
  (void) weight;
  for (size_t k = 0; k < K; k++)
    ones[k] = 1;
  return right ()->log_likelihood (N, D, K, x, ones, mean, covariance);
}

static double
two_pi_forgotten (size_t N, size_t D, size_t K, const double x[],
                  const double weight[], const double mean[],
                  const double covariance[])
{
  return right ()->log_likelihood (N, D, K, x, weight, mean, covariance)
         + (double) (N * D) * log (sqrt (2 * M_PI));
}

/* --- other kinds and MAP ----------------------------------------------------------------- */

static const lvm_gmm_prior none = { 0, NULL };

static void
standard_deviations (lvm_gmm *g, size_t N, const double x[], const double r[],
                     const lvm_gmm_prior *p)
{
  lvm_gmm_m_step (g, N, x, r, p);
  for (size_t i = 0; i < g->K * g->D * g->D; i++)
    if (g->kind == LVM_DIAGONAL)
      g->covariance[i] = sqrt (g->covariance[i]);
}

static void
trace_undivided (lvm_gmm *g, size_t N, const double x[], const double r[],
                 const lvm_gmm_prior *p)
{
  lvm_gmm_m_step (g, N, x, r, p);
  for (size_t i = 0; i < g->K * g->D * g->D; i++)
    if (g->kind == LVM_SPHERICAL)
      g->covariance[i] *= (double) g->D;
}

static void
tied_unweighted (lvm_gmm *g, size_t N, const double x[], const double r[],
                 const lvm_gmm_prior *p)
{
  const size_t D = g->D;
  const lvm_covariance kind = g->kind;
  g->kind = kind == LVM_TIED ? LVM_FULL : kind;
  lvm_gmm_m_step (g, N, x, r, p);
  g->kind = kind;
  for (size_t i = 0; i < D * D && kind == LVM_TIED; i++)
    {
      double sum = 0;
      for (size_t k = 0; k < g->K; k++)
        sum += g->covariance[k * D * D + i] / (double) g->K;
      for (size_t k = 0; k < g->K; k++)
        g->covariance[k * D * D + i] = sum;
    }
}

/* (Psi + N_k S_k) / (N_k + nu + D + 1), with nu + D + 1 taken for nu.  */
static void
prior_counted_twice (lvm_gmm *g, size_t N, const double x[], const double r[],
                     const lvm_gmm_prior *p)
{
  lvm_gmm_m_step (g, N, x, r, p);
  for (size_t i = 0; i < g->K * g->D * g->D && p->strength > 0; i++)
    {
      const double count =
          (g->kind == LVM_TIED ? (double) N
                               : count_of (N, g->K, r, i / (g->D * g->D)))
          + p->strength;
      g->covariance[i] *= count / (count + (double) g->D + 1);
    }
}

static void
prior_ignored (lvm_gmm *g, size_t N, const double x[], const double r[],
               const lvm_gmm_prior *p)
{
  (void) p;
  lvm_gmm_m_step (g, N, x, r, &none);
}

/* --- the fast form -------------------------------------------------------------- */

/* Second moments around zero, the mean's square taken off at the end.  */
static double
uncentred (int threads, lvm_gmm *g, size_t N, const double x[], double r[])
{
  const fast_ops *fast = fast_interface.reference;
  const size_t K = g->K, D = g->D;
  const double y = fast->iteration (threads, g, N, x, r);
  for (size_t k = 0; k < K; k++)
    for (size_t i = 0; i < D * D; i++)
      {
        double sum = 0;
        for (size_t n = 0; n < N; n++)
          sum += r[n * K + k] * x[n * D + i / D] * x[n * D + i % D];
        g->covariance[k * D * D + i] =
            sum / count_of (N, K, r, k)
            - g->mean[k * D + i / D] * g->mean[k * D + i % D];
      }
  return y;
}

/* Each thread sums its own share of the points; the shares depend on their number.  */
static double
shares_of_threads (int threads, lvm_gmm *g, size_t N, const double x[], double r[])
{
  const fast_ops *fast = fast_interface.reference;
  double *y = malloc (N * sizeof *y), total = 0;
  lvm_gmm_roots *w = lvm_gmm_roots_alloc (g->K, g->D);
  lvm_gmm_factorise (g, w);
  lvm_gmm_e_step (g, w, N, x, NULL, y);
  lvm_gmm_roots_free (w);
  fast->iteration (threads, g, N, x, r);
  for (int t = 0; t < threads; t++)
    {
      double sum = 0;
      for (size_t n = N * (size_t) t / (size_t) threads;
           n < N * (size_t) (t + 1) / (size_t) threads; n++)
        sum += y[n];
      total += sum;
    }
  free (y);
  return total;
}

/* --- derivatives --------------------------------------------------------------------------- */

static const derivative_ops *
right_derivatives (void)
{
  return derivative_interface.reference;
}

static void
precision_forgotten (size_t N, size_t D, const double x[], const double r[],
                     const double mean[], const double inverse[], double gradient[])
{
  double identity[MOST * MOST] = { 0 };
  (void) inverse;
  for (size_t d = 0; d < D; d++)
    identity[d * (D + 1)] = 1;
  right_derivatives ()->mean_gradient (N, D, x, r, mean, identity, gradient);
}

static void
responsibility_forgotten (size_t N, size_t D, const double x[], const double r[],
                          const double mean[], const double inverse[],
                          double gradient[])
{
  double *ones = malloc (N * sizeof *ones);
  (void) r;
  for (size_t n = 0; n < N; n++)
    ones[n] = 1;
  right_derivatives ()->covariance_gradient (N, D, x, ones, mean, inverse,
                                             gradient);
  free (ones);
}

static double
power_of_d_lost (size_t D, double sigma)
{
  return -log (sqrt (2 * M_PI)) - (double) D * log (sigma);
}

/* --- lines ------------------------------------------------------------------------------------- */

/* KL(posterior, q) in the place of KL(q, posterior).  */
static tracked
gap_turned_round (const void *p, size_t i)
{
  const discrete *at = p;
  tracked sum = given (0), total = given (0);
  (void) i;
  for (size_t k = 0; k < at->K; k++)
    total = plus (total, e_to (given (at->log_joint[k])));
  for (size_t k = 0; k < at->K; k++)
    if (at->q[k] > 0)
      {
        const tracked posterior = over (e_to (given (at->log_joint[k])), total);
        sum = plus (sum, times (given (at->q[k]), minus (given (at->log_joint[k]),
                                                         ln (given (at->q[k])))));
        sum = plus (
            sum, times (posterior, minus (ln (posterior), ln (given (at->q[k])))));
      }
  return sum;
}

static lvm_line *const turned_round[EM_LINES] = { [EM_GAP] = gap_turned_round };

#define E_STEP(name, function, claim, why, source, dies)                           \
  {                                                                                \
    name, &em_interface, &(em_ops){ .e_step = function }, claim, why, source,      \
        dies, LVM_HERE                                                             \
  }
#define M_STEP(name, function, claim, why, source)                                 \
  {                                                                                \
    name, &em_interface, &(em_ops){ .m_step = function }, claim, why, source, 0,   \
        LVM_HERE                                                                   \
  }
#define LIKELIHOOD(name, function, claim, why, source)                             \
  {                                                                                \
    name, &em_interface, &(em_ops){ .log_likelihood = function }, claim, why,      \
        source, 0, LVM_HERE                                                        \
  }
#define KIND(name, function, claim, why)                                           \
  {                                                                                \
    name, &kinds_interface, &(kinds_ops){ function }, claim, why, NULL, 0,         \
        LVM_HERE                                                                   \
  }

const lvm_mistake lvm_chapter_mistakes[] = {
  E_STEP ("e-step-without-weights", weights_forgotten, "gmm-e-step",
          "The densities are normalised without the mixing weights. At equal "
          "weights it makes no "
          "difference.",
          "mml-book/mml-book.github.io#361", 0),
  E_STEP ("e-step-weights-exchanged", weights_exchanged, "gmm-e-step",
          "Every density is multiplied by another component's weight.",
          "fonnesbeck/Bios8366#9", 0),
  E_STEP ("e-step-determinant", determinant_unrooted, "gmm-e-step",
          "The determinant stands where its square root belongs. Components of "
          "equal volume do not "
          "notice.",
          NULL, 0),
  E_STEP ("e-step-multiplied-out", multiplied_out, "gmm-e-step",
          "Densities are exponentiated before they are normalised. A point far "
          "from every "
          "component becomes 0/0, and the next M-step spreads the NaN over all "
          "parameters.",
          "ldeecke/gmm-torch#13", 0),
  E_STEP ("e-step-hard", winner_takes_all, "em-tight",
          "Every point goes to its best component. That is k-means with "
          "covariances; the bound no "
          "longer touches the likelihood.",
          NULL, 0),
  M_STEP ("mean-divided-by-n", divided_by_n, "gmm-m-mean",
          "The weighted sum of the points is divided by N / K, not by N_k. With "
          "equal counts the "
          "means are right.",
          NULL),
  M_STEP ("old-mean-in-covariance", old_mean, "gmm-m-covariance",
          "The covariance is taken around the old mean. The likelihood still "
          "climbs, so only "
          "optimality and the moments see it.",
          NULL),
  M_STEP ("covariance-n-minus-one", one_less, "gmm-m-covariance",
          "The covariance is divided by N_k - 1. The likelihood falls only now and "
          "then.",
          "GSL, gsl_ran_multivariate_gaussian_vcov"),
  M_STEP ("covariance-norm-not-squared", norm_not_squared, "gmm-m-covariance",
          "The distance is averaged where its square belongs.", "hal3/ciml#292"),
  M_STEP ("covariance-other-responsibilities", other_responsibilities,
          "gmm-m-covariance",
          "The second pass of the M-step recomputes the responsibilities with the "
          "new means.",
          "NVIDIA/cuvs#2248"),
  M_STEP ("small-responsibilities-skipped", small_ones_skipped, "gmm-m-mean",
          "Responsibilities below a threshold are skipped to save time. It is no "
          "longer EM, and "
          "the likelihood may fall.",
          "vlfeat/vlfeat, vl/gmm.c"),
  M_STEP ("silent-floor", silent_floor, "em-monotone",
          "A constant is added to every variance without a word. What climbs is "
          "not the "
          "likelihood that is printed.",
          "vlfeat/vlfeat, vl/gmm.c"),
  M_STEP ("weights-left-equal", equal_weights, "gmm-m-weight",
          "The mixing weights are not learnt.", NULL),
  M_STEP ("weights-counted-hard", count_wrong, "gmm-m-weight",
          "N_k counts the points that are mostly the component's, instead of "
          "summing the "
          "responsibilities.",
          "mml-book/mml-book.github.io#62"),
  M_STEP ("half-a-step", half_a_step, "em-rate",
          "The means move half of the way. The fixed points and the monotony stay; "
          "the rate of "
          "convergence tells.",
          NULL),
  M_STEP ("jitter", jittered, "gmm-symmetric",
          "A little noise is added in every iteration, to break ties.", NULL),
  LIKELIHOOD (
      "entropy-forgotten", entropy_forgotten, "em-bound",
      "The expected complete log-likelihood is printed as a lower bound of the "
      "likelihood. The entropy is missing, so it is no bound that touches. (A user "
      "proposed it there; the library was right.)",
      "scikit-learn/scikit-learn#14419"),
  LIKELIHOOD ("likelihood-without-weights", likelihood_without_weights, "em-tight",
              "The mixing weights are missing from the likelihood.",
              "mml-book/mml-book.github.io#361"),
  LIKELIHOOD ("two-pi-forgotten", two_pi_forgotten, "kmeans-limit",
              "The constant of the Gaussian density is missing. EM runs all the "
              "same; AIC and BIC "
              "against other models are wrong.",
              NULL),
  KIND ("diagonal-standard-deviations", standard_deviations, "gmm-m-diagonal",
        "Standard deviations are stored where variances are read."),
  KIND ("spherical-trace", trace_undivided, "gmm-m-spherical",
        "The trace is not divided by D. In one dimension it is right."),
  KIND ("tied-unweighted", tied_unweighted, "gmm-m-tied",
        "The components' covariances are averaged without their counts."),
  KIND ("prior-counted-twice", prior_counted_twice, "gmm-m-map",
        "The D + 1 of the inverse Wishart density is added to a strength that "
        "contains it "
        "already."),
  KIND ("prior-ignored-in-m-step", prior_ignored, "gmm-map-monotone",
        "The objective has a prior, the M-step has none."),
  { "uncentred-moments", &fast_interface, &(fast_ops){ uncentred }, "gmm-fast",
    "Covariances are computed as the mean of the squares less the square of the "
    "mean. Far from "
    "zero nearly all digits cancel.",
    NULL, 0, LVM_HERE },
  { "shares-of-threads", &fast_interface, &(fast_ops){ shares_of_threads },
    "gmm-threads",
    "Each thread sums its own share of the points, so the last digits depend on "
    "how many there "
    "are.",
    NULL, 0, LVM_HERE },
  { "precision-forgotten", &derivative_interface,
    &(derivative_ops){ .mean_gradient = precision_forgotten }, "gmm-mean-gradient",
    "The inverse covariance is lost from the gradient. The stationary point is the "
    "same, so an M-step "
    "derived from it is right and a gradient method is not.",
    NULL, 0, LVM_HERE },
  { "responsibility-forgotten", &derivative_interface,
    &(derivative_ops){ .covariance_gradient = responsibility_forgotten },
    "gmm-covariance-gradient", "The responsibilities are lost from the gradient.",
    "mml-book/mml-book.github.io#361", 0, LVM_HERE },
  { "power-of-d-lost", &derivative_interface,
    &(derivative_ops){ .collapsed_log_density = power_of_d_lost }, "gmm-collapse",
    "The density of a collapsing component loses the power D of its 2 pi. In one "
    "dimension it is "
    "right. (Bishop's equation 9.15 lacks the power of sigma as well; the erratum "
    "restores that one only.)",
    "yousuketakada/prml_errata", 0, LVM_HERE },
  { "gap-turned-round", &gap_lines, turned_round, "em-gap",
    "The divergence is taken from the posterior to q, not from q to the posterior.",
    "probml/pml-book#11", 0, LVM_HERE },
};
const size_t lvm_chapter_mistakes_count =
    sizeof lvm_chapter_mistakes / sizeof *lvm_chapter_mistakes;
