/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Known wrong ways to compute responsibilities and the Gaussian density.  */

#include <math.h>

#include "../../proofs/01-responsibilities.h"
#include "claims/01-responsibilities.h"
#include "num/log_sum_exp.h"
#include "prob/gaussian.h"
#include "prob/responsibilities.h"

/* Right responsibilities of changed log joint probabilities.  */
static int
of_joint (size_t K, const double joint[], double r[], double *log_evidence)
{
  *log_evidence = lvm_log_sum_exp (K, joint);
  lvm_softmax (K, joint, r);
  return 0;
}

static double
log_prior_of (size_t K, const double log_prior[], size_t k)
{
  return log_prior == NULL ? -log ((double) K) : log_prior[k];
}

/* --- the evidence ---------------------------------------------------------- */

static int
evidence_without_log_k (size_t K, const double l[], const double log_prior[],
                        double r[], double *log_evidence)
{
  const int status = lvm_responsibilities (K, l, log_prior, r, log_evidence);
  *log_evidence += log_prior == NULL ? log ((double) K) : 0;
  return status;
}

/* --- the prior ------------------------------------------------------------- */

static int
prior_ignored (size_t K, const double l[], const double log_prior[], double r[],
               double *log_evidence)
{
  (void) log_prior;
  return lvm_responsibilities (K, l, NULL, r, log_evidence);
}

static int
prior_not_logged (size_t K, const double l[], const double log_prior[], double r[],
                  double *log_evidence)
{
  for (size_t k = 0; k < K; k++)
    r[k] = l[k] + exp (log_prior_of (K, log_prior, k));
  return of_joint (K, r, r, log_evidence);
}

static int
weights_exchanged (size_t K, const double l[], const double log_prior[], double r[],
                   double *log_evidence)
{
  double first = log_prior_of (K, log_prior, K - 1);
  for (size_t k = 0; k < K; k++)
    r[k] = l[k] + (k == 0 ? first : log_prior_of (K, log_prior, k - 1));
  return of_joint (K, r, r, log_evidence);
}

/* --- the exponentials ------------------------------------------------------ */

static int
without_shift (size_t K, const double l[], const double log_prior[], double r[],
               double *log_evidence)
{
  double sum = 0;
  for (size_t k = 0; k < K; k++)
    sum += r[k] = exp (l[k]) * exp (log_prior_of (K, log_prior, k));
  for (size_t k = 0; k < K; k++)
    r[k] /= sum;
  *log_evidence = log (sum);
  return 0;
}

static int
not_normalised (size_t K, const double l[], const double log_prior[], double r[],
                double *log_evidence)
{
  const double m = l[lvm_argmax (K, l)];
  const int status = lvm_responsibilities (K, l, log_prior, r, log_evidence);
  for (size_t k = 0; k < K; k++)
    r[k] = exp (l[k] - m);
  return status;
}

static int
square_root (size_t K, const double l[], const double log_prior[], double r[],
             double *log_evidence)
{
  for (size_t k = 0; k < K; k++)
    r[k] = l[k] / 2 + log_prior_of (K, log_prior, k);
  return of_joint (K, r, r, log_evidence);
}

static int
base_two (size_t K, const double l[], const double log_prior[], double r[],
          double *log_evidence)
{
  for (size_t k = 0; k < K; k++)
    r[k] = (l[k] + log_prior_of (K, log_prior, k)) * log (2);
  return of_joint (K, r, r, log_evidence);
}

static int
two_per_cent_too_sure (size_t K, const double l[], const double log_prior[],
                       double r[], double *log_evidence)
{
  for (size_t k = 0; k < K; k++)
    r[k] = 1.02 * l[k] + log_prior_of (K, log_prior, k);
  return of_joint (K, r, r, log_evidence);
}

static int
winner_takes_all (size_t K, const double l[], const double log_prior[], double r[],
                  double *log_evidence)
{
  const int status = lvm_responsibilities (K, l, log_prior, r, log_evidence);
  const size_t top = lvm_argmax (K, r);
  for (size_t k = 0; k < K; k++)
    r[k] = k == top;
  return status;
}

