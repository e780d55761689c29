/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "prob/draw.h"

/* u N rounds to N for no u <= 1 - 2^-53.  */
size_t
lvm_draw_place (gsl_rng *rng, size_t N)
{
  return (size_t) (gsl_rng_uniform (rng) * (double) N);
}

size_t
lvm_draw_from (gsl_rng *rng, size_t n, const double weight[], double total)
{
  double left = gsl_rng_uniform (rng) * total;
  size_t last = 0;
  for (size_t i = 0; i < n && left >= 0; i++)
    if (weight[i] > 0)
      {
        last = i;
        left -= weight[i];
      }
  return last;
}
