/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "prob/linear.h"

#include "../unit.h"

#include <gsl/gsl_randist.h>
#include <math.h>

static const lvm_linear model = { .prior_mean = 0.4,
                                  .prior_sd = 1.5,
                                  .slope = -2,
                                  .offset = 0.7,
                                  .noise_sd = 0.9,
                                  .x = 1.3 };

START_TEST (evidence_is_a_gaussian)
{
  const double sd = sqrt (4 * 2.25 + 0.81);
  ck_assert_double_eq_tol (lvm_linear_evidence (&model),
                           log (gsl_ran_gaussian_pdf (1.3 - (-0.8 + 0.7), sd)),
                           1e-14);
}
END_TEST

/* p(z | x) = p(z) p(x | z) / p(x), at some z.  */
START_TEST (posterior_by_bayes)
{
  double mean, sd;
  lvm_linear_posterior (&model, &mean, &sd);
  for (double eps = -2; eps <= 2; eps += 0.8)
    {
      double ll, lp, lq;
      lvm_linear_log_densities (&model, mean, sd, 1, &eps, &ll, &lp, &lq);
      ck_assert_double_eq_tol (ll + lp - lvm_linear_evidence (&model), lq, 1e-14);
      const double z = mean + sd * eps;
      ck_assert_double_eq_tol (
          ll, log (gsl_ran_gaussian_pdf (1.3 + 2 * z - 0.7, 0.9)), 1e-14);
      ck_assert_double_eq_tol (lp, log (gsl_ran_gaussian_pdf (z - 0.4, 1.5)),
                               1e-14);
    }
}
END_TEST

/* Against the moments of a quadrature by hand: three nodes are exact for quadratics'
   means, and for their squares with weights 1/6, 2/3, 1/6 at 0, +-sqrt 3.  */
START_TEST (moments_in_closed_form)
{
  const double eps[3] = { -sqrt (3), 0, sqrt (3) },
               w[3] = { 1. / 6, 2. / 3, 1. / 6 };
  double ll[3], lp[3], lq[3];
  lvm_elbo_moments a, b;
  lvm_linear_log_densities (&model, -0.2, 0.6, 3, eps, ll, lp, lq);
  lvm_elbo_average (3, w, ll, lp, lq, &a);
  lvm_linear_moments (&model, -0.2, 0.6, &b);
  for (int i = 0; i < LVM_TERMS; i++)
    {
      ck_assert_double_eq_tol (b.mean[i], a.mean[i], 1e-14);
      for (int j = 0; j < LVM_TERMS; j++)
        ck_assert_double_eq_tol (b.covariance[i][j], a.covariance[i][j], 1e-13);
    }
}
END_TEST

START_TEST (gradients_by_hand)
{
  double mean, sd, by_mean, by_sd, other_mean, other_sd;
  lvm_linear_posterior (&model, &mean, &sd);
  lvm_linear_gradient (&model, mean, sd, LVM_PATH_LANDING, 1.7, &by_mean, &by_sd);
  ck_assert_double_eq_tol (by_mean, 0, 1e-14);
  ck_assert_double_eq_tol (by_sd, 0, 1e-14);
  lvm_linear_gradient (&model, -0.2, 0.6, LVM_PATH_SECOND, 1.7, &by_mean, &by_sd);
  lvm_linear_gradient (&model, -0.2, 0.6, LVM_PATH_THIRD, 1.7, &other_mean,
                       &other_sd);
  ck_assert_double_eq_tol (by_mean, other_mean, 1e-14);
  ck_assert_double_eq_tol (by_sd, other_sd, 1e-14);
  /* at the posterior c1 = 0 and c2 = -1/2 */
  ck_assert_double_eq_tol (
      lvm_linear_gradient_variance (&model, mean, sd, LVM_PATH_SECOND), 3, 1e-13);
  ck_assert_double_eq_tol (
      lvm_linear_gradient_variance (&model, mean, sd, LVM_PATH_LANDING), 0, 1e-13);
}
END_TEST

UNIT_MAIN ("prob/linear", evidence_is_a_gaussian, posterior_by_bayes,
           moments_in_closed_form, gradients_by_hand)
