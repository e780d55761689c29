/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "prob/families.h"

#include "../unit.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_randist.h>
#include <math.h>

/* One member of each family, and another to diverge from.  */
static const double phi[LVM_FAMILIES][2] = { { -0.7, 1.6 }, { 0.45, 0.8 },
                                             { 1.7, 0 },    { 1.3, 2.385 },
                                             { 0.2, 0.6 },  { 0.3, 0 } };
static const double other[LVM_FAMILIES][2] = { { 0.4, 1.1 },  { 0.1, 1.2 },
                                               { 0.6, 0 },    { 1.9, 1.4 },
                                               { -0.3, 0.9 }, { 0.65, 0 } };

static double
gsl_density (lvm_family f, double z)
{
  const double *p = phi[f];
  switch (f)
    {
    case LVM_LOGISTIC: return gsl_ran_logistic_pdf (z - p[0], p[1]);
    case LVM_EXPONENTIAL: return gsl_ran_exponential_pdf (z, p[0]);
    case LVM_WEIBULL: return gsl_ran_weibull_pdf (z, p[0], p[1]);
    case LVM_LOG_NORMAL: return gsl_ran_lognormal_pdf (z, p[0], p[1]);
    case LVM_BERNOULLI: return gsl_ran_bernoulli_pdf ((unsigned) z, p[0]);
    default: return gsl_ran_gaussian_pdf (z - p[0], p[1]);
    }
}

START_TEST (densities_as_gsl)
{
  for (lvm_family f = 0; f < LVM_FAMILIES; f++)
    for (double z = f == LVM_BERNOULLI ? 0 : 0.35; z < 4;
         z += f == LVM_BERNOULLI ? 1 : 0.85)
      {
        double l;
        if (f == LVM_BERNOULLI && z > 1)
          break;
        lvm_family_log_density (f, phi[f], 1, &z, &l);
        ck_assert_double_eq_tol (l, log (gsl_density (f, z)), 1e-13);
      }
}
END_TEST

START_TEST (densities_outside_the_support)
{
  const double z[3] = { -0.1, 0, 0.5 };
  double l[3];
  lvm_family_log_density (LVM_EXPONENTIAL, phi[LVM_EXPONENTIAL], 3, z, l);
  ck_assert_double_eq (l[0], -INFINITY);
  ck_assert_double_eq_tol (l[1], -log (1.7), 1e-15);
  lvm_family_log_density (LVM_WEIBULL, phi[LVM_WEIBULL], 3, z, l);
  ck_assert_double_eq (l[0], -INFINITY);
  ck_assert_double_eq (l[1], -INFINITY);
  lvm_family_log_density (LVM_WEIBULL, (double[]){ 2, 0.5 }, 3, z, l);
  ck_assert_double_eq (l[1], INFINITY);
  lvm_family_log_density (LVM_WEIBULL, (double[]){ 2, 1 }, 3, z, l);
  ck_assert_double_eq_tol (l[1], -log (2), 1e-15);
  lvm_family_log_density (LVM_LOG_NORMAL, phi[LVM_LOG_NORMAL], 3, z, l);
  ck_assert_double_eq (l[1], -INFINITY);
  lvm_family_log_density (LVM_BERNOULLI, phi[LVM_BERNOULLI], 3, z, l);
  ck_assert_double_eq (l[2], -INFINITY);
  lvm_family_log_density (LVM_LOGISTIC, (double[]){ 0, 1 }, 1, (double[]){ -800 },
                          l);
  ck_assert_double_eq_tol (l[0], -800, 1e-12);
}
END_TEST

