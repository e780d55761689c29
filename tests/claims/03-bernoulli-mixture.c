/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Claims of chapter 3: EM for mixtures of Bernoullis.  The other sides know nothing of
   logits, log-sum-exp or the library's steps: probabilities are multiplied out in long
   double, whose range holds 784 pixels; derivatives are differences; optima are found by
   methods without derivatives, and by trying to do better.  */

#include "claims/03-bernoulli-mixture.h"

#include <float.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_min.h>
#include <gsl/gsl_multimin.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../proofs/03-bernoulli-mixture.h"
#include "model/bmm_fast.h"
#include "model/bmm_init.h"

static const double u = DBL_EPSILON / 2;
static const long double ul = LDBL_EPSILON / 2;

/* --- the reference ---------------------------------------------------------- */

lvm_bits *
bits_of (size_t N, size_t D, const unsigned char x[])
{
  lvm_bits *b = lvm_bits_alloc (N, D);
  for (size_t i = 0; i < N * D; i++)
    if (x[i])
      lvm_bit_set (b, i / D, i % D);
  return b;
}

static lvm_bmm
view (size_t K, size_t D, const double weight[], const double mean[])
{
  return (lvm_bmm){ K, D, (double *) weight, (double *) mean };
}

static double
reference_steps (size_t N, size_t D, size_t K, const unsigned char x[],
                 const double weight[], const double mean[], double r[])
{
  const lvm_bmm g = view (K, D, weight, mean);
  lvm_bits *bits = bits_of (N, D, x);
  lvm_bmm_logits *w = lvm_bmm_logits_alloc (K, D);
  lvm_bmm_logits_set (&g, w);
  const double sum = lvm_bmm_e_step (&g, w, bits, r, NULL);
  lvm_bmm_logits_free (w);
  lvm_bits_free (bits);
  return sum;
}

static void
reference_e_step (size_t N, size_t D, size_t K, const unsigned char x[],
                  const double weight[], const double mean[], double r[])
{
  reference_steps (N, D, K, x, weight, mean, r);
}

static void
reference_map_step (size_t N, size_t D, size_t K, const unsigned char x[],
                    const double r[], double strength, double weight[],
                    double mean[])
{
  lvm_bmm g = view (K, D, weight, mean);
  lvm_bits *bits = bits_of (N, D, x);
  lvm_bmm_m_step (&g, bits, r, strength);
  lvm_bits_free (bits);
}

static void
reference_m_step (size_t N, size_t D, size_t K, const unsigned char x[],
                  const double r[], double weight[], double mean[])
{
  reference_map_step (N, D, K, x, r, 0, weight, mean);
}

static double
reference_log_likelihood (size_t N, size_t D, size_t K, const unsigned char x[],
                          const double weight[], const double mean[])
{
  return reference_steps (N, D, K, x, weight, mean, NULL);
}

static double
reference_log_prior (size_t K, size_t D, const double mean[], double strength)
{
  const lvm_bmm g = view (K, D, NULL, mean);
  return lvm_bmm_log_prior (&g, strength);
}

static const bernoulli_ops reference = { reference_e_step, reference_m_step,
                                         reference_log_likelihood };
static const char *const slots[] = { "bernoulli_e_step", "bernoulli_m_step",
                                     "bernoulli_log_likelihood" };
const lvm_interface bernoulli_interface = { "bernoulli em", 3, slots, &reference };

static const bernoulli_map_ops map_reference = { reference_map_step,
                                                 reference_log_prior };
static const char *const map_slots[] = { "bernoulli_map_step",
                                         "bernoulli_log_prior" };
const lvm_interface bernoulli_map_interface = { "bernoulli em with a prior", 2,
                                                map_slots, &map_reference };

static double
reference_iteration (int threads, lvm_bmm *g, const lvm_bits *x, double r[])
{
  double y = NAN;
  lvm_bmm_fast *w = lvm_bmm_fast_alloc (g->K, x, threads);
  lvm_bmm_fast_e_step (w, g, r, NULL, &y);
  lvm_bmm_fast_m_step (w, g, 0);
  lvm_bmm_fast_free (w);
  return y;
}

static const bernoulli_fast_ops fast_reference = { reference_iteration };
static const char *const fast_slots[] = { "bernoulli_fast_iteration" };
const lvm_interface bernoulli_fast_interface = { "bernoulli em, fast", 1,
                                                 fast_slots, &fast_reference };

static const bernoulli_draw_ops draw_reference = { lvm_bmm_draw };
static const char *const draw_slots[] = { "bernoulli_draw" };
const lvm_interface bernoulli_draw_interface = { "bernoulli draws", 1, draw_slots,
                                                 &draw_reference };

/* --- cases: images, and parameters that have nothing to do with them ---------- */

typedef struct
{
  size_t N, D, K;
  unsigned char *x;      /* [N x D] */
  double *weight, *mean; /* [K], [K x D] */
} problem;

enum
{
  ONE_COMPONENT,
  ONE_PIXEL,
  DUPLICATED_POINTS,
  CONSTANT_PIXELS, /* the first is never on, the last always */
  WEIGHT_NEAR_ZERO,
  NEAR_BOUNDARY, /* some means within 10^-12 of 0 or 1 */
  FEW_POINTS,    /* fewer than pixels */
  MANY_PIXELS,   /* 784, where probabilities are below 10^-320 */
  CORNERS
};

static void
draw_parameters (gsl_rng *g, problem *p, int corner)
{
  double sum = 0;
  for (size_t k = 0; k < p->K; k++)
    sum += p->weight[k] =
        k == 0 && corner == WEIGHT_NEAR_ZERO ? 1e-9 : 0.2 + gsl_rng_uniform (g);
  for (size_t k = 0; k < p->K; k++)
    p->weight[k] /= sum;
  const double spread = corner == MANY_PIXELS ? 3 : 1.5;
  for (size_t i = 0; i < p->K * p->D; i++)
    {
      p->mean[i] = 1 / (1 + exp (gsl_ran_gaussian (g, spread)));
      if (corner == NEAR_BOUNDARY && i % 3 != 0)
        p->mean[i] = i % 3 == 1 ? 1e-12 : 1 - 1e-12;
    }
}

/* Images of drawn parameters, and then other parameters.  */
static problem *
draw_problem (lvm_judge *j, int corner)
{
  gsl_rng *g = lvm_cases (j);
  problem *p = lvm_take (j, 1, sizeof *p);
  p->K = corner == ONE_COMPONENT ? 1 : 2 + gsl_rng_uniform_int (g, 3);
  p->D = corner == ONE_PIXEL     ? 1
         : corner == MANY_PIXELS ? 784
                                 : 2 + gsl_rng_uniform_int (g, 10);
  p->N = corner == FEW_POINTS ? 2 : 20 + gsl_rng_uniform_int (g, 40);
  p->D += corner == FEW_POINTS ? p->N : 0;
  p->x = lvm_take (j, p->N * p->D, sizeof *p->x);
  p->weight = lvm_take (j, p->K, sizeof *p->weight);
  p->mean = lvm_take (j, p->K * p->D, sizeof *p->mean);
  draw_parameters (g, p, corner == NEAR_BOUNDARY ? -1 : corner);
  for (size_t n = 0; n < p->N; n++)
    for (size_t d = 0; d < p->D; d++)
      p->x[n * p->D + d] = corner == DUPLICATED_POINTS && n % 2 == 1
                               ? p->x[(n - 1) * p->D + d]
                               : gsl_rng_uniform (g) < p->mean[n % p->K * p->D + d];
  for (size_t n = 0; n < p->N && corner == CONSTANT_PIXELS; n++)
    {
      p->x[n * p->D] = 0;
      p->x[(n + 1) * p->D - 1] = 1;
    }
  draw_parameters (g, p, corner);
  return p;
}

