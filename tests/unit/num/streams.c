/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "num/streams.h"

#include "../unit.h"

#include <math.h>

/* The known answers that Random123 publishes for Philox4x32-10.  */
START_TEST (philox_gives_the_known_answers)
{
  static const struct
  {
    uint32_t key[2], counter[4], block[4];
  } known[] = {
    { { 0, 0 },
      { 0, 0, 0, 0 },
      { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 } },
    { { UINT32_MAX, UINT32_MAX },
      { UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX },
      { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd } },
    { { 0xa4093822, 0x299f31d0 },
      { 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 },
      { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 } },
  };
  for (int i = 0; i < 3; i++)
    {
      const uint32_t *k = known[i].key, *c = known[i].counter;
      gsl_rng *rng = lvm_stream_alloc ((uint64_t) k[1] << 32 | k[0],
                                       (uint64_t) c[3] << 32 | c[2]);
      uint32_t *state = gsl_rng_state (rng); /* key, counter: the place is in two */
      state[2] = c[0];
      state[3] = c[1];
      for (int j = 0; j < 4; j++)
        ck_assert_uint_eq (gsl_rng_get (rng), known[i].block[j]);
      gsl_rng_free (rng);
    }
}
END_TEST

START_TEST (the_place_carries_over)
{
  gsl_rng *rng = lvm_stream_alloc (7, 3);
  uint32_t *state = gsl_rng_state (rng);
  state[2] = UINT32_MAX;
  for (int i = 0; i < 5; i++)
    gsl_rng_get (rng);
  ck_assert_uint_eq (state[2], 1);
  ck_assert_uint_eq (state[3], 1);
  gsl_rng_free (rng);
}
END_TEST

START_TEST (streams_begin_anew)
{
  gsl_rng *a = lvm_stream_alloc (7, 3), *b = lvm_stream_alloc (7, 4);
  const unsigned long first = gsl_rng_get (a), other = gsl_rng_get (b);
  ck_assert_uint_ne (first, other);
  lvm_stream_set (b, 7, 3);
  ck_assert_uint_eq (gsl_rng_get (b), first);
  lvm_stream_set (b, 8, 3);
  ck_assert_uint_ne (gsl_rng_get (b), first);
  lvm_stream_set (a, 7, 0);
  gsl_rng_set (b, 7);
  ck_assert_uint_eq (gsl_rng_get (a), gsl_rng_get (b));
  gsl_rng_free (a);
  gsl_rng_free (b);
}
END_TEST

/* Mean 1/2 and variance 1/12 within 5 standard deviations of 10^6 draws.  */
START_TEST (reals_are_uniform)
{
  gsl_rng *rng = lvm_stream_alloc (1, 0);
  const int n = 1000000;
  double sum = 0, squares = 0;
  for (int i = 0; i < n; i++)
    {
      const double u = gsl_rng_uniform (rng);
      ck_assert (u >= 0 && u < 1);
      sum += u - 0.5;
      squares += (u - 0.5) * (u - 0.5);
    }
  ck_assert_double_lt (fabs (sum / n), 5 * sqrt (1. / 12 / n));
  ck_assert_double_lt (fabs (squares / n - 1. / 12), 5 * sqrt (1. / 180 / n));
  gsl_rng_free (rng);
}
END_TEST

UNIT_MAIN ("num/streams", philox_gives_the_known_answers, the_place_carries_over,
           streams_begin_anew, reals_are_uniform)
