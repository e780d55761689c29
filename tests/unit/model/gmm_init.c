/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/gmm_init.h"

#include "../unit.h"

#include <gsl/gsl_errno.h>
#include <math.h>

#include "num/streams.h"

/* --- starts ------------------------------------------------------------------ */

enum
{
  MOST = 400 /* numbers of a set of points */
};

/* A start for these points, of which `scale' is made.  */
static int
start (lvm_gmm *g, size_t N, const double x[], lvm_gmm_how how, uint64_t seed)
{
  const lvm_gmm_prior none = { 0 };
  double scale[49];
  gsl_rng *rng = lvm_stream_alloc (seed, 0);
  gsl_set_error_handler_off ();
  lvm_gmm_scale (N, g->D, x, g->kind, NULL, scale);
  const int status = lvm_gmm_start (g, N, x, how, rng, &none, scale);
  gsl_rng_free (rng);
  return status;
}

static size_t
find_point (size_t N, size_t D, const double x[], const double point[])
{
  size_t n = 0;
  while (n < N && memcmp (x + n * D, point, D * sizeof *x) != 0)
    n++;
  return n;
}

START_TEST (random_takes_distinct_points)
{
  const double x[14] = { 1, 2, 1, 2, 1, 2, 1, 2, 5, 0, 2.385, 7, 1, 2 };
  double scale[4];
  lvm_gmm *g = lvm_gmm_alloc (3, 2, LVM_FULL);
  lvm_gmm_scale (7, 2, x, LVM_FULL, NULL, scale);
  for (uint64_t seed = 0; seed < 50; seed++)
    {
      ck_assert_int_eq (start (g, 7, x, LVM_RANDOM, seed), 0);
      for (size_t k = 0; k < 3; k++)
        {
          ck_assert_uint_lt (find_point (7, 2, x, g->mean + 2 * k), 7);
          ck_assert_uint_eq (find_point (3, 2, g->mean, g->mean + 2 * k), k);
          ck_assert_double_eq (g->weight[k], 1. / 3);
          ck_assert_int_eq (memcmp (g->covariance + 4 * k, scale, sizeof scale), 0);
        }
    }
  lvm_gmm_free (g);
}
END_TEST

START_TEST (too_few_distinct_points)
{
  const double x[8] = { 1, 2, 3, 4, 1, 2, 3, 4 };
  lvm_gmm *g = lvm_gmm_alloc (3, 2, LVM_FULL);
  ck_assert_int_eq (start (g, 4, x, LVM_RANDOM, 1), 1);
  ck_assert_int_eq (start (g, 4, x, LVM_KMEANS, 1), 1);
  ck_assert_uint_eq (lvm_gmm_distinct (4, 2, x, 9), 2);
  ck_assert_uint_eq (lvm_gmm_distinct (4, 2, x, 1), 1);
  ck_assert_uint_eq (lvm_gmm_distinct (4, 1, x, 9), 4);
  lvm_gmm_free (g);
}
END_TEST

/* Two clusters far apart: three corners of a triangle, and four of a square.  */
static const double corners[14] = { 0,   0,   3,   0,   0,   3,   100,
                                    -50, 102, -50, 100, -48, 102, -48 };

START_TEST (kmeans_finds_clusters)
{
  for (uint64_t seed = 0; seed < 20; seed++)
    {
      lvm_gmm *g = lvm_gmm_alloc (2, 2, LVM_FULL);
      ck_assert_int_eq (start (g, 7, corners, LVM_KMEANS, seed), 0);
      const size_t t = g->weight[0] < 0.5 ? 0 : 1, s = 1 - t;
      ck_assert_double_eq (g->weight[t], 3. / 7);
      ck_assert_double_eq (g->mean[2 * t], 1);
      ck_assert_double_eq (g->mean[2 * t + 1], 1);
      ck_assert_double_eq (g->covariance[4 * t], 2);
      ck_assert_double_eq (g->covariance[4 * t + 2], -1);
      ck_assert_double_eq (g->mean[2 * s], 101);
      ck_assert_double_eq (g->mean[2 * s + 1], -49);
      ck_assert_double_eq (g->covariance[4 * s], 1);
      ck_assert_double_eq (g->covariance[4 * s + 1], 0);
      ck_assert_double_eq (g->covariance[4 * s + 3], 1);
      lvm_gmm_free (g);
    }
}
END_TEST

