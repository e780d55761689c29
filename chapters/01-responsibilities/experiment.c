/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The experiment of chapter 1: three bags by hand, then 150 irises.  Every species
   gets a Gaussian of its own, and each flower is asked which of the three made it.
 */

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/book.h"
#include "data/csv.h"
#include "num/cholesky.h"
#include "num/compare.h"
#include "num/exact.h"
#include "num/log_sum_exp.h"
#include "prob/gaussian.h"
#include "prob/responsibilities.h"

enum
{
  K = 3,
  D = 4,
  DOUBTFUL = 8
};

/* K Gaussians in d <= D dimensions.  */
typedef struct
{
  size_t d;
  double mean[K][D], covariance[K][D * D], root[K][D * D];
} gaussians;

static int
factorise (gaussians *g)
{
  for (size_t k = 0; k < K; k++)
    {
      memcpy (g->root[k], g->covariance[k], sizeof g->root[k]);
      if (lvm_cholesky (g->d, g->root[k]) != 0)
        return 1;
    }
  return 0;
}

static void
log_likelihoods (const gaussians *g, const double x[], double l[K])
{
  double work[D];
  for (size_t k = 0; k < K; k++)
    l[k] = lvm_gaussian_log_density (g->d, x, g->mean[k], g->root[k], work);
}

/* One Gaussian for each class, by maximum likelihood.  x [N x d].  */
static int
fit_each (gaussians *g, size_t d, size_t N, const double x[], const int class[])
{
  g->d = d;
  for (int k = 0; k < K; k++)
    lvm_gaussian_estimate (N, d, x, class, k, g->mean[k], g->covariance[k]);
  return factorise (g);
}

/* The same with one covariance for all: the average of the three, which are of
 * equal size.  */
static int
fit_tied (gaussians *g, size_t d, size_t N, const double x[], const int class[])
{
  fit_each (g, d, N, x, class);
  for (size_t i = 0; i < d * d; i++)
    {
      const double mean =
          (g->covariance[0][i] + g->covariance[1][i] + g->covariance[2][i]) / K;
      for (size_t k = 0; k < K; k++)
        g->covariance[k][i] = mean;
    }
  return factorise (g);
}

/* --- by hand --------------------------------------------------------------- */

/* Three bags of ten balls hold 2, 3 and 7 red ones; a red ball is drawn.  */
static void
three_bags (lvm_book *b)
{
  static const double red[K] = { 2, 3, 7 };
  static const char *const r_names[K] = { "bags-r-1", "bags-r-2", "bags-r-3" };
  static const char *const l_names[K] = { "bags-l-1", "bags-l-2", "bags-l-3" };
  static const char *const p_names[K] = { "bags-p-1", "bags-p-2", "bags-p-3" };
  static const char *const skew_names[K] = { "bags-skew-1", "bags-skew-2",
                                             "bags-skew-3" };
  const double log_skew[K] = { log (0.5), log (0.25), log (0.25) };
  double l[K], r[K], evidence;
  for (size_t k = 0; k < K; k++)
    {
      l[k] = log (red[k] / 10);
      lvm_book_value (b, p_names[k], red[k] / 10, "%.1f");
      lvm_book_value (b, l_names[k], l[k], "%.4f");
    }
  lvm_responsibilities (K, l, NULL, r, &evidence);
  for (size_t k = 0; k < K; k++)
    {
      lvm_book_value (b, r_names[k], r[k], "%.4f");
      lvm_book_check (b, "the bags: red balls of this bag over all red balls", r[k],
                      red[k] / 12, 16 * DBL_EPSILON);
    }
  lvm_book_value (b, "bags-evidence", exp (evidence), "%.1f");
  lvm_book_value (b, "bags-log-evidence", evidence, "%.4f");
  lvm_book_value (b, "bags-lse", lvm_log_sum_exp (K, l), "%.4f");
  lvm_book_value (b, "bags-log-k", log (K), "%.4f");
  lvm_book_check (b, "the bags: twelve of thirty balls are red", evidence,
                  log (12. / 30), 16 * DBL_EPSILON);
  lvm_responsibilities (K, l, log_skew, r, &evidence);
  for (size_t k = 0; k < K; k++)
    lvm_book_value (b, skew_names[k], r[k], "%.4f");
}

/* --- irises ---------------------------------------------------------------- */

typedef struct
{
  double r[K];
  size_t flower; /* row, from 1 */
  int species;
} verdict;

/* sum_k r_k = 1, and the evidence is LSE (l) - ln K: both by another route than the
 * library's.  */
