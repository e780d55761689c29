/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/gmm_fast.h"

#include "../unit.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>

#include "num/compare.h"
#include "num/error.h"

/* Data, and a mixture to start from that is not that of the data.  */
typedef struct
{
  size_t N, D;
  double *x;
  lvm_gmm *g;
} problem;

/* What makes it hard.  */
typedef struct
{
  double condition; /* of the covariances, data's and model's, in turned axes */
  double shift;     /* of everything, in standard deviations    */
  double apart;     /* distance of the components, likewise     */
} hardness;

static const hardness easy = { .condition = 1, .shift = 0, .apart = 1 };
static const lvm_gmm_prior none = { .strength = 0 };

/* z <- H z with the reflection H = I - 2 v v' / v'v, v_d = 1 + d / D.  */
static void
reflect (size_t D, double z[])
{
  double zv = 0, vv = 0;
  for (size_t d = 0; d < D; d++)
    {
      const double v = 1 + (double) d / (double) D;
      zv += z[d] * v;
      vv += v * v;
    }
  for (size_t d = 0; d < D; d++)
    z[d] -= 2 * zv / vv * (1 + (double) d / (double) D);
}

static double
axis_sd (size_t D, size_t d, double condition)
{
  return D == 1 ? 1 : pow (condition, -0.5 * (double) d / (double) (D - 1));
}

/* The covariance with these axes, cut to the mixture's kind.  */
static void
set_covariance (lvm_gmm *g, double condition)
{
  const size_t D = g->D;
  double *column = lvm_alloc (D, sizeof *column);
  for (size_t j = 0; j < D; j++)
    {
      for (size_t d = 0; d < D; d++)
        column[d] = d == j;
      reflect (D, column);
      for (size_t d = 0; d < D; d++)
        column[d] *= gsl_pow_2 (axis_sd (D, d, condition));
      reflect (D, column);
      for (size_t k = 0; k < g->K; k++)
        for (size_t i = 0; i < D; i++)
          g->covariance[k * D * D + i * D + j] =
              (g->kind == LVM_TIED ? 1 : 1 + 0.25 * (double) (k % 3))
              * (g->kind == LVM_FULL || g->kind == LVM_TIED ? column[i]
                 : i != j                                   ? 0
                 : g->kind == LVM_SPHERICAL                 ? 1.5
                                            : axis_sd (D, i, condition));
    }
  free (column);
}

static problem
draw (size_t N, size_t D, size_t K, lvm_covariance kind, hardness h)
{
  gsl_rng *rng = gsl_rng_alloc (gsl_rng_mt19937);
  problem p = { .N = N,
                .D = D,
                .x = lvm_alloc (N * D, sizeof *p.x),
                .g = lvm_gmm_alloc (K, D, kind) };
  double *centre = lvm_alloc (K * D, sizeof *centre), total = 0;
  gsl_rng_set (rng, N + 1000 * D + 7 * K);
  for (size_t i = 0; i < K * D; i++)
    {
      centre[i] = h.shift + gsl_ran_gaussian (rng, h.apart);
      p.g->mean[i] = gsl_ran_gaussian (rng, 0.3 * axis_sd (D, i % D, h.condition));
    }
  for (size_t k = 0; k < K; k++)
    reflect (D, p.g->mean + k * D);
  for (size_t i = 0; i < K * D; i++)
    p.g->mean[i] += centre[i];
  for (size_t n = 0; n < N; n++)
    {
      double *x = p.x + n * D;
      for (size_t d = 0; d < D; d++)
        x[d] = gsl_ran_gaussian (rng, axis_sd (D, d, h.condition));
      reflect (D, x);
      for (size_t d = 0; d < D; d++)
        x[d] += centre[n % K * D + d];
    }
  for (size_t k = 0; k < K; k++)
    total += p.g->weight[k] = 0.2 + gsl_rng_uniform (rng);
  for (size_t k = 0; k < K; k++)
    p.g->weight[k] /= total;
  set_covariance (p.g, h.condition);
  gsl_rng_free (rng);
  free (centre);
  return p;
}

