/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Claims of chapter 2: EM for mixtures of Gaussians.  The other sides know
   nothing of Cholesky factors or of the library's steps: densities by LU
   factors and a plain sum in long double, derivatives by differences, optima by
   a quasi-Newton method and by trying to do better.  */

#include "claims/02-gaussian-mixture.h"

#include <float.h>
#include <gsl/gsl_eigen.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_multimin.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../proofs/02-gaussian-mixture.h"
#include "claims/draw.h"
#include "model/gmm_fast.h"
#include "num/cholesky.h"
#include "num/exact.h"

static const double u = DBL_EPSILON / 2;

/* --- the reference ---------------------------------------------------------- */

static lvm_gmm
view (size_t K, size_t D, const double weight[], const double mean[],
      const double covariance[])
{
  return (lvm_gmm){
    K, D, LVM_FULL, (double *) weight, (double *) mean, (double *) covariance
  };
}

static double
reference_steps (size_t N, size_t D, size_t K, const double x[],
                 const double weight[], const double mean[],
                 const double covariance[], double r[])
{
  const lvm_gmm g = view (K, D, weight, mean, covariance);
  lvm_gmm_roots *w = lvm_gmm_roots_alloc (K, D);
  const double sum =
      lvm_gmm_factorise (&g, w) == 0 ? lvm_gmm_e_step (&g, w, N, x, r, NULL) : NAN;
  lvm_gmm_roots_free (w);
  return sum;
}

static void
reference_e_step (size_t N, size_t D, size_t K, const double x[],
                  const double weight[], const double mean[],
                  const double covariance[], double r[])
{
  reference_steps (N, D, K, x, weight, mean, covariance, r);
}

static void
reference_m_step (size_t N, size_t D, size_t K, const double x[], const double r[],
                  double weight[], double mean[], double covariance[])
{
  lvm_gmm g = view (K, D, weight, mean, covariance);
  lvm_gmm_m_step (&g, N, x, r, &(lvm_gmm_prior){ 0, NULL });
}

static double
reference_log_likelihood (size_t N, size_t D, size_t K, const double x[],
                          const double weight[], const double mean[],
                          const double covariance[])
{
  return reference_steps (N, D, K, x, weight, mean, covariance, NULL);
}

static const em_ops reference = { reference_e_step, reference_m_step,
                                  reference_log_likelihood };
static const char *const slots[] = { "e_step", "m_step", "log_likelihood" };
const lvm_interface em_interface = { "em", 3, slots, &reference };

static const kinds_ops kinds_reference = { lvm_gmm_m_step };
static const char *const kinds_slots[] = { "m_step_of_a_kind" };
const lvm_interface kinds_interface = { "em of every kind", 1, kinds_slots,
                                        &kinds_reference };

static double
reference_iteration (int threads, lvm_gmm *g, size_t N, const double x[],
                     double r[])
{
  double y = NAN;
  lvm_gmm_fast *w = lvm_gmm_fast_alloc (g->K, g->D, g->kind, N, threads);
  if (lvm_gmm_fast_e_step (w, g, x, r, NULL, &y) == 0)
    lvm_gmm_fast_m_step (w, g, &(lvm_gmm_prior){ 0, NULL });
  lvm_gmm_fast_free (w);
  return y;
}

static const fast_ops fast_reference = { reference_iteration };
static const char *const fast_slots[] = { "fast_iteration" };
const lvm_interface fast_interface = { "em, fast", 1, fast_slots, &fast_reference };

/* --- cases: data, and parameters that have nothing to do with them ------------ */

enum
{
  MOST_D = 3,
  MOST_K = 3
};

typedef struct
{
  size_t N, D, K;
  double *x; /* [N x D] */
  double weight[MOST_K], mean[MOST_K * MOST_D],
      covariance[MOST_K * MOST_D * MOST_D];
} problem;

enum
{
  ONE_COMPONENT,
  ONE_DIMENSION,
  DUPLICATED_POINTS,
  FAR_FROM_ZERO, /* data shifted by 1000 standard deviations */
  WEIGHT_NEAR_ZERO,
  FAR_APART,  /* components 1000 standard deviations apart */
  FAR_POINTS, /* points where densities lose their digits, or vanish */
  CORNERS
};

/* A covariance from a random root: eigenvalues between about 0.1 and 10.  */
static void
draw_covariance (gsl_rng *g, size_t D, double c[])
{
  double root[MOST_D * MOST_D];
  for (size_t i = 0; i < D * D; i++)
    root[i] = i % (D + 1) == 0 ? exp (gsl_ran_gaussian (g, 0.4))
                               : gsl_ran_gaussian (g, 0.5);
  for (size_t i = 0; i < D; i++)
    for (size_t j = 0; j < D; j++)
      {
        c[i * D + j] = i == j ? 0.1 : 0;
        for (size_t d = 0; d < D; d++)
          c[i * D + j] += root[i * D + d] * root[j * D + d];
      }
}

static void
draw_parameters (gsl_rng *g, problem *p, int corner)
{
  double sum = 0;
  for (size_t k = 0; k < p->K; k++)
    {
      p->weight[k] =
          k == 0 && corner == WEIGHT_NEAR_ZERO ? 1e-9 : 0.2 + gsl_rng_uniform (g);
      sum += p->weight[k];
      for (size_t d = 0; d < p->D; d++)
        p->mean[k * p->D + d] = gsl_ran_gaussian (g, 1.5)
                                + (corner == FAR_FROM_ZERO ? 1000 : 0)
                                + (corner == FAR_APART ? 1000. * (double) k : 0);
      draw_covariance (g, p->D, p->covariance + k * p->D * p->D);
    }
  for (size_t k = 0; k < p->K; k++)
    p->weight[k] /= sum;
}

/* Points around the means of drawn parameters, and then other parameters.  */
static problem *
draw_problem (lvm_judge *j, int corner)
{
  gsl_rng *g = lvm_cases (j);
  problem *p = lvm_take (j, 1, sizeof *p);
  p->K = corner == ONE_COMPONENT ? 1 : 2 + gsl_rng_uniform_int (g, 2);
  p->D = corner == ONE_DIMENSION ? 1 : 1 + gsl_rng_uniform_int (g, MOST_D);
  p->N = 20 + gsl_rng_uniform_int (g, 40);
  p->x = lvm_take (j, p->N * p->D, sizeof *p->x);
  draw_parameters (g, p, corner);
  for (size_t n = 0; n < p->N; n++)
    for (size_t d = 0; d < p->D; d++)
      p->x[n * p->D + d] =
          corner == DUPLICATED_POINTS && n % 2 == 1
              ? p->x[(n - 1) * p->D + d]
              : p->mean[n % p->K * p->D + d] + gsl_ran_gaussian (g, 1.2);
  for (size_t n = 0; n < p->N && corner == FAR_POINTS; n += 2)
    p->x[n * p->D] += 20 + (double) n;
  draw_parameters (g, p, corner);
  return p;
}

/* Responsibilities that no E-step made.  Every eleventh point is shared by none
   but one component.  */
static double *
draw_responsibilities (lvm_judge *j, const problem *p)
{
  double *r = lvm_take (j, p->N * p->K, sizeof *r);
  for (size_t n = 0; n < p->N; n++)
    {
      double sum = 0;
      for (size_t k = 0; k < p->K; k++)
        sum += r[n * p->K + k] =
            n % 11 == 0 ? (k == n % p->K) : gsl_ran_exponential (lvm_cases (j), 1);
      for (size_t k = 0; k < p->K; k++)
        r[n * p->K + k] /= sum;
    }
  return r;
}

static double
scale_of (const problem *p)
{
  double largest = 0;
  for (size_t i = 0; i < p->N * p->D; i++)
    largest = fmax (largest, fabs (p->x[i]));
  return largest;
}

/* --- the independent route ------------------------------------------------------ */

/* Inverse and log determinant by LU.  */
static double
invert (size_t D, const double a[], double inverse[])
{
  double copy[MOST_D * MOST_D];
  int sign;
  memcpy (copy, a, D * D * sizeof *copy);
  gsl_matrix_view A = gsl_matrix_view_array (copy, D, D);
  gsl_matrix_view B = gsl_matrix_view_array (inverse, D, D);
  gsl_permutation *perm = gsl_permutation_alloc (D);
  gsl_linalg_LU_decomp (&A.matrix, perm, &sign);
  gsl_linalg_LU_invert (&A.matrix, perm, &B.matrix);
  const double log_det = gsl_linalg_LU_lndet (&A.matrix);
  gsl_permutation_free (perm);
  return log_det;
}

