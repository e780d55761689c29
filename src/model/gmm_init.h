/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_MODEL_GMM_INIT_H
#define LVM_MODEL_GMM_INIT_H

#include <gsl/gsl_rng.h>
#include <stddef.h>

#include "model/gmm.h"

/* Where EM for the mixture of Gaussians begins, what does not count as an end, and
   draws from the mixture: all that is random, or a matter of convention, about
   it.  */

typedef enum
{
  LVM_KMEANS, /* k-means++, k-means, then an M-step from its clusters        */
  LVM_RANDOM  /* distinct points as means, the data's covariance, weights 1/K */
} lvm_gmm_how;

/* "kmeans", "random", NULL.  */
extern const char *const lvm_gmm_how_names[];

enum
{
  LVM_KMEANS_ITERATIONS = 100 /* at most */
};

/* A start.
   k-means: centres are drawn by k-means++ (model/clusters.h).  Then points go to
   their nearest centre (the first of several) and centres to their points' mean
   until no point moves.  A cluster left without points takes the point farthest
   from its own centre.  Where a cluster's covariance is degenerate (see below),
   its component begins with the scale instead: any covariance may begin.
   Given     g: its K, D and kind; x [N x D]; how; rng, the only source of chance;
             prior, for the M-step; scale [D x D], from lvm_gmm_scale
   Returned  g: all parameters
   Status    0; 1 where the data have fewer than K distinct points
   Cost      k-means N K D operations an iteration; random K^2 D
   Memory    k-means allocates 1.5 N + K (D^2 + 1) numbers, random K D.  */
int lvm_gmm_start (lvm_gmm *g, size_t N, const double x[], lvm_gmm_how how,
                   gsl_rng *rng, const lvm_gmm_prior *prior, const double scale[]);

/* How many distinct points there are, but no more than `most' of them are counted.
   Cost  most^2 D operations where the first points differ, N most D at worst.  */
size_t lvm_gmm_distinct (size_t N, size_t D, const double x[], size_t most);

/* The likelihood has no maximum: it grows without bound while a component
   shrinks onto too few points.  So a fit counts only where no component is
   degenerate:
   - its weight times N is at least LVM_GMM_DEGENERATE points;
   - its covariance L L' is positive definite and L_dd^2 >= LVM_GMM_DEGENERATE
     scale_dd: in no coordinate, given those before it, is the variance that
     small a part of the data's.  */
#define LVM_GMM_DEGENERATE 1e-8

/* Given     g; w; N; scale [D x D], from lvm_gmm_scale
   Returned  w: g factorised, where no component is degenerate
   Value     the first degenerate component, from 0; K where there is none.
   Cost      K D^3 / 3 operations.  */
size_t lvm_gmm_degenerate (const lvm_gmm *g, lvm_gmm_roots *w, size_t N,
                           const double scale[]);

/* Where a column of the data is a linear combination of others, the data's own
   covariance is singular, by the same rule, and mixtures of full or tied ones end
   degenerate.
   Given     scale [D x D], the data's covariance
   Value     the first column, from 0, that depends on those before it; D where
             none.
   Cost      D^3 / 3 operations, log D times that where there is one.  */
size_t lvm_gmm_dependent (size_t D, const double scale[]);

/* One draw from the mixture: the component by its weight, then the mean + L e
   with e standard normal.
   Given     g, factorised into w
   Returned  x [D]; the component, from 0, is the value.  */
size_t lvm_gmm_draw (const lvm_gmm *g, const lvm_gmm_roots *w, gsl_rng *rng,
                     double x[]);

#endif
