/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The variational auto-encoder for numbers of the type `real': model/vae.c and
   model/vae_double.c say which, and what GSL calls a matrix of them (MATRIX) and
   their product (GEMM).  */

#include <gsl/gsl_blas.h>
#include <gsl/gsl_randist.h>
#include <stdlib.h>
#include <string.h>
#include <tgmath.h>

#include "num/error.h"

/* --- parameters and workspace --------------------------------------------- */

static real *
zeros (size_t n)
{
  return lvm_alloc_lines (n, sizeof (real));
}

lvm_vae *
lvm_vae_alloc (lvm_vae_shape s)
{
  lvm_vae *v = lvm_alloc (1, sizeof *v);
  const size_t n = lvm_vae_place (s).n;
  *v = (lvm_vae){ .shape = s, .n = n, .theta = zeros (n) };
  return v;
}

void
lvm_vae_free (lvm_vae *v)
{
  if (v == NULL)
    return;
  free (v->theta);
  free (v);
}

/* Of a layer with `inputs' inputs, n weights and biases: vae-init.  */
static void
init_layer (size_t inputs, size_t n, gsl_rng *rng, real layer[])
{
  const double bound = 1 / sqrt ((double) inputs);
  for (size_t i = 0; i < n; i++)
    layer[i] = (real) ((2 * gsl_rng_uniform (rng) - 1) * bound);
}

void
lvm_vae_init (lvm_vae *v, gsl_rng *rng)
{
  const lvm_vae_shape s = v->shape;
  const lvm_vae_places p = lvm_vae_place (s);
  init_layer (s.D, p.Wm - p.W1, rng, v->theta + p.W1);
  init_layer (s.H, p.W2 - p.Wm, rng, v->theta + p.Wm);
  init_layer (s.L, p.W3 - p.W2, rng, v->theta + p.W2);
  init_layer (s.H, p.n - p.W3, rng, v->theta + p.W3);
}

lvm_vae_work *
lvm_vae_work_alloc (lvm_vae_shape s, size_t B)
{
  lvm_vae_work *w = lvm_alloc (1, sizeof *w);
  *w = (lvm_vae_work){ .B = B,
                       .h1 = zeros (B * s.H),
                       .mean = zeros (B * s.L),
                       .log_variance = zeros (B * s.L),
                       .z = zeros (B * s.L),
                       .h2 = zeros (B * s.H),
                       .a = zeros (B * s.D),
                       .d_h1 = zeros (B * s.H),
                       .d_mean = zeros (B * s.L),
                       .d_log_variance = zeros (B * s.L),
                       .d_z = zeros (B * s.L),
                       .d_h2 = zeros (B * s.H),
                       .d_a = zeros (B * s.D) };
  return w;
}

void
lvm_vae_work_free (lvm_vae_work *w)
{
  if (w == NULL)
    return;
  real *const arrays[] = { w->h1,   w->mean,   w->log_variance,
                           w->z,    w->h2,     w->a,
                           w->d_h1, w->d_mean, w->d_log_variance,
                           w->d_z,  w->d_h2,   w->d_a };
  for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
    free (arrays[i]);
  free (w);
}

/* --- layers, forward beside backward -------------------------------------- */

/* In a backward function `d_y' is the derivative of the loss with respect to y.  */

/* c = A B + keep c, where A or B may be read transposed.
   Given  a [M x K] (transposed: [K x M]), b [K x N] ([N x K]); c [M x N].  */
static void
multiply (CBLAS_TRANSPOSE_t at, CBLAS_TRANSPOSE_t bt, size_t M, size_t K, size_t N,
          const real a[], const real b[], real keep, real c[])
{
  const MATRIX (const_view) A = at == CblasNoTrans
                                    ? MATRIX (const_view_array) (a, M, K)
                                    : MATRIX (const_view_array) (a, K, M);
  const MATRIX (const_view) B = bt == CblasNoTrans
                                    ? MATRIX (const_view_array) (b, K, N)
                                    : MATRIX (const_view_array) (b, N, K);
  MATRIX (view) C = MATRIX (view_array) (c, M, N);
  GEMM (at, bt, 1, &A.matrix, &B.matrix, keep, &C.matrix);
}

