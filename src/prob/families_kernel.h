/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_PROB_FAMILIES_KERNEL_H
#define LVM_PROB_FAMILIES_KERNEL_H

#include <gsl/gsl_math.h>
#include <math.h>

#include "prob/families.h"

/* The loops of the families, for prob/families.c, where they are compiled plainly, and
   for prob/gradient.c, where they are compiled for the vectors of each processor.  One
   loop a case: a choice within a loop would keep it from being a loop over vectors.  */

#define INLINE static inline __attribute__ ((always_inline))
#ifdef _OPENMP
#define SIMD _Pragma ("omp simd")
#else
#define SIMD
#endif
#define EACH SIMD for (size_t i = 0; i < n; i++)

static const double half_ln_2_pi = (M_LN2 + M_LNPI) / 2;

/* -|x| - 2 ln (1 + exp -|x|): the logistic density is symmetric.  */
INLINE double
log_logistic (double x)
{
  return -fabs (x) - 2 * log1p (exp (-fabs (x)));
}

INLINE double
log_gaussian (double x, double mean, double deviation)
{
  const double y = (x - mean) / deviation;
  return -y * y / 2 - log (deviation) - half_ln_2_pi;
}

/* b (z/a)^b exp (-(z/a)^b) / z; at zero the density is 0, 1/a or infinite.  */
INLINE double
log_weibull (double z, double a, double b)
{
  if (z < 0)
    return -INFINITY;
  if (z == 0)
    return b > 1 ? -INFINITY : b < 1 ? INFINITY : -log (a);
  return log (b / a) + (b - 1) * log (z / a) - pow (z / a, b);
}

INLINE void
base_log_density (lvm_family f, size_t n, const double eps[], double l[])
{
  switch (f)
    {
    case LVM_LOGISTIC: EACH l[i] = log_logistic (eps[i]); break;
    case LVM_EXPONENTIAL:
    case LVM_WEIBULL: EACH l[i] = eps[i] < 0 ? -INFINITY : -eps[i]; break;
    case LVM_BERNOULLI:
      EACH l[i] = eps[i] >= 0 && eps[i] < 1 ? 0 : -INFINITY;
      break;
    default: EACH l[i] = -eps[i] * eps[i] / 2 - half_ln_2_pi;
    }
}

INLINE void
transform (lvm_family f, const double phi[], size_t n, const double eps[],
           double z[])
{
  const double a = phi[0], b = lvm_family_parameters (f) == 2 ? phi[1] : 1;
  switch (f)
    {
    case LVM_EXPONENTIAL: EACH z[i] = a * eps[i]; break;
    case LVM_WEIBULL: EACH z[i] = a * pow (eps[i], 1 / b); break;
    case LVM_LOG_NORMAL: EACH z[i] = exp (a + b * eps[i]); break;
    case LVM_BERNOULLI: EACH z[i] = eps[i] < a ? 1 : 0; break;
    default: EACH z[i] = a + b * eps[i];
    }
}

/* Weibull: z = a eps^(1 / b), so dz/db = -z ln (eps) / b^2, and 0 at eps = 0.  */
INLINE void
tangent (lvm_family f, const double phi[], size_t parameter, size_t n,
         const double eps[], const double z[], double dz[])
{
  if (f == LVM_BERNOULLI)
    EACH dz[i] = 0;
  else if (f == LVM_EXPONENTIAL)
    EACH dz[i] = eps[i];
  else if (f == LVM_LOG_NORMAL && parameter == 0)
    EACH dz[i] = z[i];
  else if (f == LVM_LOG_NORMAL)
    EACH dz[i] = z[i] * eps[i];
  else if (f == LVM_WEIBULL && parameter == 0)
    EACH dz[i] = z[i] / phi[0];
  else if (f == LVM_WEIBULL)
    EACH dz[i] = eps[i] == 0 ? 0 : -z[i] * log (eps[i]) / (phi[1] * phi[1]);
  else if (parameter == 0)
    EACH dz[i] = 1;
  else
    EACH dz[i] = eps[i];
}

INLINE void
log_density (lvm_family f, const double phi[], size_t n, const double z[],
             double l[])
{
  switch (f)
    {
    case LVM_LOGISTIC:
      EACH l[i] = log_logistic ((z[i] - phi[0]) / phi[1]) - log (phi[1]);
      break;
    case LVM_EXPONENTIAL:
      EACH l[i] = z[i] < 0 ? -INFINITY : -z[i] / phi[0] - log (phi[0]);
      break;
    case LVM_WEIBULL: EACH l[i] = log_weibull (z[i], phi[0], phi[1]); break;
    case LVM_LOG_NORMAL:
      EACH l[i] = z[i] <= 0
                      ? -INFINITY
                      : log_gaussian (log (z[i]), phi[0], phi[1]) - log (z[i]);
      break;
    case LVM_BERNOULLI:
      EACH l[i] = z[i] == 1   ? log (phi[0])
                  : z[i] == 0 ? log1p (-phi[0])
                              : -INFINITY;
      break;
    default: EACH l[i] = log_gaussian (z[i], phi[0], phi[1]);
    }
}

/* With y the standardised value: Gaussian y and y^2 - 1 over the deviation, where y is
   that of ln z for the log-normal.  By the deviation's inverse: divisions are slow.  */
INLINE double
gaussian_score (double x, double inverse, size_t parameter)
{
  const double y = x * inverse;
  return (parameter == 0 ? y : y * y - 1) * inverse;
}

/* Logistic: t = tanh (y / 2) and y t - 1 over the scale.  Weibull, with
   e = (z/a)^b: b (e - 1) / a and 1 / b + ln (z/a) (1 - e).  */
INLINE void
score (lvm_family f, const double phi[], size_t parameter, size_t n,
       const double z[], double s[])
{
  const double a = phi[0], b = lvm_family_parameters (f) == 2 ? phi[1] : 1;
  switch (f)
    {
    case LVM_LOGISTIC:
      EACH
      {
        const double y = (z[i] - a) / b, e = exp (-fabs (y)),
                     t = copysign ((1 - e) / (1 + e), y);
        s[i] = (parameter == 0 ? t : y * t - 1) / b;
      }
      break;
    case LVM_EXPONENTIAL: EACH s[i] = (z[i] * (1 / a) - 1) * (1 / a); break;
    case LVM_WEIBULL:
      EACH
      {
        const double e = pow (z[i] / a, b);
        s[i] = parameter == 0 ? b * (e - 1) / a : 1 / b + log (z[i] / a) * (1 - e);
      }
      break;
    case LVM_BERNOULLI: EACH s[i] = z[i] == 1 ? 1 / a : -1 / (1 - a); break;
    case LVM_LOG_NORMAL:
      EACH s[i] = gaussian_score (log (z[i]) - a, 1 / b, parameter);
      break;
    default: EACH s[i] = gaussian_score (z[i] - a, 1 / b, parameter);
    }
}

#undef EACH

#endif