static void
discard (problem p)
{
  free (p.x);
  lvm_gmm_free (p.g);
}

/* What an iteration gives.  */
typedef struct
{
  double *r, *evidence, log_likelihood;
  lvm_gmm *g;
  size_t solved;
} outcome;

static outcome
empty_outcome (const problem *p)
{
  outcome o = { .r = lvm_alloc (p->N * p->g->K, sizeof *o.r),
                .evidence = lvm_alloc (p->N, sizeof *o.evidence),
                .g = lvm_gmm_alloc (p->g->K, p->D, p->g->kind) };
  lvm_gmm_copy (o.g, p->g);
  return o;
}

static void
discard_outcome (outcome o)
{
  free (o.r);
  free (o.evidence);
  lvm_gmm_free (o.g);
}

static outcome
plain (const problem *p, const lvm_gmm_prior *prior)
{
  outcome o = empty_outcome (p);
  lvm_gmm_roots *w = lvm_gmm_roots_alloc (p->g->K, p->D);
  ck_assert_int_eq (lvm_gmm_factorise (p->g, w), 0);
  o.log_likelihood = lvm_gmm_e_step (p->g, w, p->N, p->x, o.r, o.evidence);
  lvm_gmm_m_step (o.g, p->N, p->x, o.r, prior);
  lvm_gmm_roots_free (w);
  return o;
}

static outcome
fast (const problem *p, const lvm_gmm_prior *prior, int threads)
{
  outcome o = empty_outcome (p);
  lvm_gmm_fast *w = lvm_gmm_fast_alloc (p->g->K, p->D, p->g->kind, p->N, threads);
  ck_assert_int_eq (
      lvm_gmm_fast_e_step (w, p->g, p->x, o.r, o.evidence, &o.log_likelihood), 0);
  lvm_gmm_fast_m_step (w, o.g, prior);
  o.solved = lvm_gmm_fast_solved (w);
  lvm_gmm_fast_free (w);
  return o;
}

/* The largest error, each in its natural unit: evidence per D, responsibilities,
   weights; means against their size and the standard deviation; covariances
   against those of their variances.  */
static double
error_of_e_step (const problem *p, const outcome *a, const outcome *b)
{
  double worst = 0;
  for (size_t n = 0; n < p->N; n++)
    worst = lvm_larger (worst, lvm_misfit (a->evidence[n], b->evidence[n],
                                           fabs (b->evidence[n]) + (double) p->D));
  for (size_t i = 0; i < p->N * p->g->K; i++)
    worst = lvm_larger (worst, lvm_misfit (a->r[i], b->r[i], 1));
  return lvm_larger (
      worst, lvm_misfit (a->log_likelihood, b->log_likelihood,
                         fabs (b->log_likelihood) + (double) (p->N * p->D)));
}

static double
error_of_m_step (const problem *p, const outcome *a, const outcome *b)
{
  const size_t D = p->D;
  double worst = 0;
  for (size_t k = 0; k < p->g->K; k++)
    {
      const double *s = a->g->covariance + k * D * D,
                   *t = b->g->covariance + k * D * D,
                   *v = p->g->covariance + k * D * D;
      worst = lvm_larger (worst, lvm_misfit (a->g->weight[k], b->g->weight[k], 1));
      for (size_t i = 0; i < D; i++)
        {
          worst = lvm_larger (
              worst,
              lvm_misfit (a->g->mean[k * D + i], b->g->mean[k * D + i],
                          fabs (b->g->mean[k * D + i]) + sqrt (v[i * D + i])));
          for (size_t j = 0; j < D; j++)
            worst = lvm_larger (
                worst,
                lvm_misfit (s[i * D + j], t[i * D + j],
                            sqrt (t[i * D + i] * t[j * D + j])
                                + 1e-6 * sqrt (v[i * D + i] * v[j * D + j])));
        }
    }
  return worst;
}

