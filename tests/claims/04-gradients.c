/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Claims of chapter 4: gradients of expectations.  The other sides know nothing of the
   library's densities, scores or transforms: densities and distribution functions are
   GSL's, expectations are integrals over z by adaptive quadrature, derivatives are
   differences, and averages over samples of a finite set are enumerated.  */

#include "claims/04-gradients.h"

#include <complex.h>
#include <float.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_matrix.h>
#include <gsl/gsl_min.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_vector.h>
#include <math.h>
#include <string.h>

#include "../../proofs/04-gradients.h"
#include "num/streams.h"
#include "prob/gaussians.h"

static const double u = DBL_EPSILON / 2;

/* --- the reference ---------------------------------------------------------- */

static const family_ops family_reference = {
  lvm_family_transform, lvm_family_tangent, lvm_family_log_density,
  lvm_family_score,     lvm_family_entropy, lvm_family_kl
};
static const char *const family_slots[] = { "transform", "tangent", "log_density",
                                            "score",     "entropy", "kl" };
const lvm_interface family_interface = { "families", 6, family_slots,
                                         &family_reference };

static const full_ops full_reference = { lvm_full_transform, lvm_full_pathwise,
                                         lvm_full_score };
static const char *const full_slots[] = { "full_transform", "full_pathwise",
                                          "full_score" };
const lvm_interface full_interface = { "full Gaussian", 3, full_slots,
                                       &full_reference };

static const bulk_ops bulk_reference = { lvm_gradient_sample, lvm_gradient_noise };
static const char *const bulk_slots[] = { "bulk_sample", "bulk_noise" };
const lvm_interface bulk_interface = { "bulk", 2, bulk_slots, &bulk_reference };

static void
gaussian_sample (size_t S, const double eps[], double mean, double sigma,
                 double z[])
{
  lvm_family_transform (LVM_GAUSSIAN, (double[]){ mean, sigma }, S, eps, z);
}

static void
pathwise_terms (size_t S, const double eps[], double mean, double sigma,
                const double slope[], double by_mean[], double by_sigma[])
{
  const double phi[2] = { mean, sigma };
  lvm_family_tangent (LVM_GAUSSIAN, phi, 0, S, eps, eps, by_mean);
  lvm_family_tangent (LVM_GAUSSIAN, phi, 1, S, eps, eps, by_sigma);
  for (size_t i = 0; i < S; i++)
    {
      by_mean[i] *= slope[i];
      by_sigma[i] *= slope[i];
    }
}

static void
score_terms (size_t S, const double z[], double mean, double sigma,
             const double f[], double by_mean[], double by_sigma[])
{
  const double phi[2] = { mean, sigma };
  lvm_family_score (LVM_GAUSSIAN, phi, 0, S, z, by_mean);
  lvm_family_score (LVM_GAUSSIAN, phi, 1, S, z, by_sigma);
  for (size_t i = 0; i < S; i++)
    {
      by_mean[i] *= f[i];
      by_sigma[i] *= f[i];
    }
}

static lvm_gradient_sums
sums_of (size_t S, const double f[], const double s[])
{
  lvm_gradient_sums x = { .count = (double) S };
  for (size_t i = 0; i < S; i++)
    {
      x.f += f[i];
      x.s += s[i];
      x.ss += s[i] * s[i];
      x.fs += f[i] * s[i];
      x.fss += f[i] * s[i] * s[i];
      x.ffss += f[i] * f[i] * s[i] * s[i];
    }
  return x;
}

static double
best_baseline (size_t S, const double f[], const double s[])
{
  const lvm_gradient_sums x = sums_of (S, f, s);
  return lvm_gradient_best_baseline (&x);
}

static double
batch_mean (size_t S, const double f[], const double s[])
{
  const lvm_gradient_sums x = sums_of (S, f, s);
  return lvm_gradient_batch_mean (&x).mean;
}

static double
leave_one_out (size_t S, const double f[], const double s[])
{
  const lvm_gradient_sums x = sums_of (S, f, s);
  return lvm_gradient_leave_one_out (&x).mean;
}

static const estimator_ops estimator_reference = { gaussian_sample, pathwise_terms,
                                                   score_terms,     best_baseline,
                                                   batch_mean,      leave_one_out };
static const char *const estimator_slots[] = { "gaussian_sample", "pathwise_terms",
                                               "score_terms",     "best_baseline",
                                               "batch_mean",      "leave_one_out" };
const lvm_interface estimator_interface = { "estimators", 6, estimator_slots,
                                            &estimator_reference };

/* --- densities that are not the library's ------------------------------------------ */

static double
density (lvm_family f, const double p[], double z)
{
  switch (f)
    {
    case LVM_LOGISTIC: return gsl_ran_logistic_pdf (z - p[0], p[1]);
    case LVM_EXPONENTIAL: return gsl_ran_exponential_pdf (z, p[0]);
    case LVM_WEIBULL: return gsl_ran_weibull_pdf (z, p[0], p[1]);
    case LVM_LOG_NORMAL: return gsl_ran_lognormal_pdf (z, p[0], p[1]);
    case LVM_BERNOULLI: return gsl_ran_bernoulli_pdf (z == 1, p[0]);
    default: return gsl_ran_gaussian_pdf (z - p[0], p[1]);
    }
}

static double
distribution (lvm_family f, const double p[], double z)
{
  switch (f)
    {
    case LVM_LOGISTIC: return gsl_cdf_logistic_P (z - p[0], p[1]);
    case LVM_EXPONENTIAL: return gsl_cdf_exponential_P (z, p[0]);
    case LVM_WEIBULL: return gsl_cdf_weibull_P (z, p[0], p[1]);
    case LVM_LOG_NORMAL: return gsl_cdf_lognormal_P (z, p[0], p[1]);
    default: return gsl_cdf_gaussian_P (z - p[0], p[1]);
    }
}

/* The base is the member of a family with these parameters.  */
static const struct
{
  lvm_family family;
  double phi[2];
} base[LVM_FAMILIES] = {
  [LVM_GAUSSIAN] = { LVM_GAUSSIAN, { 0, 1 } },
  [LVM_LOGISTIC] = { LVM_LOGISTIC, { 0, 1 } },
  [LVM_EXPONENTIAL] = { LVM_EXPONENTIAL, { 1, 0 } },
  [LVM_WEIBULL] = { LVM_EXPONENTIAL, { 1, 0 } },
  [LVM_LOG_NORMAL] = { LVM_GAUSSIAN, { 0, 1 } },
};

enum
{
  PIECES = 9
};

/* Places that cut the support of a member where its density changes its nature.  */
static void
pieces (lvm_family f, const double p[], double at[PIECES])
{
  static const double two_sided[PIECES] = { -12, -6, -3, -1, 0, 1, 3, 6, 12 },
                      wide[PIECES] = { -42, -15, -6, -2, 0, 2, 6, 15, 42 },
                      one_sided[PIECES] = { 0, 1e-4, 0.02, 0.3, 1, 3, 8, 20, 45 };
  for (int i = 0; i < PIECES; i++)
    switch (f)
      {
      case LVM_LOGISTIC: at[i] = p[0] + p[1] * wide[i]; break;
      case LVM_EXPONENTIAL: at[i] = p[0] * one_sided[i]; break;
      case LVM_WEIBULL: at[i] = p[0] * pow (one_sided[i], 1 / p[1]); break;
      case LVM_LOG_NORMAL: at[i] = exp (p[0] + p[1] * two_sided[i]); break;
      default: at[i] = p[0] + p[1] * two_sided[i];
      }
}

/* The integral of a function over the support; *error: what the integrator says, and what
   lies outside the pieces.  */
static double
integral (lvm_family f, const double p[], double (*function) (double, void *),
          void *scene, double *error)
{
  enum
  {
    ROOM = 1000
  };
  gsl_function g = { function, scene };
  gsl_integration_workspace *w = gsl_integration_workspace_alloc (ROOM);
  double at[PIECES], sum = 0;
  pieces (f, p, at);
  *error = 1e-14;
  for (int i = 0; i + 1 < PIECES; i++)
    {
      double y, e;
      gsl_integration_qags (&g, at[i], at[i + 1], 1e-14, 1e-12, ROOM, w, &y, &e);
      sum += y;
      *error += e;
    }
  gsl_integration_workspace_free (w);
  return sum;
}

/* --- cases: a member of a family, one of its parameters, a smooth f ------------------- */

enum
{
  SLOPE_OF_F, /* tangent times f' over the base */
  F_OVER_BASE,
  F_OVER_Z,
  F_TIMES_SCORE,
  SCORE_ALONE,
  SURPRISE,  /* -ln q under q */
  LOG_RATIO, /* ln q - ln p under q */
};

