/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "prob/elbo.h"

#include "../unit.h"

#include <math.h>

/* Two states: prior (1/2, 1/2), likelihood (1/5, 3/5), q (3/4, 1/4).  */
static const double q[3] = { 0.75, 0.25, 0 };

static void
logs (double log_prior[3], double log_likelihood[3])
{
  log_prior[0] = log_prior[1] = log (0.5);
  log_likelihood[0] = log (0.2);
  log_likelihood[1] = log (0.6);
  log_prior[2] = log_likelihood[2] = -INFINITY;
}

START_TEST (three_forms_and_the_gap)
{
  double lp[3], ll[3], work[3];
  logs (lp, ll);
  const double f = 0.75 * log (0.1 / 0.75) + 0.25 * log (0.3 / 0.25);
  for (size_t K = 2; K <= 3; K++) /* the third state is never visited */
    {
      ck_assert_double_eq_tol (lvm_elbo_first (K, q, lp, ll), f, 1e-15);
      ck_assert_double_eq_tol (lvm_elbo_second (K, q, lp, ll), f, 1e-15);
      ck_assert_double_eq_tol (lvm_elbo_third (K, q, lp, ll), f, 1e-15);
      ck_assert_double_eq_tol (lvm_elbo_gap (K, q, lp, ll, work), log (0.4) - f,
                               1e-15);
    }
}
END_TEST

START_TEST (a_visit_to_the_impossible)
{
  const double third[3] = { 0.5, 0.25, 0.25 },
               no[3] = { -INFINITY, -INFINITY, -INFINITY };
  double lp[3], ll[3], work[3];
  logs (lp, ll);
  ck_assert_double_eq (lvm_elbo_third (3, third, lp, ll), -INFINITY);
  ck_assert_double_eq (lvm_elbo_second (3, third, lp, ll), -INFINITY);
  ck_assert_double_eq (lvm_elbo_first (3, third, lp, ll), -INFINITY);
  ck_assert_double_eq (lvm_elbo_gap (3, third, lp, ll, work), INFINITY);
  ck_assert_double_nan (lvm_elbo_gap (3, third, lp, no, work));
}
END_TEST

START_TEST (divergence_from_the_standard_normal)
{
  const double mean[2] = { 0.5, -1 }, lv[2] = { log (0.25), log (4) };
  ck_assert_double_eq_tol (
      lvm_kl_standard (2, mean, lv),
      (0.25 + 0.25 - 1 - log (0.25)) / 2 + (1 + 4 - 1 - log (4)) / 2, 1e-15);
  ck_assert_double_eq (lvm_kl_standard (0, mean, lv), 0);
  /* exp (v) - v - 1 would lose all digits here */
  const double zero[1] = { 0 }, tiny[1] = { 1e-9 };
  ck_assert_double_eq_tol (lvm_kl_standard (1, zero, tiny), 2.5e-19, 1e-25);
}
END_TEST

START_TEST (moments_by_weight)
{
  const double w[3] = { 0.5, 0.5, 0 }, ll[3] = { 1, 3, INFINITY },
               lp[3] = { 2, -2, -INFINITY }, lq[3] = { 0, 1, -INFINITY };
  lvm_elbo_moments m;
  lvm_elbo_average (3, w, ll, lp, lq, &m);
  ck_assert_double_eq (m.mean[LVM_LIKELIHOOD], 2);
  ck_assert_double_eq (m.mean[LVM_PRIOR], 0);
  ck_assert_double_eq (m.mean[LVM_Q], 0.5);
  ck_assert_double_eq (m.covariance[LVM_LIKELIHOOD][LVM_PRIOR], -2);
  ck_assert_double_eq (m.covariance[LVM_Q][LVM_PRIOR], -1);
  for (int form = 0; form < LVM_FORMS; form++)
    ck_assert_double_eq (lvm_elbo_value (&m, (lvm_elbo_form) form), 1.5);
  ck_assert_double_eq (lvm_elbo_variance (&m, LVM_FIRST), 1);
  ck_assert_double_eq (lvm_elbo_variance (&m, LVM_SECOND), 1);
  ck_assert_double_eq (lvm_elbo_variance (&m, LVM_THIRD), 2.25);
}
END_TEST

START_TEST (estimates_and_errors)
{
  const double ll[4] = { 1, 2, 3, 6 }, lp[4] = { 0, 1, 0, 1 },
               lq[4] = { 2, 2, 1, 3 };
  lvm_elbo_estimate e;
  lvm_elbo_monte_carlo (4, ll, lp, lq, 0.7, 1.9, &e);
  ck_assert_double_eq_tol (e.value[LVM_FIRST], 3 - 0.7, 1e-15);
  ck_assert_double_eq_tol (e.value[LVM_SECOND], 3.5 + 1.9, 1e-15);
  ck_assert_double_eq_tol (e.value[LVM_THIRD], 1.5, 1e-15);
  ck_assert_double_eq_tol (e.variance[LVM_FIRST], 14. / 3, 1e-14);
  ck_assert_double_eq_tol (e.variance[LVM_THIRD], 13. / 3, 1e-14);
  ck_assert_double_eq_tol (e.error[LVM_THIRD], sqrt (13. / 12), 1e-14);
}
END_TEST

UNIT_MAIN ("prob/elbo", three_forms_and_the_gap, a_visit_to_the_impossible,
           divergence_from_the_standard_normal, moments_by_weight,
           estimates_and_errors)
