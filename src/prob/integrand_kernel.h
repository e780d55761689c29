/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_PROB_INTEGRAND_KERNEL_H
#define LVM_PROB_INTEGRAND_KERNEL_H

#include <math.h>

#include "prob/families_kernel.h"
#include "prob/integrand.h"

/* The loops of prob/integrand.h, as families_kernel.h has those of the families.  */

#define EACH SIMD for (size_t i = 0; i < n; i++)

/* The coefficient that z^(k - derivative) has.  */
INLINE double
coefficient_of (size_t k, size_t terms, const double coefficient[],
                size_t derivative)
{
  return k >= terms ? 0 : derivative ? (double) k * coefficient[k] : coefficient[k];
}

/* A polynomial (derivative 0) or its derivative (1), by Horner's rule.  The first two terms
   are one loop: each loop reads and writes memory.  */
INLINE void
horner (size_t terms, const double coefficient[], size_t derivative, size_t n,
        const double z[], double f[])
{
  size_t k = terms > derivative + 2 ? terms - 2 : derivative;
  const double a = coefficient_of (k + 1, terms, coefficient, derivative),
               b = coefficient_of (k, terms, coefficient, derivative);
  EACH f[i] = a * z[i] + b;
  while (k-- > derivative)
    {
      const double c = coefficient_of (k, terms, coefficient, derivative);
      EACH f[i] = f[i] * z[i] + c;
    }
}

INLINE void
integrand_value (const lvm_integrand *h, size_t n, const double z[], double f[])
{
  const double a = h->a, b = h->b;
  switch (h->shape)
    {
    case LVM_SINE: EACH f[i] = sin (a * z[i]); break;
    case LVM_EXP: EACH f[i] = exp (a * z[i]); break;
    case LVM_STEP: EACH f[i] = z[i] > a ? 1 : 0; break;
    case LVM_BUMP: EACH f[i] = exp (-(z[i] - a) * (z[i] - a) / (2 * b * b)); break;
    default: horner (h->terms, h->coefficient, 0, n, z, f);
    }
}

INLINE void
integrand_slope (const lvm_integrand *h, size_t n, const double z[], double slope[])
{
  const double a = h->a, b = h->b;
  switch (h->shape)
    {
    case LVM_SINE: EACH slope[i] = a * cos (a * z[i]); break;
    case LVM_EXP: EACH slope[i] = a * exp (a * z[i]); break;
    case LVM_STEP: EACH slope[i] = 0; break;
    case LVM_BUMP:
      EACH slope[i] =
          -(z[i] - a) / (b * b) * exp (-(z[i] - a) * (z[i] - a) / (2 * b * b));
      break;
    default: horner (h->terms, h->coefficient, 1, n, z, slope);
    }
}

#undef EACH

#endif