/* The same clusters under the other kinds.  */
START_TEST (kmeans_keeps_to_the_kind)
{
  lvm_gmm *g = lvm_gmm_alloc (2, 2, LVM_TIED);
  start (g, 7, corners, LVM_KMEANS, 1);
  ck_assert_double_eq (g->covariance[0], 10. / 7);
  ck_assert_double_eq (g->covariance[1], -3. / 7);
  ck_assert_double_eq (g->covariance[5], -3. / 7);
  lvm_gmm_free (g);
  g = lvm_gmm_alloc (2, 2, LVM_SPHERICAL);
  start (g, 7, corners, LVM_KMEANS, 1);
  ck_assert_double_eq (g->covariance[0] + g->covariance[4], 3);
  ck_assert_double_eq (g->covariance[1], 0);
  lvm_gmm_free (g);
}
END_TEST

static void
draw_points (size_t n, double x[], uint64_t seed)
{
  gsl_rng *rng = lvm_stream_alloc (seed, 1);
  for (size_t i = 0; i < n; i++)
    x[i] = gsl_rng_uniform (rng);
  gsl_rng_free (rng);
}

static size_t
nearest_mean (const lvm_gmm *g, const double x[])
{
  size_t best = 0;
  double least = INFINITY;
  for (size_t k = 0; k < g->K; k++)
    {
      double square = 0;
      for (size_t d = 0; d < g->D; d++)
        square += pow (x[d] - g->mean[k * g->D + d], 2);
      if (square < least)
        {
          least = square;
          best = k;
        }
    }
  return best;
}

/* Means are those of the points nearest to them, weights their shares; in up to seven
   dimensions, since distances are taken four at a time.  */
START_TEST (kmeans_ends_at_a_fixed_point)
{
  for (size_t D = 1; D <= 7; D++)
    for (size_t K = 1; K <= 8; K++)
      {
        const size_t N = 50;
        double x[MOST], mean[56] = { 0 }, count[8] = { 0 };
        lvm_gmm *g = lvm_gmm_alloc (K, D, LVM_SPHERICAL);
        draw_points (N * D, x, 10 * D + K);
        ck_assert_int_eq (start (g, N, x, LVM_KMEANS, K), 0);
        for (size_t n = 0; n < N; n++)
          {
            const size_t k = nearest_mean (g, x + n * D);
            count[k]++;
            for (size_t d = 0; d < D; d++)
              mean[k * D + d] += x[n * D + d];
          }
        for (size_t i = 0; i < K * D; i++)
          ck_assert_double_eq_tol (g->mean[i], mean[i] / count[i / D], 1e-14);
        for (size_t k = 0; k < K; k++)
          ck_assert_double_eq_tol (g->weight[k], count[k] / (double) N, 1e-15);
        lvm_gmm_free (g);
      }
}
END_TEST

/* It happens to few starts that a cluster loses all its points on the way; these, found
   by trying, are some.  Every cluster has points at the end.  */
START_TEST (no_cluster_stays_empty)
{
  static const struct
  {
    size_t N, K;
    uint64_t seed;
    double x[8];
  } cases[] = { { 6,
                  3,
                  19881,
                  { 0.7457463489605235, 0.75497065370624028, 0.50789360702312913,
                    0.73414886738948093, 0.97016683353541155,
                    0.39999596752903588 } },
                { 8,
                  4,
                  2594,
                  { 0.75644741332706111, 0.92578353152287707, 0.91118374742009389,
                    0.10329031633186048, 0.60693812395247182, 0.74053761680258323,
                    0.13978435022122326, 0.9003294119158447 } } };
  for (int i = 0; i < 2; i++)
    {
      lvm_gmm *g = lvm_gmm_alloc (cases[i].K, 1, LVM_SPHERICAL);
      ck_assert_int_eq (
          start (g, cases[i].N, cases[i].x, LVM_KMEANS, cases[i].seed), 0);
      for (size_t k = 0; k < cases[i].K; k++)
        ck_assert_double_ge (g->weight[k], 1. / (double) cases[i].N);
      if (i == 0) /* cluster 2 took the farthest point, and kept it */
        ck_assert_double_eq (g->mean[2], cases[i].x[4]);
      lvm_gmm_free (g);
    }
}
END_TEST

/* Of 0, 2 and 3, clusters {0, 2} and {3} have the point 2 midway between their centres
   1 and 3.  It stays only where {0, 2} is the first.  */
