/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "num/compare.h"

#include "../unit.h"

#include <math.h>

START_TEST (equal_is_zero)
{
  ck_assert_double_eq (lvm_misfit (2.385, 2.385, 0), 0);
  ck_assert_double_eq (lvm_misfit (INFINITY, INFINITY, 0), 0);
  ck_assert_double_eq (lvm_misfit (-0.0, 0.0, 0), 0);
}
END_TEST

START_TEST (fraction_of_the_bound)
{
  ck_assert_double_eq (lvm_misfit (3, 5, 4), 0.5);
  ck_assert_double_eq (lvm_misfit (5, 3, 1), 2);
  ck_assert_double_eq (lvm_misfit (0, 1e-300, 1e-301), 10);
}
END_TEST

START_TEST (wrong_is_never_accepted)
{
  ck_assert (!(lvm_misfit (NAN, 1, 1e9) <= 1));
  ck_assert (!(lvm_misfit (1, NAN, 1e9) <= 1));
  ck_assert (!(lvm_misfit (NAN, NAN, INFINITY) <= 1));
  ck_assert (!(lvm_misfit (1, 2, NAN) <= 1));
  ck_assert (!(lvm_misfit (1, 2, -1) <= 1));
  ck_assert (!(lvm_misfit (1, 1, NAN) <= 1));
  ck_assert (!(lvm_misfit (1, 2, INFINITY) <= 1));
  ck_assert (!(lvm_misfit (1, 1, INFINITY) <= 1));
  ck_assert (!(lvm_excess (1, 2, INFINITY) <= 1));
  ck_assert (!(lvm_misfit (1, 1 + 1e-15, 0) <= 1));
  ck_assert (!(lvm_misfit (INFINITY, 1, 1e300) <= 1));
  ck_assert (!(lvm_misfit (INFINITY, -INFINITY, INFINITY) <= 1));
}
END_TEST

START_TEST (one_side_only)
{
  ck_assert_double_eq (lvm_excess (1, 2, 0), 0);
  ck_assert_double_eq (lvm_excess (2, 1, 4), 0.25);
  ck_assert_double_eq (lvm_excess (-INFINITY, 1, 0), 0);
  ck_assert (!(lvm_excess (2, 1, 0) <= 1));
  ck_assert (!(lvm_excess (NAN, 1, 1) <= 1));
  ck_assert (!(lvm_excess (1, NAN, 1) <= 1));
  ck_assert (!(lvm_excess (1, 2, NAN) <= 1));
}
END_TEST

START_TEST (larger_keeps_nan)
{
  ck_assert_double_eq (lvm_larger (2.5, -3), 2.5);
  ck_assert_double_eq (lvm_larger (-3, 2.5), 2.5);
  ck_assert_double_nan (lvm_larger (NAN, 1));
  ck_assert_double_nan (lvm_larger (1, NAN));
}
END_TEST

UNIT_MAIN ("num/compare", equal_is_zero, fraction_of_the_bound,
           wrong_is_never_accepted, one_side_only, larger_keeps_nan)
