/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The experiment of chapter 2: four points by hand, Old Faithful, many restarts, the
   rate of convergence, how many components, and a likelihood without a maximum.  */

#include <float.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/book.h"
#include "data/csv.h"
#include "model/gmm.h"
#include "model/gmm_init.h"
#include "num/log_sum_exp.h"

enum
{
  SEED = 20240229,
  STARTS = 10, /* of each sort, where many ends are compared */
  MOST_ITERATIONS = 2000
};

static const lvm_gmm_prior no_prior = { 0, NULL };

/* One E-step and one M-step.  Returned: the log-likelihood before it; NaN where a
   covariance is not positive definite.  r [N x K] is overwritten.  */
static double
iterate (lvm_gmm *g, lvm_gmm_roots *w, size_t N, const double x[], double r[],
         const lvm_gmm_prior *prior)
{
  if (lvm_gmm_factorise (g, w) != 0)
    return NAN;
  const double before = lvm_gmm_e_step (g, w, N, x, r, NULL);
  lvm_gmm_m_step (g, N, x, r, prior);
  return before;
}

static double
log_likelihood (const lvm_gmm *g, lvm_gmm_roots *w, size_t N, const double x[])
{
  return lvm_gmm_factorise (g, w) == 0 ? lvm_gmm_e_step (g, w, N, x, NULL, NULL)
                                       : NAN;
}

/* --- by hand ---------------------------------------------------------------- */

/* Four points on a line, two components, one iteration.  */
static void
four_points (lvm_book *b)
{
  static const double x[4] = { 0, 1, 4, 5 };
  static const char *const names[4] = { "hand-r-1", "hand-r-2", "hand-r-3",
                                        "hand-r-4" };
  double r[8];
  lvm_gmm *g = lvm_gmm_alloc (2, 1, LVM_FULL);
  lvm_gmm_roots *w = lvm_gmm_roots_alloc (2, 1);
  g->mean[0] = 1;
  g->mean[1] = 4;
  double log_evidence[4];
  lvm_gmm_factorise (g, w);
  lvm_gmm_e_step (g, w, 4, x, NULL, log_evidence);
  const double before = iterate (g, w, 4, x, r, &no_prior);
  for (int n = 0; n < 4; n++)
    {
      lvm_book_value (b, names[n], r[2 * n], "%.6f");
      lvm_book_check (b, "four points: the logistic of 15/2 - 3 x", r[2 * n],
                      1 / (1 + exp (3 * x[n] - 7.5)), 64 * DBL_EPSILON);
    }
  lvm_book_value (b, "hand-l-1", log_evidence[0], "%.4f");
  lvm_book_value (b, "hand-l-2", log_evidence[1], "%.4f");
  lvm_book_check (b, "four points: a half each", g->weight[0], 0.5,
                  8 * DBL_EPSILON);
  lvm_book_value (b, "hand-mean-1", g->mean[0], "%.4f");
  lvm_book_value (b, "hand-mean-2", g->mean[1], "%.4f");
  lvm_book_value (b, "hand-variance", g->covariance[0], "%.4f");
  lvm_book_value (b, "hand-before", before, "%.4f");
  lvm_book_value (b, "hand-after", log_likelihood (g, w, 4, x), "%.4f");
  iterate (g, w, 4, x, r, &no_prior);
  lvm_book_value (b, "hand-rest", fmax (r[3], r[4]), "%.0e");
  lvm_book_value (b, "hand-second-1", g->mean[0], "%.4f");
  lvm_book_value (b, "hand-second-2", g->mean[1], "%.4f");
  lvm_book_value (b, "hand-second-variance", g->covariance[0], "%.4f");
  lvm_gmm_roots_free (w);
  lvm_gmm_free (g);
}

/* --- Old Faithful ------------------------------------------------------------- */

/* The outline of a covariance at one and two standard deviations, as one closed line.  */
static void
ellipse (lvm_table_writer *t, double iteration, const lvm_gmm *g,
         const double root[], size_t k, double radius)
{
  enum
  {
    CORNERS = 60
  };
  for (int i = 0; i <= CORNERS; i++)
    {
      const double a = 2 * M_PI * i / CORNERS, u = radius * cos (a),
                   v = radius * sin (a);
      lvm_table_number (t, iteration);
      lvm_table_number (t, (double) k);
      lvm_table_number (t, g->mean[2 * k] + root[0] * u);
      lvm_table_number (t, g->mean[2 * k + 1] + root[2] * u + root[3] * v);
    }
  lvm_table_scan (t);
}

