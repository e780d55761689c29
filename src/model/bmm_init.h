/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_MODEL_BMM_INIT_H
#define LVM_MODEL_BMM_INIT_H

#include <gsl/gsl_rng.h>
#include <stddef.h>
#include <stdint.h>

#include "data/bits.h"
#include "model/bmm.h"

/* Where EM for the mixture of Bernoullis begins, what does not count as an end, and
   draws from the mixture.  */

typedef enum
{
  LVM_BMM_KMEANS, /* k-means++, k-means, then an M-step from its clusters */
  LVM_BMM_RANDOM  /* distinct points, blended with the data's mean        */
} lvm_bmm_how;

/* "kmeans", "random", NULL.  */
extern const char *const lvm_bmm_how_names[];

/* Status  0; 1 where the data have fewer than K distinct points.  */
int lvm_bmm_start (lvm_bmm *g, const lvm_bits *x, lvm_bmm_how how, gsl_rng *rng,
                   double strength, int threads);

/* How many distinct points there are, but no more than `most' of them are counted.  */
size_t lvm_bits_distinct (const lvm_bits *x, size_t most);

/* The first component, from 0, that has lost all points; K where there is none.  */
#define LVM_BMM_DEGENERATE 1e-8
size_t lvm_bmm_degenerate (const lvm_bmm *g, size_t N);

/* One draw.  Returned  x [D], each 0 or 1; the component, from 0, is the value.  */
size_t lvm_bmm_draw (const lvm_bmm *g, gsl_rng *rng, uint8_t x[]);

#endif
