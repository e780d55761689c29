/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Claims of chapter 1: responsibilities.  The other sides: counting on urns,
   Bayes' rule in 320 bits, distances, explicit inverses, quadrature, and draws
   from the model itself.  */

#include "claims/01-responsibilities.h"

#include <float.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_randist.h>
#include <math.h>

#include "../../proofs/01-responsibilities.h"
#include "claims/draw.h"
#include "num/cholesky.h"
#include "num/exact.h"
#include "prob/gaussian.h"
#include "prob/responsibilities.h"

static const double u = DBL_EPSILON / 2;

static const responsibilities_ops reference = { lvm_responsibilities };
static const char *const slots[] = { "responsibilities" };
const lvm_interface responsibilities_interface = { "responsibilities", 1, slots,
                                                   &reference };

static const gaussian_ops gaussian_reference = { lvm_gaussian_log_density };
static const char *const gaussian_slots[] = { "gaussian_log_density" };
const lvm_interface gaussian_interface = { "gaussian", 1, gaussian_slots,
                                           &gaussian_reference };

/* --- lines, on urns -------------------------------------------------------- */

enum
{
  ONE_URN,
  SAME_URNS,
  COLOUR_IN_ONE_URN,
  URN_CORNERS
};

static unsigned
how_many (gsl_rng *g, int corner, size_t urn, unsigned size)
{
  if (corner == SAME_URNS)
    return 7;
  if (corner == COLOUR_IN_ONE_URN)
    return urn == 1 ? 5 : 0;
  return (unsigned) gsl_rng_uniform_int (g, size + 1);
}

/* Two colours are enough: the one that was seen, and the others.  */
static void *
draw_any_urns (lvm_judge *j, int corner, int uniform)
{
  gsl_rng *g = lvm_cases (j);
  urns *at = lvm_take (j, 1, sizeof *at);
  at->K = corner == ONE_URN ? 1 : 2 + gsl_rng_uniform_int (g, 3);
  at->colours = 2;
  at->size = 17;
  unsigned *balls = lvm_take (j, 2 * at->K, sizeof *balls), seen = 0;
  unsigned *tickets = lvm_take (j, at->K, sizeof *tickets);
  at->tickets = tickets;
  for (size_t k = 0; k < at->K; k++)
    {
      tickets[k] =
          k > 0 && uniform ? tickets[0] : 1 + (unsigned) gsl_rng_uniform_int (g, 6);
      balls[2 * k] = how_many (g, corner, k, at->size);
      balls[2 * k + 1] = at->size - balls[2 * k];
      seen += balls[2 * k];
    }
  at->balls = balls;
  if (seen > 0)
    return at;
  lvm_undrawn (j); /* a colour in no urn is never seen */
  return NULL;
}

static void *
draw_urns (lvm_judge *j, int corner)
{
  return draw_any_urns (j, corner, 0);
}

static void *
draw_uniform_urns (lvm_judge *j, int corner)
{
  return draw_any_urns (j, corner, 1);
}

static size_t
urn_each (const void *at)
{
  return ((const urns *) at)->K;
}

static size_t
scalar (const void *at)
{
  (void) at;
  return 1;
}

static const lvm_derivation derivations[] = {
  { &bayes_lines, bayes_labels, draw_urns, urn_each, URN_CORNERS, 60, LVM_HERE },
  { &posterior_lines, posterior_labels, draw_uniform_urns, urn_each, URN_CORNERS,
    60, LVM_HERE },
  { &evidence_lines, evidence_labels, draw_uniform_urns, scalar, URN_CORNERS, 60,
    LVM_HERE }
};

/* --- any log-likelihoods --------------------------------------------------- */

/* A normalised log prior, far from uniform.  */
static double *
draw_log_prior (lvm_judge *j, size_t K)
{
  double *p = lvm_take (j, K, sizeof *p);
  for (size_t k = 0; k < K; k++)
    p[k] = gsl_ran_gaussian (lvm_cases (j), 2);
  const double total = lvm_exact_log_sum_exp (K, p);
  for (size_t k = 0; k < K; k++)
    p[k] -= total;
  return p;
}

