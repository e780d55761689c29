/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The experiment of chapter 4: one expectation by hand, every family by both routes, the
   estimators' distributions, their variances against the dimension and against the
   roughness of f, what a second buys, a baseline that does harm, heavy tails, and the
   bias of a relaxed coin.  */

#include <float.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/book.h"
#include "num/streams.h"
#include "prob/gradient.h"

enum
{
  SEED = 20240229,
  THREADS = 2,
  BOTH = LVM_PATHWISE | LVM_SCORE
};

static const double square[3] = { 0, 0, 1 };

/* Of this thread, so that other programs on the machine do not count.  */
static double
seconds (void)
{
  struct timespec t;
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &t);
  return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

static lvm_gradient_problem
gaussian_square (double mean, double sigma, size_t parameter, size_t D)
{
  return (lvm_gradient_problem){
    LVM_GAUSSIAN, { mean, sigma }, parameter, { LVM_POLYNOMIAL, 3, square, 0, 0 }, D
  };
}

static void
exactly (lvm_book *b, const lvm_gradient_problem *q, lvm_gradient_truth *y)
{
  lvm_book_check (b, "the gradient can be integrated", lvm_gradient_exact (q, y), 0,
                  0);
}

/* --- by hand ------------------------------------------------------------------- */

/* f = z^2 under N(1, 2^2), from the noise 1/2 and -1.  */
static void
by_hand (lvm_book *b)
{
  static const double eps[2] = { 0.5, -1 }, phi[2] = { 1, 2 };
  double z[2], t[2], s[2];
  lvm_family_transform (LVM_GAUSSIAN, phi, 2, eps, z);
  for (size_t i = 0; i < 2; i++)
    {
      lvm_gradient_truth y;
      const lvm_gradient_problem q = gaussian_square (1, 2, i, 1);
      exactly (b, &q, &y);
      lvm_book_check (b, "by hand: closed form", y.gradient, i == 0 ? 2 : 4, 1e-10);
      lvm_family_tangent (LVM_GAUSSIAN, phi, i, 2, eps, z, t);
      lvm_family_score (LVM_GAUSSIAN, phi, i, 2, z, s);
      lvm_book_check (b, "by hand: pathwise", z[0] * t[0] + z[1] * t[1],
                      i == 0 ? 1 : 2, 1e-15);
      const double score = (z[0] * z[0] * s[0] + z[1] * z[1] * s[1]) / 2;
      lvm_book_check (b, "by hand: score", score, i == 0 ? 0.25 : -0.75, 1e-15);
      lvm_book_value (b, i == 0 ? "hand-score-mean" : "hand-score-sigma", score,
                      "%g");
      lvm_book_value (b,
                      i == 0 ? "hand-pathwise-variance-mean"
                             : "hand-pathwise-variance-sigma",
                      y.pathwise, "%g");
      lvm_book_value (
          b, i == 0 ? "hand-score-variance-mean" : "hand-score-variance-sigma",
          y.score, "%g");
    }
}

/* --- every family ------------------------------------------------------------------ */

