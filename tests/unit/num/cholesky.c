/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "num/cholesky.h"

#include "../unit.h"

#include <gsl/gsl_errno.h>
#include <math.h>

START_TEST (known_factor)
{
  double a[9] = { 4, 12, -16, 12, 37, -43, -16, -43, 98 };
  const double l[9] = { 2, 0, 0, 6, 1, 0, -8, 5, 3 };
  ck_assert_int_eq (lvm_cholesky (3, a), 0);
  for (int i = 0; i < 9; i++)
    ck_assert_double_eq_tol (a[i], l[i], 1e-12);
  ck_assert_double_eq_tol (lvm_cholesky_log_det (3, a), log (36), 1e-14);
}
END_TEST

START_TEST (only_the_lower_triangle_is_read)
{
  double a[4] = { 2.25, NAN, 0.75, 1.25 };
  ck_assert_int_eq (lvm_cholesky (2, a), 0);
  ck_assert_double_eq_tol (a[3], 1, 1e-15);
  ck_assert_double_eq (a[1], 0);
}
END_TEST

START_TEST (not_positive_definite)
{
  double indefinite[4] = { 1, 2, 2, 1 }, zero[1] = { 0 }, nan[4] = { NAN, 0, 0, 1 },
         infinite[4] = { INFINITY, 0, 0, 1 }, negative[1] = { -2.5 };
  gsl_set_error_handler_off ();
  ck_assert_int_eq (lvm_cholesky (2, indefinite), 1);
  ck_assert_int_eq (lvm_cholesky (1, zero), 1);
  ck_assert_int_eq (lvm_cholesky (2, nan), 1);
  ck_assert_int_eq (lvm_cholesky (2, infinite), 1);
  ck_assert_int_eq (lvm_cholesky (1, negative), 1);
}
END_TEST

START_TEST (forward_substitution)
{
  const double l[4] = { 2, 0, 3, 0.5 };
  double y[2] = { 5, 9.25 };
  lvm_cholesky_solve_lower (2, l, y);
  ck_assert_double_eq (y[0], 2.5);
  ck_assert_double_eq (y[1], 3.5);
}
END_TEST

UNIT_MAIN ("num/cholesky", known_factor, only_the_lower_triangle_is_read,
           not_positive_definite, forward_substitution)