static double
quadratic (size_t D, const double x[], const double mean[], const double inverse[])
{
  double q = 0;
  for (size_t i = 0; i < D; i++)
    for (size_t j = 0; j < D; j++)
      q += (x[i] - mean[i]) * inverse[i * D + j] * (x[j] - mean[j]);
  return q;
}

/* l [N x K] = ln (weight_k N(x_n | k)).  Returned: a bound on their rounding errors.  */
static double
log_joints (const problem *p, double l[])
{
  double largest = 0;
  for (size_t k = 0; k < p->K; k++)
    {
      double inverse[MOST_D * MOST_D];
      const double log_det =
          invert (p->D, p->covariance + k * p->D * p->D, inverse);
      for (size_t n = 0; n < p->N; n++)
        {
          const double q =
              quadratic (p->D, p->x + n * p->D, p->mean + k * p->D, inverse);
          l[n * p->K + k] = log (p->weight[k])
                            - 0.5 * ((double) p->D * log (2 * M_PI) + log_det + q);
          largest = fmax (largest, fabs (l[n * p->K + k]) + fabs (q));
        }
    }
  return 100 * u * (1 + largest); /* condition numbers up to some hundreds */
}

/* ln sum_k exp l_k in long double.  */
static double
evidence (size_t K, const double l[])
{
  long double m = -INFINITY, sum = 0;
  for (size_t k = 0; k < K; k++)
    m = l[k] > m ? l[k] : m;
  for (size_t k = 0; k < K; k++)
    sum += expl (l[k] - m);
  return (double) (m + logl (sum));
}

/* The log-likelihood; *error bounds its rounding error.  */
static double
plain_log_likelihood (lvm_judge *j, const problem *p, double *error)
{
  double *l = lvm_take (j, p->N * p->K, sizeof *l), sum = 0;
  *error = (double) p->N * log_joints (p, l);
  for (size_t n = 0; n < p->N; n++)
    sum += evidence (p->K, l + n * p->K);
  return sum;
}

/* sum_n sum_k r_nk l_nk, where r = 0 contributes nothing.  */
static double
expected (size_t size, const double r[], const double l[])
{
  double sum = 0;
  for (size_t i = 0; i < size; i++)
    sum += r[i] > 0 ? r[i] * l[i] : 0;
  return sum;
}

/* sum q ln q  */
static double
negentropy (size_t size, const double q[])
{
  double sum = 0;
  for (size_t i = 0; i < size; i++)
    sum += q[i] > 0 ? q[i] * log (q[i]) : 0;
  return sum;
}

static void
call_e_step (const em_ops *f, const problem *p, double r[])
{
  f->e_step (p->N, p->D, p->K, p->x, p->weight, p->mean, p->covariance, r);
}

static void
call_m_step (const em_ops *f, problem *p, const double r[])
{
  f->m_step (p->N, p->D, p->K, p->x, r, p->weight, p->mean, p->covariance);
}

/* --- lines of the bound ------------------------------------------------------------ */

enum
{
  Q_IS_POINT = 2
};

static void *
draw_discrete (lvm_judge *j, int corner)
{
  discrete *at = lvm_take (j, 1, sizeof *at);
  double *l = draw_logs (j, corner == Q_IS_POINT ? -1 : corner, &at->K), sum = 0;
  at->K = at->K > 4 ? 4 : at->K;
  double *q = lvm_take (j, at->K, sizeof *q);
  for (size_t k = 0; k < at->K; k++)
    {
      l[k] = fmax (-200, fmin (200, l[k]));
      sum += q[k] =
          corner == Q_IS_POINT ? k == 0 : gsl_ran_exponential (lvm_cases (j), 1);
    }
  for (size_t k = 0; k < at->K; k++)
    q[k] /= sum;
  at->log_joint = l;
  at->q = q;
  return at;
}

static size_t
scalar (const void *at)
{
  (void) at;
  return 1;
}

/* q sums to one only up to rounding, which the line's own bound does not know: a
   case counts when it does so exactly.  */
static void *
draw_exact_discrete (lvm_judge *j, int corner)
{
  discrete *at = draw_discrete (j, corner);
  double *q = (double *) at->q, left = 1;
  for (size_t k = 1; k < at->K; k++)
    left -= q[k] = ldexp (floor (ldexp (q[k], 20)), -20);
  q[0] = left;
  return at;
}

static const lvm_derivation derivations[] = {
  { &gap_lines, gap_labels, draw_exact_discrete, scalar, 3, 60, LVM_HERE },
  { &bound_lines, bound_labels, draw_discrete, scalar, 3, 60, LVM_HERE }
};

/* --- E-step and bound ----------------------------------------------------------------- */

/* Responsibilities are Bayes' rule at the current parameters.  */
static void
gmm_e_step (lvm_judge *j, const void *ops, int corner)
{
  const problem *p = draw_problem (j, corner);
  double *r = lvm_take (j, p->N * p->K, sizeof *r),
         *l = lvm_take (j, p->N * p->K, sizeof *l);
  const double error = log_joints (p, l);
  call_e_step (ops, p, r);
  for (size_t n = 0; n < p->N; n++)
    for (size_t k = 0; k < p->K; k++)
      {
        const double exact = exp (l[n * p->K + k] - evidence (p->K, l + n * p->K));
        lvm_equal (j, "r_nk", r[n * p->K + k], exact, 4 * error * exact + DBL_MIN);
      }
}

/* F(q, theta) <= L(theta) for any q.  */
static void
em_bound (lvm_judge *j, const void *ops, int corner)
{
  const em_ops *f = ops;
  const problem *p = draw_problem (j, corner);
  const double *q = draw_responsibilities (j, p);
  double *l = lvm_take (j, p->N * p->K, sizeof *l);
  const double error = (double) p->N * log_joints (p, l);
  const double bound = expected (p->N * p->K, q, l) - negentropy (p->N * p->K, q);
  const double y =
      f->log_likelihood (p->N, p->D, p->K, p->x, p->weight, p->mean, p->covariance);
  lvm_at_least (j, "log-likelihood over bound", y, bound, 2 * error);
}

/* F(r(theta), theta) = L(theta): the bound touches after the E-step.  */
static void
em_tight (lvm_judge *j, const void *ops, int corner)
{
  const em_ops *f = ops;
  const problem *p = draw_problem (j, corner);
  double *r = lvm_take (j, p->N * p->K, sizeof *r),
         *l = lvm_take (j, p->N * p->K, sizeof *l);
  const double error = (double) p->N * log_joints (p, l);
  call_e_step (f, p, r);
  const double bound = expected (p->N * p->K, r, l) - negentropy (p->N * p->K, r);
  const double y =
      f->log_likelihood (p->N, p->D, p->K, p->x, p->weight, p->mean, p->covariance);
  lvm_equal (j, "log-likelihood and bound", y, bound, 4 * error);
}

/* --- whole runs ------------------------------------------------------------------------- */

enum
{
  STEPS = 12
};

/* Smallest eigenvalue of component k's covariance of the points around their weighted mean,
   both as these responsibilities weigh them; infinity for a component of no points.  */
static double
least_spread (const problem *p, const double r[], size_t k)
{
  const size_t D = p->D, K = p->K;
  double count = 0, mean[MOST_D] = { 0 }, c[MOST_D * MOST_D] = { 0 }, value[MOST_D];
  for (size_t n = 0; n < p->N; n++)
    count += r[n * K + k];
  if (count == 0)
    return INFINITY;
  for (size_t i = 0; i < p->N * D; i++)
    mean[i % D] += r[i / D * K + k] / count * p->x[i];
  for (size_t n = 0; n < p->N; n++)
    for (size_t i = 0; i < D * D; i++)
      c[i] += r[n * K + k] / count * (p->x[n * D + i / D] - mean[i / D])
              * (p->x[n * D + i % D] - mean[i % D]);
  gsl_matrix_view C = gsl_matrix_view_array (c, D, D);
  gsl_vector_view v = gsl_vector_view_array (value, D);
  gsl_eigen_symm_workspace *w = gsl_eigen_symm_alloc (D);
  gsl_eigen_symm (&C.matrix, &v.vector, w);
  gsl_eigen_symm_free (w);
  return gsl_vector_min (&v.vector);
}

/* Q has a maximum where every component's covariance is positive definite: here by more than
   rounding could make it.  */
static int
has_maximum (const problem *p, const double r[])
{
  const double scale = scale_of (p);
  for (size_t k = 0; k < p->K; k++)
    if (!(least_spread (p, r, k) > 1e-12 * scale * scale))
      return 0;
  return 1;
}

