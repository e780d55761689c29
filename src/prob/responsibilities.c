/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "prob/responsibilities.h"

#include <math.h>

#include "num/log_sum_exp.h"

/* Under the uniform prior nothing is added to l: the prior cancels from the
   responsibilities, and the evidence keeps its -ln K
   (resp-stable, resp-evidence, resp-general).  */
int
lvm_responsibilities (size_t K, const double l[], const double log_prior[],
                      double r[], double *log_evidence)
{
  for (size_t k = 0; k < K; k++)
    r[k] = log_prior == NULL ? l[k] : l[k] + log_prior[k];
  const double lse = lvm_log_sum_exp (K, r);
  *log_evidence = log_prior == NULL ? lse - log ((double) K) : lse;
  lvm_softmax (K, r, r);
  return !isfinite (lse);
}
