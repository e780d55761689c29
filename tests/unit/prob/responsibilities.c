/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "prob/responsibilities.h"

#include "../unit.h"

#include <math.h>

START_TEST (three_bags)
{
  double l[3] = { log (0.2), log (0.3), log (0.7) }, evidence;
  ck_assert_int_eq (lvm_responsibilities (3, l, NULL, l, &evidence), 0);
  ck_assert_double_eq_tol (l[0], 2. / 12, 1e-15);
  ck_assert_double_eq_tol (l[2], 7. / 12, 1e-15);
  ck_assert_double_eq_tol (evidence, log (0.4), 1e-15);
}
END_TEST

START_TEST (prior_that_excludes)
{
  const double l[2] = { -800, -1 }, prior[2] = { 0, -INFINITY };
  double r[2], evidence;
  ck_assert_int_eq (lvm_responsibilities (2, l, prior, r, &evidence), 0);
  ck_assert_double_eq (r[0], 1);
  ck_assert_double_eq (r[1], 0);
  ck_assert_double_eq (evidence, -800);
}
END_TEST

START_TEST (no_posterior)
{
  const double impossible[2] = { -INFINITY, -INFINITY }, bad[2] = { 1, NAN },
               infinite[2] = { 1, INFINITY };
  double r[2], evidence;
  ck_assert_int_eq (lvm_responsibilities (2, impossible, NULL, r, &evidence), 1);
  ck_assert_int_eq (lvm_responsibilities (2, bad, NULL, r, &evidence), 1);
  ck_assert_double_nan (r[0]);
  ck_assert_int_eq (lvm_responsibilities (2, infinite, NULL, r, &evidence), 1);
}
END_TEST

UNIT_MAIN ("prob/responsibilities", three_bags, prior_that_excludes, no_posterior)