/* EM never lowers the likelihood, which is judged by its own route, while Q has a maximum.  */
static void
em_monotone (lvm_judge *j, const void *ops, int corner)
{
  problem *p = draw_problem (j, corner);
  double *r = lvm_take (j, p->N * p->K, sizeof *r), error;
  double before = plain_log_likelihood (j, p, &error);
  for (int t = 0; t < STEPS; t++)
    {
      call_e_step (ops, p, r);
      if (!has_maximum (p, r))
        break; /* on its way to a singularity */
      call_m_step (ops, p, r);
      const double after = plain_log_likelihood (j, p, &error);
      lvm_at_least (j, "likelihood", after, before, 4 * error);
      before = after;
    }
}

/* L' - L = Q(theta', theta) - Q(theta, theta) + sum_n KL(r(theta), r(theta')).  */
static void
em_gain (lvm_judge *j, const void *ops, int corner)
{
  const em_ops *f = ops;
  problem *p = draw_problem (j, corner);
  const size_t size = p->N * p->K;
  double *r = lvm_take (j, size, sizeof *r), *s = lvm_take (j, size, sizeof *s);
  double *l = lvm_take (j, size, sizeof *l), *m = lvm_take (j, size, sizeof *m);
  double error = log_joints (p, l);
  const double before =
      f->log_likelihood (p->N, p->D, p->K, p->x, p->weight, p->mean, p->covariance);
  call_e_step (f, p, r);
  reference_m_step (p->N, p->D, p->K, p->x, r, p->weight, p->mean, p->covariance);
  error += log_joints (p, m);
  const double after =
      f->log_likelihood (p->N, p->D, p->K, p->x, p->weight, p->mean, p->covariance);
  call_e_step (f, p, s);
  double divergence = negentropy (size, r);
  for (size_t i = 0; i < size; i++)
    divergence -= r[i] > 0 ? r[i] * log (s[i]) : 0;
  if (isfinite (divergence))
    lvm_equal (j, "gain", after - before,
               expected (size, r, m) - expected (size, r, l) + divergence,
               8 * (double) p->N * error);
  else
    lvm_undrawn (j); /* a responsibility that underflowed */
}

/* A way to go for the parameters of component k: its mean along one axis, its covariance along
   v v' with v' Sigma^-1 v = 1, which keeps it positive definite up to a step of one, and its
   weight, up or down by half of it.  */
typedef struct
{
  size_t k;
  double mean[MOST_D], v[MOST_D], weight;
} way;

static way
draw_way (lvm_judge *j, const problem *p)
{
  gsl_rng *g = lvm_cases (j);
  const size_t D = p->D, k = gsl_rng_uniform_int (g, p->K);
  const size_t i = gsl_rng_uniform_int (g, D);
  way along = { .k = k, .weight = p->weight[k] * (gsl_rng_uniform (g) - 0.5) };
  double inverse[MOST_D * MOST_D];
  const double zero[MOST_D] = { 0 };
  along.mean[i] = gsl_ran_gaussian (g, 1);
  for (size_t d = 0; d < D; d++)
    along.v[d] = gsl_ran_gaussian (g, 1);
  invert (D, p->covariance + k * D * D, inverse);
  const double length = sqrt (quadratic (D, along.v, zero, inverse));
  for (size_t d = 0; d < D; d++)
    along.v[d] /= length;
  return along;
}

static void
step (problem *p, const way *a, double h)
{
  const size_t D = p->D;
  p->weight[a->k] += h * a->weight;
  for (size_t i = 0; i < D; i++)
    {
      p->mean[a->k * D + i] += h * a->mean[i];
      for (size_t l = 0; l < D; l++)
        p->covariance[(a->k * D + i) * D + l] += h * a->v[i] * a->v[l];
    }
}

/* Fisher's identity: at theta_old the gradient of L is that of Q(., theta_old).  Both by
   central differences along such a way, with r from the implementation.  */
static void
em_fisher (lvm_judge *j, const void *ops, int corner)
{
  problem *p = draw_problem (j, corner);
  const size_t size = p->N * p->K;
  double *r = lvm_take (j, size, sizeof *r), *l = lvm_take (j, size, sizeof *l),
         error[9];
  const problem at = *p;
  const way along = draw_way (j, p);
  call_e_step (ops, p, r);
  for (int s = 0; s < 9; s++)
    {
      const double h = ldexp (0.5, -s);
      double likelihood = 0, q = 0, ignored;
      for (int side = -1; side <= 1; side += 2)
        {
          *p = at;
          step (p, &along, side * h);
          likelihood += side * plain_log_likelihood (j, p, &ignored);
          log_joints (p, l);
          q += side * expected (size, r, l);
        }
      error[s] = fabs (likelihood - q) / (2 * h);
    }
  lvm_order (j, "order of the difference", 9, error, 2,
             1e-8 * (1 + fabs (at.mean[along.k * at.D])));
}

/* --- optima ---------------------------------------------------------------------------------- */

/* Q as a function of parameters; *error bounds its rounding.  */
static double
q_of (lvm_judge *j, const problem *p, const double r[], double *error)
{
  double *l = lvm_take (j, p->N * p->K, sizeof *l);
  *error = (double) p->N * log_joints (p, l);
  return expected (p->N * p->K, r, l);
}

/* No perturbation of one sort is better.  `disturb' moves the parameters by a random step
   of relative size h; the steps are both large and small, since near an optimum only small
   steps show a gradient that is not zero.  */
static void
no_better (lvm_judge *j, const char *what, const problem *p, const double r[],
           void (*disturb) (gsl_rng *, problem *, double h))
{
  double error, ignored;
  const double best = q_of (j, p, r, &error);
  for (double h = 0.1; h > 1e-5; h /= 10)
    for (int i = 0; i < 8; i++)
      {
        problem moved = *p;
        disturb (lvm_noise (j), &moved, h);
        lvm_at_least (j, what, best, q_of (j, &moved, r, &ignored), 4 * error);
      }
}

static void
disturb_weights (gsl_rng *g, problem *p, double h)
{
  double sum = 0;
  for (size_t k = 0; k < p->K; k++)
    sum += p->weight[k] *= exp (gsl_ran_gaussian (g, h));
  for (size_t k = 0; k < p->K; k++)
    p->weight[k] /= sum;
}

static void
disturb_means (gsl_rng *g, problem *p, double h)
{
  for (size_t i = 0; i < p->K * p->D; i++)
    p->mean[i] += gsl_ran_gaussian (g, h);
}

/* Sigma -> (I + A) Sigma (I + A)', which stays positive definite.  */
static void
disturb_covariances (gsl_rng *g, problem *p, double h)
{
  const size_t D = p->D;
  for (size_t k = 0; k < p->K; k++)
    {
      double a[MOST_D * MOST_D], b[MOST_D * MOST_D], *c = p->covariance + k * D * D;
      for (size_t i = 0; i < D * D; i++)
        a[i] = (i % (D + 1) == 0) + gsl_ran_gaussian (g, h);
      for (size_t i = 0; i < D; i++)
        for (size_t e = 0; e < D; e++)
          {
            b[i * D + e] = 0;
            for (size_t d = 0; d < D; d++)
              b[i * D + e] += a[i * D + d] * c[d * D + e];
          }
      for (size_t i = 0; i < D; i++)
        for (size_t e = 0; e < D; e++)
          {
            c[i * D + e] = 0;
            for (size_t d = 0; d < D; d++)
              c[i * D + e] += b[i * D + d] * a[e * D + d];
          }
    }
}

static void
gmm_m_weight (lvm_judge *j, const void *ops, int corner)
{
  problem *p = draw_problem (j, corner);
  const double *r = draw_responsibilities (j, p);
  double sum = 0;
  call_m_step (ops, p, r);
  for (size_t k = 0; k < p->K; k++)
    sum += p->weight[k];
  lvm_equal (j, "sum of weights", sum, 1, 100 * u);
  no_better (j, "Q, other weights", p, r, disturb_weights);
}

static void
gmm_m_mean (lvm_judge *j, const void *ops, int corner)
{
  problem *p = draw_problem (j, corner);
  const double *r = draw_responsibilities (j, p);
  call_m_step (ops, p, r);
  no_better (j, "Q, other means", p, r, disturb_means);
}

static void
gmm_m_covariance (lvm_judge *j, const void *ops, int corner)
{
  problem *p = draw_problem (j, corner);
  const double *r = draw_responsibilities (j, p);
  call_m_step (ops, p, r);
  no_better (j, "Q, other covariances", p, r, disturb_covariances);
}

