/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/gmm.h"

#include "../unit.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>

/* Five points of the plane and their shares in two components, chosen so that by hand
   component 1 has 3 points, mean (1, 0.5) and scatter [6 -1; -1 1.5], component 2 has
   2 points, mean (3, 3.5) and scatter [6 3; 3 13.5].  */
static const double points[10] = { 0, 0, 4, 0, 0, 2, 4, 6, 1, 0.5 };
static const double shares[10] = { 1, 0, 0.5, 0.5, 0.5, 0.5, 0, 1, 1, 0 };

static void
assert_near (size_t n, const double is[], const double should[])
{
  for (size_t i = 0; i < n; i++)
    ck_assert_double_le (fabs (is[i] - should[i]), 1e-15 * (1 + fabs (should[i])));
}

/* One M-step on them; covariances [8] as they should be.  */
static void
assert_m_step (lvm_covariance kind, double strength, const double scale[4],
               const double covariances[8])
{
  static const double weights[2] = { 0.6, 0.4 }, means[4] = { 1, 0.5, 3, 3.5 };
  const lvm_gmm_prior prior = { strength, scale };
  lvm_gmm *g = lvm_gmm_alloc (2, 2, kind);
  lvm_gmm_m_step (g, 5, points, shares, &prior);
  assert_near (2, g->weight, weights);
  assert_near (4, g->mean, means);
  assert_near (8, g->covariance, covariances);
  lvm_gmm_free (g);
}

START_TEST (m_step_of_each_kind)
{
  assert_m_step (LVM_FULL, 0, NULL,
                 (double[]){ 2, -1 / 3., -1 / 3., 0.5, 3, 1.5, 1.5, 6.75 });
  assert_m_step (LVM_DIAGONAL, 0, NULL, (double[]){ 2, 0, 0, 0.5, 3, 0, 0, 6.75 });
  assert_m_step (LVM_SPHERICAL, 0, NULL,
                 (double[]){ 1.25, 0, 0, 1.25, 4.875, 0, 0, 4.875 });
  assert_m_step (LVM_TIED, 0, NULL,
                 (double[]){ 2.4, 0.4, 0.4, 3, 2.4, 0.4, 0.4, 3 });
}
END_TEST

/* (strength scale + scatter) / (strength + count)  */
START_TEST (m_step_with_prior)
{
  const double full[4] = { 1, 0.25, 0.25, 2 }, diagonal[4] = { 1, 0, 0, 2 },
               spherical[4] = { 1.5, 0, 0, 1.5 };
  assert_m_step (LVM_FULL, 2, full,
                 (double[]){ 1.6, -0.1, -0.1, 1.1, 2, 0.875, 0.875, 4.375 });
  assert_m_step (LVM_DIAGONAL, 2, diagonal,
                 (double[]){ 1.6, 0, 0, 1.1, 2, 0, 0, 4.375 });
  assert_m_step (LVM_SPHERICAL, 2, spherical,
                 (double[]){ 1.35, 0, 0, 1.35, 3.1875, 0, 0, 3.1875 });
  assert_m_step (
      LVM_TIED, 2, full,
      (double[]){ 2, 2.5 / 7, 2.5 / 7, 19 / 7., 2, 2.5 / 7, 2.5 / 7, 19 / 7. });
}
END_TEST

START_TEST (empty_component)
{
  const double r[10] = { 1, 0, 1, 0, 1, 0, 1, 0, 1, 0 };
  const double scale[4] = { 2.385, 0, 0, 1.25 }, old[4] = { 3, 0.5, 0.5, 7 };
  const lvm_gmm_prior none = { 0 }, prior = { 2, scale };
  lvm_gmm *g = lvm_gmm_alloc (2, 2, LVM_FULL);
  g->mean[2] = -8;
  memcpy (g->covariance + 4, old, sizeof old);
  lvm_gmm_m_step (g, 5, points, r, &none);
  ck_assert_double_eq (g->weight[0], 1);
  ck_assert_double_eq (g->weight[1], 0);
  ck_assert_double_eq (g->mean[2], -8);
  assert_near (4, g->covariance + 4, old);
  lvm_gmm_m_step (g, 5, points, r, &prior);
  ck_assert_double_eq (g->mean[2], -8);
  assert_near (4, g->covariance + 4, scale);
  lvm_gmm_free (g);
}
END_TEST