/* A start far from the answer: both components broad, on the wrong diagonal.  */
static void
far_start (lvm_gmm *g)
{
  const double mean[4] = { 2, 85, 4.5, 60 }, c[4] = { 0.5, 0, 0, 80 };
  memcpy (g->mean, mean, sizeof mean);
  memcpy (g->covariance, c, sizeof c);
  memcpy (g->covariance + 4, c, sizeof c);
  g->weight[0] = g->weight[1] = 0.5;
}

/* Of the first of two components for one point.  */
static double
responsibility (const lvm_gmm *g, lvm_gmm_roots *w, const double x[])
{
  double r[2];
  lvm_gmm_e_step (g, w, 1, x, r, NULL);
  return r[0];
}

/* Figure 02-fit: the fit at some iterations, a block each, then the points.  */
static void
old_faithful (lvm_book *b, const lvm_table *t, double r[])
{
  static const char *const names[] = { "iteration", "component", "x", "y" };
  static const int shown[] = { 0, 1, 2, 5, 10, 20 };
  lvm_table_writer *out = lvm_book_table_begin (b, "02-fit", 4, names);
  lvm_gmm *g = lvm_gmm_alloc (2, 2, LVM_FULL);
  lvm_gmm_roots *w = lvm_gmm_roots_alloc (2, 2);
  double before = -INFINITY, now;
  int iteration = 0, next = 0;
  far_start (g);
  for (;; iteration++)
    {
      now = log_likelihood (g, w, t->rows, t->x);
      const int end = now - before < 1e-10 * (double) t->rows;
      if (end || (next < 6 && iteration == shown[next]))
        {
          for (size_t k = 0; k < 2; k++)
            for (int radius = 1; radius <= 2; radius++)
              ellipse (out, iteration, g, w->root + 4 * k, k, radius);
          lvm_table_scan (out);
          next++;
        }
      if (end)
        break;
      lvm_book_check (b, "the likelihood does not fall", fmin (now - before, 0), 0,
                      1e-9);
      before = now;
      iterate (g, w, t->rows, t->x, r, &no_prior);
    }
  for (size_t n = 0; n < t->rows; n++)
    {
      lvm_table_number (out, iteration);
      lvm_table_number (out, responsibility (g, w, t->x + 2 * n));
      lvm_table_number (out, t->x[2 * n]);
      lvm_table_number (out, t->x[2 * n + 1]);
    }
  lvm_book_table_end (b);
  const size_t long_ones = g->mean[0] > g->mean[2] ? 0 : 1;
  lvm_book_value (b, "faithful-points", (double) t->rows, "%d");
  lvm_book_value (b, "faithful-iterations", iteration, "%d");
  lvm_book_value (b, "faithful-likelihood", now, "%.3f");
  lvm_book_value (b, "faithful-weight-long", g->weight[long_ones], "%.3f");
  lvm_book_value (b, "faithful-weight-short", g->weight[1 - long_ones], "%.3f");
  lvm_book_value (b, "faithful-long-eruption", g->mean[2 * long_ones], "%.2f");
  lvm_book_value (b, "faithful-long-waiting", g->mean[2 * long_ones + 1], "%.1f");
  lvm_book_value (b, "faithful-short-eruption", g->mean[2 * (1 - long_ones)],
                  "%.2f");
  lvm_book_value (b, "faithful-short-waiting", g->mean[2 * (1 - long_ones) + 1],
                  "%.1f");
  lvm_book_check (b, "the likelihood found by mclust", now, -1130.264, 5e-4);
  printf ("# component   weight  eruption  waiting\n");
  for (size_t k = 0; k < 2; k++)
    printf ("%11zu %8.3f %9.3f %8.3f\n", k + 1, g->weight[k], g->mean[2 * k],
            g->mean[2 * k + 1]);
  lvm_gmm_roots_free (w);
  lvm_gmm_free (g);
}

/* --- restarts ------------------------------------------------------------------- */

/* One run of EM.  Returned: the last log-likelihood, NaN where it ended degenerate.  Where
   there is a table, each iteration is a row.  */