/* The error that softmax-error grants r_k, and twice that for two of them.  */
static double
granted (size_t K, double gap)
{
  const double n = (double) K;
  return u * (gap + n + log (n) + 5);
}

static double
largest (size_t n, const double l[])
{
  double m = -INFINITY;
  for (size_t k = 0; k < n; k++)
    m = fmax (m, l[k]);
  return m;
}

/* The largest |l_k| that is finite.  */
static double
largest_size (size_t n, const double l[])
{
  double size = 0;
  for (size_t k = 0; k < n; k++)
    size = isfinite (l[k]) ? fmax (size, fabs (l[k])) : size;
  return size;
}

/* r and the evidence against softmax and LSE of the log joint probabilities in 320 bits.
   size: of numbers whose rounding moves the joint probabilities; shift: added to the evidence. */
static void
compare_with_exact (lvm_judge *j, size_t K, const double joint[], double size,
                    const double r[], double evidence, double shift)
{
  const double n = (double) K, lse = lvm_exact_log_sum_exp (K, joint);
  for (size_t k = 0; k < K; k++)
    {
      const double exact = lvm_exact_softmax (K, joint, k);
      if (exact >= DBL_MIN)
        lvm_equal (
            j, "r_k", r[k], exact,
            exact
                * (granted (K, largest (K, joint) - joint[k]) + u + 2 * u * size));
      else
        lvm_at_most (j, "a vanishing r_k", r[k], DBL_MIN, 0);
    }
  lvm_equal (j, "ln p(x)", evidence, lse + shift,
             u * (4 * fabs (lse) + size + n + 3 * log (n) + 3 * fabs (shift)));
}

static void
resp_sum (lvm_judge *j, const void *ops, int corner)
{
  const responsibilities_ops *f = ops;
  size_t K;
  const double *l = draw_logs (j, corner, &K);
  double *r = lvm_take (j, K, sizeof *r), evidence, sum = 0, bound = 0;
  f->responsibilities (K, l, NULL, r, &evidence);
  for (size_t k = 0; k < K; k++)
    {
      lvm_at_least (j, "r_k >= 0", r[k], 0, 0);
      sum += r[k];
      bound += isfinite (l[k]) ? r[k] * granted (K, largest (K, l) - l[k]) : 0;
    }
  lvm_equal (j, "sum of r", sum, 1, bound + (double) K * u);
}

/* Bayes' rule with any prior, in 320 bits.  The reference rounds l + ln pi, the implementation
   may or may not: that moves a joint probability by u |l + ln pi| of itself.  */
static void
resp_general (lvm_judge *j, const void *ops, int corner)
{
  const responsibilities_ops *f = ops;
  size_t K;
  const double *l = draw_logs (j, corner, &K), *prior = draw_log_prior (j, K);
  double *joint = lvm_take (j, K, sizeof *joint), *r = lvm_take (j, K, sizeof *r),
         evidence;
  for (size_t k = 0; k < K; k++)
    joint[k] = l[k] + prior[k];
  f->responsibilities (K, l, prior, r, &evidence);
  compare_with_exact (j, K, joint, largest_size (K, joint), r, evidence, 0);
}

/* No prior given is the prior 1/K, and a prior handed over as -ln K is the same.  */
static void
resp_uniform (lvm_judge *j, const void *ops, int corner)
{
  const responsibilities_ops *f = ops;
  size_t K;
  const double *l = draw_logs (j, corner, &K), log_K = log ((double) K);
  double *r = lvm_take (j, K, sizeof *r), *prior = lvm_take (j, K, sizeof *prior),
         evidence;
  for (size_t k = 0; k < K; k++)
    prior[k] = -log_K;
  f->responsibilities (K, l, NULL, r, &evidence);
  compare_with_exact (j, K, l, largest_size (K, l) + log_K, r, evidence, -log_K);
  f->responsibilities (K, l, prior, r, &evidence);
  compare_with_exact (j, K, l, largest_size (K, l) + log_K, r, evidence, -log_K);
}

/* The same number added to every log-likelihood: r stays, the evidence moves.  The other side
   is computed from the unshifted ones.  Adding c rounds each l_k.  */
