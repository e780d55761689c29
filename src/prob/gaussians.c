/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "prob/gaussians.h"

#include <gsl/gsl_math.h>
#include <math.h>

#include "num/cholesky.h"
#include "prob/families.h"

static const double half_ln_2_pi_e = (1 + M_LN2 + M_LNPI) / 2;

/* --- diagonal ------------------------------------------------------------------ */

void
lvm_diagonal_transform (size_t D, const double mean[], const double sigma[],
                        const double eps[], double z[])
{
  for (size_t d = 0; d < D; d++)
    z[d] = mean[d] + sigma[d] * eps[d];
}

double
lvm_diagonal_log_density (size_t D, const double mean[], const double sigma[],
                          const double z[])
{
  double sum = 0;
  for (size_t d = 0; d < D; d++)
    {
      const double y = (z[d] - mean[d]) / sigma[d];
      sum -= y * y / 2 + log (sigma[d]) + (M_LN2 + M_LNPI) / 2;
    }
  return sum;
}

void
lvm_diagonal_score (size_t D, const double mean[], const double sigma[],
                    const double z[], double by_mean[], double by_sigma[])
{
  for (size_t d = 0; d < D; d++)
    {
      const double y = (z[d] - mean[d]) / sigma[d];
      by_mean[d] = y / sigma[d];
      by_sigma[d] = (y * y - 1) / sigma[d];
    }
}

double
lvm_diagonal_entropy (size_t D, const double sigma[])
{
  double sum = 0;
  for (size_t d = 0; d < D; d++)
    sum += log (sigma[d]) + half_ln_2_pi_e;
  return sum;
}

/* Computes (gauss-kl-diagonal).  */
double
lvm_diagonal_kl (size_t D, const double mean[], const double sigma[],
                 const double other_mean[], const double other_sigma[])
{
  double sum = 0;
  for (size_t d = 0; d < D; d++)
    {
      const double one[2] = { mean[d], sigma[d] },
                   two[2] = { other_mean[d], other_sigma[d] };
      sum += lvm_family_kl (LVM_GAUSSIAN, one, two);
    }
  return sum;
}

/* --- full ------------------------------------------------------------------------ */

void
lvm_full_transform (size_t D, const double mean[], const double l[],
                    const double eps[], double z[])
{
  for (size_t i = 0; i < D; i++)
    {
      z[i] = mean[i];
      for (size_t j = 0; j <= i; j++)
        z[i] += l[i * D + j] * eps[j];
    }
}

/* Computes (grad-cholesky).  */
void
lvm_full_pathwise (size_t D, const double slope[], const double eps[],
                   double by_l[])
{
  for (size_t i = 0; i < D; i++)
    for (size_t j = 0; j < D; j++)
      by_l[i * D + j] = j <= i ? slope[i] * eps[j] : 0;
}

/* Computes (cholesky-score).  */
void
lvm_full_score (size_t D, const double mean[], const double l[], const double z[],
                double by_mean[], double by_l[], double work[])
{
  for (size_t d = 0; d < D; d++)
    work[d] = z[d] - mean[d];
  lvm_cholesky_solve_lower (D, l, work);
  for (size_t i = D; i-- > 0;)
    {
      by_mean[i] = work[i];
      for (size_t j = i + 1; j < D; j++)
        by_mean[i] -= l[j * D + i] * by_mean[j];
      by_mean[i] /= l[i * D + i];
    }
  lvm_full_pathwise (D, by_mean, work, by_l);
  for (size_t d = 0; d < D; d++)
    by_l[d * (D + 1)] -= 1 / l[d * (D + 1)];
}

/* Computes (gauss-entropy).  */
double
lvm_full_entropy (size_t D, const double l[])
{
  return lvm_cholesky_log_det (D, l) / 2 + (double) D * half_ln_2_pi_e;
}

/* (|M^-1 L|^2 + |M^-1 (mean - other)|^2 - D) / 2 + ln det M - ln det L
   (gauss-kl).  */
double
lvm_full_kl (size_t D, const double mean[], const double l[],
             const double other_mean[], const double m[], double work[])
{
  double sum = -(double) D;
  for (size_t j = 0; j <= D; j++)
    {
      double *y = work + j * D;
      for (size_t i = 0; i < D; i++)
        y[i] = j < D ? l[i * D + j] : mean[i] - other_mean[i];
      lvm_cholesky_solve_lower (D, m, y);
      for (size_t i = 0; i < D; i++)
        sum += y[i] * y[i];
    }
  return (sum + lvm_cholesky_log_det (D, m) - lvm_cholesky_log_det (D, l)) / 2;
}
