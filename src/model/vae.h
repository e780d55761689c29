/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_MODEL_VAE_H
#define LVM_MODEL_VAE_H

#include <gsl/gsl_rng.h>
#include <stddef.h>

#include "data/bits.h"

/* A variational auto-encoder of binary vectors (chapter 6): multilayer perceptrons
   with one hidden layer on either side of L latent numbers,

     encoder   h1 = phi (x W1 + b1)                             (vae-encoder)
               mean = h1 Wm + bm,  log_variance = h1 Ws + bs
               q(z | x) = N(mean, diag exp log_variance)
     decoder   h2 = phi (z W2 + b2),  a = h2 W3 + b3            (vae-decoder)
               p(x_d = 1 | z) = 1 / (1 + exp -a_d),  p(z) = N(0, I)

   and phi is tanh or ReLU, max (0, .).  Of one image and one noise eps ~ N(0, I),

     z = mean + exp (log_variance / 2) eps                      (vae-sample)
     reconstruction = ln p(x | z)
                    = sum_d x_d a_d - softplus (a_d)       (vae-likelihood-logit)
     kl = 1/2 sum_l exp (log_variance_l) + mean_l^2 - 1 - log_variance_l (vae-kl)
     bound = reconstruction - kl

   estimates the evidence lower bound without bias: form (1) of chapter 5.

   Parameters, workspace and data are three things; none owns another.  The steps
   here are the plain ones of the chapter; model/vae_fast.h has the same, faster.

   Letters: N images, D pixels, H hidden units, L latent numbers, a batch of B.
   Row-major, one image a row.  No function fails.  */

typedef enum
{
  LVM_TANH,
  LVM_RELU
} lvm_activation;

/* "tanh", "relu", NULL: for the choices of an option.  */
extern const char *const lvm_activation_names[];

typedef struct
{
  size_t D, H, L; /* each >= 1 */
  lvm_activation activation;
} lvm_vae_shape;

/* All parameters stand in one array theta [n], so that a gradient is another such
   array, and Adam, a file and a numerical derivative see nothing but n numbers.
   Where each block begins: */
typedef struct
{
  size_t W1, b1; /* [D x H], [H]  encoder, hidden layer  */
  size_t Wm, bm; /* [H x L], [L]  head of the mean        */
  size_t Ws, bs; /* [H x L], [L]  head of ln variance     */
  size_t W2, b2; /* [L x H], [H]  decoder, hidden layer  */
  size_t W3, b3; /* [H x D], [D]  decoder, logits         */
  size_t n;      /* how many numbers in all               */
} lvm_vae_places;

lvm_vae_places lvm_vae_place (lvm_vae_shape s);

/* What follows is there twice: in float as written here (lvm_vae, lvm_vae_encode,
   lvm_adam, ...), and in double under the names lvm_vae_double,
   lvm_vae_double_encode, lvm_adam_double, ...  Both are compiled from one source,
   model/vae_kernel.h.  */

#define lvm_real float
#include "model/vae_real.h"
#undef lvm_real

#include "model/vae_names.h"
#define lvm_real double
#include "model/vae_real.h"
#undef lvm_real
#include "model/vae_names.h"

#endif
