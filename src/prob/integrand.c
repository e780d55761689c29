/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "prob/integrand.h"

#include "prob/integrand_kernel.h"

const char *const lvm_shape_names[LVM_SHAPES + 1] = { "polynomial",  "sine",
                                                      "exponential", "step",
                                                      "bump",        NULL };

void
lvm_integrand_value (const lvm_integrand *h, size_t n, const double z[], double f[])
{
  integrand_value (h, n, z, f);
}

void
lvm_integrand_slope (const lvm_integrand *h, size_t n, const double z[],
                     double slope[])
{
  integrand_slope (h, n, z, slope);
}