/* A layer, y = x W + b, as in vae-encoder and vae-decoder.
   Given     x [B x in], W [in x out], b [out]
   Returned  y [B x out]  */
static void
affine_forward (size_t B, size_t in, size_t out, const real x[], const real W[],
                const real b[], real y[])
{
  for (size_t n = 0; n < B; n++)
    memcpy (y + n * out, b, out * sizeof *y);
  multiply (CblasNoTrans, CblasNoTrans, B, in, out, x, W, 1, y);
}

/* y = x W + b, so d_W = x' d_y and d_b = sum_n d_y_n: vae-grad-layer.
   Given     x [B x in], d_y [B x out]
   Returned  d_W [in x out], d_b [out]  */
static void
affine_backward (size_t B, size_t in, size_t out, const real x[], const real d_y[],
                 real d_W[], real d_b[])
{
  multiply (CblasTrans, CblasNoTrans, in, B, out, x, d_y, 0, d_W);
  memset (d_b, 0, out * sizeof *d_b);
  for (size_t n = 0; n < B; n++)
    for (size_t o = 0; o < out; o++)
      d_b[o] += d_y[n * out + o];
}

/* y = x W + b, so d_x = d_y W', and more of it where x goes into another layer,
   too: vae-grad-layer.
   Given     d_y [B x out], W [in x out]; keep: 1 to add to d_x, 0 to set it
   Returned  d_x [B x in]  */
static void
affine_backward_input (size_t B, size_t in, size_t out, const real d_y[],
                       const real W[], real keep, real d_x[])
{
  multiply (CblasNoTrans, CblasTrans, B, out, in, d_y, W, keep, d_x);
}

static size_t
row_of (const size_t row[], size_t n)
{
  return row != NULL ? row[n] : n;
}

/* y = x W + b for bits x: b and the rows of W whose bit is on.
   Given     x, row: the batch; W [D x H], b [H]
   Returned  y [B x H]  */
static void
bits_forward (const lvm_bits *x, const size_t row[], size_t B, size_t H,
              const real W[], const real b[], real y[])
{
  for (size_t n = 0; n < B; n++)
    {
      real *y_n = y + n * H;
      memcpy (y_n, b, H * sizeof *y);
      for (size_t d = 0; d < x->D; d++)
        if (lvm_bit (x, row_of (row, n), d))
          for (size_t j = 0; j < H; j++)
            y_n[j] += W[d * H + j];
    }
}

/* y = x W + b, so d_W = x' d_y: d_y_n is added to every row of d_W whose bit is on
   in image n: vae-grad-layer.
   Given     x, row: the batch; d_y [B x H]
   Returned  d_W [D x H], d_b [H]  */
static void
bits_backward (const lvm_bits *x, const size_t row[], size_t B, size_t H,
               const real d_y[], real d_W[], real d_b[])
{
  memset (d_W, 0, x->D * H * sizeof *d_W);
  memset (d_b, 0, H * sizeof *d_b);
  for (size_t n = 0; n < B; n++)
    {
      const real *d_y_n = d_y + n * H;
      for (size_t j = 0; j < H; j++)
        d_b[j] += d_y_n[j];
      for (size_t d = 0; d < x->D; d++)
        if (lvm_bit (x, row_of (row, n), d))
          for (size_t j = 0; j < H; j++)
            d_W[d * H + j] += d_y_n[j];
    }
}

/* h = phi (h), in place.  A NaN stays one.  */
static void
activate_forward (lvm_activation phi, size_t n, real h[])
{
  for (size_t i = 0; i < n; i++)
    h[i] = phi == LVM_TANH ? tanh (h[i]) : h[i] < 0 ? 0 : h[i];
}

