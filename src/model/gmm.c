/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/gmm.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "num/cholesky.h"
#include "num/error.h"
#include "num/log_sum_exp.h"
#include "prob/gaussian.h"

const char *const lvm_covariance_names[] = { "full", "diagonal", "spherical",
                                             "tied", NULL };

/* --- parameters ------------------------------------------------------------ */

lvm_gmm *
lvm_gmm_alloc (size_t K, size_t D, lvm_covariance kind)
{
  lvm_gmm *g = lvm_alloc (1, sizeof *g);
  *g = (lvm_gmm){ .K = K,
                  .D = D,
                  .kind = kind,
                  .weight = lvm_alloc (K, sizeof (double)),
                  .mean = lvm_alloc (K * D, sizeof (double)),
                  .covariance = lvm_alloc (K * D * D, sizeof (double)) };
  for (size_t k = 0; k < K; k++)
    g->weight[k] = 1 / (double) K;
  for (size_t i = 0; i < K * D; i++)
    g->mean[i] = 0;
  for (size_t i = 0; i < K * D * D; i++)
    g->covariance[i] = i % (D * D) % (D + 1) == 0;
  return g;
}

void
lvm_gmm_free (lvm_gmm *g)
{
  if (g == NULL)
    return;
  free (g->weight);
  free (g->mean);
  free (g->covariance);
  free (g);
}

void
lvm_gmm_copy (lvm_gmm *to, const lvm_gmm *from)
{
  const size_t K = from->K, D = from->D;
  to->kind = from->kind;
  memcpy (to->weight, from->weight, K * sizeof (double));
  memcpy (to->mean, from->mean, K * D * sizeof (double));
  memcpy (to->covariance, from->covariance, K * D * D * sizeof (double));
}

size_t
lvm_gmm_parameters (size_t K, size_t D, lvm_covariance kind)
{
  const size_t symmetric = D * (D + 1) / 2;
  const size_t covariances = kind == LVM_FULL       ? K * symmetric
                             : kind == LVM_TIED     ? symmetric
                             : kind == LVM_DIAGONAL ? K * D
                                                    : K;
  return K - 1 + K * D + covariances;
}

/* --- factors and densities --------------------------------------------------- */

lvm_gmm_roots *
lvm_gmm_roots_alloc (size_t K, size_t D)
{
  lvm_gmm_roots *w = lvm_alloc (1, sizeof *w);
  *w = (lvm_gmm_roots){ .K = K,
                        .D = D,
                        .root = lvm_alloc (K * D * D, sizeof (double)),
                        .log_det = lvm_alloc (K, sizeof (double)),
                        .work = lvm_alloc (D + K, sizeof (double)) };
  return w;
}

void
lvm_gmm_roots_free (lvm_gmm_roots *w)
{
  if (w == NULL)
    return;
  free (w->root);
  free (w->log_det);
  free (w->work);
  free (w);
}

int
lvm_gmm_factorise (const lvm_gmm *g, lvm_gmm_roots *w)
{
  const size_t D = g->D;
  memcpy (w->root, g->covariance, g->K * D * D * sizeof (double));
  for (size_t k = 0; k < g->K; k++)
    {
      if (lvm_cholesky (D, w->root + k * D * D) != 0)
        return 1;
      w->log_det[k] = lvm_cholesky_log_det (D, w->root + k * D * D);
    }
  return 0;
}

/* tr (A Sigma^-1) = |L^-1 C|^2 for A = C C', column by column of C.  Here A need
   not be positive definite, so each column of A is solved twice instead.  */
static double
trace_of_quotient (size_t D, const double a[], const double root[], double column[])
{
  double trace = 0;
  for (size_t j = 0; j < D; j++)
    {
      for (size_t i = 0; i < D; i++)
        column[i] = a[i * D + j];
      lvm_cholesky_solve (D, root, column);
      trace += column[j];
    }
  return trace;
}

double
lvm_gmm_log_prior (const lvm_gmm *g, const lvm_gmm_prior *p)
{
  if (p->strength == 0)
    return 0;
  const size_t D = g->D, matrices = g->kind == LVM_TIED ? 1 : g->K;
  double *root = lvm_alloc (D * D + D, sizeof *root), sum = 0;
  for (size_t k = 0; k < matrices; k++)
    {
      memcpy (root, g->covariance + k * D * D, D * D * sizeof *root);
      if (lvm_cholesky (D, root) != 0)
        sum = NAN;
      else
        sum -= p->strength / 2
               * (lvm_cholesky_log_det (D, root)
                  + trace_of_quotient (D, p->scale, root, root + D * D));
    }
  free (root);
  return sum;
}

/* --- the steps ----------------------------------------------------------------- */

/* ln (weight_k N(x | mean_k, covariance_k)) for every k.  */
static void
log_joint (const lvm_gmm *g, lvm_gmm_roots *w, const double x[], double l[])
{
  const size_t D = g->D;
  for (size_t k = 0; k < g->K; k++)
    l[k] = log (g->weight[k])
           + lvm_gaussian_log_density (D, x, g->mean + k * D, w->root + k * D * D,
                                       w->work);
}

