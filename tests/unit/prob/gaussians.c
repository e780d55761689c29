/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "prob/gaussians.h"

#include "../unit.h"

#include <gsl/gsl_integration.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <string.h>

#include "prob/gaussian.h"

enum
{
  D = 2
};
static const double mean[D] = { 0.7, -1.1 }, sigma[D] = { 1.4, 0.6 },
                    l[D * D] = { 1.3, 0, -0.45, 0.8 }, z[D] = { 1.25, -0.4 },
                    other[D] = { 0.2, -0.3 }, tau[D] = { 0.9, 1.1 },
                    m[D * D] = { 0.85, 0, 0.3, 1.2 };

START_TEST (diagonal_is_a_product)
{
  double y[D], by_mean[D], by_sigma[D];
  lvm_diagonal_transform (D, mean, sigma, z, y);
  ck_assert_double_eq_tol (y[1], -1.1 + 0.6 * -0.4, 1e-15);
  ck_assert_double_eq_tol (
      lvm_diagonal_log_density (D, mean, sigma, z),
      log (gsl_ran_gaussian_pdf (0.55, 1.4) * gsl_ran_gaussian_pdf (0.7, 0.6)),
      1e-14);
  lvm_diagonal_score (D, mean, sigma, z, by_mean, by_sigma);
  ck_assert_double_eq_tol (by_mean[1], 0.7 / 0.36, 1e-14);
  ck_assert_double_eq_tol (by_sigma[0], 0.55 * 0.55 / pow (1.4, 3) - 1 / 1.4,
                           1e-14);
}
END_TEST

/* With L diagonal the full forms are the diagonal ones.  */
START_TEST (full_contains_diagonal)
{
  const double a[D * D] = { sigma[0], 0, 0, sigma[1] },
                     b[D * D] = { tau[0], 0, 0, tau[1] };
  double work[D * D + D];
  ck_assert_double_eq_tol (lvm_full_entropy (D, a), lvm_diagonal_entropy (D, sigma),
                           1e-14);
  ck_assert_double_eq_tol (lvm_full_kl (D, mean, a, other, b, work),
                           lvm_diagonal_kl (D, mean, sigma, other, tau), 1e-13);
  ck_assert_double_eq_tol (lvm_diagonal_entropy (D, sigma),
                           log (2 * M_PI * M_E * 1.4 * 0.6), 1e-14);
}
END_TEST

START_TEST (transform_by_hand)
{
  const double eps[D] = { 0.5, -2 };
  double y[D];
  lvm_full_transform (D, mean, l, eps, y);
  ck_assert_double_eq_tol (y[0], 0.7 + 1.3 * 0.5, 1e-15);
  ck_assert_double_eq_tol (y[1], -1.1 - 0.45 * 0.5 - 0.8 * 2, 1e-15);
}
END_TEST

START_TEST (pathwise_is_a_lower_triangle)
{
  const double slope[D] = { 3, -2 }, eps[D] = { 0.5, 0.25 };
  double by_l[D * D];
  lvm_full_pathwise (D, slope, eps, by_l);
  ck_assert_double_eq (by_l[0], 1.5);
  ck_assert_double_eq (by_l[1], 0);
  ck_assert_double_eq (by_l[2], -1);
  ck_assert_double_eq (by_l[3], -0.5);
}
END_TEST

START_TEST (score_is_a_derivative)
{
  double by_mean[D], by_l[D * D], work[D];
  const double h = 1e-5;
  lvm_full_score (D, mean, l, z, by_mean, by_l, work);
  for (int i = 0; i < D + D * D; i++)
    {
      double side[2];
      for (int k = 0; k < 2; k++)
        {
          double p[D], r[D * D];
          memcpy (p, mean, sizeof p);
          memcpy (r, l, sizeof r);
          *(i < D ? p + i : r + i - D) += k == 0 ? h : -h;
          side[k] = lvm_gaussian_log_density (D, z, p, r, work);
        }
      if (i == D + 1)
        ck_assert_double_eq (by_l[1], 0);
      else
        ck_assert_double_eq_tol (i < D ? by_mean[i] : by_l[i - D],
                                 (side[0] - side[1]) / (2 * h), 1e-8);
    }
}
END_TEST

/* The mean of ln q - ln p under q, by a Gauss-Hermite product of 20 x 20: exact, since the
   integrand is a quadratic.  */
START_TEST (divergence_by_quadrature)
{
  gsl_integration_fixed_workspace *w =
      gsl_integration_fixed_alloc (gsl_integration_fixed_hermite, 20, 0, 0.5, 0, 0);
  const double *x = gsl_integration_fixed_nodes (w),
               *weight = gsl_integration_fixed_weights (w);
  double sum = 0, work[D * D + D];
  for (int i = 0; i < 20; i++)
    for (int j = 0; j < 20; j++)
      {
        double y[D];
        lvm_full_transform (D, mean, l, (double[]){ x[i], x[j] }, y);
        sum += weight[i] * weight[j] / (2 * M_PI)
               * (lvm_gaussian_log_density (D, y, mean, l, work)
                  - lvm_gaussian_log_density (D, y, other, m, work));
      }
  gsl_integration_fixed_free (w);
  ck_assert_double_eq_tol (lvm_full_kl (D, mean, l, other, m, work), sum, 1e-12);
}
END_TEST

UNIT_MAIN ("prob/gaussians", diagonal_is_a_product, full_contains_diagonal,
           transform_by_hand, pathwise_is_a_lower_triangle, score_is_a_derivative,
           divergence_by_quadrature)
