/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "num/exact.h"

#include "../unit.h"

#include <float.h>
#include <math.h>

START_TEST (known_values)
{
  const double l[3] = { 0, 0, -INFINITY };
  ck_assert_double_eq (lvm_exact_log_sum_exp (3, l), M_LN2);
  ck_assert_double_eq (lvm_exact_softmax (3, l, 0), 0.5);
  ck_assert_double_eq (lvm_exact_softmax (3, l, 2), 0);
}
END_TEST

START_TEST (errors_below_a_unit)
{
  const double l[2] = { 0, 0 };
  ck_assert_double_lt (lvm_exact_log_sum_exp_error (2, l, M_LN2), DBL_EPSILON / 4);
  ck_assert_double_gt (lvm_exact_log_sum_exp_error (2, l, M_LN2), 0);
  ck_assert_double_eq (lvm_exact_softmax_error (2, l, 1, 0.5), 0);
  ck_assert_double_eq (lvm_exact_softmax_error (2, l, 1, 0.25), 0.5);
}
END_TEST

START_TEST (far_beyond_double)
{
  const double l[2] = { -1e12, -1e12 - 1 };
  ck_assert_double_eq_tol (lvm_exact_softmax (2, l, 0), 1 / (1 + exp (-1)), 1e-15);
  ck_assert_double_nan (lvm_exact_log_sum_exp_error (2, l, NAN));
}
END_TEST

UNIT_MAIN ("num/exact", known_values, errors_below_a_unit, far_beyond_double)