/* One component and one dimension, by a method that knows nothing of M-steps: BFGS on
   -Q over (mean, ln sigma), with differences for a gradient.  */
typedef struct
{
  size_t N;
  const double *x, *r;
} one_dimensional;

static double
minus_q (const gsl_vector *v, void *params)
{
  const one_dimensional *o = params;
  const double mean = gsl_vector_get (v, 0), s = gsl_vector_get (v, 1);
  double sum = 0;
  for (size_t n = 0; n < o->N; n++)
    sum += o->r[n] * (s + 0.5 * pow ((o->x[n] - mean) * exp (-s), 2));
  return sum;
}

static void
minus_q_gradient (const gsl_vector *v, void *params, gsl_vector *gradient)
{
  gsl_vector *moved = gsl_vector_alloc (2);
  for (size_t i = 0; i < 2; i++)
    {
      gsl_vector_memcpy (moved, v);
      gsl_vector_set (moved, i, gsl_vector_get (v, i) + 1e-5);
      const double up = minus_q (moved, params);
      gsl_vector_set (moved, i, gsl_vector_get (v, i) - 1e-5);
      gsl_vector_set (gradient, i, (up - minus_q (moved, params)) / 2e-5);
    }
  gsl_vector_free (moved);
}

static void
minus_q_both (const gsl_vector *v, void *params, double *f, gsl_vector *gradient)
{
  *f = minus_q (v, params);
  minus_q_gradient (v, params, gradient);
}

static void
gmm_m_unrelated (lvm_judge *j, const void *ops, int corner)
{
  problem *p = draw_problem (j, ONE_DIMENSION);
  double *r = draw_responsibilities (j, p),
         *weights = lvm_take (j, p->N, sizeof *weights);
  (void) corner;
  for (size_t n = 0; n < p->N; n++)
    weights[n] = r[n * p->K];
  one_dimensional o = { p->N, p->x, weights };
  gsl_multimin_function_fdf f = { minus_q, minus_q_gradient, minus_q_both, 2, &o };
  gsl_vector *start = gsl_vector_calloc (2);
  gsl_multimin_fdfminimizer *m =
      gsl_multimin_fdfminimizer_alloc (gsl_multimin_fdfminimizer_vector_bfgs2, 2);
  gsl_multimin_fdfminimizer_set (m, &f, start, 0.1, 0.1);
  for (int t = 0; t < 200 && gsl_multimin_fdfminimizer_iterate (m) == 0; t++)
    if (gsl_multimin_test_gradient (m->gradient, 1e-7) == 0)
      break;
  call_m_step (ops, p, r);
  lvm_equal (j, "mean", p->mean[0], gsl_vector_get (m->x, 0), 1e-6);
  lvm_equal (j, "standard deviation", sqrt (p->covariance[0]),
             exp (gsl_vector_get (m->x, 1)), 1e-6);
  gsl_multimin_fdfminimizer_free (m);
  gsl_vector_free (start);
}

/* --- what an M-step preserves ----------------------------------------------------------------- */

static void
sample_moments (const problem *p, double mean[], double covariance[])
{
  const size_t D = p->D;
  for (size_t d = 0; d < D; d++)
    {
      mean[d] = 0;
      for (size_t n = 0; n < p->N; n++)
        mean[d] += p->x[n * D + d] / (double) p->N;
    }
  for (size_t i = 0; i < D * D; i++)
    {
      covariance[i] = 0;
      for (size_t n = 0; n < p->N; n++)
        covariance[i] += (p->x[n * D + i / D] - mean[i / D])
                         * (p->x[n * D + i % D] - mean[i % D]) / (double) p->N;
    }
}

/* Mean and covariance of a mixture: sum_k w_k (Sigma_k + m_k m_k') - m m', written around m.  */
static void
mixture_moments (size_t K, size_t D, const double weight[], const double mean[],
                 const double covariance[], double m[], double c[])
{
  for (size_t d = 0; d < D; d++)
    {
      m[d] = 0;
      for (size_t k = 0; k < K; k++)
        m[d] += weight[k] * mean[k * D + d];
    }
  for (size_t i = 0; i < D * D; i++)
    {
      c[i] = 0;
      for (size_t k = 0; k < K; k++)
        c[i] += weight[k]
                * (covariance[k * D * D + i]
                   + (mean[k * D + i / D] - m[i / D])
                         * (mean[k * D + i % D] - m[i % D]));
    }
}

/* After an M-step the mixture has the sample's moments: all of them for full and tied, the
   variances for diagonal, their sum for spherical.  */
static void
moments_of_kind (lvm_judge *j, const kinds_ops *f, int corner, lvm_covariance kind)
{
  problem *p = draw_problem (j, corner);
  const double *r = draw_responsibilities (j, p), scale = scale_of (p);
  const size_t D = p->D;
  double mean[MOST_D], covariance[MOST_D * MOST_D], m[MOST_D], c[MOST_D * MOST_D];
  lvm_gmm g = view (p->K, D, p->weight, p->mean, p->covariance);
  g.kind = kind;
  f->m_step (&g, p->N, p->x, r, &(lvm_gmm_prior){ 0, NULL });
  sample_moments (p, mean, covariance);
  mixture_moments (g.K, D, g.weight, g.mean, g.covariance, m, c);
  double trace = 0, sample_trace = 0;
  const double bound = 40 * (double) p->N * u * scale * (1 + scale);
  for (size_t i = 0; i < D * D; i++)
    {
      trace += i % (D + 1) == 0 ? c[i] : 0;
      sample_trace += i % (D + 1) == 0 ? covariance[i] : 0;
      if (kind == LVM_FULL || kind == LVM_TIED
          || (kind == LVM_DIAGONAL && i % (D + 1) == 0))
        lvm_equal (j, "covariance of the mixture", c[i], covariance[i], bound);
    }
  for (size_t d = 0; d < D; d++)
    lvm_equal (j, "mean of the mixture", m[d], mean[d],
               40 * (double) p->N * u * (1 + scale));
  lvm_equal (j, "trace", trace, sample_trace, (double) D * bound);
}

static void
gmm_moments (lvm_judge *j, const void *ops, int corner)
{
  for (lvm_covariance kind = LVM_FULL; kind <= LVM_TIED; kind++)
    moments_of_kind (j, ops, corner, kind);
}

/* One component is the maximum likelihood estimate: the sample's mean and covariance.  */
static void
gmm_one (lvm_judge *j, const void *ops, int corner)
{
  problem *p = draw_problem (j, ONE_COMPONENT);
  double *r = lvm_take (j, p->N, sizeof *r), mean[MOST_D],
         covariance[MOST_D * MOST_D];
  const double scale = scale_of (p);
  (void) corner;
  call_e_step (ops, p, r);
  call_m_step (ops, p, r);
  sample_moments (p, mean, covariance);
  for (size_t d = 0; d < p->D; d++)
    lvm_equal (j, "mean", p->mean[d], mean[d],
               20 * (double) p->N * u * (1 + scale));
  for (size_t i = 0; i < p->D * p->D; i++)
    lvm_equal (j, "covariance", p->covariance[i], covariance[i],
               20 * (double) p->N * u * scale * (1 + scale));
}

/* --- equivariance ---------------------------------------------------------------------------------- */

/* y = A x + b for points and means, A C A' for covariances.  */
static void
transform (problem *p, const double A[], const double b[])
{
  const size_t D = p->D;
  for (size_t n = 0; n < p->N + p->K; n++)
    {
      double *at = n < p->N ? p->x + n * D : p->mean + (n - p->N) * D, y[MOST_D];
      for (size_t i = 0; i < D; i++)
        {
          y[i] = b[i];
          for (size_t d = 0; d < D; d++)
            y[i] += A[i * D + d] * at[d];
        }
      memcpy (at, y, D * sizeof *y);
    }
  for (size_t k = 0; k < p->K; k++)
    {
      double *c = p->covariance + k * D * D, y[MOST_D * MOST_D];
      for (size_t i = 0; i < D * D; i++)
        {
          y[i] = 0;
          for (size_t d = 0; d < D; d++)
            for (size_t e = 0; e < D; e++)
              y[i] += A[i / D * D + d] * c[d * D + e] * A[i % D * D + e];
        }
      memcpy (c, y, D * D * sizeof *y);
    }
}

static problem *
copy_problem (lvm_judge *j, const problem *p)
{
  problem *q = lvm_take (j, 1, sizeof *q);
  *q = *p;
  q->x = lvm_take (j, p->N * p->D, sizeof *q->x);
  memcpy (q->x, p->x, p->N * p->D * sizeof *q->x);
  return q;
}