static problem *
copy_problem (lvm_judge *j, const problem *p)
{
  problem *q = lvm_take (j, 1, sizeof *q);
  *q = *p;
  q->x = lvm_take (j, p->N * p->D, sizeof *q->x);
  q->weight = lvm_take (j, p->K, sizeof *q->weight);
  q->mean = lvm_take (j, p->K * p->D, sizeof *q->mean);
  memcpy (q->x, p->x, p->N * p->D * sizeof *q->x);
  memcpy (q->weight, p->weight, p->K * sizeof *q->weight);
  memcpy (q->mean, p->mean, p->K * p->D * sizeof *q->mean);
  return q;
}

/* Responsibilities that no E-step made.  Every eleventh point belongs to one component
   alone.  */
static double *
draw_responsibilities (lvm_judge *j, const problem *p)
{
  double *r = lvm_take (j, p->N * p->K, sizeof *r);
  for (size_t n = 0; n < p->N; n++)
    {
      double sum = 0;
      for (size_t k = 0; k < p->K; k++)
        sum += r[n * p->K + k] =
            n % 11 == 10 ? (k == n % p->K) : gsl_ran_exponential (lvm_cases (j), 1);
      for (size_t k = 0; k < p->K; k++)
        r[n * p->K + k] /= sum;
    }
  return r;
}

/* --- the independent route ------------------------------------------------------ */

/* weight_k prod_d mean_kd^x_d (1 - mean_kd)^(1 - x_d), multiplied out.  */
static long double
joint (const problem *p, size_t n, size_t k)
{
  long double product = p->weight[k];
  for (size_t d = 0; d < p->D; d++)
    product *= p->x[n * p->D + d] ? (long double) p->mean[k * p->D + d]
                                  : 1 - (long double) p->mean[k * p->D + d];
  return product;
}

static long double
evidence (const problem *p, size_t n)
{
  long double sum = 0;
  for (size_t k = 0; k < p->K; k++)
    sum += joint (p, n, k);
  return sum;
}

static long double
plain_log_likelihood (const problem *p)
{
  long double sum = 0;
  for (size_t n = 0; n < p->N; n++)
    sum += logl (evidence (p, n));
  return sum;
}

/* sum_n sum_k r_nk ln p(x_n, k), where r = 0 contributes nothing.  */
static long double
expected (const problem *p, const double r[])
{
  long double sum = 0;
  for (size_t n = 0; n < p->N; n++)
    for (size_t k = 0; k < p->K; k++)
      if (r[n * p->K + k] > 0)
        sum += r[n * p->K + k] * logl (joint (p, n, k));
  return sum;
}

/* -sum r ln r  */
static long double
entropy (size_t size, const double r[])
{
  long double sum = 0;
  for (size_t i = 0; i < size; i++)
    sum -= r[i] > 0 ? r[i] * logl (r[i]) : 0;
  return sum;
}

/* A bound on the rounding errors of a log joint that is summed up in double, in any
   order, from logarithms: (D + 4) u times the sum of the magnitudes.  */
static double
log_error (const problem *p)
{
  double largest = 0;
  for (size_t k = 0; k < p->K; k++)
    {
      double sum = p->weight[k] > 0 ? -log (p->weight[k]) : 0;
      for (size_t d = 0; d < p->D; d++)
        {
          const double t = p->mean[k * p->D + d];
          sum += t > 0 && t < 1 ? -2 * log (t) - 2 * log1p (-t) : 0;
        }
      largest = fmax (largest, sum);
    }
  return ((double) p->D + 4) * u * (1 + largest);
}

static void
call_e_step (const bernoulli_ops *f, const problem *p, double r[])
{
  f->e_step (p->N, p->D, p->K, p->x, p->weight, p->mean, r);
}

static void
call_m_step (const bernoulli_ops *f, problem *p, const double r[])
{
  f->m_step (p->N, p->D, p->K, p->x, r, p->weight, p->mean);
}

static double
call_log_likelihood (const bernoulli_ops *f, const problem *p)
{
  return f->log_likelihood (p->N, p->D, p->K, p->x, p->weight, p->mean);
}

static double
count_of (const problem *p, const double r[], size_t k)
{
  double sum = 0;
  for (size_t n = 0; n < p->N; n++)
    sum += r[n * p->K + k];
  return sum;
}

/* s_kd  */
static double
on_of (const problem *p, const double r[], size_t k, size_t d)
{
  double sum = 0;
  for (size_t n = 0; n < p->N; n++)
    sum += p->x[n * p->D + d] ? r[n * p->K + k] : 0;
  return sum;
}

/* --- lines --------------------------------------------------------------------------- */

static double *
draw_thetas (lvm_judge *j, size_t size)
{
  double *theta = lvm_take (j, size, sizeof *theta);
  for (size_t i = 0; i < size; i++)
    theta[i] = 1 / (1 + exp (gsl_ran_gaussian (lvm_cases (j), 2)));
  return theta;
}

static double *
draw_pixels (lvm_judge *j, size_t size)
{
  double *x = lvm_take (j, size, sizeof *x);
  for (size_t i = 0; i < size; i++)
    x[i] = gsl_rng_uniform (lvm_cases (j)) < 0.5;
  return x;
}

/* Weights that sum to one exactly, as the covariance's lines need them.  */
static double *
draw_weights (lvm_judge *j, size_t K)
{
  double *weight = lvm_take (j, K, sizeof *weight), left = 1;
  for (size_t k = 1; k < K; k++)
    left -= weight[k] = ldexp (
        floor (ldexp (gsl_rng_uniform_pos (lvm_cases (j)) / (double) K, 20)) + 1,
        -20);
  weight[0] = left;
  return weight;
}

enum
{
  LINE_D = 3,
  LINE_K = 2,
  LINE_N = 3
};

static void *
draw_image (lvm_judge *j, int corner)
{
  image *at = lvm_take (j, 1, sizeof *at);
  (void) corner;
  at->D = LINE_D;
  at->weight = 0.05 + 0.9 * gsl_rng_uniform (lvm_cases (j));
  at->theta = draw_thetas (j, LINE_D);
  at->x = draw_pixels (j, LINE_D);
  return at;
}