static void
check_point (lvm_book *b, const double l[K], const double r[K], double evidence)
{
  const double lse = lvm_exact_log_sum_exp (K, l);
  lvm_book_check (b, "responsibilities sum to one", r[0] + r[1] + r[2], 1,
                  32 * DBL_EPSILON);
  lvm_book_check (b, "the evidence", evidence, lse - log (K),
                  4 * DBL_EPSILON * (fabs (lse) + 6));
  for (size_t k = 0; k < K; k++)
    lvm_book_check (
        b, "Bayes' rule in high precision", r[k], lvm_exact_softmax (K, l, k),
        DBL_EPSILON * (16 + lvm_log_sum_exp (K, l) - l[k]) * r[k] + DBL_MIN);
}

/* Every flower under the three Gaussians.  Returned: how many go to their own
   species, and the mean of the responsibility that their own species takes.  */
static int
assign (lvm_book *b, const lvm_table *iris, const gaussians *g, verdict v[],
        double *mean_own)
{
  int right = 0;
  *mean_own = 0;
  for (size_t n = 0; n < iris->rows; n++)
    {
      double l[K], evidence;
      log_likelihoods (g, iris->x + n * D, l);
      lvm_responsibilities (K, l, NULL, v[n].r, &evidence);
      check_point (b, l, v[n].r, evidence);
      v[n].flower = n + 1;
      v[n].species = iris->labels[n];
      right += (int) lvm_argmax (K, v[n].r) == v[n].species;
      *mean_own += v[n].r[v[n].species] / (double) iris->rows;
    }
  return right;
}

/* Every flower judged by Gaussians that have not seen it.  */
static int
leave_one_out (const lvm_table *iris)
{
  int right = 0;
  int *class = lvm_alloc (iris->rows, sizeof *class);
  memcpy (class, iris->labels, iris->rows * sizeof *class);
  for (size_t n = 0; n < iris->rows; n++)
    {
      gaussians g;
      double l[K];
      class[n] = -1;
      fit_each (&g, D, iris->rows, iris->x, class);
      class[n] = iris->labels[n];
      log_likelihoods (&g, iris->x + n * D, l);
      right += (int) lvm_argmax (K, l) == iris->labels[n];
    }
  free (class);
  return right;
}

static double
doubt (const verdict *v)
{
  return 1 - v->r[lvm_argmax (K, v->r)];
}

static int
by_doubt (const void *a, const void *b)
{
  const double x = doubt (a), y = doubt (b);
  return x < y ? 1 : x > y ? -1 : 0;
}

/* Table 01-doubtful, which is also what the program prints.  */
static void
most_doubtful (lvm_book *b, const lvm_table *iris, verdict v[])
{
  static const char *const names[] = { "flower", "species", "setosa", "versicolor",
                                       "virginica" };
  lvm_table_writer *t = lvm_book_table_begin (b, "01-doubtful", 5, names);
  qsort (v, iris->rows, sizeof *v, by_doubt);
  printf ("# flower  species     r_setosa  r_versicolor  r_virginica\n");
  for (size_t i = 0; i < DOUBTFUL; i++)
    {
      const char *species = iris->level_names[v[i].species];
      printf ("%8zu  %-10s  %8.1e  %12.4f  %11.4f\n", v[i].flower, species,
              v[i].r[0], v[i].r[1], v[i].r[2]);
      lvm_table_number (t, (double) v[i].flower);
      lvm_table_text (t, species);
      for (size_t k = 0; k < K; k++)
        {
          char text[32];
          snprintf (text, sizeof text, k == 0 ? "%.1e" : "%.4f", v[i].r[k]);
          lvm_table_text (t, text);
        }
    }
  lvm_book_table_end (b);
  lvm_book_value (b, "iris-doubt-flower", (double) v[0].flower, "%d");
  lvm_book_value (b, "iris-doubt-versicolor", v[0].r[1], "%.3f");
  lvm_book_value (b, "iris-doubt-virginica", v[0].r[2], "%.3f");
}

static void
irises (lvm_book *b, const lvm_table *iris)
{
  verdict *v = lvm_alloc (iris->rows, sizeof *v);
  gaussians g;
  double own;
  fit_tied (&g, D, iris->rows, iris->x, iris->labels);
  lvm_book_value (b, "iris-correct-tied", assign (b, iris, &g, v, &own), "%d");
  lvm_book_value (b, "iris-own-tied", own, "%.3f");
  fit_each (&g, D, iris->rows, iris->x, iris->labels);
  const int right = assign (b, iris, &g, v, &own);
  lvm_book_value (b, "iris-correct", right, "%d");
  lvm_book_value (b, "iris-wrong", (double) iris->rows - right, "%d");
  lvm_book_value (b, "iris-own", own, "%.3f");
  lvm_book_value (b, "iris-correct-unseen", leave_one_out (iris), "%d");
  lvm_book_value (b, "iris-flowers", (double) iris->rows, "%d");
  most_doubtful (b, iris, v);
  free (v);
}

