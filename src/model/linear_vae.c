/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/linear_vae.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "num/cholesky.h"
#include "num/error.h"

lvm_linear_vae *
lvm_linear_vae_alloc (size_t D, size_t L)
{
  lvm_linear_vae *v = lvm_alloc (1, sizeof *v);
  *v = (lvm_linear_vae){ .model = lvm_ppca_alloc (D, L),
                         .encoder = lvm_alloc (L * D, sizeof (double)),
                         .q_variance = lvm_alloc (L, sizeof (double)) };
  for (size_t i = 0; i < L * D; i++)
    v->encoder[i] = 0;
  for (size_t l = 0; l < L; l++)
    v->q_variance[l] = 1;
  return v;
}

void
lvm_linear_vae_free (lvm_linear_vae *v)
{
  if (v == NULL)
    return;
  lvm_ppca_free (v->model);
  free (v->encoder);
  free (v->q_variance);
  free (v);
}

void
lvm_linear_vae_init (lvm_linear_vae *v, const double mean[],
                     const double covariance[], gsl_rng *rng)
{
  const size_t D = v->model->D, L = v->model->L;
  double trace = 0;
  for (size_t d = 0; d < D; d++)
    trace += covariance[d * (D + 1)];
  v->model->variance = trace / (double) (2 * D);
  memcpy (v->model->mean, mean, D * sizeof *mean);
  for (size_t i = 0; i < D * L; i++)
    {
      v->model->loading[i] =
          gsl_ran_gaussian (rng, sqrt (v->model->variance / (double) L));
      v->encoder[i] = 0;
    }
  for (size_t l = 0; l < L; l++)
    v->q_variance[l] = 1;
}

/* Where things stand in the workspace.  */
typedef struct
{
  double *cross;  /* [L x D] V S: the covariance of V x with x */
  double *inside; /* [L x L] V S V': that of V x               */
  double *inner;  /* [L x L]                                   */
  double *row;    /* [L]                                       */
} parts;

static parts
cut (const lvm_linear_vae *v, double work[])
{
  const size_t D = v->model->D, L = v->model->L;
  return (parts){ work, work + L * D, work + L * (D + L), work + L * (D + 2 * L) };
}

/* What the data say to an encoder.  */
static void
encode (const lvm_linear_vae *v, const double covariance[], parts p)
{
  const size_t D = v->model->D, L = v->model->L;
  gsl_matrix_const_view V = gsl_matrix_const_view_array (v->encoder, L, D),
                        S = gsl_matrix_const_view_array (covariance, D, D);
  gsl_matrix_view X = gsl_matrix_view_array (p.cross, L, D),
                  I = gsl_matrix_view_array (p.inside, L, L);
  gsl_blas_dgemm (CblasNoTrans, CblasNoTrans, 1, &V.matrix, &S.matrix, 0,
                  &X.matrix);
  gsl_blas_dgemm (CblasNoTrans, CblasTrans, 1, &X.matrix, &V.matrix, 0, &I.matrix);
}

/* W' W [L x L].  */
static void
gram (const lvm_ppca *m, double g[])
{
  gsl_matrix_const_view W = gsl_matrix_const_view_array (m->loading, m->D, m->L);
  gsl_matrix_view G = gsl_matrix_view_array (g, m->L, m->L);
  gsl_blas_dgemm (CblasTrans, CblasNoTrans, 1, &W.matrix, &W.matrix, 0, &G.matrix);
}

/* E|x - mean - W z|^2 = tr S - 2 tr(W V S) + tr(W' W (V S V' + diag q_variance)).  */
static double
residual (const lvm_linear_vae *v, const double covariance[], parts p)
{
  const size_t D = v->model->D, L = v->model->L;
  double sum = 0;
  gram (v->model, p.inner);
  for (size_t d = 0; d < D; d++)
    {
      sum += covariance[d * (D + 1)];
      for (size_t l = 0; l < L; l++)
        sum -= 2 * v->model->loading[d * L + l] * p.cross[l * D + d];
    }
  for (size_t i = 0; i < L * L; i++)
    sum +=
        p.inner[i] * (p.inside[i] + (i % (L + 1) == 0 ? v->q_variance[i / L] : 0));
  return sum;
}

double
lvm_linear_vae_bound (const lvm_linear_vae *v, const double covariance[],
                      double work[])
{
  const parts p = cut (v, work);
  const size_t L = v->model->L;
  const double D = (double) v->model->D, s2 = v->model->variance;
  double kl = 0;
  encode (v, covariance, p);
  for (size_t l = 0; l < L; l++)
    kl +=
        (p.inside[l * (L + 1)] + v->q_variance[l] - log (v->q_variance[l]) - 1) / 2;
  return -(D * log (2 * M_PI * s2) + residual (v, covariance, p) / s2) / 2 - kl;
}

/* V = (W' W + s^2 I)^-1 W',  q_variance_l = s^2 / (s^2 + (W' W)_ll).  */
static void
best_encoder (lvm_linear_vae *v, parts p)
{
  const size_t D = v->model->D, L = v->model->L;
  const double s2 = v->model->variance;
  gram (v->model, p.inner);
  for (size_t l = 0; l < L; l++)
    {
      p.inner[l * (L + 1)] += s2;
      v->q_variance[l] = s2 / p.inner[l * (L + 1)];
    }
  lvm_cholesky (L, p.inner);
  for (size_t d = 0; d < D; d++)
    {
      memcpy (p.row, v->model->loading + d * L, L * sizeof (double));
      lvm_cholesky_solve (L, p.inner, p.row);
      for (size_t l = 0; l < L; l++)
        v->encoder[l * D + d] = p.row[l];
    }
}

/* W = S V' (V S V' + diag q_variance)^-1,  s^2 = E|x - mean - W z|^2 / D.  */
static void
best_decoder (lvm_linear_vae *v, const double covariance[], parts p)
{
  const size_t D = v->model->D, L = v->model->L;
  encode (v, covariance, p);
  memcpy (p.inner, p.inside, L * L * sizeof (double));
  for (size_t l = 0; l < L; l++)
    p.inner[l * (L + 1)] += v->q_variance[l];
  lvm_cholesky (L, p.inner);
  for (size_t d = 0; d < D; d++)
    {
      double *w = v->model->loading + d * L;
      for (size_t l = 0; l < L; l++)
        w[l] = p.cross[l * D + d];
      lvm_cholesky_solve (L, p.inner, w);
    }
  v->model->variance = residual (v, covariance, p) / (double) D;
}

void
lvm_linear_vae_iterate (lvm_linear_vae *v, const double covariance[], double work[])
{
  const parts p = cut (v, work);
  best_encoder (v, p);
  best_decoder (v, covariance, p);
}