/* P (z <= g (eps)) of GSL is that of the base, or one less it.  */
START_TEST (transform_keeps_the_probability)
{
  static const double u[5] = { 0.013, 0.2, 0.4375, 0.77, 0.995 };
  for (int i = 0; i < 5; i++)
    {
      double z, eps = gsl_cdf_ugaussian_Pinv (u[i]);
      lvm_family_transform (LVM_GAUSSIAN, phi[LVM_GAUSSIAN], 1, &eps, &z);
      ck_assert_double_eq_tol (gsl_cdf_gaussian_P (z + 0.7, 1.6), u[i], 1e-13);
      lvm_family_transform (LVM_LOG_NORMAL, phi[LVM_LOG_NORMAL], 1, &eps, &z);
      ck_assert_double_eq_tol (gsl_cdf_lognormal_P (z, 0.2, 0.6), u[i], 1e-13);
      eps = gsl_cdf_logistic_Pinv (u[i], 1);
      lvm_family_transform (LVM_LOGISTIC, phi[LVM_LOGISTIC], 1, &eps, &z);
      ck_assert_double_eq_tol (gsl_cdf_logistic_P (z - 0.45, 0.8), u[i], 1e-13);
      eps = gsl_cdf_exponential_Pinv (u[i], 1);
      lvm_family_transform (LVM_EXPONENTIAL, phi[LVM_EXPONENTIAL], 1, &eps, &z);
      ck_assert_double_eq_tol (gsl_cdf_exponential_P (z, 1.7), u[i], 1e-13);
      lvm_family_transform (LVM_WEIBULL, phi[LVM_WEIBULL], 1, &eps, &z);
      ck_assert_double_eq_tol (gsl_cdf_weibull_P (z, 1.3, 2.385), u[i], 1e-13);
      lvm_family_transform (LVM_BERNOULLI, phi[LVM_BERNOULLI], 1, u + i, &z);
      ck_assert_double_eq (z, u[i] < 0.3);
    }
}
END_TEST

static double
moved (lvm_family f, size_t i, double h, double eps, double *l, double z)
{
  double p[2] = { phi[f][0], phi[f][1] }, y;
  p[i] += h;
  lvm_family_log_density (f, p, 1, &z, l);
  lvm_family_transform (f, p, 1, &eps, &y);
  return y;
}

START_TEST (tangent_and_score_are_derivatives)
{
  for (lvm_family f = 0; f < LVM_FAMILIES; f++)
    for (size_t i = 0; i < lvm_family_parameters (f); i++)
      {
        double eps = f == LVM_BERNOULLI ? 0.1 : 0.83, z, dz, s, up, down;
        lvm_family_transform (f, phi[f], 1, &eps, &z);
        lvm_family_tangent (f, phi[f], i, 1, &eps, &z, &dz);
        lvm_family_score (f, phi[f], i, 1, &z, &s);
        const double h = 1e-5, a = moved (f, i, h, eps, &up, z),
                     b = moved (f, i, -h, eps, &down, z);
        ck_assert_double_eq_tol (dz, (a - b) / (2 * h), 1e-8);
        ck_assert_double_eq_tol (s, (up - down) / (2 * h), 1e-8);
      }
}
END_TEST

START_TEST (weibull_at_no_noise)
{
  const double zero = 0;
  double z, dz;
  lvm_family_transform (LVM_WEIBULL, phi[LVM_WEIBULL], 1, &zero, &z);
  lvm_family_tangent (LVM_WEIBULL, phi[LVM_WEIBULL], 1, 1, &zero, &z, &dz);
  ck_assert_double_eq (z, 0);
  ck_assert_double_eq (dz, 0);
}
END_TEST

struct divergence
{
  lvm_family f;
  int entropy;
};

static double
integrand (double z, void *p)
{
  const struct divergence *d = p;
  double l, m = 0;
  lvm_family_log_density (d->f, phi[d->f], 1, &z, &l);
  if (!d->entropy)
    lvm_family_log_density (d->f, other[d->f], 1, &z, &m);
  return l > -700 ? exp (l) * (d->entropy ? -l : l - m) : 0;
}

static double
by_quadrature (lvm_family f, int entropy)
{
  struct divergence d = { f, entropy };
  gsl_function g = { integrand, &d };
  gsl_integration_workspace *w = gsl_integration_workspace_alloc (1000);
  double y, error;
  if (f == LVM_GAUSSIAN || f == LVM_LOGISTIC)
    gsl_integration_qagi (&g, 0, 1e-10, 1000, w, &y, &error);
  else
    gsl_integration_qagiu (&g, 0, 0, 1e-10, 1000, w, &y, &error);
  gsl_integration_workspace_free (w);
  return y;
}

START_TEST (entropies_and_divergences_by_quadrature)
{
  for (lvm_family f = 0; f < LVM_BERNOULLI; f++)
    {
      ck_assert_double_eq_tol (lvm_family_entropy (f, phi[f]), by_quadrature (f, 1),
                               1e-8);
      if (f == LVM_LOGISTIC)
        ck_assert_double_nan (lvm_family_kl (f, phi[f], other[f]));
      else
        ck_assert_double_eq_tol (lvm_family_kl (f, phi[f], other[f]),
                                 by_quadrature (f, 0), 1e-8);
    }
  ck_assert_double_eq_tol (lvm_family_entropy (LVM_BERNOULLI, phi[LVM_BERNOULLI]),
                           -0.3 * log (0.3) - 0.7 * log (0.7), 1e-15);
  ck_assert_double_eq_tol (
      lvm_family_kl (LVM_BERNOULLI, phi[LVM_BERNOULLI], other[LVM_BERNOULLI]),
      0.3 * log (0.3 / 0.65) + 0.7 * log (0.7 / 0.35), 1e-15);
}
END_TEST