static void
resp_shift (lvm_judge *j, const void *ops, int corner)
{
  const responsibilities_ops *f = ops;
  size_t K;
  const double *l = draw_logs (j, corner, &K);
  double *s = lvm_take (j, K, sizeof *s), *r = lvm_take (j, K, sizeof *r), evidence;
  const double c = 100 * gsl_ran_gaussian (lvm_cases (j), 3) - 1000;
  for (size_t k = 0; k < K; k++)
    s[k] = l[k] + c;
  f->responsibilities (K, s, NULL, r, &evidence);
  compare_with_exact (j, K, l, largest_size (K, s), r, evidence,
                      c - log ((double) K));
}

/* No component can make the point; a component that the prior excludes; a result that
   overwrites its input.  */
static void
resp_impossible (lvm_judge *j, const void *ops, int corner)
{
  const responsibilities_ops *f = ops;
  double l[3] = { -1.5, -2.5, -800 }, r[3], evidence;
  const double never[3] = { -INFINITY, -INFINITY, -INFINITY };
  const double prior[3] = { log (0.25), -INFINITY, log (0.75) };
  switch (corner)
    {
    case 0:
      lvm_exactly (j, "status",
                   f->responsibilities (3, never, NULL, r, &evidence) != 0, 1);
      lvm_exactly (j, "ln p(x)", evidence, -INFINITY);
      break;
    case 1:
      lvm_exactly (j, "status", f->responsibilities (3, l, prior, r, &evidence), 0);
      lvm_exactly (j, "r of an excluded component", r[1], 0);
      break;
    default:
      lvm_exactly (j, "status", f->responsibilities (3, l, NULL, l, &evidence), 0);
      lvm_equal (j, "r in place", l[0],
                 lvm_exact_softmax (2, (const double[]){ -1.5, -2.5 }, 0), 8 * u);
    }
}

/* ln (r_i / r_k) = l_i - l_k, plus ln (pi_i / pi_k) where a prior is given; wherever neither
   responsibility underflows, which the inputs decide.  */
static void
log_odds (lvm_judge *j, const responsibilities_ops *f, int corner, int with_prior)
{
  size_t K;
  const double *l = draw_logs (j, corner, &K),
               *prior = with_prior ? draw_log_prior (j, K) : NULL;
  double *r = lvm_take (j, K, sizeof *r), *joint = lvm_take (j, K, sizeof *joint),
         evidence;
  f->responsibilities (K, l, prior, r, &evidence);
  for (size_t k = 0; k < K; k++)
    joint[k] = l[k] + (with_prior ? prior[k] : 0);
  const double m = largest (K, joint);
  for (size_t k = 0; k + 1 < K; k++)
    {
      const double step =
          l[k + 1] - l[k] + (with_prior ? prior[k + 1] - prior[k] : 0);
      const double size =
          fabs (l[k]) + fabs (l[k + 1])
          + (with_prior ? fabs (prior[k]) + fabs (prior[k + 1]) : 0);
      if (m - joint[k] < 650 && m - joint[k + 1] < 650)
        lvm_equal (j, "ln (r_i / r_k)", log (r[k + 1]) - log (r[k]), step,
                   granted (K, m - joint[k]) + granted (K, m - joint[k + 1])
                       + u
                             * (2 * size + 4 * (2 * m - joint[k] - joint[k + 1])
                                + 4 * log ((double) K) + 8));
    }
}

static void
resp_log_odds (lvm_judge *j, const void *ops, int corner)
{
  log_odds (j, ops, corner, 0);
}

static void
resp_prior_shift (lvm_judge *j, const void *ops, int corner)
{
  log_odds (j, ops, corner, 1);
}

/* The order of the responsibilities is that of the log-likelihoods: the most likely component
   has the largest responsibility, alone or beside others that round to the same.  */
static void
resp_argmax (lvm_judge *j, const void *ops, int corner)
{
  const responsibilities_ops *f = ops;
  size_t K, top = 0;
  const double *l = draw_logs (j, corner, &K);
  double *r = lvm_take (j, K, sizeof *r), evidence;
  f->responsibilities (K, l, NULL, r, &evidence);
  for (size_t k = 1; k < K; k++)
    top = l[k] > l[top] ? k : top;
  for (size_t k = 0; k < K; k++)
    lvm_at_most (j, "r_k, at most that of the most likely", r[k], r[top], DBL_MIN);
}

