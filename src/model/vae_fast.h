/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_MODEL_VAE_FAST_H
#define LVM_MODEL_VAE_FAST_H

#include "model/vae.h"

/* The steps of model/vae.h in float, on several threads and many times faster.

     lvm_vae_fast *w = lvm_vae_fast_alloc (shape, B, threads);
     for each batch
       lvm_vae_fast_step (w, v, adam, x, row, B, eps, reconstruction, kl);

   Results have the same bits for any number of threads: work is cut into blocks
   that depend on the shape alone, the last batch is padded to full size, and sums
   over blocks are taken in their order.  They have not the same bits on processors
   of different vector widths.  */

typedef struct lvm_vae_fast lvm_vae_fast;

/* The workspace.
   Given     B >= 1: the most images of a batch; threads >= 1
   Memory    some B (6 H + D + 6 L) numbers, and for each thread about as many as
             half of W3 has  */
lvm_vae_fast *lvm_vae_fast_alloc (lvm_vae_shape s, size_t B, int threads);
void lvm_vae_fast_free (lvm_vae_fast *w);

/* --- training ------------------------------------------------------------- */

/* lvm_vae_forward and lvm_vae_backward.
   Given     v, of the workspace's shape; x [N x D]; row [B]; 1 <= B <= that of the
             workspace; eps [B x L]
   Returned  reconstruction [B], kl [B], gradient [n]
   Accuracy  that of the plain form, but for the order of sums and for tanh, exp and
             log, which are good to 4 units in the last place
   Cost      3 B H D products, and H additions for every pixel that is on, twice  */
void lvm_vae_fast_gradient (lvm_vae_fast *w, const lvm_vae *v, const lvm_bits *x,
                            const size_t row[], size_t B, const float eps[],
                            double reconstruction[], double kl[], float gradient[]);

/* The same, and lvm_adam_step with that gradient, which is nowhere kept: each part
   of it is used as soon as it is there.
   Returned  v->theta, adam; reconstruction [B], kl [B], of theta before the
             step  */
void lvm_vae_fast_step (lvm_vae_fast *w, lvm_vae *v, lvm_adam *adam,
                        const lvm_bits *x, const size_t row[], size_t B,
                        const float eps[], double reconstruction[], double kl[]);

/* --- the rest: any number M of rows, taken B at a time -------------------- */

/* The encoder.
   Given     row [M]: which images of x; NULL: the first M
   Returned  mean [M x L], log_variance [M x L]  */
void lvm_vae_fast_encode (lvm_vae_fast *w, const lvm_vae *v, const lvm_bits *x,
                          const size_t row[], size_t M, float mean[],
                          float log_variance[]);

/* The decoder.
   Given     z [M x L]
   Returned  a [M x D]: logits  */
void lvm_vae_fast_decode (lvm_vae_fast *w, const lvm_vae *v, size_t M,
                          const float z[], float a[]);

/* ln p(x | z), in nats, for M pairs of an image and a z.
   Given     row [M], as above; an image may come again and again; z [M x L]
   Returned  reconstruction [M]  */
void lvm_vae_fast_reconstruction (lvm_vae_fast *w, const lvm_vae *v,
                                  const lvm_bits *x, const size_t row[], size_t M,
                                  const float z[], double reconstruction[]);

#endif
