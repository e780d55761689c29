/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "prob/families.h"

#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>

static const double half_ln_2_pi = (M_LN2 + M_LNPI) / 2;

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

/* -|x| - 2 ln (1 + exp -|x|): the logistic density is symmetric.  */
static double
log_logistic (double x)
{
  return -fabs (x) - 2 * log1p (exp (-fabs (x)));
}

void
lvm_family_base_log_density (lvm_family f, size_t n, const double eps[], double l[])
{
  for (size_t i = 0; i < n; i++)
    switch (f)
      {
      case LVM_LOGISTIC: l[i] = log_logistic (eps[i]); break;
      case LVM_EXPONENTIAL:
      case LVM_WEIBULL: l[i] = eps[i] < 0 ? -INFINITY : -eps[i]; break;
      case LVM_BERNOULLI: l[i] = eps[i] >= 0 && eps[i] < 1 ? 0 : -INFINITY; break;
      default: l[i] = -eps[i] * eps[i] / 2 - half_ln_2_pi;
      }
}

/* --- the transform ------------------------------------------------------------ */

void
lvm_family_transform (lvm_family f, const double phi[], size_t n,
                      const double eps[], double z[])
{
  const double a = phi[0],
               b = f == LVM_EXPONENTIAL || f == LVM_BERNOULLI ? 1 : phi[1];
  switch (f)
    {
    case LVM_EXPONENTIAL:
      for (size_t i = 0; i < n; i++)
        z[i] = a * eps[i];
      break;
    case LVM_WEIBULL:
      for (size_t i = 0; i < n; i++)
        z[i] = a * pow (eps[i], 1 / b);
      break;
    case LVM_LOG_NORMAL:
      for (size_t i = 0; i < n; i++)
        z[i] = exp (a + b * eps[i]);
      break;
    case LVM_BERNOULLI:
      for (size_t i = 0; i < n; i++)
        z[i] = eps[i] < a;
      break;
    default:
      for (size_t i = 0; i < n; i++)
        z[i] = a + b * eps[i];
    }
}

/* Weibull: z = a eps^(1 / b), so dz/db = -z ln (eps) / b^2, and 0 at eps = 0.  */
void
lvm_family_tangent (lvm_family f, const double phi[], size_t i, size_t n,
                    const double eps[], const double z[], double dz[])
{
  for (size_t k = 0; k < n; k++)
    switch (f)
      {
      case LVM_EXPONENTIAL: dz[k] = eps[k]; break;
      case LVM_WEIBULL:
        dz[k] = i == 0        ? z[k] / phi[0]
                : eps[k] == 0 ? 0
                              : -z[k] * log (eps[k]) / (phi[1] * phi[1]);
        break;
      case LVM_LOG_NORMAL: dz[k] = i == 0 ? z[k] : z[k] * eps[k]; break;
      case LVM_BERNOULLI: dz[k] = 0; break;
      default: dz[k] = i == 0 ? 1 : eps[k];
      }
}

/* --- density and score ---------------------------------------------------------- */

static double
log_gaussian (double x, double mean, double deviation)
{
  const double y = (x - mean) / deviation;
  return -y * y / 2 - log (deviation) - half_ln_2_pi;
}

/* b (z/a)^b exp (-(z/a)^b) / z; at zero the density is 0, 1/a or infinite.  */
static double
log_weibull (double z, double a, double b)
{
  if (z < 0)
    return -INFINITY;
  if (z == 0)
    return b > 1 ? -INFINITY : b < 1 ? INFINITY : -log (a);
  return log (b / a) + (b - 1) * log (z / a) - pow (z / a, b);
}

void
lvm_family_log_density (lvm_family f, const double phi[], size_t n,
                        const double z[], double l[])
{
  for (size_t i = 0; i < n; i++)
    switch (f)
      {
      case LVM_LOGISTIC:
        l[i] = log_logistic ((z[i] - phi[0]) / phi[1]) - log (phi[1]);
        break;
      case LVM_EXPONENTIAL:
        l[i] = z[i] < 0 ? -INFINITY : -z[i] / phi[0] - log (phi[0]);
        break;
      case LVM_WEIBULL: l[i] = log_weibull (z[i], phi[0], phi[1]); break;
      case LVM_LOG_NORMAL:
        l[i] = z[i] <= 0 ? -INFINITY
                         : log_gaussian (log (z[i]), phi[0], phi[1]) - log (z[i]);
        break;
      case LVM_BERNOULLI:
        l[i] = z[i] == 1 ? log (phi[0]) : z[i] == 0 ? log1p (-phi[0]) : -INFINITY;
        break;
      default: l[i] = log_gaussian (z[i], phi[0], phi[1]);
      }
}

/* With y the standardised value: Gaussian y and y^2 - 1 over the deviation; logistic
   tanh (y / 2) and y tanh (y / 2) - 1 over the scale; Weibull, with e = (z/a)^b,
   b (e - 1) / a and 1 / b + ln (z/a) (1 - e).  */
void
lvm_family_score (lvm_family f, const double phi[], size_t i, size_t n,
                  const double z[], double s[])
{
  const double a = phi[0], b = lvm_family_parameters (f) == 2 ? phi[1] : 1;
  for (size_t k = 0; k < n; k++)
    {
      const double y = ((f == LVM_LOG_NORMAL ? log (z[k]) : z[k]) - a) / b;
      switch (f)
        {
        case LVM_LOGISTIC:
          s[k] = (i == 0 ? tanh (y / 2) : y * tanh (y / 2) - 1) / b;
          break;
        case LVM_EXPONENTIAL: s[k] = (z[k] / a - 1) / a; break;
        case LVM_WEIBULL:
          {
            const double e = pow (z[k] / a, b);
            s[k] = i == 0 ? b * (e - 1) / a : 1 / b + log (z[k] / a) * (1 - e);
            break;
          }
        case LVM_BERNOULLI: s[k] = z[k] == 1 ? 1 / a : -1 / (1 - a); break;
        default: s[k] = (i == 0 ? y : y * y - 1) / b;
        }
    }
}

/* --- entropy and divergence -------------------------------------------------------- */

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

/* The mapping z -> ln z is one to one, so log-normals diverge as the Gaussians of ln z do.  */
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
