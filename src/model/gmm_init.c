/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/gmm_init.h"

#include <float.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "model/clusters.h"
#include "num/cholesky.h"
#include "num/error.h"
#include "prob/draw.h"

const char *const lvm_gmm_how_names[] = { "kmeans", "random", NULL };

/* --- points -------------------------------------------------------------- */

static bool
same_point (size_t D, const double a[], const double b[])
{
  for (size_t d = 0; d < D; d++)
    if (a[d] != b[d])
      return false;
  return true;
}

/* Whether a point is among K others.  */
static bool
is_among (size_t D, const double point[], size_t K, const double others[])
{
  for (size_t k = 0; k < K; k++)
    if (same_point (D, point, others + k * D))
      return true;
  return false;
}

size_t
lvm_gmm_distinct (size_t N, size_t D, const double x[], size_t most)
{
  double *found = lvm_alloc ((most < N ? most : N) * D, sizeof *found);
  size_t count = 0;
  for (size_t n = 0; n < N && count < most; n++)
    if (!is_among (D, x + n * D, count, found))
      memcpy (found + count++ * D, x + n * D, D * sizeof *found);
  free (found);
  return count;
}

/* --- what is degenerate -------------------------------------------------- */

/* Factorises the leading d rows and columns of a [D x D] into root [d x d].
   Value: whether a pivot is too small.  Comparisons are such that a NaN is.  */
static bool
is_singular (size_t D, size_t d, const double a[], const double scale[],
             double root[])
{
  for (size_t i = 0; i < d; i++)
    memcpy (root + i * d, a + i * D, d * sizeof *root);
  if (lvm_cholesky (d, root) != 0)
    return true;
  for (size_t i = 0; i < d; i++)
    if (!(root[i * d + i] * root[i * d + i]
          >= LVM_GMM_DEGENERATE * scale[i * D + i]))
      return true;
  return false;
}

static bool
is_degenerate (const lvm_gmm *g, size_t k, size_t N, const double scale[],
               double root[])
{
  const size_t D = g->D;
  return !(g->weight[k] * (double) N >= LVM_GMM_DEGENERATE)
         || is_singular (D, D, g->covariance + k * D * D, scale, root);
}

size_t
lvm_gmm_degenerate (const lvm_gmm *g, lvm_gmm_roots *w, size_t N,
                    const double scale[])
{
  const size_t D = g->D;
  for (size_t k = 0; k < g->K; k++)
    {
      double *root = w->root + k * D * D;
      if (is_degenerate (g, k, N, scale, root))
        return k;
      w->log_det[k] = lvm_cholesky_log_det (D, root);
    }
  return g->K;
}

/* By bisection: where some columns are dependent, so are those and more.  */
size_t
lvm_gmm_dependent (size_t D, const double scale[])
{
  double *root = lvm_alloc (D * D, sizeof *root);
  size_t good = 0, bad = D + 1;
  if (!is_singular (D, D, scale, scale, root))
    good = D;
  while (bad - good > 1)
    {
      const size_t middle = good + (bad - good) / 2;
      if (is_singular (D, middle, scale, scale, root))
        bad = middle;
      else
        good = middle;
    }
  free (root);
  return good;
}

/* --- random -------------------------------------------------------------- */

/* Means: points drawn at random; where a point is there already, the next that
   is not.  */
static void
start_at_random (lvm_gmm *g, size_t N, const double x[], gsl_rng *rng,
                 const double scale[])
{
  const size_t K = g->K, D = g->D;
  for (size_t k = 0; k < K; k++)
    {
      size_t n = lvm_draw_place (rng, N);
      while (is_among (D, x + n * D, k, g->mean))
        n = (n + 1) % N;
      memcpy (g->mean + k * D, x + n * D, D * sizeof *x);
      memcpy (g->covariance + k * D * D, scale, D * D * sizeof *scale);
      g->weight[k] = 1 / (double) K;
    }
}

/* --- k-means ------------------------------------------------------------- */

typedef struct
{
  lvm_clusters *of; /* the points in clusters */
  size_t D;
  const double *x; /* [N x D]                 */
  double *centre;  /* [K x D] the mixture's means */
} clusters;

/* |a - b|^2, or some number above the limit.  Four sums at a time, since a single one
   would wait for itself; one comparison for sixteen, since it is often in vain.  */
static inline double
square_distance (size_t D, const double a[], const double b[], double limit)
{
  double sum = 0;
  size_t d = 0;
  for (; d + 4 <= D; d += 4)
    {
      const double e0 = a[d] - b[d], e1 = a[d + 1] - b[d + 1],
                   e2 = a[d + 2] - b[d + 2], e3 = a[d + 3] - b[d + 3];
      sum += (e0 * e0 + e1 * e1) + (e2 * e2 + e3 * e3);
      if (d % 16 == 12 && sum > limit)
        return sum;
    }
  for (; d < D; d++)
    sum += (a[d] - b[d]) * (a[d] - b[d]);
  return sum;
}