static void *
draw_expectation (lvm_judge *j, int corner)
{
  expectation *at = lvm_take (j, 1, sizeof *at);
  double *r = lvm_take (j, LINE_N * LINE_K, sizeof *r);
  (void) corner;
  for (size_t i = 0; i < LINE_N * LINE_K; i++)
    r[i] = gsl_rng_uniform (lvm_cases (j));
  *at = (expectation){ .N = LINE_N, .D = LINE_D, .K = LINE_K, .r = r };
  at->x = draw_pixels (j, LINE_N * LINE_D);
  at->weight = draw_weights (j, LINE_K);
  at->theta = draw_thetas (j, LINE_K * LINE_D);
  return at;
}

static void *
draw_pixel (lvm_judge *j, int corner)
{
  gsl_rng *g = lvm_cases (j);
  pixel *at = lvm_take (j, 1, sizeof *at);
  (void) corner;
  at->count = gsl_ran_flat (g, 0.5, 30);
  at->on = at->count * gsl_ran_flat (g, 0.05, 0.95);
  at->theta = gsl_ran_flat (g, 0.02, 0.98);
  return at;
}

enum
{
  PIXELS_ARE_EQUAL,   /* in all components: no covariance between components */
  PIXELS_ARE_CERTAIN, /* some theta are 0 or 1 */
  MIXTURE_CORNERS
};

static void *
draw_mixture (lvm_judge *j, int corner)
{
  mixture *at = lvm_take (j, 1, sizeof *at);
  double *theta = draw_thetas (j, LINE_K * LINE_D);
  for (size_t i = 0; i < LINE_K * LINE_D; i++)
    {
      theta[i] = corner == PIXELS_ARE_EQUAL ? theta[i % LINE_D] : theta[i];
      if (corner == PIXELS_ARE_CERTAIN && i % 2 == 0)
        theta[i] = i % 4 == 0;
    }
  *at = (mixture){ LINE_K, LINE_D, draw_weights (j, LINE_K), theta };
  return at;
}

static size_t
scalar (const void *at)
{
  (void) at;
  return 1;
}

static size_t
entries (const void *at)
{
  const mixture *g = at;
  return g->D * g->D;
}

static const lvm_derivation derivations[] = {
  { &joint_lines, joint_labels, draw_image, scalar, 0, 100, LVM_HERE },
  { &q_lines, q_labels, draw_expectation, scalar, 0, 60, LVM_HERE },
  { &loss_lines, loss_labels, draw_pixel, scalar, 0, 60, LVM_HERE },
  { &covariance_lines, covariance_labels, draw_mixture, entries, MIXTURE_CORNERS,
    40, LVM_HERE }
};

/* --- the distribution -------------------------------------------------------------- */

/* The probabilities of all 2^D images sum to one, at the boundary too.  */
static void
bmm_total (lvm_judge *j, const void *ops, int corner)
{
  const bernoulli_ops *f = ops;
  problem *p = draw_problem (j, corner == MANY_PIXELS ? -1 : corner);
  for (size_t i = 0; i < p->K * p->D && corner == CONSTANT_PIXELS; i += 2)
    p->mean[i] = i % 4 == 0;
  double sum = 0;
  const size_t D = p->D, images = (size_t) 1 << D;
  for (size_t bits = 0; bits < images; bits++)
    {
      for (size_t d = 0; d < D; d++)
        p->x[d] = bits >> d & 1;
      sum += exp (f->log_likelihood (1, D, p->K, p->x, p->weight, p->mean));
    }
  lvm_equal (j, "sum over all images", sum, 1,
             2 * log_error (p) + ((double) images + (double) p->K) * u);
}

/* Draws follow the law: the frequency of each image.  */
static void
bmm_draw (lvm_judge *j, const void *ops, int corner)
{
  enum
  {
    DRAWS = 20000,
    D = 3,
    IMAGES = 8
  };
  const bernoulli_draw_ops *f = ops;
  problem *p = draw_problem (j, corner);
  double seen[IMAGES] = { 0 };
  p->D = D;
  p->K = 2;
  p->weight[0] = gsl_ran_flat (lvm_cases (j), 0.2, 0.8);
  p->weight[1] = 1 - p->weight[0];
  p->mean = draw_thetas (j, p->K * D);
  const lvm_bmm g = view (p->K, D, p->weight, p->mean);
  for (int i = 0; i < DRAWS; i++)
    {
      uint8_t x[D];
      f->draw (&g, lvm_noise (j), x);
      seen[x[0] + 2 * x[1] + 4 * x[2]] += 1;
    }
  for (size_t bits = 0; bits < IMAGES; bits++)
    {
      for (size_t d = 0; d < D; d++)
        p->x[d] = bits >> d & 1;
      const double truth = (double) evidence (p, 0);
      lvm_mean (j, "frequency of an image", seen[bits] / DRAWS,
                sqrt (truth * (1 - truth) / DRAWS), truth);
    }
}

/* --- E-step and bound ----------------------------------------------------------------- */

static void
compare_e_step (lvm_judge *j, const bernoulli_ops *f, const problem *p)
{
  double *r = lvm_take (j, p->N * p->K, sizeof *r);
  const double error = log_error (p);
  call_e_step (f, p, r);
  for (size_t n = 0; n < p->N; n++)
    for (size_t k = 0; k < p->K; k++)
      {
        const double exact = (double) (joint (p, n, k) / evidence (p, n));
        lvm_equal (j, "r_nk", r[n * p->K + k], exact,
                   (4 * error + 20 * u) * exact + 4 * DBL_MIN);
      }
}

/* Responsibilities are Bayes' rule at the current parameters.  */
static void
bmm_e_step (lvm_judge *j, const void *ops, int corner)
{
  compare_e_step (j, ops, draw_problem (j, corner));
}

/* Means of 0 and 1.  The last component has none, so that every image is possible, until
   the first pixel is certain in all of them.  */
static void
bmm_boundary (lvm_judge *j, const void *ops, int corner)
{
  const bernoulli_ops *f = ops;
  problem *p = draw_problem (j, corner);
  const double certain = gsl_rng_uniform_int (lvm_cases (j), 2) ? 1 : 0;
  for (size_t i = 0; i < (p->K - 1) * p->D; i++)
    if (gsl_rng_uniform (lvm_cases (j)) < 1.5 / (double) p->D)
      p->mean[i] = gsl_rng_uniform_int (lvm_cases (j), 2) ? 1 : 0;
  compare_e_step (j, f, p);
  lvm_equal (j, "log-likelihood", call_log_likelihood (f, p),
             (double) plain_log_likelihood (p), 4 * (double) p->N * log_error (p));
  for (size_t k = 0; k < p->K; k++)
    p->mean[k * p->D] = certain;
  p->x[0] = certain == 0;
  lvm_equal (j, "an impossible image", call_log_likelihood (f, p), -INFINITY, 0);
}

/* F(r(theta), theta) = L(theta): the bound touches after the E-step.  */
static void
bmm_tight (lvm_judge *j, const void *ops, int corner)
{
  const problem *p = draw_problem (j, corner);
  double *r = lvm_take (j, p->N * p->K, sizeof *r);
  call_e_step (ops, p, r);
  const double bound = (double) (expected (p, r) + entropy (p->N * p->K, r));
  lvm_equal (j, "log-likelihood and bound", call_log_likelihood (ops, p), bound,
             4 * (double) p->N * log_error (p));
}

