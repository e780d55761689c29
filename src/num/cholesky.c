/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "num/cholesky.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <math.h>

int
lvm_cholesky (size_t D, double a[])
{
  gsl_matrix_view A = gsl_matrix_view_array (a, D, D);
  if (gsl_linalg_cholesky_decomp1 (&A.matrix) != GSL_SUCCESS)
    return 1;
  for (size_t i = 0; i < D; i++)
    {
      if (!(a[i * D + i] > 0) || !isfinite (a[i * D + i]))
        return 1;
      for (size_t j = i + 1; j < D; j++)
        a[i * D + j] = 0;
    }
  return 0;
}

double
lvm_cholesky_log_det (size_t D, const double l[])
{
  double sum = 0;
  for (size_t d = 0; d < D; d++)
    sum += log (l[d * D + d]);
  return 2 * sum;
}

void
lvm_cholesky_solve_lower (size_t D, const double l[], double y[])
{
  gsl_matrix_const_view L = gsl_matrix_const_view_array (l, D, D);
  gsl_vector_view b = gsl_vector_view_array (y, D);
  gsl_blas_dtrsv (CblasLower, CblasNoTrans, CblasNonUnit, &L.matrix, &b.vector);
}

void
lvm_cholesky_solve (size_t D, const double l[], double y[])
{
  gsl_matrix_const_view L = gsl_matrix_const_view_array (l, D, D);
  gsl_vector_view b = gsl_vector_view_array (y, D);
  gsl_blas_dtrsv (CblasLower, CblasNoTrans, CblasNonUnit, &L.matrix, &b.vector);
  gsl_blas_dtrsv (CblasLower, CblasTrans, CblasNonUnit, &L.matrix, &b.vector);
}
