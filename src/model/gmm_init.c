/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/gmm_init.h"

#include <float.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "num/cholesky.h"
#include "num/error.h"

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

/* From 0 to N - 1.  (u N rounds to N for no u <= 1 - 2^-53.)  */
static size_t
draw_place (gsl_rng *rng, size_t N)
{
  return (size_t) (gsl_rng_uniform (rng) * (double) N);
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
      size_t n = draw_place (rng, N);
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
  size_t N, K, D;
  const double *x; /* [N x D]                                       */
  double *centre;  /* [K x D] the mixture's means                   */
  double *nearest; /* [N] squared distance from the point's centre  */
  int *owner;      /* [N] whose point it is                         */
  double *count;   /* [K] how many points are its                   */
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

/* A point drawn with probability proportional to its `nearest'; their sum is
   known.  */
static size_t
draw_far (const clusters *c, gsl_rng *rng, double total)
{
  double left = gsl_rng_uniform (rng) * total;
  size_t last = 0;
  for (size_t n = 0; n < c->N && left >= 0; n++)
    if (c->nearest[n] > 0)
      {
        last = n;
        left -= c->nearest[n];
      }
  return last;
}

/* Centre k is point n: the points nearer to it than to their own centre go over.
   Returned  the sum of `nearest'.  */
static double
place_centre (clusters *c, size_t k, size_t n)
{
  double *centre = c->centre + k * c->D, total = 0;
  memcpy (centre, c->x + n * c->D, c->D * sizeof *centre);
  for (size_t i = 0; i < c->N; i++)
    {
      const double square =
          square_distance (c->D, c->x + i * c->D, centre, c->nearest[i]);
      if (square < c->nearest[i])
        {
          c->nearest[i] = square;
          c->owner[i] = (int) k;
        }
      total += c->nearest[i];
    }
  return total;
}

static void
seed (clusters *c, gsl_rng *rng)
{
  for (size_t n = 0; n < c->N; n++)
    {
      c->nearest[n] = DBL_MAX;
      c->owner[n] = 0;
    }
  double total = place_centre (c, 0, draw_place (rng, c->N));
  for (size_t k = 1; k < c->K; k++)
    total = place_centre (c, k, draw_far (c, rng, total));
}

static void
count_points (clusters *c)
{
  for (size_t k = 0; k < c->K; k++)
    c->count[k] = 0;
  for (size_t n = 0; n < c->N; n++)
    c->count[c->owner[n]]++;
}

/* The point farthest from its centre, among clusters of more than one point.  */
static size_t
farthest (const clusters *c)
{
  size_t best = 0;
  double square = -1;
  for (size_t n = 0; n < c->N; n++)
    if (c->nearest[n] > square && c->count[c->owner[n]] > 1)
      {
        square = c->nearest[n];
        best = n;
      }
  return best;
}

/* Gives every cluster a point.  */
static void
fill_empty (clusters *c)
{
  count_points (c);
  for (size_t k = 0; k < c->K; k++)
    if (c->count[k] == 0)
      {
        const size_t n = farthest (c);
        c->count[c->owner[n]]--;
        c->count[k] = 1;
        c->owner[n] = (int) k;
        c->nearest[n] = 0;
      }
}

/* Centres: the means of their points.  */
static void
move_centres (clusters *c)
{
  const size_t D = c->D;
  for (size_t i = 0; i < c->K * D; i++)
    c->centre[i] = 0;
  for (size_t n = 0; n < c->N; n++)
    for (size_t d = 0; d < D; d++)
      c->centre[(size_t) c->owner[n] * D + d] += c->x[n * D + d];
  for (size_t k = 0; k < c->K; k++)
    for (size_t d = 0; d < D; d++)
      c->centre[k * D + d] /= c->count[k];
}

/* Gives point n to its nearest centre, the first of several.  Its own is tried
   first, since from a small distance most others are soon given up.
   Returned  whether it moved.  */
static bool
assign (clusters *c, size_t n)
{
  const double *x = c->x + n * c->D;
  const size_t own = (size_t) c->owner[n];
  size_t best = own;
  double square = square_distance (c->D, x, c->centre + own * c->D, DBL_MAX);
  for (size_t k = 0; k < c->K; k++)
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
  c->nearest[n] = square;
  c->owner[n] = (int) best;
  return best != own;
}

static void
kmeans (clusters *c)
{
  bool moved = true;
  for (int i = 0; i < LVM_KMEANS_ITERATIONS && moved; i++)
    {
      fill_empty (c);
      move_centres (c);
      moved = false;
      for (size_t n = 0; n < c->N; n++)
        moved = assign (c, n) || moved;
    }
}

/* N_k S_k around the centres.  */
static void
scatter_of (const clusters *c, double scatter[])
{
  const size_t D = c->D;
  for (size_t i = 0; i < c->K * D * D; i++)
    scatter[i] = 0;
  for (size_t n = 0; n < c->N; n++)
    {
      const size_t k = (size_t) c->owner[n];
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
  double *count = lvm_alloc (g->K, sizeof *count);
  clusters c = { .N = N,
                 .K = g->K,
                 .D = g->D,
                 .x = x,
                 .centre = g->mean,
                 .nearest = lvm_alloc (N, sizeof (double)),
                 .owner = lvm_alloc (N, sizeof (int)),
                 .count = count };
  seed (&c, rng);
  kmeans (&c);
  fill_empty (&c);
  move_centres (&c);
  scatter_of (&c, scatter);
  lvm_gmm_set_from_scatter (g, c.count, scatter, prior);
  free (c.nearest);
  free (c.owner);
  free (c.count);
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

/* The last component takes what rounding leaves over.  */
static size_t
draw_component (const lvm_gmm *g, gsl_rng *rng)
{
  double left = gsl_rng_uniform (rng);
  size_t last = 0;
  for (size_t k = 0; k < g->K && left >= 0; k++)
    if (g->weight[k] > 0)
      {
        last = k;
        left -= g->weight[k];
      }
  return last;
}

/* L e in place: row d needs the first d numbers of e only.  */
size_t
lvm_gmm_draw (const lvm_gmm *g, const lvm_gmm_roots *w, gsl_rng *rng, double x[])
{
  const size_t D = g->D, k = draw_component (g, rng);
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