/* Means and variances of what the generator of noise gives, within five standard errors.  */
START_TEST (noise_has_the_moments_of_its_base)
{
  static const double mean[LVM_FAMILIES] = { 0, 0, 1, 1, 0, 0.5 },
                      variance[LVM_FAMILIES] = { 1, M_PI * M_PI / 3, 1, 1,
                                                 1, 1. / 12 };
  enum
  {
    N = 40000
  };
  double *eps = malloc (N * sizeof *eps), *l = malloc (N * sizeof *l);
  gsl_rng *g = gsl_rng_alloc (gsl_rng_mt19937);
  for (lvm_family f = 0; f < LVM_FAMILIES; f++)
    {
      double sum = 0, square = 0;
      lvm_family_base (f, N, g, eps);
      lvm_family_base_log_density (f, N, eps, l);
      for (int i = 0; i < N; i++)
        {
          sum += eps[i];
          square += pow (eps[i] - mean[f], 2);
          ck_assert (l[i] > -INFINITY);
        }
      ck_assert_double_eq_tol (sum / N, mean[f], 5 * sqrt (variance[f] / N));
      ck_assert_double_eq_tol (square / N, variance[f],
                               15 * variance[f] / sqrt (N));
    }
  gsl_rng_free (g);
  free (eps);
  free (l);
}
END_TEST

START_TEST (base_densities)
{
  const double eps[2] = { 0.6, -0.6 };
  double l[2];
  lvm_family_base_log_density (LVM_LOG_NORMAL, 2, eps, l);
  ck_assert_double_eq_tol (l[0], log (gsl_ran_ugaussian_pdf (0.6)), 1e-15);
  lvm_family_base_log_density (LVM_LOGISTIC, 2, eps, l);
  ck_assert_double_eq_tol (l[1], log (gsl_ran_logistic_pdf (0.6, 1)), 1e-14);
  lvm_family_base_log_density (LVM_WEIBULL, 2, eps, l);
  ck_assert_double_eq (l[0], -0.6);
  ck_assert_double_eq (l[1], -INFINITY);
  lvm_family_base_log_density (LVM_BERNOULLI, 2, eps, l);
  ck_assert_double_eq (l[0], 0);
  ck_assert_double_eq (l[1], -INFINITY);
}
END_TEST

START_TEST (names_and_limits_of_parameters)
{
  const double nan[2] = { NAN, 1 };
  for (lvm_family f = 0; f < LVM_FAMILIES; f++)
    {
      ck_assert_int_eq (lvm_family_valid (f, phi[f]), 1);
      ck_assert_int_eq (lvm_family_valid (f, nan), 0);
      ck_assert_int_eq (lvm_family_reparameterised (f), f != LVM_BERNOULLI);
    }
  ck_assert_int_eq (lvm_family_valid (LVM_GAUSSIAN, (double[]){ 1, 0 }), 0);
  ck_assert_int_eq (lvm_family_valid (LVM_WEIBULL, (double[]){ 1, -1 }), 0);
  ck_assert_int_eq (lvm_family_valid (LVM_EXPONENTIAL, (double[]){ INFINITY }), 0);
  ck_assert_int_eq (lvm_family_valid (LVM_BERNOULLI, (double[]){ 1 }), 0);
  ck_assert_uint_eq (lvm_family_parameters (LVM_EXPONENTIAL), 1);
  ck_assert_uint_eq (lvm_family_parameters (LVM_WEIBULL), 2);
  ck_assert_str_eq (lvm_family_parameter (LVM_WEIBULL, 1), "shape");
  ck_assert_ptr_null (lvm_family_parameter (LVM_EXPONENTIAL, 1));
  ck_assert_ptr_null (lvm_family_parameter (LVM_GAUSSIAN, 2));
}
END_TEST

UNIT_MAIN ("prob/families", densities_as_gsl, densities_outside_the_support,
           transform_keeps_the_probability, tangent_and_score_are_derivatives,
           weibull_at_no_noise, entropies_and_divergences_by_quadrature,
           noise_has_the_moments_of_its_base, base_densities,
           names_and_limits_of_parameters)