static void
check_equal (problem p, double e_tolerance, double m_tolerance, size_t solved)
{
  const outcome a = fast (&p, &none, 2), b = plain (&p, &none);
  const double e = error_of_e_step (&p, &a, &b), m = error_of_m_step (&p, &a, &b);
  if (getenv ("SHOW") != NULL)
    printf (
        "N %zu D %zu K %zu kind %d: E %.2g of %.2g, M %.2g of %.2g, solved %zu\n",
        p.N, p.D, p.g->K, (int) p.g->kind, e, e_tolerance, m, m_tolerance,
        a.solved);
  ck_assert_msg (e <= e_tolerance, "E-step: N %zu D %zu K %zu kind %d: error %.3g",
                 p.N, p.D, p.g->K, (int) p.g->kind, e);
  ck_assert_msg (m <= m_tolerance, "M-step: N %zu D %zu K %zu kind %d: error %.3g",
                 p.N, p.D, p.g->K, (int) p.g->kind, m);
  ck_assert_uint_eq (a.solved, solved);
  discard_outcome (a);
  discard_outcome (b);
  discard (p);
}

static const size_t dimensions[] = { 1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 17, 33, 64 };
enum
{
  DIMENSIONS = sizeof dimensions / sizeof dimensions[0]
};

START_TEST (as_the_plain_form)
{
  gsl_set_error_handler_off ();
  for (lvm_covariance kind = LVM_FULL; kind <= LVM_TIED; kind++)
    for (size_t i = 0; i < DIMENSIONS; i++)
      for (size_t K = 1; K <= 9; K += 1 + K)
        check_equal (draw (700, dimensions[i], K, kind, easy), 1e-13, 1e-12, 0);
}
END_TEST

START_TEST (tails)
{
  gsl_set_error_handler_off ();
  for (size_t D = 3; D <= 11; D += 8)
    for (size_t block = 128; block <= 512; block += 384)
      {
        const size_t N[] = { 1, 2, block - 1, block, block + 1, 3 * block + 17 };
        for (size_t i = 0; i < 6; i++)
          check_equal (draw (N[i], D, 2, LVM_FULL, easy), 1e-13, 1e-12, 0);
      }
}
END_TEST

START_TEST (ill_conditioned)
{
  const hardness h = { .condition = 1e10, .shift = 0, .apart = 1 };
  gsl_set_error_handler_off ();
  for (size_t i = 1; i < DIMENSIONS; i++)
    {
      check_equal (draw (700, dimensions[i], 3, LVM_FULL, h), 1e-9, 1e-9, 0);
      check_equal (draw (700, dimensions[i], 3, LVM_TIED, h), 1e-9, 1e-9, 0);
    }
}
END_TEST

START_TEST (shifted)
{
  const hardness h = { .condition = 1, .shift = 1e6, .apart = 1 };
  gsl_set_error_handler_off ();
  for (lvm_covariance kind = LVM_FULL; kind <= LVM_TIED; kind++)
    for (size_t i = 0; i < DIMENSIONS; i++)
      check_equal (draw (700, dimensions[i], 3, kind, h), 1e-13, 1e-12, 0);
}
END_TEST

START_TEST (far_apart)
{
  const hardness h = { .condition = 1, .shift = 0, .apart = 1e6 };
  gsl_set_error_handler_off ();
  for (lvm_covariance kind = LVM_FULL; kind <= LVM_TIED; kind++)
    for (size_t i = 0; i < DIMENSIONS; i++)
      check_equal (draw (700, dimensions[i], 3, kind, h), 1e-13, 1e-12, 0);
}
END_TEST

/* All at once, and the means of the model in the wrong places, as after a random
   start: components move by 10^6 standard deviations in one iteration.  */
START_TEST (far_from_home)
{
  const hardness h = { .condition = 1e10, .shift = 1e6, .apart = 1e6 };
  gsl_set_error_handler_off ();
  for (size_t i = 1; i < DIMENSIONS; i++)
    {
      problem p = draw (700, dimensions[i], 3, LVM_FULL, h);
      for (size_t d = 0; d < p.D; d++)
        p.g->mean[2 * p.D + d] = p.g->mean[d] + 4e5;
      check_equal (p, 1e-9, 1e-9, 0);
    }
}
END_TEST

