/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "prob/families.h"

#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>

#include "prob/families_kernel.h"

const char *const lvm_family_names[LVM_FAMILIES + 1] = {
  "gaussian", "logistic", "exponential", "weibull", "log-normal", "bernoulli", NULL
};

static const char *const parameters[LVM_FAMILIES][LVM_MOST_PARAMETERS] = {
  [LVM_GAUSSIAN] = { "mean", "deviation" },
  [LVM_LOGISTIC] = { "location", "scale" },
  [LVM_EXPONENTIAL] = { "mean", NULL },
  [LVM_WEIBULL] = { "scale", "shape" },
  [LVM_LOG_NORMAL] = { "log-mean", "log-deviation" },
  [LVM_BERNOULLI] = { "probability", NULL },
};

const char *
lvm_family_parameter (lvm_family f, size_t i)
{
  return i < LVM_MOST_PARAMETERS ? parameters[f][i] : NULL;
}

size_t
lvm_family_parameters (lvm_family f)
{
  return parameters[f][1] != NULL ? 2 : 1;
}

int
lvm_family_valid (lvm_family f, const double phi[])
{
  switch (f)
    {
    case LVM_EXPONENTIAL: return phi[0] > 0 && isfinite (phi[0]);
    case LVM_WEIBULL:
      return phi[0] > 0 && phi[1] > 0 && isfinite (phi[0]) && isfinite (phi[1]);
    case LVM_BERNOULLI: return phi[0] > 0 && phi[0] < 1;
    default: return isfinite (phi[0]) && phi[1] > 0 && isfinite (phi[1]);
    }
}

int
lvm_family_reparameterised (lvm_family f)
{
  return f != LVM_BERNOULLI;
}

/* --- noise ------------------------------------------------------------------ */

void
lvm_family_base (lvm_family f, size_t n, gsl_rng *rng, double eps[])
{
  for (size_t i = 0; i < n; i++)
    switch (f)
      {
      case LVM_LOGISTIC: eps[i] = gsl_ran_logistic (rng, 1); break;
      case LVM_EXPONENTIAL:
      case LVM_WEIBULL: eps[i] = gsl_ran_exponential (rng, 1); break;
      case LVM_BERNOULLI: eps[i] = gsl_rng_uniform (rng); break;
      default: eps[i] = gsl_ran_ugaussian (rng);
      }
}

/* --- arrays: the loops are in families_kernel.h, once for all -------------------- */

void
lvm_family_base_log_density (lvm_family f, size_t n, const double eps[], double l[])
{
  base_log_density (f, n, eps, l);
}

void
lvm_family_transform (lvm_family f, const double phi[], size_t n,
                      const double eps[], double z[])
{
  transform (f, phi, n, eps, z);
}

void
lvm_family_tangent (lvm_family f, const double phi[], size_t i, size_t n,
                    const double eps[], const double z[], double dz[])
{
  tangent (f, phi, i, n, eps, z, dz);
}

void
lvm_family_log_density (lvm_family f, const double phi[], size_t n,
                        const double z[], double l[])
{
  log_density (f, phi, n, z, l);
}

/* Computes (family-score).  */
void
lvm_family_score (lvm_family f, const double phi[], size_t i, size_t n,
                  const double z[], double s[])
{
  score (f, phi, i, n, z, s);
}

/* --- entropy and divergence -------------------------------------------------------- */

/* Computes (family-entropy).  */
double
lvm_family_entropy (lvm_family f, const double phi[])
{
  const double p = phi[0];
  switch (f)
    {
    case LVM_LOGISTIC: return log (phi[1]) + 2;
    case LVM_EXPONENTIAL: return 1 + log (p);
    case LVM_WEIBULL: return M_EULER * (1 - 1 / phi[1]) + log (p / phi[1]) + 1;
    case LVM_LOG_NORMAL: return p + log (phi[1]) + half_ln_2_pi + 0.5;
    case LVM_BERNOULLI: return -p * log (p) - (1 - p) * log1p (-p);
    default: return log (phi[1]) + half_ln_2_pi + 0.5;
    }
}

/* The mapping z -> ln z is one to one, so log-normals diverge as the
   Gaussians of ln z do (family-kl).  */
double
lvm_family_kl (lvm_family f, const double phi[], const double other[])
{
  const double p = phi[0], q = other[0], r = p / q;
  switch (f)
    {
    case LVM_LOGISTIC: return NAN;
    case LVM_EXPONENTIAL: return r - 1 - log (r);
    case LVM_WEIBULL:
      return log (phi[1] / other[1]) + other[1] * log (q / p)
             + (phi[1] - other[1]) * -M_EULER / phi[1] - 1
             + pow (r, other[1]) * gsl_sf_gamma (other[1] / phi[1] + 1);
    case LVM_BERNOULLI: return p * log (r) + (1 - p) * log ((1 - p) / (1 - q));
    default:
      {
        const double ratio = phi[1] / other[1], shift = (p - q) / other[1];
        return (ratio * ratio + shift * shift - 1) / 2 - log (ratio);
      }
    }
}