/* Table 04-families: sin (z), every family by each of its parameters.  */
static void
families (lvm_book *b, uint64_t S)
{
  static const double phi[LVM_FAMILIES][2] = { { 0.3, 0.8 }, { 0.3, 0.8 },
                                               { 0.7, 0 },   { 0.9, 2 },
                                               { 0.1, 0.5 }, { 0.3, 0 } };
  static const char *const names[] = { "family",         "by",
                                       "exact gradient", "pathwise",
                                       "off by",         "score",
                                       "score off by",   "ratio of variances" };
  lvm_table_writer *out = lvm_book_table_begin (b, "04-families", 8, names);
  double worst = 0;
  printf (
      "# family      by             exact    pathwise      z     score      z\n");
  for (lvm_family f = 0; f < LVM_FAMILIES; f++)
    for (size_t i = 0; i < lvm_family_parameters (f); i++)
      {
        const lvm_gradient_problem q = {
          f, { phi[f][0], phi[f][1] }, i, { LVM_SINE, 0, NULL, 1, 0 }, 1
        };
        const int has_path = lvm_family_reparameterised (f);
        lvm_gradient_truth y;
        lvm_gradient_sums x;
        exactly (b, &q, &y);
        lvm_gradient_sample (&q, BOTH, SEED + 10 * f + i, 0, S, THREADS, &x);
        const lvm_estimate path = lvm_gradient_pathwise (&x),
                           score = lvm_gradient_score (&x, 0);
        const double zp = (path.mean - y.gradient) / path.error,
                     zs = (score.mean - y.gradient) / score.error;
        char text[4][32];
        snprintf (text[0], sizeof text[0], "%.5f", path.mean);
        snprintf (text[1], sizeof text[1], "%.1f", zp);
        snprintf (text[2], sizeof text[2], "%.1f", score.variance / path.variance);
        snprintf (text[3], sizeof text[3], "%.5f", score.mean);
        lvm_table_text (out, lvm_family_names[f]);
        lvm_table_text (out, lvm_family_parameter (f, i));
        lvm_table_number (out, round (y.gradient * 1e5) / 1e5);
        lvm_table_text (out, has_path ? text[0] : "none");
        lvm_table_text (out, has_path ? text[1] : "none");
        lvm_table_text (out, text[3]);
        lvm_table_number (out, round (zs * 10) / 10);
        lvm_table_text (out, has_path ? text[2] : "none");
        printf ("%-13s %-13s %9.5f %10s %6s %9.5f %6.1f\n", lvm_family_names[f],
                lvm_family_parameter (f, i), y.gradient, has_path ? text[0] : "-",
                has_path ? text[1] : "-", score.mean, zs);
        worst = fmax (worst, fmax (has_path ? fabs (zp) : 0, fabs (zs)));
        lvm_book_check (b, "every family, by the score", zs, 0, 6);
        if (has_path)
          lvm_book_check (b, "every family, pathwise", zp, 0, 6);
      }
  lvm_book_table_end (b);
  lvm_book_value (b, "families-samples", (double) S, "%d");
  lvm_book_value (b, "families-worst", worst, "%.1f");
}

/* --- distributions -------------------------------------------------------------------- */

enum
{
  BINS = 120,
  BATCH = 100
};

/* Figure 04-distributions: estimates from 100 samples each of the gradient of E z^2 by the
   mean, at N(1, 1).  */
static void
distributions (lvm_book *b, int estimates)
{
  static const char *const names[] = { "estimate", "pathwise", "best", "score" };
  const lvm_gradient_problem q = gaussian_square (1, 1, 0, 1);
  const double low = -1, high = 5;
  double count[3][BINS] = { { 0 } };
  lvm_gradient_truth y;
  exactly (b, &q, &y);
  for (int r = 0; r < estimates; r++)
    {
      lvm_gradient_sums x;
      lvm_gradient_sample (&q, BOTH, SEED + 100, (uint64_t) r, BATCH, 1, &x);
      const double at[3] = { lvm_gradient_pathwise (&x).mean,
                             lvm_gradient_score (&x, y.baseline).mean,
                             lvm_gradient_score (&x, 0).mean };
      for (int k = 0; k < 3; k++)
        if (at[k] >= low && at[k] < high)
          count[k][(int) ((at[k] - low) / (high - low) * BINS)]++;
    }
  lvm_table_writer *out = lvm_book_table_begin (b, "04-distributions", 4, names);
  for (int i = 0; i < BINS; i++)
    {
      lvm_table_number (out, low + (i + 0.5) * (high - low) / BINS);
      for (int k = 0; k < 3; k++)
        lvm_table_number (out, count[k][i] * BINS / (high - low) / estimates);
    }
  lvm_book_table_end (b);
  lvm_book_value (b, "distributions-estimates", estimates, "%d");
  lvm_book_value (b, "distributions-pathwise", sqrt (y.pathwise / BATCH), "%.2f");
  lvm_book_value (b, "distributions-best", sqrt (y.best / BATCH), "%.2f");
  lvm_book_value (b, "distributions-score", sqrt (y.score / BATCH), "%.2f");
}

