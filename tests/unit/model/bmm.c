/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/bmm.h"

#include "../unit.h"
#include "bits.h"

#include <math.h>

#include "num/error.h"

/* Four points of three bits, 110, 100, 011, 111, and their shares in two components,
   chosen so that by hand component 1 has 2 points, of which bits are on in 1.5, 1.5 and 0.5,
   and component 2 has 2, with 1.5, 1.5 and 1.5.  */
static const double shares[8] = { 1, 0, 0.5, 0.5, 0, 1, 0.5, 0.5 };

static lvm_bits *
four_points (void)
{
  static const char *const text[4] = { "110", "100", "011", "111" };
  lvm_bits *x = lvm_bits_alloc (4, 3);
  for (size_t n = 0; n < 4; n++)
    for (size_t d = 0; d < 3; d++)
      if (text[n][d] == '1')
        lvm_bit_set (x, n, d);
  return x;
}

/* A mixture with nothing equal or zero in it.  */
static lvm_bmm *
some_mixture (void)
{
  static const double mean[6] = { 0.125, 0.7, 0.45, 0.9, 0.2385, 0.6 };
  lvm_bmm *g = lvm_bmm_alloc (2, 3);
  g->weight[0] = 0.3;
  g->weight[1] = 0.7;
  memcpy (g->mean, mean, sizeof mean);
  return g;
}

static void
assert_near (size_t n, const double is[], const double should[])
{
  for (size_t i = 0; i < n; i++)
    ck_assert_double_le (fabs (is[i] - should[i]), 1e-15 * (1 + fabs (should[i])));
}

/* --- parameters ------------------------------------------------------------ */

START_TEST (a_new_mixture_and_its_copy)
{
  lvm_bmm *g = some_mixture (), *copy = lvm_bmm_alloc (2, 3);
  ck_assert_double_eq (copy->weight[1], 0.5);
  ck_assert_double_eq (copy->mean[5], 0.5);
  lvm_bmm_copy (copy, g);
  ck_assert_double_eq (copy->weight[1], 0.7);
  ck_assert_double_eq (copy->mean[4], 0.2385);
  lvm_bmm_free (g);
  lvm_bmm_free (copy);
  lvm_bmm_free (NULL);
  lvm_bmm_logits_free (NULL);
}
END_TEST

START_TEST (parameters_are_counted)
{
  ck_assert_uint_eq (lvm_bmm_parameters (3, 4), 2 + 12);
  ck_assert_uint_eq (lvm_bmm_parameters (1, 1), 1);
}
END_TEST

/* The Beta (1 + s / 2, 1 + s / 2) density, of which a constant is left out.  */
START_TEST (log_prior_is_beta)
{
  lvm_bmm *g = some_mixture ();
  double product = 1;
  for (size_t i = 0; i < 6; i++)
    product *= pow (g->mean[i], 1.25) * pow (1 - g->mean[i], 1.25);
  ck_assert_double_eq_tol (lvm_bmm_log_prior (g, 2.5), log (product), 1e-13);
  g->mean[3] = 1e-20; /* 1 - mean is 1, its logarithm is not 0 */
  const double before = lvm_bmm_log_prior (g, 2);
  g->mean[3] = 2e-20;
  ck_assert_double_eq_tol (lvm_bmm_log_prior (g, 2) - before, log (2), 1e-13);
  ck_assert_double_eq (lvm_bmm_log_prior (g, 0), 0);
  for (int bound = 0; bound < 2; bound++)
    {
      g->mean[3] = bound;
      ck_assert_double_eq (lvm_bmm_log_prior (g, 1e-3), -INFINITY);
      ck_assert_double_eq (lvm_bmm_log_prior (g, 0), 0);
    }
  lvm_bmm_free (g);
}
END_TEST

/* --- E-step ---------------------------------------------------------------- */

/* weight prod_d mean^x (1 - mean)^(1 - x)  */
static double
joint (const lvm_bmm *g, size_t k, const lvm_bits *x, size_t n)
{
  double product = g->weight[k];
  for (size_t d = 0; d < g->D; d++)
    product *=
        lvm_bit (x, n, d) ? g->mean[k * g->D + d] : 1 - g->mean[k * g->D + d];
  return product;
}

static void
check_e_step (const lvm_bmm *g, const lvm_bits *x)
{
  const size_t K = g->K, N = x->N;
  double *r = lvm_alloc (N * K, sizeof *r), *evidence = lvm_alloc (N, sizeof *r);
  lvm_bmm_logits *w = lvm_bmm_logits_alloc (K, g->D);
  double sum = 0;
  lvm_bmm_logits_set (g, w);
  const double total = lvm_bmm_e_step (g, w, x, r, evidence);
  for (size_t n = 0; n < N; n++)
    {
      double p = 0;
      for (size_t k = 0; k < K; k++)
        p += joint (g, k, x, n);
      for (size_t k = 0; k < K && p > 0; k++)
        ck_assert_double_eq_tol (r[n * K + k], joint (g, k, x, n) / p, 1e-13);
      if (p > 0)
        ck_assert_double_eq_tol (evidence[n], log (p), 1e-12 * (1 - log (p)));
      else
        {
          ck_assert_double_eq (evidence[n], -INFINITY);
          for (size_t k = 0; k < K; k++)
            ck_assert_double_nan (r[n * K + k]);
        }
      sum += evidence[n];
    }
  ck_assert_double_eq (total, sum);
  ck_assert_double_eq (lvm_bmm_e_step (g, w, x, NULL, NULL), total);
  lvm_bmm_logits_free (w);
  free (r);
  free (evidence);
}

