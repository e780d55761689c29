/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/latent_map.h"

#include "../unit.h"

#include <math.h>

START_TEST (turns_counter_clockwise)
{
  double z[2] = { 2, 0 };
  lvm_turn (M_PI / 6, z, z);
  ck_assert_double_eq_tol (z[0], sqrt (3), 1e-15);
  ck_assert_double_eq_tol (z[1], 1, 1e-15);
}
END_TEST

/* At distance two a swirl of pi / 4 is a right angle; its negative undoes it.  */
START_TEST (swirls_by_the_distance)
{
  const double z[2] = { 2, 0 };
  double w[2];
  lvm_swirl (M_PI / 4, z, w);
  ck_assert_double_eq_tol (w[0], 0, 1e-15);
  ck_assert_double_eq_tol (w[1], 2, 1e-15);
  lvm_swirl (-M_PI / 4, w, w);
  ck_assert_double_eq_tol (w[0], 2, 1e-15);
  ck_assert_double_eq_tol (w[1], 0, 1e-15);
}
END_TEST

/* At 45 degrees: the logarithm of the arithmetic mean over the geometric one.  */
START_TEST (price_of_a_turn)
{
  ck_assert_double_eq (lvm_turn_price (9, 4, 0), 0);
  ck_assert_double_eq_tol (lvm_turn_price (9, 4, M_PI / 4), log (6.5 / 6), 1e-15);
  ck_assert_double_eq_tol (lvm_turn_price (9, 4, M_PI / 2), 0, 1e-15);
  ck_assert_double_eq (lvm_turn_price (3, 3, 1), 0);
}
END_TEST

UNIT_MAIN ("model/latent_map", turns_counter_clockwise, swirls_by_the_distance,
           price_of_a_turn)