typedef struct
{
  const family_ops *ops;
  lvm_family family;
  double phi[2], other[2];
  size_t i;
  double a, c; /* f (z) = cos (a z + c) */
  int what;
} scene;

static double
f_of (const scene *x, double z)
{
  return cos (x->a * z + x->c);
}

static void
draw_parameters (gsl_rng *g, lvm_family f, double p[2])
{
  const int positive =
      f == LVM_EXPONENTIAL || f == LVM_WEIBULL || f == LVM_BERNOULLI;
  p[0] = positive ? 0.3 + gsl_rng_uniform (g) : gsl_ran_flat (g, -1, 1);
  p[1] = f == LVM_WEIBULL      ? gsl_ran_flat (g, 1.2, 3)
         : f == LVM_LOG_NORMAL ? gsl_ran_flat (g, 0.2, 0.6)
                               : gsl_ran_flat (g, 0.4, 1.7);
  if (f == LVM_BERNOULLI)
    p[0] *= 0.7;
}

enum
{
  MEMBERS =
      2
      * LVM_BERNOULLI /* corners: each family with each parameter, once at least */
};

static scene
draw_scene (lvm_judge *j, const void *ops, int corner)
{
  gsl_rng *g = lvm_cases (j);
  scene x = { .ops = ops };
  x.family =
      (lvm_family) (corner >= 0 ? corner / 2
                                : (int) gsl_rng_uniform_int (g, LVM_BERNOULLI));
  x.i = (corner >= 0 ? (size_t) corner : gsl_rng_get (g))
        % lvm_family_parameters (x.family);
  draw_parameters (g, x.family, x.phi);
  draw_parameters (g, x.family, x.other);
  x.a = gsl_ran_flat (g, 0.3, 1.6);
  x.c = gsl_ran_flat (g, -2, 2);
  return x;
}

static double
by_scene (double at, void *params)
{
  const scene *x = params;
  double z = at, dz, s, l, m;
  const double q = density (x->family, x->phi, at);
  switch (x->what)
    {
    case SLOPE_OF_F:
      x->ops->transform (x->family, x->phi, 1, &at, &z);
      x->ops->tangent (x->family, x->phi, x->i, 1, &at, &z, &dz);
      return density (base[x->family].family, base[x->family].phi, at) * -x->a
             * sin (x->a * z + x->c) * dz;
    case F_OVER_BASE:
      x->ops->transform (x->family, x->phi, 1, &at, &z);
      return density (base[x->family].family, base[x->family].phi, at)
             * f_of (x, z);
    case F_OVER_Z: return q * f_of (x, z);
    case F_TIMES_SCORE:
    case SCORE_ALONE:
      x->ops->score (x->family, x->phi, x->i, 1, &z, &s);
      return q > 0 ? q * s * (x->what == SCORE_ALONE ? 1 : f_of (x, z)) : 0;
    case SURPRISE: return q > 0 ? -q * log (q) : 0;
    default:
      l = log (q);
      m = log (density (x->family, x->other, at));
      return q > 0 ? q * (l - m) : 0;
    }
}

static double
over_z (scene x, int what, double *error)
{
  x.what = what;
  return integral (x.family, x.phi, by_scene, &x, error);
}

static double
over_base (scene x, int what, double *error)
{
  x.what = what;
  return integral (base[x.family].family, base[x.family].phi, by_scene, &x, error);
}

/* The expectation of f with parameter i moved.  */
static double
moved (scene x, double h, double *error)
{
  x.phi[x.i] += h;
  return over_z (x, F_OVER_Z, error);
}

/* Central differences of the expectation against a value.  */
static void
judge_gradient (lvm_judge *j, const scene *x, double gradient, double own_error)
{
  enum
  {
    HALVINGS = 6
  };
  double error[HALVINGS], up, down, floor = 0;
  for (int s = 0; s < HALVINGS; s++)
    {
      const double h = ldexp (0.1, -s);
      const double y = (moved (*x, h, &up) - moved (*x, -h, &down)) / (2 * h);
      floor = (up + down) / (2 * h) + own_error;
      error[s] = fabs (y - gradient);
    }
  lvm_order (j, "order of central differences", HALVINGS, error, 2, floor);
}

/* --- the two steps ------------------------------------------------------------------ */

/* E_q f = E_p f(g).  */
static void
grad_lotus (lvm_judge *j, const void *ops, int corner)
{
  const scene x = draw_scene (j, ops, corner);
  double a, b;
  const double left = over_base (x, F_OVER_BASE, &a),
               right = over_z (x, F_OVER_Z, &b);
  lvm_equal (j, "expectation over the base", left, right, a + b);
}

/* grad E_q f = E_p grad f(g).  */
static void
grad_pathwise (lvm_judge *j, const void *ops, int corner)
{
  const scene x = draw_scene (j, ops, corner);
  double error;
  const double y = over_base (x, SLOPE_OF_F, &error);
  judge_gradient (j, &x, y, error);
}

/* grad E_q f = E_q f s.  */
static void
score_estimator (lvm_judge *j, const void *ops, int corner)
{
  const scene x = draw_scene (j, ops, corner);
  double error;
  const double y = over_z (x, F_TIMES_SCORE, &error);
  judge_gradient (j, &x, y, error);
}

static void
score_zero (lvm_judge *j, const void *ops, int corner)
{
  const scene x = draw_scene (j, ops, corner);
  double error;
  const double y = over_z (x, SCORE_ALONE, &error);
  lvm_equal (j, "mean of the score", y, 0, error);
}

/* --- the families --------------------------------------------------------------------- */

static double
draw_z (gsl_rng *g, lvm_family f, const double p[])
{
  switch (f)
    {
    case LVM_LOGISTIC: return p[0] + gsl_ran_logistic (g, p[1]);
    case LVM_EXPONENTIAL: return gsl_ran_exponential (g, p[0]);
    case LVM_WEIBULL: return gsl_ran_weibull (g, p[0], p[1]);
    case LVM_LOG_NORMAL: return gsl_ran_lognormal (g, p[0], p[1]);
    case LVM_BERNOULLI: return gsl_ran_bernoulli (g, p[0]);
    default: return p[0] + gsl_ran_gaussian (g, p[1]);
    }
}

/* The density is GSL's, and the score is the derivative of its logarithm.  The Bernoulli
   family comes after the corners of the others.  */
static void
family_score (lvm_judge *j, const void *ops, int corner)
{
  enum
  {
    HALVINGS = 7
  };
  scene x = draw_scene (j, ops, corner < MEMBERS ? corner : 0);
  double s, l, error[HALVINGS];
  if (corner == MEMBERS)
    {
      x.family = LVM_BERNOULLI;
      x.i = 0;
      draw_parameters (lvm_cases (j), x.family, x.phi);
    }
  const double z = draw_z (lvm_cases (j), x.family, x.phi),
               q = density (x.family, x.phi, z);
  x.ops->log_density (x.family, x.phi, 1, &z, &l);
  lvm_equal (j, "log density", l, log (q), 64 * u * (4 + fabs (log (q))));
  x.ops->score (x.family, x.phi, x.i, 1, &z, &s);
  for (int k = 0; k < HALVINGS; k++)
    {
      const double h = ldexp (0.1, -k) * (x.family == LVM_BERNOULLI ? x.phi[0] : 1);
      double up[2] = { x.phi[0], x.phi[1] }, down[2] = { x.phi[0], x.phi[1] };
      up[x.i] += h;
      down[x.i] -= h;
      const double y =
          log (density (x.family, up, z)) - log (density (x.family, down, z));
      error[k] = fabs (y / (2 * h) - s);
    }
  lvm_order (j, "score", HALVINGS, error, 2,
             1e3 * u * (4 + fabs (log (q))) / ldexp (0.1, 1 - HALVINGS));
}

static void
family_entropy (lvm_judge *j, const void *ops, int corner)
{
  const scene x = draw_scene (j, ops, corner);
  double error;
  const double y = over_z (x, SURPRISE, &error);
  lvm_equal (j, "entropy", x.ops->entropy (x.family, x.phi), y, error + 1e-12);
}

static void
family_kl (lvm_judge *j, const void *ops, int corner)
{
  scene x = draw_scene (j, ops, corner);
  double error;
  if (x.family == LVM_LOGISTIC)
    x.family = LVM_GAUSSIAN; /* no closed form there */
  const double y = over_z (x, LOG_RATIO, &error);
  lvm_equal (j, "divergence", x.ops->kl (x.family, x.phi, x.other), y,
             error + 1e-11 * (1 + y));
}