START_TEST (handed_over)
{
  const hardness h = { .condition = 1e15, .shift = 0, .apart = 1 };
  gsl_set_error_handler_off ();
  for (size_t i = 1; i < DIMENSIONS; i++)
    check_equal (draw (300, dimensions[i], 3, LVM_FULL, h), 1e-5, 1e-5, 3);
}
END_TEST

/* Weight 0, a component that no point is near to, and one that all are far from. */
START_TEST (empty_components)
{
  gsl_set_error_handler_off ();
  for (lvm_covariance kind = LVM_FULL; kind <= LVM_TIED; kind++)
    for (size_t D = 2; D <= 12; D += 10)
      {
        problem p = draw (600, D, 4, kind, easy);
        p.g->weight[1] = 0;
        for (size_t d = 0; d < D; d++)
          p.g->mean[2 * D + d] = 1e5;
        const outcome a = fast (&p, &none, 3), b = plain (&p, &none);
        ck_assert_double_eq (a.g->weight[1], 0);
        ck_assert_double_eq (a.g->weight[2], 0);
        ck_assert_double_eq (a.g->mean[2 * D], 1e5);
        ck_assert (error_of_e_step (&p, &a, &b) <= 1e-13);
        ck_assert (error_of_m_step (&p, &a, &b) <= 1e-12);
        discard_outcome (a);
        discard_outcome (b);
        discard (p);
      }
}
END_TEST

START_TEST (every_component_underflows)
{
  gsl_set_error_handler_off ();
  for (size_t D = 2; D <= 12; D += 10)
    {
      problem p = draw (600, D, 3, LVM_FULL, easy);
      for (size_t d = 0; d < D; d++)
        p.x[77 * D + d] = -3e4 + (double) d;
      check_equal (p, 1e-12, 1e-11, 0);
    }
}
END_TEST

/* Where a point is possible under no component both forms say so.  */
START_TEST (impossible_point)
{
  problem p = draw (40, 3, 2, LVM_FULL, easy);
  gsl_set_error_handler_off ();
  p.x[17 * 3 + 1] = 1e300;
  const outcome a = fast (&p, &none, 2), b = plain (&p, &none);
  ck_assert (!isfinite (b.log_likelihood) && !isfinite (a.log_likelihood));
  ck_assert (!isfinite (b.evidence[17]) && !isfinite (a.evidence[17]));
  ck_assert_double_nan (a.r[17 * 2]);
  ck_assert (lvm_misfit (a.evidence[16], b.evidence[16], 1) <= 1e-12);
  discard_outcome (a);
  discard_outcome (b);
  discard (p);
}
END_TEST

START_TEST (not_positive_definite)
{
  gsl_set_error_handler_off ();
  for (lvm_covariance kind = LVM_FULL; kind <= LVM_TIED; kind++)
    {
      problem p = draw (20, 2, 3, kind, easy);
      double log_likelihood;
      lvm_gmm_fast *w = lvm_gmm_fast_alloc (3, 2, kind, 20, 2);
      for (size_t k = kind == LVM_TIED ? 0 : 2; k < 3; k++)
        p.g->covariance[k * 4] = -1.5;
      ck_assert_int_eq (
          lvm_gmm_fast_e_step (w, p.g, p.x, NULL, NULL, &log_likelihood), 1);
      lvm_gmm_fast_free (w);
      discard (p);
    }
  lvm_gmm_fast_free (NULL);
}
END_TEST