/* Whether some component is left with fewer points than its covariance needs, on the way of
   the reference: rounding errors then grow without a bound that could be stated.  */
static int
starves (lvm_judge *j, const problem *start, int iterations)
{
  problem *p = copy_problem (j, start);
  double *r = lvm_take (j, p->N * p->K, sizeof *r);
  for (int t = 0; t < iterations; t++)
    {
      call_e_step (&reference, p, r);
      call_m_step (&reference, p, r);
      for (size_t k = 0; k < p->K; k++)
        if (!(p->weight[k] * (double) p->N > (double) p->D + 2))
          return 1;
    }
  return 0;
}

/* Three iterations on transformed data from a transformed start give the transformed
   result, for every invertible affine map.  */
static void
gmm_equivariance (lvm_judge *j, const void *ops, int corner)
{
  problem *p = draw_problem (j, corner), *q = copy_problem (j, p);
  double *r = lvm_take (j, p->N * p->K, sizeof *r);
  double A[MOST_D * MOST_D] = { 0 }, b[MOST_D] = { 0 };
  if (starves (j, p, 3))
    {
      lvm_undrawn (j);
      return;
    }
  for (size_t i = 0; i < p->D * p->D; i++)
    A[i] = (i % (p->D + 1) == 0 ? 2 : 0) + gsl_ran_flat (lvm_cases (j), -0.6, 0.6);
  for (size_t d = 0; d < p->D; d++)
    b[d] = gsl_ran_gaussian (lvm_cases (j), 5);
  transform (q, A, b);
  for (int t = 0; t < 3; t++)
    {
      call_e_step (ops, p, r);
      call_m_step (ops, p, r);
      call_e_step (ops, q, r);
      call_m_step (ops, q, r);
    }
  transform (p, A, b);
  const double scale = scale_of (p);
  for (size_t i = 0; i < p->K * p->D; i++)
    lvm_equal (j, "mean", q->mean[i], p->mean[i], 1e-9 * (1 + scale));
  for (size_t i = 0; i < p->K * p->D * p->D; i++)
    lvm_equal (j, "covariance", q->covariance[i], p->covariance[i],
               1e-9 * (1 + scale * scale));
}

/* Equal components stay equal, to the bit: EM is stuck.  */
static void
gmm_symmetric (lvm_judge *j, const void *ops, int corner)
{
  problem *p = draw_problem (j, corner);
  const size_t D = p->D;
  double *r = lvm_take (j, p->N * p->K, sizeof *r);
  for (size_t k = 1; k < p->K; k++)
    {
      p->weight[k] = p->weight[0];
      memcpy (p->mean + k * D, p->mean, D * sizeof (double));
      memcpy (p->covariance + k * D * D, p->covariance, D * D * sizeof (double));
    }
  for (int t = 0; t < 5; t++)
    {
      call_e_step (ops, p, r);
      call_m_step (ops, p, r);
    }
  for (size_t k = 1; k < p->K; k++)
    {
      for (size_t d = 0; d < D; d++)
        lvm_exactly (j, "mean", p->mean[k * D + d], p->mean[d]);
      for (size_t i = 0; i < D * D; i++)
        lvm_exactly (j, "covariance", p->covariance[k * D * D + i],
                     p->covariance[i]);
    }
}

/* --- rate of convergence ------------------------------------------------------------------------------ */

enum
{
  RATE_POINTS = 200
};

/* Two components of known weights and unit variance in one dimension; only the means are
   learnt.  theta -> M(theta) is one iteration.  */
static void
iterate_means (const em_ops *f, const double x[], double r[], double mean[2])
{
  const double weight[2] = { 0.4, 0.6 }, variance[2] = { 1, 1 };
  double new_weight[2], new_variance[2];
  f->e_step (RATE_POINTS, 1, 2, x, weight, mean, variance, r);
  f->m_step (RATE_POINTS, 1, 2, x, r, new_weight, mean, new_variance);
}

/* The predicted rate: the largest eigenvalue of I - I_c^-1 I_o, where I_c = diag (N_k) is the
   information of the complete data and I_o = I_c - the part that is missing,
   sum_n r_n1 r_n2 v v', v = (x_n - m_1, -(x_n - m_2)), by densities of its own.  */
static double
predicted_rate (const double x[], const double mean[2])
{
  double missing[3] = { 0 }, count[2] = { 0 };
  for (size_t n = 0; n < RATE_POINTS; n++)
    {
      const double a = 0.4 * exp (-pow (x[n] - mean[0], 2) / 2),
                   b = 0.6 * exp (-pow (x[n] - mean[1], 2) / 2);
      const double r = a / (a + b), s = r * (1 - r), v = x[n] - mean[0],
                   w = -(x[n] - mean[1]);
      count[0] += r;
      count[1] += 1 - r;
      missing[0] += s * v * v;
      missing[1] += s * v * w;
      missing[2] += s * w * w;
    }
  const double a = missing[0] / count[0], d = missing[2] / count[1],
               bc = missing[1] * missing[1] / (count[0] * count[1]);
  return (a + d) / 2 + sqrt ((a - d) * (a - d) / 4 + bc);
}

/* Near the fixed point the error shrinks by that factor in every iteration.  */
static void
em_rate (lvm_judge *j, const void *ops, int corner)
{
  static const double gaps[] = { 4, 3, 2.5 };
  gsl_rng *g = lvm_cases (j);
  double *x = lvm_take (j, RATE_POINTS, sizeof *x),
         *r = lvm_take (j, 2 * RATE_POINTS, sizeof *r);
  for (size_t n = 0; n < RATE_POINTS; n++)
    x[n] = gsl_ran_ugaussian (g)
           + (gsl_rng_uniform (g) < 0.4 ? -1 : 1) * gaps[corner] / 2;
  double end[2] = { -gaps[corner] / 2, gaps[corner] / 2 };
  for (int t = 0; t < 800; t++)
    iterate_means (ops, x, r, end);
  double mean[2] = { end[0] + 1e-3, end[1] + 1e-3 }, before = 0;
  for (int t = 0; t < 40; t++)
    {
      const double now = hypot (mean[0] - end[0], mean[1] - end[1]);
      if (now < 1e-6)
        break;
      before = now;
      iterate_means (ops, x, r, mean);
    }
  const double after = hypot (mean[0] - end[0], mean[1] - end[1]);
  lvm_equal (j, "measured rate", after / before, predicted_rate (x, end), 0.005);
}

/* --- other kinds, and MAP -------------------------------------------------------------------------------- */

/* The objective of an M-step: Q plus the log prior, here by inverse and determinant.  */
static double
objective_of (lvm_judge *j, const problem *p, lvm_covariance kind, const double r[],
              const lvm_gmm_prior *prior, double *error)
{
  double value = q_of (j, p, r, error);
  for (size_t k = 0; k < (kind == LVM_TIED ? 1 : p->K) && prior->strength > 0; k++)
    {
      double inverse[MOST_D * MOST_D], trace = 0;
      const double log_det =
          invert (p->D, p->covariance + k * p->D * p->D, inverse);
      for (size_t i = 0; i < p->D; i++)
        for (size_t e = 0; e < p->D; e++)
          trace += prior->scale[i * p->D + e] * inverse[e * p->D + i];
      value -= prior->strength / 2 * (log_det + trace);
    }
  return value;
}

/* A step within the kind.  */
static void
disturb_kind (gsl_rng *g, problem *p, lvm_covariance kind, double h)
{
  const size_t D = p->D;
  if (kind == LVM_FULL || kind == LVM_TIED)
    {
      disturb_covariances (g, p, h);
      for (size_t k = 1; k < p->K && kind == LVM_TIED; k++)
        memcpy (p->covariance + k * D * D, p->covariance, D * D * sizeof (double));
      return;
    }
  for (size_t k = 0; k < p->K; k++)
    {
      double factor = exp (gsl_ran_gaussian (g, h));
      for (size_t d = 0; d < D; d++)
        {
          p->covariance[k * D * D + d * (D + 1)] *= factor;
          factor = kind == LVM_DIAGONAL ? exp (gsl_ran_gaussian (g, h)) : factor;
        }
    }
}