/* --- variances -------------------------------------------------------------------------- */

/* Figure 04-dimensions: |z|^2 under the standard normal.  */
static void
dimensions (lvm_book *b, size_t most)
{
  static const char *const names[] = {
    "D", "score", "score_exact", "best", "best_exact", "pathwise", "pathwise_exact"
  };
  lvm_table_writer *out = lvm_book_table_begin (b, "04-dimensions", 7, names);
  for (size_t D = 1; D <= most; D *= 2)
    {
      const double d = (double) D;
      const lvm_gradient_problem q = gaussian_square (0, 1, 0, D);
      lvm_gradient_sums x;
      lvm_gradient_truth y;
      exactly (b, &q, &y);
      lvm_book_check (b, "variance of the score", y.score, (d + 2) * (d + 4),
                      1e-8 * d * d);
      lvm_book_check (b, "variance with the best baseline", y.best, 2 * (d + 2),
                      1e-8 * d * d);
      lvm_gradient_sample (&q, BOTH, SEED + 200 + D, 0, 1 << 17, THREADS, &x);
      lvm_table_number (out, d);
      lvm_table_number (out, lvm_gradient_score (&x, 0).variance);
      lvm_table_number (out, y.score);
      lvm_table_number (out, lvm_gradient_score (&x, y.baseline).variance);
      lvm_table_number (out, y.best);
      lvm_table_number (out, lvm_gradient_pathwise (&x).variance);
      lvm_table_number (out, y.pathwise);
    }
  lvm_book_table_end (b);
}

/* The formulas of the text for f = sin (omega z) at N(0, 1).  */
static double
sine_pathwise (double w)
{
  return w * w / 2 * (1 + exp (-2 * w * w)) - w * w * exp (-w * w);
}

static double
sine_score (double w)
{
  return 0.5 - (1 - 4 * w * w) / 2 * exp (-2 * w * w) - w * w * exp (-w * w);
}

/* Figure 04-omega: the variances against the roughness of f, and where they cross.  */
static void
omegas (lvm_book *b)
{
  static const char *const names[] = { "omega", "pathwise_exact", "score_exact",
                                       "pathwise", "score" };
  lvm_table_writer *out = lvm_book_table_begin (b, "04-omega", 5, names);
  for (int i = 0; i <= 60; i++)
    {
      const double w = pow (10, -1 + i / 30.);
      const lvm_gradient_problem q = {
        LVM_GAUSSIAN, { 0, 1 }, 0, { LVM_SINE, 0, NULL, w, 0 }, 1
      };
      lvm_gradient_sums x;
      lvm_gradient_truth y;
      lvm_table_number (out, w);
      lvm_table_number (out, sine_pathwise (w));
      lvm_table_number (out, sine_score (w));
      if (i % 4 == 0)
        {
          exactly (b, &q, &y);
          lvm_book_check (b, "variance of a sine, pathwise", y.pathwise,
                          sine_pathwise (w), 1e-9 * (1 + w * w));
          lvm_book_check (b, "variance of a sine, score", y.score, sine_score (w),
                          1e-9);
          lvm_gradient_sample (&q, BOTH, SEED + 300 + (uint64_t) i, 0, 100000,
                               THREADS, &x);
        }
      lvm_table_number (out, i % 4 == 0 ? lvm_gradient_pathwise (&x).variance
                                        : INFINITY);
      lvm_table_number (out, i % 4 == 0 ? lvm_gradient_score (&x, 0).variance
                                        : INFINITY);
    }
  lvm_book_table_end (b);
  double low = 1, high = 2;
  for (int i = 0; i < 60; i++)
    {
      const double w = (low + high) / 2;
      *(sine_pathwise (w) > sine_score (w) ? &high : &low) = w;
    }
  lvm_book_value (b, "omega-crossing", low, "%.3f");
  lvm_book_value (b, "omega-ten", sine_pathwise (10) / sine_score (10), "%.0f");
}

