/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A reader's way back through the draw and the divergence.  */

#include <math.h>
#include <stddef.h>

void
grad_latent (size_t L, const double mean[], const double log_variance[],
             const double z[], const double d_z[], double d_mean[],
             double d_log_variance[])
{
  for (size_t l = 0; l < L; l++)
    {
      d_mean[l] = d_z[l] + mean[l];
      d_log_variance[l] = (d_z[l] * (z[l] - mean[l]) + expm1 (log_variance[l])) / 2;
    }
}