/* --- whole runs ------------------------------------------------------------------------- */

enum
{
  STEPS = 12
};

/* EM never lowers the likelihood, which is judged by its own route.  One case begins
   where EM has almost converged: far from there nearly every step climbs.  */
static void
bmm_monotone (lvm_judge *j, const void *ops, int corner)
{
  problem *p = draw_problem (j, corner);
  double *r = lvm_take (j, p->N * p->K, sizeof *r);
  for (int t = 0; t < 30 && corner == CONSTANT_PIXELS; t++)
    {
      call_e_step (&reference, p, r);
      call_m_step (&reference, p, r);
    }
  long double before = plain_log_likelihood (p);
  for (int t = 0; t < STEPS; t++)
    {
      call_e_step (ops, p, r);
      call_m_step (ops, p, r);
      const long double after = plain_log_likelihood (p);
      lvm_at_least (j, "likelihood", (double) after, (double) before,
                    4 * (double) p->N * u * (1 + fabs ((double) before)));
      before = after;
    }
}

/* EM's step is the gradient of the likelihood times theta (1 - theta) / N_k.  */
static void
bmm_fisher (lvm_judge *j, const void *ops, int corner)
{
  problem *p = draw_problem (j, corner);
  double *r = lvm_take (j, p->N * p->K, sizeof *r), error[9];
  const size_t i = gsl_rng_uniform_int (lvm_cases (j), p->K * p->D);
  const double at = p->mean[i], room = fmin (at, 1 - at);
  problem *after = copy_problem (j, p);
  call_e_step (ops, p, r);
  call_m_step (ops, after, r);
  const double count = count_of (p, r, i / p->D), inside = at * (1 - at),
               slope = count * (after->mean[i] - at) / inside;
  double noise = count / inside * (2 * log_error (p) + 4 * (double) p->N * u);
  for (int s = 0; s < 9; s++)
    {
      const double h = room * ldexp (0.5, -s);
      p->mean[i] = at + h;
      const double width = p->mean[i] - at;
      const long double up = plain_log_likelihood (p);
      p->mean[i] = at - width;
      const long double down = plain_log_likelihood (p);
      error[s] = fabs ((double) ((up - down) / (2 * (long double) width)) - slope);
      noise += (double) (ul * (long double) (p->N * p->D)
                         * (1 + fabsl (up) / (long double) p->N) / width)
               / 9;
    }
  lvm_order (j, "order of the difference", 9, error, 2, 4 * noise);
}

/* --- optima ---------------------------------------------------------------------------------- */

static double
logistic_step (double theta, double h, double step)
{
  if (theta == 0 || theta == 1)
    return fabs (theta - h * fabs (step)); /* from the boundary inwards */
  return theta * exp (h * step) / (1 - theta + theta * exp (h * step));
}

static void
disturb_weights (gsl_rng *g, problem *p, double h)
{
  double sum = 0;
  for (size_t k = 0; k < p->K; k++)
    sum += p->weight[k] *= exp (gsl_ran_gaussian (g, h));
  for (size_t k = 0; k < p->K; k++)
    p->weight[k] /= sum;
}

static void
disturb_means (gsl_rng *g, problem *p, double h)
{
  for (size_t i = 0; i < p->K * p->D; i++)
    p->mean[i] = logistic_step (p->mean[i], h, gsl_ran_flat (g, -1, 1));
}

/* strength / 2 sum_kd (ln theta_kd + ln (1 - theta_kd)).  */
static long double
log_prior (const problem *p, double strength)
{
  long double sum = 0;
  for (size_t i = 0; i < p->K * p->D && strength > 0; i++)
    sum += (long double) strength / 2
           * (logl (p->mean[i]) + logl (1 - (long double) p->mean[i]));
  return sum;
}

/* No step of one sort is better; the steps are both large and small, since near an
   optimum only small steps show a gradient that is not zero.  */
static void
no_better (lvm_judge *j, const char *what, const problem *p, const double r[],
           double strength, void (*disturb) (gsl_rng *, problem *, double h))
{
  const long double best = expected (p, r) + log_prior (p, strength);
  const double slack = (double) (4 * ul * (long double) (p->N * p->K * p->D))
                       * (1 + fabs ((double) best));
  problem *moved = copy_problem (j, p);
  for (double h = 1; h > 1e-5; h /= 10)
    for (int i = 0; i < 6; i++)
      {
        memcpy (moved->weight, p->weight, p->K * sizeof *p->weight);
        memcpy (moved->mean, p->mean, p->K * p->D * sizeof *p->mean);
        disturb (lvm_noise (j), moved, h);
        const long double other = expected (moved, r) + log_prior (moved, strength);
        lvm_at_least (j, what, (double) (best - other), 0, slack);
      }
}

static void
bmm_m_weight (lvm_judge *j, const void *ops, int corner)
{
  problem *p = draw_problem (j, corner);
  const double *r = draw_responsibilities (j, p);
  double sum = 0;
  call_m_step (ops, p, r);
  for (size_t k = 0; k < p->K; k++)
    sum += p->weight[k];
  lvm_equal (j, "sum of weights", sum, 1, 100 * u);
  no_better (j, "Q, other weights", p, r, 0, disturb_weights);
}

static void
bmm_m_mean (lvm_judge *j, const void *ops, int corner)
{
  problem *p = draw_problem (j, corner);
  const double *r = draw_responsibilities (j, p);
  call_m_step (ops, p, r);
  no_better (j, "Q, other means", p, r, 0, disturb_means);
}

/* Where an unrelated method looks for its optimum: everything but one mean, or the
   weights, is held.  */
typedef struct
{
  problem *p;
  const double *r;
  size_t i;
} held;

static double
minus_q_of_mean (double theta, void *params)
{
  held *h = params;
  h->p->mean[h->i] = theta;
  return (double) -expected (h->p, h->r);
}

/* Weights as the softmax of (0, v).  */
static double
minus_q_of_weights (const gsl_vector *v, void *params)
{
  held *h = params;
  double sum = 1;
  h->p->weight[0] = 1;
  for (size_t k = 1; k < h->p->K; k++)
    sum += h->p->weight[k] = exp (gsl_vector_get (v, k - 1));
  for (size_t k = 0; k < h->p->K; k++)
    h->p->weight[k] /= sum;
  return (double) -expected (h->p, h->r);
}

/* The pixel of component k that is the most undecided: there 1/2 is a bracket.  */
static size_t
undecided (const problem *p, const double r[], size_t k)
{
  size_t best = 0;
  double distance = INFINITY;
  for (size_t d = 0; d < p->D; d++)
    {
      const double off = fabs (on_of (p, r, k, d) / count_of (p, r, k) - 0.5);
      best = off < distance ? d : best;
      distance = fmin (off, distance);
    }
  return distance < 0.45 ? best : p->D;
}