static double
run (const lvm_table *t, lvm_gmm *g, lvm_gmm_roots *w, double r[],
     const double scale[], lvm_table_writer *out)
{
  double before = -INFINITY;
  for (int i = 0; i < MOST_ITERATIONS; i++)
    {
      if (lvm_gmm_degenerate (g, w, t->rows, scale) < g->K)
        return NAN;
      const double now = lvm_gmm_e_step (g, w, t->rows, t->x, r, NULL);
      if (out != NULL)
        {
          lvm_table_number (out, i);
          lvm_table_number (out, now);
        }
      if (now - before < 1e-9 * (double) t->rows)
        return now;
      before = now;
      lvm_gmm_m_step (g, t->rows, t->x, r, &no_prior);
    }
  return before;
}

/* Figure 02-restarts: the likelihood against the iteration, from many random starts.  */
static void
restarts (lvm_book *b, const lvm_table *t, double r[], int runs)
{
  static const char *const names[] = { "iteration", "log_likelihood" };
  enum
  {
    K = 4
  };
  lvm_table_writer *out = lvm_book_table_begin (b, "02-restarts", 2, names);
  lvm_gmm *g = lvm_gmm_alloc (K, 2, LVM_FULL);
  lvm_gmm_roots *w = lvm_gmm_roots_alloc (K, 2);
  gsl_rng *rng = gsl_rng_alloc (gsl_rng_mt19937);
  double scale[4], best = -INFINITY, worst = INFINITY;
  int degenerate = 0, best_found = 0;
  double *ends = lvm_alloc ((size_t) runs, sizeof *ends);
  lvm_gmm_scale (t->rows, 2, t->x, LVM_FULL, NULL, scale);
  gsl_rng_set (rng, SEED);
  for (int i = 0; i < runs; i++)
    {
      lvm_gmm_start (g, t->rows, t->x, LVM_RANDOM, rng, &no_prior, scale);
      ends[i] = run (t, g, w, r, scale, out);
      if (i < runs - 1)
        lvm_table_block (out);
      degenerate += isnan (ends[i]);
      best = ends[i] > best ? ends[i] : best;
      worst = ends[i] < worst ? ends[i] : worst;
    }
  for (int i = 0; i < runs; i++)
    best_found += ends[i] > best - 0.01;
  lvm_book_table_end (b);
  lvm_book_value (b, "restarts-runs", runs, "%d");
  lvm_book_value (b, "restarts-components", K, "%d");
  lvm_book_value (b, "restarts-degenerate", degenerate, "%d");
  lvm_book_value (b, "restarts-best", best, "%.2f");
  lvm_book_value (b, "restarts-worst", worst, "%.2f");
  lvm_book_value (b, "restarts-best-found", best_found, "%d");
  free (ends);
  gsl_rng_free (rng);
  lvm_gmm_roots_free (w);
  lvm_gmm_free (g);
}

/* --- how many components ------------------------------------------------------------ */

/* The best end, by the likelihood, of so many starts of each sort.  Degenerate ones do not
   count, but are counted.  */
static double
best_end (const lvm_table *t, lvm_gmm *g, double r[], gsl_rng *rng, int kmeans,
          int random, int *degenerate)
{
  lvm_gmm_roots *w = lvm_gmm_roots_alloc (g->K, g->D);
  lvm_gmm *one = lvm_gmm_alloc (g->K, g->D, g->kind);
  double *scale = lvm_alloc (g->D * g->D, sizeof *scale), best = -INFINITY;
  lvm_gmm_scale (t->rows, g->D, t->x, g->kind, NULL, scale);
  *degenerate = 0;
  for (int i = 0; i < kmeans + random; i++)
    {
      lvm_gmm_start (one, t->rows, t->x, i < kmeans ? LVM_KMEANS : LVM_RANDOM, rng,
                     &no_prior, scale);
      const double end = run (t, one, w, r, scale, NULL);
      *degenerate += isnan (end);
      if (end > best)
        {
          best = end;
          lvm_gmm_copy (g, one);
        }
    }
  lvm_gmm_free (one);
  lvm_gmm_roots_free (w);
  free (scale);
  return best;
}