/* dg/dphi = -(dP/dphi) / q.  */
static void
implicit_tangent (lvm_judge *j, const void *ops, int corner)
{
  enum
  {
    HALVINGS = 7
  };
  const scene x = draw_scene (j, ops, corner);
  const double *b = base[x.family].phi;
  const double eps = draw_z (lvm_cases (j), base[x.family].family, b);
  double z, dz, error[HALVINGS];
  x.ops->transform (x.family, x.phi, 1, &eps, &z);
  x.ops->tangent (x.family, x.phi, x.i, 1, &eps, &z, &dz);
  const double q = density (x.family, x.phi, z);
  for (int k = 0; k < HALVINGS; k++)
    {
      const double h = ldexp (0.1, -k);
      double up[2] = { x.phi[0], x.phi[1] }, down[2] = { x.phi[0], x.phi[1] };
      up[x.i] += h;
      down[x.i] -= h;
      const double y =
          (distribution (x.family, up, z) - distribution (x.family, down, z))
          / (2 * h);
      error[k] = fabs (y + q * dz);
    }
  lvm_order (j, "density times tangent", HALVINGS, error, 2,
             16 * u / ldexp (0.1, 1 - HALVINGS));
}

/* --- lines ------------------------------------------------------------------------------ */

/* Whole multiples of 1/1024, so that no datum is rounded before a line begins.  */
static double
datum (gsl_rng *g, double least, double most)
{
  return ldexp (floor (ldexp (gsl_ran_flat (g, least, most), 10)), -10);
}

static double *
draw_data (lvm_judge *j, size_t K, double least, double most)
{
  double *x = lvm_take (j, K, sizeof *x);
  for (size_t k = 0; k < K; k++)
    x[k] = datum (lvm_cases (j), least, most);
  return x;
}

static void *
draw_outcomes (lvm_judge *j, int corner)
{
  outcomes *at = lvm_take (j, 1, sizeof *at);
  at->K = corner == 0 ? 2 : 2 + gsl_rng_uniform_int (lvm_cases (j), 4);
  const double scale = corner == 1 ? 30 : 3;
  at->logit = draw_data (j, at->K, -scale, scale);
  at->f = draw_data (j, at->K, -5, 5);
  at->baseline = datum (lvm_cases (j), 1, 4);
  return at;
}

static size_t
outcomes_size (const void *at)
{
  return ((const outcomes *) at)->K;
}

static void *
draw_weighted (lvm_judge *j, int corner)
{
  weighted *at = lvm_take (j, 1, sizeof *at);
  at->K = corner == 0 ? 1 : 2 + gsl_rng_uniform_int (lvm_cases (j), 4);
  at->p = draw_data (j, at->K, 0.1, 1);
  at->f = draw_data (j, at->K, -3, 3);
  at->s = draw_data (j, at->K, 0.25, 2);
  at->baseline = datum (lvm_cases (j), 1, 4);
  return at;
}

static size_t
one (const void *at)
{
  (void) at;
  return 1;
}

static const lvm_derivation derivations[] = {
  { &score_lines, score_labels, draw_outcomes, outcomes_size, 2, 40, LVM_HERE },
  { &baseline_lines, baseline_labels, draw_weighted, one, 1, 40, LVM_HERE }
};

/* --- estimators of a reader --------------------------------------------------------------- */

enum
{
  NODES = 40
};

typedef struct
{
  double eps[NODES], weight[NODES], z[NODES], f[NODES], slope[NODES];
  double by_mean[NODES], by_sigma[NODES];
  size_t n;
} nodes;

/* Nodes and weights of the standard normal density; exact for polynomials below degree
   2 n.  */
static void
hermite (size_t n, nodes *x)
{
  gsl_integration_fixed_workspace *w =
      gsl_integration_fixed_alloc (gsl_integration_fixed_hermite, n, 0, 0.5, 0, 0);
  x->n = n;
  for (size_t i = 0; i < n; i++)
    {
      x->eps[i] = gsl_integration_fixed_nodes (w)[i];
      x->weight[i] = gsl_integration_fixed_weights (w)[i] / sqrt (2 * M_PI);
    }
  gsl_integration_fixed_free (w);
}

static double
average (const nodes *x, const double term[], double *magnitude)
{
  double sum = 0;
  for (size_t i = 0; i < x->n; i++)
    {
      sum += x->weight[i] * term[i];
      *magnitude += x->weight[i] * fabs (term[i]);
    }
  return sum;
}

/* f = z^2: 2 mean and 2 sigma, by both routes.  */
static void
grad_square (lvm_judge *j, const void *ops, int corner)
{
  const estimator_ops *f = ops;
  const double mean = gsl_ran_flat (lvm_cases (j), -3, 3),
               sigma = corner == 0 ? 1 : gsl_ran_flat (lvm_cases (j), 0.3, 2.5);
  nodes x;
  hermite (8, &x);
  f->gaussian_sample (x.n, x.eps, mean, sigma, x.z);
  for (size_t i = 0; i < x.n; i++)
    {
      x.f[i] = x.z[i] * x.z[i];
      x.slope[i] = 2 * x.z[i];
    }
  for (int route = 0; route < 2; route++)
    {
      double a = 0, b = 0;
      if (route == 0)
        f->pathwise_terms (x.n, x.eps, mean, sigma, x.slope, x.by_mean, x.by_sigma);
      else
        f->score_terms (x.n, x.z, mean, sigma, x.f, x.by_mean, x.by_sigma);
      const double by_mean = average (&x, x.by_mean, &a),
                   by_sigma = average (&x, x.by_sigma, &b);
      lvm_equal (j, "by the mean", by_mean, 2 * mean, 1e3 * u * (a + 1));
      lvm_equal (j, "by sigma", by_sigma, 2 * sigma, 1e3 * u * (b + 1));
    }
}

/* f = sin (a z + c), whose averages have closed forms.  */
typedef struct
{
  double mean, sigma, a, c;
} wave;

static wave
draw_wave (lvm_judge *j)
{
  gsl_rng *g = lvm_cases (j);
  return (wave){ gsl_ran_flat (g, -2, 2), gsl_ran_flat (g, 0.4, 1.6),
                 gsl_ran_flat (g, 0.3, 1.5), gsl_ran_flat (g, -3, 3) };
}

static void
wave_terms (const estimator_ops *f, const wave *w, size_t n, double *by_mean,
            double *by_sigma)
{
  nodes x;
  double ignored = 0;
  hermite (n, &x);
  f->gaussian_sample (n, x.eps, w->mean, w->sigma, x.z);
  for (size_t i = 0; i < n; i++)
    x.slope[i] = w->a * cos (w->a * x.z[i] + w->c);
  f->pathwise_terms (n, x.eps, w->mean, w->sigma, x.slope, x.by_mean, x.by_sigma);
  *by_mean = average (&x, x.by_mean, &ignored);
  *by_sigma = average (&x, x.by_sigma, &ignored);
}

/* d/dmean of E sin (a z + c) = sin (a mean + c) exp (-a^2 sigma^2 / 2).  */
static void
bonnet (lvm_judge *j, const void *ops, int corner)
{
  const wave w = draw_wave (j);
  double fine, coarse, ignored;
  (void) corner;
  wave_terms (ops, &w, NODES, &fine, &ignored);
  wave_terms (ops, &w, NODES - 8, &coarse, &ignored);
  const double damp = exp (-w.a * w.a * w.sigma * w.sigma / 2);
  lvm_equal (j, "E f'", fine, w.a * cos (w.a * w.mean + w.c) * damp,
             fabs (fine - coarse) + 1e3 * u);
}

/* sigma E f'' = -a^2 sigma sin (a mean + c) exp (-a^2 sigma^2 / 2).  */
static void
price (lvm_judge *j, const void *ops, int corner)
{
  const wave w = draw_wave (j);
  double fine, coarse, ignored;
  (void) corner;
  wave_terms (ops, &w, NODES, &ignored, &fine);
  wave_terms (ops, &w, NODES - 8, &ignored, &coarse);
  const double damp = exp (-w.a * w.a * w.sigma * w.sigma / 2);
  lvm_equal (j, "E f' eps", fine,
             -w.a * w.a * w.sigma * sin (w.a * w.mean + w.c) * damp,
             fabs (fine - coarse) + 1e3 * u);
}

enum
{
  DRAWS = 20
};

/* With the noise held fixed the average over the samples is a function of the parameters.  */
static double
fixed_noise (const estimator_ops *f, const wave *w, const double eps[], double mean,
             double sigma)
{
  double z[DRAWS], sum = 0;
  f->gaussian_sample (DRAWS, eps, mean, sigma, z);
  for (int i = 0; i < DRAWS; i++)
    sum += sin (w->a * z[i] + w->c);
  return sum / DRAWS;
}