static double
by_brent (held *h)
{
  gsl_function f = { minus_q_of_mean, h };
  gsl_min_fminimizer *m = gsl_min_fminimizer_alloc (gsl_min_fminimizer_brent);
  gsl_min_fminimizer_set (m, &f, 0.5, 1e-9, 1 - 1e-9);
  for (int t = 0; t < 200 && gsl_min_fminimizer_iterate (m) == 0; t++)
    if (gsl_min_test_interval (gsl_min_fminimizer_x_lower (m),
                               gsl_min_fminimizer_x_upper (m), 1e-9, 0)
        == 0)
      break;
  const double x = gsl_min_fminimizer_x_minimum (m);
  gsl_min_fminimizer_free (m);
  return x;
}

/* h->p->weight is left at the minimum.  */
static void
by_simplex (held *h)
{
  const size_t n = h->p->K - 1;
  gsl_multimin_function f = { minus_q_of_weights, n, h };
  gsl_vector *start = gsl_vector_calloc (n), *step = gsl_vector_alloc (n);
  gsl_multimin_fminimizer *m =
      gsl_multimin_fminimizer_alloc (gsl_multimin_fminimizer_nmsimplex2, n);
  gsl_vector_set_all (step, 0.5);
  gsl_multimin_fminimizer_set (m, &f, start, step);
  for (int t = 0; t < 500 && gsl_multimin_fminimizer_iterate (m) == 0; t++)
    if (gsl_multimin_test_size (gsl_multimin_fminimizer_size (m), 1e-9) == 0)
      break;
  minus_q_of_weights (gsl_multimin_fminimizer_x (m), h);
  gsl_multimin_fminimizer_free (m);
  gsl_vector_free (start);
  gsl_vector_free (step);
}

static void
bmm_m_unrelated (lvm_judge *j, const void *ops, int corner)
{
  problem *p = draw_problem (j, corner), *q = copy_problem (j, p);
  const double *r = draw_responsibilities (j, p);
  const size_t d = undecided (p, r, 0);
  held h = { q, r, d };
  call_m_step (ops, p, r);
  if (d == p->D)
    lvm_undrawn (j);
  else
    lvm_equal (j, "mean", p->mean[d], by_brent (&h), 1e-6);
  by_simplex (&h);
  for (size_t k = 0; k < p->K; k++)
    lvm_equal (j, "weight", p->weight[k], q->weight[k], 1e-6);
}

/* Every mean and weight lies in [0, 1], to the last bit, also where a pixel is constant.  */
static void
bmm_range (lvm_judge *j, const void *ops, int corner)
{
  problem *p = draw_problem (j, corner);
  double *r = draw_responsibilities (j, p);
  for (size_t n = 0; n < p->N && corner < 0; n++)
    p->x[n * p->D] = 1;
  for (int t = 0; t < 3; t++)
    {
      call_m_step (ops, p, r);
      for (size_t i = 0; i < p->K * p->D; i++)
        lvm_exactly (j, "mean", p->mean[i], fmin (fmax (p->mean[i], 0), 1));
      for (size_t k = 0; k < p->K; k++)
        lvm_exactly (j, "weight", p->weight[k], fmin (fmax (p->weight[k], 0), 1));
      call_e_step (ops, p, r);
    }
}

/* --- the boundary ------------------------------------------------------------------------ */

/* Means of 0 and 1 and a weight of 0 keep their values.  */
static void
bmm_stays (lvm_judge *j, const void *ops, int corner)
{
  problem *p = draw_problem (j, corner);
  const size_t K = p->K, D = p->D, d = gsl_rng_uniform_int (lvm_cases (j), D);
  double *r = lvm_take (j, p->N * K, sizeof *r);
  if (K == 1)
    {
      lvm_undrawn (j); /* other images would be impossible */
      return;
    }
  const double certain = gsl_rng_uniform_int (lvm_cases (j), 2) ? 1 : 0;
  p->mean[d] = certain;
  if (K > 2)
    {
      p->weight[K - 2] += p->weight[K - 1];
      p->weight[K - 1] = 0;
    }
  for (int t = 0; t < 5; t++)
    {
      call_e_step (ops, p, r);
      call_m_step (ops, p, r);
      lvm_exactly (j, "a certain pixel", p->mean[d], certain);
      if (K > 2)
        lvm_exactly (j, "a weight of zero", p->weight[K - 1], 0);
    }
}

/* L(theta) <= sum_n ln (c_n / N), and equal where each distinct image is a component.  */
static void
bmm_ceiling (lvm_judge *j, const void *ops, int corner)
{
  problem *p = draw_problem (j, corner == MANY_PIXELS ? -1 : corner);
  problem *all = copy_problem (j, p);
  const double N = (double) p->N;
  double ceiling = 0;
  all->K = 0;
  all->weight = lvm_take (j, p->N, sizeof *all->weight);
  all->mean = lvm_take (j, p->N * p->D, sizeof *all->mean);
  for (size_t n = 0; n < p->N; n++)
    {
      double same = 0;
      size_t first = p->N;
      for (size_t i = 0; i < p->N; i++)
        if (memcmp (p->x + i * p->D, p->x + n * p->D, p->D) == 0)
          {
            same++;
            first = i < first ? i : first;
          }
      ceiling += log (same / N);
      if (first == n)
        {
          for (size_t d = 0; d < p->D; d++)
            all->mean[all->K * p->D + d] = p->x[n * p->D + d];
          all->weight[all->K++] = same / N;
        }
    }
  lvm_at_most (j, "log-likelihood", call_log_likelihood (ops, p), ceiling,
               N * log_error (p));
  lvm_equal (j, "an image a component", call_log_likelihood (ops, all), ceiling,
             8 * N * u * (1 + fabs (ceiling)));
}

/* --- MAP ------------------------------------------------------------------------------------ */

static double
draw_strength (lvm_judge *j)
{
  return exp (gsl_ran_flat (lvm_cases (j), log (0.05), log (20)));
}

static void
call_map_step (const bernoulli_map_ops *f, problem *p, const double r[],
               double strength)
{
  f->map_step (p->N, p->D, p->K, p->x, r, strength, p->weight, p->mean);
}

static void
bmm_m_map (lvm_judge *j, const void *ops, int corner)
{
  const bernoulli_map_ops *f = ops;
  problem *p = draw_problem (j, corner);
  const double *r = draw_responsibilities (j, p), strength = draw_strength (j);
  call_map_step (f, p, r, strength);
  const long double prior = log_prior (p, strength);
  lvm_equal (j, "log prior", f->log_prior (p->K, p->D, p->mean, strength),
             (double) prior,
             4 * (double) (p->K * p->D) * u * (1 + fabs ((double) prior)));
  no_better (j, "Q and prior, other means", p, r, strength, disturb_means);
}

/* Means keep a distance of strength / (2 (N + strength)) from 0 and 1.  */
static void
bmm_map_inside (lvm_judge *j, const void *ops, int corner)
{
  problem *p = draw_problem (j, corner);
  const double *r = draw_responsibilities (j, p), strength = draw_strength (j);
  const double least = strength / (2 * ((double) p->N + strength));
  call_map_step (ops, p, r, strength);
  for (size_t i = 0; i < p->K * p->D; i++)
    {
      lvm_at_least (j, "mean", p->mean[i], least, 4 * (double) p->N * u * least);
      lvm_at_most (j, "mean", p->mean[i], 1 - least, 4 * (double) p->N * u);
    }
}