START_TEST (e_step_as_the_definition)
{
  lvm_bits *x = all_points (3);
  lvm_bmm *g = some_mixture ();
  check_e_step (g, x);
  g->mean[1] = 0; /* 0 in one component, 1 in both: points 4 .. 7 are possible */
  g->mean[2] = g->mean[5] = 1;
  check_e_step (g, x);
  g->weight[0] = 0;
  g->weight[1] = 1;
  check_e_step (g, x);
  lvm_bits_free (x);
  lvm_bmm_free (g);
}
END_TEST

/* Around the ends of bytes and words.  */
START_TEST (e_step_of_many_bits)
{
  const size_t D[] = { 1, 7, 8, 9, 63, 64, 65, 130 };
  for (size_t i = 0; i < sizeof D / sizeof D[0]; i++)
    for (size_t K = 1; K <= 3; K++)
      {
        lvm_bits *x = draw_bits (40, D[i], 1);
        lvm_bmm *g = lvm_bmm_alloc (K, D[i]);
        for (size_t j = 0; j < K * D[i]; j++)
          g->mean[j] = (double) (1 + 29 * j % 97) / 98;
        check_e_step (g, x);
        lvm_bits_free (x);
        lvm_bmm_free (g);
      }
}
END_TEST

/* All 2^D points together have probability 1, with means at the boundary and without,
   and what a component makes impossible is impossible.  */
START_TEST (probabilities_sum_to_one)
{
  static const double mean[8] = { 0.3, 1, 0, 0.95, 0, 0.5, 1, 1e-3 };
  for (size_t D = 1; D <= 10; D++)
    for (size_t K = 1; K <= 4; K++)
      {
        lvm_bits *x = all_points (D);
        lvm_bmm *g = lvm_bmm_alloc (K, D);
        lvm_bmm_logits *w = lvm_bmm_logits_alloc (K, D);
        double *evidence = lvm_alloc (x->N, sizeof *evidence), sum = 0;
        for (size_t i = 0; i < K * D; i++)
          g->mean[i] = mean[(i + i / D) % 8];
        lvm_bmm_logits_set (g, w);
        lvm_bmm_e_step (g, w, x, NULL, evidence);
        for (size_t n = 0; n < x->N; n++)
          sum += exp (evidence[n]);
        ck_assert_double_eq_tol (sum, 1, 1e-13);
        free (evidence);
        lvm_bmm_logits_free (w);
        lvm_bmm_free (g);
        lvm_bits_free (x);
      }
}
END_TEST

/* 784 bits of probability 1e-10 each: the product underflows, its logarithm does not.  A
   mean of 1e-20 still costs a bit that is off its 1e-20.  */
START_TEST (products_that_underflow)
{
  lvm_bits *x = lvm_bits_alloc (2, 784);
  lvm_bmm *g = lvm_bmm_alloc (1, 784);
  lvm_bmm_logits *w = lvm_bmm_logits_alloc (1, 784);
  double evidence[2];
  for (size_t d = 0; d < 784; d++)
    {
      lvm_bit_set (x, 0, d);
      g->mean[d] = 1e-10;
    }
  lvm_bmm_logits_set (g, w);
  lvm_bmm_e_step (g, w, x, NULL, evidence);
  ck_assert_double_eq_tol (evidence[0], 784 * log (1e-10), 1e-9);
  ck_assert_double_eq_tol (evidence[1], -784e-10, 1e-16);
  for (size_t d = 0; d < 784; d++)
    g->mean[d] = 1e-20;
  lvm_bmm_logits_set (g, w);
  lvm_bmm_e_step (g, w, x, NULL, evidence);
  ck_assert_double_eq_tol (evidence[1], -784e-20, 1e-30);
  lvm_bmm_logits_free (w);
  lvm_bmm_free (g);
  lvm_bits_free (x);
}
END_TEST