/* h = phi (y), so d_y = phi' (y) d_h, in place.  Both derivatives are known from h:
   1 - h^2 for tanh; 1 where h > 0, else 0, for ReLU: vae-grad-unit.  */
static void
activate_backward (lvm_activation phi, size_t n, const real h[], real d[])
{
  for (size_t i = 0; i < n; i++)
    d[i] *= phi == LVM_TANH ? (1 - h[i]) * (1 + h[i]) : h[i] > 0;
}

/* z = mean + exp (log_variance / 2) eps: vae-sample.  All [n].  */
static void
sample_forward (size_t n, const real mean[], const real log_variance[],
                const real eps[], real z[])
{
  for (size_t i = 0; i < n; i++)
    z[i] = mean[i] + exp (log_variance[i] / 2) * eps[i];
}

/* z = mean + exp (log_variance / 2) eps, and the loss has besides
   1/B sum kl, kl = 1/2 sum exp (log_variance) + mean^2 - 1 - log_variance:

     d_mean = d_z + mean / B
     d_log_variance = 1/2 (d_z exp (log_variance / 2) eps
                           + (exp (log_variance) - 1) / B)

   vae-grad-sample, vae-grad-kl.  All [n] = [B x L].  */
static void
sample_backward (size_t B, size_t n, const real mean[], const real log_variance[],
                 const real eps[], const real d_z[], real d_mean[],
                 real d_log_variance[])
{
  const real share = 1 / (real) B;
  for (size_t i = 0; i < n; i++)
    {
      const real sigma = exp (log_variance[i] / 2);
      d_mean[i] = d_z[i] + share * mean[i];
      d_log_variance[i] =
          (d_z[i] * eps[i] * sigma + share * expm1 (log_variance[i])) / 2;
    }
}

/* ln (1 + exp a), without overflow: vae-softplus.  */
static real
softplus (real a)
{
  return log1p (exp (-fabs (a))) + (a > 0 ? a : 0);
}

static real
sigmoid (real a)
{
  return 1 / (1 + exp (-a));
}

/* sum_d x_d a_d - softplus (a_d) of one image: vae-likelihood-logit.
   Given  a [D]; x, n: the image.  */
static double
bernoulli_forward (const lvm_bits *x, size_t n, const real a[])
{
  double sum = 0;
  for (size_t d = 0; d < x->D; d++)
    sum += (lvm_bit (x, n, d) ? a[d] : 0) - softplus (a[d]);
  return sum;
}

/* The loss has 1/B (softplus (a_d) - x_d a_d), so
   d_a_d = 1/B (sigmoid (a_d) - x_d): vae-grad-logit.
   Given  a [D]; x, n: the image.  Returned  d_a [D].  */
static void
bernoulli_backward (size_t B, const lvm_bits *x, size_t n, const real a[],
                    real d_a[])
{
  const real share = 1 / (real) B;
  for (size_t d = 0; d < x->D; d++)
    d_a[d] = share * (sigmoid (a[d]) - lvm_bit (x, n, d));
}

/* --- the network ---------------------------------------------------------- */

void
lvm_vae_encode (const lvm_vae *v, const lvm_bits *x, const size_t row[], size_t B,
                lvm_vae_work *w)
{
  const lvm_vae_shape s = v->shape;
  const lvm_vae_places p = lvm_vae_place (s);
  const real *t = v->theta;
  bits_forward (x, row, B, s.H, t + p.W1, t + p.b1, w->h1);
  activate_forward (s.activation, B * s.H, w->h1);
  affine_forward (B, s.H, s.L, w->h1, t + p.Wm, t + p.bm, w->mean);
  affine_forward (B, s.H, s.L, w->h1, t + p.Ws, t + p.bs, w->log_variance);
}

void
lvm_vae_reparameterise (const lvm_vae *v, size_t B, const real eps[],
                        lvm_vae_work *w)
{
  sample_forward (B * v->shape.L, w->mean, w->log_variance, eps, w->z);
}