/* Entries that the kind forbids are zero, and those that it ties are equal.  */
static void
check_form (lvm_judge *j, const problem *p, lvm_covariance kind)
{
  const size_t D = p->D;
  for (size_t i = 0; i < p->K * D * D; i++)
    {
      const int diagonal = i % (D * D) % (D + 1) == 0;
      if (!diagonal && (kind == LVM_DIAGONAL || kind == LVM_SPHERICAL))
        lvm_exactly (j, "off the diagonal", p->covariance[i], 0);
      else if (kind == LVM_SPHERICAL)
        lvm_exactly (j, "on the diagonal", p->covariance[i],
                     p->covariance[i / (D * D) * D * D]);
      else if (kind == LVM_TIED)
        lvm_exactly (j, "tied", p->covariance[i], p->covariance[i % (D * D)]);
    }
}

static void
optimum_of_kind (lvm_judge *j, const kinds_ops *f, int corner, lvm_covariance kind,
                 double strength)
{
  problem *p = draw_problem (j, corner);
  const double *r = draw_responsibilities (j, p);
  double scale[MOST_D * MOST_D] = { 0 }, error, ignored;
  for (size_t d = 0; d < p->D; d++)
    scale[d * (p->D + 1)] = kind == LVM_SPHERICAL ? 1.7 : 1.3 + (double) d;
  const lvm_gmm_prior prior = { strength, scale };
  lvm_gmm g = view (p->K, p->D, p->weight, p->mean, p->covariance);
  g.kind = kind;
  f->m_step (&g, p->N, p->x, r, &prior);
  check_form (j, p, kind);
  const double best = objective_of (j, p, kind, r, &prior, &error);
  for (double h = 0.1; h > 1e-5; h /= 10)
    for (int i = 0; i < 8; i++)
      {
        problem moved = *p;
        disturb_kind (lvm_noise (j), &moved, kind, h);
        disturb_means (lvm_noise (j), &moved, h / 10);
        lvm_at_least (j, lvm_covariance_names[kind], best,
                      objective_of (j, &moved, kind, r, &prior, &ignored),
                      4 * error);
      }
}

static void
gmm_m_diagonal (lvm_judge *j, const void *ops, int corner)
{
  optimum_of_kind (j, ops, corner, LVM_DIAGONAL, 0);
}

static void
gmm_m_spherical (lvm_judge *j, const void *ops, int corner)
{
  optimum_of_kind (j, ops, corner, LVM_SPHERICAL, 0);
}

static void
gmm_m_tied (lvm_judge *j, const void *ops, int corner)
{
  optimum_of_kind (j, ops, corner, LVM_TIED, 0);
}

static void
gmm_m_map (lvm_judge *j, const void *ops, int corner)
{
  for (lvm_covariance kind = LVM_FULL; kind <= LVM_TIED; kind++)
    optimum_of_kind (j, ops, corner, kind, 3.5);
}

/* Under MAP the objective never falls, here from a start next to a singularity.  */
static void
gmm_map_monotone (lvm_judge *j, const void *ops, int corner)
{
  const kinds_ops *f = ops;
  problem *p = draw_problem (j, corner);
  const size_t D = p->D;
  double *r = lvm_take (j, p->N * p->K, sizeof *r), scale[MOST_D * MOST_D] = { 0 },
         error, before = -INFINITY;
  for (size_t d = 0; d < D; d++)
    scale[d * (D + 1)] = 1.7;
  for (size_t i = 0; i < D * D; i++)
    p->covariance[i] = i % (D + 1) == 0 ? 1e-3 : 0;
  memcpy (p->mean, p->x, D * sizeof (double));
  const lvm_gmm_prior prior = { 2.5, scale };
  lvm_gmm g = view (p->K, D, p->weight, p->mean, p->covariance);
  for (int t = 0; t < STEPS; t++)
    {
      call_e_step (&reference, p, r);
      f->m_step (&g, p->N, p->x, r, &prior);
      double objective = plain_log_likelihood (j, p, &error), ignored;
      objective += objective_of (j, p, LVM_FULL, r, &prior, &ignored)
                   - q_of (j, p, r, &ignored);
      lvm_at_least (j, "objective", objective, before, 4 * error);
      before = objective;
    }
}

/* --- the fast form ----------------------------------------------------------- */

enum
{
  ILL_CONDITIONED, /* condition number 10^10                  */
  SHIFTED,         /* by 10^6 standard deviations             */
  FAR_APART_FAST,  /* components 10^6 standard deviations apart */
  FAST_CORNERS
};

/* A larger problem, D up to 9, so that blocks and their tails occur.  The covariance of
   each component is the data's own spread there.  */
typedef struct
{
  size_t N;
  lvm_gmm g;
  double *x, *r, *weight, *mean, *covariance;
  double kappa; /* bound on || |L^-1| |L| || */
} big;

static void
draw_big_component (lvm_judge *j, big *b, size_t k, int corner)
{
  gsl_rng *g = lvm_cases (j);
  const size_t D = b->g.D;
  double *c = b->covariance + k * D * D;
  for (size_t d = 0; d < D; d++)
    b->mean[k * D + d] = gsl_ran_gaussian (g, 2) + (corner == SHIFTED ? 1e6 : 0)
                         + (corner == FAR_APART_FAST ? 1e6 * (double) k : 0);
  for (size_t i = 0; i < D; i++)
    for (size_t e = 0; e < D; e++)
      c[i * D + e] = i == e ? 1 : 0.2;
  /* the last coordinate almost repeats the first */
  if (corner == ILL_CONDITIONED && D > 1)
    {
      for (size_t e = 0; e < D; e++)
        c[(D - 1) * D + e] = c[e * D + D - 1] = c[e];
      c[D * D - 1] = 1 + 1e-10;
    }
}

static big *
draw_big (lvm_judge *j, int corner)
{
  gsl_rng *g = lvm_cases (j);
  big *b = lvm_take (j, 1, sizeof *b);
  const size_t D = 1 + gsl_rng_uniform_int (g, 9),
               K = 1 + gsl_rng_uniform_int (g, 5);
  b->N = 1 + gsl_rng_uniform_int (g, 1500);
  b->weight = lvm_take (j, K, sizeof (double));
  b->mean = lvm_take (j, K * D, sizeof (double));
  b->covariance = lvm_take (j, K * D * D, sizeof (double));
  b->x = lvm_take (j, b->N * D, sizeof (double));
  b->r = lvm_take (j, b->N * K, sizeof (double));
  b->g = (lvm_gmm){ K, D, LVM_FULL, b->weight, b->mean, b->covariance };
  b->kappa = corner == ILL_CONDITIONED ? 1e6 : 20;
  for (size_t k = 0; k < K; k++)
    {
      b->weight[k] = 1 / (double) K;
      draw_big_component (j, b, k, corner);
    }
  for (size_t n = 0; n < b->N; n++)
    {
      const size_t k = n % K;
      double root[81], e[9];
      memcpy (root, b->covariance + k * D * D, D * D * sizeof *root);
      lvm_cholesky (D, root);
      for (size_t d = 0; d < D; d++)
        {
          e[d] = gsl_ran_ugaussian (g);
          b->x[n * D + d] = b->mean[k * D + d];
          for (size_t i = 0; i <= d; i++)
            b->x[n * D + d] += root[d * D + i] * e[i];
        }
    }
  return b;
}

/* A copy of the parameters, to be changed.  */
static lvm_gmm
fork_gmm (lvm_judge *j, const big *b)
{
  const size_t K = b->g.K, D = b->g.D;
  lvm_gmm g = b->g;
  g.weight = lvm_take (j, K, sizeof (double));
  g.mean = lvm_take (j, K * D, sizeof (double));
  g.covariance = lvm_take (j, K * D * D, sizeof (double));
  lvm_gmm_copy (&g, &b->g);
  return g;
}

/* The fast form against the plain one.  Both compute a squared distance q with an error of
   some 8 (D + 2) u kappa q sqrt (D), and the data are rounded at u |x|, which the inverse
   factor magnifies; responsibilities follow, and from them the moments.  */