/* --- the plane ------------------------------------------------------------- */

/* Petal length and width, the last two of four columns.  */
static double *
petals (const lvm_table *iris)
{
  double *x = lvm_alloc (iris->rows * 2, sizeof *x);
  for (size_t n = 0; n < iris->rows; n++)
    {
      x[2 * n] = iris->x[n * D + 2];
      x[2 * n + 1] = iris->x[n * D + 3];
    }
  return x;
}

/* The most responsible component by its lead over the next, in nats.  */
static double
lead (const double l[K], size_t k)
{
  double other = -INFINITY;
  for (size_t j = 0; j < K; j++)
    other = j != k && l[j] > other ? l[j] : other;
  return l[k] - other;
}

/* One block of figure 01-plane: a grid of points, each with the three
 * responsibilities and leads.  */
static void
plane (lvm_table_writer *t, const gaussians *g, int steps)
{
  for (int i = 0; i <= steps; i++)
    for (int j = 0; j <= steps; j++)
      {
        const double x[2] = { -0.5 + 8. * i / steps, -1.25 + 4.25 * j / steps };
        double l[K], r[K], evidence;
        log_likelihoods (g, x, l);
        lvm_responsibilities (K, l, NULL, r, &evidence);
        lvm_table_number (t, x[0]);
        lvm_table_number (t, x[1]);
        for (size_t k = 0; k < K; k++)
          lvm_table_number (t, r[k]);
        for (size_t k = 0; k < K; k++)
          lvm_table_number (t, lead (l, k));
        if (j == steps)
          lvm_table_scan (t);
      }
}

/* A flower far from all others, in the corner beyond setosa, beside the N flowers x.  */
static void
short_and_wide (lvm_book *b, const gaussians *g, size_t N, const double x[])
{
  const double corner[2] = { 0.5, 2 };
  double l[K], r[K], evidence, sum = 0;
  for (size_t n = 0; n < N; n++, sum += evidence)
    {
      log_likelihoods (g, x + 2 * n, l);
      lvm_responsibilities (K, l, NULL, r, &evidence);
    }
  lvm_book_value (b, "plane-typical-evidence", sum / (double) N, "%.1f");
  log_likelihoods (g, corner, l);
  lvm_responsibilities (K, l, NULL, r, &evidence);
  lvm_book_value (b, "plane-corner-rest", r[0] + r[1], "%.0e");
  lvm_book_value (b, "plane-corner-evidence", evidence, "%.0f");
}

/* Figure 01-plane: equal covariances, unequal ones, and the flowers.  */
static void
planes (lvm_book *b, const lvm_table *iris, int steps)
{
  static const char *const names[] = { "x",  "y",     "r1",    "r2",
                                       "r3", "lead1", "lead2", "lead3" };
  lvm_table_writer *t = lvm_book_table_begin (b, "01-plane", 8, names);
  double *x = petals (iris);
  gaussians g;
  fit_tied (&g, 2, iris->rows, x, iris->labels);
  plane (t, &g, steps);
  lvm_table_scan (t); /* a second blank line after the last scan: a new block */
  fit_each (&g, 2, iris->rows, x, iris->labels);
  short_and_wide (b, &g, iris->rows, x);
  plane (t, &g, steps);
  lvm_table_scan (t);
  for (size_t n = 0; n < iris->rows; n++)
    for (int c = 0; c < 8; c++)
      lvm_table_number (t, c < 2    ? x[2 * n + (size_t) c]
                           : c == 2 ? iris->labels[n]
                                    : 0);
  lvm_book_table_end (b);
  free (x);
}

/* --- far points ------------------------------------------------------------ */

/* Figure 01-far: two unit Gaussians at -1 and 1, and a point that moves away.  The
   error of r_1 with and without the shift.  */