static void
grad_commutes (lvm_judge *j, const void *ops, int corner)
{
  enum
  {
    HALVINGS = 7
  };
  const estimator_ops *f = ops;
  const wave w = draw_wave (j);
  double eps[DRAWS], z[DRAWS], slope[DRAWS], term[2][DRAWS], error[2][HALVINGS];
  double y[2] = { 0, 0 };
  (void) corner;
  for (int i = 0; i < DRAWS; i++)
    eps[i] = gsl_ran_ugaussian (lvm_cases (j));
  f->gaussian_sample (DRAWS, eps, w.mean, w.sigma, z);
  for (int i = 0; i < DRAWS; i++)
    slope[i] = w.a * cos (w.a * z[i] + w.c);
  f->pathwise_terms (DRAWS, eps, w.mean, w.sigma, slope, term[0], term[1]);
  for (int i = 0; i < DRAWS; i++)
    {
      y[0] += term[0][i] / DRAWS;
      y[1] += term[1][i] / DRAWS;
    }
  for (int k = 0; k < HALVINGS; k++)
    {
      const double h = ldexp (0.2, -k);
      error[0][k] = fabs ((fixed_noise (f, &w, eps, w.mean + h, w.sigma)
                           - fixed_noise (f, &w, eps, w.mean - h, w.sigma))
                              / (2 * h)
                          - y[0]);
      error[1][k] = fabs ((fixed_noise (f, &w, eps, w.mean, w.sigma + h)
                           - fixed_noise (f, &w, eps, w.mean, w.sigma - h))
                              / (2 * h)
                          - y[1]);
    }
  for (int i = 0; i < 2; i++)
    lvm_order (j, i == 0 ? "by the mean" : "by sigma", HALVINGS, error[i], 2,
               64 * u / ldexp (0.2, 1 - HALVINGS));
}

/* --- baselines ------------------------------------------------------------------------------ */

typedef struct
{
  double f[DRAWS], s[DRAWS];
} pairs;

/* The mean of (f - b)^2 s^2: the mean of the term does not depend on b, so this is its
   variance up to a constant.  */
static double
second_moment (double b, void *params)
{
  const pairs *x = params;
  double sum = 0;
  for (int i = 0; i < DRAWS; i++)
    sum += pow ((x->f[i] - b) * x->s[i], 2) / DRAWS;
  return sum;
}

static void
baseline_best (lvm_judge *j, const void *ops, int corner)
{
  const estimator_ops *f = ops;
  gsl_rng *g = lvm_cases (j);
  pairs x;
  (void) corner;
  for (int i = 0; i < DRAWS; i++)
    {
      x.s[i] = gsl_ran_ugaussian (g);
      x.f[i] = 2 + x.s[i] * x.s[i] + gsl_ran_gaussian (g, 0.5);
    }
  const double b = f->best_baseline (DRAWS, x.f, x.s), V = second_moment (b, &x);
  for (int k = 0; k < 12; k++)
    {
      const double step = ldexp (k % 2 == 0 ? 1 : -1, -k / 2);
      lvm_at_least (j, "variance beside it", second_moment (b + step, &x), V,
                    64 * u * V);
    }
  gsl_function y = { second_moment, &x };
  gsl_min_fminimizer *m = gsl_min_fminimizer_alloc (gsl_min_fminimizer_brent);
  gsl_min_fminimizer_set (m, &y, 4, -50, 50);
  for (int k = 0; k < 100; k++)
    gsl_min_fminimizer_iterate (m);
  lvm_equal (j, "Brent's minimum", b, gsl_min_fminimizer_x_minimum (m),
             1e-6 * (1 + fabs (b)));
  gsl_min_fminimizer_free (m);
}

/* The expectation of an estimate from S samples of K outcomes, all K^S of them.  Returned:
   also the gradient itself, and a bound on the rounding.  */
static double
enumerate (lvm_judge *j,
           double (*estimate) (size_t, const double[], const double[]), size_t S,
           double *gradient, double *error)
{
  enum
  {
    K = 3,
    MOST = 4
  };
  gsl_rng *g = lvm_cases (j);
  double p[K], f[K], s[K], total = 0, sum = 0;
  for (int k = 0; k < K; k++)
    {
      total += p[k] = 0.2 + gsl_rng_uniform (g);
      f[k] = gsl_ran_flat (g, 1, 4) * (k == 1 ? -1 : 1);
    }
  for (int k = 0; k < K; k++)
    p[k] /= total;
  *gradient = *error = 0;
  for (int k = 0; k < K; k++)
    {
      s[k] = (k == 0) - p[0];
      *gradient += p[k] * f[k] * s[k];
    }
  for (int code = 0; code < (int) pow (K, (double) S); code++)
    {
      double probability = 1, at_f[MOST], at_s[MOST];
      for (int i = 0, left = code; i < (int) S; i++, left /= K)
        {
          probability *= p[left % K];
          at_f[i] = f[left % K];
          at_s[i] = s[left % K];
        }
      const double y = estimate (S, at_f, at_s);
      sum += probability * y;
      *error += 256 * u * probability * (1 + fabs (y));
    }
  return sum;
}

static void
batch_mean_bias (lvm_judge *j, const void *ops, int corner)
{
  const estimator_ops *f = ops;
  const size_t S = 2 + gsl_rng_uniform_int (lvm_cases (j), 3);
  double gradient, error;
  (void) corner;
  const double y = enumerate (j, f->batch_mean, S, &gradient, &error);
  lvm_equal (j, "expectation", y, (1 - 1 / (double) S) * gradient, error);
}

static void
leave_one_out_unbiased (lvm_judge *j, const void *ops, int corner)
{
  const estimator_ops *f = ops;
  const size_t S = 2 + gsl_rng_uniform_int (lvm_cases (j), 3);
  double gradient, error;
  (void) corner;
  const double y = enumerate (j, f->leave_one_out, S, &gradient, &error);
  lvm_equal (j, "expectation", y, gradient, error);
}

/* --- formulas ---------------------------------------------------------------------------------- */

typedef struct
{
  const formula_ops *ops;
  double t, w;
  int what;
} setting;

static double
counter_integrand (double eps, void *params)
{
  const setting *x = params;
  return gsl_ran_exponential_pdf (eps, 1) * x->ops->counter_g (eps, x->t);
}

/* The integrand falls like exp (-t^2 eps), so the range grows like 1 / t^2.  */
static void
counter_outside (lvm_judge *j, const void *ops, int corner)
{
  setting x = { .ops = ops };
  gsl_function g = { counter_integrand, &x };
  gsl_integration_workspace *w = gsl_integration_workspace_alloc (1000);
  double y, error;
  x.t = corner == 0 ? 0
                    : gsl_ran_flat (lvm_cases (j), 0.2, 2) * (corner == 1 ? -1 : 1);
  const double end = x.t == 0 ? 40 : 40 / (x.t * x.t);
  gsl_integration_qags (&g, 0, fmin (end, 600), 1e-13, 1e-11, 1000, w, &y, &error);
  gsl_integration_workspace_free (w);
  lvm_equal (j, "E g", y, x.t,
             error + fabs (x.t) * exp (-x.t * x.t * fmin (end, 600)) + 1e-13);
}

static void
counter_inside (lvm_judge *j, const void *ops, int corner)
{
  const formula_ops *f = ops;
  const double eps = gsl_ran_exponential (lvm_cases (j), 3);
  double error[8];
  (void) corner;
  lvm_exactly (j, "slope at 0", f->counter_slope (eps, 0), 0);
  /* and elsewhere it is the derivative of g */
  const double t = gsl_ran_flat (lvm_cases (j), 0.3, 1.5),
               slope = f->counter_slope (eps, t);
  for (int k = 0; k < 8; k++)
    {
      const double h = ldexp (0.05, -k);
      error[k] =
          fabs ((f->counter_g (eps, t + h) - f->counter_g (eps, t - h)) / (2 * h)
                - slope);
    }
  lvm_order (j, "slope", 8, error, 2,
             100 * u * (1 + fabs (f->counter_g (eps, t)) * (1 + eps))
                 / ldexp (0.05, -7));
}

static void
counter_envelope (lvm_judge *j, const void *ops, int corner)
{
  const formula_ops *f = ops;
  const double eps = pow (10, gsl_ran_flat (lvm_cases (j), -1, 2.5));
  (void) corner;
  lvm_equal (j, "density times slope",
             gsl_ran_exponential_pdf (eps, 1)
                 * f->counter_slope (eps, 1 / sqrt (eps)),
             1 / (M_E * eps), 64 * u * (1 + eps) / eps);
}

static void
step_truth (lvm_judge *j, const void *ops, int corner)
{
  const formula_ops *f = ops;
  gsl_rng *g = lvm_cases (j);
  const double c = gsl_ran_flat (g, -2, 2), mean = gsl_ran_flat (g, -1, 1),
               sigma = gsl_ran_flat (g, 0.4, 2);
  double error[7];
  (void) corner;
  for (int k = 0; k < 7; k++)
    {
      const double h = ldexp (0.2, -k);
      error[k] = fabs ((gsl_cdf_gaussian_Q (c - mean - h, sigma)
                        - gsl_cdf_gaussian_Q (c - mean + h, sigma))
                           / (2 * h)
                       - f->step_gradient (c, mean, sigma));
    }
  lvm_order (j, "gradient of a step", 7, error, 2, 16 * u / ldexp (0.2, -6));
}