START_TEST (ties_go_to_the_first)
{
  const double x[3] = { 0, 2, 3 };
  int met = 0;
  lvm_gmm *g = lvm_gmm_alloc (2, 1, LVM_SPHERICAL);
  for (uint64_t seed = 0; seed < 200; seed++)
    {
      ck_assert_int_eq (start (g, 3, x, LVM_KMEANS, seed), 0);
      ck_assert_double_ne (g->mean[1], 1);
      met += g->mean[0] == 1;
    }
  ck_assert_int_gt (met, 0);
  lvm_gmm_free (g);
}
END_TEST

/* A cluster of one point has no covariance of its own.  */
START_TEST (degenerate_clusters_begin_with_the_scale)
{
  const double x[10] = { 0, 0, 3, 0, 0, 3, 1, 1, 100, 200 };
  double scale[4];
  lvm_gmm *g = lvm_gmm_alloc (2, 2, LVM_FULL);
  lvm_gmm_scale (5, 2, x, LVM_FULL, NULL, scale);
  start (g, 5, x, LVM_KMEANS, 1);
  const size_t one = g->weight[0] < 0.5 ? 0 : 1;
  ck_assert_double_eq (g->weight[one], 0.2);
  ck_assert_double_eq (g->mean[2 * one], 100);
  ck_assert_int_eq (memcmp (g->covariance + 4 * one, scale, sizeof scale), 0);
  ck_assert_double_eq (g->covariance[4 * (1 - one)], 1.5);
  lvm_gmm_free (g);
}
END_TEST

START_TEST (the_same_stream_the_same_start)
{
  double x[MOST];
  lvm_gmm *a = lvm_gmm_alloc (5, 2, LVM_FULL), *b = lvm_gmm_alloc (5, 2, LVM_FULL);
  draw_points (MOST, x, 3);
  for (int how = LVM_KMEANS; how <= LVM_RANDOM; how++)
    {
      start (a, MOST / 2, x, (lvm_gmm_how) how, 7);
      start (b, MOST / 2, x, (lvm_gmm_how) how, 7);
      ck_assert_int_eq (memcmp (a->mean, b->mean, 10 * sizeof (double)), 0);
      ck_assert_int_eq (memcmp (a->covariance, b->covariance, 20 * sizeof (double)),
                        0);
      start (b, MOST / 2, x, (lvm_gmm_how) how, 8);
      ck_assert_int_ne (memcmp (a->mean, b->mean, 10 * sizeof (double)), 0);
    }
  lvm_gmm_free (a);
  lvm_gmm_free (b);
}
END_TEST

/* --- what is degenerate ------------------------------------------------------ */

START_TEST (degenerate_components)
{
  const double scale[4] = { 4, 1, 1, 9 };
  lvm_gmm *g = lvm_gmm_alloc (3, 2, LVM_FULL);
  lvm_gmm_roots *w = lvm_gmm_roots_alloc (3, 2);
  double *s = g->covariance + 8; /* of the last component */
  gsl_set_error_handler_off ();
  ck_assert_uint_eq (lvm_gmm_degenerate (g, w, 10, scale), 3);
  s[0] = 2.25;
  ck_assert_uint_eq (lvm_gmm_degenerate (g, w, 10, scale), 3);
  ck_assert_double_eq (w->root[8], 1.5);
  ck_assert_double_eq_tol (w->log_det[2], log (2.25), 1e-15);
  s[3] = 8.9e-8; /* 1e-8 of 9 is the limit */
  ck_assert_uint_eq (lvm_gmm_degenerate (g, w, 10, scale), 2);
  s[3] = 9.1e-8;
  ck_assert_uint_eq (lvm_gmm_degenerate (g, w, 10, scale), 3);
  s[1] = s[2] = 1.5; /* det = 2.25 (1 + eps) - 2.25 */
  s[3] = 1 + 8e-8;
  ck_assert_uint_eq (lvm_gmm_degenerate (g, w, 10, scale), 2);
  s[3] = 0.5;
  ck_assert_uint_eq (lvm_gmm_degenerate (g, w, 10, scale), 2);
  s[3] = NAN;
  ck_assert_uint_eq (lvm_gmm_degenerate (g, w, 10, scale), 2);
  g->weight[1] = 0.9e-9; /* times 10 points is less than 1e-8 */
  ck_assert_uint_eq (lvm_gmm_degenerate (g, w, 10, scale), 1);
  g->weight[0] = NAN;
  ck_assert_uint_eq (lvm_gmm_degenerate (g, w, 10, scale), 0);
  lvm_gmm_roots_free (w);
  lvm_gmm_free (g);
}
END_TEST

