/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_MODEL_LINEAR_VAE_H
#define LVM_MODEL_LINEAR_VAE_H

#include <gsl/gsl_rng.h>
#include <stddef.h>

#include "model/ppca.h"

/* A variational auto-encoder without hidden layers (chapter 6): the model of
   probabilistic principal components with a linear encoder of diagonal covariance,

     q(z | x) = N(encoder (x - mean), diag q_variance).

   Every average in its bound can be done, so nothing is drawn.  Data enter by their mean,
   which is the model's, and their covariance.  */
typedef struct
{
  lvm_ppca *model;
  double *encoder;    /* [L x D]                          */
  double *q_variance; /* [L] > 0, the same for every datum */
} lvm_linear_vae;

/* Everything zero, but variances one.  */
lvm_linear_vae *lvm_linear_vae_alloc (size_t D, size_t L);
void lvm_linear_vae_free (lvm_linear_vae *v);

/* A random start: loadings normal, together with the noise of the data's size.  (A start
   with loading zero would stay there: the encoder then has nothing to say.)
   Given  mean [D], covariance [D x D] of the data, with N below the line  */
void lvm_linear_vae_init (lvm_linear_vae *v, const double mean[],
                          const double covariance[], gsl_rng *rng);

/* The bound, averaged over the data and over q: linvae-bound.
   Given     covariance [D x D]; work [L (D + 2 L + 1)], overwritten
   Returned  nats
   Cost      D^2 L operations  */
double lvm_linear_vae_bound (const lvm_linear_vae *v, const double covariance[],
                             double work[]);

/* One iteration: the best encoder for the model, then the best model for the encoder,
   each in closed form: linvae-encoder, linvae-decoder.  No iteration lowers the bound.
   The arguments and the cost are those of lvm_linear_vae_bound.  */
void lvm_linear_vae_iterate (lvm_linear_vae *v, const double covariance[],
                             double work[]);

#endif
