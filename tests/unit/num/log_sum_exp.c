/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "num/log_sum_exp.h"

#include "../unit.h"

#include <math.h>

START_TEST (known_sums)
{
  const double l[3] = { 0, log (2), log (5) };
  ck_assert_double_eq_tol (lvm_log_sum_exp (3, l), log (8), 1e-15);
  ck_assert_double_eq (lvm_log_sum_exp (1, l + 1), log (2));
  ck_assert_double_eq (lvm_log_sum_exp (0, l), -INFINITY);
}
END_TEST

START_TEST (far_away)
{
  const double next_to_nothing[2] = { 0, -40 };
  ck_assert_double_eq_tol (lvm_log_sum_exp (2, next_to_nothing), exp (-40), 1e-32);
  const double low[2] = { -1000, -1001 }, high[2] = { 1e308, 1e308 };
  ck_assert_double_eq_tol (lvm_log_sum_exp (2, low), -1000 + log1p (exp (-1)),
                           1e-12);
  ck_assert_double_eq (lvm_log_sum_exp (2, high), 1e308);
}
END_TEST

START_TEST (not_numbers)
{
  const double nothing[2] = { -INFINITY, -INFINITY }, all[2] = { 1, INFINITY },
               bad[3] = { 1, NAN, 2 };
  double r[3];
  ck_assert_double_eq (lvm_log_sum_exp (2, nothing), -INFINITY);
  ck_assert_double_eq (lvm_log_sum_exp (2, all), INFINITY);
  ck_assert_double_nan (lvm_log_sum_exp (3, bad));
  lvm_softmax (2, nothing, r);
  ck_assert_double_nan (r[0]);
  ck_assert_double_nan (r[1]);
  lvm_softmax (3, bad, r);
  ck_assert_double_nan (r[2]);
  ck_assert_uint_eq (lvm_argmax (3, bad), 1);
}
END_TEST

START_TEST (softmax_in_place)
{
  double l[3] = { -2000, log (2) - 2000, log (5) - 2000 };
  lvm_softmax (3, l, l);
  ck_assert_double_eq_tol (l[0], 0.125, 1e-12);
  ck_assert_double_eq_tol (l[1], 0.25, 1e-12);
  ck_assert_double_eq_tol (l[2], 0.625, 1e-12);
}
END_TEST

START_TEST (ties_go_to_the_first)
{
  const double l[4] = { -1, 2.5, 2.5, 0 };
  ck_assert_uint_eq (lvm_argmax (4, l), 1);
}
END_TEST

UNIT_MAIN ("num/log_sum_exp", known_sums, far_away, not_numbers, softmax_in_place,
           ties_go_to_the_first)