/* Row and column d of the unit matrix become those of the sum of two others.  */
START_TEST (dependent_columns)
{
  enum
  {
    D = 9
  };
  double scale[D * D];
  gsl_set_error_handler_off ();
  for (size_t d = 0; d <= D; d++)
    {
      for (size_t i = 0; i < D * D; i++)
        scale[i] = i % (D + 1) == 0;
      for (size_t i = 0; i < 2 && d >= 2 && d < D; i++)
        scale[d * D + i] = scale[i * D + d] = 1;
      if (d >= 2 && d < D)
        scale[d * D + d] = 2;
      ck_assert_uint_eq (lvm_gmm_dependent (D, scale), d < 2 ? D : d);
    }
  scale[0] = 0;
  ck_assert_uint_eq (lvm_gmm_dependent (D, scale), 0);
}
END_TEST

/* --- draws ------------------------------------------------------------------- */

/* Frequencies, means and covariances of 10^5 draws, to 5 standard deviations.  */
START_TEST (draws_have_the_mixture_s_moments)
{
  static const double mean[4] = { 0.5, -1.25, 30, 2.385 }, covariance[8] = {
    2, 0.75, 0.75, 1.5, 0.625, -0.25, -0.25, 3
  };
  const int n = 100000;
  lvm_gmm *g = lvm_gmm_alloc (2, 2, LVM_FULL);
  lvm_gmm_roots *w = lvm_gmm_roots_alloc (2, 2);
  gsl_rng *rng = lvm_stream_alloc (11, 0);
  double count[2] = { 0 }, sum[4] = { 0 }, product[8] = { 0 };
  memcpy (g->mean, mean, sizeof mean);
  memcpy (g->covariance, covariance, sizeof covariance);
  g->weight[0] = 0.3;
  g->weight[1] = 0.7;
  lvm_gmm_factorise (g, w);
  for (int i = 0; i < n; i++)
    {
      double x[2];
      const size_t k = lvm_gmm_draw (g, w, rng, x);
      const double u = x[0] - mean[2 * k], v = x[1] - mean[2 * k + 1];
      count[k]++;
      sum[2 * k] += u;
      sum[2 * k + 1] += v;
      product[4 * k] += u * u;
      product[4 * k + 1] += u * v;
      product[4 * k + 3] += v * v;
    }
  ck_assert_double_lt (fabs (count[0] - 0.3 * n), 5 * sqrt (0.21 * n));
  for (size_t k = 0; k < 2; k++)
    {
      const double *s = covariance + 4 * k, *p = product + 4 * k, c = count[k];
      ck_assert_double_lt (fabs (sum[2 * k] / c), 5 * sqrt (s[0] / c));
      ck_assert_double_lt (fabs (sum[2 * k + 1] / c), 5 * sqrt (s[3] / c));
      ck_assert_double_lt (fabs (p[0] / c - s[0]), 5 * s[0] * sqrt (2 / c));
      ck_assert_double_lt (fabs (p[3] / c - s[3]), 5 * s[3] * sqrt (2 / c));
      ck_assert_double_lt (fabs (p[1] / c - s[1]),
                           5 * sqrt ((s[0] * s[3] + s[1] * s[1]) / c));
    }
  gsl_rng_free (rng);
  lvm_gmm_roots_free (w);
  lvm_gmm_free (g);
}
END_TEST

START_TEST (what_has_no_weight_is_not_drawn)
{
  lvm_gmm *g = lvm_gmm_alloc (3, 1, LVM_FULL);
  lvm_gmm_roots *w = lvm_gmm_roots_alloc (3, 1);
  gsl_rng *rng = lvm_stream_alloc (1, 0);
  double x;
  g->weight[0] = g->weight[2] = 0;
  g->weight[1] = 1 - 1e-3; /* what is missing to 1 goes to the last with weight */
  lvm_gmm_factorise (g, w);
  for (int i = 0; i < 10000; i++)
    ck_assert_uint_eq (lvm_gmm_draw (g, w, rng, &x), 1);
  gsl_rng_free (rng);
  lvm_gmm_roots_free (w);
  lvm_gmm_free (g);
}
END_TEST

UNIT_MAIN ("model/gmm_init", random_takes_distinct_points, too_few_distinct_points,
           kmeans_finds_clusters, kmeans_keeps_to_the_kind,
           kmeans_ends_at_a_fixed_point, no_cluster_stays_empty,
           ties_go_to_the_first, degenerate_clusters_begin_with_the_scale,
           the_same_stream_the_same_start, degenerate_components, dependent_columns,
           draws_have_the_mixture_s_moments, what_has_no_weight_is_not_drawn)