/* --- what a second buys ---------------------------------------------------------------- */

enum
{
  PATH,
  BEST,
  PLAIN,
  METHODS,
  LEAST_D = 4,     /* with fewer a lucky step may hit the target */
  LAST_PLAIN = 16, /* beyond, without a baseline, nobody waits for it */
  MOST_D = 256
};

/* Seconds for one sample's term, by one thread; the fastest of some tries.  */
static double
cost (const lvm_gradient_problem *q, int which, uint64_t S)
{
  double best = INFINITY;
  for (int i = 0; i < 5; i++)
    {
      lvm_gradient_sums x;
      const double begin = seconds ();
      lvm_gradient_sample (q, which, SEED, 0, S, 1, &x);
      best = fmin (best, seconds () - begin);
    }
  return best / (double) S;
}

/* Stochastic gradient descent on E |z - c|^2 for z ~ N(mu, I), one sample a step, from
   |mu - c|^2 = D; x is mu - c.  Returned: steps until |x|^2 < D / 100.  */
static int
descend (gsl_rng *rng, int method, size_t D, double rate, int most)
{
  double x[MOST_D], eps[MOST_D], square_x = (double) D;
  for (size_t d = 0; d < D; d++)
    x[d] = 1;
  for (int step = 1; step <= most; step++)
    {
      double f = 0, b = method == BEST ? square_x + (double) D + 2 : 0;
      for (size_t d = 0; d < D; d++)
        {
          eps[d] = gsl_ran_gaussian_ziggurat (rng, 1);
          f += (x[d] + eps[d]) * (x[d] + eps[d]);
        }
      square_x = 0;
      for (size_t d = 0; d < D; d++)
        {
          x[d] -= rate * (method == PATH ? 2 * (x[d] + eps[d]) : (f - b) * eps[d]);
          square_x += x[d] * x[d];
        }
      if (square_x < (double) D / 100)
        return step;
      if (!(square_x < 1e6 * (double) D))
        return most;
    }
  return most;
}

/* The least steps over a grid of rates, each the mean of some runs; *time: their seconds.  */
static double
tuned (gsl_rng *rng, int method, size_t D, int runs, int cap, double *time)
{
  double best = INFINITY;
  for (int i = 0; i < 12; i++)
    {
      const double rate = 0.25 * pow (2, -i), begin = seconds ();
      const int most = (int) fmin (4 * best + 100, cap);
      double steps = 0;
      for (int r = 0; r < runs; r++)
        {
          const int n = descend (rng, method, D, rate, most);
          steps += n < most ? (double) n / runs : INFINITY;
        }
      const double took = (seconds () - begin) / runs;
      if (steps < best)
        {
          best = steps;
          *time = took;
        }
    }
  return best;
}