/* K = 2: r_1 = 1 / (1 + exp (-(l_1 - l_2))).  */
static void
resp_logistic (lvm_judge *j, const void *ops, int corner)
{
  const responsibilities_ops *f = ops;
  size_t n;
  const double *l = draw_logs (j, corner, &n);
  if (n < 2 || !isfinite (l[0]) || !isfinite (l[1]))
    {
      lvm_undrawn (j);
      return;
    }
  double r[2], evidence;
  const double gap = l[0] - l[1], expected = 1 / (1 + exp (-gap));
  f->responsibilities (2, l, NULL, r, &evidence);
  lvm_equal (j, "r_1", r[0], expected,
             expected * (2 * granted (2, fabs (gap)) + 4 * u) + DBL_MIN);
}

/* --- Gaussian components --------------------------------------------------- */

enum
{
  D = 2,
  MOST = 4
};

typedef struct
{
  size_t K;
  double mean[MOST][D], covariance[MOST][D * D], root[MOST][D * D];
} mixture;

static void
set_covariance (mixture *m, size_t k, double sx, double sy, double correlation)
{
  const double c[D * D] = { sx * sx, correlation * sx * sy, correlation * sx * sy,
                            sy * sy };
  for (size_t i = 0; i < D * D; i++)
    m->covariance[k][i] = m->root[k][i] = c[i];
  lvm_cholesky (D, m->root[k]);
}

/* equal: every component has the covariance of the first.  */
static mixture *
draw_mixture (lvm_judge *j, int equal)
{
  gsl_rng *g = lvm_cases (j);
  mixture *m = lvm_take (j, 1, sizeof *m);
  double sx = 0, sy = 0, c = 0;
  m->K = 2 + gsl_rng_uniform_int (g, MOST - 1);
  for (size_t k = 0; k < m->K; k++)
    {
      for (size_t d = 0; d < D; d++)
        m->mean[k][d] = gsl_ran_gaussian (g, 2);
      if (k == 0 || !equal)
        {
          sx = exp (gsl_ran_gaussian (g, 0.5));
          sy = exp (gsl_ran_gaussian (g, 0.5));
          c = gsl_ran_flat (g, -0.9, 0.9);
        }
      set_covariance (m, k, sx, sy, c);
    }
  return m;
}

static void
log_likelihoods (const mixture *m, const double x[D], double l[])
{
  double work[D];
  for (size_t k = 0; k < m->K; k++)
    l[k] = lvm_gaussian_log_density (D, x, m->mean[k], m->root[k], work);
}

/* ln (r_1 / r_2) at x, by the implementation.  *size: a bound on its rounding errors.
   Infinite where, by the inputs, one of the two underflows.  */
static double
odds_at (const responsibilities_ops *f, const mixture *m, const double x[D],
         double *size)
{
  double l[MOST], r[MOST], evidence;
  log_likelihoods (m, x, l);
  f->responsibilities (m->K, l, NULL, r, &evidence);
  *size += 10 * u * (fabs (l[0]) + fabs (l[1]) + 10)
           + 2 * granted (m->K, fabs (l[0] - l[1]));
  if (largest (m->K, l) - fmin (l[0], l[1]) > 600)
    return INFINITY;
  const double odds = log (r[0]) - log (r[1]);
  return isinf (odds) ? NAN : odds; /* infinite without a reason */
}

/* y = A^-1 v for a symmetric 2 x 2 matrix, by Cramer's rule.  */
static void
solve2 (const double A[D * D], const double v[D], double y[D])
{
  const double det = A[0] * A[3] - A[1] * A[2];
  y[0] = (A[3] * v[0] - A[1] * v[1]) / det;
  y[1] = (A[0] * v[1] - A[2] * v[0]) / det;
}

static double
dot2 (const double a[D], const double b[D])
{
  return a[0] * b[0] + a[1] * b[1];
}