static int
least_likely (size_t K, const double l[], const double log_prior[], double r[],
              double *log_evidence)
{
  for (size_t k = 0; k < K; k++)
    r[k] = log_prior_of (K, log_prior, k) - l[k];
  return of_joint (K, r, r, log_evidence);
}

/* --- the Gaussian density -------------------------------------------------- */

static double
determinant_unrooted (size_t D, const double x[], const double mean[],
                      const double l[], double work[])
{
  double y = lvm_gaussian_log_density (D, x, mean, l, work);
  for (size_t d = 0; d < D; d++)
    y -= log (l[d * D + d]);
  return y;
}

static double
determinant_turned (size_t D, const double x[], const double mean[],
                    const double l[], double work[])
{
  double y = lvm_gaussian_log_density (D, x, mean, l, work);
  for (size_t d = 0; d < D; d++)
    y += 2 * log (l[d * D + d]);
  return y;
}

static double
one_two_pi (size_t D, const double x[], const double mean[], const double l[],
            double work[])
{
  return lvm_gaussian_log_density (D, x, mean, l, work)
         + ((double) D - 1) / 2 * log (2 * M_PI)
         - (D == 1 ? 0.5 * log (2 * M_PI) : 0);
}

/* L' y = x - mu in the place of L y = x - mu.  */
static double
factor_transposed (size_t D, const double x[], const double mean[],
                   const double l[], double work[])
{
  const double y = lvm_gaussian_log_density (D, x, mean, l, work);
  double right = 0, wrong = 0;
  for (size_t d = 0; d < D; d++)
    right += work[d] * work[d];
  for (size_t d = D; d-- > 0;)
    {
      work[d] = x[d] - mean[d];
      for (size_t e = d + 1; e < D; e++)
        work[d] -= l[e * D + d] * work[e];
      work[d] /= l[d * D + d];
      wrong += work[d] * work[d];
    }
  return y + 0.5 * right - 0.5 * wrong;
}

static double
norm_not_squared (size_t D, const double x[], const double mean[], const double l[],
                  double work[])
{
  const double y = lvm_gaussian_log_density (D, x, mean, l, work);
  double square = 0;
  for (size_t d = 0; d < D; d++)
    square += work[d] * work[d];
  return y + 0.5 * square - 0.5 * sqrt (square);
}

/* --- lines ----------------------------------------------------------------- */

static double
balls_seen (const urns *at, size_t k)
{
  return at->balls[k * at->colours + at->x];
}

/* The prior is cancelled above the line only.  */
static tracked
prior_cancelled_once (const void *p, size_t k)
{
  const urns *at = p;
  tracked sum = given (0);
  for (size_t j = 0; j < at->K; j++)
    sum = plus (sum, over (given (balls_seen (at, j)), given (at->size)));
  return over (over (given (balls_seen (at, k)), given (at->size)),
               over (sum, given ((double) at->K)));
}

/* p(x | z = k) read as p(z = k | x).  */
static tracked
likelihood_for_posterior (const void *p, size_t k)
{
  const urns *at = p;
  return over (given (balls_seen (at, k)), given (at->size));
}

/* Bayes' rule with the likelihoods alone.  */
static tracked
bayes_without_prior (const void *p, size_t k)
{
  const urns *at = p;
  tracked sum = given (0);
  for (size_t j = 0; j < at->K; j++)
    sum = plus (sum, given (balls_seen (at, j)));
  return over (given (balls_seen (at, k)), sum);
}

static lvm_line *const cancelled_once[RESP_LINES] = { [RESP_RATIO] =
                                                          prior_cancelled_once };

static lvm_line *const transposed[BAYES_LINES] = { [BAYES_RULE] =
                                                       likelihood_for_posterior };
static lvm_line *const prior_dropped[BAYES_LINES] = { [BAYES_RULE] =
                                                          bayes_without_prior };

#define RESP(name, function, claim, why, source)                                   \
  {                                                                                \
    name, &responsibilities_interface, &(responsibilities_ops){ function }, claim, \
        why, source, 0, LVM_HERE                                                   \
  }