static void
far_points (lvm_book *b)
{
  static const char *const names[] = { "x", "naive", "stable" };
  lvm_table_writer *t = lvm_book_table_begin (b, "01-far", 3, names);
  double last = 0, lost = INFINITY;
  for (int i = 0; i <= 600; i++)
    {
      const double x = i / 10.,
                   l[2] = { -(x + 1) * (x + 1) / 2, -(x - 1) * (x - 1) / 2 };
      double r[2], evidence;
      const double naive = exp (l[0]) / (exp (l[0]) + exp (l[1]));
      lvm_responsibilities (2, l, NULL, r, &evidence);
      const double error = lvm_exact_softmax_error (2, l, 0, r[0]);
      lvm_book_check (b, "softmax-error", error, 0,
                      DBL_EPSILON / 2 * (2 * x + 2 + log (2) + 5));
      const double naive_error =
          isfinite (naive) ? lvm_exact_softmax_error (2, l, 0, naive) : INFINITY;
      last = isfinite (naive) ? x : last;
      lost = naive_error > 0.5 ? fmin (lost, x) : lost;
      lvm_table_number (t, x);
      lvm_table_number (t, naive_error);
      lvm_table_number (t, error);
    }
  lvm_book_table_end (b);
  lvm_book_value (b, "far-last", last, "%.1f");
  lvm_book_value (b, "far-lost", lost, "%.1f");
}

/* --- temperature and prior ------------------------------------------------- */

/* Figure 01-softening: the responsibility of the middle of three components along a
   line, for five standard deviations that all three share.  */
static void
softening (lvm_book *b)
{
  static const char *const names[] = { "x", "sigma", "r" };
  static const double mean[K] = { -2, 0, 3 }, sigmas[] = { 3, 1.5, 0.8, 0.4, 0.1 };
  lvm_table_writer *t = lvm_book_table_begin (b, "01-softening", 3, names);
  for (size_t s = 0; s < sizeof sigmas / sizeof *sigmas; s++)
    {
      if (s > 0)
        lvm_table_block (t);
      for (int i = 0; i <= 400; i++)
        {
          const double x = -4 + i / 40.;
          double l[K], r[K], evidence;
          for (size_t k = 0; k < K; k++)
            l[k] = -(x - mean[k]) * (x - mean[k]) / (2 * sigmas[s] * sigmas[s]);
          lvm_responsibilities (K, l, NULL, r, &evidence);
          lvm_table_number (t, x);
          lvm_table_number (t, sigmas[s]);
          lvm_table_number (t, r[1]);
        }
    }
  lvm_book_table_end (b);
}

/* Figure 01-prior: where two Gaussians in the plane are equally responsible, for
   three priors; with equal covariances the log odds are w'x + b, and the prior is
   part of b.  */
static void
priors (lvm_book *b, int steps)
{
  static const char *const names[] = { "x", "y", "equal", "unequal" };
  gaussians g = {
    .d = 2,
    .mean = { { -1, -0.5 }, { 1, 0.5 }, { 0, 0 } },
    .covariance = { { 1, 0.3, 0.3, 0.6 }, { 1, 0.3, 0.3, 0.6 }, { 0.4, 0, 0, 0.3 } }
  };
  gaussians h = g;
  lvm_table_writer *t = lvm_book_table_begin (b, "01-prior", 4, names);
  memcpy (h.covariance[1], g.covariance[2], sizeof h.covariance[1]);
  factorise (&g);
  factorise (&h);
  for (int i = 0; i <= steps; i++)
    for (int j = 0; j <= steps; j++)
      {
        const double x[2] = { -4 + 11. * i / steps, -6 + 11. * j / steps };
        double equal[K], unequal[K];
        log_likelihoods (&g, x, equal);
        log_likelihoods (&h, x, unequal);
        lvm_table_number (t, x[0]);
        lvm_table_number (t, x[1]);
        lvm_table_number (t, equal[0] - equal[1]);
        lvm_table_number (t, unequal[0] - unequal[1]);
        if (j == steps)
          lvm_table_scan (t);
      }
  lvm_book_table_end (b);
  lvm_book_value (b, "prior-shift", log (9), "%.3f");
}

/* ---------------------------------------------------------------------- */

int
lvm_experiment (const char *dir, bool quick, lvm_error *error)
{
  lvm_table iris;
  if (lvm_csv_read (&iris, LVM_ROOT "/chapters/01-responsibilities/iris.csv",
                    "Species", error)
      != LVM_OK)
    return error->status;
  lvm_book *b = lvm_book_open (dir, "01-responsibilities");
  const int steps = quick ? 50 : 100;
  three_bags (b);
  irises (b, &iris);
  planes (b, &iris, steps);
  far_points (b);
  softening (b);
  priors (b, steps);
  lvm_table_free (&iris);
  return lvm_book_close (b, error);
}