/* Equal covariances: the log odds are w'x + b.  */
static void
resp_affine (lvm_judge *j, const void *ops, int corner)
{
  const mixture *m = draw_mixture (j, 1);
  double w[D], gap[D], middle[D], x[D], size = 0;
  (void) corner;
  for (size_t d = 0; d < D; d++)
    {
      gap[d] = m->mean[0][d] - m->mean[1][d];
      middle[d] = (m->mean[0][d] + m->mean[1][d]) / 2;
      x[d] = gsl_ran_gaussian (lvm_cases (j), 3);
    }
  solve2 (m->covariance[0], gap, w);
  const double odds = odds_at (ops, m, x, &size);
  if (!isinf (odds))
    lvm_equal (j, "w'x + b", odds, dot2 (w, x) - dot2 (w, middle),
               size + 60 * u * (fabs (dot2 (w, x)) + fabs (dot2 (w, middle))));
  else
    lvm_undrawn (j);
}

/* Along any direction v the log odds have the second derivative
   v' (Sigma_2^-1 - Sigma_1^-1) v, and no higher one: second differences of any
   step are exact.  */
static void
resp_quadric (lvm_judge *j, const void *ops, int corner)
{
  const mixture *m = draw_mixture (j, corner == 0);
  gsl_rng *g = lvm_cases (j);
  double v[D], a[D], b[D], x[3][D], size = 0, f[3];
  for (size_t d = 0; d < D; d++)
    {
      v[d] = gsl_ran_gaussian (g, 1);
      x[1][d] = gsl_ran_gaussian (g, 2);
      x[0][d] = x[1][d] - v[d];
      x[2][d] = x[1][d] + v[d];
    }
  for (int i = 0; i < 3; i++)
    f[i] = odds_at (ops, m, x[i], &size);
  solve2 (m->covariance[0], v, a);
  solve2 (m->covariance[1], v, b);
  if (!isinf (f[0]) && !isinf (f[1]) && !isinf (f[2]))
    lvm_equal (j, "curvature", f[0] - 2 * f[1] + f[2], dot2 (v, b) - dot2 (v, a),
               size + 100 * u * (fabs (dot2 (v, a)) + fabs (dot2 (v, b))));
  else
    lvm_undrawn (j);
}

static double
squared_distance (const double x[D], const double y[D])
{
  return pow (x[0] - y[0], 2) + pow (x[1] - y[1], 2);
}

/* Equal spherical Gaussians: the most responsible is the nearest.  */
static void
resp_nearest (lvm_judge *j, const void *ops, int corner)
{
  const responsibilities_ops *f = ops;
  mixture *m = draw_mixture (j, 1);
  const double s = exp (gsl_ran_gaussian (lvm_cases (j), 1));
  double x[D], l[MOST], r[MOST], evidence;
  size_t nearest = 0, most = 0;
  (void) corner;
  for (size_t k = 0; k < m->K; k++)
    set_covariance (m, k, s, s, 0);
  for (size_t d = 0; d < D; d++)
    x[d] = gsl_ran_gaussian (lvm_cases (j), 2);
  log_likelihoods (m, x, l);
  f->responsibilities (m->K, l, NULL, r, &evidence);
  for (size_t k = 1; k < m->K; k++)
    {
      nearest =
          squared_distance (x, m->mean[k]) < squared_distance (x, m->mean[nearest])
              ? k
              : nearest;
      most = r[k] > r[most] ? k : most;
    }
  lvm_exactly (j, "argmax r", (double) most, (double) nearest);
}

/* exp (-G) / K <= 1 - max r <= (K - 1) exp (-G), G = Delta / (2 sigma^2), Delta the step from
   the smallest to the second smallest squared distance.  1 - max r is summed from the other
   responsibilities: it may be far below 1.  Corner 0 is a tie, Delta = 0.  */
