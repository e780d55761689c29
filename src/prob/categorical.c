/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "prob/categorical.h"

#include <math.h>

size_t
lvm_categorical_draw (size_t K, const double p[], double u)
{
  size_t k = 0;
  for (; k < K - 1 && !(u < p[k]); k++)
    u -= p[k];
  return k;
}

void
lvm_categorical_score (size_t K, const double p[], size_t z, double s[])
{
  for (size_t k = 0; k < K; k++)
    s[k] = (k == z) - p[k];
}

double
lvm_categorical_entropy (size_t K, const double p[])
{
  double sum = 0;
  for (size_t k = 0; k < K; k++)
    sum -= p[k] > 0 ? p[k] * log (p[k]) : 0;
  return sum;
}

double
lvm_categorical_kl (size_t K, const double p[], const double q[])
{
  double sum = 0;
  for (size_t k = 0; k < K; k++)
    sum += p[k] > 0 ? p[k] * log (p[k] / q[k]) : 0;
  return sum;
}
