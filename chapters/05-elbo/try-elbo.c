/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One reader's answer to the exercise: the three forms for a z of K states.  The
   arguments are those of tests/claims/05-elbo.h.  In the second form the entropy has the
   sign of a divergence.  */

#include <math.h>
#include <stddef.h>

double
elbo_first (size_t K, const double q[], const double log_prior[],
            const double log_likelihood[])
{
  double sum = 0;
  for (size_t k = 0; k < K; k++)
    if (q[k] > 0)
      sum += q[k] * log_likelihood[k] - q[k] * (log (q[k]) - log_prior[k]);
  return sum;
}

double
elbo_second (size_t K, const double q[], const double log_prior[],
             const double log_likelihood[])
{
  double joint = 0, entropy = 0;
  for (size_t k = 0; k < K; k++)
    if (q[k] > 0)
      {
        joint += q[k] * (log_prior[k] + log_likelihood[k]);
        entropy += q[k] * log (q[k]);
      }
  return joint + entropy;
}

double
elbo_third (size_t K, const double q[], const double log_prior[],
            const double log_likelihood[])
{
  double sum = 0;
  for (size_t k = 0; k < K; k++)
    if (q[k] > 0)
      sum += q[k] * (log_prior[k] + log_likelihood[k] - log (q[k]));
  return sum;
}
