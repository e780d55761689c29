/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Chapter 6: the latent space.  The aggregate of all q(z | x_n) beside the prior, the
   digits' territories, and neighbours.  */

#include "latent.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "num/error.h"
#include "num/log_sum_exp.h"

/* --- the aggregate ----------------------------------------------------------------- */

static void
add_moments (aggregate *a, const codes *q)
{
  const double share = 1. / (double) q->N;
  for (size_t n = 0; n < q->N; n++)
    {
      const double *m = q->mean + 2 * n, *l = q->log_variance + 2 * n;
      for (int d = 0; d < 2; d++)
        {
          a->mean[d] += share * m[d];
          a->second[2 * d] += share * (m[d] * m[d] + exp (l[d]));
          a->entropy_q += share * 0.5 * (log (2 * M_PI * M_E) + l[d]);
        }
      a->second[1] += share * m[0] * m[1];
    }
  a->log_prior_mean = -log (2 * M_PI) - 0.5 * (a->second[0] + a->second[2]);
}

/* One digit's part of the density.  */
static double *
part_of_digit (const codes *q, const lvm_latent_grid *g, int digit)
{
  const size_t cells = g->side * g->side;
  double *density = lvm_alloc (cells, sizeof *density),
         *mean = lvm_alloc (2 * q->N, sizeof *mean),
         *log_variance = lvm_alloc (2 * q->N, sizeof *log_variance);
  size_t N = 0;
  memset (density, 0, cells * sizeof *density);
  for (size_t n = 0; n < q->N; n++)
    if (q->label[n] == digit)
      {
        memcpy (mean + 2 * N, q->mean + 2 * n, 2 * sizeof *mean);
        memcpy (log_variance + 2 * N, q->log_variance + 2 * n, 2 * sizeof *mean);
        N++;
      }
  if (N > 0)
    lvm_latent_aggregate (g, N, mean, log_variance, density);
  for (size_t i = 0; i < cells; i++)
    density[i] *= (double) N / (double) q->N;
  free (mean);
  free (log_variance);
  return density;
}

aggregate *
aggregate_alloc (const codes *q, const lvm_latent_grid *g)
{
  aggregate *a = lvm_alloc (1, sizeof *a);
  const size_t cells = g->side * g->side;
  *a = (aggregate){ .g = *g, .density = lvm_alloc (cells, sizeof (double)) };
  memset (a->density, 0, cells * sizeof *a->density);
  for (int d = 0; d < DIGITS; d++)
    {
      a->of_digit[d] = part_of_digit (q, g, d);
      for (size_t i = 0; i < cells; i++)
        a->density[i] += a->of_digit[d][i];
    }
  add_moments (a, q);
  return a;
}

void
aggregate_free (aggregate *a)
{
  free (a->density);
  for (int d = 0; d < DIGITS; d++)
    free (a->of_digit[d]);
  free (a);
}

double
aggregate_gaussian_part (const aggregate *a)
{
  const double *m = a->mean, *s = a->second, xx = s[0] - m[0] * m[0],
               xy = s[1] - m[0] * m[1], yy = s[2] - m[1] * m[1];
  return 0.5 * (s[0] + s[2] - 2 - log (xx * yy - xy * xy));
}

static double
prior_at (const lvm_latent_grid *g, size_t i)
{
  const double x = lvm_latent_at (g, i / g->side),
               y = lvm_latent_at (g, i % g->side);
  return exp (-0.5 * (x * x + y * y)) / (2 * M_PI);
}

double
aggregate_distance (const aggregate *a)
{
  const double step = lvm_latent_step (&a->g);
  double sum = 0;
  for (size_t i = 0; i < a->g.side * a->g.side; i++)
    sum += fabs (a->density[i] - prior_at (&a->g, i));
  return sum * step * step / 2;
}

/* --- territories ----------------------------------------------------------------------- */

/* The likeliest digit of each cell, -1 where the aggregate is thin.  */
static int *
owners (const aggregate *a, double thin)
{
  const size_t cells = a->g.side * a->g.side;
  int *owner = lvm_alloc (cells, sizeof *owner);
  for (size_t i = 0; i < cells; i++)
    {
      double part[DIGITS];
      for (int d = 0; d < DIGITS; d++)
        part[d] = a->of_digit[d][i];
      owner[i] = a->density[i] < thin * prior_at (&a->g, i)
                     ? -1
                     : (int) lvm_argmax (DIGITS, part);
    }
  return owner;
}

/* Takes the piece around a cell away, and says how much of its digit it held.  */
static double
take_piece (const aggregate *a, int owner[], size_t cell, size_t stack[])
{
  const size_t n = a->g.side;
  const int digit = owner[cell];
  size_t top = 0;
  double sum = 0;
  stack[top++] = cell;
  owner[cell] = -1;
  while (top > 0)
    {
      const size_t at = stack[--top];
      const size_t next[4] = { at % n > 0 ? at - 1 : at,
                               at % n + 1 < n ? at + 1 : at, at >= n ? at - n : at,
                               at + n < n * n ? at + n : at };
      sum += a->of_digit[digit][at];
      for (int k = 0; k < 4; k++)
        if (owner[next[k]] == digit)
          {
            owner[next[k]] = -1;
            stack[top++] = next[k];
          }
    }
  return sum;
}

void
aggregate_territory (const aggregate *a, double least, double thin, territory *t)
{
  const size_t cells = a->g.side * a->g.side;
  int *owner = owners (a, thin);
  size_t *stack = lvm_alloc (cells, sizeof *stack);
  double total[DIGITS] = { 0 };
  *t = (territory){ .pieces = { 0 } };
  for (int d = 0; d < DIGITS; d++)
    for (size_t i = 0; i < cells; i++)
      total[d] += a->of_digit[d][i];
  for (size_t i = 0; i < cells; i++)
    if (owner[i] >= 0)
      {
        const int d = owner[i];
        const double part = take_piece (a, owner, i, stack) / total[d];
        t->pieces[d] += part >= least;
        t->all[d] += part;
        t->largest[d] = fmax (t->largest[d], part);
      }
  free (stack);
  free (owner);
}

/* --- neighbours ---------------------------------------------------------------------------- */

/* Keeps the k smallest distances, in order.  */
static void
insert (size_t k, double distance[], int label[], double d, int l)
{
  size_t i = k - 1;
  for (; i > 0 && distance[i - 1] > d; i--)
    {
      distance[i] = distance[i - 1];
      label[i] = label[i - 1];
    }
  distance[i] = d;
  label[i] = l;
}

void
nearest_votes (size_t M, const double others[], const int label[], size_t N,
               const double points[], size_t k, int vote[])
{
  double *distance = lvm_alloc (k, sizeof *distance);
  int *near = lvm_alloc (k, sizeof *near);
  for (size_t n = 0; n < N; n++)
    {
      double count[DIGITS] = { 0 };
      for (size_t i = 0; i < k; i++)
        distance[i] = INFINITY;
      for (size_t m = 0; m < M; m++)
        {
          const double x = others[2 * m] - points[2 * n],
                       y = others[2 * m + 1] - points[2 * n + 1], d = x * x + y * y;
          if (d < distance[k - 1])
            insert (k, distance, near, d, label[m]);
        }
      for (size_t i = 0; i < k; i++)
        count[near[i]]++;
      vote[n] = (int) lvm_argmax (DIGITS, count);
    }
  free (near);
  free (distance);
}
