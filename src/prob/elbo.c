/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "prob/elbo.h"

#include <math.h>

#include "prob/responsibilities.h"

/* --- z one of K states --------------------------------------------------------- */

/* Computes (elbo-form-1).  */
double
lvm_elbo_first (size_t K, const double q[], const double log_prior[],
                const double log_likelihood[])
{
  double reconstruction = 0, kl = 0;
  for (size_t k = 0; k < K; k++)
    if (q[k] > 0)
      {
        reconstruction += q[k] * log_likelihood[k];
        kl += q[k] * (log (q[k]) - log_prior[k]);
      }
  return reconstruction - kl;
}

/* Computes (elbo-form-2).  */
double
lvm_elbo_second (size_t K, const double q[], const double log_prior[],
                 const double log_likelihood[])
{
  double joint = 0, entropy = 0;
  for (size_t k = 0; k < K; k++)
    if (q[k] > 0)
      {
        joint += q[k] * (log_prior[k] + log_likelihood[k]);
        entropy -= q[k] * log (q[k]);
      }
  return joint + entropy;
}

/* Computes (elbo-def).  */
double
lvm_elbo_third (size_t K, const double q[], const double log_prior[],
                const double log_likelihood[])
{
  double sum = 0;
  for (size_t k = 0; k < K; k++)
    if (q[k] > 0)
      sum += q[k] * (log_prior[k] + log_likelihood[k] - log (q[k]));
  return sum;
}

/* Computes (elbo-decomposition).  */
double
lvm_elbo_gap (size_t K, const double q[], const double log_prior[],
              const double log_likelihood[], double work[])
{
  double log_evidence, sum = 0;
  if (lvm_responsibilities (K, log_likelihood, log_prior, work, &log_evidence) != 0)
    return NAN;
  for (size_t k = 0; k < K; k++)
    if (q[k] > 0)
      sum +=
          q[k] * (log (q[k]) - (log_prior[k] + log_likelihood[k] - log_evidence));
  return sum;
}

/* expm1 (v) - v, since exp (v) - v - 1 would cancel near v = 0
   (gauss-kl-standard).  */
double
lvm_kl_standard (size_t L, const double mean[], const double log_variance[])
{
  double sum = 0;
  for (size_t l = 0; l < L; l++)
    sum += mean[l] * mean[l] + expm1 (log_variance[l]) - log_variance[l];
  return sum / 2;
}

/* --- any z ------------------------------------------------------------------------ */

/* What a form averages is this combination of the three terms.  */
static const double coefficient[LVM_FORMS][LVM_TERMS] = {
  [LVM_FIRST] = { 1, 0, 0 },
  [LVM_SECOND] = { 1, 1, 0 },
  [LVM_THIRD] = { 1, 1, -1 },
};

void
lvm_elbo_average (size_t n, const double weight[], const double log_likelihood[],
                  const double log_prior[], const double log_q[],
                  lvm_elbo_moments *m)
{
  const double *const term[LVM_TERMS] = { log_likelihood, log_prior, log_q };
  *m = (lvm_elbo_moments){ 0 };
  for (size_t i = 0; i < n; i++)
    {
      const double w = weight == NULL ? 1 / (double) n : weight[i];
      for (int a = 0; a < LVM_TERMS && w > 0; a++)
        m->mean[a] += w * term[a][i];
    }
  for (size_t i = 0; i < n; i++)
    {
      const double w = weight == NULL ? 1 / (double) n : weight[i];
      for (int a = 0; a < LVM_TERMS && w > 0; a++)
        for (int b = 0; b < LVM_TERMS; b++)
          m->covariance[a][b] +=
              w * (term[a][i] - m->mean[a]) * (term[b][i] - m->mean[b]);
    }
}

double
lvm_elbo_value (const lvm_elbo_moments *m, lvm_elbo_form form)
{
  const double likelihood = m->mean[LVM_LIKELIHOOD], prior = m->mean[LVM_PRIOR],
               q = m->mean[LVM_Q];
  switch (form)
    {
    case LVM_FIRST: return likelihood - (q - prior);
    case LVM_SECOND: return (likelihood + prior) - q;
    default: return likelihood + prior - q;
    }
}

/* Computes (elbo-variance).  */
double
lvm_elbo_variance (const lvm_elbo_moments *m, lvm_elbo_form form)
{
  const double *c = coefficient[form];
  double sum = 0;
  for (int a = 0; a < LVM_TERMS; a++)
    for (int b = 0; b < LVM_TERMS; b++)
      sum += c[a] * c[b] * m->covariance[a][b];
  return sum < 0 ? 0 : sum; /* the terms may cancel, to rounding; NaN stays */
}

void
lvm_elbo_monte_carlo (size_t S, const double log_likelihood[],
                      const double log_prior[], const double log_q[], double kl,
                      double entropy, lvm_elbo_estimate *e)
{
  const double known[LVM_FORMS] = { -kl, entropy, 0 };
  lvm_elbo_moments m;
  lvm_elbo_average (S, NULL, log_likelihood, log_prior, log_q, &m);
  for (int form = 0; form < LVM_FORMS; form++)
    {
      e->value[form] = known[form];
      for (int a = 0; a < LVM_TERMS; a++)
        e->value[form] += coefficient[form][a] * m.mean[a];
      e->variance[form] = lvm_elbo_variance (&m, (lvm_elbo_form) form) * (double) S
                          / (double) (S - 1);
      e->error[form] = sqrt (e->variance[form] / (double) S);
    }
}
