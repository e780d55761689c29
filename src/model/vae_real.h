/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The part of model/vae.h that knows the type of its numbers, lvm_real: to be
   included by it alone.  */

/* --- parameters ----------------------------------------------------------- */

typedef struct
{
  lvm_vae_shape shape;
  size_t n;        /* numbers in all              */
  lvm_real *theta; /* [n], at lvm_vae_place (shape) */
} lvm_vae;

/* All zero: then the bound is -D ln 2 whatever the image.  */
lvm_vae *lvm_vae_alloc (lvm_vae_shape s);
void lvm_vae_free (lvm_vae *v);

/* Weights and biases uniform in +- 1 / sqrt (fan-in), the number of inputs of their
   layer.
   Given     rng: gsl_rng_uniform, drawn once for each parameter, in the order of
             theta
   Returned  v->theta  */
void lvm_vae_init (lvm_vae *v, gsl_rng *rng);

/* --- workspace ------------------------------------------------------------ */

/* What lies between the layers, for a batch of at most B images, and the derivative
   of the loss with respect to each.  Every array is there to be read; `z' is also
   there to be written, before lvm_vae_decode.  */
typedef struct
{
  size_t B;               /* the most images of a batch   */
  lvm_real *h1;           /* [B x H] encoder's hidden units */
  lvm_real *mean;         /* [B x L] of q(z | x)            */
  lvm_real *log_variance; /* [B x L] of q(z | x)            */
  lvm_real *z;            /* [B x L] latent numbers         */
  lvm_real *h2;           /* [B x H] decoder's hidden units */
  lvm_real *a;            /* [B x D] logits                 */
  lvm_real *d_h1, *d_mean, *d_log_variance, *d_z, *d_h2,
      *d_a; /* of the same shapes */
} lvm_vae_work;

/* Memory: B (4 H + 6 L + 2 D) numbers.  Given  B >= 1.  */
lvm_vae_work *lvm_vae_work_alloc (lvm_vae_shape s, size_t B);
void lvm_vae_work_free (lvm_vae_work *w);

/* --- forward -------------------------------------------------------------- */

/* In all that follows a batch is B images, 1 <= B <= w->B:

     x [N x D]    the images, of v's D
     row [B]      which of them, each < N; NULL: the first B

   u is the unit roundoff of the type, 2^-24 or 2^-53.  */

/* The encoder.
   Returned  w->h1, w->mean, w->log_variance
   Cost      H additions for every pixel that is on, 2 B H L products  */
void lvm_vae_encode (const lvm_vae *v, const lvm_bits *x, const size_t row[],
                     size_t B, lvm_vae_work *w);

/* z = mean + exp (log_variance / 2) eps.
   Given     eps [B x L], standard normal; w->mean, w->log_variance
   Returned  w->z  */
void lvm_vae_reparameterise (const lvm_vae *v, size_t B, const lvm_real eps[],
                             lvm_vae_work *w);

/* The decoder.
   Given     w->z, from lvm_vae_reparameterise or the caller's own
   Returned  w->h2, w->a
   Cost      B H (D + L) products  */
void lvm_vae_decode (const lvm_vae *v, size_t B, lvm_vae_work *w);

/* ln p(x | z) of each image, in nats, <= 0.
   Given     w->a
   Returned  reconstruction [B]
   Accuracy  each term of the sum over D pixels to 4 u of max (1, |a_d|); the sum is
             in double
   Cost      B D exponentials and logarithms  */
void lvm_vae_reconstruction (const lvm_vae *v, const lvm_bits *x,
                             const size_t row[], size_t B, const lvm_vae_work *w,
                             double reconstruction[]);

/* KL(q(z | x), p(z)) of each image, in nats, >= 0 up to rounding.
   Given     w->mean, w->log_variance
   Returned  kl [B]  */
void lvm_vae_kl (const lvm_vae *v, size_t B, const lvm_vae_work *w, double kl[]);

/* All of the above in their order.
   Given     eps [B x L], standard normal
   Returned  reconstruction [B], kl [B]: their difference estimates the bound;
             w: all but the derivatives  */
void lvm_vae_forward (const lvm_vae *v, const lvm_bits *x, const size_t row[],
                      size_t B, const lvm_real eps[], lvm_vae_work *w,
                      double reconstruction[], double kl[]);

/* --- backward ------------------------------------------------------------- */

/* The gradient of the loss, which is minus the mean over the batch of the bound's
   estimates,

     loss = 1/B sum_n kl_n - reconstruction_n                             (vae-loss).

   Given     x, row, B, eps as in the lvm_vae_forward before it; w as that left it
   Returned  gradient [n], laid out as theta; w: the derivatives
   Source    backpropagation, chapter 6: vae-grad-logit to vae-backprop
   Cost      H additions for every pixel that is on, 2 B H D + 6 B H L products  */
void lvm_vae_backward (const lvm_vae *v, const lvm_bits *x, const size_t row[],
                       size_t B, const lvm_real eps[], lvm_vae_work *w,
                       lvm_real gradient[]);

/* --- Adam ----------------------------------------------------------------- */

/* Adam (Kingma and Ba, Adam: a method for stochastic optimization, ICLR 2015):
   adam-def.  A change of the learning rate between steps is allowed.  */
typedef struct
{
  size_t n;
  double learning_rate;         /* 1e-3 */
  double beta1, beta2, epsilon; /* 0.9, 0.999, 1e-8 */
  size_t t;                     /* steps so far */
  lvm_real *m, *v; /* [n] running means of the gradient and of its square */
} lvm_adam;

/* m = v = 0, t = 0, and the values above.  */
lvm_adam *lvm_adam_alloc (size_t n, double learning_rate);
void lvm_adam_free (lvm_adam *adam);

/* One step downhill.
   Given     gradient [n]
   Returned  theta [n], adam
   Cost      n square roots and divisions  */
void lvm_adam_step (lvm_adam *adam, const lvm_real gradient[], lvm_real theta[]);

/* --- noise, importance weights -------------------------------------------- */

/* n standard normal numbers, in the order of gsl_ran_ugaussian.  */
void lvm_vae_noise (gsl_rng *rng, size_t n, lvm_real eps[]);

/* ln p(z) - ln q(z | x), in nats, where z = mean + exp (log_variance / 2) eps.
   Given  z, eps, log_variance [L]  */
double lvm_vae_log_ratio (size_t L, const lvm_real z[], const lvm_real eps[],
                          const lvm_real log_variance[]);

/* The logarithms of S importance weights p(x, z_s) / q(z_s | x) of one image, z_s
   from q: lvm_importance_bound (prob/importance.h) makes of them an estimate of ln
   p(x), of which the expectation grows with S, and lvm_importance_error its
   standard error.
   Given     n: which image; S >= 1; eps [S x L], standard normal; w, of any B: it
             takes S samples B at a time
   Returned  log_w [S], in nats
   Cost      S / B times an encoder's and S times a decoder's of one image  */
void lvm_vae_log_weights (const lvm_vae *v, const lvm_bits *x, size_t n, size_t S,
                          const lvm_real eps[], lvm_vae_work *w, double log_w[]);
