/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One reader's answer to the exercise: an M-step for full covariances, the scatter
   around the new mean.  The arguments are those of tests/claims/02-gaussian-mixture.h.  */

#include <stddef.h>

void
m_step (size_t N, size_t D, size_t K, const double x[], const double r[],
        double weight[], double mean[], double covariance[])
{
  for (size_t k = 0; k < K; k++)
    {
      double count = 0, *m = mean + k * D, *c = covariance + k * D * D;
      for (size_t n = 0; n < N; n++)
        count += r[n * K + k];
      weight[k] = count / (double) N;
      for (size_t i = 0; i < D; i++)
        {
          m[i] = 0;
          for (size_t n = 0; n < N; n++)
            m[i] += r[n * K + k] * x[n * D + i] / count;
        }
      for (size_t i = 0; i < D; i++)
        for (size_t j = 0; j < D; j++)
          {
            c[i * D + j] = 0;
            for (size_t n = 0; n < N; n++)
              c[i * D + j] += r[n * K + k] * (x[n * D + i] - m[i])
                              * (x[n * D + j] - m[j]) / count;
          }
    }
}