static void
resp_hardening (lvm_judge *j, const void *ops, int corner)
{
  const responsibilities_ops *f = ops;
  mixture *m = draw_mixture (j, 1);
  double x[D], l[MOST], r[MOST], evidence, first = INFINITY, second = INFINITY;
  size_t nearest = 0;
  for (size_t d = 0; d < D; d++)
    {
      x[d] = gsl_ran_gaussian (lvm_cases (j), 2);
      if (corner == 0)
        m->mean[1][d] = m->mean[0][d];
    }
  for (size_t k = 0; k < m->K; k++)
    {
      const double q = squared_distance (x, m->mean[k]);
      nearest = q < first ? k : nearest;
      second = q < first ? first : fmin (second, q);
      first = fmin (first, q);
    }
  for (double s = 1; s > 0.01; s /= 2)
    {
      const double g = (second - first) / (2 * s * s), K = (double) m->K;
      double others = 0;
      for (size_t k = 0; k < m->K; k++)
        set_covariance (m, k, s, s, 0);
      log_likelihoods (m, x, l);
      f->responsibilities (m->K, l, NULL, r, &evidence);
      for (size_t k = 0; k < m->K; k++)
        others += k != nearest ? r[k] : 0;
      const double slack = u * 20 * (1 + g + first / (s * s));
      if (g < 600)
        {
          lvm_at_most (j, "-ln (1 - max r)", -log (others), g + log (K), slack);
          lvm_at_least (j, "-ln (1 - max r)", -log (others), g - log (K - 1),
                        slack);
        }
    }
}

/* Draw z from the uniform prior and x from component z.  Whatever weights
   w_k(x) are chosen, E[sum_k w_k(x) (1{z = k} - r_k(x))] = 0: a responsibility of
   0.3 is right three times in ten.  With w_k = l_k the sum is the score of a
   factor on the log-likelihoods, so an r too sure or too unsure shows first.  */
static void
resp_calibrated (lvm_judge *j, const void *ops, int corner)
{
  const responsibilities_ops *f = ops;
  enum
  {
    DRAWS = 250000
  };
  mixture *m = draw_mixture (j, 0);
  gsl_rng *g = lvm_noise (j);
  double sum = 0, sum_of_squares = 0;
  (void) corner;
  for (size_t k = 0; k < m->K; k++)
    for (size_t d = 0; d < D; d++)
      m->mean[k][d] /= 2; /* overlapping, so that much is in doubt */
  for (int n = 0; n < DRAWS; n++)
    {
      const size_t z = gsl_rng_uniform_int (g, m->K);
      const double *root = m->root[z], e0 = gsl_ran_ugaussian (g),
                   e1 = gsl_ran_ugaussian (g);
      const double x[D] = { m->mean[z][0] + root[0] * e0,
                            m->mean[z][1] + root[2] * e0 + root[3] * e1 };
      double l[MOST], r[MOST], evidence;
      log_likelihoods (m, x, l);
      f->responsibilities (m->K, l, NULL, r, &evidence);
      double score = l[z];
      for (size_t k = 0; k < m->K; k++)
        score -= r[k] > 0 ? r[k] * l[k] : 0;
      sum += score;
      sum_of_squares += score * score;
    }
  lvm_mean (j, "E[l_z - sum_k r_k l_k]", sum / DRAWS, sqrt (sum_of_squares) / DRAWS,
            0);
}

/* --- the density ----------------------------------------------------------- */

typedef struct
{
  const gaussian_ops *ops;
  double mean[D], root[D * D], x0;
  gsl_integration_workspace *space;
  size_t dimension;
} density;

static double
density_at (double x, void *p)
{
  const density *d = p;
  double work[D], at[D] = { d->dimension == 1 ? x : d->x0, x };
  return exp (
      d->ops->gaussian_log_density (d->dimension, at, d->mean, d->root, work));
}

static double
integral (gsl_function *f, gsl_integration_workspace *w, double centre,
          double width, double *error)
{
  double value = NAN;
  gsl_integration_qag (f, centre - width, centre + width, 0, 1e-11, 400,
                       GSL_INTEG_GAUSS31, w, &value, error);
  return value;
}

static double
density_inner (double x0, void *p)
{
  density *d = p;
  gsl_function f = { density_at, d };
  double error;
  d->x0 = x0;
  return integral (&f, d->space, d->mean[1], 60, &error);
}

