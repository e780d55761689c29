/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/latent_grid.h"

#include <gsl/gsl_blas.h>
#include <math.h>
#include <stdlib.h>

#include "num/error.h"
#include "num/log_sum_exp.h"

enum
{
  BLOCK = 256 /* data whose factors are held at a time */
};

double
lvm_latent_step (const lvm_latent_grid *g)
{
  return 2 * g->reach / (double) g->side;
}

double
lvm_latent_at (const lvm_latent_grid *g, size_t i)
{
  return ((double) i + 0.5) * lvm_latent_step (g) - g->reach;
}

void
lvm_latent_points (const lvm_latent_grid *g, double z[])
{
  for (size_t i = 0; i < g->side; i++)
    for (size_t j = 0; j < g->side; j++)
      {
        z[2 * (i * g->side + j)] = lvm_latent_at (g, i);
        z[2 * (i * g->side + j) + 1] = lvm_latent_at (g, j);
      }
}

/* ln p(z) at point i.  */
static double
log_prior (const lvm_latent_grid *g, size_t i)
{
  const double a = lvm_latent_at (g, i / g->side),
               b = lvm_latent_at (g, i % g->side);
  return -(a * a + b * b) / 2 - log (2 * M_PI);
}

double
lvm_latent_evidence (const lvm_latent_grid *g, const double log_likelihood[],
                     double posterior[])
{
  const size_t n = g->side * g->side;
  double *joint = posterior != NULL ? posterior : lvm_alloc (n, sizeof *joint);
  for (size_t i = 0; i < n; i++)
    joint[i] = log_prior (g, i) + log_likelihood[i];
  const double evidence =
      lvm_log_sum_exp (n, joint) + 2 * log (lvm_latent_step (g));
  if (posterior != NULL)
    lvm_softmax (n, joint, posterior);
  else
    free (joint);
  return evidence;
}

/* A diagonal Gaussian is a product: column n of a factor [side x N] is one of its two.  */
static void
factors (const lvm_latent_grid *g, size_t N, const double mean[],
         const double log_variance[], double factor[])
{
  for (size_t n = 0; n < N; n++)
    {
      const double precision = exp (-log_variance[2 * n]),
                   norm = sqrt (precision / (2 * M_PI));
      for (size_t i = 0; i < g->side; i++)
        {
          const double e = lvm_latent_at (g, i) - mean[2 * n];
          factor[i * BLOCK + n] = norm * exp (-e * e * precision / 2);
        }
    }
  for (size_t i = 0; i < g->side; i++)
    for (size_t n = N; n < BLOCK; n++)
      factor[i * BLOCK + n] = 0;
}

void
lvm_latent_aggregate (const lvm_latent_grid *g, size_t N, const double mean[],
                      const double log_variance[], double density[])
{
  double *rows = lvm_alloc (g->side * BLOCK, sizeof *rows),
         *columns = lvm_alloc (g->side * BLOCK, sizeof *columns);
  gsl_matrix_view A = gsl_matrix_view_array (rows, g->side, BLOCK),
                  B = gsl_matrix_view_array (columns, g->side, BLOCK),
                  Q = gsl_matrix_view_array (density, g->side, g->side);
  for (size_t n = 0; n < N; n += BLOCK)
    {
      const size_t size = N - n < BLOCK ? N - n : BLOCK;
      factors (g, size, mean + 2 * n, log_variance + 2 * n, rows);
      factors (g, size, mean + 2 * n + 1, log_variance + 2 * n + 1, columns);
      gsl_blas_dgemm (CblasNoTrans, CblasTrans, 1 / (double) N, &A.matrix,
                      &B.matrix, n == 0 ? 0 : 1, &Q.matrix);
    }
  free (rows);
  free (columns);
}

double
lvm_latent_divergence (const lvm_latent_grid *g, const double density[])
{
  const double area = lvm_latent_step (g) * lvm_latent_step (g);
  double sum = 0;
  for (size_t i = 0; i < g->side * g->side; i++)
    if (density[i] > 0)
      sum += density[i] * (log (density[i]) - log_prior (g, i));
  return sum * area;
}

double
lvm_latent_entropy (const lvm_latent_grid *g, const double density[])
{
  const double area = lvm_latent_step (g) * lvm_latent_step (g);
  double sum = 0;
  for (size_t i = 0; i < g->side * g->side; i++)
    if (density[i] > 0)
      sum -= density[i] * log (density[i]);
  return sum * area;
}

double
lvm_latent_hole (const lvm_latent_grid *g, const double density[], double ratio,
                 double *own)
{
  const double area = lvm_latent_step (g) * lvm_latent_step (g);
  double mass = 0;
  *own = 0;
  for (size_t i = 0; i < g->side * g->side; i++)
    {
      const double prior = exp (log_prior (g, i));
      if (density[i] < ratio * prior)
        {
          mass += prior * area;
          *own += density[i] * area;
        }
    }
  return mass;
}