/* Under MAP the objective never falls.  */
static void
bmm_map_monotone (lvm_judge *j, const void *ops, int corner)
{
  problem *p = draw_problem (j, corner);
  double *r = lvm_take (j, p->N * p->K, sizeof *r);
  const double strength = draw_strength (j);
  long double before = -INFINITY;
  for (int t = 0; t < STEPS; t++)
    {
      call_e_step (&reference, p, r);
      call_map_step (ops, p, r, strength);
      const long double now = plain_log_likelihood (p) + log_prior (p, strength);
      lvm_at_least (j, "objective", (double) now, (double) before,
                    4 * (double) (p->N + p->D) * u * (1 + fabs ((double) now)));
      before = now;
    }
}

/* --- moments ---------------------------------------------------------------------------------- */

static double
sample_mean (const problem *p, size_t d)
{
  double sum = 0;
  for (size_t n = 0; n < p->N; n++)
    sum += p->x[n * p->D + d];
  return sum / (double) p->N;
}

/* E[x_d x_e] - E[x_d] E[x_e] in the sample.  */
static double
sample_covariance (const problem *p, size_t d, size_t e)
{
  double sum = 0;
  for (size_t n = 0; n < p->N; n++)
    sum += p->x[n * p->D + d] & p->x[n * p->D + e];
  return sum / (double) p->N - sample_mean (p, d) * sample_mean (p, e);
}

static double
mixture_mean (const problem *p, size_t d)
{
  double sum = 0;
  for (size_t k = 0; k < p->K; k++)
    sum += p->weight[k] * p->mean[k * p->D + d];
  return sum;
}

/* sum_k weight_k (mean_kd - m_d)(mean_ke - m_e)  */
static double
between_components (const problem *p, size_t d, size_t e)
{
  double sum = 0;
  for (size_t k = 0; k < p->K; k++)
    sum += p->weight[k] * (p->mean[k * p->D + d] - mixture_mean (p, d))
           * (p->mean[k * p->D + e] - mixture_mean (p, e));
  return sum;
}

/* After an M-step the mixture has the sample's pixel means and variances.  */
static void
bmm_moments (lvm_judge *j, const void *ops, int corner)
{
  problem *p = draw_problem (j, corner);
  const double *r = draw_responsibilities (j, p), N = (double) p->N;
  call_m_step (ops, p, r);
  for (size_t d = 0; d < p->D; d++)
    {
      double within = 0;
      for (size_t k = 0; k < p->K; k++)
        within +=
            p->weight[k] * p->mean[k * p->D + d] * (1 - p->mean[k * p->D + d]);
      lvm_equal (j, "mean of a pixel", mixture_mean (p, d), sample_mean (p, d),
                 8 * N * u);
      lvm_equal (j, "variance of a pixel", within + between_components (p, d, d),
                 sample_covariance (p, d, d), 16 * N * u);
    }
}

/* What the mixture lacks of the sample's covariance is the average covariance within
   components.  */
static void
bmm_covariance_gap (lvm_judge *j, const void *ops, int corner)
{
  problem *p = draw_problem (j, corner);
  const double *r = draw_responsibilities (j, p), N = (double) p->N;
  const size_t D = p->D;
  call_m_step (ops, p, r);
  for (size_t d = 0; d < D && d < 12; d++)
    for (size_t e = 0; e < d; e++)
      {
        double left = 0;
        for (size_t k = 0; k < p->K; k++)
          {
            double sum = 0;
            for (size_t n = 0; n < p->N; n++)
              sum += r[n * p->K + k] * (p->x[n * D + d] - p->mean[k * D + d])
                     * (p->x[n * D + e] - p->mean[k * D + e]);
            left += p->weight[k] * sum / count_of (p, r, k);
          }
        lvm_equal (j, "what is lacking",
                   sample_covariance (p, d, e) - between_components (p, d, e), left,
                   16 * N * u);
      }
}

/* One component: the sample's pixel means, after one iteration from anywhere.  */
static void
bmm_one (lvm_judge *j, const void *ops, int corner)
{
  problem *p = draw_problem (j, ONE_COMPONENT);
  double *r = lvm_take (j, p->N, sizeof *r);
  (void) corner;
  call_e_step (ops, p, r);
  call_m_step (ops, p, r);
  lvm_equal (j, "weight", p->weight[0], 1, 4 * u);
  for (size_t d = 0; d < p->D; d++)
    lvm_equal (j, "mean", p->mean[d], sample_mean (p, d), 8 * (double) p->N * u);
}

/* --- symmetries ----------------------------------------------------------------------------------- */

/* Pixel d of the image goes to place to[d] and is reversed where reverse[d]; component k
   becomes number (k + 1) mod K.  */
static void
rearrange (const problem *p, problem *q, const size_t to[],
           const unsigned char reverse[])
{
  const size_t D = p->D;
  for (size_t n = 0; n < p->N; n++)
    for (size_t d = 0; d < D; d++)
      q->x[n * D + to[d]] = p->x[n * D + d] ^ reverse[d];
  for (size_t k = 0; k < p->K; k++)
    {
      const size_t to_k = (k + 1) % p->K;
      q->weight[to_k] = p->weight[k];
      for (size_t d = 0; d < D; d++)
        q->mean[to_k * D + to[d]] =
            reverse[d] ? 1 - p->mean[k * D + d] : p->mean[k * D + d];
    }
}

/* One iteration on rearranged and reversed images from the rearranged parameters gives
   the rearranged result.  */
static void
bmm_equivariance (lvm_judge *j, const void *ops, int corner)
{
  problem *p = draw_problem (j, corner), *q = copy_problem (j, p),
          *expected_q = copy_problem (j, p);
  const size_t K = p->K, D = p->D;
  double *r = lvm_take (j, p->N * K, sizeof *r),
         *s = lvm_take (j, p->N * K, sizeof *s);
  size_t *to = lvm_take (j, D, sizeof *to);
  unsigned char *reverse = lvm_take (j, D, sizeof *reverse);
  for (size_t d = 0; d < D; d++)
    {
      to[d] = d;
      reverse[d] = gsl_rng_uniform (lvm_cases (j)) < 0.5;
    }
  gsl_ran_shuffle (lvm_cases (j), to, D, sizeof *to);
  /* 1 - theta rounds theta near the boundary: begin with what 1 - theta keeps */
  for (size_t i = 0; i < K * D; i++)
    p->mean[i] = 1 - (1 - p->mean[i]);
  const double error = 4 * log_error (p), N = (double) p->N;
  rearrange (p, q, to, reverse);
  call_e_step (ops, p, r);
  call_m_step (ops, p, r);
  call_e_step (ops, q, s);
  call_m_step (ops, q, s);
  rearrange (p, expected_q, to, reverse);
  for (size_t n = 0; n < p->N; n++)
    for (size_t k = 0; k < K; k++)
      lvm_equal (j, "responsibility", s[n * K + (k + 1) % K], r[n * K + k],
                 error + 20 * u);
  for (size_t k = 0; k < K; k++)
    {
      const double bound =
          (error + 20 * N * u) * (1 + N / (N * expected_q->weight[k] + 1e-300));
      lvm_equal (j, "weight", q->weight[k], expected_q->weight[k], error + N * u);
      for (size_t i = k * D; i < (k + 1) * D && bound < 1e-3; i++)
        lvm_equal (j, "mean", q->mean[i], expected_q->mean[i], bound);
    }
}

