/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_CHAPTER_06_BOUNDS_H
#define LVM_CHAPTER_06_BOUNDS_H

#include <stdbool.h>
#include <stddef.h>

#include "model/latent_grid.h"
#include "prob/elbo.h"

/* Images whose likelihood is known at every point of a grid of latents.  Averages over any
   q are then sums over the grid, and nothing is drawn.  */
typedef struct
{
  lvm_latent_grid g;
  size_t M;
  float *log_likelihood; /* [M x side x side] ln p(x_m | z), in nats */
  double *evidence;      /* [M] ln p(x_m) */
} exact;

/* Fills in the evidence.  */
void exact_set_evidence (exact *e);

/* A Gaussian over two numbers, by its mean, the direction of its first axis and the
   logarithms of the deviations along its axes.  */
typedef struct
{
  double mean[2], angle, log_sd[2];
} oval;

/* q's mean, deviation and correlation do not matter to KL(q, p(z)) but by these.  */
double oval_kl (const oval *q);

/* Image m averaged over q on the grid: the three log densities of chapter 5.
   Returned  moments under the weights of the grid's points, which are scaled to sum to one;
             *unscaled, if not NULL: their sum before  */
void oval_moments (const exact *e, size_t m, const oval *q,
                   lvm_elbo_moments *moments, double *unscaled);

/* The bound F(q), in nats: the likelihood's average less oval_kl.  */
double oval_bound (const exact *e, size_t m, const oval *q);

/* The expected importance-weighted bound with S draws of q.  */
double oval_importance (const exact *e, size_t m, const oval *q, size_t S);

/* Improves q until its bound is greatest: over mean and deviations, and over the angle if
   it is free.
   Returned  the bound  */
double oval_fit (const exact *e, size_t m, oval *q, bool free_angle);

#endif