/* A mixture with nothing equal or zero in it.  */
static lvm_gmm *
some_mixture (lvm_covariance kind)
{
  static const double mean[4] = { 0.5, -1.25, 3.5, 2.385 }, covariance[8] = {
    2, 0.75, 0.75, 1.5, 0.625, -0.25, -0.25, 3
  };
  lvm_gmm *g = lvm_gmm_alloc (2, 2, kind);
  g->weight[0] = 0.3;
  g->weight[1] = 0.7;
  memcpy (g->mean, mean, sizeof mean);
  memcpy (g->covariance, covariance, sizeof covariance);
  return g;
}

/* weight N (x | mean, covariance), with determinant and inverse written out.  */
static double
joint (const lvm_gmm *g, size_t k, const double x[2])
{
  const double *s = g->covariance + 4 * k, u = x[0] - g->mean[2 * k],
               v = x[1] - g->mean[2 * k + 1], det = s[0] * s[3] - s[1] * s[2];
  const double square = (s[3] * u * u - 2 * s[1] * u * v + s[0] * v * v) / det;
  return g->weight[k] * exp (-square / 2) / (2 * M_PI * sqrt (det));
}

START_TEST (e_step_as_the_definition)
{
  lvm_gmm *g = some_mixture (LVM_FULL);
  lvm_gmm_roots *w = lvm_gmm_roots_alloc (2, 2);
  double r[10], log_evidence[5], sum = 0;
  ck_assert_int_eq (lvm_gmm_factorise (g, w), 0);
  const double total = lvm_gmm_e_step (g, w, 5, points, r, log_evidence);
  for (size_t n = 0; n < 5; n++)
    {
      const double a = joint (g, 0, points + 2 * n),
                   b = joint (g, 1, points + 2 * n);
      ck_assert_double_eq_tol (r[2 * n], a / (a + b), 1e-14);
      ck_assert_double_eq_tol (r[2 * n + 1], b / (a + b), 1e-14);
      ck_assert_double_eq_tol (log_evidence[n], log (a + b), 1e-13);
      sum += log (a + b);
    }
  ck_assert_double_eq_tol (total, sum, 1e-12);
  ck_assert_double_eq (lvm_gmm_e_step (g, w, 5, points, NULL, NULL), total);
  lvm_gmm_roots_free (w);
  lvm_gmm_free (g);
}
END_TEST

START_TEST (e_step_at_the_ends)
{
  lvm_gmm *g = some_mixture (LVM_FULL);
  lvm_gmm_roots *w = lvm_gmm_roots_alloc (2, 2);
  const double far[2] = { 1e200, 0 };
  double r[10];
  g->weight[0] = 0;
  g->weight[1] = 1;
  ck_assert_int_eq (lvm_gmm_factorise (g, w), 0);
  lvm_gmm_e_step (g, w, 5, points, r, NULL);
  ck_assert_double_eq (r[4], 0); /* a component without weight */
  ck_assert_double_eq (r[5], 1);
  ck_assert (!isfinite (lvm_gmm_e_step (g, w, 1, far, r, NULL)));
  g->covariance[0] = -1;
  gsl_set_error_handler_off ();
  ck_assert_int_eq (lvm_gmm_factorise (g, w), 1);
  lvm_gmm_roots_free (w);
  lvm_gmm_free (g);
}
END_TEST

/* ln of the inverse Wishart density in D = 2, every constant written out.  */
static double
log_inverse_wishart (const double s[4], const double psi[4], double nu)
{
  const double det = s[0] * s[3] - s[1] * s[2],
               det_psi = psi[0] * psi[3] - psi[1] * psi[2];
  const double trace =
      (psi[0] * s[3] - psi[1] * s[2] - psi[2] * s[1] + psi[3] * s[0]) / det;
  const double log_gamma =
      0.5 * M_LNPI + gsl_sf_lngamma (nu / 2) + gsl_sf_lngamma ((nu - 1) / 2);
  return nu / 2 * log (det_psi) - nu * M_LN2 - log_gamma - (nu + 3) / 2 * log (det)
         - trace / 2;
}

/* It leaves out a constant, so differences are compared.  */
START_TEST (log_prior_is_inverse_wishart)
{
  const double strength = 6.5, scale[4] = { 1.25, -0.5, -0.5, 2.385 };
  const lvm_gmm_prior prior = { strength, scale };
  double psi[4];
  for (int i = 0; i < 4; i++)
    psi[i] = strength * scale[i];
  lvm_gmm *unit = lvm_gmm_alloc (2, 2, LVM_FULL), *g = some_mixture (LVM_FULL);
  double should = 0;
  for (size_t k = 0; k < 2; k++)
    should += log_inverse_wishart (g->covariance + 4 * k, psi, strength - 3)
              - log_inverse_wishart (unit->covariance + 4 * k, psi, strength - 3);
  const double is =
      lvm_gmm_log_prior (g, &prior) - lvm_gmm_log_prior (unit, &prior);
  ck_assert_double_eq_tol (is, should, 1e-13);
  lvm_gmm_free (unit);
  lvm_gmm_free (g);
}
END_TEST

