/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_PROB_INTEGRAND_H
#define LVM_PROB_INTEGRAND_H

#include <stddef.h>

/* The functions h of one number whose expectations chapter 4 differentiates.

     polynomial   sum_k c_k z^k
     sine         sin (a z)
     exponential  exp (a z)
     step         [z > a]
     bump         exp (-(z - a)^2 / (2 b^2))  */
typedef enum
{
  LVM_POLYNOMIAL,
  LVM_SINE,
  LVM_EXP,
  LVM_STEP,
  LVM_BUMP,
  LVM_SHAPES
} lvm_shape;

extern const char *const lvm_shape_names[]; /* [LVM_SHAPES + 1], ends with NULL */

typedef struct
{
  lvm_shape shape;
  size_t terms;              /* polynomial */
  const double *coefficient; /* [terms] */
  double a, b;
} lvm_integrand;

/* f [n] = h (z); f may be z.  */
void lvm_integrand_value (const lvm_integrand *h, size_t n, const double z[],
                          double f[]);

/* slope [n] = h' (z), which may be z; 0 for the step, whose derivative is 0 wherever
   it has one.  */
void lvm_integrand_slope (const lvm_integrand *h, size_t n, const double z[],
                          double slope[]);

#endif
