/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/bmm_init.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "model/bmm_fast.h"
#include "model/clusters.h"
#include "num/error.h"
#include "prob/draw.h"

const char *const lvm_bmm_how_names[] = { "kmeans", "random", NULL };

/* --- points -------------------------------------------------------------- */

/* Whether point n is equal to one of some others.  */
static bool
is_among (const lvm_bits *x, size_t n, size_t count, const size_t others[])
{
  for (size_t i = 0; i < count; i++)
    if (memcmp (x->bytes + n * x->stride, x->bytes + others[i] * x->stride,
                x->stride)
        == 0)
      return true;
  return false;
}

size_t
lvm_bits_distinct (const lvm_bits *x, size_t most)
{
  size_t *found = lvm_alloc (most < x->N ? most : x->N, sizeof *found), count = 0;
  for (size_t n = 0; n < x->N && count < most; n++)
    if (!is_among (x, n, count, found))
      found[count++] = n;
  free (found);
  return count;
}

/* sum_d += x_nd  */
static void
add_point (const lvm_bits *x, size_t n, double sum[])
{
  for (size_t place = 0; place < (x->D + 7) / 8; place++)
    for (unsigned value = x->bytes[n * x->stride + place]; value != 0;
         value &= value - 1)
      sum[8 * place + (size_t) __builtin_ctz (value)]++;
}

/* In how many bits two points differ: |a - b|^2.  */
static double
square_distance (const lvm_bits *x, size_t m, size_t n)
{
  int count = 0;
  for (size_t i = 0; i < x->stride; i += sizeof (uint64_t))
    {
      uint64_t a, b;
      memcpy (&a, x->bytes + m * x->stride + i, sizeof a);
      memcpy (&b, x->bytes + n * x->stride + i, sizeof b);
      count += __builtin_popcountll (a ^ b);
    }
  return count;
}

/* --- random -------------------------------------------------------------- */

/* Points drawn at random; where one is taken already, the next that is not.  */
static void
start_at_random (lvm_bmm *g, const lvm_bits *x, gsl_rng *rng)
{
  const size_t K = g->K, D = g->D, N = x->N;
  size_t *taken = lvm_alloc (K, sizeof *taken);
  double *sum = lvm_alloc (D, sizeof *sum);
  for (size_t d = 0; d < D; d++)
    sum[d] = 0.5;
  for (size_t n = 0; n < N; n++)
    add_point (x, n, sum);
  for (size_t k = 0; k < K; k++)
    {
      taken[k] = lvm_draw_place (rng, N);
      while (is_among (x, taken[k], k, taken))
        taken[k] = (taken[k] + 1) % N;
      for (size_t d = 0; d < D; d++)
        g->mean[k * D + d] =
            (lvm_bit (x, taken[k], d) + sum[d] / (double) (N + 1)) / 2;
      g->weight[k] = 1 / (double) K;
    }
  free (taken);
  free (sum);
}

/* --- k-means ------------------------------------------------------------- */

static void
seed (lvm_clusters *c, const lvm_bits *x, gsl_rng *rng)
{
  lvm_clusters_begin (c);
  for (size_t k = 0; k < c->K; k++)
    {
      const size_t centre = lvm_clusters_draw (c, rng);
      for (size_t n = 0; n < x->N; n++)
        lvm_clusters_offer (c, n, k, square_distance (x, n, centre));
    }
}

/* The clusters' points, added up, in sum [K x D].  Every cluster has some.  */
static void
add_up (lvm_clusters *c, const lvm_bits *x, double sum[])
{
  lvm_clusters_fill (c);
  for (size_t i = 0; i < c->K * x->D; i++)
    sum[i] = 0;
  for (size_t n = 0; n < x->N; n++)
    add_point (x, n, sum + (size_t) c->owner[n] * x->D);
}

/* Centres: the means of their points.  Points to their nearest centres, until none
   moves.  */
static void
kmeans (lvm_clusters *c, const lvm_bits *x, double centre[], int threads)
{
  lvm_bmm_fast *w = lvm_bmm_fast_alloc (c->K, x, threads);
  int *before = lvm_alloc (x->N, sizeof *before);
  bool moved = true;
  for (int i = 0; i < LVM_BMM_KMEANS_ITERATIONS && moved; i++)
    {
      add_up (c, x, centre);
      for (size_t j = 0; j < c->K * x->D; j++)
        centre[j] /= c->count[j / x->D];
      memcpy (before, c->owner, x->N * sizeof *before);
      lvm_bmm_fast_nearest (w, centre, c->owner, c->nearest);
      moved = memcmp (before, c->owner, x->N * sizeof *before) != 0;
    }
  free (before);
  lvm_bmm_fast_free (w);
}

static void
start_with_kmeans (lvm_bmm *g, const lvm_bits *x, gsl_rng *rng, double strength,
                   int threads)
{
  lvm_clusters *c = lvm_clusters_alloc (x->N, g->K);
  double *sum = lvm_alloc (g->K * g->D, sizeof *sum);
  seed (c, x, rng);
  kmeans (c, x, sum, threads);
  add_up (c, x, sum);
  lvm_bmm_set_from_sums (g, c->count, sum, strength + 1);
  lvm_clusters_free (c);
  free (sum);
}

int
lvm_bmm_start (lvm_bmm *g, const lvm_bits *x, lvm_bmm_how how, gsl_rng *rng,
               double strength, int threads)
{
  if (lvm_bits_distinct (x, g->K) < g->K)
    return 1;
  if (how == LVM_BMM_RANDOM)
    start_at_random (g, x, rng);
  else
    start_with_kmeans (g, x, rng, strength, threads);
  return 0;
}

/* --- what is degenerate, draws -------------------------------------------- */

size_t
lvm_bmm_degenerate (const lvm_bmm *g, size_t N)
{
  for (size_t k = 0; k < g->K; k++)
    if (!(g->weight[k] * (double) N >= LVM_BMM_DEGENERATE))
      return k;
  return g->K;
}

/* Computes (bmm-draw).  */
size_t
lvm_bmm_draw (const lvm_bmm *g, gsl_rng *rng, uint8_t x[])
{
  const size_t k = lvm_draw_from (rng, g->K, g->weight, 1);
  for (size_t d = 0; d < g->D; d++)
    x[d] = gsl_rng_uniform (rng) < g->mean[k * g->D + d];
  return k;
}