/* Figure 02-bic: BIC against K for each kind.  */
static void
components (lvm_book *b, const lvm_table *t, double r[], size_t most)
{
  static const char *const names[] = { "components", "full", "diagonal",
                                       "spherical", "tied" };
  lvm_table_writer *out = lvm_book_table_begin (b, "02-bic", 5, names);
  gsl_rng *rng = gsl_rng_alloc (gsl_rng_mt19937);
  double lowest = INFINITY, lowest_k = 0;
  int lowest_kind = 0;
  gsl_rng_set (rng, SEED + 1);
  for (size_t K = 1; K <= most; K++)
    {
      lvm_table_number (out, (double) K);
      for (lvm_covariance kind = LVM_FULL; kind <= LVM_TIED; kind++)
        {
          lvm_gmm *g = lvm_gmm_alloc (K, 2, kind);
          int degenerate;
          const double bic =
              -2 * best_end (t, g, r, rng, STARTS, STARTS, &degenerate)
              + log ((double) t->rows) * (double) lvm_gmm_parameters (K, 2, kind);
          lvm_table_number (out, bic);
          if (kind == LVM_SPHERICAL && K == 3)
            lvm_book_value (b, "bic-spherical", bic, "%.0f");
          if (bic < lowest)
            {
              lowest = bic;
              lowest_k = (double) K;
              lowest_kind = (int) kind;
            }
          lvm_gmm_free (g);
        }
    }
  lvm_book_table_end (b);
  lvm_book_value (b, "bic-components", lowest_k, "%d");
  lvm_book_value (b, "bic-lowest", lowest, "%.1f");
  lvm_book_value (b, "bic-is-tied", lowest_kind == LVM_TIED, "%d");
  gsl_rng_free (rng);
}

/* --- rate ------------------------------------------------------------------------------ */

enum
{
  RATE_POINTS = 2000,
  FROM = 12 /* the iteration at which the predicted slope is attached */
};

/* Two components of unit variance and known weights in one dimension.  */
static void
mean_step (const double x[], double mean[2])
{
  double count[2] = { 0 }, sum[2] = { 0 };
  for (size_t n = 0; n < RATE_POINTS; n++)
    {
      const double l[2] = { -pow (x[n] - mean[0], 2) / 2,
                            -pow (x[n] - mean[1], 2) / 2 };
      double r[2];
      lvm_softmax (2, l, r);
      for (int k = 0; k < 2; k++)
        {
          count[k] += r[k];
          sum[k] += r[k] * x[n];
        }
    }
  mean[0] = sum[0] / count[0];
  mean[1] = sum[1] / count[1];
}

/* The largest eigenvalue of I_c^-1 (I_c - I_o): em-rate.  */
static double
missing_information (const double x[], const double mean[2])
{
  double a = 0, c = 0, d = 0, count[2] = { 0 };
  for (size_t n = 0; n < RATE_POINTS; n++)
    {
      const double l[2] = { -pow (x[n] - mean[0], 2) / 2,
                            -pow (x[n] - mean[1], 2) / 2 };
      double r[2];
      lvm_softmax (2, l, r);
      const double v = x[n] - mean[0], w = -(x[n] - mean[1]);
      count[0] += r[0];
      count[1] += r[1];
      a += r[0] * r[1] * v * v;
      c += r[0] * r[1] * v * w;
      d += r[0] * r[1] * w * w;
    }
  a /= count[0];
  d /= count[1];
  return (a + d) / 2 + sqrt ((a - d) * (a - d) / 4 + c * c / (count[0] * count[1]));
}

/* Figure 02-rate: the error against the iteration and the slope that is predicted, for
   three distances between the components.  */
static void
rates (lvm_book *b)
{
  static const char *const names[] = { "iteration", "error", "predicted" };
  static const double gaps[] = { 4, 2.5, 0.8 };
  static const char *const values[] = { "rate-far", "rate-middle", "rate-near" };
  lvm_table_writer *out = lvm_book_table_begin (b, "02-rate", 3, names);
  gsl_rng *rng = gsl_rng_alloc (gsl_rng_mt19937);
  double *x = lvm_alloc (RATE_POINTS, sizeof *x);
  gsl_rng_set (rng, SEED + 2);
  for (int i = 0; i < 3; i++)
    {
      for (size_t n = 0; n < RATE_POINTS; n++)
        x[n] = gsl_ran_ugaussian (rng) + (n % 2 == 0 ? -0.5 : 0.5) * gaps[i];
      double end[2] = { -gaps[i] / 2, gaps[i] / 2 };
      for (int t = 0; t < 3000; t++)
        mean_step (x, end);
      const double rate = missing_information (x, end);
      double mean[2] = { end[0] - 0.6, end[1] + 0.3 }, last = 0, anchor = 0,
             measured = 0;
      for (int t = 0; t <= 60; t++)
        {
          const double error = hypot (mean[0] - end[0], mean[1] - end[1]);
          if (error < 1e-13)
            break;
          anchor = t == FROM ? error : anchor;
          measured = error > 1e-10 ? error / last : measured;
          lvm_table_number (out, t);
          lvm_table_number (out, error);
          lvm_table_number (out,
                            t < FROM ? INFINITY : anchor * pow (rate, t - FROM));
          last = error;
          mean_step (x, mean);
        }
      lvm_book_check (b, "the rate of convergence", measured, rate, 0.01);
      if (i < 2)
        lvm_table_block (out);
      lvm_book_value (b, values[i], rate, "%.3f");
    }
  lvm_book_table_end (b);
  free (x);
  gsl_rng_free (rng);
}