void
lvm_vae_decode (const lvm_vae *v, size_t B, lvm_vae_work *w)
{
  const lvm_vae_shape s = v->shape;
  const lvm_vae_places p = lvm_vae_place (s);
  const real *t = v->theta;
  affine_forward (B, s.L, s.H, w->z, t + p.W2, t + p.b2, w->h2);
  activate_forward (s.activation, B * s.H, w->h2);
  affine_forward (B, s.H, s.D, w->h2, t + p.W3, t + p.b3, w->a);
}

void
lvm_vae_reconstruction (const lvm_vae *v, const lvm_bits *x, const size_t row[],
                        size_t B, const lvm_vae_work *w, double reconstruction[])
{
  for (size_t n = 0; n < B; n++)
    reconstruction[n] =
        bernoulli_forward (x, row_of (row, n), w->a + n * v->shape.D);
}

void
lvm_vae_kl (const lvm_vae *v, size_t B, const lvm_vae_work *w, double kl[])
{
  const size_t L = v->shape.L;
  for (size_t n = 0; n < B; n++)
    {
      kl[n] = 0;
      for (size_t i = n * L; i < (n + 1) * L; i++)
        {
          const double mean = w->mean[i], log_variance = w->log_variance[i];
          kl[n] += (expm1 (log_variance) - log_variance + mean * mean) / 2;
        }
    }
}

void
lvm_vae_forward (const lvm_vae *v, const lvm_bits *x, const size_t row[], size_t B,
                 const real eps[], lvm_vae_work *w, double reconstruction[],
                 double kl[])
{
  lvm_vae_encode (v, x, row, B, w);
  lvm_vae_reparameterise (v, B, eps, w);
  lvm_vae_decode (v, B, w);
  lvm_vae_reconstruction (v, x, row, B, w, reconstruction);
  lvm_vae_kl (v, B, w, kl);
}

/* From the logits back to z.  */
static void
decode_backward (const lvm_vae *v, const lvm_bits *x, const size_t row[], size_t B,
                 lvm_vae_work *w, real g[])
{
  const lvm_vae_shape s = v->shape;
  const lvm_vae_places p = lvm_vae_place (s);
  const real *t = v->theta;
  for (size_t n = 0; n < B; n++)
    bernoulli_backward (B, x, row_of (row, n), w->a + n * s.D, w->d_a + n * s.D);
  affine_backward (B, s.H, s.D, w->h2, w->d_a, g + p.W3, g + p.b3);
  affine_backward_input (B, s.H, s.D, w->d_a, t + p.W3, 0, w->d_h2);
  activate_backward (s.activation, B * s.H, w->h2, w->d_h2);
  affine_backward (B, s.L, s.H, w->z, w->d_h2, g + p.W2, g + p.b2);
  affine_backward_input (B, s.L, s.H, w->d_h2, t + p.W2, 0, w->d_z);
}

/* From mean and log variance back to the image.  h1 goes into both heads.  */
static void
encode_backward (const lvm_vae *v, const lvm_bits *x, const size_t row[], size_t B,
                 lvm_vae_work *w, real g[])
{
  const lvm_vae_shape s = v->shape;
  const lvm_vae_places p = lvm_vae_place (s);
  const real *t = v->theta;
  affine_backward (B, s.H, s.L, w->h1, w->d_mean, g + p.Wm, g + p.bm);
  affine_backward (B, s.H, s.L, w->h1, w->d_log_variance, g + p.Ws, g + p.bs);
  affine_backward_input (B, s.H, s.L, w->d_mean, t + p.Wm, 0, w->d_h1);
  affine_backward_input (B, s.H, s.L, w->d_log_variance, t + p.Ws, 1, w->d_h1);
  activate_backward (s.activation, B * s.H, w->h1, w->d_h1);
  bits_backward (x, row, B, s.H, w->d_h1, g + p.W1, g + p.b1);
}

