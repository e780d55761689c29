/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One reader's answer to the exercise: an E-step that takes means of 0 and 1.  The
   arguments are those of tests/claims/03-bernoulli-mixture.h.  */

#include <math.h>
#include <stddef.h>

void
bernoulli_e_step (size_t N, size_t D, size_t K, const unsigned char x[],
                  const double weight[], const double mean[], double r[])
{
  for (size_t n = 0; n < N; n++)
    {
      double largest = -INFINITY, sum = 0, *l = r + n * K;
      for (size_t k = 0; k < K; k++)
        {
          l[k] = log (weight[k]);
          for (size_t d = 0; d < D; d++)
            l[k] += x[n * D + d] ? log (mean[k * D + d]) : log1p (-mean[k * D + d]);
          largest = fmax (largest, l[k]);
        }
      for (size_t k = 0; k < K; k++)
        sum += l[k] = exp (l[k] - largest);
      for (size_t k = 0; k < K; k++)
        l[k] /= sum;
    }
}
