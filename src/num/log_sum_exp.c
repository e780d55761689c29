/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "num/log_sum_exp.h"

#include <math.h>

size_t
lvm_argmax (size_t n, const double l[])
{
  size_t top = 0;
  for (size_t k = 0; k < n; k++)
    {
      if (isnan (l[k]))
        return k;
      if (l[k] > l[top])
        top = k;
    }
  return top;
}

/* The largest term is exp 0 = 1 and is left out of the sum, so that log1p
   keeps what the others add to it, however little (lse-stable).  */
double
lvm_log_sum_exp (size_t n, const double l[])
{
  if (n == 0)
    return -INFINITY;
  const size_t top = lvm_argmax (n, l);
  const double m = l[top];
  if (!isfinite (m))
    return m;
  double rest = 0;
  for (size_t k = 0; k < n; k++)
    if (k != top)
      rest += exp (l[k] - m);
  return m + log1p (rest);
}

/* Shift and divide.  exp (l_k - LSE) would be shorter by a division, and
   wrong by |LSE| units in the last place (softmax-stable).  */
void
lvm_softmax (size_t n, const double l[], double r[])
{
  const double m = l[lvm_argmax (n, l)];
  double sum = 0;
  for (size_t k = 0; k < n; k++)
    {
      r[k] = exp (l[k] - m);
      sum += r[k];
    }
  for (size_t k = 0; k < n; k++)
    r[k] /= sum;
}
