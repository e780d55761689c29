/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/bmm_init.h"

#include "../unit.h"
#include "bits.h"

#include <math.h>

#include "num/error.h"

static int
start (lvm_bmm *g, const lvm_bits *x, lvm_bmm_how how, uint64_t seed, int threads)
{
  gsl_rng *rng = lvm_stream_alloc (seed, 0);
  const int status = lvm_bmm_start (g, x, how, rng, 0, threads);
  gsl_rng_free (rng);
  return status;
}

static void
set_row (lvm_bits *x, size_t n, const char *bits)
{
  for (size_t d = 0; d < x->D; d++)
    if (bits[d] == '1')
      lvm_bit_set (x, n, d);
}

/* --- distinct points --------------------------------------------------------- */

START_TEST (distinct_points_are_counted)
{
  static const char *const rows[6] = { "0110", "0110", "0000",
                                       "0110", "1000", "0000" };
  lvm_bits *x = lvm_bits_alloc (6, 4);
  for (size_t n = 0; n < 6; n++)
    set_row (x, n, rows[n]);
  ck_assert_uint_eq (lvm_bits_distinct (x, 100), 3);
  ck_assert_uint_eq (lvm_bits_distinct (x, 3), 3);
  ck_assert_uint_eq (lvm_bits_distinct (x, 2), 2);
  ck_assert_uint_eq (lvm_bits_distinct (x, 0), 0);
  lvm_bits_free (x);
}
END_TEST

/* They may differ in the last bit only.  */
START_TEST (every_bit_counts)
{
  for (size_t D = 1; D <= 70; D++)
    {
      lvm_bits *x = lvm_bits_alloc (2, D);
      lvm_bit_set (x, 1, D - 1);
      ck_assert_uint_eq (lvm_bits_distinct (x, 9), 2);
      lvm_bits_free (x);
    }
}
END_TEST

START_TEST (too_few_distinct_points)
{
  lvm_bits *x = lvm_bits_alloc (5, 3);
  lvm_bmm *g = lvm_bmm_alloc (3, 3);
  lvm_bit_set (x, 2, 1);
  ck_assert_int_eq (start (g, x, LVM_BMM_KMEANS, 1, 1), 1);
  ck_assert_int_eq (start (g, x, LVM_BMM_RANDOM, 1, 1), 1);
  lvm_bits_free (x);
  lvm_bmm_free (g);
}
END_TEST

/* --- starts ------------------------------------------------------------------ */

/* Bits are on in 0, 1 and 3 of 7 points; a point more, half on, makes the data's mean
   1/16, 3/16, 7/16.  Each start has three distinct points, halfway to it.  */
START_TEST (random_takes_distinct_points)
{
  static const char *const rows[7] = { "000", "000", "001", "000",
                                       "000", "011", "001" };
  lvm_bits *x = lvm_bits_alloc (7, 3);
  lvm_bmm *g = lvm_bmm_alloc (3, 3);
  int met[4] = { 0 };
  for (size_t n = 0; n < 7; n++)
    set_row (x, n, rows[n]);
  for (uint64_t seed = 0; seed < 60; seed++)
    {
      int seen = 0;
      ck_assert_int_eq (start (g, x, LVM_BMM_RANDOM, seed, 1), 0);
      for (size_t k = 0; k < 3; k++)
        {
          const double *mean = g->mean + 3 * k;
          const int on = (mean[1] > 0.5) * 2 + (mean[2] > 0.5);
          ck_assert_double_eq (mean[0], 1. / 32);
          ck_assert_double_eq (mean[1], (on / 2 + 3. / 16) / 2);
          ck_assert_double_eq (mean[2], (on % 2 + 7. / 16) / 2);
          ck_assert_double_eq (g->weight[k], 1. / 3);
          seen |= 1 << on;
          met[on] += k == 0;
        }
      ck_assert_int_eq (seen, 1 << 0 | 1 << 1 | 1 << 3);
    }
  ck_assert (met[0] > 20 && met[1] > 5 && met[3] > 2);
  lvm_bits_free (x);
  lvm_bmm_free (g);
}
END_TEST

