/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "prob/categorical.h"

#include "../unit.h"

#include <math.h>

static const double p[3] = { 0.25, 0, 0.75 }, q[3] = { 0.5, 0.25, 0.25 };

START_TEST (draws_by_intervals)
{
  ck_assert_uint_eq (lvm_categorical_draw (3, p, 0), 0);
  ck_assert_uint_eq (lvm_categorical_draw (3, p, 0.2499), 0);
  ck_assert_uint_eq (lvm_categorical_draw (3, p, 0.25), 2);
  ck_assert_uint_eq (lvm_categorical_draw (3, q, 0.74), 1);
  ck_assert_uint_eq (lvm_categorical_draw (3, (double[]){ 0.3, 0.3, 0.3 }, 0.99),
                     2);
}
END_TEST

START_TEST (score_of_the_logits)
{
  double s[3];
  lvm_categorical_score (3, q, 1, s);
  ck_assert_double_eq (s[0], -0.5);
  ck_assert_double_eq (s[1], 0.75);
  ck_assert_double_eq (s[2], -0.25);
}
END_TEST

START_TEST (entropy_and_divergence)
{
  ck_assert_double_eq_tol (lvm_categorical_entropy (3, p), log (4) - 0.75 * log (3),
                           1e-15);
  ck_assert_double_eq_tol (lvm_categorical_kl (3, p, q),
                           0.25 * log (0.5) + 0.75 * log (3), 1e-15);
  ck_assert_double_eq (lvm_categorical_kl (3, q, p), INFINITY);
}
END_TEST

UNIT_MAIN ("prob/categorical", draws_by_intervals, score_of_the_logits,
           entropy_and_divergence)