/* f = c0 + c1 z + c2 z^2 under the uniform distribution on [0, phi]: E f is elementary.  */
static void
moving_support (lvm_judge *j, const void *ops, int corner)
{
  const formula_ops *f = ops;
  gsl_rng *g = lvm_cases (j);
  const double phi = gsl_ran_flat (g, 1.2, 3),
               c[3] = { corner == 0 ? 0 : gsl_ran_flat (g, -2, 2), 1,
                        corner == 0 ? 0 : gsl_ran_flat (g, -2, 2) };
  double error[7], size = 0;
  const double mean = c[0] + c[1] * phi / 2 + c[2] * phi * phi / 3;
  const double y =
      f->moving_gradient (phi, -mean / phi, c[0] + c[1] * phi + c[2] * phi * phi);
  for (int k = 0; k < 7; k++)
    {
      const double h = ldexp (0.2, -k), a = phi + h, b = phi - h;
      const double up = c[0] + c[1] * a / 2 + c[2] * a * a / 3,
                   down = c[0] + c[1] * b / 2 + c[2] * b * b / 3;
      size = fabs (up) + fabs (down) + 20;
      error[k] = fabs ((up - down) / (2 * h) - y);
    }
  lvm_order (j, "gradient of an average", 7, error, 2,
             16 * u * size / ldexp (0.2, -6));
}

/* The difference quotient of sum_k q_k f_k along a_i, in log-sum-exp form, so that it shares
   nothing with the fraction.  */
static double
softmax_average (size_t K, const double a[], const double f[])
{
  double average = 0;
  for (size_t k = 0; k < K; k++)
    {
      double others = 0;
      for (size_t l = 0; l < K; l++)
        others += exp (a[l] - a[k]);
      average += f[k] / others;
    }
  return average;
}

static void
score_finite (lvm_judge *j, const void *ops, int corner)
{
  const formula_ops *f = ops;
  gsl_rng *g = lvm_cases (j);
  const size_t K = corner == 0 ? 2 : 2 + gsl_rng_uniform_int (g, 4),
               i = gsl_rng_uniform_int (g, K);
  double *a = draw_data (j, K, -2, 2), *value = draw_data (j, K, -5, 5), error[7];
  const double y = f->finite_gradient (K, a, value, i), middle = a[i];
  for (int k = 0; k < 7; k++)
    {
      const double h = ldexp (0.2, -k);
      a[i] = middle + h;
      const double up = softmax_average (K, a, value);
      a[i] = middle - h;
      const double down = softmax_average (K, a, value);
      error[k] = fabs ((up - down) / (2 * h) - y);
    }
  lvm_order (j, "gradient of an average", 7, error, 2,
             16 * u * 10 / ldexp (0.2, -6));
}

enum
{
  BUMP_PLAIN,
  BUMP_MEAN,
  BUMP_SHIFTED,
  SINE_PATHWISE,
  SINE_SCORE,
  SINE_GRADIENT
};

static double
normal_integrand (double z, void *params)
{
  const setting *x = params;
  const double p = gsl_ran_ugaussian_pdf (z), f = exp (-z * z / (2 * x->w * x->w));
  switch (x->what)
    {
    case BUMP_MEAN: return p * f;
    case BUMP_PLAIN: return p * pow (f * z, 2);
    case BUMP_SHIFTED: return p * pow ((f - x->t) * z, 2);
    case SINE_PATHWISE: return p * pow (x->w * cos (x->w * z), 2);
    case SINE_SCORE: return p * pow (sin (x->w * z) * z, 2);
    default: return p * sin (x->w * z) * z;
    }
}

static double
normal_mean (setting x, int what, double *error)
{
  static const double phi[2] = { 0, 1 };
  double own;
  x.what = what;
  const double y = integral (LVM_GAUSSIAN, phi, normal_integrand, &x, &own);
  *error += own;
  return y;
}

static void
bump_ratio (lvm_judge *j, const void *ops, int corner)
{
  const formula_ops *f = ops;
  setting x = { .w = corner == 0 ? 0.1 : gsl_ran_flat (lvm_cases (j), 0.05, 2) };
  double error = 0;
  x.t = normal_mean (x, BUMP_MEAN, &error);
  const double plain = normal_mean (x, BUMP_PLAIN, &error),
               shifted = normal_mean (x, BUMP_SHIFTED, &error);
  lvm_equal (j, "ratio of variances", f->bump_ratio (x.w), shifted / plain,
             10 * error / plain * (1 + shifted / plain));
}

static void
judge_sine (lvm_judge *j, double formula, int what, double omega)
{
  const setting x = { .w = omega };
  double error = 1e-13;
  const double square = normal_mean (x, what, &error),
               mean = normal_mean (x, SINE_GRADIENT, &error);
  lvm_equal (j, "variance", formula, square - mean * mean,
             4 * error * (1 + fabs (mean)));
}

static void
sine_pathwise_variance (lvm_judge *j, const void *ops, int corner)
{
  const formula_ops *f = ops;
  const double w = corner == 0 ? 0.1 : gsl_ran_flat (lvm_cases (j), 0.2, 6);
  judge_sine (j, f->sine_pathwise (w), SINE_PATHWISE, w);
}

static void
sine_score_variance (lvm_judge *j, const void *ops, int corner)
{
  const formula_ops *f = ops;
  const double w = corner == 0 ? 0.1 : gsl_ran_flat (lvm_cases (j), 0.2, 6);
  judge_sine (j, f->sine_score (w), SINE_SCORE, w);
}

static void
sine_crossing (lvm_judge *j, const void *ops, int corner)
{
  const formula_ops *f = ops;
  const double rough = corner == 0
                           ? 9. / 8
                           : 9. / 8 + gsl_ran_exponential (lvm_cases (j), 2),
               smooth = corner == 0 ? 1.1 : gsl_ran_flat (lvm_cases (j), 0.05, 1.1);
  lvm_at_least (j, "rough: pathwise over score",
                f->sine_pathwise (rough) - f->sine_score (rough), 0, 1e-9);
  lvm_at_least (j, "smooth: score over pathwise",
                f->sine_score (smooth) - f->sine_pathwise (smooth), 0, 1e-9);
  lvm_equal (j, "limit of the score", f->sine_score (8), 0.5, 1e-12);
  lvm_equal (j, "limit of the pathwise", f->sine_pathwise (8), 32, 1e-12);
}

/* --- full covariances ------------------------------------------------------------------------------ */

enum
{
  MOST_D = 3
};

typedef struct
{
  size_t D;
  double mean[MOST_D], l[MOST_D * MOST_D], a[MOST_D], c;
} full;

static full
draw_full (lvm_judge *j)
{
  gsl_rng *g = lvm_cases (j);
  full x = { .D = 2 + gsl_rng_uniform_int (g, 2), .c = gsl_ran_flat (g, -2, 2) };
  for (size_t i = 0; i < x.D; i++)
    {
      x.mean[i] = gsl_ran_flat (g, -1, 1);
      x.a[i] = gsl_ran_flat (g, 0.2, 0.8) * (i == 1 ? -1 : 1);
      for (size_t k = 0; k <= i; k++)
        x.l[i * x.D + k] =
            k == i ? gsl_ran_flat (g, 0.4, 1.2) : gsl_ran_flat (g, -0.8, 0.8);
    }
  return x;
}

static double
dot (size_t D, const double a[], const double b[])
{
  double sum = 0;
  for (size_t d = 0; d < D; d++)
    sum += a[d] * b[d];
  return sum;
}

/* f = cos (a' z + c); E f = cos (a' mean + c) exp (-|L' a|^2 / 2), whose gradient with
   respect to L is -a (L' a)' E f.  */
