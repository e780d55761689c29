/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_MODEL_VAE_SCORE_H
#define LVM_MODEL_VAE_SCORE_H

#include <stdint.h>

#include "model/vae_fast.h"

/* What a variational auto-encoder says of one image, from S draws of z, in
   nats.  */
typedef struct
{
  double reconstruction;       /* the mean of ln p(x | z) */
  double reconstruction_error; /* its standard error; NaN for S = 1 */
  double kl; /* KL(q(z | x), p(z)), exact: the bound is reconstruction - kl */
  double log_evidence; /* ln p(x), by lvm_importance_bound: below it on average */
  double log_evidence_error; /* lvm_importance_error */
} lvm_vae_score;

/* Scores images first .. first + M - 1.  The draws for an image depend on the seed
   and its place in x alone.
   Given     w, of v's shape and of any B; x [N x D]; S >= 1
   Returned  score [M]
   Cost      M S times a decoder of one image  */
void lvm_vae_score_images (lvm_vae_fast *w, const lvm_vae *v, const lvm_bits *x,
                           size_t first, size_t M, size_t S, uint64_t seed,
                           lvm_vae_score score[]);

/* The mean of N scores, and the standard errors of those means as estimates of the
   means over these N images, whose draws are independent.  */
lvm_vae_score lvm_vae_score_mean (size_t N, const lvm_vae_score score[]);

#endif