double
lvm_gmm_e_step (const lvm_gmm *g, lvm_gmm_roots *w, size_t N, const double x[],
                double r[], double log_evidence[])
{
  double sum = 0, *l = w->work + g->D;
  for (size_t n = 0; n < N; n++)
    {
      log_joint (g, w, x + n * g->D, l);
      const double evidence = lvm_log_sum_exp (g->K, l);
      sum += evidence;
      if (log_evidence != NULL)
        log_evidence[n] = evidence;
      if (r != NULL)
        lvm_softmax (g->K, l, r + n * g->K);
    }
  return sum;
}

/* mean_k = sum_n r_nk x_n / N_k.  Returned: N_k.  */
static double
weighted_mean (size_t N, size_t K, size_t D, const double x[], const double r[],
               double mean[])
{
  double count = 0;
  for (size_t n = 0; n < N; n++)
    count += r[n * K];
  if (!(count > 0))
    return 0;
  for (size_t d = 0; d < D; d++)
    mean[d] = 0;
  for (size_t n = 0; n < N; n++)
    for (size_t d = 0; d < D; d++)
      mean[d] += r[n * K] * x[n * D + d];
  for (size_t d = 0; d < D; d++)
    mean[d] /= count;
  return count;
}

/* N_k S_k = sum_n r_nk (x_n - mean_k) (x_n - mean_k)', one triangle and its mirror, so that
   it is symmetric to the bit.  */
static void
weighted_scatter (size_t N, size_t K, size_t D, const double x[], const double r[],
                  const double mean[], double scatter[])
{
  for (size_t i = 0; i < D * D; i++)
    scatter[i] = 0;
  for (size_t n = 0; n < N; n++)
    for (size_t i = 0; i < D; i++)
      for (size_t j = 0; j <= i; j++)
        scatter[i * D + j] +=
            r[n * K] * (x[n * D + i] - mean[i]) * (x[n * D + j] - mean[j]);
  for (size_t i = 0; i < D; i++)
    for (size_t j = 0; j < i; j++)
      scatter[j * D + i] = scatter[i * D + j];
}

void
lvm_gmm_m_step (lvm_gmm *g, size_t N, const double x[], const double r[],
                const lvm_gmm_prior *p)
{
  const size_t K = g->K, D = g->D;
  double *count = lvm_alloc (K, sizeof *count);
  double *scatter = lvm_alloc (K * D * D, sizeof *scatter);
  for (size_t k = 0; k < K; k++)
    {
      double *mean = g->mean + k * D;
      count[k] = weighted_mean (N, K, D, x, r + k, mean);
      weighted_scatter (N, K, D, x, r + k, mean, scatter + k * D * D);
    }
  lvm_gmm_set_from_scatter (g, count, scatter, p);
  free (count);
  free (scatter);
}

/* --- covariances of each kind ---------------------------------------------------- */

/* A full matrix cut down to its kind: itself, its diagonal, its mean variance.  */
static void
restrict_to (lvm_covariance kind, size_t D, double a[])
{
  double trace = 0;
  if (kind == LVM_FULL || kind == LVM_TIED)
    return;
  for (size_t d = 0; d < D; d++)
    trace += a[d * D + d];
  for (size_t i = 0; i < D; i++)
    for (size_t j = 0; j < D; j++)
      a[i * D + j] = i != j                  ? 0
                     : kind == LVM_SPHERICAL ? trace / (double) D
                                             : a[i * D + i];
}

/* Sigma = (strength scale + scatter) / (strength + count)  */
static void
covariance_of (lvm_covariance kind, size_t D, double count, const double scatter[],
               const lvm_gmm_prior *p, double covariance[])
{
  if (!(count + p->strength > 0))
    return;
  for (size_t i = 0; i < D * D; i++)
    covariance[i] = (scatter[i] + (p->strength > 0 ? p->strength * p->scale[i] : 0))
                    / (count + p->strength);
  restrict_to (kind, D, covariance);
}

/* Tied: one scatter matrix and one count, the sums over all components.  */
static void
tie (lvm_gmm *g, double total, const double scatter[], const lvm_gmm_prior *p)
{
  const size_t D = g->D;
  double *sum = lvm_alloc (D * D, sizeof *sum);
  for (size_t i = 0; i < D * D; i++)
    {
      sum[i] = 0;
      for (size_t k = 0; k < g->K; k++)
        sum[i] += scatter[k * D * D + i];
    }
  for (size_t k = 0; k < g->K; k++)
    covariance_of (g->kind, D, total, sum, p, g->covariance + k * D * D);
  free (sum);
}

void
lvm_gmm_set_from_scatter (lvm_gmm *g, const double count[], const double scatter[],
                          const lvm_gmm_prior *p)
{
  const size_t D = g->D;
  double total = 0;
  for (size_t k = 0; k < g->K; k++)
    total += count[k];
  for (size_t k = 0; k < g->K; k++)
    {
      g->weight[k] = count[k] / total;
      if (g->kind != LVM_TIED)
        covariance_of (g->kind, D, count[k], scatter + k * D * D, p,
                       g->covariance + k * D * D);
    }
  if (g->kind == LVM_TIED)
    tie (g, total, scatter, p);
}

void
lvm_gmm_scale (size_t N, size_t D, const double x[], lvm_covariance kind,
               double mean[], double scale[])
{
  double *centre = lvm_alloc (D, sizeof *centre);
  lvm_gaussian_estimate (N, D, x, NULL, 0, centre, scale);
  restrict_to (kind, D, scale);
  if (mean != NULL)
    memcpy (mean, centre, D * sizeof *mean);
  free (centre);
}