#define GAUSS(name, function, claim, why, source)                                  \
  {                                                                                \
    name, &gaussian_interface, &(gaussian_ops){ function }, claim, why, source, 0, \
        LVM_HERE                                                                   \
  }

const lvm_mistake lvm_chapter_mistakes[] = {
  RESP ("evidence-without-log-k", evidence_without_log_k, "resp-uniform",
        "The prior cancels from the responsibilities, so it is dropped from the "
        "evidence as well. "
        "There it does not cancel: ln p(x) comes out too large by ln K.",
        NULL),
  RESP ("prior-ignored", prior_ignored, "resp-general",
        "A prior is given and not used. With a uniform prior nobody notices.",
        NULL),
  RESP ("prior-not-logged", prior_not_logged, "resp-general",
        "The probability itself is added where its logarithm belongs. With a "
        "uniform prior every "
        "responsibility is still right.",
        NULL),
  RESP ("weights-exchanged", weights_exchanged, "resp-prior-shift",
        "Every component is given the weight of its neighbour. With equal weights "
        "nothing shows.",
        "fonnesbeck/Bios8366#9"),
  RESP ("without-shift", without_shift, "resp-uniform",
        "The likelihoods are multiplied out before they are normalised. Near "
        "exp(-745) they have "
        "lost their digits; beyond, the responsibilities are 0/0.",
        "ldeecke/gmm-torch#13"),
  RESP ("not-normalised", not_normalised, "resp-sum",
        "Each likelihood is divided by the largest one instead of by their sum.",
        NULL),
  RESP ("square-root", square_root, "resp-log-odds",
        "A factor of one half too many in the exponent. The most likely component "
        "stays the most "
        "likely, so the labels look right.",
        NULL),
  RESP ("base-two", base_two, "resp-log-odds",
        "Natural logarithms are read as logarithms to base two.", NULL),
  RESP ("two-per-cent-too-sure", two_per_cent_too_sure, "resp-calibrated",
        "The log-likelihoods are two per cent too large. The labels do not change, "
        "the "
        "probabilities are a little too certain, and only many draws show it.",
        NULL),
  RESP ("winner-takes-all", winner_takes_all, "resp-logistic",
        "The most likely component takes the whole point. That is the step of "
        "k-means, not a "
        "posterior.",
        NULL),
  RESP ("least-likely", least_likely, "resp-argmax",
        "A sign: negative log-likelihoods are taken for log-likelihoods, and the "
        "worst component "
        "wins.",
        NULL),
  GAUSS ("determinant-unrooted", determinant_unrooted, "gaussian-normalised",
         "The determinant of the covariance stands where its square root belongs: "
         "variance for "
         "standard deviation.",
         NULL),
  GAUSS ("determinant-turned", determinant_turned, "gaussian-normalised",
         "The determinant multiplies where it should divide. With unit variances "
         "nothing shows.",
         NULL),
  GAUSS ("one-two-pi", one_two_pi, "gaussian-normalised",
         "The power D of the 2 pi is lost.", NULL),
  GAUSS ("factor-transposed", factor_transposed, "gaussian-cholesky",
         "The triangular system is solved with the transposed factor. The "
         "determinant is right, so the density still integrates to one.",
         NULL),
  GAUSS ("norm-not-squared", norm_not_squared, "gaussian-cholesky",
         "The distance stands in the exponent where its square belongs.", NULL),
  { "prior-cancelled-once", &posterior_lines, cancelled_once, "resp-ratio",
    "The factor 1/K is cancelled above the line and kept below it.", NULL, 0,
    LVM_HERE },
  { "prior-dropped", &bayes_lines, prior_dropped, "resp-bayes",
    "Bayes' rule is written with the likelihoods alone. With a uniform prior it is "
    "right, and "
    "the habit stays.",
    NULL, 0, LVM_HERE },
  { "likelihood-for-posterior", &bayes_lines, transposed, "resp-bayes",
    "p(x | z) is read as p(z | x). It does not even sum to one.", NULL, 0,
    LVM_HERE },
};
const size_t lvm_chapter_mistakes_count =
    sizeof lvm_chapter_mistakes / sizeof *lvm_chapter_mistakes;