/* Ten points each around three patterns that differ in eight bits: means are the
   clusters', with a point more that is half on.  Few starts put two centres in one
   pattern, and stay there.  */
START_TEST (kmeans_finds_clusters)
{
  static const char *const pattern[3] = { "111100000000", "000011110000",
                                          "000000001111" };
  lvm_bits *x = lvm_bits_alloc (30, 12);
  lvm_bmm *g = lvm_bmm_alloc (3, 12);
  int found = 0;
  for (size_t n = 0; n < 30; n++)
    {
      set_row (x, n, pattern[n % 3]);
      if (n >= 27) /* one in each has a bit of the next pattern */
        lvm_bit_set (x, n, (4 * (n % 3) + 4) % 12);
    }
  for (uint64_t seed = 0; seed < 40; seed++)
    {
      ck_assert_int_eq (start (g, x, LVM_BMM_KMEANS, seed, 1), 0);
      if (fmax (g->weight[0], fmax (g->weight[1], g->weight[2])) > 0.34)
        continue;
      found++;
      for (size_t k = 0; k < 3; k++)
        {
          const double *mean = g->mean + 12 * k;
          const size_t own = mean[1] > 0.5 ? 0 : mean[5] > 0.5 ? 1 : 2;
          for (size_t d = 0; d < 12; d++)
            {
              const double on =
                  pattern[own][d] == '1' ? 10 : d == (4 * own + 4) % 12;
              ck_assert_double_eq_tol (mean[d], (on + 0.5) / 11, 1e-15);
            }
        }
    }
  ck_assert_int_ge (found, 34);
  lvm_bits_free (x);
  lvm_bmm_free (g);
}
END_TEST

/* Whatever the data: with columns never on and always on, with K as large as can be, all
   means are inside, and no cluster is empty.  */
START_TEST (starts_are_inside)
{
  const size_t D[] = { 3, 8, 9, 64, 65 };
  for (size_t i = 0; i < 5; i++)
    for (int how = LVM_BMM_KMEANS; how <= LVM_BMM_RANDOM; how++)
      {
        lvm_bits *x = draw_bits (100, D[i], 3);
        for (size_t n = 0; n < 100; n++)
          lvm_bit_set (x, n, D[i] - 1);
        const size_t distinct = lvm_bits_distinct (x, 100);
        for (size_t K = 1; K <= distinct; K += 1 + distinct / 3)
          {
            lvm_bmm *g = lvm_bmm_alloc (K, D[i]);
            double total = 0;
            ck_assert_int_eq (start (g, x, (lvm_bmm_how) how, K, 2), 0);
            for (size_t k = 0; k < K; k++)
              {
                ck_assert_double_ge (g->weight[k], 0.0099);
                total += g->weight[k];
              }
            ck_assert_double_eq_tol (total, 1, 1e-14);
            for (size_t j = 0; j < K * D[i]; j++)
              ck_assert (g->mean[j] > 0 && g->mean[j] < 1);
            lvm_bmm_free (g);
          }
        lvm_bits_free (x);
      }
}
END_TEST

/* K = 1: one cluster, the data's mean; the strength of the prior is added to the one
   point more.  */
START_TEST (one_component)
{
  lvm_bits *x = draw_bits (50, 20, 1);
  lvm_bmm *g = lvm_bmm_alloc (1, 20);
  gsl_rng *rng = lvm_stream_alloc (1, 0);
  ck_assert_int_eq (lvm_bmm_start (g, x, LVM_BMM_KMEANS, rng, 2.5, 1), 0);
  ck_assert_double_eq (g->weight[0], 1);
  for (size_t d = 0; d < 20; d++)
    {
      double on = 0;
      for (size_t n = 0; n < 50; n++)
        on += lvm_bit (x, n, d);
      ck_assert_double_eq_tol (g->mean[d], (on + 1.75) / 53.5, 1e-15);
    }
  gsl_rng_free (rng);
  lvm_bits_free (x);
  lvm_bmm_free (g);
}
END_TEST