static void
grad_cholesky (lvm_judge *j, const void *ops, int corner)
{
  const full_ops *f = ops;
  const full x = draw_full (j);
  const size_t D = x.D, n = 16, all = D == 2 ? n * n : n * n * n;
  double by_mean[MOST_D] = { 0 }, by_l[MOST_D * MOST_D] = { 0 }, la[MOST_D] = { 0 };
  nodes h;
  (void) corner;
  hermite (n, &h);
  for (size_t code = 0; code < all; code++)
    {
      double eps[MOST_D], z[MOST_D], slope[MOST_D], term[MOST_D * MOST_D],
          weight = 1;
      for (size_t d = 0, left = code; d < D; d++, left /= n)
        {
          eps[d] = h.eps[left % n];
          weight *= h.weight[left % n];
        }
      f->transform (D, x.mean, x.l, eps, z);
      for (size_t d = 0; d < D; d++)
        {
          slope[d] = -x.a[d] * sin (dot (D, x.a, z) + x.c);
          by_mean[d] += weight * slope[d];
        }
      f->pathwise (D, slope, eps, term);
      for (size_t i = 0; i < D * D; i++)
        by_l[i] += weight * term[i];
    }
  for (size_t k = 0; k < D; k++)
    for (size_t i = k; i < D; i++)
      la[k] += x.l[i * D + k] * x.a[i];
  const double damp = exp (-dot (D, la, la) / 2),
               phase = dot (D, x.a, x.mean) + x.c;
  /* Cosines of degree 32 and more are what the nodes miss: (|L' a|^2 / 2)^16 / 16!.  */
  const double missed = pow (dot (D, la, la) + 1, 16) / 2e13 + 1e3 * u;
  for (size_t i = 0; i < D; i++)
    {
      lvm_equal (j, "by the mean", by_mean[i], -x.a[i] * sin (phase) * damp,
                 missed);
      for (size_t k = 0; k < D; k++)
        lvm_equal (j, "by the factor", by_l[i * D + k],
                   k <= i ? -x.a[i] * la[k] * cos (phase) * damp : 0, missed);
    }
}

static double
gsl_log_density (const full *x, double z[])
{
  double y;
  full copy = *x;
  const gsl_vector_view at = gsl_vector_view_array (z, x->D),
                        mean = gsl_vector_view_array (copy.mean, x->D);
  const gsl_matrix_view l = gsl_matrix_view_array (copy.l, x->D, x->D);
  gsl_vector *work = gsl_vector_alloc (x->D);
  gsl_ran_multivariate_gaussian_log_pdf (&at.vector, &mean.vector, &l.matrix, &y,
                                         work);
  gsl_vector_free (work);
  return y;
}

static void
cholesky_score (lvm_judge *j, const void *ops, int corner)
{
  const full_ops *f = ops;
  full x = draw_full (j);
  const size_t D = x.D;
  double z[MOST_D], work[MOST_D], by_mean[MOST_D], by_l[MOST_D * MOST_D], error[7];
  (void) corner;
  for (size_t d = 0; d < D; d++)
    z[d] = x.mean[d] + gsl_ran_gaussian (lvm_cases (j), 1);
  f->score (D, x.mean, x.l, z, by_mean, by_l, work);
  for (size_t i = 0; i < D + D * D; i++)
    {
      const size_t row = i < D ? 0 : (i - D) / D, column = i < D ? 0 : (i - D) % D;
      double *p = i < D ? x.mean + i : x.l + i - D;
      const double at = *p, score = i < D ? by_mean[i] : by_l[i - D];
      double size = 0;
      if (column > row)
        {
          lvm_exactly (j, "above the diagonal", score, 0);
          continue;
        }
      for (int k = 0; k < 7; k++)
        {
          const double h = ldexp (0.05, -k);
          *p = at + h;
          const double up = gsl_log_density (&x, z);
          *p = at - h;
          const double down = gsl_log_density (&x, z);
          *p = at;
          size = fabs (up) + fabs (down);
          error[k] = fabs ((up - down) / (2 * h) - score);
        }
      lvm_order (j, i < D ? "by the mean" : "by the factor", 7, error, 2,
                 1e3 * u * (10 + size) / ldexp (0.05, -6));
    }
}

/* --- bulk: statistical claims ------------------------------------------------------------------------ */

static const double square[3] = { 0, 0, 1 }, cubic[4] = { 0.3, -1, 0.5, 0.25 };

enum
{
  SAMPLES = 1 << 21,
  HEAVY = 1 << 20
};

static uint64_t
fresh_seed (lvm_judge *j)
{
  const uint64_t high = gsl_rng_get (lvm_noise (j));
  return high << 32 ^ gsl_rng_get (lvm_noise (j));
}

/* A problem whose terms have light tails: polynomials under light-tailed families, bounded
   functions under the others.  */
static lvm_gradient_problem
draw_bulk (lvm_judge *j, int corner, int steps_too)
{
  const scene x = draw_scene (j, NULL, corner);
  gsl_rng *g = lvm_cases (j);
  lvm_gradient_problem q = { .family = x.family,
                             .phi = { x.phi[0], x.phi[1] },
                             .parameter = x.i,
                             .D = 1 + gsl_rng_uniform_int (g, 2) };
  const int light = x.family == LVM_GAUSSIAN || x.family == LVM_WEIBULL;
  switch (gsl_rng_uniform_int (g, steps_too ? 4 : 3))
    {
    case 0: q.h = (lvm_integrand){ LVM_SINE, 0, NULL, x.a, 0 }; break;
    case 1: q.h = (lvm_integrand){ LVM_BUMP, 0, NULL, 0.3, 0.7 }; break;
    case 2:
      q.h = light ? (lvm_integrand){ LVM_POLYNOMIAL, 4, cubic, 0, 0 }
                  : (lvm_integrand){ LVM_SINE, 0, NULL, 0.5, 0 };
      break;
    default: q.h = (lvm_integrand){ LVM_STEP, 0, NULL, 0.35, 0 };
    }
  if (corner >= 0 && corner / 2 == LVM_GAUSSIAN)
    q = (lvm_gradient_problem){ LVM_GAUSSIAN,
                                { x.phi[0], x.phi[1] },
                                x.i,
                                { LVM_POLYNOMIAL, 3, square, 0, 0 },
                                1 };
  return q;
}

static double
h_of (const lvm_integrand *h, double z)
{
  double y = 0;
  switch (h->shape)
    {
    case LVM_SINE: return sin (h->a * z);
    case LVM_STEP: return z > h->a;
    case LVM_BUMP: return exp (-pow ((z - h->a) / h->b, 2) / 2);
    default:
      for (size_t k = 0; k < h->terms; k++)
        y += h->coefficient[k] * pow (z, (double) k);
      return y;
    }
}

static double
h_under_q (double z, void *params)
{
  const lvm_gradient_problem *q = params;
  return density (q->family, q->phi, z) * h_of (&q->h, z);
}

static double
mean_of_h (lvm_gradient_problem q, double move)
{
  double error;
  q.phi[q.parameter] += move;
  if (q.h.shape == LVM_STEP)
    return 1 - distribution (q.family, q.phi, q.h.a);
  return integral (q.family, q.phi, h_under_q, &q, &error);
}

/* The derivative of the mean by Richardson's extrapolation of two central differences: good
   to 1e-8, where a standard error is 1e-3.  */
static double
true_gradient (const lvm_gradient_problem *q)
{
  const double h = 1e-2,
               coarse = (mean_of_h (*q, h) - mean_of_h (*q, -h)) / (2 * h),
               fine = (mean_of_h (*q, h / 2) - mean_of_h (*q, -h / 2)) / h;
  return (4 * fine - coarse) / 3;
}

static void
pathwise_unbiased (lvm_judge *j, const void *ops, int corner)
{
  const bulk_ops *f = ops;
  const lvm_gradient_problem q = draw_bulk (j, corner, 0);
  lvm_gradient_sums x;
  f->sample (&q, LVM_PATHWISE, fresh_seed (j), 0, SAMPLES, 2, &x);
  const lvm_estimate e = lvm_gradient_pathwise (&x);
  lvm_mean (j, "pathwise", e.mean, e.error, true_gradient (&q));
}

static void
score_unbiased (lvm_judge *j, const void *ops, int corner)
{
  const bulk_ops *f = ops;
  const lvm_gradient_problem q = draw_bulk (j, corner, 1);
  lvm_gradient_sums x;
  f->sample (&q, LVM_SCORE, fresh_seed (j), 0, SAMPLES, 2, &x);
  const lvm_estimate e = lvm_gradient_score (&x, 0);
  lvm_mean (j, "score", e.mean, e.error, true_gradient (&q));
}

static void
baseline_mean (lvm_judge *j, const void *ops, int corner)
{
  const bulk_ops *f = ops;
  const lvm_gradient_problem q = draw_bulk (j, corner, 1);
  const double b = gsl_ran_flat (lvm_cases (j), -3, 3);
  lvm_gradient_sums x;
  f->sample (&q, LVM_SCORE, fresh_seed (j), 0, SAMPLES, 2, &x);
  const lvm_estimate e = lvm_gradient_score (&x, b);
  lvm_mean (j, "with a baseline", e.mean, e.error, true_gradient (&q));
}

/* E (|z|^2)^k for D standard normal numbers: D (D + 2) ... (D + 2 k - 2).  */
static double
radial (double D, int k)
{
  double y = 1;
  for (int i = 0; i < k; i++)
    y *= D + 2 * i;
  return y;
}