/* What was at the boundary before is forgotten.  */
START_TEST (logits_are_set_anew)
{
  lvm_bits *x = all_points (3);
  lvm_bmm *g = some_mixture ();
  lvm_bmm_logits *w = lvm_bmm_logits_alloc (2, 3);
  lvm_bmm_logits_set (g, w);
  const double before = lvm_bmm_e_step (g, w, x, NULL, NULL);
  const double m = g->mean[0], m1 = g->mean[1];
  g->mean[0] = 0;
  g->mean[1] = 1;
  lvm_bmm_logits_set (g, w);
  ck_assert (w->boundary[0] && !w->boundary[1]);
  g->mean[0] = m;
  g->mean[1] = m1;
  lvm_bmm_logits_set_one (g, 0, w);
  ck_assert (!w->boundary[0]);
  ck_assert_double_eq (lvm_bmm_e_step (g, w, x, NULL, NULL), before);
  lvm_bmm_logits_free (w);
  lvm_bmm_free (g);
  lvm_bits_free (x);
}
END_TEST

/* --- M-step ---------------------------------------------------------------- */

START_TEST (m_step_by_hand)
{
  lvm_bits *x = four_points ();
  lvm_bmm *g = lvm_bmm_alloc (2, 3);
  lvm_bmm_m_step (g, x, shares, 0);
  assert_near (2, g->weight, (double[]){ 0.5, 0.5 });
  assert_near (6, g->mean, (double[]){ 1, 0.75, 0.25, 0.5, 0.75, 0.75 });
  lvm_bmm_m_step (g, x, shares, 3); /* (on + 1.5) / (2 + 3) */
  assert_near (2, g->weight, (double[]){ 0.5, 0.5 });
  assert_near (6, g->mean, (double[]){ 0.7, 0.6, 0.4, 0.5, 0.6, 0.6 });
  lvm_bmm_free (g);
  lvm_bits_free (x);
}
END_TEST

START_TEST (empty_component)
{
  const double r[8] = { 1, 0, 1, 0, 1, 0, 1, 0 };
  lvm_bits *x = four_points ();
  lvm_bmm *g = some_mixture ();
  lvm_bmm_m_step (g, x, r, 0);
  ck_assert_double_eq (g->weight[0], 1);
  ck_assert_double_eq (g->weight[1], 0);
  assert_near (6, g->mean, (double[]){ 0.75, 0.75, 0.5, 0.9, 0.2385, 0.6 });
  lvm_bmm_m_step (g, x, r, 2);
  assert_near (3, g->mean + 3, (double[]){ 0.5, 0.5, 0.5 });
  lvm_bmm_free (g);
  lvm_bits_free (x);
}
END_TEST

/* 0.1 is not a double, and sums of it round.  A mean must not leave [0, 1], and be 1
   to the bit where a bit is on in all points that count.  */
START_TEST (means_stay_within_bounds)
{
  const size_t N = 3000, D = 70, K = 3;
  lvm_bits *x = draw_bits (N, D, 4);
  double *r = lvm_alloc (N * K, sizeof *r);
  lvm_bmm *g = lvm_bmm_alloc (K, D);
  for (size_t n = 0; n < N; n++)
    {
      r[n * K] = 0.1 * (double) (1 + n % 7);
      r[n * K + 1] = (double) lvm_bit (x, n, 33) / 3;
      r[n * K + 2] = lvm_bit (x, n, 33) ? 0 : pow (0.1, (double) (n % 320));
      lvm_bit_set (x, n, 50);
    }
  lvm_bmm_m_step (g, x, r, 0);
  for (size_t i = 0; i < K * D; i++)
    ck_assert (g->mean[i] >= 0 && g->mean[i] <= 1);
  for (size_t k = 0; k < K; k++)
    ck_assert_double_eq (g->mean[k * D + 50], 1);
  ck_assert_double_eq (g->mean[D + 33], 1);
  ck_assert_double_eq (g->mean[2 * D + 33], 0);
  free (r);
  lvm_bmm_free (g);
  lvm_bits_free (x);
}
END_TEST

/* EM climbs.  */
START_TEST (iterations)
{
  lvm_bits *x = draw_bits (200, 20, 9);
  lvm_bmm *g = lvm_bmm_alloc (3, 20);
  lvm_bmm_logits *w = lvm_bmm_logits_alloc (3, 20);
  double *r = lvm_alloc (600, sizeof *r), first = 0, before = -INFINITY;
  for (size_t i = 0; i < 60; i++)
    g->mean[i] = 0.3 + 0.4 * lvm_bit (x, i / 20, i % 20);
  for (int i = 0; i < 50; i++)
    {
      lvm_bmm_logits_set (g, w);
      const double now = lvm_bmm_e_step (g, w, x, r, NULL);
      ck_assert_double_ge (now, before - 1e-10);
      before = now;
      first = i == 0 ? now : first;
      lvm_bmm_m_step (g, x, r, 0);
    }
  ck_assert_double_gt (before, first + 100);
  free (r);
  lvm_bmm_logits_free (w);
  lvm_bmm_free (g);
  lvm_bits_free (x);
}
END_TEST

UNIT_MAIN ("model/bmm", a_new_mixture_and_its_copy, parameters_are_counted,
           log_prior_is_beta, e_step_as_the_definition, e_step_of_many_bits,
           probabilities_sum_to_one, products_that_underflow, logits_are_set_anew,
           m_step_by_hand, empty_component, means_stay_within_bounds, iterations)
