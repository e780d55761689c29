/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Chapter 6: bounds without drawing.  In two dimensions a grid of latents knows the
   evidence, the posterior, and the bound of any Gaussian q.  */

#include "bounds.h"

#include <gsl/gsl_multimin.h>
#include <math.h>
#include <stdlib.h>

#include "num/error.h"
#include "num/log_sum_exp.h"
#include "prob/importance.h"

void
exact_set_evidence (exact *e)
{
  const size_t cells = e->g.side * e->g.side;
  double *l = lvm_alloc (cells, sizeof *l);
  for (size_t m = 0; m < e->M; m++)
    {
      for (size_t i = 0; i < cells; i++)
        l[i] = (double) e->log_likelihood[m * cells + i];
      e->evidence[m] = lvm_latent_evidence (&e->g, l, NULL);
    }
  free (l);
}

double
oval_kl (const oval *q)
{
  const double variances[2] = { 2 * q->log_sd[0], 2 * q->log_sd[1] };
  return lvm_kl_standard (2, q->mean, variances);
}

/* --- the points of the grid that q can see ------------------------------------------ */

typedef struct
{
  size_t n;
  double *weight, *log_likelihood, *log_prior, *log_q; /* [n] */
  double unscaled;
} view;

static size_t
clamp (double at, size_t n)
{
  return at <= 0 ? 0 : at >= (double) n ? n : (size_t) at;
}

/* The rows (d = 0) or columns within 6.5 deviations of q.  */
static void
range (const lvm_latent_grid *g, const oval *q, int d, size_t *from, size_t *to)
{
  const double c = cos (q->angle), s = sin (q->angle), a = exp (q->log_sd[0]),
               b = exp (q->log_sd[1]),
               wide = 6.5 * (d == 0 ? hypot (c * a, s * b) : hypot (s * a, c * b)),
               step = lvm_latent_step (g),
               centre = (q->mean[d] + g->reach) / step - 0.5;
  *from = clamp (ceil (centre - wide / step), g->side);
  *to = clamp (floor (centre + wide / step) + 1, g->side);
}

static view
look (const exact *e, size_t m, const oval *q)
{
  const lvm_latent_grid *g = &e->g;
  const float *l = e->log_likelihood + m * g->side * g->side;
  const double c = cos (q->angle), s = sin (q->angle), a = exp (-q->log_sd[0]),
               b = exp (-q->log_sd[1]), log_2pi = log (2 * M_PI),
               norm = -q->log_sd[0] - q->log_sd[1] - log_2pi;
  size_t row, rows, column, columns;
  range (g, q, 0, &row, &rows);
  range (g, q, 1, &column, &columns);
  const size_t most =
      (rows > row ? rows - row : 0) * (columns > column ? columns - column : 0);
  double *memory = lvm_alloc (4 * most, sizeof *memory);
  view v = { 0, memory, memory + most, memory + 2 * most, memory + 3 * most, 0 };
  for (size_t i = row; i < rows; i++)
    for (size_t j = column; j < columns; j++)
      {
        const double x = lvm_latent_at (g, i), y = lvm_latent_at (g, j),
                     dx = x - q->mean[0], dy = y - q->mean[1],
                     u = a * (c * dx + s * dy), w = b * (c * dy - s * dx);
        v.log_likelihood[v.n] = (double) l[i * g->side + j];
        v.log_prior[v.n] = -0.5 * (x * x + y * y) - log_2pi;
        v.log_q[v.n] = norm - 0.5 * (u * u + w * w);
        v.weight[v.n] = exp (v.log_q[v.n]);
        v.unscaled += v.weight[v.n++];
      }
  for (size_t i = 0; i < v.n; i++)
    v.weight[i] /= v.unscaled;
  v.unscaled *= lvm_latent_step (g) * lvm_latent_step (g);
  return v;
}

void
oval_moments (const exact *e, size_t m, const oval *q, lvm_elbo_moments *moments,
              double *unscaled)
{
  view v = look (e, m, q);
  lvm_elbo_average (v.n, v.weight, v.log_likelihood, v.log_prior, v.log_q, moments);
  if (unscaled != NULL)
    *unscaled = v.unscaled;
  free (v.weight);
}

double
oval_bound (const exact *e, size_t m, const oval *q)
{
  view v = look (e, m, q);
  double sum = v.n > 0 ? 0 : -INFINITY;
  for (size_t i = 0; i < v.n; i++)
    sum += v.weight[i] * v.log_likelihood[i];
  free (v.weight);
  return sum - oval_kl (q);
}

double
oval_importance (const exact *e, size_t m, const oval *q, size_t S)
{
  view v = look (e, m, q);
  for (size_t i = 0; i < v.n; i++)
    v.log_likelihood[i] += v.log_prior[i] - v.log_q[i];
  const double bound = lvm_importance_expected (S, v.n, v.weight, v.log_likelihood);
  free (v.weight);
  return bound;
}

/* --- the best q ------------------------------------------------------------------------- */

typedef struct
{
  const exact *e;
  size_t m;
  double angle; /* where it is not free */
} search;

static oval
oval_of (const search *s, const gsl_vector *p)
{
  return (oval){ { gsl_vector_get (p, 0), gsl_vector_get (p, 1) },
                 p->size > 4 ? gsl_vector_get (p, 4) : s->angle,
                 { gsl_vector_get (p, 2), gsl_vector_get (p, 3) } };
}

static double
loss (const gsl_vector *p, void *params)
{
  const search *s = params;
  const oval q = oval_of (s, p);
  return -oval_bound (s->e, s->m, &q);
}

double
oval_fit (const exact *e, size_t m, oval *q, bool free_angle)
{
  const size_t n = free_angle ? 5 : 4;
  const double at[5] = { q->mean[0], q->mean[1], q->log_sd[0], q->log_sd[1],
                         q->angle },
               wide = fmin (exp (q->log_sd[0]), exp (q->log_sd[1])),
               steps[5] = { wide, wide, 0.3, 0.3, 0.4 };
  search s = { e, m, q->angle };
  gsl_multimin_function f = { loss, n, &s };
  gsl_vector_const_view start = gsl_vector_const_view_array (at, n),
                        size = gsl_vector_const_view_array (steps, n);
  gsl_multimin_fminimizer *w =
      gsl_multimin_fminimizer_alloc (gsl_multimin_fminimizer_nmsimplex2, n);
  gsl_multimin_fminimizer_set (w, &f, &start.vector, &size.vector);
  for (int i = 0; i < 400; i++)
    if (gsl_multimin_fminimizer_iterate (w) != 0
        || gsl_multimin_fminimizer_size (w) < 2e-4)
      break;
  *q = oval_of (&s, w->x);
  const double bound = -w->fval;
  gsl_multimin_fminimizer_free (w);
  return bound;
}
