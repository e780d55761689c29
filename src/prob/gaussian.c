/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "prob/gaussian.h"

#include <gsl/gsl_math.h>
#include <math.h>

#include "num/cholesky.h"

/* |y|^2 with L y = x - mu is the squared Mahalanobis
   distance (gaussian-cholesky).  */
double
lvm_gaussian_log_density (size_t D, const double x[], const double mean[],
                          const double l[], double work[])
{
  for (size_t d = 0; d < D; d++)
    work[d] = x[d] - mean[d];
  lvm_cholesky_solve_lower (D, l, work);
  double square = 0;
  for (size_t d = 0; d < D; d++)
    square += work[d] * work[d];
  return -0.5
         * ((double) D * (M_LN2 + M_LNPI) + lvm_cholesky_log_det (D, l) + square);
}

static size_t
estimate_mean (size_t N, size_t D, const double x[], const int class[], int which,
               double mean[])
{
  size_t count = 0;
  for (size_t d = 0; d < D; d++)
    mean[d] = 0;
  for (size_t n = 0; n < N; n++)
    if (class == NULL || class[n] == which)
      {
        count++;
        for (size_t d = 0; d < D; d++)
          mean[d] += x[n * D + d];
      }
  for (size_t d = 0; d < D; d++)
    mean[d] /= (double) count;
  return count;
}

size_t
lvm_gaussian_estimate (size_t N, size_t D, const double x[], const int class[],
                       int which, double mean[], double covariance[])
{
  const size_t count = estimate_mean (N, D, x, class, which, mean);
  for (size_t i = 0; i < D * D; i++)
    covariance[i] = 0;
  for (size_t n = 0; n < N; n++)
    if (class == NULL || class[n] == which)
      for (size_t i = 0; i < D; i++)
        for (size_t j = 0; j < D; j++)
          covariance[i * D + j] +=
              (x[n * D + i] - mean[i]) * (x[n * D + j] - mean[j]);
  for (size_t i = 0; i < D * D; i++)
    covariance[i] /= (double) count;
  return count;
}
