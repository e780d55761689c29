/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "num/compare.h"

#include <math.h>

double
lvm_misfit (double a, double b, double bound)
{
  if (isnan (a) || isnan (b) || !(bound >= 0) || isinf (bound))
    return NAN;
  if (a == b)
    return 0;
  if (isinf (a) || isinf (b))
    return INFINITY;
  return fabs (a - b) / bound;
}

double
lvm_excess (double a, double b, double slack)
{
  return a <= b && slack >= 0 && isfinite (slack) ? 0 : lvm_misfit (a, b, slack);
}

double
lvm_larger (double a, double b)
{
  return isnan (a) || isnan (b) ? NAN : fmax (a, b);
}