/* The standard error of the mean of ((|z|^2 - b) z_1)^2, from its exact moments.  */
static double
error_of_square (double D, double b, double variance)
{
  static const double binomial[5] = { 1, 4, 6, 4, 1 };
  double fourth = 0;
  for (int k = 0; k <= 4; k++)
    fourth += binomial[k] * pow (-b, 4 - k) * radial (D, k + 2);
  fourth *= 3 / (D * (D + 2));
  return sqrt ((fourth - variance * variance) / SAMPLES);
}

static void
square_variances (lvm_judge *j, const void *ops, int corner)
{
  const bulk_ops *f = ops;
  const double D = corner == 0 ? 1 : corner == 1 ? 2 : 5, score = (D + 2) * (D + 4);
  const lvm_gradient_problem q = {
    LVM_GAUSSIAN, { 0, 1 }, 0, { LVM_POLYNOMIAL, 3, square, 0, 0 }, (size_t) D
  };
  lvm_gradient_sums x;
  f->sample (&q, LVM_SCORE, fresh_seed (j), 0, SAMPLES, 2, &x);
  lvm_mean (j, "score", x.ffss / x.count, error_of_square (D, 0, score), score);
  f->sample (&q, LVM_SCORE, fresh_seed (j), 0, SAMPLES, 2, &x);
  const double b = D + 2;
  lvm_mean (j, "best baseline", (x.ffss - 2 * b * x.fss + b * b * x.ss) / x.count,
            error_of_square (D, b, 2 * b), 2 * b);
  f->sample (&q, LVM_PATHWISE, fresh_seed (j), 0, SAMPLES, 2, &x);
  lvm_mean (j, "pathwise", x.tt / x.count, sqrt (32. / SAMPLES), 4);
}

/* Chi-square in bins of equal probability, as a z of the same tail; and the mean product of
   the two numbers that are made together.  */
static void
noise_law (lvm_judge *j, const void *ops, int corner)
{
  enum
  {
    BINS = 128,
    STREAMS = 256,
    N = STREAMS * LVM_NOISE_BLOCK
  };
  const bulk_ops *f = ops;
  const lvm_family family = (lvm_family) corner;
  const uint64_t seed = fresh_seed (j);
  double count[BINS] = { 0 }, eps[LVM_NOISE_BLOCK], chi = 0, product = 0,
         squares = 0;
  for (uint64_t k = 0; k < STREAMS; k++)
    {
      f->noise (family, seed, k, eps);
      for (size_t i = 0; i < LVM_NOISE_BLOCK; i++)
        {
          const double p =
              distribution (base[family].family, base[family].phi, eps[i]);
          const double bin = floor (BINS * p);
          count[bin >= 0 && bin < BINS ? (int) bin : 0]++;
          eps[i] = p - 0.5;
        }
      for (size_t i = 0; i < LVM_NOISE_BLOCK / 2; i++)
        {
          const double y = eps[i] * eps[i + LVM_NOISE_BLOCK / 2];
          product += y / (N / 2);
          squares += y * y / (N / 2);
        }
    }
  for (int k = 0; k < BINS; k++)
    chi += pow (count[k] - (double) N / BINS, 2) / ((double) N / BINS);
  const double above = gsl_cdf_chisq_Q (chi, BINS - 1), below = 1 - above,
               z = above < 0.5 ? gsl_cdf_ugaussian_Qinv (fmax (above, 1e-300))
                               : gsl_cdf_ugaussian_Pinv (fmax (below, 1e-300));
  lvm_mean (j, "chi-square, as a z", z, 1, 0);
  lvm_mean (j, "product of a pair", product, sqrt (squares / (N / 2)), 0);
}

/* --- bulk: the law of a mean with a heavy tail ---------------------------------------- */

/* A term of f(z) = exp (a z) under the standard normal, by the mean.  */
static double
heavy_term (int by_score, double a, double z)
{
  return exp (a * z) * (by_score ? z : a);
}

/* P(mean of S terms <= x), by the characteristic function of one term: its S-th power is that
   of the sum.  All integrals by the trapezoidal rule (the midpoint rule for the second one), in
   units of the mean's deviation; beyond |z| = 8 and past frequency 9 nothing is left.  */
static double
law_of_mean (int by_score, double a, double S, double x)
{
  enum
  {
    POINTS = 1 << 13,
    FREQUENCIES = 300
  };
  static double p[POINTS], y[POINTS];
  const double step = 2 * M_PI / 200;
  double mean = 0, squares = 0, sum = 0;
  for (int i = 0; i < POINTS; i++)
    {
      const double z = 16 * (i + 0.5) / POINTS - 8;
      p[i] = gsl_ran_ugaussian_pdf (z) * 16 / POINTS;
      y[i] = heavy_term (by_score, a, z);
      mean += p[i] * y[i];
      squares += p[i] * y[i] * y[i];
    }
  const double unit = sqrt ((squares - mean * mean) / S);
  for (int k = 0; k < FREQUENCIES; k++)
    {
      const double t = (k + 0.5) * step;
      double complex chi = 0;
      for (int i = 0; i < POINTS; i++)
        chi += p[i] * (cexp (I * t * (y[i] - mean) / (unit * S)) - 1);
      sum +=
          cimag (cexp (S * clog (1 + chi) - I * t * (x - mean) / unit)) * step / t;
    }
  return 0.5 - sum / M_PI;
}

static void
mean_law (lvm_judge *j, const void *ops, int corner)
{
  const bulk_ops *f = ops;
  const double a = gsl_ran_flat (lvm_cases (j), 1, 1.5);
  const lvm_gradient_problem q = {
    LVM_GAUSSIAN, { 0, 1 }, 0, { LVM_EXP, 0, NULL, a, 0 }, 1
  };
  lvm_gradient_sums x;
  f->sample (&q, corner ? LVM_SCORE : LVM_PATHWISE, fresh_seed (j), 0, HEAVY, 2,
             &x);
  const double p = law_of_mean (corner, a, HEAVY, (corner ? x.fs : x.t) / x.count);
  lvm_mean (j, corner ? "score, as a z" : "pathwise, as a z",
            gsl_cdf_ugaussian_Pinv (fmin (fmax (p, 1e-9), 1 - 1e-9)), 1, 0);
}

/* --- bulk: exact claims ------------------------------------------------------------------------------- */

static const char *const sum_names[] = { "count", "t",  "tt",  "f",    "s",
                                         "ss",    "fs", "fss", "ffss", "ff" };

static void
step_pathwise (lvm_judge *j, const void *ops, int corner)
{
  const bulk_ops *f = ops;
  lvm_gradient_problem q = draw_bulk (j, corner, 0);
  lvm_gradient_sums x;
  q.h = (lvm_integrand){ LVM_STEP, 0, NULL, 0.35, 0 };
  f->sample (&q, LVM_PATHWISE, fresh_seed (j), 0, 5000, 2, &x);
  lvm_exactly (j, "mean", x.t / x.count, 0);
  lvm_exactly (j, "mean square", x.tt / x.count, 0);
}

static void
grad_threads (lvm_judge *j, const void *ops, int corner)
{
  const bulk_ops *f = ops;
  const lvm_gradient_problem q = draw_bulk (j, corner, 1);
  const uint64_t seed = fresh_seed (j),
                 S = 150000 + gsl_rng_uniform_int (lvm_cases (j), 5000);
  lvm_gradient_sums one_thread, x;
  f->sample (&q, LVM_PATHWISE | LVM_SCORE, seed, 3, S, 1, &one_thread);
  for (int threads = 2; threads <= 4; threads++)
    {
      f->sample (&q, LVM_PATHWISE | LVM_SCORE, seed, 3, S, threads, &x);
      for (size_t i = 0; i < sizeof x / sizeof (double); i++)
        lvm_exactly (j, sum_names[i], ((double *) &x)[i],
                     ((double *) &one_thread)[i]);
    }
}

/* The uniform numbers of a block, one by one: eight generators xoshiro256++ that begin
   with what the stream gives.  */
static void
plain_uniform (gsl_rng *g, double v[])
{
  uint64_t state[4][8];
  for (int i = 0; i < 4; i++)
    for (int k = 0; k < 8; k++)
      {
        const uint64_t upper = gsl_rng_get (g);
        state[i][k] = upper << 32 | gsl_rng_get (g);
      }
  for (int i = 0; i < LVM_NOISE_BLOCK; i++)
    {
      uint64_t s[4], x;
      for (int k = 0; k < 4; k++)
        s[k] = state[k][i % 8];
      x = s[0] + s[3];
      x = (x << 23 | x >> 41) + s[0];
      v[i] = ((double) (x >> 12) + 0.5) / 4503599627370496;
      x = s[1] << 17;
      s[2] ^= s[0];
      s[3] ^= s[1];
      s[1] ^= s[2];
      s[0] ^= s[3];
      s[2] ^= x;
      s[3] = s[3] << 45 | s[3] >> 19;
      for (int k = 0; k < 4; k++)
        state[k][i % 8] = s[k];
    }
}

