/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_CHAPTER_06_LATENT_H
#define LVM_CHAPTER_06_LATENT_H

#include <stddef.h>

#include "model/latent_grid.h"

/* What lies in a latent space of two dimensions.  */

enum
{
  DIGITS = 10
};

/* q(z | x_n) of N images: Gaussians with independent coordinates.  */
typedef struct
{
  size_t N;
  double *mean, *log_variance; /* [N x 2] */
  double *z;                   /* [N x 2] a draw of each */
  int *label;                  /* [N] the digit that the image shows; borrowed */
} codes;

/* Their average, which is the distribution of the latents of all images, on a grid.  */
typedef struct
{
  lvm_latent_grid g;
  double *density;           /* [side x side] */
  double *of_digit[DIGITS];  /* [side x side] each digit's part: they add up */
  double mean[2], second[3]; /* E z; E z_1^2, E z_1 z_2, E z_2^2: closed form */
  double log_prior_mean,
      entropy_q; /* averages of E ln p(z) and of H(q_n), likewise */
} aggregate;

aggregate *aggregate_alloc (const codes *q, const lvm_latent_grid *g);
void aggregate_free (aggregate *a);

/* KL(N(mean, covariance), prior), with the aggregate's mean and covariance.  */
double aggregate_gaussian_part (const aggregate *a);

/* Half the integral of |aggregate - prior|.  */
double aggregate_distance (const aggregate *a);

/* The pieces of the plane in which each digit is the likeliest: how many of them hold at
   least the part `least' of their digit, and how much the largest of them holds.  Where the
   aggregate is below `thin' times the prior there is no piece.  */
typedef struct
{
  int pieces[DIGITS];
  double largest[DIGITS],
      all[DIGITS]; /* parts of the digit; all: of all its pieces */
} territory;

void aggregate_territory (const aggregate *a, double least, double thin,
                          territory *t);

/* For each of N points the k nearest of M others vote.
   Given     label [M]
   Returned  vote [N], the commonest label, the smallest of equals
   Cost      N M distances  */
void nearest_votes (size_t M, const double others[], const int label[], size_t N,
                    const double points[], size_t k, int vote[]);

#endif
