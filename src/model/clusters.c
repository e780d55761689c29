/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/clusters.h"

#include <math.h>
#include <stdlib.h>

#include "num/error.h"
#include "prob/draw.h"

lvm_clusters *
lvm_clusters_alloc (size_t N, size_t K)
{
  lvm_clusters *c = lvm_alloc (1, sizeof *c);
  *c = (lvm_clusters){ .N = N,
                       .K = K,
                       .nearest = lvm_alloc (N, sizeof (double)),
                       .owner = lvm_alloc (N, sizeof (int)),
                       .count = lvm_alloc (K, sizeof (double)) };
  return c;
}

void
lvm_clusters_free (lvm_clusters *c)
{
  if (c == NULL)
    return;
  free (c->nearest);
  free (c->owner);
  free (c->count);
  free (c);
}

void
lvm_clusters_begin (lvm_clusters *c)
{
  for (size_t n = 0; n < c->N; n++)
    {
      c->nearest[n] = INFINITY;
      c->owner[n] = 0;
    }
}

size_t
lvm_clusters_draw (const lvm_clusters *c, gsl_rng *rng)
{
  double total = 0;
  for (size_t n = 0; n < c->N; n++)
    total += c->nearest[n];
  return isinf (total) ? lvm_draw_place (rng, c->N)
                       : lvm_draw_from (rng, c->N, c->nearest, total);
}

/* The point farthest from its centre, among clusters of more than one point.  */
static size_t
farthest (const lvm_clusters *c)
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

void
lvm_clusters_fill (lvm_clusters *c)
{
  for (size_t k = 0; k < c->K; k++)
    c->count[k] = 0;
  for (size_t n = 0; n < c->N; n++)
    c->count[c->owner[n]]++;
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