static void
gmm_fast (lvm_judge *j, const void *ops, int corner)
{
  const fast_ops *f = ops;
  const big *b = draw_big (j, corner);
  lvm_gmm plain = fork_gmm (j, b), fast = fork_gmm (j, b);
  const size_t K = b->g.K, D = b->g.D;
  double *r = lvm_take (j, b->N * K, sizeof *r), largest = 0;
  const double N = (double) b->N, d = (double) D;
  for (size_t i = 0; i < b->N * D; i++)
    largest = fmax (largest, fabs (b->x[i]));
  const double q = 60 + 2 * d * d;
  const double error =
      u * (16 * (d + 2) * b->kappa * q * sqrt (d) + 2 * largest * b->kappa * q);
  const double y = f->iteration (2, &fast, b->N, b->x, r);
  lvm_gmm_roots *w = lvm_gmm_roots_alloc (K, D);
  lvm_gmm_factorise (&plain, w);
  const double expected_y = lvm_gmm_e_step (&plain, w, b->N, b->x, b->r, NULL);
  lvm_gmm_m_step (&plain, b->N, b->x, b->r, &(lvm_gmm_prior){ 0, NULL });
  lvm_gmm_roots_free (w);
  lvm_equal (j, "log-likelihood", y, expected_y,
             N * error + N * u * fabs (expected_y));
  for (size_t i = 0; i < b->N * K; i++)
    lvm_equal (j, "r_nk", r[i], b->r[i], 2 * error);
  for (size_t k = 0; k < K; k++)
    if (plain.weight[k] * N > d + 2)
      {
        lvm_equal (j, "weight", fast.weight[k], plain.weight[k], 2 * error + N * u);
        for (size_t i = k * D; i < (k + 1) * D; i++)
          lvm_equal (j, "mean", fast.mean[i], plain.mean[i],
                     40 * error + 4 * N * u * largest);
        for (size_t i = k * D * D; i < (k + 1) * D * D; i++)
          lvm_equal (j, "covariance", fast.covariance[i], plain.covariance[i],
                     100 * error + 40 * N * u * (10 + largest));
      }
}

/* The number of threads does not matter, to the bit.  */
static void
gmm_threads (lvm_judge *j, const void *ops, int corner)
{
  const fast_ops *f = ops;
  static const int threads[] = { 2, 3, 7 };
  const big *b = draw_big (j, corner);
  const size_t K = b->g.K, D = b->g.D;
  lvm_gmm alone = fork_gmm (j, b);
  const double y = f->iteration (1, &alone, b->N, b->x, b->r);
  for (int t = 0; t < 3; t++)
    {
      lvm_gmm many = fork_gmm (j, b);
      double *r = lvm_take (j, b->N * K, sizeof *r);
      lvm_exactly (j, "log-likelihood",
                   f->iteration (threads[t], &many, b->N, b->x, r), y);
      lvm_exactly (j, "r", memcmp (r, b->r, b->N * K * sizeof *r), 0);
      for (size_t i = 0; i < K * D; i++)
        lvm_exactly (j, "mean", many.mean[i], alone.mean[i]);
      for (size_t i = 0; i < K * D * D; i++)
        lvm_exactly (j, "covariance", many.covariance[i], alone.covariance[i]);
    }
}

/* --- what each kind keeps of the symmetry ------------------------------------ */

/* A map that the kind allows: any invertible one for full and tied; a scaling of the axes and
   their reversal for diagonal; a scaled rotation of the first two axes for spherical.  */
static void
draw_map (gsl_rng *g, lvm_covariance kind, size_t D, double A[])
{
  const double scale = exp (gsl_ran_gaussian (g, 0.5)),
               angle = gsl_ran_flat (g, 0, 2 * M_PI);
  for (size_t i = 0; i < D * D; i++)
    {
      const size_t row = i / D, column = i % D;
      if (kind == LVM_FULL || kind == LVM_TIED)
        A[i] = (row == column ? 2 : 0) + gsl_ran_flat (g, -0.6, 0.6);
      else if (kind == LVM_DIAGONAL)
        A[i] = row + column == D - 1 ? exp (gsl_ran_gaussian (g, 0.5)) : 0;
      else
        A[i] = row == column ? scale : 0;
    }
  if (kind == LVM_SPHERICAL && D > 1)
    {
      A[0] = A[D + 1] = scale * cos (angle);
      A[1] = -(A[D] = scale * sin (angle));
    }
}

static void
gmm_kinds_equivariance (lvm_judge *j, const void *ops, int corner)
{
  const kinds_ops *f = ops;
  for (lvm_covariance kind = LVM_FULL; kind <= LVM_TIED; kind++)
    {
      problem *p = draw_problem (j, corner), *q = copy_problem (j, p);
      const double *r = draw_responsibilities (j, p);
      double A[MOST_D * MOST_D], b[MOST_D];
      draw_map (lvm_cases (j), kind, p->D, A);
      for (size_t d = 0; d < p->D; d++)
        b[d] = gsl_ran_gaussian (lvm_cases (j), 5);
      transform (q, A, b);
      lvm_gmm g = view (p->K, p->D, p->weight, p->mean, p->covariance),
              h = view (q->K, q->D, q->weight, q->mean, q->covariance);
      g.kind = h.kind = kind;
      f->m_step (&g, p->N, p->x, r, &(lvm_gmm_prior){ 0, NULL });
      f->m_step (&h, q->N, q->x, r, &(lvm_gmm_prior){ 0, NULL });
      transform (p, A, b);
      const double scale = scale_of (p) + scale_of (q), N = (double) p->N;
      for (size_t i = 0; i < p->K * p->D; i++)
        lvm_equal (j, "mean", q->mean[i], p->mean[i], 100 * N * u * (1 + scale));
      for (size_t i = 0; i < p->K * p->D * p->D; i++)
        lvm_equal (j, lvm_covariance_names[kind], q->covariance[i],
                   p->covariance[i], 100 * N * u * (1 + scale) * (1 + scale));
    }
}

/* --- derivatives of Q ------------------------------------------------------------------------------------- */

/* The gradient along one entry of the mean of component 0, against differences of Q.  */
static void
gmm_mean_gradient (lvm_judge *j, const void *ops, int corner)
{
  const derivative_ops *f = ops;
  problem *p = draw_problem (j, corner);
  const double *r = draw_responsibilities (j, p);
  double inverse[MOST_D * MOST_D], gradient[MOST_D], error[6], ignored;
  double *own = lvm_take (j, p->N, sizeof *own);
  const size_t d = gsl_rng_uniform_int (lvm_cases (j), p->D);
  const double at = p->mean[d];
  for (size_t n = 0; n < p->N; n++)
    own[n] = r[n * p->K];
  invert (p->D, p->covariance, inverse);
  f->mean_gradient (p->N, p->D, p->x, own, p->mean, inverse, gradient);
  for (int s = 0; s < 6; s++)
    {
      const double h = ldexp (0.5, -s);
      p->mean[d] = at + h;
      const double up = q_of (j, p, r, &ignored);
      p->mean[d] = at - h;
      error[s] = fabs ((up - q_of (j, p, r, &ignored)) / (2 * h) - gradient[d]);
    }
  /* Q is quadratic in the mean: central differences are exact up to rounding.  */
  for (int s = 0; s < 6; s++)
    lvm_off (j, "gradient", gradient[d], error[s],
             1e-8 * (1 + fabs (gradient[d]) + fabs (at)));
}

/* The same for the covariance, along a symmetric direction.  */
static void
gmm_covariance_gradient (lvm_judge *j, const void *ops, int corner)
{
  const derivative_ops *f = ops;
  problem *p = draw_problem (j, corner);
  const double *r = draw_responsibilities (j, p);
  double inverse[MOST_D * MOST_D], gradient[MOST_D * MOST_D], error[9],
      rounding = 0, slope = 0;
  double direction[MOST_D * MOST_D], *own = lvm_take (j, p->N, sizeof *own);
  const problem start = *p;
  for (size_t n = 0; n < p->N; n++)
    own[n] = r[n * p->K];
  invert (p->D, p->covariance, inverse);
  f->covariance_gradient (p->N, p->D, p->x, own, p->mean, inverse, gradient);
  for (size_t i = 0; i < p->D; i++)
    for (size_t e = 0; e <= i; e++)
      direction[i * p->D + e] = direction[e * p->D + i] =
          gsl_ran_flat (lvm_cases (j), -0.1, 0.1);
  for (size_t i = 0; i < p->D * p->D; i++)
    slope += gradient[i] * direction[i];
  for (int s = 0; s < 9; s++)
    {
      const double h = ldexp (0.5, -s);
      double side[2];
      for (int k = 0; k < 2; k++)
        {
          for (size_t i = 0; i < p->D * p->D; i++)
            p->covariance[i] =
                start.covariance[i] + (k == 0 ? h : -h) * direction[i];
          side[k] = q_of (j, p, r, &rounding);
        }
      error[s] = fabs ((side[0] - side[1]) / (2 * h) - slope);
    }
  lvm_order (j, "order of central differences", 9, error, 2,
             rounding / ldexp (0.5, -8));
}

