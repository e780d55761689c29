/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "prob/draw.h"

#include "../unit.h"

#include <math.h>

#include "num/streams.h"

enum
{
  DRAWS = 100000
};

/* Frequencies of DRAWS draws within 5 standard deviations.  */
static void
assert_frequencies (size_t n, const int count[], const double probability[])
{
  for (size_t i = 0; i < n; i++)
    {
      const double p = probability[i];
      ck_assert_double_le (fabs (count[i] - p * DRAWS),
                           5 * sqrt (p * (1 - p) * DRAWS));
    }
}

START_TEST (places_are_equally_likely)
{
  gsl_rng *rng = lvm_stream_alloc (5, 0);
  int count[7] = { 0 };
  for (int i = 0; i < DRAWS; i++)
    {
      const size_t n = lvm_draw_place (rng, 7);
      ck_assert_uint_lt (n, 7);
      count[n]++;
    }
  assert_frequencies (
      7, count,
      (double[]){ 1 / 7., 1 / 7., 1 / 7., 1 / 7., 1 / 7., 1 / 7., 1 / 7. });
  ck_assert_uint_eq (lvm_draw_place (rng, 1), 0);
  gsl_rng_free (rng);
}
END_TEST

START_TEST (places_by_weight)
{
  const double weight[5] = { 0, 2.5, 0.5, 0, 7 };
  gsl_rng *rng = lvm_stream_alloc (6, 0);
  int count[5] = { 0 };
  for (int i = 0; i < DRAWS; i++)
    count[lvm_draw_from (rng, 5, weight, 10)]++;
  assert_frequencies (5, count, (double[]){ 0, 0.25, 0.05, 0, 0.7 });
  gsl_rng_free (rng);
}
END_TEST

/* What the total is too large by goes to the last place of positive weight.  */
START_TEST (the_last_takes_what_is_left)
{
  const double weight[4] = { 1, 0, 1, 0 };
  gsl_rng *rng = lvm_stream_alloc (7, 0);
  int count[4] = { 0 };
  for (int i = 0; i < DRAWS; i++)
    count[lvm_draw_from (rng, 4, weight, 4)]++;
  assert_frequencies (4, count, (double[]){ 0.25, 0, 0.75, 0 });
  gsl_rng_free (rng);
}
END_TEST

UNIT_MAIN ("prob/draw", places_are_equally_likely, places_by_weight,
           the_last_takes_what_is_left)