/* Equal components stay equal, to the bit: EM is stuck.  */
static void
bmm_symmetric (lvm_judge *j, const void *ops, int corner)
{
  problem *p = draw_problem (j, corner);
  double *r = lvm_take (j, p->N * p->K, sizeof *r);
  for (size_t k = 1; k < p->K; k++)
    {
      p->weight[k] = p->weight[0];
      memcpy (p->mean + k * p->D, p->mean, p->D * sizeof *p->mean);
    }
  for (int t = 0; t < 5; t++)
    {
      call_e_step (ops, p, r);
      call_m_step (ops, p, r);
    }
  for (size_t i = p->D; i < p->K * p->D; i++)
    lvm_exactly (j, "mean", p->mean[i], p->mean[i % p->D]);
}

/* --- formulas ---------------------------------------------------------------------------------------- */

/* Q of one pixel, in long double.  */
static long double
pixel_q (const pixel *at, long double theta)
{
  return at->on * logl (theta) + (at->count - at->on) * logl (1 - theta);
}

/* Differences of Q, of the first or the second order, against the formula.  */
static void
pixel_derivative (lvm_judge *j, int order, double formula, const pixel *at)
{
  const double room = fmin (at->theta, 1 - at->theta);
  double error[9];
  for (int s = 0; s < 9; s++)
    {
      const long double h = (long double) room * ldexpl (0.5L, -s);
      const long double up = pixel_q (at, at->theta + h),
                        down = pixel_q (at, at->theta - h),
                        here = pixel_q (at, at->theta);
      error[s] = fabs ((double) (order == 1 ? (up - down) / (2 * h)
                                            : (up - 2 * here + down) / (h * h))
                       - formula);
    }
  const double h = room * ldexp (0.5, -8);
  lvm_order (j, "order of central differences", 9, error, 2,
             16 * u * fabs (formula)
                 + 1e-17 * at->count / (order == 1 ? h : h * h));
}

static void
bmm_mean_gradient (lvm_judge *j, const void *ops, int corner)
{
  const formula_ops *f = ops;
  const pixel *at = draw_pixel (j, corner);
  pixel_derivative (j, 1, f->pixel_gradient (at->count, at->on, at->theta), at);
}

static void
bmm_mean_curvature (lvm_judge *j, const void *ops, int corner)
{
  const formula_ops *f = ops;
  const pixel *at = draw_pixel (j, corner);
  const double curvature = f->pixel_curvature (at->count, at->on, at->theta);
  pixel_derivative (j, 2, curvature, at);
  lvm_at_most (j, "sign of the curvature", curvature, 0, 0);
}

/* The part between components has rank K - 1 at most: its K-th singular value is zero.  */
static void
bmm_rank (lvm_judge *j, const void *ops, int corner)
{
  const formula_ops *f = ops;
  const size_t K = 1 + gsl_rng_uniform_int (lvm_cases (j), 5), D = K + 3;
  double *theta = draw_thetas (j, K * D), *c = lvm_take (j, D * D, sizeof *c);
  const mixture g = { K, D, draw_weights (j, K), theta };
  (void) corner;
  f->between (&g, c);
  gsl_matrix_view A = gsl_matrix_view_array (c, D, D);
  gsl_matrix *V = gsl_matrix_alloc (D, D);
  gsl_vector *singular = gsl_vector_alloc (D);
  gsl_linalg_SV_decomp_jacobi (&A.matrix, V, singular);
  lvm_at_most (j, "singular value number K", gsl_vector_get (singular, K - 1), 0,
               100 * (double) (D * K) * u);
  gsl_vector_free (singular);
  gsl_matrix_free (V);
}

/* Mixtures of two components in two pixels, different in t, with one law.  */
static void
bmm_two_pixels (lvm_judge *j, const void *ops, int corner)
{
  const formula_ops *f = ops;
  gsl_rng *g = lvm_cases (j);
  const double m[2] = { gsl_ran_flat (g, 0.4, 0.6), gsl_ran_flat (g, 0.4, 0.6) },
               c = gsl_ran_flat (g, -0.05, 0.05);
  (void) corner;
  for (int i = 0; i < 4; i++)
    {
      double theta[4];
      f->two_pixels (m, c, gsl_ran_flat (g, 0.35, 0.7), theta);
      for (size_t bits = 0; bits < 4; bits++)
        {
          double p = 0;
          for (size_t k = 0; k < 2; k++)
            p += 0.5 * (bits & 1 ? theta[2 * k] : 1 - theta[2 * k])
                 * (bits & 2 ? theta[2 * k + 1] : 1 - theta[2 * k + 1]);
          const double law =
              (bits & 1 ? m[0] : 1 - m[0]) * (bits & 2 ? m[1] : 1 - m[1])
              + (bits == 0 || bits == 3 ? c : -c);
          lvm_equal (j, "probability of an image", p, law, 32 * u);
        }
    }
}

/* --- the fast form ----------------------------------------------------------- */

enum
{
  WHOLE_WORDS,  /* the number of pixels is a multiple of 64 */
  ODD_PIXELS,   /* and not one of 8 */
  CERTAIN_FAST, /* means of 0 and 1 */
  ALMOST_CERTAIN,
  MNIST_PIXELS, /* 784 */
  FAST_CORNERS
};

/* A larger problem, so that blocks and their tails occur.  */
static problem *
draw_big (lvm_judge *j, int corner)
{
  gsl_rng *g = lvm_cases (j);
  problem *p = lvm_take (j, 1, sizeof *p);
  p->K = 1 + gsl_rng_uniform_int (g, 12);
  p->D = corner == WHOLE_WORDS    ? 128
         : corner == ODD_PIXELS   ? 67
         : corner == MNIST_PIXELS ? 784
                                  : 1 + gsl_rng_uniform_int (g, 150);
  p->N = 1 + gsl_rng_uniform_int (g, corner == MNIST_PIXELS ? 300 : 1500);
  p->x = lvm_take (j, p->N * p->D, sizeof *p->x);
  p->weight = lvm_take (j, p->K, sizeof *p->weight);
  p->mean = lvm_take (j, p->K * p->D, sizeof *p->mean);
  draw_parameters (g, p, corner == ALMOST_CERTAIN ? NEAR_BOUNDARY : -1);
  for (size_t i = 0; i < p->N * p->D; i++)
    p->x[i] = gsl_rng_uniform (g) < p->mean[i / p->D % p->K * p->D + i % p->D];
  draw_parameters (g, p, corner == ALMOST_CERTAIN ? NEAR_BOUNDARY : -1);
  for (size_t i = 0; i < (p->K - 1) * p->D && corner == CERTAIN_FAST; i++)
    if (gsl_rng_uniform (g) < 2 / (double) p->D)
      p->mean[i] = gsl_rng_uniform_int (g, 2) ? 1 : 0;
  return p;
}

