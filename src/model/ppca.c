/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/ppca.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_eigen.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "num/cholesky.h"
#include "num/error.h"

lvm_ppca *
lvm_ppca_alloc (size_t D, size_t L)
{
  lvm_ppca *m = lvm_alloc (1, sizeof *m);
  *m = (lvm_ppca){ .D = D,
                   .L = L,
                   .mean = lvm_alloc (D, sizeof (double)),
                   .loading = lvm_alloc (D * L, sizeof (double)),
                   .variance = 1 };
  for (size_t i = 0; i < D; i++)
    m->mean[i] = 0;
  for (size_t i = 0; i < D * L; i++)
    m->loading[i] = 0;
  return m;
}

void
lvm_ppca_free (lvm_ppca *m)
{
  if (m == NULL)
    return;
  free (m->mean);
  free (m->loading);
  free (m);
}

/* Eigenvalues, the largest first, and eigenvectors in the columns of vectors [D x D].  */
static void
principal_axes (size_t D, const double covariance[], double values[],
                double vectors[])
{
  double *copy = lvm_alloc (D * D, sizeof *copy);
  memcpy (copy, covariance, D * D * sizeof *copy);
  gsl_matrix_view A = gsl_matrix_view_array (copy, D, D),
                  V = gsl_matrix_view_array (vectors, D, D);
  gsl_vector_view e = gsl_vector_view_array (values, D);
  gsl_eigen_symmv_workspace *w = gsl_eigen_symmv_alloc (D);
  gsl_eigen_symmv (&A.matrix, &e.vector, &V.matrix, w);
  gsl_eigen_symmv_sort (&e.vector, &V.matrix, GSL_EIGEN_SORT_VAL_DESC);
  gsl_eigen_symmv_free (w);
  free (copy);
}

int
lvm_ppca_fit (lvm_ppca *m, const double mean[], const double covariance[])
{
  const size_t D = m->D, L = m->L;
  double *values = lvm_alloc (D, sizeof *values),
         *vectors = lvm_alloc (D * D, sizeof *vectors), rest = 0;
  principal_axes (D, covariance, values, vectors);
  for (size_t l = L; l < D; l++)
    rest += values[l];
  m->variance = rest / (double) (D - L);
  memcpy (m->mean, mean, D * sizeof *mean);
  for (size_t d = 0; d < D; d++)
    for (size_t l = 0; l < L; l++)
      m->loading[d * L + l] =
          vectors[d * D + l] * sqrt (fmax (values[l] - m->variance, 0));
  free (values);
  free (vectors);
  return m->variance > 0 ? 0 : 1;
}

/* With M = W' W + s^2 I (L x L):  ln det C = (D - L) ln s^2 + ln det M,  and
   tr(C^-1 S) = (tr S - tr(M^-1 W' S W)) / s^2.  */
double
lvm_ppca_log_likelihood (const lvm_ppca *m, const double covariance[])
{
  const size_t D = m->D, L = m->L;
  double *sw = lvm_alloc (D * L, sizeof *sw),
         *inner = lvm_alloc (L * L, sizeof *sw),
         *outer = lvm_alloc (L * L, sizeof *sw), trace = 0;
  gsl_matrix_const_view W = gsl_matrix_const_view_array (m->loading, D, L),
                        S = gsl_matrix_const_view_array (covariance, D, D);
  gsl_matrix_view SW = gsl_matrix_view_array (sw, D, L),
                  M = gsl_matrix_view_array (inner, L, L),
                  A = gsl_matrix_view_array (outer, L, L);
  gsl_blas_dgemm (CblasNoTrans, CblasNoTrans, 1, &S.matrix, &W.matrix, 0,
                  &SW.matrix);
  gsl_blas_dgemm (CblasTrans, CblasNoTrans, 1, &W.matrix, &SW.matrix, 0, &A.matrix);
  gsl_blas_dgemm (CblasTrans, CblasNoTrans, 1, &W.matrix, &W.matrix, 0, &M.matrix);
  for (size_t l = 0; l < L; l++)
    inner[l * (L + 1)] += m->variance;
  lvm_cholesky (L, inner);
  for (size_t d = 0; d < D; d++)
    trace += covariance[d * (D + 1)];
  for (size_t l = 0; l < L; l++) /* A is symmetric: its rows are its columns */
    {
      lvm_cholesky_solve (L, inner, outer + l * L);
      trace -= outer[l * (L + 1)];
    }
  const double log_det =
      (double) (D - L) * log (m->variance) + lvm_cholesky_log_det (L, inner);
  free (sw);
  free (inner);
  free (outer);
  return -((double) D * log (2 * M_PI) + log_det + trace / m->variance) / 2;
}