/* Figure 04-cost: variance times seconds a sample, and seconds to a target.  */
static void
costs (lvm_book *b, size_t most, int runs, int cap)
{
  static const char *const names[] = { "D",         "pathwise",      "best",
                                       "score",     "time_pathwise", "time_best",
                                       "time_score" };
  lvm_table_writer *out = lvm_book_table_begin (b, "04-cost", 7, names);
  gsl_rng *rng = lvm_stream_alloc (SEED, 1);
  double product[METHODS] = { 0 }, time[METHODS] = { 0 }, steps[METHODS] = { 0 },
         common[METHODS] = { 0 };
  size_t last = 1;
  for (size_t D = LEAST_D; D <= most; D *= 2)
    {
      const lvm_gradient_problem q = gaussian_square (0, 1, 0, D);
      lvm_gradient_truth y;
      const uint64_t S = 50000 / D + 1000;
      exactly (b, &q, &y);
      /* The pathwise term of one coordinate costs one sample of it; a gradient has D of them,
         and so has that of the score, which shares f.  */
      const double path = (double) D * cost (&q, LVM_PATHWISE, S),
                   score = cost (&q, LVM_SCORE, S);
      product[PATH] = path * y.pathwise;
      product[BEST] = score * y.best;
      product[PLAIN] = score * y.score;
      lvm_table_number (out, (double) D);
      for (int m = 0; m < METHODS; m++)
        lvm_table_number (out, 1e9 * product[m]);
      for (int m = 0; m < METHODS; m++)
        {
          if (m == PLAIN && D > LAST_PLAIN)
            {
              lvm_table_number (out, INFINITY);
              continue;
            }
          steps[m] = tuned (rng, m, D, runs, cap, &time[m]);
          lvm_table_number (out, time[m]);
          if (D == LAST_PLAIN)
            common[m] = steps[m];
        }
      last = D;
    }
  lvm_book_table_end (b);
  gsl_rng_free (rng);
  lvm_book_value (b, "cost-dimensions", (double) last, "%d");
  lvm_book_value (b, "cost-best-ratio", product[BEST] / product[PATH], "%.0f");
  lvm_book_value (b, "cost-score-ratio", product[PLAIN] / product[PATH], "%.0f");
  lvm_book_value (b, "target-common", LAST_PLAIN, "%d");
  lvm_book_value (b, "target-steps-pathwise", common[PATH], "%.0f");
  lvm_book_value (b, "target-steps-best", common[BEST], "%.0f");
  lvm_book_value (b, "target-steps-score", common[PLAIN], "%.0f");
  lvm_book_value (b, "target-ratio", time[BEST] / time[PATH], "%.0f");
}

/* --- baselines --------------------------------------------------------------------------- */

static void
baselines (lvm_book *b, uint64_t S)
{
  const lvm_gradient_problem q = {
    LVM_GAUSSIAN, { 0, 1 }, 0, { LVM_BUMP, 0, NULL, 0, 0.1 }, 1
  };
  lvm_gradient_sums x;
  lvm_gradient_truth y;
  exactly (b, &q, &y);
  lvm_gradient_sample (&q, LVM_SCORE, SEED + 400, 0, S, THREADS, &x);
  const double ratio = lvm_gradient_score (&x, x.f / x.count).variance
                       / lvm_gradient_score (&x, 0).variance,
               v = 0.01 / 1.01,
               exact = 1 + v * (1 - 2 * v) / pow (0.01 / 2.01, 1.5);
  lvm_book_check (b, "a narrow bump", ratio, exact, 0.02 * exact);
  lvm_book_value (b, "bump-ratio", exact, "%.1f");
  lvm_book_value (b, "bump-measured", ratio, "%.1f");
  lvm_book_value (b, "bump-best", y.baseline, "%.5f");
  lvm_book_value (b, "bump-mean", x.f / x.count, "%.4f");
}

/* Averages of estimates from four samples each, with the batch mean and leave-one-out: what is
   left of the gradient.  */
static void
small_batches (lvm_book *b, int estimates)
{
  const lvm_gradient_problem q = gaussian_square (1, 1, 0, 1);
  double with = 0, without = 0;
  for (int r = 0; r < estimates; r++)
    {
      lvm_gradient_sums x;
      lvm_gradient_sample (&q, LVM_SCORE, SEED + 500, (uint64_t) r, 4, 1, &x);
      with += lvm_gradient_batch_mean (&x).mean / estimates;
      without += lvm_gradient_leave_one_out (&x).mean / estimates;
    }
  lvm_book_value (b, "batch-mean", with, "%.2f");
  lvm_book_value (b, "leave-one-out", without, "%.2f");
  lvm_book_check (b, "the batch mean of four", with, 1.5, 20 / sqrt (estimates));
}