START_TEST (the_same_stream_the_same_start)
{
  lvm_bits *x = draw_bits (3000, 100, 2);
  lvm_bmm *a = lvm_bmm_alloc (6, 100), *b = lvm_bmm_alloc (6, 100);
  const size_t size = 600 * sizeof (double);
  for (int how = LVM_BMM_KMEANS; how <= LVM_BMM_RANDOM; how++)
    {
      start (a, x, (lvm_bmm_how) how, 7, 1);
      for (int threads = 1; threads <= 3; threads++)
        {
          start (b, x, (lvm_bmm_how) how, 7, threads);
          ck_assert_int_eq (memcmp (a->mean, b->mean, size), 0);
          ck_assert_int_eq (memcmp (a->weight, b->weight, 6 * sizeof (double)), 0);
        }
      start (b, x, (lvm_bmm_how) how, 8, 1);
      ck_assert_int_ne (memcmp (a->mean, b->mean, size), 0);
    }
  lvm_bits_free (x);
  lvm_bmm_free (a);
  lvm_bmm_free (b);
}
END_TEST

/* --- what is degenerate, draws ------------------------------------------------ */

START_TEST (degenerate_components)
{
  lvm_bmm *g = lvm_bmm_alloc (3, 2);
  g->mean[1] = 0; /* no degeneracy */
  ck_assert_uint_eq (lvm_bmm_degenerate (g, 10), 3);
  g->weight[2] = 1.1e-9;
  ck_assert_uint_eq (lvm_bmm_degenerate (g, 10), 3);
  g->weight[2] = 0.9e-9;
  ck_assert_uint_eq (lvm_bmm_degenerate (g, 10), 2);
  g->weight[0] = NAN;
  ck_assert_uint_eq (lvm_bmm_degenerate (g, 10), 0);
  lvm_bmm_free (g);
}
END_TEST

/* Frequencies of 10^5 draws, to 5 standard deviations; means of 0 and 1 exactly.  */
START_TEST (draws_have_the_mixture_s_moments)
{
  static const double mean[6] = { 0.25, 1, 0.9, 0, 0.5, 0.0625 };
  const int draws = 100000;
  lvm_bmm *g = lvm_bmm_alloc (2, 3);
  gsl_rng *rng = lvm_stream_alloc (11, 0);
  double count[2] = { 0 }, on[6] = { 0 };
  memcpy (g->mean, mean, sizeof mean);
  g->weight[0] = 0.3;
  g->weight[1] = 0.7;
  for (int i = 0; i < draws; i++)
    {
      uint8_t x[3];
      const size_t k = lvm_bmm_draw (g, rng, x);
      count[k]++;
      for (size_t d = 0; d < 3; d++)
        {
          ck_assert_uint_le (x[d], 1);
          on[3 * k + d] += x[d];
        }
    }
  ck_assert_double_lt (fabs (count[0] - 0.3 * draws), 5 * sqrt (0.21 * draws));
  for (size_t i = 0; i < 6; i++)
    {
      const double c = count[i / 3], m = mean[i];
      ck_assert_double_le (fabs (on[i] - m * c), 5 * sqrt (m * (1 - m) * c));
    }
  gsl_rng_free (rng);
  lvm_bmm_free (g);
}
END_TEST

UNIT_MAIN ("model/bmm_init", distinct_points_are_counted, every_bit_counts,
           too_few_distinct_points, random_takes_distinct_points,
           kmeans_finds_clusters, starts_are_inside, one_component,
           the_same_stream_the_same_start, degenerate_components,
           draws_have_the_mixture_s_moments)
