/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Known wrong ways to run EM on a mixture of Bernoullis.  Most take the reference's step
   and spoil one thing.  */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../proofs/03-bernoulli-mixture.h"
#include "claims/03-bernoulli-mixture.h"
#include "num/error.h"
#include "num/log_sum_exp.h"

static const bernoulli_ops *
right (void)
{
  return bernoulli_interface.reference;
}

/* A copy, which the caller frees.  */
static double *
copy_of (size_t size, const double a[])
{
  double *b = lvm_alloc (size, sizeof *b);
  memcpy (b, a, size * sizeof *b);
  return b;
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

/* One pixel's part of a log joint.  */
typedef double part (double x, double theta);

/* Softmax over k of ln weight_k + the sum of the parts.  */
static void
e_step_by_parts (size_t N, size_t D, size_t K, const unsigned char x[],
                 const double weight[], const double mean[], double r[], part *f)
{
  for (size_t n = 0; n < N; n++)
    {
      for (size_t k = 0; k < K; k++)
        {
          r[n * K + k] = log (weight[k]);
          for (size_t d = 0; d < D; d++)
            r[n * K + k] += f (x[n * D + d], mean[k * D + d]);
        }
      lvm_softmax (K, r + n * K, r + n * K);
    }
}

static double
on_only (double x, double theta)
{
  return x > 0 ? log (theta) : 0;
}

static double
logit_only (double x, double theta)
{
  return x > 0 ? log (theta / (1 - theta)) : 0;
}

static double
logit_turned (double x, double theta)
{
  return log (1 - theta) + (x > 0 ? log ((1 - theta) / theta) : 0);
}

/* As published: at the boundary 0 times minus infinity.  */
static double
two_logs (double x, double theta)
{
  return x * log (theta) + (1 - x) * log (1 - theta);
}

static double
with_epsilon (double x, double theta)
{
  return x > 0 ? log (theta + 1e-10) : log (1 - theta + 1e-10);
}

static void
off_forgotten (size_t N, size_t D, size_t K, const unsigned char x[],
               const double weight[], const double mean[], double r[])
{
  e_step_by_parts (N, D, K, x, weight, mean, r, on_only);
}

static void
constant_forgotten (size_t N, size_t D, size_t K, const unsigned char x[],
                    const double weight[], const double mean[], double r[])
{
  e_step_by_parts (N, D, K, x, weight, mean, r, logit_only);
}

static void
sign_of_logit (size_t N, size_t D, size_t K, const unsigned char x[],
               const double weight[], const double mean[], double r[])
{
  e_step_by_parts (N, D, K, x, weight, mean, r, logit_turned);
}

static void
boundary_forgotten (size_t N, size_t D, size_t K, const unsigned char x[],
                    const double weight[], const double mean[], double r[])
{
  e_step_by_parts (N, D, K, x, weight, mean, r, two_logs);
}

static void
epsilon_in_log (size_t N, size_t D, size_t K, const unsigned char x[],
                const double weight[], const double mean[], double r[])
{
  e_step_by_parts (N, D, K, x, weight, mean, r, with_epsilon);
}

static void
weights_forgotten (size_t N, size_t D, size_t K, const unsigned char x[],
                   const double weight[], const double mean[], double r[])
{
  double *equal = lvm_alloc (K, sizeof *equal);
  (void) weight;
  for (size_t k = 0; k < K; k++)
    equal[k] = 1 / (double) K;
  right ()->e_step (N, D, K, x, equal, mean, r);
  free (equal);
}

static void
winner_takes_all (size_t N, size_t D, size_t K, const unsigned char x[],
                  const double weight[], const double mean[], double r[])
{
  right ()->e_step (N, D, K, x, weight, mean, r);
  for (size_t n = 0; n < N; n++)
    {
      const size_t top = lvm_argmax (K, r + n * K);
      for (size_t k = 0; k < K; k++)
        r[n * K + k] = k == top;
    }
}

static void
float_product (size_t N, size_t D, size_t K, const unsigned char x[],
               const double weight[], const double mean[], double r[])
{
  for (size_t n = 0; n < N; n++)
    {
      float sum = 0;
      for (size_t k = 0; k < K; k++)
        {
          float product = (float) weight[k];
          for (size_t d = 0; d < D; d++)
            product *= x[n * D + d] ? (float) mean[k * D + d]
                                    : 1 - (float) mean[k * D + d];
          sum += product;
          r[n * K + k] = product;
        }
      for (size_t k = 0; k < K; k++)
        r[n * K + k] /= sum;
    }
}

static void
double_product (size_t N, size_t D, size_t K, const unsigned char x[],
                const double weight[], const double mean[], double r[])
{
  for (size_t n = 0; n < N; n++)
    {
      double sum = 0;
      for (size_t k = 0; k < K; k++)
        {
          double product = weight[k];
          for (size_t d = 0; d < D; d++)
            product *= x[n * D + d] ? mean[k * D + d] : 1 - mean[k * D + d];
          sum += r[n * K + k] = product;
        }
      for (size_t k = 0; k < K; k++)
        r[n * K + k] /= sum;
    }
}

/* --- M-steps ------------------------------------------------------------------------ */

static void
divided_by_n (size_t N, size_t D, size_t K, const unsigned char x[],
              const double r[], double weight[], double mean[])
{
  right ()->m_step (N, D, K, x, r, weight, mean);
  for (size_t i = 0; i < K * D; i++)
    mean[i] *= weight[i / D];
}

static void
sum_to_one (size_t N, size_t D, size_t K, const unsigned char x[], const double r[],
            double weight[], double mean[])
{
  right ()->m_step (N, D, K, x, r, weight, mean);
  for (size_t k = 0; k < K; k++)
    {
      double sum = 0;
      for (size_t d = 0; d < D; d++)
        sum += mean[k * D + d];
      for (size_t d = 0; d < D && sum > 0; d++)
        mean[k * D + d] /= sum;
    }
}

/* The weights are new, the means old, when the responsibilities are computed again.  */
static void
other_responsibilities (size_t N, size_t D, size_t K, const unsigned char x[],
                        const double r[], double weight[], double mean[])
{
  double *s = lvm_alloc (N * K, sizeof *s), *old = copy_of (K * D, mean);
  right ()->m_step (N, D, K, x, r, weight, mean);
  double *kept = copy_of (K, weight);
  right ()->e_step (N, D, K, x, weight, old, s);
  right ()->m_step (N, D, K, x, s, weight, mean);
  memcpy (weight, kept, K * sizeof *kept);
  free (kept);
  free (old);
  free (s);
}

static void
clipped (size_t N, size_t D, size_t K, const unsigned char x[], const double r[],
         double weight[], double mean[])
{
  right ()->m_step (N, D, K, x, r, weight, mean);
  for (size_t i = 0; i < K * D; i++)
    mean[i] = fmin (fmax (mean[i], 0.02), 0.98);
}

static void
equal_weights (size_t N, size_t D, size_t K, const unsigned char x[],
               const double r[], double weight[], double mean[])
{
  right ()->m_step (N, D, K, x, r, weight, mean);
  for (size_t k = 0; k < K; k++)
    weight[k] = 1 / (double) K;
}

static void
counted_hard (size_t N, size_t D, size_t K, const unsigned char x[],
              const double r[], double weight[], double mean[])
{
  right ()->m_step (N, D, K, x, r, weight, mean);
  for (size_t k = 0; k < K; k++)
    weight[k] = 0;
  for (size_t n = 0; n < N; n++)
    weight[lvm_argmax (K, r + n * K)] += 1 / (double) N;
}

/* N_k by way of the weight, s_kd by way of the off pixels: right but for rounding.  */
static void
out_of_range (size_t N, size_t D, size_t K, const unsigned char x[],
              const double r[], double weight[], double mean[])
{
  right ()->m_step (N, D, K, x, r, weight, mean);
  for (size_t k = 0; k < K; k++)
    for (size_t d = 0; d < D; d++)
      {
        double on = 0;
        for (size_t n = N; n > 0; n--)
          on += x[(n - 1) * D + d] ? r[(n - 1) * K + k] : 0;
        mean[k * D + d] = on / (weight[k] * (double) N);
      }
}

static void
half_a_step (size_t N, size_t D, size_t K, const unsigned char x[],
             const double r[], double weight[], double mean[])
{
  double *old = copy_of (K * D, mean);
  right ()->m_step (N, D, K, x, r, weight, mean);
  for (size_t i = 0; i < K * D; i++)
    mean[i] = (mean[i] + old[i]) / 2;
  free (old);
}

static void
jittered (size_t N, size_t D, size_t K, const unsigned char x[], const double r[],
          double weight[], double mean[])
{
  right ()->m_step (N, D, K, x, r, weight, mean);
  for (size_t i = 0; i < K * D; i++)
    mean[i] += 1e-12 * (0.5 - mean[i]) * (double) (i / D);
}

/* --- likelihoods ---------------------------------------------------------------------- */

/* sum_n sum_k pi_k ln p(x_n | k)  */
static double
average_of_logs (size_t N, size_t D, size_t K, const unsigned char x[],
                 const double weight[], const double mean[])
{
  const double one = 1;
  double sum = 0;
  for (size_t k = 0; k < K; k++)
    sum += weight[k] * right ()->log_likelihood (N, D, 1, x, &one, mean + k * D);
  return sum;
}

/* The likelihood of the average image, sum_k pi_k theta_k.  */
static double
average_image (size_t N, size_t D, size_t K, const unsigned char x[],
               const double weight[], const double mean[])
{
  const double one = 1;
  double *m = lvm_alloc (D, sizeof *m);
  for (size_t d = 0; d < D; d++)
    {
      m[d] = 0;
      for (size_t k = 0; k < K; k++)
        m[d] += weight[k] * mean[k * D + d];
      m[d] = fmin (m[d], 1);
    }
  const double y = right ()->log_likelihood (N, D, 1, x, &one, m);
  free (m);
  return y;
}

static double
sum_without_weights (size_t N, size_t D, size_t K, const unsigned char x[],
                     const double weight[], const double mean[])
{
  double *ones = lvm_alloc (K, sizeof *ones);
  (void) weight;
  for (size_t k = 0; k < K; k++)
    ones[k] = 1;
  const double y = right ()->log_likelihood (N, D, K, x, ones, mean);
  free (ones);
  return y;
}

static double
mean_over_pixels (size_t N, size_t D, size_t K, const unsigned char x[],
                  const double weight[], const double mean[])
{
  return right ()->log_likelihood (N, D, K, x, weight, mean) / (double) D;
}

/* --- MAP --------------------------------------------------------------------------------- */

/* (s + a) / (N_k + b)  */
static void
counts_added (size_t N, size_t D, size_t K, const unsigned char x[],
              const double r[], double weight[], double mean[], double a, double b)
{
  right ()->m_step (N, D, K, x, r, weight, mean);
  for (size_t i = 0; i < K * D; i++)
    {
      const double count = count_of (N, K, r, i / D);
      mean[i] = (count * mean[i] + a) / (count + b);
    }
}

static void
one_count (size_t N, size_t D, size_t K, const unsigned char x[], const double r[],
           double strength, double weight[], double mean[])
{
  counts_added (N, D, K, x, r, weight, mean, strength / 2, strength / 2);
}

static void
counts_of_components (size_t N, size_t D, size_t K, const unsigned char x[],
                      const double r[], double strength, double weight[],
                      double mean[])
{
  counts_added (N, D, K, x, r, weight, mean, strength / 2,
                strength / 2 * (double) K);
}

static void
mean_for_mode (size_t N, size_t D, size_t K, const unsigned char x[],
               const double r[], double strength, double weight[], double mean[])
{
  counts_added (N, D, K, x, r, weight, mean, 1 + strength / 2, 2 + strength);
}

static void
prior_ignored (size_t N, size_t D, size_t K, const unsigned char x[],
               const double r[], double strength, double weight[], double mean[])
{
  (void) strength;
  right ()->m_step (N, D, K, x, r, weight, mean);
}

static void
prior_of_two (size_t N, size_t D, size_t K, const unsigned char x[],
              const double r[], double strength, double weight[], double mean[])
{
  (void) strength;
  counts_added (N, D, K, x, r, weight, mean, 1, 2);
}

static double
prior_one_sided (size_t K, size_t D, const double mean[], double strength)
{
  double sum = 0;
  for (size_t i = 0; i < K * D; i++)
    sum += strength / 2 * log (mean[i]);
  return sum;
}

/* --- lines and formulas ------------------------------------------------------------------------ */

/* E[x_d^2] = theta^2: the pixels of a component are taken for numbers without noise.  */
static tracked
diagonal_squared (const void *p, size_t i)
{
  const mixture *g = p;
  const size_t d = i / g->D, e = i % g->D;
  tracked sum = given (0), md = given (0), me = given (0);
  for (size_t k = 0; k < g->K; k++)
    {
      const tracked pi = given (g->weight[k]), a = given (g->theta[k * g->D + d]),
                    b = given (g->theta[k * g->D + e]);
      sum = plus (sum, times (pi, times (a, b)));
      md = plus (md, times (pi, a));
      me = plus (me, times (pi, b));
    }
  return minus (sum, times (md, me));
}

/* sum_k pi_k diag (theta_k (1 - theta_k)): variances are averaged.  */
static tracked
variances_averaged (const void *p, size_t i)
{
  const mixture *g = p;
  const size_t d = i / g->D, e = i % g->D;
  tracked sum = given (0);
  for (size_t k = 0; k < g->K && d == e; k++)
    {
      const tracked a = given (g->theta[k * g->D + d]);
      sum =
          plus (sum, times (given (g->weight[k]), times (a, minus (given (1), a))));
    }
  return sum;
}

static lvm_line *const squared[BMM_COVARIANCE_LINES] = { [BMM_COVARIANCE] =
                                                             diagonal_squared };
static lvm_line *const averaged[BMM_COVARIANCE_LINES] = { [BMM_WITHIN_BETWEEN] =
                                                              variances_averaged };

/* s - N_k theta: the derivative by the logit.  */
static double
gradient_by_logit (double count, double on, double theta)
{
  return on - count * theta;
}

static double
curvature_turned (double count, double on, double theta)
{
  return -on / (theta * theta) + (count - on) / ((1 - theta) * (1 - theta));
}

static void
between_uncentred (const mixture *g, double c[])
{
  const size_t D = g->D;
  for (size_t i = 0; i < D * D; i++)
    {
      c[i] = 0;
      for (size_t k = 0; k < g->K; k++)
        c[i] += g->weight[k] * g->theta[k * D + i / D] * g->theta[k * D + i % D];
    }
}

static void
factor_of_two (const double m[2], double c, double t, double theta[4])
{
  const formula_ops *f = formula_interface.reference;
  f->two_pixels (m, c / 2, t, theta);
}

/* --- draws ---------------------------------------------------------------------------------------- */

static size_t
component_for_each_pixel (const lvm_bmm *g, gsl_rng *rng, uint8_t x[])
{
  size_t k = 0;
  for (size_t d = 0; d < g->D; d++)
    {
      double v = gsl_rng_uniform (rng);
      for (k = 0; k + 1 < g->K && v >= g->weight[k]; k++)
        v -= g->weight[k];
      x[d] = gsl_rng_uniform (rng) < g->mean[k * g->D + d];
    }
  return k;
}

/* --- the fast form -------------------------------------------------------------------------------- */

static const bernoulli_fast_ops *
right_fast (void)
{
  return bernoulli_fast_interface.reference;
}

/* Log joints summed up in float.  */
static double
tables_in_float (int threads, lvm_bmm *g, const lvm_bits *x, double r[])
{
  lvm_bmm_logits *w = lvm_bmm_logits_alloc (g->K, g->D);
  double *l = lvm_alloc (g->K, sizeof *l), y = 0;
  lvm_bmm_logits_set (g, w);
  right_fast ()->iteration (threads, g, x, r);
  for (size_t n = 0; n < x->N; n++)
    {
      for (size_t k = 0; k < g->K; k++)
        {
          float sum = (float) w->constant[k];
          for (size_t d = 0; d < g->D; d++)
            sum += lvm_bit (x, n, d) ? (float) w->logit[k * g->D + d] : 0;
          l[k] = sum;
        }
      y += lvm_log_sum_exp (g->K, l);
    }
  lvm_bmm_logits_free (w);
  free (l);
  return y;
}

/* The pixels that do not fill a byte are left out of the sums.  */
static double
last_byte_dropped (int threads, lvm_bmm *g, const lvm_bits *x, double r[])
{
  const size_t D = g->D, whole = D / 8 * 8;
  if (whole == 0)
    return right_fast ()->iteration (threads, g, x, r);
  lvm_bits *cut = lvm_bits_alloc (x->N, D);
  for (size_t n = 0; n < x->N; n++)
    memcpy (cut->bytes + n * cut->stride, x->bytes + n * x->stride, whole / 8);
  const double y = right_fast ()->iteration (threads, g, cut, r);
  lvm_bits_free (cut);
  return y;
}

/* Each thread sums its own share of the points; the shares depend on their number.  */
static double
shares_of_threads (int threads, lvm_bmm *g, const lvm_bits *x, double r[])
{
  double *y = lvm_alloc (x->N, sizeof *y), total = 0;
  lvm_bmm_logits *w = lvm_bmm_logits_alloc (g->K, g->D);
  lvm_bmm_logits_set (g, w);
  lvm_bmm_e_step (g, w, x, NULL, y);
  lvm_bmm_logits_free (w);
  right_fast ()->iteration (threads, g, x, r);
  for (int t = 0; t < threads; t++)
    {
      double sum = 0;
      for (size_t n = x->N * (size_t) t / (size_t) threads;
           n < x->N * (size_t) (t + 1) / (size_t) threads; n++)
        sum += y[n];
      total += sum;
    }
  free (y);
  return total;
}

/* -------------------------------------------------------------------------------------------------- */

#define E_STEP(name, function, claim, why, source, dies)                           \
  {                                                                                \
    name, &bernoulli_interface, &(bernoulli_ops){ .e_step = function }, claim,     \
        why, source, dies, LVM_HERE                                                \
  }
#define M_STEP(name, function, claim, why, source)                                 \
  {                                                                                \
    name, &bernoulli_interface, &(bernoulli_ops){ .m_step = function }, claim,     \
        why, source, 0, LVM_HERE                                                   \
  }
#define LIKELIHOOD(name, function, claim, why, source)                             \
  {                                                                                \
    name, &bernoulli_interface, &(bernoulli_ops){ .log_likelihood = function },    \
        claim, why, source, 0, LVM_HERE                                            \
  }
#define MAP(name, function, claim, why, source)                                    \
  {                                                                                \
    name, &bernoulli_map_interface, &(bernoulli_map_ops){ .map_step = function },  \
        claim, why, source, 0, LVM_HERE                                            \
  }
#define FORMULA(name, slot, function, claim, why)                                  \
  {                                                                                \
    name, &formula_interface, &(formula_ops){ .slot = function }, claim, why,      \
        NULL, 0, LVM_HERE                                                          \
  }
#define FAST(name, function, claim, why)                                           \
  {                                                                                \
    name, &bernoulli_fast_interface, &(bernoulli_fast_ops){ function }, claim,     \
        why, NULL, 0, LVM_HERE                                                     \
  }

const lvm_mistake lvm_chapter_mistakes[] = {
  E_STEP (
      "off-pixels-forgotten", off_forgotten, "bmm-e-step",
      "Only the pixels that are on are counted. A pixel that is off is evidence, "
      "too.",
      NULL, 0),
  E_STEP ("offset-forgotten", constant_forgotten, "bmm-e-step",
          "The logits are right, but the sum of ln (1 - theta) is lost. It differs "
          "from component to component.",
          NULL, 0),
  E_STEP ("logit-turned", sign_of_logit, "bmm-e-step",
          "The logit has the wrong sign, so that every image is taken for its "
          "negative's neighbour.",
          NULL, 0),
  E_STEP ("bernoulli-without-weights", weights_forgotten, "bmm-e-step",
          "The probabilities are normalised without the mixing weights.",
          "mml-book/mml-book.github.io#361", 0),
  E_STEP ("product-in-float", float_product, "bmm-e-step",
          "The factors of all pixels are multiplied in single precision. With many "
          "pixels the product is zero; with few, half of the digits are lost.",
          "probmods/webppl#633", 0),
  E_STEP ("product-in-double", double_product, "bmm-e-step",
          "The factors of all pixels are multiplied out. It works until the best "
          "component's product, too, is zero.",
          NULL, 1),
  E_STEP ("logarithms-at-the-boundary", boundary_forgotten, "bmm-boundary",
          "Where a pixel has probability 0 and is off, 0 is multiplied by minus "
          "infinity.",
          "PRML/PRMLT, chapter09/mixBernEm.m", 1),
  E_STEP (
      "epsilon-in-the-logarithm", epsilon_in_log, "bmm-boundary",
      "A small number is added within each logarithm. The impossible becomes "
      "possible at a price that nobody chose, and the probabilities no longer sum "
      "to one.",
      NULL, 0),
  E_STEP ("bernoulli-hard", winner_takes_all, "bmm-tight",
          "Every image goes to its best component. The bound no longer touches the "
          "likelihood.",
          NULL, 0),
  M_STEP ("pixel-divided-by-n", divided_by_n, "bmm-m-mean",
          "The weighted count of a pixel is divided by N, not by N_k.", NULL),
  M_STEP ("pixels-sum-to-one", sum_to_one, "bmm-m-mean",
          "The probabilities of a component's pixels are normalised to sum to one. "
          "They are not alternatives: each pixel has an off of its own.",
          NULL),
  M_STEP ("pixel-other-responsibilities", other_responsibilities, "bmm-m-mean",
          "The weights are updated first, and the responsibilities computed again "
          "before the means.",
          "NVIDIA/cuvs#2248"),
  M_STEP (
      "silent-clip", clipped, "bmm-monotone",
      "Probabilities are kept away from 0 and 1 without a word. What climbs is not "
      "the likelihood that is printed.",
      NULL),
  M_STEP ("bernoulli-weights-equal", equal_weights, "bmm-m-weight",
          "The mixing weights are not learnt.", NULL),
  M_STEP ("bernoulli-weights-counted-hard", counted_hard, "bmm-m-weight",
          "N_k counts the images whose best component is k, instead of summing "
          "responsibilities.",
          "mml-book/mml-book.github.io#62"),
  M_STEP (
      "above-one", out_of_range, "bmm-range",
      "N_k and the sum over the pixel are added up in different orders. A pixel "
      "that is always on gets a probability above one in the last digit, and the "
      "logarithm of one minus it is not a number.",
      NULL),
  M_STEP (
      "pixel-half-a-step", half_a_step, "bmm-fisher",
      "The means move half of the way. The likelihood still climbs, to the same "
      "places.",
      NULL),
  M_STEP ("bernoulli-jitter", jittered, "bmm-symmetric",
          "A little noise is added in every iteration, to break ties.", NULL),
  LIKELIHOOD (
      "average-of-logs", average_of_logs, "bmm-tight",
      "The logarithms are averaged over components, where the probabilities "
      "should be. By Jensen's inequality it is too small.",
      NULL),
  LIKELIHOOD ("average-image", average_image, "bmm-tight",
              "The likelihood of the average of all prototypes: a mixture's "
              "probabilities are averaged, not its parameters.",
              NULL),
  LIKELIHOOD ("bernoulli-likelihood-without-weights", sum_without_weights,
              "bmm-total",
              "The mixing weights are missing from the likelihood, and all images "
              "together have probability K.",
              "mml-book/mml-book.github.io#361"),
  LIKELIHOOD ("mean-over-pixels", mean_over_pixels, "bmm-total",
              "The log-likelihood is averaged over pixels, not summed. It ranks "
              "parameters rightly and is no logarithm of a probability.",
              NULL),
  MAP ("prior-on-one-count", one_count, "bmm-m-map",
       "The prior's pixels are added to those that are on, and not to those that "
       "are "
       "off.",
       NULL),
  MAP ("prior-counts-components", counts_of_components, "bmm-m-map",
       "Below the line stands the number of components where the number of values "
       "of "
       "a pixel belongs, two. With two components it is right.",
       "scikit-learn/scikit-learn#4268"),
  MAP ("posterior-mean-for-mode", mean_for_mode, "bmm-m-map",
       "The mean of the Beta posterior is taken for its mode.", "ctgk/PRML#35"),
  MAP ("bernoulli-prior-ignored", prior_ignored, "bmm-map-inside",
       "The objective has a prior, the M-step has none.", NULL),
  MAP ("prior-of-another-strength", prior_of_two, "bmm-map-monotone",
       "The M-step adds one and two, whatever the prior of the objective is.",
       NULL),
  { "prior-one-sided", &bernoulli_map_interface,
    &(bernoulli_map_ops){ .log_prior = prior_one_sided }, "bmm-m-map",
    "The prior's ln (1 - theta) is forgotten.", NULL, 0, LVM_HERE },
  { "diagonal-squared", &covariance_lines, squared, "bmm-covariance",
    "The square of theta stands on the diagonal, too. But the square of a pixel is "
    "the pixel.",
    NULL, 0, LVM_HERE },
  { "variances-averaged", &covariance_lines, averaged, "bmm-within-between",
    "The components' variances are averaged, and the spread of their means is "
    "forgotten.",
    NULL, 0, LVM_HERE },
  FORMULA (
      "gradient-by-logit", pixel_gradient, gradient_by_logit, "bmm-mean-gradient",
      "The derivative by the logit is taken for the derivative by theta. Both are "
      "zero at the same place."),
  FORMULA ("curvature-turned", pixel_curvature, curvature_turned,
           "bmm-mean-curvature",
           "The second term's sign is turned, because it was differentiated once."),
  FORMULA ("between-uncentred", between, between_uncentred, "bmm-rank",
           "The prototypes are not centred, so that the rank is K."),
  FORMULA ("factor-of-two", two_pixels, factor_of_two, "bmm-two-pixels",
           "The second pixel moves by half of what it must."),
  { "component-for-each-pixel", &bernoulli_draw_interface,
    &(bernoulli_draw_ops){ component_for_each_pixel }, "bmm-draw",
    "A component is drawn for each pixel, not for each image. Every pixel has the "
    "right "
    "frequency, and no two know of each other.",
    NULL, 0, LVM_HERE },
  FAST ("tables-in-float", tables_in_float, "bmm-fast",
        "Logits are summed up in single precision."),
  FAST ("last-byte-dropped", last_byte_dropped, "bmm-fast",
        "The pixels that do not fill a byte are forgotten. 784 is a multiple of "
        "eight."),
  FAST (
      "bernoulli-shares-of-threads", shares_of_threads, "bmm-threads",
      "Each thread sums its own share of the points, so the last digits depend on "
      "how many there are."),
};
const size_t lvm_chapter_mistakes_count =
    sizeof lvm_chapter_mistakes / sizeof *lvm_chapter_mistakes;