/* The fast form against the plain one.  */
static void
bmm_fast (lvm_judge *j, const void *ops, int corner)
{
  const bernoulli_fast_ops *f = ops;
  problem *p = draw_big (j, corner), *plain = copy_problem (j, p);
  const size_t K = p->K, D = p->D;
  const double N = (double) p->N, error = 2 * log_error (p);
  double *r = lvm_take (j, p->N * K, sizeof *r),
         *s = lvm_take (j, p->N * K, sizeof *s);
  lvm_bits *bits = bits_of (p->N, D, p->x);
  lvm_bmm fast = view (K, D, p->weight, p->mean);
  const double y = f->iteration (2, &fast, bits, r);
  lvm_bits_free (bits);
  const double expected_y =
      reference_steps (p->N, D, K, p->x, plain->weight, plain->mean, s);
  reference_m_step (p->N, D, K, p->x, s, plain->weight, plain->mean);
  lvm_equal (j, "log-likelihood", y, expected_y,
             N * error + N * u * fabs (expected_y));
  for (size_t i = 0; i < p->N * K; i++)
    lvm_equal (j, "r_nk", r[i], s[i], 2 * error + 20 * u);
  for (size_t k = 0; k < K; k++)
    {
      const double bound = (2 * error + 4 * N * u) * (1 + 1 / plain->weight[k]);
      lvm_equal (j, "weight", p->weight[k], plain->weight[k], 2 * error + N * u);
      for (size_t i = k * D; i < (k + 1) * D && bound < 1e-6; i++)
        lvm_equal (j, "mean", p->mean[i], plain->mean[i], bound);
    }
}

/* The number of threads does not matter, to the bit.  */
static void
bmm_threads (lvm_judge *j, const void *ops, int corner)
{
  const bernoulli_fast_ops *f = ops;
  static const int threads[] = { 2, 3, 7 };
  const problem *p = draw_big (j, corner);
  const size_t K = p->K, D = p->D;
  double *r = lvm_take (j, p->N * K, sizeof *r),
         *s = lvm_take (j, p->N * K, sizeof *s);
  lvm_bits *bits = bits_of (p->N, D, p->x);
  problem *one = copy_problem (j, p);
  lvm_bmm alone = view (K, D, one->weight, one->mean);
  const double y = f->iteration (1, &alone, bits, r);
  for (int t = 0; t < 3; t++)
    {
      problem *some = copy_problem (j, p);
      lvm_bmm many = view (K, D, some->weight, some->mean);
      lvm_exactly (j, "log-likelihood", f->iteration (threads[t], &many, bits, s),
                   y);
      lvm_exactly (j, "r", memcmp (r, s, p->N * K * sizeof *r), 0);
      for (size_t i = 0; i < K * D; i++)
        lvm_exactly (j, "mean", many.mean[i], alone.mean[i]);
    }
  lvm_bits_free (bits);
}

/* ------------------------------------------------------------------------------------------------------------------ */

#define ON_EM(label, kind, random, judge)                                          \
  {                                                                                \
    label, kind, &bernoulli_interface, CORNERS, random, 0, judge, LVM_HERE         \
  }
#define ON_MAP(label, kind, random, judge)                                         \
  {                                                                                \
    label, kind, &bernoulli_map_interface, CORNERS, random, 0, judge, LVM_HERE     \
  }
#define ON_FORMULA(label, kind, random, judge)                                     \
  {                                                                                \
    label, kind, &formula_interface, 0, random, 0, judge, LVM_HERE                 \
  }

static const lvm_claim claims[] = {
  ON_EM ("bmm-total", LVM_IDENTITY, 30, bmm_total),
  ON_EM ("bmm-e-step", LVM_IDENTITY, 60, bmm_e_step),
  ON_EM ("bmm-boundary", LVM_IDENTITY, 40, bmm_boundary),
  ON_EM ("bmm-tight", LVM_IDENTITY, 60, bmm_tight),
  ON_EM ("bmm-monotone", LVM_INEQUALITY, 40, bmm_monotone),
  ON_EM ("bmm-fisher", LVM_DERIVATIVE, 40, bmm_fisher),
  ON_EM ("bmm-m-weight", LVM_OPTIMUM, 30, bmm_m_weight),
  ON_EM ("bmm-m-mean", LVM_OPTIMUM, 30, bmm_m_mean),
  { "bmm-m-unrelated", LVM_OPTIMUM, &bernoulli_interface, 0, 20, 0, bmm_m_unrelated,
    LVM_HERE },
  ON_EM ("bmm-range", LVM_EXACT, 40, bmm_range),
  ON_EM ("bmm-stays", LVM_EXACT, 40, bmm_stays),
  ON_EM ("bmm-ceiling", LVM_INEQUALITY, 30, bmm_ceiling),
  ON_EM ("bmm-moments", LVM_IDENTITY, 40, bmm_moments),
  ON_EM ("bmm-covariance-gap", LVM_IDENTITY, 30, bmm_covariance_gap),
  ON_EM ("bmm-one", LVM_REDUCTION, 30, bmm_one),
  ON_EM ("bmm-equivariance", LVM_IDENTITY, 40, bmm_equivariance),
  ON_EM ("bmm-symmetric", LVM_EXACT, 20, bmm_symmetric),
  ON_MAP ("bmm-m-map", LVM_OPTIMUM, 30, bmm_m_map),
  ON_MAP ("bmm-map-inside", LVM_INEQUALITY, 30, bmm_map_inside),
  ON_MAP ("bmm-map-monotone", LVM_INEQUALITY, 30, bmm_map_monotone),
  ON_FORMULA ("bmm-mean-gradient", LVM_DERIVATIVE, 60, bmm_mean_gradient),
  ON_FORMULA ("bmm-mean-curvature", LVM_DERIVATIVE, 60, bmm_mean_curvature),
  ON_FORMULA ("bmm-rank", LVM_INEQUALITY, 40, bmm_rank),
  ON_FORMULA ("bmm-two-pixels", LVM_IDENTITY, 40, bmm_two_pixels),
  { "bmm-fast", LVM_IDENTITY, &bernoulli_fast_interface, FAST_CORNERS, 30, 0,
    bmm_fast, LVM_HERE },
  { "bmm-threads", LVM_EXACT, &bernoulli_fast_interface, FAST_CORNERS, 20, 0,
    bmm_threads, LVM_HERE },
  { "bmm-draw", LVM_STATISTICAL, &bernoulli_draw_interface, 0, 5, 40, bmm_draw,
    LVM_HERE }
};

const lvm_suite lvm_chapter_suite = { "03-bernoulli-mixture", claims,
                                      sizeof claims / sizeof *claims, derivations,
                                      sizeof derivations / sizeof *derivations };
