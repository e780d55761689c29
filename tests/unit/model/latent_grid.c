/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/latent_grid.h"

#include "../unit.h"

#include <math.h>

#include "num/error.h"

static const lvm_latent_grid grid = { 160, 8 };

START_TEST (points_are_the_middles_of_cells)
{
  const lvm_latent_grid g = { 4, 2 };
  double z[32];
  lvm_latent_points (&g, z);
  ck_assert_double_eq (lvm_latent_step (&g), 1);
  ck_assert_double_eq (z[0], -1.5);
  ck_assert_double_eq (z[1], -1.5);
  ck_assert_double_eq (z[2 * 7], -0.5); /* the first number along the rows */
  ck_assert_double_eq (z[2 * 7 + 1], 1.5);
  ck_assert_double_eq (lvm_latent_at (&g, 3), 1.5);
}
END_TEST

/* p(x | z) = N(x | z_1 - 2 z_2, 0.5): x is normal with variance 1 + 4 + 0.5.  */
START_TEST (evidence_of_a_linear_model)
{
  const size_t n = grid.side * grid.side;
  double *z = lvm_alloc (2 * n, sizeof *z), *l = lvm_alloc (n, sizeof *l),
         *posterior = lvm_alloc (n, sizeof *l), sum = 0, mean = 0;
  const double x = 1.3, truth = -(log (2 * M_PI * 5.5) + x * x / 5.5) / 2;
  lvm_latent_points (&grid, z);
  for (size_t i = 0; i < n; i++)
    {
      const double e = x - z[2 * i] + 2 * z[2 * i + 1];
      l[i] = -(log (2 * M_PI * 0.5) + e * e / 0.5) / 2;
    }
  ck_assert_double_eq_tol (lvm_latent_evidence (&grid, l, NULL), truth, 1e-12);
  ck_assert_double_eq_tol (lvm_latent_evidence (&grid, l, posterior), truth, 1e-12);
  for (size_t i = 0; i < n; i++)
    {
      sum += posterior[i];
      mean += posterior[i] * z[2 * i];
    }
  ck_assert_double_eq_tol (sum, 1, 1e-12);
  ck_assert_double_eq_tol (mean, x / 5.5, 1e-12); /* Cov(z_1, x) / Var x */
  free (z);
  free (l);
  free (posterior);
}
END_TEST

/* More data than a block: copies of two Gaussians.  */
START_TEST (aggregate_is_the_average)
{
  enum
  {
    N = 600
  };
  const size_t n = grid.side * grid.side;
  double mean[2 * N], log_variance[2 * N], sum = 0, *q = lvm_alloc (n, sizeof *q);
  for (size_t i = 0; i < N; i++)
    {
      mean[2 * i] = i % 3 == 0 ? -1 : 0.5;
      mean[2 * i + 1] = i % 3 == 0 ? 0.25 : -2;
      log_variance[2 * i] = i % 3 == 0 ? log (0.09) : log (0.16);
      log_variance[2 * i + 1] = i % 3 == 0 ? 0 : log (0.25);
    }
  lvm_latent_aggregate (&grid, N, mean, log_variance, q);
  for (size_t i = 0; i < n; i++)
    sum += q[i];
  ck_assert_double_eq_tol (sum * lvm_latent_step (&grid) * lvm_latent_step (&grid),
                           1, 1e-9);
  const size_t i = 75, j = 83;
  const double a = lvm_latent_at (&grid, i), b = lvm_latent_at (&grid, j),
               first = exp (-(a + 1) * (a + 1) / 0.18 - (b - 0.25) * (b - 0.25) / 2)
                       / (2 * M_PI * 0.3),
               second =
                   exp (-(a - 0.5) * (a - 0.5) / 0.32 - (b + 2) * (b + 2) / 0.5)
                   / (2 * M_PI * 0.4 * 0.5);
  ck_assert_double_eq_tol (q[i * grid.side + j], first / 3 + 2 * second / 3, 1e-14);
  free (q);
}
END_TEST

START_TEST (divergence_and_entropy_of_a_gaussian)
{
  const size_t n = grid.side * grid.side;
  const double mean[2] = { 0.7, -0.4 },
               log_variance[2] = { log (0.49), log (1.21) };
  double *q = lvm_alloc (n, sizeof *q), kl = 0;
  for (int l = 0; l < 2; l++)
    kl += (mean[l] * mean[l] + exp (log_variance[l]) - 1 - log_variance[l]) / 2;
  lvm_latent_aggregate (&grid, 1, mean, log_variance, q);
  ck_assert_double_eq_tol (lvm_latent_divergence (&grid, q), kl, 1e-9);
  ck_assert_double_eq_tol (lvm_latent_entropy (&grid, q),
                           1 + log (2 * M_PI * 0.7 * 1.1), 1e-9);
  free (q);
}
END_TEST

/* The prior has no hole; cut to a half plane it has the other half for one.  */
START_TEST (hole_is_where_nothing_lives)
{
  const size_t n = grid.side * grid.side;
  double *q = lvm_alloc (n, sizeof *q), own;
  lvm_latent_aggregate (&grid, 1, (double[]){ 0, 0 }, (double[]){ 0, 0 }, q);
  ck_assert_double_eq_tol (lvm_latent_hole (&grid, q, 0.5, &own), 0, 1e-15);
  for (size_t i = 0; i < n; i++)
    q[i] *= i / grid.side < grid.side / 2 ? 0.02 : 1.98;
  ck_assert_double_eq_tol (lvm_latent_hole (&grid, q, 0.5, &own), 0.5, 1e-12);
  ck_assert_double_eq_tol (own, 0.01, 1e-12);
  free (q);
}
END_TEST

UNIT_MAIN ("model/latent_grid", points_are_the_middles_of_cells,
           evidence_of_a_linear_model, aggregate_is_the_average,
           divergence_and_entropy_of_a_gaussian, hole_is_where_nothing_lives)