void
lvm_vae_backward (const lvm_vae *v, const lvm_bits *x, const size_t row[], size_t B,
                  const real eps[], lvm_vae_work *w, real gradient[])
{
  decode_backward (v, x, row, B, w, gradient);
  sample_backward (B, B * v->shape.L, w->mean, w->log_variance, eps, w->d_z,
                   w->d_mean, w->d_log_variance);
  encode_backward (v, x, row, B, w, gradient);
}

/* --- Adam ----------------------------------------------------------------- */

lvm_adam *
lvm_adam_alloc (size_t n, double learning_rate)
{
  lvm_adam *adam = lvm_alloc (1, sizeof *adam);
  *adam = (lvm_adam){ .n = n,
                      .learning_rate = learning_rate,
                      .beta1 = 0.9,
                      .beta2 = 0.999,
                      .epsilon = 1e-8,
                      .m = zeros (n),
                      .v = zeros (n) };
  return adam;
}

void
lvm_adam_free (lvm_adam *adam)
{
  if (adam == NULL)
    return;
  free (adam->m);
  free (adam->v);
  free (adam);
}

/* adam-def: both running means begin at zero, which is divided out,

     m = beta1 m + (1 - beta1) g,   v = beta2 v + (1 - beta2) g^2
     theta -= rate (m / (1 - beta1^t)) / (sqrt (v / (1 - beta2^t)) + epsilon).  */
void
lvm_adam_step (lvm_adam *adam, const real gradient[], real theta[])
{
  const double t = (double) ++adam->t;
  const real new_m = (real) (1 - adam->beta1), new_v = (real) (1 - adam->beta2),
             rate = (real) (adam->learning_rate / (1 - pow (adam->beta1, t))),
             unbias = (real) (1 / sqrt (1 - pow (adam->beta2, t))),
             epsilon = (real) adam->epsilon;
  for (size_t i = 0; i < adam->n; i++)
    {
      const real g = gradient[i];
      adam->m[i] += new_m * (g - adam->m[i]);
      adam->v[i] += new_v * (g * g - adam->v[i]);
      theta[i] -= rate * adam->m[i] / (sqrt (adam->v[i]) * unbias + epsilon);
    }
}

/* --- noise, importance weights -------------------------------------------- */

void
lvm_vae_noise (gsl_rng *rng, size_t n, real eps[])
{
  for (size_t i = 0; i < n; i++)
    eps[i] = (real) gsl_ran_ugaussian (rng);
}

/* The constants of both densities cancel.  */
double
lvm_vae_log_ratio (size_t L, const real z[], const real eps[],
                   const real log_variance[])
{
  double sum = 0;
  for (size_t l = 0; l < L; l++)
    sum += ((double) eps[l] * eps[l] - (double) z[l] * z[l] + log_variance[l]) / 2;
  return sum;
}

void
lvm_vae_log_weights (const lvm_vae *v, const lvm_bits *x, size_t n, size_t S,
                     const real eps[], lvm_vae_work *w, double log_w[])
{
  const size_t D = v->shape.D, L = v->shape.L;
  lvm_vae_encode (v, x, &n, 1, w);
  for (size_t b = 1; b < w->B && b < S; b++)
    {
      memcpy (w->mean + b * L, w->mean, L * sizeof (real));
      memcpy (w->log_variance + b * L, w->log_variance, L * sizeof (real));
    }
  for (size_t s = 0; s < S; s += w->B)
    {
      const size_t B = S - s < w->B ? S - s : w->B;
      lvm_vae_reparameterise (v, B, eps + s * L, w);
      lvm_vae_decode (v, B, w);
      for (size_t b = 0; b < B; b++)
        log_w[s + b] = bernoulli_forward (x, n, w->a + b * D)
                       + lvm_vae_log_ratio (L, w->z + b * L, eps + (s + b) * L,
                                            w->log_variance + b * L);
    }
}
