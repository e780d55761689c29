/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_CLAIMS_06_H
#define LVM_CLAIMS_06_H

#include <stddef.h>

/* Interface "layers": the formulas of the backward pass, each by itself, for one datum.
   `d_y' is the derivative of the loss with respect to y.  Vectors are rows, W [in x out].
   A reader may fill it.

     softplus     ln (1 + e^a), for every finite a
     grad_logit   d_a [D] from the pixels x [D], 0 or 1, and the logits a [D]
     grad_layer   of y = v W + b: d_W [in x out], d_b [out], d_v [in]
     grad_unit    of h = tanh (y), or of h = max (0, y) where relu is not 0: d_y [H] from h
                  and d_h [H]
     grad_sample  of z = mean + exp (log_variance / 2) eps: what comes through z, [L]
     grad_kl      of KL(N(mean, diag exp log_variance), N(0, I)), [L]
     grad_latent  both together, from z and d_z [L]  */
typedef double softplus_slot (double a);
typedef void grad_logit_slot (size_t D, const double x[], const double a[],
                              double d_a[]);
typedef void grad_layer_slot (size_t in, size_t out, const double v[],
                              const double W[], const double d_y[], double d_W[],
                              double d_b[], double d_v[]);
typedef void grad_unit_slot (int relu, size_t H, const double h[],
                             const double d_h[], double d_y[]);
typedef void grad_sample_slot (size_t L, const double log_variance[],
                               const double eps[], const double d_z[],
                               double d_mean[], double d_log_variance[]);
typedef void grad_kl_slot (size_t L, const double mean[],
                           const double log_variance[], double d_mean[],
                           double d_log_variance[]);
typedef void grad_latent_slot (size_t L, const double mean[],
                               const double log_variance[], const double z[],
                               const double d_z[], double d_mean[],
                               double d_log_variance[]);

typedef struct
{
  softplus_slot *softplus;
  grad_logit_slot *grad_logit;
  grad_layer_slot *grad_layer;
  grad_unit_slot *grad_unit;
  grad_sample_slot *grad_sample;
  grad_kl_slot *grad_kl;
  grad_latent_slot *grad_latent;
} layer_ops;

/* Interface "adam": step number t >= 1 of n parameters, in place: m, v [n] are zero before
   the first.  A reader may fill it.  */
typedef void adam_step_slot (size_t n, size_t t, double rate, double beta1,
                             double beta2, double epsilon, const double g[],
                             double m[], double v[], double theta[]);

typedef struct
{
  adam_step_slot *adam_step;
} adam_ops;

#ifdef LVM_READER
softplus_slot softplus;
grad_logit_slot grad_logit;
grad_layer_slot grad_layer;
grad_unit_slot grad_unit;
grad_sample_slot grad_sample;
grad_kl_slot grad_kl;
grad_latent_slot grad_latent;
adam_step_slot adam_step;
#else
#include "harness/claim.h"
#include "model/latent_grid.h"
#include "model/linear_vae.h"
#include "model/vae.h"
#include "model/vae_file.h"

/* A network at some parameters, a batch and its noise.  */
typedef struct
{
  lvm_vae_shape shape;
  const double *theta; /* [lvm_vae_place (shape).n] */
  const lvm_bits *x;   /* [B x D]                   */
  size_t B;
  const double *eps; /* [B x L] */
} vae_case;

/* Interface "auto-encoder": the loss of a batch and its gradient [n]; a draw z [L], and the
   divergence, of one datum; noise; the logarithms of S importance weights of datum 0.  */
typedef struct
{
  double (*loss) (const vae_case *c);
  void (*gradient) (const vae_case *c, double g[]);
  void (*sample) (size_t L, const double mean[], const double log_variance[],
                  const double eps[], double z[]);
  double (*kl) (size_t L, const double mean[], const double log_variance[]);
  void (*noise) (gsl_rng *rng, size_t B, size_t L, double eps[]);
  void (*log_weights) (const vae_case *c, size_t S, const double eps[],
                       double log_w[]);
} vae_ops;

/* Interface "single precision": the same loss and gradient by the network that trains;
   initial parameters theta [n]; the gradient by the fast form on some threads.  */
typedef struct
{
  double (*loss) (const vae_case *c);
  void (*gradient) (const vae_case *c, double g[]);
  void (*init) (lvm_vae_shape shape, gsl_rng *rng, double theta[]);
  void (*fast) (const vae_case *c, int threads, double g[]);
} float_ops;

/* Interface "training": one epoch over images; a model that is written and read again.  */
typedef struct
{
  void (*epoch) (lvm_vae_training *t, const lvm_bits *x);
  void (*through_file) (const lvm_vae_training *from, lvm_vae_training *to);
} training_ops;

/* Interface "linear auto-encoder": model/ppca.h, model/linear_vae.h.  */
typedef struct
{
  int (*fit) (lvm_ppca *m, const double mean[], const double covariance[]);
  double (*likelihood) (const lvm_ppca *m, const double covariance[]);
  double (*bound) (const lvm_linear_vae *v, const double covariance[],
                   double work[]);
  void (*iterate) (lvm_linear_vae *v, const double covariance[], double work[]);
} linear_ops;

/* Interface "two latent numbers": model/latent_grid.h, model/latent_map.h.  */
typedef struct
{
  double (*evidence) (const lvm_latent_grid *g, const double log_likelihood[],
                      double posterior[]);
  void (*aggregate) (const lvm_latent_grid *g, size_t N, const double mean[],
                     const double log_variance[], double density[]);
  double (*entropy) (const lvm_latent_grid *g, const double density[]);
  double (*divergence) (const lvm_latent_grid *g, const double density[]);
  void (*swirl) (double turn, const double z[2], double w[2]);
  double (*price) (double first, double second, double angle);
} plane_ops;

extern const lvm_interface layer_interface, adam_interface, vae_interface,
    float_interface, training_interface, linear_interface, plane_interface;
#endif

#endif
