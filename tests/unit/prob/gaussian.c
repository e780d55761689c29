/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "prob/gaussian.h"

#include "../unit.h"

#include <gsl/gsl_randist.h>
#include <math.h>

#include "num/cholesky.h"

START_TEST (one_dimension_as_gsl)
{
  const double x[1] = { 1.75 }, mean[1] = { -0.5 }, l[1] = { 1.3 };
  double work[1];
  ck_assert_double_eq_tol (lvm_gaussian_log_density (1, x, mean, l, work),
                           log (gsl_ran_gaussian_pdf (2.25, 1.3)), 1e-14);
}
END_TEST

START_TEST (two_dimensions_as_gsl)
{
  const double x[2] = { 0.7, -1.1 }, mean[2] = { 0.2, 0.4 }, sx = 1.5, sy = 0.8,
               rho = -0.6;
  double l[4] = { sx * sx, 0, rho * sx * sy, sy * sy }, work[2];
  ck_assert_int_eq (lvm_cholesky (2, l), 0);
  ck_assert_double_eq_tol (
      lvm_gaussian_log_density (2, x, mean, l, work),
      log (gsl_ran_bivariate_gaussian_pdf (0.5, -1.5, sx, sy, rho)), 1e-14);
}
END_TEST

START_TEST (estimate_divides_by_n)
{
  const double x[8] = { 1, 2, 3, 6, 10, 20, 5, 1 };
  const int class[4] = { 7, 7, 9, 7 };
  double mean[2], covariance[4];
  ck_assert_uint_eq (lvm_gaussian_estimate (4, 2, x, class, 7, mean, covariance),
                     3);
  ck_assert_double_eq (mean[0], 3);
  ck_assert_double_eq (mean[1], 3);
  ck_assert_double_eq_tol (covariance[0], 8. / 3, 1e-15);
  ck_assert_double_eq_tol (covariance[1], -2. / 3, 1e-15);
  ck_assert_double_eq_tol (covariance[2], -2. / 3, 1e-15);
  ck_assert_double_eq_tol (covariance[3], 14. / 3, 1e-14);
}
END_TEST

START_TEST (estimate_of_all_and_of_none)
{
  const double x[4] = { 1, 2, 3, 6 };
  double mean[2], covariance[4];
  ck_assert_uint_eq (lvm_gaussian_estimate (2, 2, x, NULL, 0, mean, covariance), 2);
  ck_assert_double_eq (mean[1], 4);
  ck_assert_double_eq (covariance[1], 2);
  ck_assert_uint_eq (lvm_gaussian_estimate (0, 2, x, NULL, 0, mean, covariance), 0);
  ck_assert_double_nan (mean[0]);
  ck_assert_double_nan (covariance[3]);
}
END_TEST

UNIT_MAIN ("prob/gaussian", one_dimension_as_gsl, two_dimensions_as_gsl,
           estimate_divides_by_n, estimate_of_all_and_of_none)
