/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "prob/importance.h"

#include "../unit.h"

#include <math.h>

START_TEST (one_draw)
{
  const double log_w[3] = { log (2), log (3), log (7) };
  ck_assert_double_eq_tol (lvm_importance_bound (3, log_w), log (4), 1e-15);
  ck_assert_double_eq_tol (lvm_importance_bound (1, log_w), log (2), 1e-15);
}
END_TEST

/* Weights 2, 3, 7: mean 4, variance 7, and by the delta method sqrt (7 / 3) / 4.  */
START_TEST (standard_error)
{
  const double log_w[3] = { log (2) - 800, log (3) - 800, log (7) - 800 };
  const double one_alone[2] = { -INFINITY, 5 };
  ck_assert_double_eq_tol (lvm_importance_error (3, log_w), sqrt (7. / 3) / 4,
                           1e-12);
  ck_assert_double_eq_tol (lvm_importance_error (2, one_alone), 1, 1e-15);
  ck_assert_double_nan (lvm_importance_error (1, log_w));
}
END_TEST

/* Weights 1 and 3 with probabilities 3/4 and 1/4: E ln w, and all four pairs.  */
START_TEST (expectation_of_one_and_two)
{
  const double p[3] = { 0.75, 0.25, 0 }, log_w[3] = { 0, log (3), 5 };
  ck_assert_double_eq_tol (lvm_importance_expected (1, 3, p, log_w), log (3) / 4,
                           1e-14);
  ck_assert_double_eq_tol (lvm_importance_expected (2, 2, p, log_w),
                           log (3) / 16 + 0.375 * log (2), 1e-14);
  ck_assert_double_eq_tol (lvm_importance_expected ((size_t) 1 << 40, 2, p, log_w),
                           log (1.5), 1e-12);
}
END_TEST

START_TEST (a_weight_of_zero)
{
  const double p[2] = { 0.75, 0.25 }, log_w[2] = { -INFINITY, 1 };
  ck_assert_double_eq (lvm_importance_expected (3, 2, p, log_w), -INFINITY);
}
END_TEST

/* Far from one, with one state alone: the bound is its logarithm.  */
START_TEST (scale_of_the_weights)
{
  const double p[1] = { 1 }, low[1] = { -900 }, high[1] = { 900 };
  ck_assert_double_eq_tol (lvm_importance_expected (4, 1, p, low), -900, 1e-12);
  ck_assert_double_eq_tol (lvm_importance_expected (4, 1, p, high), 900, 1e-12);
}
END_TEST

START_TEST (gradients)
{
  const double log_w[2] = { log (1), log (3) }, path[2] = { 2, -1 },
               score[2] = { 0.5, 4 };
  double work[2];
  ck_assert_double_eq_tol (lvm_importance_gradient (2, log_w, path, score, work),
                           0.25 * 1.5 + 0.75 * -5, 1e-15);
  ck_assert_double_eq_tol (lvm_importance_gradient_doubly (2, log_w, path, work),
                           2. / 16 - 9. / 16, 1e-15);
}
END_TEST

UNIT_MAIN ("prob/importance", one_draw, standard_error, expectation_of_one_and_two,
           a_weight_of_zero, scale_of_the_weights, gradients)