START_TEST (with_a_prior)
{
  const double scale[16] = { 2, 0.5, 0, 0,    0.5, 1.5, 0,    0,
                             0, 0,   1, 0.25, 0,   0,   0.25, 3 };
  const lvm_gmm_prior prior = { .strength = 6.5, .scale = scale };
  gsl_set_error_handler_off ();
  for (lvm_covariance kind = LVM_FULL; kind <= LVM_TIED; kind++)
    {
      problem p = draw (50, 4, 3, kind, easy);
      const outcome a = fast (&p, &prior, 2), b = plain (&p, &prior);
      ck_assert (error_of_m_step (&p, &a, &b) <= 1e-13);
      discard_outcome (a);
      discard_outcome (b);
      discard (p);
    }
}
END_TEST

static bool
same_bits (const problem *p, const outcome *a, const outcome *b)
{
  const size_t K = p->g->K, D = p->D, size = sizeof (double);
  return memcmp (&a->log_likelihood, &b->log_likelihood, size) == 0
         && memcmp (a->r, b->r, p->N * K * size) == 0
         && memcmp (a->evidence, b->evidence, p->N * size) == 0
         && memcmp (a->g->weight, b->g->weight, K * size) == 0
         && memcmp (a->g->mean, b->g->mean, K * D * size) == 0
         && memcmp (a->g->covariance, b->g->covariance, K * D * D * size) == 0;
}

START_TEST (same_bits_for_any_number_of_threads)
{
  const size_t D[] = { 2, 8, 21, 70, 300 }, N[] = { 5000, 4100, 3001, 1200, 200 };
  const int threads[] = { 2, 3, 7 };
  gsl_set_error_handler_off ();
  for (lvm_covariance kind = LVM_FULL; kind <= LVM_TIED; kind++)
    for (size_t i = 0; i < 5; i++)
      {
        const problem p = draw (N[i], D[i], 5, kind, easy);
        const outcome one = fast (&p, &none, 1);
        for (size_t t = 0; t < 3; t++)
          {
            const outcome many = fast (&p, &none, threads[t]);
            ck_assert (same_bits (&p, &one, &many));
            discard_outcome (many);
          }
        discard_outcome (one);
        discard (p);
      }
}
END_TEST

/* The log-likelihood and the sums do not depend on what else is asked for, and
   EM by the fast steps alone climbs, judged by the plain form.  */
START_TEST (iterations)
{
  const problem p = draw (2000, 3, 3, LVM_FULL, easy);
  lvm_gmm_fast *w = lvm_gmm_fast_alloc (3, 3, LVM_FULL, 2000, 2);
  double fast_value, before = -INFINITY;
  gsl_set_error_handler_off ();
  for (int i = 0; i < 20; i++)
    {
      const outcome o = plain (&p, &none);
      ck_assert_int_eq (lvm_gmm_fast_e_step (w, p.g, p.x, NULL, NULL, &fast_value),
                        0);
      ck_assert (lvm_misfit (fast_value, o.log_likelihood, 1e-9) <= 1);
      ck_assert_double_ge (o.log_likelihood, before);
      before = o.log_likelihood;
      lvm_gmm_fast_m_step (w, p.g, &none);
      discard_outcome (o);
    }
  lvm_gmm_fast_free (w);
  discard (p);
}
END_TEST

/* 10^4 points, D = 2, K = 10: 2 10^6 operations, enough for eleven threads.  */
START_TEST (threads_with_enough_to_do)
{
  ck_assert_int_eq (lvm_gmm_fast_threads (10, 2, 10000, 64), 11);
  ck_assert_int_eq (lvm_gmm_fast_threads (10, 2, 10000, 11), 11);
  ck_assert_int_eq (lvm_gmm_fast_threads (10, 2, 10000, 3), 3);
  ck_assert_int_eq (lvm_gmm_fast_threads (1, 1, 1, 64), 1);
  ck_assert_int_eq (lvm_gmm_fast_threads (1000000, 1000, 1000000000, 64), 64);
}
END_TEST

UNIT_MAIN ("model/gmm_fast", as_the_plain_form, tails, ill_conditioned, shifted,
           far_apart, far_from_home, handed_over, empty_components,
           every_component_underflows, impossible_point, not_positive_definite,
           with_a_prior, same_bits_for_any_number_of_threads, iterations,
           threads_with_enough_to_do)