/* Two numbers of noise from two uniform ones, as the textbook has it.  */
static void
plain_noise (lvm_family f, double a, double b, double *x, double *y)
{
  switch (base[f].family)
    {
    case LVM_LOGISTIC:
      *x = gsl_cdf_logistic_Pinv (a, 1);
      *y = gsl_cdf_logistic_Pinv (b, 1);
      break;
    case LVM_EXPONENTIAL:
      *x = gsl_cdf_exponential_Qinv (a, 1);
      *y = gsl_cdf_exponential_Qinv (b, 1);
      break;
    default:
      *x = sqrt (-2 * log (a)) * cos (2 * M_PI * b);
      *y = sqrt (-2 * log (a)) * sin (2 * M_PI * b);
    }
}

/* The bulk sums against a loop over numbers that come one by one from the streams.  */
static void
grad_bulk (lvm_judge *j, const void *ops, int corner)
{
  enum
  {
    S = 3 * LVM_NOISE_BLOCK - 100,
    HALF = LVM_NOISE_BLOCK / 2
  };
  const bulk_ops *f = ops;
  const lvm_gradient_problem q = draw_bulk (j, corner, 0);
  const uint64_t seed = fresh_seed (j),
                 first = gsl_rng_uniform_int (lvm_cases (j), 1000);
  lvm_gradient_sums x, plain = { .count = S }, size = { 0 };
  double *rest = lvm_take (j, 4 * LVM_NOISE_BLOCK, sizeof *rest),
         *eps = lvm_take (j, LVM_NOISE_BLOCK, sizeof *eps);
  f->sample (&q, LVM_PATHWISE | LVM_SCORE, seed, first, S, 2, &x);
  gsl_rng *g = lvm_stream_alloc (seed, 0);
  for (uint64_t n = 0; n < S; n += LVM_NOISE_BLOCK)
    for (size_t d = q.D; d-- > 0;)
      {
        lvm_stream_set (g, seed, (first + n / LVM_NOISE_BLOCK) * q.D + d);
        plain_uniform (g, eps);
        for (size_t k = 0; k < HALF; k++)
          plain_noise (q.family, eps[k], eps[k + HALF], eps + k, eps + k + HALF);
        for (size_t k = 0; k < LVM_NOISE_BLOCK && n + k < S; k++)
          {
            double z, s, dz, slope;
            lvm_family_transform (q.family, q.phi, 1, eps + k, &z);
            if (d > 0)
              {
                rest[n + k] += h_of (&q.h, z);
                continue;
              }
            const double y = rest[n + k] + h_of (&q.h, z);
            lvm_family_score (q.family, q.phi, q.parameter, 1, &z, &s);
            lvm_family_tangent (q.family, q.phi, q.parameter, 1, eps + k, &z, &dz);
            lvm_integrand_slope (&q.h, 1, &z, &slope);
            const double term[] = { 0,     slope * dz, pow (slope * dz, 2),
                                    y,     s,          s * s,
                                    y * s, y * s * s,  pow (y * s, 2),
                                    y * y };
            for (size_t i = 0; i < sizeof term / sizeof *term; i++)
              {
                ((double *) &plain)[i] += term[i];
                ((double *) &size)[i] += fabs (term[i]) + 1;
              }
          }
      }
  gsl_rng_free (g);
  for (size_t i = 0; i < sizeof x / sizeof (double); i++)
    lvm_equal (j, sum_names[i], ((double *) &x)[i], ((double *) &plain)[i],
               1e-12 * ((double *) &size)[i]);
}

/* ------------------------------------------------------------------------------------------------------ */

#define ON_FAMILIES(label, kind, random, judge)                                    \
  {                                                                                \
    label, kind, &family_interface, MEMBERS, random, 0, judge, LVM_HERE            \
  }
#define ON_ESTIMATORS(label, kind, corners, random, judge)                         \
  {                                                                                \
    label, kind, &estimator_interface, corners, random, 0, judge, LVM_HERE         \
  }
#define ON_FORMULAS(label, kind, corners, random, judge)                           \
  {                                                                                \
    label, kind, &formula_interface, corners, random, 0, judge, LVM_HERE           \
  }
#define ON_BULK(label, kind, corners, random, tests, judge)                        \
  {                                                                                \
    label, kind, &bulk_interface, corners, random, tests, judge, LVM_HERE          \
  }

static const lvm_claim claims[] = {
  ON_FAMILIES ("grad-lotus", LVM_QUADRATURE, 15, grad_lotus),
  ON_FAMILIES ("grad-pathwise", LVM_DERIVATIVE, 15, grad_pathwise),
  ON_FAMILIES ("score-estimator", LVM_DERIVATIVE, 15, score_estimator),
  ON_FAMILIES ("score-zero", LVM_QUADRATURE, 15, score_zero),
  { "family-score", LVM_DERIVATIVE, &family_interface, MEMBERS + 1, 40, 0,
    family_score, LVM_HERE },
  ON_FAMILIES ("family-entropy", LVM_QUADRATURE, 10, family_entropy),
  ON_FAMILIES ("family-kl", LVM_QUADRATURE, 10, family_kl),
  ON_FAMILIES ("implicit-tangent", LVM_DERIVATIVE, 40, implicit_tangent),
  ON_ESTIMATORS ("grad-square", LVM_IDENTITY, 1, 30, grad_square),
  ON_ESTIMATORS ("bonnet", LVM_QUADRATURE, 0, 30, bonnet),
  ON_ESTIMATORS ("price", LVM_QUADRATURE, 0, 30, price),
  ON_ESTIMATORS ("grad-commutes", LVM_DERIVATIVE, 0, 30, grad_commutes),
  ON_ESTIMATORS ("baseline-best", LVM_OPTIMUM, 0, 30, baseline_best),
  ON_ESTIMATORS ("batch-mean-bias", LVM_IDENTITY, 0, 20, batch_mean_bias),
  ON_ESTIMATORS ("leave-one-out", LVM_IDENTITY, 0, 20, leave_one_out_unbiased),
  ON_FORMULAS ("counter-outside", LVM_QUADRATURE, 2, 20, counter_outside),
  ON_FORMULAS ("counter-inside", LVM_EXACT, 0, 30, counter_inside),
  ON_FORMULAS ("counter-envelope", LVM_IDENTITY, 0, 30, counter_envelope),
  ON_FORMULAS ("step-truth", LVM_DERIVATIVE, 0, 30, step_truth),
  ON_FORMULAS ("score-finite", LVM_DERIVATIVE, 1, 20, score_finite),
  ON_FORMULAS ("moving-support", LVM_DERIVATIVE, 1, 20, moving_support),
  ON_FORMULAS ("bump-ratio", LVM_QUADRATURE, 1, 20, bump_ratio),
  ON_FORMULAS ("sine-pathwise-variance", LVM_QUADRATURE, 1, 20,
               sine_pathwise_variance),
  ON_FORMULAS ("sine-score-variance", LVM_QUADRATURE, 1, 20, sine_score_variance),
  ON_FORMULAS ("sine-crossing", LVM_INEQUALITY, 1, 20, sine_crossing),
  { "grad-cholesky", LVM_QUADRATURE, &full_interface, 0, 12, 0, grad_cholesky,
    LVM_HERE },
  { "cholesky-score", LVM_DERIVATIVE, &full_interface, 0, 20, 0, cholesky_score,
    LVM_HERE },
  ON_BULK ("pathwise-unbiased", LVM_STATISTICAL, MEMBERS, 10, MEMBERS + 10,
           pathwise_unbiased),
  ON_BULK ("score-unbiased", LVM_STATISTICAL, MEMBERS, 10, MEMBERS + 10,
           score_unbiased),
  ON_BULK ("baseline-mean", LVM_STATISTICAL, MEMBERS, 0, MEMBERS, baseline_mean),
  ON_BULK ("square-variances", LVM_STATISTICAL, 3, 0, 9, square_variances),
  ON_BULK ("noise-law", LVM_STATISTICAL, LVM_BERNOULLI, 0, 2 * LVM_BERNOULLI,
           noise_law),
  ON_BULK ("mean-law", LVM_STATISTICAL, 2, 0, 2, mean_law),
  ON_BULK ("step-pathwise", LVM_EXACT, MEMBERS, 0, 0, step_pathwise),
  ON_BULK ("grad-threads", LVM_EXACT, MEMBERS, 0, 0, grad_threads),
  ON_BULK ("grad-bulk", LVM_IDENTITY, MEMBERS, 10, 0, grad_bulk)
};

const lvm_suite lvm_chapter_suite = { "04-gradients", claims,
                                      sizeof claims / sizeof *claims, derivations,
                                      sizeof derivations / sizeof *derivations };