/* The log density against the formula with Cramer's rule for inverse and determinant.  */
static void
gaussian_cholesky (lvm_judge *j, const void *ops, int corner)
{
  const gaussian_ops *f = ops;
  const mixture *m = draw_mixture (j, 0);
  const double scale = corner == 0 ? 1e6 : 1; /* far out */
  double x[D], away[D], y[D], work[D];
  for (size_t d = 0; d < D; d++)
    {
      x[d] = scale * gsl_ran_gaussian (lvm_cases (j), 3);
      away[d] = x[d] - m->mean[0][d];
    }
  solve2 (m->covariance[0], away, y);
  const double *c = m->covariance[0], det = c[0] * c[3] - c[1] * c[2],
               q = dot2 (away, y);
  lvm_equal (j, "ln p(x | z)",
             f->gaussian_log_density (D, x, m->mean[0], m->root[0], work),
             -0.5 * (D * log (2 * M_PI) + log (det) + q),
             u * (20 + 200 * q + 100 * fabs (log (det))));
}

/* A density integrates to one, in one dimension and in two.  The tails beyond
   60 (20 standard deviations at least) hold less than 10^-80.  */
static void
gaussian_normalised (lvm_judge *j, const void *ops, int corner)
{
  gsl_rng *g = lvm_cases (j);
  density d = { .ops = ops, .dimension = corner == 0 ? 1 : 2 };
  gsl_integration_workspace *outer = gsl_integration_workspace_alloc (400);
  d.space = gsl_integration_workspace_alloc (400);
  for (size_t i = 0; i < D; i++)
    d.mean[i] = gsl_ran_gaussian (g, 2);
  d.root[0] = gsl_ran_flat (g, 0.5, 2);
  d.root[d.dimension == 1 ? 1 : 2] = gsl_ran_flat (g, -1, 1);
  d.root[3] = gsl_ran_flat (g, 0.5, 2);
  gsl_function f = { d.dimension == 1 ? density_at : density_inner, &d };
  double error = 0;
  const double value = integral (&f, outer, d.mean[0], 60, &error);
  lvm_equal (j, "integral of the density", value, 1, error + 1e-13);
  gsl_integration_workspace_free (d.space);
  gsl_integration_workspace_free (outer);
}

/* ---------------------------------------------------------------------- */

#define ON_LOGS(label, kind, judge)                                                \
  {                                                                                \
    label, kind, &responsibilities_interface, LOG_CORNERS, 200, 0, judge, LVM_HERE \
  }
#define ON_GAUSSIANS(label, kind, judge)                                           \
  {                                                                                \
    label, kind, &responsibilities_interface, 1, 200, 0, judge, LVM_HERE           \
  }

static const lvm_claim claims[] = {
  ON_LOGS ("resp-sum", LVM_IDENTITY, resp_sum),
  ON_LOGS ("resp-general", LVM_IDENTITY, resp_general),
  ON_LOGS ("resp-uniform", LVM_REDUCTION, resp_uniform),
  ON_LOGS ("resp-shift", LVM_IDENTITY, resp_shift),
  ON_LOGS ("resp-log-odds", LVM_IDENTITY, resp_log_odds),
  ON_LOGS ("resp-prior-shift", LVM_IDENTITY, resp_prior_shift),
  { "resp-impossible", LVM_EXACT, &responsibilities_interface, 3, 0, 0,
    resp_impossible, LVM_HERE },
  ON_LOGS ("resp-argmax", LVM_EXACT, resp_argmax),
  ON_LOGS ("resp-logistic", LVM_REDUCTION, resp_logistic),
  ON_GAUSSIANS ("resp-affine", LVM_IDENTITY, resp_affine),
  ON_GAUSSIANS ("resp-quadric", LVM_IDENTITY, resp_quadric),
  ON_GAUSSIANS ("resp-nearest", LVM_EXACT, resp_nearest),
  ON_GAUSSIANS ("resp-hardening", LVM_REDUCTION, resp_hardening),
  { "resp-calibrated", LVM_STATISTICAL, &responsibilities_interface, 0, 5, 5,
    resp_calibrated, LVM_HERE },
  { "gaussian-cholesky", LVM_IDENTITY, &gaussian_interface, 1, 200, 0,
    gaussian_cholesky, LVM_HERE },
  { "gaussian-normalised", LVM_QUADRATURE, &gaussian_interface, 1, 10, 0,
    gaussian_normalised, LVM_HERE }
};

const lvm_suite lvm_chapter_suite = { "01-responsibilities", claims,
                                      sizeof claims / sizeof *claims, derivations,
                                      sizeof derivations / sizeof *derivations };