/* --- a likelihood without a maximum ---------------------------------------------------------- */

/* Many waiting times are the same number of minutes.  A third component that is narrow around
   the commonest one climbs past every maximum.  */
static double
commonest_waiting (const lvm_table *t, int *how_many)
{
  double best = 0;
  *how_many = 0;
  for (size_t i = 0; i < t->rows; i++)
    {
      int count = 0;
      for (size_t n = 0; n < t->rows; n++)
        count += t->x[2 * n + 1] == t->x[2 * i + 1];
      if (count > *how_many)
        {
          *how_many = count;
          best = t->x[2 * i + 1];
        }
    }
  return best;
}

/* Two broad components, and a third that is narrow around one number of minutes.  */
static void
narrow_start (lvm_gmm *g, double waiting)
{
  const double mean[6] = { 4.3, 80, 2, 54.5, 4.3, waiting };
  const double broad[4] = { 0.17, 0.5, 0.5, 36 }, narrow[4] = { 0.17, 0, 0, 0.12 };
  const double weight[3] = { 0.6, 0.35, 0.05 };
  memcpy (g->weight, weight, sizeof weight);
  memcpy (g->mean, mean, sizeof mean);
  memcpy (g->covariance, broad, sizeof broad);
  memcpy (g->covariance + 4, broad, sizeof broad);
  memcpy (g->covariance + 8, narrow, sizeof narrow);
}

/* The best ends of two and of three components, which are not degenerate; and how often ten
   components started by k-means are.  */
static void
ordinary_ends (lvm_book *b, const lvm_table *t, double r[], int tries,
               double ends[2])
{
  gsl_rng *rng = gsl_rng_alloc (gsl_rng_mt19937);
  int degenerate;
  gsl_rng_set (rng, SEED + 3);
  for (size_t K = 2; K <= 3; K++)
    {
      lvm_gmm *g = lvm_gmm_alloc (K, 2, LVM_FULL);
      ends[K - 2] = best_end (t, g, r, rng, STARTS, STARTS, &degenerate);
      lvm_gmm_free (g);
    }
  lvm_gmm *ten = lvm_gmm_alloc (10, 2, LVM_FULL);
  best_end (t, ten, r, rng, tries, 0, &degenerate);
  lvm_gmm_free (ten);
  gsl_rng_free (rng);
  lvm_book_value (b, "singular-found", degenerate, "%d");
  lvm_book_value (b, "singular-tried", tries, "%d");
}

/* Figure 02-singular: the likelihood with that start, and under the prior.  */
static void
singular (lvm_book *b, const lvm_table *t, double r[], int tries)
{
  static const char *const names[] = { "iteration", "log_likelihood", "with_prior",
                                       "two", "three" };
  lvm_table_writer *out = lvm_book_table_begin (b, "02-singular", 5, names);
  double scale[4], climbing = 0, last = 0, held = 0;
  int how_many, alive = 1, iterations = 0;
  const double waiting = commonest_waiting (t, &how_many);
  double ordinary[2];
  ordinary_ends (b, t, r, tries, ordinary);
  lvm_gmm *g[2] = { lvm_gmm_alloc (3, 2, LVM_FULL),
                    lvm_gmm_alloc (3, 2, LVM_FULL) };
  lvm_gmm_roots *w = lvm_gmm_roots_alloc (3, 2);
  lvm_gmm_scale (t->rows, 2, t->x, LVM_FULL, NULL, scale);
  const lvm_gmm_prior prior = { 5, scale };
  for (int i = 0; i < 2; i++)
    narrow_start (g[i], waiting);
  for (int i = 0; i < 11; i++)
    {
      climbing = alive ? iterate (g[0], w, t->rows, t->x, r, &no_prior) : NAN;
      held = iterate (g[1], w, t->rows, t->x, r, &prior);
      alive = alive && isfinite (climbing);
      last = alive ? climbing : last;
      iterations = alive ? i : iterations;
      lvm_table_number (out, i);
      lvm_table_number (out, alive ? climbing : INFINITY);
      lvm_table_number (out, held);
      lvm_table_number (out, ordinary[0]);
      lvm_table_number (out, ordinary[1]);
    }
  lvm_book_table_end (b);
  lvm_book_value (b, "singular-three", ordinary[1], "%.1f");
  lvm_book_value (b, "singular-waiting", waiting, "%d");
  lvm_book_value (b, "singular-points", how_many, "%d");
  lvm_book_value (b, "singular-last", last, "%.1f");
  lvm_book_value (b, "singular-iterations", iterations, "%d");
  lvm_book_value (b, "singular-held", held, "%.1f");
  lvm_gmm_roots_free (w);
  lvm_gmm_free (g[0]);
  lvm_gmm_free (g[1]);
}

