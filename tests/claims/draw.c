/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "claims/draw.h"

#include <gsl/gsl_randist.h>
#include <math.h>

static double
one_log (gsl_rng *g, int corner, size_t k, size_t n, double scale)
{
  switch (corner)
    {
    case TIES: return -2.385;
    case DUPLICATES: return k % 2 == 0 ? 1.75 : -3.125;
    case FAR_BELOW: return gsl_ran_flat (g, -745, -735);
    case FAR_ABOVE: return gsl_ran_flat (g, 700, 709.7);
    case VERY_FAR: return -1e6 + gsl_ran_gaussian (g, 2);
    case SPREAD: return gsl_ran_flat (g, -700, 700);
    case IMPOSSIBLE: return k % 3 == 1 ? -INFINITY : gsl_ran_gaussian (g, 3);
    case NEAR_ZERO: return -log ((double) n) + gsl_ran_gaussian (g, 1e-9);
    default: return gsl_ran_gaussian (g, scale);
    }
}

double *
draw_logs (lvm_judge *j, int corner, size_t *n)
{
  gsl_rng *g = lvm_cases (j);
  *n = corner == ONE
           ? 1
           : 2 + gsl_rng_uniform_int (g, gsl_rng_uniform (g) < 0.5 ? 3 : 39);
  const double scale = pow (10, gsl_ran_flat (g, -2, 2.5));
  double *l = lvm_take (j, *n, sizeof *l);
  for (size_t k = 0; k < *n; k++)
    l[k] = one_log (g, corner, k, *n, scale);
  return l;
}