static void
seed (clusters *c, gsl_rng *rng)
{
  const size_t D = c->D;
  lvm_clusters_begin (c->of);
  for (size_t k = 0; k < c->of->K; k++)
    {
      double *centre = c->centre + k * D;
      memcpy (centre, c->x + lvm_clusters_draw (c->of, rng) * D,
              D * sizeof *centre);
      for (size_t n = 0; n < c->of->N; n++)
        lvm_clusters_offer (
            c->of, n, k,
            square_distance (D, c->x + n * D, centre, c->of->nearest[n]));
    }
}

/* Centres: the means of their points.  */
static void
move_centres (clusters *c)
{
  const size_t D = c->D;
  for (size_t i = 0; i < c->of->K * D; i++)
    c->centre[i] = 0;
  for (size_t n = 0; n < c->of->N; n++)
    for (size_t d = 0; d < D; d++)
      c->centre[(size_t) c->of->owner[n] * D + d] += c->x[n * D + d];
  for (size_t k = 0; k < c->of->K; k++)
    for (size_t d = 0; d < D; d++)
      c->centre[k * D + d] /= c->of->count[k];
}

/* Gives point n to its nearest centre, the first of several.  Its own is tried
   first, since from a small distance most others are soon given up.
   Returned  whether it moved.  */
static bool
assign (clusters *c, size_t n)
{
  const double *x = c->x + n * c->D;
  const size_t own = (size_t) c->of->owner[n];
  size_t best = own;
  double square = square_distance (c->D, x, c->centre + own * c->D, DBL_MAX);
  for (size_t k = 0; k < c->of->K; k++)
    {
      if (k == own)
        continue;
      const double other = square_distance (c->D, x, c->centre + k * c->D, square);
      if (other < square || (other == square && k < best))
        {
          square = other;
          best = k;
        }
    }
  c->of->nearest[n] = square;
  c->of->owner[n] = (int) best;
  return best != own;
}

static void
kmeans (clusters *c)
{
  bool moved = true;
  for (int i = 0; i < LVM_KMEANS_ITERATIONS && moved; i++)
    {
      lvm_clusters_fill (c->of);
      move_centres (c);
      moved = false;
      for (size_t n = 0; n < c->of->N; n++)
        moved = assign (c, n) || moved;
    }
}

/* N_k S_k around the centres.  */
static void
scatter_of (const clusters *c, double scatter[])
{
  const size_t D = c->D;
  for (size_t i = 0; i < c->of->K * D * D; i++)
    scatter[i] = 0;
  for (size_t n = 0; n < c->of->N; n++)
    {
      const size_t k = (size_t) c->of->owner[n];
      const double *x = c->x + n * D, *m = c->centre + k * D;
      double *s = scatter + k * D * D;
      for (size_t i = 0; i < D; i++)
        for (size_t j = 0; j < D; j++)
          s[i * D + j] += (x[i] - m[i]) * (x[j] - m[j]);
    }
}

/* Components whose covariance is degenerate begin with the scale.  */
static void
mend (lvm_gmm *g, size_t N, const double scale[])
{
  const size_t size = g->D * g->D;
  double *root = lvm_alloc (size, sizeof *root);
  for (size_t k = 0; k < g->K; k++)
    if (is_degenerate (g, k, N, scale, root))
      memcpy (g->covariance + k * size, scale, size * sizeof *scale);
  free (root);
}

static void
start_with_kmeans (lvm_gmm *g, size_t N, const double x[], gsl_rng *rng,
                   const lvm_gmm_prior *prior, const double scale[])
{
  /* The large ones last: freed from the heap's end they leave no hole.  */
  double *scatter = lvm_alloc (g->K * g->D * g->D, sizeof *scatter);
  clusters c = {
    .of = lvm_clusters_alloc (N, g->K), .D = g->D, .x = x, .centre = g->mean
  };
  seed (&c, rng);
  kmeans (&c);
  lvm_clusters_fill (c.of);
  move_centres (&c);
  scatter_of (&c, scatter);
  lvm_gmm_set_from_scatter (g, c.of->count, scatter, prior);
  lvm_clusters_free (c.of);
  free (scatter);
  mend (g, N, scale);
}

int
lvm_gmm_start (lvm_gmm *g, size_t N, const double x[], lvm_gmm_how how,
               gsl_rng *rng, const lvm_gmm_prior *prior, const double scale[])
{
  if (lvm_gmm_distinct (N, g->D, x, g->K) < g->K)
    return 1;
  if (how == LVM_RANDOM)
    start_at_random (g, N, x, rng, scale);
  else
    start_with_kmeans (g, N, x, rng, prior, scale);
  return 0;
}

/* --- draws --------------------------------------------------------------- */

/* L e in place: row d needs the first d numbers of e only.  */
size_t
lvm_gmm_draw (const lvm_gmm *g, const lvm_gmm_roots *w, gsl_rng *rng, double x[])
{
  const size_t D = g->D, k = lvm_draw_from (rng, g->K, g->weight, 1);
  const double *mean = g->mean + k * D, *root = w->root + k * D * D;
  for (size_t d = 0; d < D; d++)
    x[d] = gsl_ran_gaussian (rng, 1);
  for (size_t i = D; i-- > 0;)
    {
      double sum = 0;
      for (size_t j = 0; j <= i; j++)
        sum += root[i * D + j] * x[j];
      x[i] = mean[i] + sum;
    }
  return k;
}