/* --- irises without labels ------------------------------------------------------------------ */

/* How many flowers three components misplace, if each species is matched with a component in
   the best of the six ways.  */
static int
misplaced (const lvm_table *t, const double r[])
{
  static const int order[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
                                   { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
  int fewest = (int) t->rows;
  for (int i = 0; i < 6; i++)
    {
      int wrong = 0;
      for (size_t n = 0; n < t->rows; n++)
        wrong += (int) lvm_argmax (3, r + 3 * n) != order[i][t->labels[n]];
      fewest = wrong < fewest ? wrong : fewest;
    }
  return fewest;
}

/* Whether one component has all flowers of the first species, and no others.  */
static bool
first_is_apart (const lvm_table *t, const double r[])
{
  const size_t own = lvm_argmax (3, r);
  bool apart = true;
  for (size_t n = 0; n < t->rows; n++)
    apart = apart && (lvm_argmax (3, r + 3 * n) == own) == (t->labels[n] == 0);
  return apart;
}

/* The exercise: the best of twenty starts for each kind, against the species.  */
static int
irises (lvm_book *b, lvm_error *error)
{
  static const char *const names[] = { "iris-full", "iris-diagonal",
                                       "iris-spherical", "iris-tied" };
  lvm_table t;
  gsl_rng *rng = gsl_rng_alloc (gsl_rng_mt19937);
  gsl_rng_set (rng, SEED + 4);
  if (lvm_csv_read (&t, LVM_ROOT "/chapters/01-responsibilities/iris.csv",
                    "Species", error)
      == LVM_OK)
    {
      double *r = lvm_alloc (t.rows * 3, sizeof *r);
      for (lvm_covariance kind = LVM_FULL; kind <= LVM_TIED; kind++)
        {
          lvm_gmm *g = lvm_gmm_alloc (3, t.columns, kind);
          lvm_gmm_roots *w = lvm_gmm_roots_alloc (3, t.columns);
          int degenerate;
          best_end (&t, g, r, rng, STARTS, STARTS, &degenerate);
          lvm_gmm_factorise (g, w);
          lvm_gmm_e_step (g, w, t.rows, t.x, r, NULL);
          lvm_book_value (b, names[kind], misplaced (&t, r), "%d");
          lvm_book_check (b, "setosa is a component", first_is_apart (&t, r), 1, 0);
          lvm_gmm_roots_free (w);
          lvm_gmm_free (g);
        }
      free (r);
    }
  lvm_table_free (&t);
  gsl_rng_free (rng);
  return error->status;
}

/* ------------------------------------------------------------------------------------------------ */

int
lvm_experiment (const char *dir, bool quick, lvm_error *error)
{
  lvm_table t;
  gsl_set_error_handler_off ();
  if (lvm_csv_read (&t, LVM_ROOT "/chapters/02-gaussian-mixture/faithful.csv", NULL,
                    error)
      != LVM_OK)
    return error->status;
  lvm_book *b = lvm_book_open (dir, "02-gaussian-mixture");
  double *r = lvm_alloc (t.rows * 10, sizeof *r);
  four_points (b);
  old_faithful (b, &t, r);
  restarts (b, &t, r, quick ? 12 : 60);
  components (b, &t, r, quick ? 4 : 7);
  rates (b);
  singular (b, &t, r, quick ? 20 : 100);
  free (r);
  lvm_table_free (&t);
  irises (b, error);
  fprintf (stderr, "Seed %d. ", SEED);
  return lvm_book_close (b, error);
}