/* --- heavy tails --------------------------------------------------------------------------- */

/* How often an estimate of d/dmu E exp (a z), from 10^4 samples, is more than 4.5 of its own
   standard errors off.  */
static int
heavy (double a, int estimates)
{
  enum
  {
    S = 10240
  };
  const double truth = a * exp (a * a / 2);
  const lvm_gradient_problem q = {
    LVM_GAUSSIAN, { 0, 1 }, 0, { LVM_EXP, 0, NULL, a, 0 }, 1
  };
  int beyond = 0;
  for (int r = 0; r < estimates; r++)
    {
      lvm_gradient_sums x;
      lvm_gradient_sample (&q, LVM_PATHWISE, SEED + 600, (uint64_t) r * (S / 1024),
                           S, THREADS, &x);
      const lvm_estimate e = lvm_gradient_pathwise (&x);
      beyond += fabs (e.mean - truth) > 4.5 * e.error;
    }
  return beyond;
}

/* --- a relaxed coin ---------------------------------------------------------------------------- */

/* A coin of probability p made smooth: z = 1 / (1 + exp -y), y = (logit p + eps) / T with
   logistic eps.  The gradient of E z^2 by p, and the variance of its term, by the midpoint rule
   over u, eps = logit u.  The truth, for the coin itself, is 1.  */
static void
relaxed (lvm_book *b, int points)
{
  static const char *const names[] = { "temperature", "gradient", "variance" };
  static const double temperature[] = { 2, 1, 0.5, 0.2, 0.1, 0.05 };
  const double p = 0.3;
  lvm_table_writer *out = lvm_book_table_begin (b, "04-relaxed", 3, names);
  for (size_t i = 0; i < sizeof temperature / sizeof *temperature; i++)
    {
      double sum = 0, squares = 0;
      for (int k = 0; k < points; k++)
        {
          const double v = (k + 0.5) / points, T = temperature[i],
                       y = (log (p / (1 - p)) + log (v / (1 - v))) / T,
                       z = 1 / (1 + exp (-y)),
                       t = 2 * z * z * (1 - z) / (T * p * (1 - p));
          sum += t / points;
          squares += t * t / points;
        }
      lvm_table_number (out, temperature[i]);
      lvm_table_number (out, round (sum * 1e4) / 1e4);
      lvm_table_number (out, round ((squares - sum * sum) * 100) / 100);
    }
  lvm_book_table_end (b);
}

/* -------------------------------------------------------------------------------------------------- */

int
lvm_experiment (const char *dir, bool quick, lvm_error *error)
{
  lvm_book *b = lvm_book_open (dir, "04-gradients");
  const bool whole =
      dir != NULL && !quick; /* what the book shows takes some seconds */
  by_hand (b);
  families (b, whole ? 1 << 20 : 1 << 18);
  distributions (b, whole ? 50000 : 5000);
  dimensions (b, whole ? 256 : 16);
  omegas (b);
  costs (b, whole ? 128 : 16, whole ? 3 : 1, whole ? 30000 : 10000);
  baselines (b, whole ? 1 << 22 : 1 << 18);
  small_batches (b, whole ? 100000 : 10000);
  relaxed (b, whole ? 1000000 : 100000);
  const int estimates = whole ? 20000 : 500;
  lvm_book_value (b, "heavy-estimates", estimates, "%d");
  lvm_book_value (b, "heavy-expected", estimates * erfc (4.5 / sqrt (2)), "%.2f");
  lvm_book_value (b, "heavy-count", heavy (2, estimates), "%d");
  lvm_book_value (b, "heavy-light", heavy (0.5, estimates), "%d");
  return lvm_book_close (b, error);
}