/* ln N(m | m, sigma^2 I), by the density itself.  */
static void
gmm_collapse (lvm_judge *j, const void *ops, int corner)
{
  const derivative_ops *f = ops;
  const double sigma = pow (10, gsl_ran_flat (lvm_cases (j), -8, 1));
  const size_t D = 1 + (size_t) (corner < 0 ? 0 : corner);
  double log_density = 0;
  for (size_t d = 0; d < D; d++)
    log_density += log (gsl_ran_gaussian_pdf (0, sigma));
  lvm_equal (j, "log density", f->collapsed_log_density (D, sigma), log_density,
             8 * (double) D * u * (1 + fabs (log_density)));
}

/* --- k-means as the limit ------------------------------------------------------------------------------------ */

/* -2 sigma^2 ln of the mixture, without its constants, lies between the k-means objective less
   2 sigma^2 N ln K and that objective.  */
static void
kmeans_limit (lvm_judge *j, const void *ops, int corner)
{
  const em_ops *f = ops;
  problem *p = draw_problem (j, corner);
  const size_t D = p->D;
  double hard = 0;
  for (size_t n = 0; n < p->N; n++)
    {
      double nearest = INFINITY;
      for (size_t k = 0; k < p->K; k++)
        {
          double q = 0;
          for (size_t d = 0; d < D; d++)
            q += pow (p->x[n * D + d] - p->mean[k * D + d], 2);
          nearest = fmin (nearest, q);
        }
      hard += nearest;
    }
  for (double sigma = 1; sigma > 1e-4; sigma /= 10)
    {
      const double N = (double) p->N, K = (double) p->K;
      for (size_t k = 0; k < p->K; k++)
        p->weight[k] = 1 / K;
      for (size_t i = 0; i < p->K * D * D; i++)
        p->covariance[i] = i % (D * D) % (D + 1) == 0 ? sigma * sigma : 0;
      const double y = f->log_likelihood (p->N, D, p->K, p->x, p->weight, p->mean,
                                          p->covariance);
      const double soft =
          -2 * sigma * sigma
          * (y + N * log (K) + N * (double) D * log (sqrt (2 * M_PI) * sigma));
      const double slack = 100 * N * u * (hard + sigma * sigma * N * 50);
      lvm_at_most (j, "soft over hard", soft, hard, slack);
      lvm_at_least (j, "soft under hard", soft,
                    hard - 2 * sigma * sigma * N * log (K), slack);
    }
}

/* The average of the smaller responsibility over [-a, a], by Gauss-Legendre in panels on either
   side of the kink at zero; its error is the difference between two orders.  */
static double
average_smaller (lvm_judge *j, const em_ops *f, double a, double d, double sigma,
                 size_t order)
{
  enum
  {
    PANELS = 40 /* on each side, narrower towards zero */
  };
  const double weight[2] = { 0.5, 0.5 }, mean[2] = { -d / 2, d / 2 },
               covariance[2] = { sigma * sigma, sigma * sigma };
  const size_t N = 2 * PANELS * order;
  double *x = lvm_take (j, N, sizeof *x), *w = lvm_take (j, N, sizeof *w),
         *r = lvm_take (j, 2 * N, sizeof *r), sum = 0;
  gsl_integration_glfixed_table *t = gsl_integration_glfixed_table_alloc (order);
  for (size_t panel = 0, n = 0; panel < PANELS; panel++)
    for (size_t i = 0; i < order; i++, n += 2)
      {
        gsl_integration_glfixed_point (a * pow ((double) panel / PANELS, 2),
                                       a * pow ((double) (panel + 1) / PANELS, 2),
                                       i, x + n, w + n, t);
        x[n + 1] = -x[n];
        w[n + 1] = w[n];
      }
  gsl_integration_glfixed_table_free (t);
  f->e_step (N, 1, 2, x, weight, mean, covariance, r);
  for (size_t n = 0; n < N; n++)
    sum += w[n] * fmin (r[2 * n], r[2 * n + 1]);
  return sum / (2 * a);
}

static void
kmeans_population (lvm_judge *j, const void *ops, int corner)
{
  gsl_rng *g = lvm_cases (j);
  const double a = 1 + 3 * gsl_rng_uniform (g), d = a * (0.5 + gsl_rng_uniform (g));
  (void) corner;
  for (double sigma = 2; sigma > 0.05; sigma /= 2)
    {
      const double strip = sigma * sigma / (a * d);
      const double fine = average_smaller (j, ops, a, d, sigma, 12),
                   coarse = average_smaller (j, ops, a, d, sigma, 8);
      lvm_equal (j, "average of the smaller responsibility", fine,
                 strip * (M_LN2 - log1p (exp (-1 / strip))),
                 fabs (fine - coarse) + 1e3 * u);
    }
}

/* ------------------------------------------------------------------------------------------------------------------ */

#define ON_EM(label, kind, random, judge)                                          \
  {                                                                                \
    label, kind, &em_interface, CORNERS, random, 0, judge, LVM_HERE                \
  }
#define ON_KINDS(label, kind, random, judge)                                       \
  {                                                                                \
    label, kind, &kinds_interface, CORNERS, random, 0, judge, LVM_HERE             \
  }
#define ON_DERIVATIVES(label, kind, random, judge)                                 \
  {                                                                                \
    label, kind, &derivative_interface, CORNERS, random, 0, judge, LVM_HERE        \
  }

static const lvm_claim claims[] = {
  ON_EM ("gmm-e-step", LVM_IDENTITY, 60, gmm_e_step),
  ON_EM ("em-bound", LVM_INEQUALITY, 60, em_bound),
  ON_EM ("em-tight", LVM_IDENTITY, 60, em_tight),
  ON_EM ("em-monotone", LVM_INEQUALITY, 40, em_monotone),
  ON_EM ("em-gain", LVM_IDENTITY, 40, em_gain),
  ON_EM ("em-fisher", LVM_DERIVATIVE, 40, em_fisher),
  ON_EM ("gmm-m-weight", LVM_OPTIMUM, 30, gmm_m_weight),
  ON_EM ("gmm-m-mean", LVM_OPTIMUM, 30, gmm_m_mean),
  ON_EM ("gmm-m-covariance", LVM_OPTIMUM, 30, gmm_m_covariance),
  { "gmm-m-unrelated", LVM_OPTIMUM, &em_interface, 0, 20, 0, gmm_m_unrelated,
    LVM_HERE },
  ON_EM ("gmm-one", LVM_REDUCTION, 30, gmm_one),
  ON_EM ("gmm-equivariance", LVM_IDENTITY, 30, gmm_equivariance),
  ON_EM ("gmm-symmetric", LVM_EXACT, 20, gmm_symmetric),
  { "em-rate", LVM_REDUCTION, &em_interface, 3, 0, 0, em_rate, LVM_HERE },
  ON_EM ("kmeans-limit", LVM_REDUCTION, 30, kmeans_limit),
  { "kmeans-population", LVM_QUADRATURE, &em_interface, 0, 20, 0, kmeans_population,
    LVM_HERE },
  { "gmm-fast", LVM_IDENTITY, &fast_interface, FAST_CORNERS, 30, 0, gmm_fast,
    LVM_HERE },
  { "gmm-threads", LVM_EXACT, &fast_interface, FAST_CORNERS, 20, 0, gmm_threads,
    LVM_HERE },
  ON_KINDS ("gmm-m-diagonal", LVM_OPTIMUM, 30, gmm_m_diagonal),
  ON_KINDS ("gmm-m-spherical", LVM_OPTIMUM, 30, gmm_m_spherical),
  ON_KINDS ("gmm-m-tied", LVM_OPTIMUM, 30, gmm_m_tied),
  ON_KINDS ("gmm-kinds-equivariance", LVM_IDENTITY, 20, gmm_kinds_equivariance),
  ON_KINDS ("gmm-moments", LVM_IDENTITY, 30, gmm_moments),
  ON_KINDS ("gmm-m-map", LVM_OPTIMUM, 15, gmm_m_map),
  ON_KINDS ("gmm-map-monotone", LVM_INEQUALITY, 30, gmm_map_monotone),
  ON_DERIVATIVES ("gmm-mean-gradient", LVM_DERIVATIVE, 40, gmm_mean_gradient),
  ON_DERIVATIVES ("gmm-covariance-gradient", LVM_DERIVATIVE, 40,
                  gmm_covariance_gradient),
  ON_DERIVATIVES ("gmm-collapse", LVM_IDENTITY, 40, gmm_collapse)
};

const lvm_suite lvm_chapter_suite = { "02-gaussian-mixture", claims,
                                      sizeof claims / sizeof *claims, derivations,
                                      sizeof derivations / sizeof *derivations };