START_TEST (log_prior_of_one_dimension_and_tied)
{
  const double scale[4] = { 1.25, 0, 0, 1.25 };
  const lvm_gmm_prior prior = { 3, scale }, none = { 0 };
  lvm_gmm *line = lvm_gmm_alloc (1, 1, LVM_FULL);
  line->covariance[0] = 2.5;
  ck_assert_double_eq_tol (lvm_gmm_log_prior (line, &prior),
                           -1.5 * (log (2.5) + 0.5), 1e-15);
  lvm_gmm_free (line);

  lvm_gmm *g = some_mixture (LVM_FULL);
  memcpy (g->covariance + 4, g->covariance, 4 * sizeof (double));
  const double twice = lvm_gmm_log_prior (g, &prior);
  g->kind = LVM_TIED;
  ck_assert_double_eq_tol (lvm_gmm_log_prior (g, &prior), twice / 2, 1e-14);
  ck_assert_double_eq (lvm_gmm_log_prior (g, &none), 0);
  g->covariance[0] = 0;
  gsl_set_error_handler_off ();
  ck_assert_double_nan (lvm_gmm_log_prior (g, &prior));
  lvm_gmm_free (g);
}
END_TEST

START_TEST (parameters_are_counted)
{
  ck_assert_uint_eq (lvm_gmm_parameters (3, 4, LVM_FULL), 2 + 12 + 30);
  ck_assert_uint_eq (lvm_gmm_parameters (3, 4, LVM_DIAGONAL), 2 + 12 + 12);
  ck_assert_uint_eq (lvm_gmm_parameters (3, 4, LVM_SPHERICAL), 2 + 12 + 3);
  ck_assert_uint_eq (lvm_gmm_parameters (3, 4, LVM_TIED), 2 + 12 + 10);
  ck_assert_uint_eq (lvm_gmm_parameters (1, 1, LVM_FULL), 2);
}
END_TEST

START_TEST (a_new_mixture_and_its_copy)
{
  lvm_gmm *g = some_mixture (LVM_TIED), *copy = lvm_gmm_alloc (2, 2, LVM_FULL);
  ck_assert_double_eq (copy->weight[1], 0.5);
  ck_assert_double_eq (copy->mean[3], 0);
  assert_near (8, copy->covariance, (double[]){ 1, 0, 0, 1, 1, 0, 0, 1 });
  lvm_gmm_copy (copy, g);
  ck_assert_int_eq (copy->kind, LVM_TIED);
  ck_assert_double_eq (copy->weight[1], 0.7);
  ck_assert_double_eq (copy->mean[3], 2.385);
  ck_assert_double_eq (copy->covariance[7], 3);
  lvm_gmm_free (g);
  lvm_gmm_free (copy);
  lvm_gmm_free (NULL);
  lvm_gmm_roots_free (NULL);
}
END_TEST

START_TEST (scale_of_each_kind)
{
  const double x[6] = { 0, 1, 3, 1, 3, 7 };
  double mean[2], scale[4];
  lvm_gmm_scale (3, 2, x, LVM_FULL, mean, scale);
  assert_near (2, mean, (double[]){ 2, 3 });
  assert_near (4, scale, (double[]){ 2, 2, 2, 8 });
  lvm_gmm_scale (3, 2, x, LVM_TIED, NULL, scale);
  assert_near (4, scale, (double[]){ 2, 2, 2, 8 });
  lvm_gmm_scale (3, 2, x, LVM_DIAGONAL, NULL, scale);
  assert_near (4, scale, (double[]){ 2, 0, 0, 8 });
  lvm_gmm_scale (3, 2, x, LVM_SPHERICAL, NULL, scale);
  assert_near (4, scale, (double[]){ 5, 0, 0, 5 });
}
END_TEST

UNIT_MAIN ("model/gmm", m_step_of_each_kind, m_step_with_prior, empty_component,
           e_step_as_the_definition, e_step_at_the_ends,
           log_prior_is_inverse_wishart, log_prior_of_one_dimension_and_tied,
           parameters_are_counted, a_new_mixture_and_its_copy, scale_of_each_kind)
