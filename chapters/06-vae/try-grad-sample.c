/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A reader's derivative of z = mean + exp (log_variance / 2) eps.  */

#include <math.h>
#include <stddef.h>

void
grad_sample (size_t L, const double log_variance[], const double eps[],
             const double d_z[], double d_mean[], double d_log_variance[])
{
  for (size_t l = 0; l < L; l++)
    {
      d_mean[l] = d_z[l];
      d_log_variance[l] = d_z[l] * exp (log_variance[l] / 2) * eps[l];
    }
}
