/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_MODEL_BMM_INIT_H
#define LVM_MODEL_BMM_INIT_H

#include <gsl/gsl_rng.h>
#include <stddef.h>
#include <stdint.h>

#include "data/bits.h"
#include "model/bmm.h"

/* Where EM for the mixture of Bernoullis begins, what does not count as an end, and
   draws from the mixture: all that is random, or a matter of convention, about it.  */

typedef enum
{
  LVM_BMM_KMEANS, /* k-means++, k-means, then an M-step from its clusters */
  LVM_BMM_RANDOM  /* distinct points, halfway to the data's mean; weights 1/K */
} lvm_bmm_how;

/* "kmeans", "random", NULL.  */
extern const char *const lvm_bmm_how_names[];

enum
{
  LVM_BMM_KMEANS_ITERATIONS = 20 /* at most: EM goes on from there */
};

/* A start.
   k-means: as that of gmm_init.h, on points of zeros and ones with real centres.
   random: mean = (point + data's mean) / 2.
   No mean may be 0 or 1, since it would stay so for ever: a mean of 0 leaves no
   responsibility to the points whose bit is on, and the next is 0 again.  So the data's
   mean and the clusters' are taken with one point more, every bit of which is
   half on.
   Given     g: its K and D; x [N x D]; how; rng, the only source of chance;
             strength of the prior, for the M-step; threads >= 1, on which the
             result does not depend
   Returned  g: all parameters, 0 < mean < 1
   Status    0; 1 where the data have fewer than K distinct points
   Cost      k-means K additions for every byte that is not 0, an iteration, besides what
             lvm_bmm_fast_alloc costs; random K^2 D
   Memory    k-means that of lvm_bmm_fast_alloc and 1.5 N numbers, random D.  */
int lvm_bmm_start (lvm_bmm *g, const lvm_bits *x, lvm_bmm_how how, gsl_rng *rng,
                   double strength, int threads);

/* How many distinct points there are, but no more than `most' of them are counted.
   Cost  most^2 comparisons of points where the first ones differ, N most at worst.  */
size_t lvm_bits_distinct (const lvm_bits *x, size_t most);

/* The likelihood is at most 1, so nothing grows without bound, and means of 0 and 1 are
   no degeneracy.  What does not count is a component that has lost its points: its weight
   times N is less than LVM_BMM_DEGENERATE points.  */
#define LVM_BMM_DEGENERATE 1e-8

/* Value  the first degenerate component, from 0; K where there is none.  */
size_t lvm_bmm_degenerate (const lvm_bmm *g, size_t N);

/* One draw from the mixture: the component by its weight, then every bit by its mean.
   Returned  x [D], each 0 or 1; the component, from 0, is the value.  */
size_t lvm_bmm_draw (const lvm_bmm *g, gsl_rng *rng, uint8_t x[]);

#endif
