/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "harness/tracked.h"

#include "../unit.h"

#include <float.h>
#include <math.h>

/* The bound must cover the error, and not by much more than the operations made.  */
static void
covered (tracked a, long double exact, double most)
{
  const double error = (double) fabsl ((long double) a.value - exact);
  ck_assert_msg (error <= a.error, "%.17g is off by %g, tracked %g", a.value, error,
                 a.error);
  ck_assert_msg (a.error <= most, "tracked %g, more than %g", a.error, most);
}

START_TEST (bounds_cover)
{
  const double u = DBL_EPSILON / 2;
  const tracked a = given (0.1), b = given (3.7),
                third = over (given (1), given (3));
  tracked_disturb (-1, UNDISTURBED);
  covered (third, 1.0L / 3, 2 * u / 3);
  covered (plus (a, b),
           0.1 + 3.7L + ((long double) 0.1 - 0.1) + ((long double) 3.7 - 3.7L),
           1.1 * u * 3.8);
  covered (times (third, third), 1.0L / 9, 4 * u / 9);
  covered (minus (third, given (0.25)), 1.0L / 3 - 0.25L, u);
  covered (ln (third), -logl (3), 8 * u);
  covered (e_to (third), expl (1.0L / 3), 8 * u);
  covered (over (third, minus (third, given (0.333))),
           (1.0L / 3) / (1.0L / 3 - 0.333L), 1e-9);
}
END_TEST

START_TEST (zero_and_infinity)
{
  tracked_disturb (-1, UNDISTURBED);
  const tracked nothing = ln (given (0));
  ck_assert_double_eq (nothing.value, -INFINITY);
  ck_assert_double_eq (nothing.error, 0);
  ck_assert_double_eq (e_to (minus (nothing, given (3))).value, 0);
  ck_assert_double_le (e_to (minus (nothing, given (3))).error, DBL_TRUE_MIN);
  /* a denominator that may be zero: no bound */
  ck_assert_double_eq (over (given (1), (tracked){ 1e-20, 1e-19 }).error, INFINITY);
  ck_assert_double_eq (ln ((tracked){ 1e-20, 1e-19 }).error, INFINITY);
}
END_TEST

START_TEST (each_operation_can_be_disturbed)
{
  tracked (*const two[]) (tracked, tracked) = { plus, minus, times, over };
  tracked (*const one[]) (tracked) = { e_to, ln };
  for (int d = DROPPED; d < DISTURBANCES; d++)
    {
      for (int i = 0; i < 4; i++)
        {
          tracked_disturb (-1, UNDISTURBED);
          const double right = two[i](given (2.385), given (0.7)).value;
          tracked_disturb (0, (enum disturbance) d);
          ck_assert_double_ne (two[i](given (2.385), given (0.7)).value, right);
          ck_assert_int_eq (tracked_operations (), 1);
        }
      for (int i = 0; i < 2; i++)
        {
          tracked_disturb (-1, UNDISTURBED);
          const double right = one[i](given (2.385)).value;
          tracked_disturb (0, (enum disturbance) d);
          ck_assert_double_ne (one[i](given (2.385)).value, right);
        }
    }
}
END_TEST

START_TEST (only_the_chosen_operation)
{
  tracked_disturb (1, DOUBLED);
  ck_assert_double_eq (plus (given (1), given (2)).value, 3);
  ck_assert_double_eq (plus (given (1), given (2)).value, 6);
  ck_assert_double_eq (plus (given (1), given (2)).value, 3);
  tracked_disturb (-1, UNDISTURBED);
}
END_TEST

UNIT_MAIN ("harness/tracked", bounds_cover, zero_and_infinity,
           each_operation_can_be_disturbed, only_the_chosen_operation)
