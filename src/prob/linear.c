/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "prob/linear.h"

#include <gsl/gsl_math.h>
#include <math.h>

static const double half_ln_2_pi = (M_LN2 + M_LNPI) / 2;

double
lvm_linear_evidence (const lvm_linear *p)
{
  const double sd = hypot (p->slope * p->prior_sd, p->noise_sd),
               y = (p->x - p->slope * p->prior_mean - p->offset) / sd;
  return -y * y / 2 - log (sd) - half_ln_2_pi;
}

/* Precisions add: 1 / sd^2 = 1 / prior_sd^2 + slope^2 / noise_sd^2.  */
void
lvm_linear_posterior (const lvm_linear *p, double *mean, double *sd)
{
  const double prior = 1 / (p->prior_sd * p->prior_sd),
               noise = 1 / (p->noise_sd * p->noise_sd),
               precision = prior + p->slope * p->slope * noise;
  *mean =
      (p->prior_mean * prior + p->slope * noise * (p->x - p->offset)) / precision;
  *sd = 1 / sqrt (precision);
}

/* ln N(y | 0, sd^2) with y = at - by eps is this quadratic in eps.  */
static void
quadratic (double at, double by, double sd, double c[3])
{
  const double a = at / sd, b = by / sd;
  c[0] = -a * a / 2 - log (sd) - half_ln_2_pi;
  c[1] = a * b;
  c[2] = -b * b / 2;
}

static void
quadratics (const lvm_linear *p, double q_mean, double q_sd, double c[LVM_TERMS][3])
{
  quadratic (p->x - p->slope * q_mean - p->offset, p->slope * q_sd, p->noise_sd,
             c[LVM_LIKELIHOOD]);
  quadratic (p->prior_mean - q_mean, q_sd, p->prior_sd, c[LVM_PRIOR]);
  quadratic (0, q_sd, q_sd, c[LVM_Q]);
}

void
lvm_linear_log_densities (const lvm_linear *p, double q_mean, double q_sd, size_t n,
                          const double eps[], double log_likelihood[],
                          double log_prior[], double log_q[])
{
  double *const term[LVM_TERMS] = { log_likelihood, log_prior, log_q };
  double c[LVM_TERMS][3];
  quadratics (p, q_mean, q_sd, c);
  for (int a = 0; a < LVM_TERMS; a++)
    for (size_t i = 0; i < n; i++)
      term[a][i] = c[a][0] + eps[i] * (c[a][1] + eps[i] * c[a][2]);
}

void
lvm_linear_moments (const lvm_linear *p, double q_mean, double q_sd,
                    lvm_elbo_moments *m)
{
  double c[LVM_TERMS][3];
  quadratics (p, q_mean, q_sd, c);
  for (int a = 0; a < LVM_TERMS; a++)
    {
      m->mean[a] = c[a][0] + c[a][2];
      for (int b = 0; b < LVM_TERMS; b++)
        m->covariance[a][b] = c[a][1] * c[b][1] + 2 * c[a][2] * c[b][2];
    }
}

/* What runs along the path: the sum of the terms that are differentiated through z.  */
static void
along_path (const lvm_linear *p, double q_mean, double q_sd, lvm_linear_path path,
            double h[3])
{
  double c[LVM_TERMS][3];
  quadratics (p, q_mean, q_sd, c);
  for (int i = 0; i < 3; i++)
    {
      h[i] = c[LVM_LIKELIHOOD][i];
      if (path != LVM_PATH_FIRST)
        h[i] += c[LVM_PRIOR][i];
      if (path == LVM_PATH_THIRD || path == LVM_PATH_LANDING)
        h[i] -= c[LVM_Q][i];
    }
}

void
lvm_linear_gradient (const lvm_linear *p, double q_mean, double q_sd,
                     lvm_linear_path path, double eps, double *by_mean,
                     double *by_sd)
{
  const double prior = 1 / (p->prior_sd * p->prior_sd);
  double h[3];
  along_path (p, q_mean, q_sd, path, h);
  *by_mean = h[1] + 2 * h[2] * eps;
  *by_sd = *by_mean * eps;
  if (path == LVM_PATH_FIRST) /* less the gradient of KL(q, p(z)) */
    {
      *by_mean -= q_sd * (q_mean - p->prior_mean) * prior;
      *by_sd -= q_sd * q_sd * prior - 1;
    }
  if (path == LVM_PATH_SECOND) /* the gradient of H(q) */
    *by_sd += 1;
  if (path == LVM_PATH_THIRD) /* less q's score */
    {
      *by_mean -= eps;
      *by_sd -= eps * eps - 1;
    }
}

/* Var (c1 + 2 c2 eps) + Var (c1 eps + 2 c2 eps^2).  Of the third form q's score takes back
   what its path brings: it is the second (elbo-gradient-variance).  */
double
lvm_linear_gradient_variance (const lvm_linear *p, double q_mean, double q_sd,
                              lvm_linear_path path)
{
  double h[3];
  along_path (p, q_mean, q_sd, path == LVM_PATH_THIRD ? LVM_PATH_SECOND : path, h);
  return h[1] * h[1] + 12 * h[2] * h[2];
}
