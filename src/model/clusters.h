/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_MODEL_CLUSTERS_H
#define LVM_MODEL_CLUSTERS_H

#include <gsl/gsl_rng.h>
#include <stdbool.h>
#include <stddef.h>

/* What k-means keeps of N points in K clusters, whatever the points are: to which
   centre each belongs, and how far it is from it.

     lvm_clusters_begin (c);                              k-means++
     for (k = 0; k < K; k++)
       {
         centre k = point lvm_clusters_draw (c, rng)
         lvm_clusters_offer (c, n, k, distance) for each point
       }
     do                                                   k-means
       {
         lvm_clusters_fill (c);
         centres = means of their points
         points to their nearest centres
       }
     while (one has moved, so many times at most);

   k-means++: the first centre is a point drawn at random, each further one a point
   drawn with probability proportional to its squared distance from the nearest centre so
   far (Arthur and Vassilvitskii 2007).  */
typedef struct
{
  size_t N, K;
  double *nearest; /* [N] squared distance from the point's centre */
  int *owner;      /* [N] whose point it is                        */
  double *count;   /* [K] how many points are its                  */
} lvm_clusters;

lvm_clusters *lvm_clusters_alloc (size_t N, size_t K);
void lvm_clusters_free (lvm_clusters *c);

/* No centre yet: all points are infinitely far.  */
void lvm_clusters_begin (lvm_clusters *c);

/* The point that the next centre is to be.  */
size_t lvm_clusters_draw (const lvm_clusters *c, gsl_rng *rng);

/* Point n goes to cluster k if it is nearer to that.  */
static inline void
lvm_clusters_offer (lvm_clusters *c, size_t n, size_t k, double square)
{
  if (square < c->nearest[n])
    {
      c->nearest[n] = square;
      c->owner[n] = (int) k;
    }
}

/* Counts the clusters' points.  One without takes the point farthest from its own
   centre, of those in clusters of more than one point.
   Given  N >= K.  */
void lvm_clusters_fill (lvm_clusters *c);

#endif
