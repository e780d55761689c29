/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Claims of chapter 6: a variational auto-encoder.  The other sides are a plain network in
   arithmetic that keeps its own rounding bounds, differences, quadrature over latent
   numbers, enumeration of all images, singular values, and optima by unrelated searches.  */

#include "claims/06-vae.h"

#include <float.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_min.h>
#include <gsl/gsl_multimin.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../proofs/06-vae.h"
#include "model/latent_map.h"
#include "model/vae_fast.h"
#include "num/blas.h"
#include "num/hermite.h"
#include "num/streams.h"
#include "prob/importance.h"

static const double u = DBL_EPSILON / 2;

/* --- the reference ------------------------------------------------------------- */

static void
reference_adam (size_t n, size_t t, double rate, double beta1, double beta2,
                double epsilon, const double g[], double m[], double v[],
                double theta[])
{
  lvm_adam_double a = { n, rate, beta1, beta2, epsilon, t - 1, m, v };
  lvm_adam_double_step (&a, g, theta);
}

static const adam_ops adam_reference = { reference_adam };
static const char *const adam_slots[] = { "adam_step" };
const lvm_interface adam_interface = { "adam", 1, adam_slots, &adam_reference };

static lvm_vae_double
network (const vae_case *c)
{
  return (lvm_vae_double){ c->shape, lvm_vae_place (c->shape).n,
                           (double *) c->theta };
}

/* kl - reconstruction, averaged over the batch.  */
static double
average_loss (size_t B, const double reconstruction[], const double kl[])
{
  double sum = 0;
  for (size_t n = 0; n < B; n++)
    sum += kl[n] - reconstruction[n];
  return sum / (double) B;
}

enum
{
  MOST = 1024 /* data of a batch */
};

static double
reference_forward (const vae_case *c, lvm_vae_double_work *w)
{
  double reconstruction[MOST], kl[MOST];
  const lvm_vae_double v = network (c);
  lvm_vae_double_forward (&v, c->x, NULL, c->B, c->eps, w, reconstruction, kl);
  return average_loss (c->B, reconstruction, kl);
}

static double
reference_loss (const vae_case *c)
{
  lvm_vae_double_work *w = lvm_vae_double_work_alloc (c->shape, c->B);
  const double loss = reference_forward (c, w);
  lvm_vae_double_work_free (w);
  return loss;
}

static void
reference_gradient (const vae_case *c, double g[])
{
  const lvm_vae_double v = network (c);
  lvm_vae_double_work *w = lvm_vae_double_work_alloc (c->shape, c->B);
  reference_forward (c, w);
  lvm_vae_double_backward (&v, c->x, NULL, c->B, c->eps, w, g);
  lvm_vae_double_work_free (w);
}

/* A network of which only the number of latents matters, with one datum.  */
static lvm_vae_double_work *
latent_only (size_t L, const double mean[], const double log_variance[],
             lvm_vae_double *v)
{
  *v = (lvm_vae_double){ .shape = { .D = 1, .H = 1, .L = L } };
  lvm_vae_double_work *w = lvm_vae_double_work_alloc (v->shape, 1);
  memcpy (w->mean, mean, L * sizeof *mean);
  memcpy (w->log_variance, log_variance, L * sizeof *mean);
  return w;
}

static void
reference_sample (size_t L, const double mean[], const double log_variance[],
                  const double eps[], double z[])
{
  lvm_vae_double v;
  lvm_vae_double_work *w = latent_only (L, mean, log_variance, &v);
  lvm_vae_double_reparameterise (&v, 1, eps, w);
  memcpy (z, w->z, L * sizeof *z);
  lvm_vae_double_work_free (w);
}

static double
reference_kl (size_t L, const double mean[], const double log_variance[])
{
  double kl;
  lvm_vae_double v;
  lvm_vae_double_work *w = latent_only (L, mean, log_variance, &v);
  lvm_vae_double_kl (&v, 1, w, &kl);
  lvm_vae_double_work_free (w);
  return kl;
}

static void
reference_noise (gsl_rng *rng, size_t B, size_t L, double eps[])
{
  lvm_vae_double_noise (rng, B * L, eps);
}

static void
reference_log_weights (const vae_case *c, size_t S, const double eps[],
                       double log_w[])
{
  const lvm_vae_double v = network (c);
  lvm_vae_double_work *w = lvm_vae_double_work_alloc (c->shape, 64);
  lvm_vae_double_log_weights (&v, c->x, 0, S, eps, w, log_w);
  lvm_vae_double_work_free (w);
}

static const vae_ops vae_reference = { reference_loss,   reference_gradient,
                                       reference_sample, reference_kl,
                                       reference_noise,  reference_log_weights };
static const char *const vae_slots[] = { "vae_batch_loss", "vae_batch_gradient",
                                         "vae_sample",     "vae_divergence",
                                         "vae_noise",      "vae_log_weights" };
const lvm_interface vae_interface = { "auto-encoder", 6, vae_slots,
                                      &vae_reference };

/* The network that trains, at the same parameters, rounded.  */
static lvm_vae *
rounded (const vae_case *c, float eps[])
{
  lvm_vae *v = lvm_vae_alloc (c->shape);
  for (size_t i = 0; i < v->n; i++)
    v->theta[i] = (float) c->theta[i];
  for (size_t i = 0; i < c->B * c->shape.L; i++)
    eps[i] = (float) c->eps[i];
  return v;
}

static double
single_loss (const vae_case *c)
{
  float eps[MOST];
  double reconstruction[MOST], kl[MOST];
  lvm_vae *v = rounded (c, eps);
  lvm_vae_work *w = lvm_vae_work_alloc (c->shape, c->B);
  lvm_vae_forward (v, c->x, NULL, c->B, eps, w, reconstruction, kl);
  lvm_vae_work_free (w);
  lvm_vae_free (v);
  return average_loss (c->B, reconstruction, kl);
}

static void
single_gradient (const vae_case *c, double g[])
{
  float eps[MOST], *single;
  double reconstruction[MOST], kl[MOST];
  lvm_vae *v = rounded (c, eps);
  lvm_vae_work *w = lvm_vae_work_alloc (c->shape, c->B);
  single = malloc (v->n * sizeof *single);
  lvm_vae_forward (v, c->x, NULL, c->B, eps, w, reconstruction, kl);
  lvm_vae_backward (v, c->x, NULL, c->B, eps, w, single);
  for (size_t i = 0; i < v->n; i++)
    g[i] = single[i];
  free (single);
  lvm_vae_work_free (w);
  lvm_vae_free (v);
}

static void
single_init (lvm_vae_shape shape, gsl_rng *rng, double theta[])
{
  lvm_vae *v = lvm_vae_alloc (shape);
  lvm_vae_init (v, rng);
  for (size_t i = 0; i < v->n; i++)
    theta[i] = v->theta[i];
  lvm_vae_free (v);
}

static void
fast_gradient (const vae_case *c, int threads, double g[])
{
  float eps[MOST], *single;
  double reconstruction[MOST], kl[MOST];
  lvm_vae *v = rounded (c, eps);
  lvm_vae_fast *w = lvm_vae_fast_alloc (c->shape, c->B, threads);
  size_t row[MOST];
  for (size_t n = 0; n < c->B; n++)
    row[n] = n;
  single = malloc (v->n * sizeof *single);
  lvm_vae_fast_gradient (w, v, c->x, row, c->B, eps, reconstruction, kl, single);
  for (size_t i = 0; i < v->n; i++)
    g[i] = single[i];
  free (single);
  lvm_vae_fast_free (w);
  lvm_vae_free (v);
}

static const float_ops float_reference = { single_loss, single_gradient,
                                           single_init, fast_gradient };
static const char *const float_slots[] = { "single_loss", "single_gradient",
                                           "single_init", "fast_gradient" };
const lvm_interface float_interface = { "single precision", 4, float_slots,
                                        &float_reference };

/* The loop of the chapter's program.  */
static void
reference_epoch (lvm_vae_training *t, const lvm_bits *x)
{
  gsl_rng *rng = lvm_stream_alloc (0, 0);
  lvm_vae_fast *w = lvm_vae_fast_alloc (t->v->shape, t->batch, 1);
  size_t row[MOST];
  lvm_vae_order (t, ++t->epoch, rng, x->N, row);
  for (size_t n = 0; n < x->N; n += t->batch)
    {
      const size_t B = x->N - n < t->batch ? x->N - n : t->batch;
      float eps[MOST];
      double reconstruction[MOST], kl[MOST];
      lvm_stream_set (rng, t->seed, lvm_vae_stream (t->epoch, n / t->batch + 1));
      lvm_vae_noise (rng, B * t->v->shape.L, eps);
      lvm_vae_fast_step (w, t->v, t->adam, x, row + n, B, eps, reconstruction, kl);
    }
  lvm_vae_fast_free (w);
  gsl_rng_free (rng);
}

/* Through a pipe, which holds so small a model whole.  */
static void
reference_file (const lvm_vae_training *from, lvm_vae_training *to)
{
  int end[2];
  char name[2][32];
  lvm_error error = { 0 };
  if (pipe (end) != 0)
    abort ();
  for (int i = 0; i < 2; i++)
    snprintf (name[i], sizeof name[i], "/dev/fd/%d", end[i]);
  lvm_output *output = lvm_output_open (name[1], &error);
  lvm_vae_write (output, from);
  lvm_output_commit (output, &error);
  close (end[1]);
  if (lvm_vae_read (to, name[0], &error) != LVM_OK)
    abort ();
  close (end[0]);
}

static const training_ops training_reference = { reference_epoch, reference_file };
static const char *const training_slots[] = { "train_epoch", "through_file" };
const lvm_interface training_interface = { "training", 2, training_slots,
                                           &training_reference };

static const linear_ops linear_reference = { lvm_ppca_fit, lvm_ppca_log_likelihood,
                                             lvm_linear_vae_bound,
                                             lvm_linear_vae_iterate };
static const char *const linear_slots[] = { "ppca_fit", "ppca_log_likelihood",
                                            "linear_bound", "linear_iterate" };
const lvm_interface linear_interface = { "linear auto-encoder", 4, linear_slots,
                                         &linear_reference };

static const plane_ops plane_reference = {
  lvm_latent_evidence, lvm_latent_aggregate,
  lvm_latent_entropy,  lvm_latent_divergence,
  lvm_swirl,           lvm_turn_price
};
static const char *const plane_slots[] = { "latent_evidence", "latent_aggregate",
                                           "latent_entropy",  "latent_divergence",
                                           "swirl",           "turn_price" };
const lvm_interface plane_interface = { "two latent numbers", 6, plane_slots,
                                        &plane_reference };

/* --- a plain network that keeps its rounding bounds ------------------------------- */

/* What lies between the layers, and the derivatives of a batch's loss.  */
typedef struct
{
  tracked *h1, *mean, *log_variance, *z, *h2, *a; /* [B x ...] */
  tracked loss;
  tracked *g; /* [n] */
} plain;

static tracked *
some (lvm_judge *j, size_t n)
{
  return lvm_take (j, n, sizeof (tracked));
}

static plain
plain_of (lvm_judge *j, const vae_case *c)
{
  const lvm_vae_shape s = c->shape;
  return (plain){ some (j, c->B * s.H),
                  some (j, c->B * s.L),
                  some (j, c->B * s.L),
                  some (j, c->B * s.L),
                  some (j, c->B * s.H),
                  some (j, c->B * s.D),
                  given (0),
                  some (j, lvm_vae_place (s).n) };
}

/* y = v W + b.  */
static void
plain_layer (size_t in, size_t out, const tracked v[], const double W[],
             const double b[], tracked y[])
{
  for (size_t o = 0; o < out; o++)
    {
      y[o] = given (b[o]);
      for (size_t i = 0; i < in; i++)
        y[o] = plus (y[o], times (v[i], given (W[i * out + o])));
    }
}

/* tanh y = 1 - 2 / (e^2y + 1), or max (0, y).  */
static tracked
plain_unit (lvm_activation phi, tracked y)
{
  if (phi == LVM_RELU)
    return y.value > 0 ? y : given (0);
  return minus (given (1),
                over (given (2), plus (e_to (times (given (2), y)), given (1))));
}

static tracked
plain_softplus (tracked a)
{
  const tracked zero = given (0), one = given (1);
  return a.value > 0 ? plus (a, ln (plus (one, e_to (minus (zero, a)))))
                     : ln (plus (one, e_to (a)));
}

static tracked
plain_exp_half (tracked log_variance)
{
  return e_to (over (log_variance, given (2)));
}

/* 1/2 (mean^2 + e^lambda - 1 - lambda)  */
static tracked
plain_divergence (tracked mean, tracked log_variance)
{
  const tracked rest = minus (e_to (log_variance), plus (given (1), log_variance));
  return over (plus (times (mean, mean), rest), given (2));
}

static void
plain_decode (const vae_case *c, const tracked z[], tracked h2[], tracked a[])
{
  const lvm_vae_shape s = c->shape;
  const lvm_vae_places p = lvm_vae_place (s);
  plain_layer (s.L, s.H, z, c->theta + p.W2, c->theta + p.b2, h2);
  for (size_t i = 0; i < s.H; i++)
    h2[i] = plain_unit (s.activation, h2[i]);
  plain_layer (s.H, s.D, h2, c->theta + p.W3, c->theta + p.b3, a);
}

static void
plain_encode (const vae_case *c, size_t n, tracked h1[], tracked mean[],
              tracked log_variance[])
{
  const lvm_vae_shape s = c->shape;
  const lvm_vae_places p = lvm_vae_place (s);
  tracked x[MOST];
  for (size_t d = 0; d < s.D; d++)
    x[d] = given (lvm_bit (c->x, n, d));
  plain_layer (s.D, s.H, x, c->theta + p.W1, c->theta + p.b1, h1);
  for (size_t i = 0; i < s.H; i++)
    h1[i] = plain_unit (s.activation, h1[i]);
  plain_layer (s.H, s.L, h1, c->theta + p.Wm, c->theta + p.bm, mean);
  plain_layer (s.H, s.L, h1, c->theta + p.Ws, c->theta + p.bs, log_variance);
}

/* The loss of datum n.  */
static tracked
plain_forward (const vae_case *c, size_t n, plain *p)
{
  const lvm_vae_shape s = c->shape;
  tracked *mean = p->mean + n * s.L, *lambda = p->log_variance + n * s.L,
          *z = p->z + n * s.L, *a = p->a + n * s.D, sum = given (0);
  plain_encode (c, n, p->h1 + n * s.H, mean, lambda);
  for (size_t l = 0; l < s.L; l++)
    {
      z[l] = plus (mean[l],
                   times (plain_exp_half (lambda[l]), given (c->eps[n * s.L + l])));
      sum = plus (sum, plain_divergence (mean[l], lambda[l]));
    }
  plain_decode (c, z, p->h2 + n * s.H, a);
  for (size_t d = 0; d < s.D; d++)
    sum = plus (sum, minus (plain_softplus (a[d]),
                            times (given (lvm_bit (c->x, n, d)), a[d])));
  return sum;
}

static tracked
plain_loss (const vae_case *c, plain *p)
{
  tracked sum = given (0);
  for (size_t n = 0; n < c->B; n++)
    sum = plus (sum, plain_forward (c, n, p));
  return p->loss = over (sum, given ((double) c->B));
}

static void
add_to (tracked *sum, tracked more)
{
  *sum = plus (*sum, more);
}

/* Back through y = v W + b, one product after the other; d_v may be NULL.  */
static void
plain_layer_back (size_t in, size_t out, const tracked v[], const double W[],
                  const tracked d_y[], tracked d_W[], tracked d_b[], tracked d_v[])
{
  for (size_t o = 0; o < out; o++)
    {
      add_to (&d_b[o], d_y[o]);
      for (size_t i = 0; i < in; i++)
        {
          add_to (&d_W[i * out + o], times (v[i], d_y[o]));
          if (d_v != NULL)
            add_to (&d_v[i], times (d_y[o], given (W[i * out + o])));
        }
    }
}

static void
plain_unit_back (lvm_activation phi, size_t H, const tracked h[], tracked d[])
{
  for (size_t i = 0; i < H; i++)
    d[i] = phi == LVM_RELU ? (h[i].value > 0 ? d[i] : given (0))
                           : times (d[i], minus (given (1), times (h[i], h[i])));
}

/* Datum n's part of the gradient.  */
static void
plain_datum_back (lvm_judge *j, const vae_case *c, size_t n, plain *p)
{
  const lvm_vae_shape s = c->shape;
  const lvm_vae_places at = lvm_vae_place (s);
  const double *t = c->theta;
  const tracked *h1 = p->h1 + n * s.H, *h2 = p->h2 + n * s.H,
                *mean = p->mean + n * s.L, *lambda = p->log_variance + n * s.L,
                *z = p->z + n * s.L, B = given ((double) c->B);
  tracked *d_a = some (j, s.D), *d_h = some (j, s.H), *d_z = some (j, s.L),
          *d_mean = some (j, s.L), *d_lambda = some (j, s.L), *x = some (j, s.D),
          *d_h1 = some (j, s.H);
  for (size_t d = 0; d < s.D; d++)
    {
      x[d] = given (lvm_bit (c->x, n, d));
      const tracked e = e_to (minus (given (0), p->a[n * s.D + d]));
      d_a[d] = over (minus (over (given (1), plus (given (1), e)), x[d]), B);
    }
  plain_layer_back (s.H, s.D, h2, t + at.W3, d_a, p->g + at.W3, p->g + at.b3, d_h);
  plain_unit_back (s.activation, s.H, h2, d_h);
  plain_layer_back (s.L, s.H, z, t + at.W2, d_h, p->g + at.W2, p->g + at.b2, d_z);
  for (size_t l = 0; l < s.L; l++)
    {
      const tracked sd_eps =
          times (plain_exp_half (lambda[l]), given (c->eps[n * s.L + l]));
      const tracked pull = over (minus (e_to (lambda[l]), given (1)), B);
      d_mean[l] = plus (d_z[l], over (mean[l], B));
      d_lambda[l] = over (plus (times (d_z[l], sd_eps), pull), given (2));
    }
  plain_layer_back (s.H, s.L, h1, t + at.Wm, d_mean, p->g + at.Wm, p->g + at.bm,
                    d_h1);
  plain_layer_back (s.H, s.L, h1, t + at.Ws, d_lambda, p->g + at.Ws, p->g + at.bs,
                    d_h1);
  plain_unit_back (s.activation, s.H, h1, d_h1);
  plain_layer_back (s.D, s.H, x, NULL, d_h1, p->g + at.W1, p->g + at.b1, NULL);
}

/* Forward and backward.  */
static plain
plain_run (lvm_judge *j, const vae_case *c)
{
  plain p = plain_of (j, c);
  plain_loss (c, &p);
  for (size_t n = 0; n < c->B; n++)
    plain_datum_back (j, c, n, &p);
  return p;
}

/* --- cases ------------------------------------------------------------------------ */

enum
{
  RELU_NETWORK,
  ONE_LATENT,
  ONE_UNIT,
  ONE_IMAGE,
  FAR_LOGITS, /* near +-40 */
  NARROW,     /* deviations near e^-3 */
  VAE_CORNERS
};

static lvm_vae_shape
draw_shape (gsl_rng *g, int corner)
{
  return (lvm_vae_shape){
    .D = 2 + gsl_rng_uniform_int (g, 5),
    .H = corner == ONE_UNIT ? 1 : 1 + gsl_rng_uniform_int (g, 5),
    .L = corner == ONE_LATENT ? 1 : 1 + gsl_rng_uniform_int (g, 3),
    .activation =
        corner == RELU_NETWORK || (corner < 0 && gsl_rng_uniform (g) < 0.3)
            ? LVM_RELU
            : LVM_TANH
  };
}

static lvm_bits *
draw_images (lvm_judge *j, size_t N, size_t D)
{
  lvm_bits *x = lvm_take (j, 1, sizeof *x);
  const size_t stride = lvm_bits_stride (D);
  *x = (lvm_bits){ N, D, stride, lvm_take (j, N, stride) };
  for (size_t n = 0; n < N; n++)
    for (size_t d = 0; d < D; d++)
      if (gsl_rng_uniform (lvm_cases (j)) < 0.4)
        lvm_bit_set (x, n, d);
  return x;
}

static vae_case *
draw_shaped (lvm_judge *j, int corner, lvm_vae_shape s, size_t B)
{
  gsl_rng *g = lvm_cases (j);
  const lvm_vae_places p = lvm_vae_place (s);
  vae_case *c = lvm_take (j, 1, sizeof *c);
  double *theta = lvm_take (j, p.n, sizeof *theta),
         *eps = lvm_take (j, B * s.L, sizeof *eps);
  for (size_t i = 0; i < p.n; i++)
    theta[i] = gsl_ran_gaussian (g, 0.7);
  for (size_t l = 0; corner == NARROW && l < s.L; l++)
    theta[p.bs + l] -= 6;
  for (size_t d = 0; corner == FAR_LOGITS && d < s.D; d++)
    theta[p.b3 + d] += gsl_rng_uniform (g) < 0.5 ? 40 : -40;
  for (size_t i = 0; i < B * s.L; i++)
    eps[i] = gsl_ran_ugaussian (g);
  *c = (vae_case){ s, theta, draw_images (j, B, s.D), B, eps };
  return c;
}

static vae_case *
draw_vae (lvm_judge *j, int corner)
{
  const lvm_vae_shape s = draw_shape (lvm_cases (j), corner);
  return draw_shaped (
      j, corner, s,
      corner == ONE_IMAGE ? 1 : 1 + gsl_rng_uniform_int (lvm_cases (j), 4));
}

/* --- lines ------------------------------------------------------------------------- */

static void *
draw_coins (lvm_judge *j, int corner)
{
  gsl_rng *g = lvm_cases (j);
  coins *at = lvm_take (j, 1, sizeof *at);
  const size_t D = corner == 0 ? 1 : 1 + gsl_rng_uniform_int (g, 6);
  double *x = lvm_take (j, D, sizeof *x), *a = lvm_take (j, D, sizeof *a);
  for (size_t d = 0; d < D; d++)
    {
      x[d] = gsl_rng_uniform (g) < 0.5;
      a[d] = gsl_ran_gaussian (g, corner == 1 ? 5 : 1.5);
    }
  *at = (coins){ D, x, a };
  return at;
}

/* Rows of q, some with zeros.  */
static void
draw_rows (gsl_rng *g, size_t N, size_t K, int zeros, double q[])
{
  for (size_t n = 0; n < N; n++)
    {
      double sum = 0;
      for (size_t k = 0; k < K; k++)
        {
          q[n * K + k] = zeros && k != n % K && gsl_rng_uniform (g) < 0.5
                             ? 0
                             : 0.02 + gsl_ran_exponential (g, 1);
          sum += q[n * K + k];
        }
      for (size_t k = 0; k < K; k++)
        q[n * K + k] /= sum;
    }
}

static void *
draw_clouds (lvm_judge *j, int corner)
{
  gsl_rng *g = lvm_cases (j);
  clouds *at = lvm_take (j, 1, sizeof *at);
  const size_t N = corner == 0 ? 1 : 1 + gsl_rng_uniform_int (g, 4),
               K = corner == 1 ? 1 : 1 + gsl_rng_uniform_int (g, 4);
  double *q = lvm_take (j, N * K, sizeof *q), *prior = lvm_take (j, K, sizeof *q);
  draw_rows (g, N, K, corner == 2, q);
  draw_rows (g, 1, K, 0, prior);
  *at = (clouds){ N, K, q, prior };
  return at;
}

static size_t
scalar (const void *at)
{
  (void) at;
  return 1;
}

static const lvm_derivation derivations[] = {
  { &likelihood_lines, likelihood_labels, draw_coins, scalar, 2, 60, LVM_HERE },
  { &split_lines, split_labels, draw_clouds, scalar, 3, 60, LVM_HERE }
};

/* --- loss ---------------------------------------------------------------------------- */

static void
vae_softplus (lvm_judge *j, const void *ops, int corner)
{
  const layer_ops *f = ops;
  static const double corners[] = { 0, 709, 750, -745, -750, 1e6, -1e6, 36.7 };
  const double a =
      corner >= 0 ? corners[corner]
                  : gsl_ran_gaussian (lvm_cases (j),
                                      exp (3 * gsl_rng_uniform (lvm_cases (j))));
  const long double y = fmaxl (a, 0) + log1pl (expl (-fabsl (a)));
  lvm_equal (j, "softplus", f->softplus (a), (double) y,
             4 * u * (double) y + DBL_TRUE_MIN);
}

static void
vae_loss (lvm_judge *j, const void *ops, int corner)
{
  const vae_ops *f = ops;
  const vae_case *c = draw_vae (j, corner);
  plain p = plain_of (j, c);
  const tracked loss = plain_loss (c, &p);
  lvm_equal (j, "loss", f->loss (c), loss.value, 4 * loss.error);
}

static void
vae_zero (lvm_judge *j, const void *ops, int corner)
{
  const vae_ops *f = ops;
  const lvm_vae_shape s = corner == 0 ? (lvm_vae_shape){ 784, 3, 2, LVM_TANH }
                                      : draw_shape (lvm_cases (j), corner);
  vae_case *c = draw_shaped (j, -1, s, 1 + gsl_rng_uniform_int (lvm_cases (j), 4));
  c->theta = lvm_take (j, lvm_vae_place (s).n, sizeof *c->theta);
  const double D = (double) s.D;
  lvm_equal (j, "bound", -f->loss (c), -D * M_LN2, 4 * D * u * D);
}

/* ln N(z | mean, e^lambda) - ln N(z | 0, 1), summed.  */
static double
log_ratio (size_t L, const double z[], const double mean[],
           const double log_variance[])
{
  double sum = 0;
  for (size_t l = 0; l < L; l++)
    {
      const double e = z[l] - mean[l];
      sum += (z[l] * z[l] - e * e * exp (-log_variance[l]) - log_variance[l]) / 2;
    }
  return sum;
}

typedef struct
{
  double n, sum, square;
} tally;

static void
count_in (tally *t, double y)
{
  t->n++;
  t->sum += y;
  t->square += y * y;
}

static void
mean_is (lvm_judge *j, const char *what, const tally *t, double truth)
{
  const double mean = t->sum / t->n,
               variance = (t->square - t->n * mean * mean) / (t->n - 1);
  lvm_mean (j, what, mean, sqrt (variance / t->n), truth);
}

enum
{
  KL_CASES = 4,
  KL_DRAWS = 20000
};

static void
vae_kl (lvm_judge *j, const void *ops, int corner)
{
  const vae_ops *f = ops;
  gsl_rng *g = lvm_cases (j);
  const size_t L = 1 + gsl_rng_uniform_int (g, 4);
  double mean[4], log_variance[4], eps[4], z[4];
  tally t = { 0 };
  (void) corner;
  for (size_t l = 0; l < L; l++)
    {
      mean[l] = gsl_ran_gaussian (g, 1);
      log_variance[l] = gsl_ran_flat (g, 0.3, 1.5) * (l % 2 == 0 ? -1 : 1);
    }
  for (int i = 0; i < KL_DRAWS; i++)
    {
      f->noise (lvm_noise (j), 1, L, eps);
      f->sample (L, mean, log_variance, eps, z);
      count_in (&t, log_ratio (L, z, mean, log_variance));
    }
  mean_is (j, "E[ln q - ln p]", &t, f->kl (L, mean, log_variance));
}

enum
{
  NOISE_CASES = 2,
  NOISE_DRAWS = 8000
};

static void
vae_noise (lvm_judge *j, const void *ops, int corner)
{
  const vae_ops *f = ops;
  const size_t B = 2 + gsl_rng_uniform_int (lvm_cases (j), 6),
               L = 2 + gsl_rng_uniform_int (lvm_cases (j), 3), n = B * L;
  double *eps = lvm_take (j, n, sizeof *eps);
  tally own = { 0 }, cross = { 0 };
  (void) corner;
  for (int i = 0; i < NOISE_DRAWS; i++)
    {
      double sum = 0, square = 0;
      f->noise (lvm_noise (j), B, L, eps);
      for (size_t e = 0; e < n; e++)
        {
          sum += eps[e];
          square += eps[e] * eps[e];
        }
      count_in (&own, square / (double) n);
      count_in (&cross, (sum * sum - square) / (double) (n * (n - 1)));
    }
  mean_is (j, "E[eps^2]", &own, 1);
  mean_is (j, "E[eps eps'] of two", &cross, 0);
}

/* --- derivatives ------------------------------------------------------------------------ */

typedef long double function_of_many (const double p[], const void *with);

enum
{
  HALVINGS = 7
};

/* The slope along a random direction in p[from, to), by differences of f, against the
   gradient g there.  */
static void
slope_is (lvm_judge *j, const char *what, function_of_many *f, const void *with,
          size_t n, const double p[], size_t from, size_t to, const double g[])
{
  double *e = lvm_take (j, n, sizeof *e), *q = lvm_take (j, n, sizeof *q),
         slope = 0, error[HALVINGS];
  const double size = fabs ((double) f (p, with));
  for (size_t i = from; i < to; i++)
    {
      e[i] = gsl_ran_ugaussian (lvm_cases (j)) / sqrt ((double) (to - from));
      slope += e[i] * g[i];
    }
  for (int s = 0; s < HALVINGS; s++)
    {
      const double h = ldexp (1, -4 - s);
      for (size_t i = 0; i < n; i++)
        q[i] = p[i] + h * e[i];
      const long double up = f (q, with);
      for (size_t i = 0; i < n; i++)
        q[i] = p[i] - h * e[i];
      error[s] = fabs ((double) ((up - f (q, with)) / (2 * h)) - slope);
    }
  /* rounding; where the curvature is hardly more than that, no order can be seen */
  const double floor = 1e-12 * (1 + size);
  lvm_order (j, what, HALVINGS, error, 2,
             error[0] <= 100 * floor ? 100 * floor : floor);
}

enum
{
  FEW = 6
};

static void
draw_numbers (lvm_judge *j, size_t n, double sd, double y[])
{
  for (size_t i = 0; i < n; i++)
    y[i] = gsl_ran_gaussian (lvm_cases (j), sd);
}

typedef struct
{
  size_t D;
  double x[FEW];
} logit_case;

static long double
minus_likelihood (const double a[], const void *with)
{
  const logit_case *c = with;
  long double sum = 0;
  for (size_t d = 0; d < c->D; d++)
    sum += log1pl (expl (a[d])) - c->x[d] * a[d];
  return sum;
}

static void
vae_grad_logit (lvm_judge *j, const void *ops, int corner)
{
  const layer_ops *f = ops;
  logit_case c = { corner == 0 ? 1 : FEW, { 0 } };
  double a[FEW], d_a[FEW] = { 0 };
  draw_numbers (j, c.D, 1.5, a);
  for (size_t d = 0; d < c.D; d++)
    c.x[d] = gsl_rng_uniform (lvm_cases (j)) < 0.5;
  f->grad_logit (c.D, c.x, a, d_a);
  slope_is (j, "by the logits", minus_likelihood, &c, c.D, a, 0, c.D, d_a);
}

/* p holds v [in], W [in x out], b [out]; the loss is sum_o sin y_o.  */
typedef struct
{
  size_t in, out;
} layer_case;

static double
layer_output (const layer_case *c, const double p[], size_t o)
{
  double y = p[c->in + c->in * c->out + o];
  for (size_t i = 0; i < c->in; i++)
    y += p[i] * p[c->in + i * c->out + o];
  return y;
}

static long double
sines_of_layer (const double p[], const void *with)
{
  const layer_case *c = with;
  long double sum = 0;
  for (size_t o = 0; o < c->out; o++)
    sum += sinl (layer_output (c, p, o));
  return sum;
}

static void
vae_grad_layer (lvm_judge *j, const void *ops, int corner)
{
  const layer_ops *f = ops;
  const layer_case c = {
    corner == 0 ? 1 : 2 + gsl_rng_uniform_int (lvm_cases (j), 3),
    corner == 1 ? 1 : 2 + gsl_rng_uniform_int (lvm_cases (j), 3)
  };
  const size_t W = c.in, b = W + c.in * c.out, n = b + c.out;
  double *p = lvm_take (j, n, sizeof *p), *g = lvm_take (j, n, sizeof *g), d_y[FEW];
  draw_numbers (j, n, 0.8, p);
  for (size_t o = 0; o < c.out; o++)
    d_y[o] = cos (layer_output (&c, p, o));
  f->grad_layer (c.in, c.out, p, p + W, d_y, g + W, g + b, g);
  slope_is (j, "by the input", sines_of_layer, &c, n, p, 0, W, g);
  slope_is (j, "by the weights", sines_of_layer, &c, n, p, W, b, g);
  slope_is (j, "by the biases", sines_of_layer, &c, n, p, b, n, g);
}

typedef struct
{
  int relu;
  double weight[FEW];
} unit_case;

static long double
units (const double y[], const void *with)
{
  const unit_case *c = with;
  long double sum = 0;
  for (size_t i = 0; i < FEW; i++)
    sum += c->weight[i] * (c->relu ? fmaxl (y[i], 0) : tanhl (y[i]));
  return sum;
}

static void
vae_grad_unit (lvm_judge *j, const void *ops, int corner)
{
  const layer_ops *f = ops;
  unit_case c = {
    corner == 0 || (corner < 0 && gsl_rng_uniform (lvm_cases (j)) < 0.4), { 0 }
  };
  double y[FEW], h[FEW], d_y[FEW];
  draw_numbers (j, FEW, 1, y);
  draw_numbers (j, FEW, 1, c.weight);
  for (size_t i = 0; i < FEW; i++)
    {
      y[i] += c.relu && fabs (y[i]) < 0.3 ? copysign (0.3, y[i]) : 0;
      h[i] = c.relu ? fmax (y[i], 0) : tanh (y[i]);
    }
  f->grad_unit (c.relu, FEW, h, c.weight, d_y);
  slope_is (j, "by what goes into a unit", units, &c, FEW, y, 0, FEW, d_y);
}

/* p holds mean [L], lambda [L]; the loss is sum sin z and, or or not, the divergence.  */
typedef struct
{
  size_t L;
  int path, kl;
  double eps[FEW];
} latent_case;

static long double
latent_loss (const double p[], const void *with)
{
  const latent_case *c = with;
  long double sum = 0;
  for (size_t l = 0; l < c->L; l++)
    {
      const long double mean = p[l], lambda = p[c->L + l];
      sum += c->path ? sinl (mean + expl (lambda / 2) * c->eps[l]) : 0;
      sum += c->kl ? (mean * mean + expl (lambda) - 1 - lambda) / 2 : 0;
    }
  return sum;
}

static void
latent_claim (lvm_judge *j, const layer_ops *f, int corner, int path, int kl)
{
  latent_case c = {
    corner == 0 ? 1 : 1 + gsl_rng_uniform_int (lvm_cases (j), 3), path, kl, { 0 }
  };
  double p[FEW], g[FEW] = { 0 }, z[FEW], d_z[FEW];
  const size_t L = c.L;
  draw_numbers (j, 2 * L, 0.8, p);
  draw_numbers (j, L, 1, c.eps);
  for (size_t l = 0; l < L; l++)
    {
      z[l] = p[l] + exp (p[L + l] / 2) * c.eps[l];
      d_z[l] = cos (z[l]);
    }
  if (path && kl)
    f->grad_latent (L, p, p + L, z, d_z, g, g + L);
  else if (path)
    f->grad_sample (L, p + L, c.eps, d_z, g, g + L);
  else
    f->grad_kl (L, p, p + L, g, g + L);
  slope_is (j, "by the means", latent_loss, &c, 2 * L, p, 0, L, g);
  slope_is (j, "by the log variances", latent_loss, &c, 2 * L, p, L, 2 * L, g);
}

static void
vae_grad_sample (lvm_judge *j, const void *ops, int corner)
{
  latent_claim (j, ops, corner, 1, 0);
}

static void
vae_grad_kl (lvm_judge *j, const void *ops, int corner)
{
  latent_claim (j, ops, corner, 0, 1);
}

static void
vae_grad_latent (lvm_judge *j, const void *ops, int corner)
{
  latent_claim (j, ops, corner, 1, 1);
}

/* --- the whole network -------------------------------------------------------------------- */

/* Blocks of parameters, one after the other.  */
enum
{
  BLOCKS = 10
};

static const char *const block_names[BLOCKS] = { "W1", "b1", "Wm", "bm", "Ws",
                                                 "bs", "W2", "b2", "W3", "b3" };

static void
block_edges (lvm_vae_shape s, size_t edge[BLOCKS + 1])
{
  const lvm_vae_places p = lvm_vae_place (s);
  memcpy (
      edge,
      (size_t[]){ p.W1, p.b1, p.Wm, p.bm, p.Ws, p.bs, p.W2, p.b2, p.W3, p.b3, p.n },
      (BLOCKS + 1) * sizeof *edge);
}

typedef struct
{
  vae_case c;
  plain *room;
} loss_at;

static long double
loss_of_parameters (const double theta[], const void *with)
{
  const loss_at *at = with;
  vae_case c = at->c;
  c.theta = theta;
  return plain_loss (&c, at->room).value;
}

static void
vae_backprop (lvm_judge *j, const void *ops, int corner)
{
  const vae_ops *f = ops;
  const vae_case *c = draw_vae (j, corner);
  plain room = plain_of (j, c);
  const loss_at at = { *c, &room };
  size_t edge[BLOCKS + 1];
  block_edges (c->shape, edge);
  double *g = lvm_take (j, edge[BLOCKS], sizeof *g);
  f->gradient (c, g);
  for (int b = 0; b < BLOCKS; b++)
    slope_is (j, block_names[b], loss_of_parameters, &at, edge[BLOCKS], c->theta,
              edge[b], edge[b + 1], g);
}

enum
{
  NODES = 48,
  PATH_CASES = 4,
  PATH_DRAWS = 4000
};

/* E[loss] over the noise of one latent number, by Gauss-Hermite quadrature.  */
static double
expected_loss (const vae_case *c, const double theta[], plain *room,
               const double node[], const double weight[])
{
  vae_case at = *c;
  double eps[FEW], sum = 0;
  at.theta = theta;
  at.eps = eps;
  for (size_t i = 0; i < NODES; i++)
    {
      for (size_t n = 0; n < c->B; n++)
        eps[n] = node[i];
      sum += weight[i] * plain_loss (&at, room).value;
    }
  return sum;
}

/* Its slope along e, by differences of fourth order.  */
static double
expected_slope (lvm_judge *j, const vae_case *c, const double e[])
{
  const size_t n = lvm_vae_place (c->shape).n;
  const double h = 2e-3;
  double node[NODES], weight[NODES], *theta = lvm_take (j, n, sizeof *theta), y[4];
  static const double step[4] = { -2, -1, 1, 2 };
  plain room = plain_of (j, c);
  lvm_gauss_hermite (NODES, node, weight);
  for (int s = 0; s < 4; s++)
    {
      for (size_t i = 0; i < n; i++)
        theta[i] = c->theta[i] + step[s] * h * e[i];
      y[s] = expected_loss (c, theta, &room, node, weight);
    }
  return (8 * (y[2] - y[1]) - (y[3] - y[0])) / (12 * h);
}

static void
vae_pathwise (lvm_judge *j, const void *ops, int corner)
{
  const vae_ops *f = ops;
  const lvm_vae_shape s = { 5, 4, 1, LVM_TANH };
  vae_case *c = draw_shaped (j, -1, s, 3);
  const size_t n = lvm_vae_place (s).n;
  double *e = lvm_take (j, n, sizeof *e), *g = lvm_take (j, n, sizeof *g), eps[3];
  tally t = { 0 };
  (void) corner;
  draw_numbers (j, n, 1, e);
  const double truth = expected_slope (j, c, e);
  c->eps = eps;
  for (int i = 0; i < PATH_DRAWS; i++)
    {
      double slope = 0;
      f->noise (lvm_noise (j), 3, 1, eps);
      f->gradient (c, g);
      for (size_t k = 0; k < n; k++)
        slope += e[k] * g[k];
      count_in (&t, slope);
    }
  mean_is (j, "average slope", &t, truth);
}

/* A case whose numbers are floats.  */
static vae_case *
draw_rounded (lvm_judge *j, int corner)
{
  vae_case *c = draw_vae (j, corner);
  const size_t n = lvm_vae_place (c->shape).n, m = c->B * c->shape.L;
  double *theta = lvm_take (j, n, sizeof *theta),
         *eps = lvm_take (j, m, sizeof *eps);
  for (size_t i = 0; i < n; i++)
    theta[i] = (float) c->theta[i];
  for (size_t i = 0; i < m; i++)
    eps[i] = (float) c->eps[i];
  c->theta = theta;
  c->eps = eps;
  return c;
}

/* Rounding in single precision is 2^29 times that in double: the plain network's own bound,
   so much larger, twice over for sums in another order.  */
static void
vae_float (lvm_judge *j, const void *ops, int corner)
{
  const float_ops *f = ops;
  const vae_case *c = draw_rounded (j, corner);
  const size_t n = lvm_vae_place (c->shape).n;
  double *g = lvm_take (j, n, sizeof *g);
  const plain p = plain_run (j, c);
  lvm_equal (j, "loss", f->loss (c), p.loss.value, ldexp (2 * p.loss.error, 29));
  f->gradient (c, g);
  for (size_t i = 0; i < n; i++)
    lvm_equal (j, "derivative", g[i], p.g[i].value,
               ldexp (2 * p.g[i].error, 29) + FLT_MIN);
}

/* exp, tanh and log of the fast form are good to 4 units, which the plain network counts as
   one.  */
static void
vae_fast (lvm_judge *j, const void *ops, int corner)
{
  const float_ops *f = ops;
  const vae_case *c = draw_rounded (j, corner);
  const size_t n = lvm_vae_place (c->shape).n;
  double *g = lvm_take (j, n, sizeof *g);
  const plain p = plain_run (j, c);
  f->fast (c, 1 + (int) gsl_rng_uniform_int (lvm_cases (j), 3), g);
  for (size_t i = 0; i < n; i++)
    lvm_equal (j, "derivative", g[i], p.g[i].value,
               ldexp (8 * p.g[i].error, 29) + FLT_MIN);
}

static void
vae_threads (lvm_judge *j, const void *ops, int corner)
{
  const float_ops *f = ops;
  const lvm_vae_shape s = { 40, 20 + gsl_rng_uniform_int (lvm_cases (j), 20), 2,
                            LVM_TANH };
  const vae_case *c = draw_shaped (j, -1, s, 30);
  const size_t n = lvm_vae_place (s).n;
  double *one = lvm_take (j, n, sizeof *one), *more = lvm_take (j, n, sizeof *one);
  (void) corner;
  f->fast (c, 1, one);
  for (int threads = 2; threads <= 4; threads++)
    {
      f->fast (c, threads, more);
      for (size_t i = 0; i < n; i++)
        lvm_exactly (j, "derivative", more[i], one[i]);
    }
}

/* --- what the gradient must not notice ------------------------------------------------------ */

/* A sum of derivatives times factors, and its rounding bound.  */
typedef struct
{
  double value, error;
} contraction;

static void
contract (contraction *k, double factor, double derivative,
          const tracked *plain_one)
{
  k->value += factor * derivative;
  k->error += fabs (factor) * (4 * plain_one->error + 4 * u * fabs (derivative));
}

/* mean over the batch of mu^2 + e^lambda (power 2), or of mu (power 1)  */
static tracked
latent_moment (const vae_case *c, const plain *p, size_t l, int power)
{
  tracked sum = given (0);
  for (size_t n = 0; n < c->B; n++)
    {
      const size_t i = n * c->shape.L + l;
      sum = plus (sum, power == 1 ? p->mean[i]
                                  : plus (times (p->mean[i], p->mean[i]),
                                          e_to (p->log_variance[i])));
    }
  return over (sum, given ((double) c->B));
}

static void
vae_scale (lvm_judge *j, const void *ops, int corner)
{
  const vae_ops *f = ops;
  const vae_case *c = draw_vae (j, corner);
  const lvm_vae_shape s = c->shape;
  const lvm_vae_places at = lvm_vae_place (s);
  const double *t = c->theta;
  double *g = lvm_take (j, at.n, sizeof *g);
  const plain p = plain_run (j, c);
  f->gradient (c, g);
  for (size_t l = 0; l < s.L; l++)
    {
      contraction k = { 0, 0 };
      for (size_t i = 0; i < s.H; i++)
        {
          const size_t m = at.Wm + i * s.L + l, w = at.W2 + l * s.H + i;
          contract (&k, t[m], g[m], &p.g[m]);
          contract (&k, -t[w], g[w], &p.g[w]);
        }
      contract (&k, t[at.bm + l], g[at.bm + l], &p.g[at.bm + l]);
      contract (&k, 2, g[at.bs + l], &p.g[at.bs + l]);
      const tracked v = latent_moment (c, &p, l, 2);
      lvm_equal (j, "slope along a scale", k.value, v.value - 1,
                 k.error + v.error + 4 * u);
    }
}

static void
vae_shift (lvm_judge *j, const void *ops, int corner)
{
  const vae_ops *f = ops;
  const vae_case *c = draw_vae (j, corner);
  const lvm_vae_shape s = c->shape;
  const lvm_vae_places at = lvm_vae_place (s);
  double *g = lvm_take (j, at.n, sizeof *g);
  const plain p = plain_run (j, c);
  f->gradient (c, g);
  for (size_t l = 0; l < s.L; l++)
    {
      contraction k = { 0, 0 };
      contract (&k, 1, g[at.bm + l], &p.g[at.bm + l]);
      for (size_t i = 0; i < s.H; i++)
        contract (&k, -c->theta[at.W2 + l * s.H + i], g[at.b2 + i],
                  &p.g[at.b2 + i]);
      const tracked m = latent_moment (c, &p, l, 1);
      lvm_equal (j, "slope along a shift", k.value, m.value, k.error + m.error);
    }
}

/* Every latent number is divided by the root of its second moment.  */
static void
vae_rescale (lvm_judge *j, const void *ops, int corner)
{
  const formula_ops *f = ops;
  vae_case *c = draw_vae (j, corner);
  const lvm_vae_shape s = c->shape;
  const lvm_vae_places at = lvm_vae_place (s);
  double *theta = lvm_take (j, at.n, sizeof *theta), v[FEW];
  plain p = plain_of (j, c);
  const tracked before = plain_loss (c, &p);
  memcpy (theta, c->theta, at.n * sizeof *theta);
  for (size_t l = 0; l < s.L; l++)
    {
      v[l] = latent_moment (c, &p, l, 2).value;
      const double r = 1 / sqrt (v[l]);
      for (size_t i = 0; i < s.H; i++)
        {
          theta[at.Wm + i * s.L + l] *= r;
          theta[at.W2 + l * s.H + i] /= r;
        }
      theta[at.bm + l] *= r;
      theta[at.bs + l] -= log (v[l]);
    }
  c->theta = theta;
  const tracked after = plain_loss (c, &p);
  lvm_equal (j, "gain", f->gain (s.L, v), before.value - after.value,
             8 * (before.error + after.error));
}

static void
vae_permutation (lvm_judge *j, const void *ops, int corner)
{
  const vae_ops *f = ops;
  vae_case *c = draw_vae (j, corner);
  const lvm_vae_shape s = c->shape;
  const lvm_vae_places at = lvm_vae_place (s);
  double *theta = lvm_take (j, at.n, sizeof *theta),
         *eps = lvm_take (j, c->B * s.L, sizeof *eps), sign[FEW];
  size_t to[FEW];
  plain p = plain_of (j, c);
  const double error = plain_loss (c, &p).error, before = f->loss (c);
  for (size_t l = 0; l < s.L; l++)
    {
      to[l] = l;
      sign[l] = gsl_rng_uniform (lvm_cases (j)) < 0.5 ? 1 : -1;
    }
  gsl_ran_shuffle (lvm_cases (j), to, s.L, sizeof *to);
  memcpy (theta, c->theta, at.n * sizeof *theta);
  for (size_t l = 0; l < s.L; l++)
    {
      for (size_t i = 0; i < s.H; i++)
        {
          theta[at.Wm + i * s.L + to[l]] = sign[l] * c->theta[at.Wm + i * s.L + l];
          theta[at.Ws + i * s.L + to[l]] = c->theta[at.Ws + i * s.L + l];
          theta[at.W2 + to[l] * s.H + i] = sign[l] * c->theta[at.W2 + l * s.H + i];
        }
      theta[at.bm + to[l]] = sign[l] * c->theta[at.bm + l];
      theta[at.bs + to[l]] = c->theta[at.bs + l];
      for (size_t n = 0; n < c->B; n++)
        eps[n * s.L + to[l]] = sign[l] * c->eps[n * s.L + l];
    }
  c->theta = theta;
  c->eps = eps;
  lvm_equal (j, "loss", f->loss (c), before, 8 * error);
}

/* --- Adam ------------------------------------------------------------------------------------- */

enum
{
  PARAMETERS = 3,
  STEPS = 25
};

typedef struct
{
  double rate, beta1, beta2, epsilon, g[STEPS][PARAMETERS], start[PARAMETERS];
} adam_case;

static adam_case
draw_adam (lvm_judge *j, int corner)
{
  gsl_rng *g = lvm_cases (j);
  adam_case c = { exp (gsl_ran_gaussian (g, 1)) * 0.01,
                  gsl_ran_flat (g, 0.5, 0.95),
                  gsl_ran_flat (g, 0.9, 0.999),
                  1e-8,
                  { { 0 } },
                  { 0 } };
  if (corner == 0)
    c.beta1 = 0.9, c.beta2 = 0.999;
  const double size = corner == 1 ? 1e-8 : exp (gsl_ran_gaussian (g, 4));
  for (int t = 0; t < STEPS; t++)
    for (int i = 0; i < PARAMETERS; i++)
      c.g[t][i] = size * (1 + gsl_ran_gaussian (g, 0.7));
  for (int i = 0; i < PARAMETERS; i++)
    c.start[i] = gsl_ran_gaussian (g, 1);
  return c;
}

/* Runs T steps, with gradients and epsilon times `scale'.  */
static void
run_adam (const adam_ops *f, const adam_case *c, size_t T, double scale, double m[],
          double v[], double theta[])
{
  memset (m, 0, PARAMETERS * sizeof *m);
  memset (v, 0, PARAMETERS * sizeof *v);
  memcpy (theta, c->start, sizeof c->start);
  for (size_t t = 1; t <= T; t++)
    {
      double g[PARAMETERS];
      for (int i = 0; i < PARAMETERS; i++)
        g[i] = scale * c->g[t - 1][i];
      f->adam_step (PARAMETERS, t, c->rate, c->beta1, c->beta2, scale * c->epsilon,
                    g, m, v, theta);
    }
}

/* sum_s (1 - beta) beta^(t-s) / (1 - beta^t) g_s^power, in long double.  */
static long double
decayed (const adam_case *c, int i, size_t t, double beta, int power)
{
  long double sum = 0, weights = 0;
  for (size_t s = 1; s <= t; s++)
    {
      const long double w = powl (beta, (long double) (t - s)), g = c->g[s - 1][i];
      sum += w * (power == 1 ? g : g * g);
      weights += w;
    }
  return sum / weights;
}

static void
adam_average (lvm_judge *j, const void *ops, int corner)
{
  const adam_ops *f = ops;
  const adam_case c = draw_adam (j, corner);
  const size_t T = 2 + gsl_rng_uniform_int (lvm_cases (j), STEPS - 1);
  double m[PARAMETERS], v[PARAMETERS], theta[PARAMETERS];
  run_adam (f, &c, T, 1, m, v, theta);
  for (int i = 0; i < PARAMETERS; i++)
    {
      const double first = (double) decayed (&c, i, T, c.beta1, 1),
                   second = (double) decayed (&c, i, T, c.beta2, 2);
      double size = 0, moved = c.start[i];
      for (size_t t = 1; t <= T; t++)
        {
          size = fmax (size, fabs (c.g[t - 1][i]));
          moved -=
              (double) (c.rate * decayed (&c, i, t, c.beta1, 1)
                        / (sqrtl (decayed (&c, i, t, c.beta2, 2)) + c.epsilon));
        }
      lvm_equal (j, "average of gradients", m[i] / (1 - pow (c.beta1, (double) T)),
                 first, 1e-12 * size);
      lvm_equal (j, "average of squares", v[i] / (1 - pow (c.beta2, (double) T)),
                 second, 1e-12 * size * size);
      lvm_equal (j, "parameter", theta[i], moved,
                 1e-11 * (fabs (c.start[i]) + (double) T * c.rate));
    }
}

static void
adam_first (lvm_judge *j, const void *ops, int corner)
{
  const adam_ops *f = ops;
  const adam_case c = draw_adam (j, corner);
  double m[PARAMETERS], v[PARAMETERS], theta[PARAMETERS];
  run_adam (f, &c, 1, 1, m, v, theta);
  for (int i = 0; i < PARAMETERS; i++)
    lvm_equal (j, "first step", theta[i] - c.start[i],
               -c.rate * c.g[0][i] / (fabs (c.g[0][i]) + c.epsilon),
               4 * u * fabs (c.start[i]) + 1e-12 * c.rate);
}

static void
adam_scale (lvm_judge *j, const void *ops, int corner)
{
  const adam_ops *f = ops;
  const adam_case c = draw_adam (j, corner);
  const double scale = exp (gsl_ran_gaussian (lvm_cases (j), 3));
  double m[PARAMETERS], v[PARAMETERS], once[PARAMETERS], scaled[PARAMETERS];
  run_adam (f, &c, STEPS, 1, m, v, once);
  run_adam (f, &c, STEPS, scale, m, v, scaled);
  for (int i = 0; i < PARAMETERS; i++)
    lvm_equal (j, "parameter", scaled[i], once[i],
               1e-11 * (fabs (c.start[i]) + STEPS * c.rate));
}

/* --- initial parameters ------------------------------------------------------------------------- */

enum
{
  INIT_CASES = 2,
  INIT_TESTS = 8
};

static void
layer_begins (lvm_judge *j, size_t inputs, size_t n, const double theta[])
{
  const double bound = 1 / sqrt ((double) inputs);
  tally mean = { 0 }, square = { 0 };
  double largest = 0;
  for (size_t i = 0; i < n; i++)
    {
      largest = fmax (largest, fabs (theta[i]));
      count_in (&mean, theta[i] / bound);
      count_in (&square, theta[i] * theta[i] / (bound * bound));
    }
  lvm_at_most (j, "largest", largest, bound, FLT_EPSILON * bound);
  lvm_mean (j, "mean", mean.sum / mean.n, sqrt (1 / (3 * mean.n)), 0);
  lvm_mean (j, "mean square", square.sum / mean.n, sqrt (4 / (45 * mean.n)),
            1. / 3);
}

static void
vae_init (lvm_judge *j, const void *ops, int corner)
{
  const float_ops *f = ops;
  gsl_rng *g = lvm_cases (j);
  const lvm_vae_shape s = { 30 + gsl_rng_uniform_int (g, 40),
                            30 + gsl_rng_uniform_int (g, 40),
                            10 + gsl_rng_uniform_int (g, 5), LVM_TANH };
  const lvm_vae_places p = lvm_vae_place (s);
  double *theta = lvm_take (j, p.n, sizeof *theta);
  (void) corner;
  f->init (s, lvm_noise (j), theta);
  layer_begins (j, s.D, p.Wm - p.W1, theta + p.W1);
  layer_begins (j, s.H, p.W2 - p.Wm, theta + p.Wm);
  layer_begins (j, s.L, p.W3 - p.W2, theta + p.W2);
  layer_begins (j, s.H, p.n - p.W3, theta + p.W3);
}

/* --- files --------------------------------------------------------------------------------------- */

static void
same_training (lvm_judge *j, const lvm_vae_training *a, const lvm_vae_training *b)
{
  lvm_exactly (j, "numbers", (double) a->v->n, (double) b->v->n);
  lvm_exactly (j, "steps", (double) a->adam->t, (double) b->adam->t);
  lvm_exactly (j, "epochs", (double) a->epoch, (double) b->epoch);
  lvm_exactly (j, "seed", (double) a->seed, (double) b->seed);
  lvm_exactly (j, "learning rate", a->adam->learning_rate, b->adam->learning_rate);
  for (size_t i = 0; i < a->v->n && i < b->v->n; i++)
    {
      lvm_exactly (j, "parameter", a->v->theta[i], b->v->theta[i]);
      lvm_exactly (j, "average of gradients", a->adam->m[i], b->adam->m[i]);
      lvm_exactly (j, "average of squares", a->adam->v[i], b->adam->v[i]);
    }
}

/* The same beginning, as often as it is asked for.  */
static lvm_vae_training
begun (lvm_vae_shape s, unsigned long seed)
{
  lvm_vae_training t;
  lvm_vae_training_begin (&t, s, (lvm_shape){ 0, 0 }, seed, 5, 0.01);
  return t;
}

static void
vae_reload (lvm_judge *j, const void *ops, int corner)
{
  const training_ops *f = ops;
  const lvm_vae_shape s = draw_shape (lvm_cases (j), corner);
  const lvm_bits *x = draw_images (j, 12, s.D);
  lvm_vae_training t = begun (s, gsl_rng_get (lvm_cases (j))), again;
  f->epoch (&t, x);
  f->through_file (&t, &again);
  same_training (j, &again, &t);
  lvm_vae_training_free (&t);
  lvm_vae_training_free (&again);
}

static void
vae_resume (lvm_judge *j, const void *ops, int corner)
{
  const training_ops *f = ops;
  const lvm_vae_shape s = draw_shape (lvm_cases (j), corner);
  const lvm_bits *x = draw_images (j, 12, s.D);
  const unsigned long seed = gsl_rng_get (lvm_cases (j));
  lvm_vae_training straight = begun (s, seed), stopped = begun (s, seed), resumed;
  for (int e = 0; e < 4; e++)
    f->epoch (&straight, x);
  for (int e = 0; e < 2; e++)
    f->epoch (&stopped, x);
  f->through_file (&stopped, &resumed);
  for (int e = 0; e < 2; e++)
    f->epoch (&resumed, x);
  same_training (j, &resumed, &straight);
  lvm_vae_training_free (&straight);
  lvm_vae_training_free (&stopped);
  lvm_vae_training_free (&resumed);
}

/* --- the linear auto-encoder -------------------------------------------------------------------- */

enum
{
  MOST_D = 5,
  MOST_N = 24
};

/* Data, their mean and covariance, the covariance's eigenvalues (the largest first).  */
typedef struct
{
  size_t N, D, L;
  double x[MOST_N * MOST_D], mean[MOST_D], covariance[MOST_D * MOST_D],
      eigenvalue[MOST_D];
} sample;

/* Eigenvalues are squared singular values of the centred data over N.  */
static void
singular_values (sample *s)
{
  double v[MOST_D * MOST_D], value[MOST_D], centred[MOST_N * MOST_D];
  for (size_t i = 0; i < s->N * s->D; i++)
    centred[i] = s->x[i] - s->mean[i % s->D];
  gsl_matrix_view A = gsl_matrix_view_array (centred, s->N, s->D),
                  V = gsl_matrix_view_array (v, s->D, s->D);
  gsl_vector_view S = gsl_vector_view_array (value, s->D);
  gsl_linalg_SV_decomp_jacobi (&A.matrix, &V.matrix, &S.vector);
  for (size_t d = 0; d < s->D; d++)
    s->eigenvalue[d] = value[d] * value[d] / (double) s->N;
}

enum
{
  ONE_AXIS,  /* L = 1     */
  MOST_AXES, /* L = D - 1 */
  LINEAR_CORNERS
};

static sample *
draw_sample_of (lvm_judge *j, int corner, size_t D)
{
  gsl_rng *g = lvm_cases (j);
  sample *s = lvm_take (j, 1, sizeof *s);
  lvm_blas_serial (); /* matrices of a few numbers: threads cost more than they gain */
  s->D = D;
  s->L = corner == ONE_AXIS    ? 1
         : corner == MOST_AXES ? s->D - 1
                               : 1 + gsl_rng_uniform_int (g, s->D - 1);
  s->N = MOST_N;
  double mix[MOST_D * MOST_D];
  draw_numbers (j, s->D * s->D, 0.25, mix);
  for (size_t n = 0; n < s->N; n++)
    for (size_t d = 0; d < s->D; d++)
      {
        const double e = gsl_ran_flat (g, -2, 2) * pow (1.4, (double) (s->D - d));
        for (size_t i = 0; i < s->D; i++)
          s->x[n * s->D + i] += ((i == d) + mix[d * s->D + i]) * e;
      }
  for (size_t n = 0; n < s->N; n++)
    for (size_t d = 0; d < s->D; d++)
      s->mean[d] += s->x[n * s->D + d] / (double) s->N;
  for (size_t n = 0; n < s->N; n++)
    for (size_t i = 0; i < s->D * s->D; i++)
      s->covariance[i] += (s->x[n * s->D + i / s->D] - s->mean[i / s->D])
                          * (s->x[n * s->D + i % s->D] - s->mean[i % s->D])
                          / (double) s->N;
  singular_values (s);
  return s;
}

static sample *
draw_sample (lvm_judge *j, int corner)
{
  return draw_sample_of (j, corner,
                         3 + gsl_rng_uniform_int (lvm_cases (j), MOST_D - 2));
}

/* -1/2 (D (1 + ln 2 pi) + sum_l ln kappa_l + (D - L) ln s^2)  */
static double
best_likelihood (const sample *s)
{
  const double D = (double) s->D, rest = (double) (s->D - s->L);
  double noise = 0, sum = D * (1 + log (2 * M_PI));
  for (size_t d = 0; d < s->D; d++)
    if (d < s->L)
      sum += log (s->eigenvalue[d]);
    else
      noise += s->eigenvalue[d] / rest;
  return -(sum + rest * log (noise)) / 2;
}

/* Inverse and log determinant by LU.  */
static double
invert (size_t D, const double a[], double inverse[])
{
  double copy[MOST_D * MOST_D];
  int sign;
  memcpy (copy, a, D * D * sizeof *copy);
  gsl_matrix_view A = gsl_matrix_view_array (copy, D, D),
                  B = gsl_matrix_view_array (inverse, D, D);
  gsl_permutation *perm = gsl_permutation_alloc (D);
  gsl_linalg_LU_decomp (&A.matrix, perm, &sign);
  gsl_linalg_LU_invert (&A.matrix, perm, &B.matrix);
  gsl_permutation_free (perm);
  return gsl_linalg_LU_lndet (&A.matrix);
}

/* The average of ln N(x_n | mean, W W' + s^2 I), datum by datum.  */
static double
plain_likelihood (const sample *s, const double W[], double variance)
{
  const size_t D = s->D;
  double C[MOST_D * MOST_D], inverse[MOST_D * MOST_D], sum = 0;
  for (size_t i = 0; i < D * D; i++)
    {
      C[i] = i % (D + 1) == 0 ? variance : 0;
      for (size_t l = 0; l < s->L; l++)
        C[i] += W[i / D * s->L + l] * W[i % D * s->L + l];
    }
  const double log_det = invert (D, C, inverse);
  for (size_t n = 0; n < s->N; n++)
    for (size_t i = 0; i < D * D; i++)
      sum += (s->x[n * D + i / D] - s->mean[i / D]) * inverse[i]
             * (s->x[n * D + i % D] - s->mean[i % D]);
  return -(sum / (double) s->N + log_det + (double) D * log (2 * M_PI)) / 2;
}

/* ln p(x | z) + ln p(z) - ln q(z) for datum n at z = V (x - mean) + tau eps.  */
static double
plain_term (const sample *s, const double W[], double variance, const double V[],
            const double tau2[], size_t n, const double eps[])
{
  double z[MOST_D], sum = -(double) s->D * log (2 * M_PI * variance) / 2;
  for (size_t l = 0; l < s->L; l++)
    {
      z[l] = sqrt (tau2[l]) * eps[l];
      for (size_t d = 0; d < s->D; d++)
        z[l] += V[l * s->D + d] * (s->x[n * s->D + d] - s->mean[d]);
      sum += (eps[l] * eps[l] - z[l] * z[l] + log (tau2[l])) / 2;
    }
  for (size_t d = 0; d < s->D; d++)
    {
      double e = s->x[n * s->D + d] - s->mean[d];
      for (size_t l = 0; l < s->L; l++)
        e -= W[d * s->L + l] * z[l];
      sum -= e * e / (2 * variance);
    }
  return sum;
}

/* The bound by quadrature: every term is a quadratic of each eps, and between them only
   products, for which two nodes, +-1 of equal weight, are exact.  */
static double
plain_bound (const sample *s, const double W[], double variance, const double V[],
             const double tau2[])
{
  const size_t points = (size_t) 1 << s->L;
  double sum = 0;
  for (size_t n = 0; n < s->N; n++)
    for (size_t at = 0; at < points; at++)
      {
        double eps[MOST_D];
        for (size_t l = 0; l < s->L; l++)
          eps[l] = at >> l & 1 ? 1 : -1;
        sum += plain_term (s, W, variance, V, tau2, n, eps);
      }
  return sum / (double) (s->N * points);
}

static double
plain_bound_of (const sample *s, const lvm_linear_vae *v)
{
  return plain_bound (s, v->model->loading, v->model->variance, v->encoder,
                      v->q_variance);
}

static lvm_linear_vae *
draw_linear (lvm_judge *j, const sample *s)
{
  lvm_linear_vae *v = lvm_linear_vae_alloc (s->D, s->L);
  memcpy (v->model->mean, s->mean, s->D * sizeof *s->mean);
  draw_numbers (j, s->D * s->L, 1, v->model->loading);
  draw_numbers (j, s->L * s->D, 0.3, v->encoder);
  v->model->variance = exp (gsl_ran_gaussian (lvm_cases (j), 0.7));
  for (size_t l = 0; l < s->L; l++)
    v->q_variance[l] = exp (gsl_ran_gaussian (lvm_cases (j), 0.7));
  return v;
}

enum
{
  WORK = MOST_D * (3 * MOST_D + 1)
};

static const double linear_bound = 1e-12;

static void
ppca_likelihood (lvm_judge *j, const void *ops, int corner)
{
  const linear_ops *f = ops;
  const sample *s = draw_sample (j, corner);
  lvm_linear_vae *v = draw_linear (j, s);
  const double y = plain_likelihood (s, v->model->loading, v->model->variance);
  lvm_equal (j, "average log density", f->likelihood (v->model, s->covariance), y,
             linear_bound * (1 + fabs (y)));
  lvm_linear_vae_free (v);
}

/* A function of n numbers to be made small, and the search that shares no idea with the
   code that it judges.  */
typedef struct
{
  const sample *s;
  double (*value) (const sample *, const double p[]);
} search;

static double
search_value (const gsl_vector *p, void *with)
{
  const search *at = with;
  return -at->value (at->s, p->data);
}

static void
search_slope (const gsl_vector *p, void *with, gsl_vector *g)
{
  gsl_vector *q = gsl_vector_alloc (p->size);
  gsl_vector_memcpy (q, p);
  for (size_t i = 0; i < p->size; i++)
    {
      const double h = 1e-5 * (1 + fabs (p->data[i]));
      q->data[i] = p->data[i] + h;
      const double up = search_value (q, with);
      q->data[i] = p->data[i] - h;
      gsl_vector_set (g, i, (up - search_value (q, with)) / (2 * h));
      q->data[i] = p->data[i];
    }
  gsl_vector_free (q);
}

static void
search_both (const gsl_vector *p, void *with, double *y, gsl_vector *g)
{
  *y = search_value (p, with);
  search_slope (p, with, g);
}

/* The largest value that a quasi-Newton climb from p finds.  */
static double
climb (search *at, size_t n, double p[])
{
  gsl_multimin_function_fdf f = { search_value, search_slope, search_both, n, at };
  gsl_multimin_fdfminimizer *m =
      gsl_multimin_fdfminimizer_alloc (gsl_multimin_fdfminimizer_vector_bfgs2, n);
  gsl_vector_view start = gsl_vector_view_array (p, n);
  gsl_multimin_fdfminimizer_set (m, &f, &start.vector, 0.1, 0.1);
  for (int i = 0; i < 600 && gsl_multimin_fdfminimizer_iterate (m) == 0; i++)
    if (gsl_blas_dnrm2 (gsl_multimin_fdfminimizer_gradient (m)) < 1e-7)
      break;
  const double best = -gsl_multimin_fdfminimizer_minimum (m);
  gsl_multimin_fdfminimizer_free (m);
  return best;
}

/* p holds W [D x L] and ln s^2.  */
static double
likelihood_at (const sample *s, const double p[])
{
  return plain_likelihood (s, p, exp (p[s->D * s->L]));
}

/* No model nearby is better, and a climb from elsewhere ends as high.  */
static void
ppca_ml (lvm_judge *j, const void *ops, int corner)
{
  const linear_ops *f = ops;
  const sample *s = draw_sample_of (j, corner, 3);
  const size_t n = s->D * s->L + 1;
  lvm_ppca *m = lvm_ppca_alloc (s->D, s->L);
  double p[MOST_D * MOST_D + 1], q[MOST_D * MOST_D + 1];
  f->fit (m, s->mean, s->covariance);
  memcpy (p, m->loading, (n - 1) * sizeof *p);
  p[n - 1] = log (m->variance);
  const double best = likelihood_at (s, p);
  for (double h = 1; h > 1e-6; h /= 10)
    for (int i = 0; i < 8; i++)
      {
        for (size_t k = 0; k < n; k++)
          q[k] = p[k] + gsl_ran_gaussian (lvm_noise (j), h);
        lvm_at_least (j, "a step away", best, likelihood_at (s, q),
                      linear_bound * (1 + fabs (best)));
      }
  search at = { s, likelihood_at };
  draw_numbers (j, n, 1, q);
  const double found = climb (&at, n, q);
  lvm_equal (j, "a climb from elsewhere", best, found, 1e-7 * (1 + fabs (best)));
  lvm_ppca_free (m);
}

static void
ppca_value (lvm_judge *j, const void *ops, int corner)
{
  const linear_ops *f = ops;
  const sample *s = draw_sample (j, corner);
  lvm_ppca *m = lvm_ppca_alloc (s->D, s->L);
  f->fit (m, s->mean, s->covariance);
  const double y = best_likelihood (s);
  lvm_equal (j, "largest average log density",
             plain_likelihood (s, m->loading, m->variance), y,
             linear_bound * (1 + fabs (y)));
  lvm_ppca_free (m);
}

static void
linvae_bound (lvm_judge *j, const void *ops, int corner)
{
  const linear_ops *f = ops;
  const sample *s = draw_sample (j, corner);
  lvm_linear_vae *v = draw_linear (j, s);
  double work[WORK];
  const double y = plain_bound_of (s, v);
  lvm_equal (j, "bound", f->bound (v, s->covariance, work), y,
             linear_bound * (1 + fabs (y)));
  lvm_linear_vae_free (v);
}

/* One iteration from a random model.  Returned: the model before it and after it; the
   encoder after it belongs to the model before it.  */
static lvm_linear_vae *
iterated (lvm_judge *j, const linear_ops *f, const sample *s,
          lvm_linear_vae **before)
{
  double work[WORK];
  lvm_linear_vae *v = draw_linear (j, s), *old = lvm_linear_vae_alloc (s->D, s->L);
  memcpy (old->model->loading, v->model->loading,
          s->D * s->L * sizeof *v->model->loading);
  old->model->variance = v->model->variance;
  f->iterate (v, s->covariance, work);
  *before = old;
  return v;
}

static void
linvae_encoder (lvm_judge *j, const void *ops, int corner)
{
  const sample *s = draw_sample (j, corner);
  lvm_linear_vae *old, *v = iterated (j, ops, s, &old);
  const size_t n = s->L * s->D;
  const double *W = old->model->loading, variance = old->model->variance,
               best = plain_bound (s, W, variance, v->encoder, v->q_variance);
  for (double h = 0.1; h > 1e-7; h /= 10)
    for (int i = 0; i < 8; i++)
      {
        double V[MOST_D * MOST_D], tau2[MOST_D];
        for (size_t k = 0; k < n; k++)
          V[k] = v->encoder[k] + gsl_ran_gaussian (lvm_noise (j), h);
        for (size_t l = 0; l < s->L; l++)
          tau2[l] = v->q_variance[l] * exp (gsl_ran_gaussian (lvm_noise (j), h));
        lvm_at_least (j, "a step away", best, plain_bound (s, W, variance, V, tau2),
                      linear_bound * (1 + fabs (best)));
      }
  lvm_linear_vae_free (old);
  lvm_linear_vae_free (v);
}

static void
linvae_decoder (lvm_judge *j, const void *ops, int corner)
{
  const sample *s = draw_sample (j, corner);
  lvm_linear_vae *old, *v = iterated (j, ops, s, &old);
  const size_t n = s->L * s->D;
  const double best = plain_bound_of (s, v);
  for (double h = 0.1; h > 1e-7; h /= 10)
    for (int i = 0; i < 8; i++)
      {
        double W[MOST_D * MOST_D];
        const double variance =
            v->model->variance * exp (gsl_ran_gaussian (lvm_noise (j), h));
        for (size_t k = 0; k < n; k++)
          W[k] = v->model->loading[k] + gsl_ran_gaussian (lvm_noise (j), h);
        lvm_at_least (j, "a step away", best,
                      plain_bound (s, W, variance, v->encoder, v->q_variance),
                      linear_bound * (1 + fabs (best)));
      }
  lvm_linear_vae_free (old);
  lvm_linear_vae_free (v);
}

/* P = I + W' W / s^2.  */
static void
posterior_precision (const lvm_ppca *m, double P[])
{
  const size_t L = m->L;
  for (size_t i = 0; i < L * L; i++)
    {
      P[i] = i % (L + 1) == 0;
      for (size_t d = 0; d < m->D; d++)
        P[i] += m->loading[d * L + i / L] * m->loading[d * L + i % L] / m->variance;
    }
}

static void
linvae_gap (lvm_judge *j, const void *ops, int corner)
{
  const sample *s = draw_sample (j, corner);
  lvm_linear_vae *old, *v = iterated (j, ops, s, &old);
  double P[MOST_D * MOST_D], inverse[MOST_D * MOST_D], gap = 0;
  posterior_precision (old->model, P);
  for (size_t l = 0; l < s->L; l++)
    gap += log (P[l * (s->L + 1)]) / 2;
  gap -= invert (s->L, P, inverse) / 2;
  const double *W = old->model->loading, variance = old->model->variance,
               bound = plain_bound (s, W, variance, v->encoder, v->q_variance);
  lvm_equal (j, "gap", plain_likelihood (s, W, variance) - bound, gap,
             linear_bound * (1 + fabs (bound)));
  lvm_linear_vae_free (old);
  lvm_linear_vae_free (v);
}

/* p holds W [D x L], ln s^2, V [L x D], ln tau^2 [L].  */
static double
bound_at (const sample *s, const double p[])
{
  const size_t n = s->D * s->L;
  double tau2[MOST_D];
  for (size_t l = 0; l < s->L; l++)
    tau2[l] = exp (p[2 * n + 1 + l]);
  return plain_bound (s, p, exp (p[n]), p + n + 1, tau2);
}

static void
linvae_ppca (lvm_judge *j, const void *ops, int corner)
{
  const linear_ops *f = ops;
  const sample *s = draw_sample_of (j, corner, 3);
  const size_t n = 2 * s->D * s->L + 1 + s->L;
  double work[WORK], p[2 * MOST_D * MOST_D + 1 + MOST_D], P[MOST_D * MOST_D];
  const double y = best_likelihood (s), short_of = 1e-9 * (1 + fabs (y)),
               angle =
                   sqrt (2 * short_of); /* linvae-gap is at least half its square */
  lvm_linear_vae *v = draw_linear (j, s);
  for (int i = 0; i < 5000; i++)
    f->iterate (v, s->covariance, work);
  lvm_equal (j, "bound where the iterations end", plain_bound_of (s, v), y,
             short_of);
  posterior_precision (v->model, P);
  for (size_t i = 0; i < s->L * s->L; i++)
    if (i / s->L != i % s->L)
      lvm_equal (j, "columns' product", P[i], 0,
                 angle
                     * sqrt (P[i / s->L * (s->L + 1)] * P[i % s->L * (s->L + 1)]));
  search at = { s, bound_at };
  draw_numbers (j, n, 0.5, p);
  lvm_at_most (j, "a climb from elsewhere", climb (&at, n, p), y, short_of);
  lvm_linear_vae_free (v);
}

static void
linvae_aggregate (lvm_judge *j, const void *ops, int corner)
{
  const linear_ops *f = ops;
  const sample *s = draw_sample (j, corner);
  const size_t D = s->D, L = s->L;
  double work[WORK];
  lvm_linear_vae *v = lvm_linear_vae_alloc (D, L);
  f->fit (v->model, s->mean, s->covariance);
  f->iterate (v, s->covariance, work);
  for (size_t a = 0; a < L; a++)
    for (size_t b = 0; b < L; b++)
      {
        double sum = a == b ? v->q_variance[a] : 0;
        for (size_t i = 0; i < D * D; i++)
          sum += v->encoder[a * D + i / D] * s->covariance[i]
                 * v->encoder[b * D + i % D];
        lvm_equal (j, "covariance of all samples", sum, a == b,
                   linear_bound * s->eigenvalue[0] / s->eigenvalue[D - 1]);
      }
  lvm_linear_vae_free (v);
}

/* --- all clouds together -------------------------------------------------------------------------- */

static void
agg_information (lvm_judge *j, const void *ops, int corner)
{
  const formula_ops *f = ops;
  const clouds *at = draw_clouds (j, corner);
  double *q = lvm_take (j, at->N * at->N, sizeof *q);
  const double I = f->information (at->N, at->K, at->q), N = (double) at->N;
  lvm_at_least (j, "information", I, 0, 100 * u);
  lvm_at_most (j, "information", I, log (N), 100 * u);
  for (size_t n = 0; n < at->N;
       n++) /* a state for each datum: all there is to know */
    q[n * at->N + n] = 1;
  lvm_equal (j, "of clouds that do not meet", f->information (at->N, at->N, q),
             log (N), 20 * u * N);
  for (size_t n = 0; n < at->N; n++)
    memcpy (q + n * at->K, at->q, (at->K < at->N ? at->K : 0) * sizeof *q);
  if (at->K < at->N)
    lvm_equal (j, "of clouds that are one", f->information (at->N, at->K, q), 0,
               20 * u * N);
}

/* Up to five Gaussians in the plane.  */
typedef struct
{
  size_t N;
  double mean[10], log_variance[10];
} cloud_case;

static cloud_case
draw_gaussians (lvm_judge *j, int corner)
{
  gsl_rng *g = lvm_cases (j);
  cloud_case c = { corner == 0 ? 1 : 2 + gsl_rng_uniform_int (g, 4), { 0 }, { 0 } };
  for (size_t i = 0; i < 2 * c.N; i++)
    {
      c.mean[i] = gsl_ran_gaussian (g, 0.8);
      c.log_variance[i] = 2 * log (gsl_ran_flat (g, 0.35, 0.9));
    }
  return c;
}

/* ln q_n at a point; and of the mixture.  */
static double
log_cloud (const cloud_case *c, size_t n, const double z[2])
{
  double y = -log (2 * M_PI);
  for (size_t l = 0; l < 2; l++)
    {
      const double e = z[l] - c->mean[2 * n + l],
                   lambda = c->log_variance[2 * n + l];
      y -= (e * e * exp (-lambda) + lambda) / 2;
    }
  return y;
}

static double
log_mixture (const cloud_case *c, const double z[2])
{
  double sum = 0;
  for (size_t n = 0; n < c->N; n++)
    sum += exp (log_cloud (c, n, z));
  return log (sum / (double) c->N);
}

/* Sums over a fine grid by the cloud's own measure: E over n and q_n of ln q_n - ln all,
   and of ln q_n - ln p.  */
static void
plain_split (const cloud_case *c, double step, double *information, double *kl)
{
  *information = *kl = 0;
  for (size_t n = 0; n < c->N; n++)
    for (double a = -7; a <= 7; a += step)
      for (double b = -7; b <= 7; b += step)
        {
          double z[2], w = step * step / (2 * M_PI) * exp (-(a * a + b * b) / 2);
          z[0] = c->mean[2 * n] + a * exp (c->log_variance[2 * n] / 2);
          z[1] = c->mean[2 * n + 1] + b * exp (c->log_variance[2 * n + 1] / 2);
          const double own = log_cloud (c, n, z);
          w /= (double) c->N;
          *information += w * (own - log_mixture (c, z));
          *kl += w * (own + log (2 * M_PI) + (z[0] * z[0] + z[1] * z[1]) / 2);
        }
}

static void
agg_grid (lvm_judge *j, const void *ops, int corner)
{
  const plane_ops *f = ops;
  const cloud_case c = draw_gaussians (j, corner);
  const lvm_latent_grid g = { 90, 9 };
  double *q = lvm_take (j, g.side * g.side, sizeof *q), own = 0, fine, coarse, kl,
         other;
  f->aggregate (&g, c.N, c.mean, c.log_variance, q);
  for (size_t n = 0; n < c.N; n++)
    own += (1 + log (2 * M_PI)
            + (c.log_variance[2 * n] + c.log_variance[2 * n + 1]) / 2)
           / (double) c.N;
  plain_split (&c, 0.2, &fine, &kl);
  plain_split (&c, 0.25, &coarse, &other);
  const double error = fabs (fine - coarse) + 1e-6;
  lvm_equal (j, "information", f->entropy (&g, q) - own, fine, error);
  lvm_equal (j, "KL(all, prior)", f->divergence (&g, q), kl - fine, error);
}

/* A model of J images and K states: prior [K], likelihood [K x J]; data [J]; q [J x K].  */
typedef struct
{
  size_t J, K;
  double *prior, *likelihood, *data, *q, *posterior;
} joint_case;

static joint_case
draw_joint (lvm_judge *j, int corner)
{
  gsl_rng *g = lvm_cases (j);
  const size_t J = 2 + gsl_rng_uniform_int (g, 4),
               K = corner == 0 ? 1 : 2 + gsl_rng_uniform_int (g, 3);
  joint_case c = { J,
                   K,
                   lvm_take (j, K, sizeof (double)),
                   lvm_take (j, K * J, sizeof (double)),
                   lvm_take (j, J, sizeof (double)),
                   lvm_take (j, J * K, sizeof (double)),
                   lvm_take (j, J * K, sizeof (double)) };
  draw_rows (g, 1, K, 0, c.prior);
  draw_rows (g, K, J, 0, c.likelihood);
  draw_rows (g, 1, J, 0, c.data);
  draw_rows (g, J, K, corner == 1, c.q);
  for (size_t x = 0; x < J; x++)
    {
      double evidence = 0;
      for (size_t k = 0; k < K; k++)
        evidence += c.prior[k] * c.likelihood[k * J + x];
      for (size_t k = 0; k < K; k++)
        c.posterior[x * K + k] = c.prior[k] * c.likelihood[k * J + x] / evidence;
    }
  return c;
}

/* p(x)  */
static double
evidence_of (const joint_case *c, size_t x)
{
  double sum = 0;
  for (size_t k = 0; k < c->K; k++)
    sum += c->prior[k] * c->likelihood[k * c->J + x];
  return sum;
}

static void
agg_prior (lvm_judge *j, const void *ops, int corner)
{
  const formula_ops *f = ops;
  joint_case c = draw_joint (j, corner);
  double all[FEW] = { 0 };
  for (size_t x = 0; x < c.J; x++)
    c.data[x] = evidence_of (&c, x);
  f->aggregate (c.J, c.K, c.data, c.posterior, all);
  for (size_t k = 0; k < c.K; k++)
    lvm_equal (j, "aggregate", all[k], c.prior[k], 50 * u);
}

static void
agg_collapse (lvm_judge *j, const void *ops, int corner)
{
  const formula_ops *f = ops;
  joint_case c = draw_joint (j, corner);
  double all[FEW] = { 0 }, truth = 0;
  for (size_t k = 0; k < c.K; k++) /* the decoder ignores z, q is the prior */
    memcpy (c.likelihood + k * c.J, c.likelihood, c.J * sizeof *c.likelihood);
  for (size_t x = 0; x < c.J; x++)
    {
      memcpy (c.q + x * c.K, c.prior, c.K * sizeof *c.q);
      truth += c.data[x] * log (c.likelihood[x]);
    }
  f->aggregate (c.J, c.K, c.data, c.q, all);
  for (size_t k = 0; k < c.K; k++)
    lvm_equal (j, "aggregate", all[k], c.prior[k], 50 * u);
  lvm_equal (j, "information", f->information (c.J, c.K, c.q), 0, 100 * u);
  lvm_equal (j, "average bound",
             f->mean_bound (c.J, c.K, c.data, c.prior, c.likelihood, c.q), truth,
             200 * u * (1 + fabs (truth)));
}

/* -H(p*) - sum_x p*(x) F, by the third form, in long double.  */
static double
plain_lack (const joint_case *c)
{
  long double sum = 0;
  for (size_t x = 0; x < c->J; x++)
    {
      long double F = 0;
      for (size_t k = 0; k < c->K; k++)
        if (c->q[x * c->K + k] > 0)
          F += c->q[x * c->K + k]
               * (logl (c->prior[k]) + logl (c->likelihood[k * c->J + x])
                  - logl (c->q[x * c->K + k]));
      sum += c->data[x] * (logl (c->data[x]) - F);
    }
  return (double) sum;
}

static void
agg_joint (lvm_judge *j, const void *ops, int corner)
{
  const formula_ops *f = ops;
  const joint_case c = draw_joint (j, corner);
  double minus_entropy = 0;
  for (size_t x = 0; x < c.J; x++)
    minus_entropy += c.data[x] * log (c.data[x]);
  const double lack = plain_lack (&c), error = 500 * u * (1 + fabs (lack));
  lvm_equal (j, "joint divergence",
             f->joint (c.J, c.K, c.data, c.prior, c.likelihood, c.q), lack, error);
  lvm_equal (j, "less entropy and bound",
             minus_entropy
                 - f->mean_bound (c.J, c.K, c.data, c.prior, c.likelihood, c.q),
             lack, error);
}

static void
agg_bound (lvm_judge *j, const void *ops, int corner)
{
  const formula_ops *f = ops;
  const joint_case c = draw_joint (j, corner);
  double all[FEW] = { 0 }, kl = 0;
  f->aggregate (c.J, c.K, c.data, c.q, all);
  for (size_t k = 0; k < c.K; k++)
    kl += all[k] > 0 ? all[k] * log (all[k] / c.prior[k]) : 0;
  lvm_at_most (j, "KL(all, prior)", kl, plain_lack (&c), 500 * u);
  /* with one image there is nothing else to forget, and the two are equal */
  joint_case one = c;
  one.J = 1;
  double alone[FEW], certain = 1;
  for (size_t k = 0; k < c.K; k++)
    alone[k] = 1;
  one.likelihood = alone;
  one.data = &certain;
  f->aggregate (1, c.K, &certain, c.q, all);
  kl = 0;
  for (size_t k = 0; k < c.K; k++)
    kl += all[k] > 0 ? all[k] * log (all[k] / c.prior[k]) : 0;
  lvm_equal (j, "with one image", kl, plain_lack (&one), 500 * u);
}

/* --- holes ---------------------------------------------------------------------------------------- */

/* Which states are forbidden: some, not all.  */
static double
draw_hole (lvm_judge *j, size_t K, const double prior[], int in_A[])
{
  double mass = 0;
  for (size_t k = 0; k < K; k++)
    in_A[k] = k > 0 && gsl_rng_uniform (lvm_cases (j)) < 0.5;
  in_A[K - 1] = K > 1 ? 1 : 0;
  for (size_t k = 0; k < K; k++)
    mass += in_A[k] ? prior[k] : 0;
  return mass;
}

static void
hole_evidence (lvm_judge *j, const void *ops, int corner)
{
  const formula_ops *f = ops;
  const joint_case c = draw_joint (j, corner);
  int in_A[FEW];
  const double mass = draw_hole (j, c.K, c.prior, in_A);
  double evidence = 0, likelihood[FEW];
  for (size_t k = 0; k < c.K; k++)
    {
      likelihood[k] = c.likelihood[k * c.J];
      evidence += in_A[k] ? 0 : c.prior[k] / (1 - mass) * likelihood[k];
    }
  lvm_equal (j, "ln p(x) without the hole",
             f->closed (c.K, c.prior, likelihood, in_A), log (evidence),
             200 * u * (1 + fabs (log (evidence))));
}

/* F by the third form for the first image.  */
static double
first_bound (const joint_case *c, const double prior[], const double q[])
{
  double sum = 0;
  for (size_t k = 0; k < c->K; k++)
    if (q[k] > 0)
      sum += q[k] * (log (prior[k]) + log (c->likelihood[k * c->J]) - log (q[k]));
  return sum;
}

static void
hole_bound (lvm_judge *j, const void *ops, int corner)
{
  const formula_ops *f = ops;
  const joint_case c = draw_joint (j, corner);
  int in_A[FEW];
  const double mass = draw_hole (j, c.K, c.prior, in_A);
  double q[FEW], prior[FEW], own = 0;
  for (size_t k = 0; k < c.K; k++)
    {
      q[k] = in_A[k] ? 0 : 0.1 + c.q[k];
      prior[k] = in_A[k] ? 0 : c.prior[k] / (1 - mass);
      own += q[k];
    }
  for (size_t k = 0; k < c.K; k++)
    q[k] /= own;
  lvm_equal (j, "F without the hole",
             f->closed_bound (first_bound (&c, c.prior, q), mass),
             first_bound (&c, prior, q), 1000 * u);
}

static void
hole_divergence (lvm_judge *j, const void *ops, int corner)
{
  const formula_ops *f = ops;
  const joint_case c = draw_joint (j, corner);
  int in_A[FEW];
  const double mass = draw_hole (j, c.K, c.prior, in_A);
  double own = 0, kl = 0;
  for (size_t k = 0; k < c.K; k++)
    {
      own += in_A[k] ? c.q[k] : 0;
      kl += c.q[k] > 0 ? c.q[k] * log (c.q[k] / c.prior[k]) : 0;
    }
  lvm_at_most (j, "divergence of two events", f->two_events (own, mass), kl,
               500 * u);
  lvm_equal (j, "of the prior outside a hole", f->two_events (0, mass),
             -log (1 - mass), 50 * u / (1 - mass));
}

/* --- maps ------------------------------------------------------------------------------------------- */

static void
swirl_preserves (lvm_judge *j, const void *ops, int corner)
{
  const plane_ops *f = ops;
  gsl_rng *g = lvm_cases (j);
  const double turn = corner == 0 ? 0.5 : gsl_ran_gaussian (g, 1),
               z[2] = { 1 + gsl_rng_uniform (g), gsl_ran_gaussian (g, 1.5) };
  double w[2], error[HALVINGS];
  f->swirl (turn, z, w);
  lvm_equal (j, "length", hypot (w[0], w[1]), hypot (z[0], z[1]),
             20 * u * hypot (z[0], z[1]));
  for (int s = 0; s < HALVINGS; s++)
    {
      const double h = ldexp (1, -5 - s);
      double d[2][2]; /* [i][k]: of w_k by z_i */
      for (int i = 0; i < 2; i++)
        {
          double up[2] = { z[0], z[1] }, down[2] = { z[0], z[1] };
          up[i] += h;
          down[i] -= h;
          f->swirl (turn, up, up);
          f->swirl (turn, down, down);
          for (int k = 0; k < 2; k++)
            d[i][k] = (up[k] - down[k]) / (2 * h);
        }
      error[s] = fabs (d[0][0] * d[1][1] - d[0][1] * d[1][0] - 1);
    }
  lvm_order (j, "determinant", HALVINGS, error, 2, 1e-11);
}

/* ln p(x | z) of image n by the plain decoder.  */
static double
decoder_likelihood (const vae_case *c, size_t n, const double z[2])
{
  tracked latent[2] = { given (z[0]), given (z[1]) }, h2[16], a[16];
  double sum = 0;
  plain_decode (c, latent, h2, a);
  for (size_t d = 0; d < c->shape.D; d++)
    sum += lvm_bit (c->x, n, d) * a[d].value - plain_softplus (a[d]).value;
  return sum;
}

/* int p(z) p(x | T(z)) dz in polar coordinates, T a swirl of the slot or the identity:
   Gauss-Legendre along the radius, the trapezoidal rule around it.  */
static double
polar_evidence (const plane_ops *f, const vae_case *c, double turn, size_t radii,
                int angles)
{
  gsl_integration_glfixed_table *t = gsl_integration_glfixed_table_alloc (radii);
  double sum = 0;
  for (size_t i = 0; i < radii; i++)
    {
      double r, weight;
      gsl_integration_glfixed_point (0, 9, i, &r, &weight, t);
      for (int k = 0; k < angles; k++)
        {
          const double angle = 2 * M_PI * (k + 0.5) / angles;
          double z[2] = { r * cos (angle), r * sin (angle) };
          if (turn != 0)
            f->swirl (turn, z, z);
          sum +=
              weight * r * exp (decoder_likelihood (c, 0, z) - r * r / 2) / angles;
        }
    }
  gsl_integration_glfixed_table_free (t);
  return sum;
}

static vae_case *
draw_plane_network (lvm_judge *j)
{
  const lvm_vae_shape s = { 2 + gsl_rng_uniform_int (lvm_cases (j), 3),
                            2 + gsl_rng_uniform_int (lvm_cases (j), 3), 2,
                            LVM_TANH };
  return draw_shaped (j, -1, s, 1);
}

static void
map_evidence (lvm_judge *j, const void *ops, int corner)
{
  const plane_ops *f = ops;
  const vae_case *c = draw_plane_network (j);
  const double turn = corner == 0 ? 2 : 0.5 + gsl_rng_uniform (lvm_cases (j)),
               before = polar_evidence (f, c, 0, 40, 64),
               after = polar_evidence (f, c, turn, 40, 64),
               coarse = polar_evidence (f, c, 0, 30, 48);
  lvm_equal (j, "p(x)", after, before, 4 * fabs (coarse - before) + 1e-10);
}

/* Half of precision times variance less the logarithm: one coordinate's part of
   KL(q, posterior), for the logarithm of the variance.  */
static double
coordinate_kl (double log_variance, void *precision)
{
  return (*(const double *) precision * exp (log_variance) - log_variance - 1) / 2;
}

static double
least_coordinate_kl (double precision)
{
  gsl_function f = { coordinate_kl, &precision };
  gsl_min_fminimizer *m = gsl_min_fminimizer_alloc (gsl_min_fminimizer_brent);
  gsl_min_fminimizer_set (m, &f, 0.01, -20, 20);
  for (int i = 0; i < 100; i++)
    gsl_min_fminimizer_iterate (m);
  const double y = gsl_min_fminimizer_f_minimum (m);
  gsl_min_fminimizer_free (m);
  return y;
}

/* KL(q, N(0, P^-1)) = sum_d coordinate_kl (P_dd) - 1/2 ln det P, each part minimised by a
   search.  */
static void
turn_price (lvm_judge *j, const void *ops, int corner)
{
  const plane_ops *f = ops;
  gsl_rng *g = lvm_cases (j);
  const double first = exp (gsl_ran_gaussian (g, 1.2)),
               second = corner == 0 ? first : exp (gsl_ran_gaussian (g, 1.2)),
               angle = corner == 1   ? 0
                       : corner == 2 ? M_PI / 2
                                     : gsl_ran_flat (g, -M_PI, M_PI),
               c = cos (angle), s = sin (angle);
  const double kl = least_coordinate_kl (first * c * c + second * s * s)
                    + least_coordinate_kl (first * s * s + second * c * c)
                    - log (first * second) / 2;
  lvm_equal (j, "price", f->price (first, second, angle), kl,
             1e-12 * (10 + fabs (log (first)) + fabs (log (second))));
}

/* --- two latent numbers, exactly ---------------------------------------------------------------------- */

/* ln p(x_n) by Gauss-Hermite quadrature under the prior.  */
static double
hermite_evidence (const vae_case *c, size_t n, size_t nodes)
{
  double eps[100], weight[100], sum = 0;
  lvm_gauss_hermite (nodes, eps, weight);
  for (size_t a = 0; a < nodes; a++)
    for (size_t b = 0; b < nodes; b++)
      sum += weight[a] * weight[b]
             * exp (decoder_likelihood (c, n, (double[]){ eps[a], eps[b] }));
  return log (sum);
}

static const lvm_latent_grid fine_grid = { 140, 8 };

static double
grid_evidence (lvm_judge *j, const plane_ops *f, const vae_case *c, size_t n)
{
  const size_t side = fine_grid.side;
  double *l = lvm_take (j, side * side, sizeof *l);
  const double h = 2 * fine_grid.reach / (double) side;
  for (size_t i = 0; i < side; i++)
    for (size_t k = 0; k < side; k++)
      l[i * side + k] = decoder_likelihood (
          c, n,
          (double[]){ ((double) i + 0.5) * h - fine_grid.reach,
                      ((double) k + 0.5) * h - fine_grid.reach });
  return f->evidence (&fine_grid, l, NULL);
}

static void
vae_exact (lvm_judge *j, const void *ops, int corner)
{
  const vae_case *c = draw_plane_network (j);
  (void) corner;
  const double truth = hermite_evidence (c, 0, 90),
               error = fabs (truth - hermite_evidence (c, 0, 70));
  lvm_equal (j, "ln p(x)", grid_evidence (j, ops, c, 0), truth, 4 * error + 1e-9);
}

/* All 2^D images.  */
static void
vae_total (lvm_judge *j, const void *ops, int corner)
{
  const lvm_vae_shape s = { 3, 2, 2, corner == 0 ? LVM_RELU : LVM_TANH };
  vae_case *c = draw_shaped (j, -1, s, 1);
  lvm_bits *all = lvm_take (j, 1, sizeof *all);
  double total = 0;
  *all =
      (lvm_bits){ 8, 3, lvm_bits_stride (3), lvm_take (j, 8, lvm_bits_stride (3)) };
  for (size_t n = 0; n < 8; n++)
    for (size_t d = 0; d < 3; d++)
      if (n >> d & 1)
        lvm_bit_set (all, n, d);
  c->x = all;
  for (size_t n = 0; n < 8; n++)
    total += exp (grid_evidence (j, ops, c, n));
  lvm_equal (j, "sum of p(x)", total, 1, 1e-9);
}

enum
{
  LADDER = 28 /* nodes for each latent number */
};

/* Nodes under q and their log weights by the slot.  */
typedef struct
{
  double p[LADDER * LADDER], eps[2 * LADDER * LADDER], log_w[LADDER * LADDER];
} rungs;

static rungs *
draw_rungs (lvm_judge *j, const vae_ops *f, const vae_case *c)
{
  rungs *r = lvm_take (j, 1, sizeof *r);
  double node[LADDER], weight[LADDER];
  lvm_gauss_hermite (LADDER, node, weight);
  for (size_t i = 0; i < LADDER * LADDER; i++)
    {
      r->p[i] = weight[i / LADDER] * weight[i % LADDER];
      r->eps[2 * i] = node[i / LADDER];
      r->eps[2 * i + 1] = node[i % LADDER];
    }
  f->log_weights (c, LADDER * LADDER, r->eps, r->log_w);
  return r;
}

/* A network whose clouds are wide enough that their weights have a variance.  */
static vae_case *
draw_ladder (lvm_judge *j)
{
  const lvm_vae_shape s = { 3, 3, 2, LVM_TANH };
  vae_case *c = draw_shaped (j, -1, s, 1);
  double *theta = (double *) c->theta;
  const lvm_vae_places p = lvm_vae_place (s);
  for (size_t i = p.Wm; i < p.W2; i++)
    theta[i] *= 0.4;
  return c;
}

/* What quadrature at these nodes makes of ln E[w], by the plain network: its own error.  */
static double
plain_mean_weight (lvm_judge *j, const vae_case *c, const rungs *r)
{
  plain room = plain_of (j, c);
  double sum = 0;
  plain_encode (c, 0, room.h1, room.mean, room.log_variance);
  for (size_t i = 0; i < LADDER * LADDER; i++)
    {
      double z[2], log_w = 0;
      for (size_t l = 0; l < 2; l++)
        {
          const double eps = r->eps[2 * i + l], lambda = room.log_variance[l].value;
          z[l] = room.mean[l].value + exp (lambda / 2) * eps;
          log_w += (eps * eps - z[l] * z[l] + lambda) / 2;
        }
      sum += r->p[i] * exp (log_w + decoder_likelihood (c, 0, z));
    }
  return log (sum);
}

static void
vae_weights (lvm_judge *j, const void *ops, int corner)
{
  const vae_case *c = draw_ladder (j);
  const rungs *r = draw_rungs (j, ops, c);
  double sum = 0;
  (void) corner;
  for (size_t i = 0; i < LADDER * LADDER; i++)
    sum += r->p[i] * exp (r->log_w[i]);
  const double truth = hermite_evidence (c, 0, 80),
               error = fabs (plain_mean_weight (j, c, r) - truth);
  lvm_equal (j, "ln E[w]", log (sum), truth, 2 * error + 1e-9);
}

/* F of the Gaussian p = mean [2], ln deviation [2], from the decoder alone; minus that.  */
static double
minus_bound (const gsl_vector *p, void *with)
{
  const vae_case *c = with;
  double node[16], weight[16], sum = 0;
  lvm_gauss_hermite (16, node, weight);
  for (size_t i = 0; i < 256; i++)
    {
      const double *mean = p->data, *log_sd = p->data + 2,
                   z[2] = { mean[0] + exp (log_sd[0]) * node[i / 16],
                            mean[1] + exp (log_sd[1]) * node[i % 16] };
      sum += weight[i / 16] * weight[i % 16] * decoder_likelihood (c, 0, z);
    }
  for (size_t l = 0; l < 2; l++)
    sum -= (p->data[l] * p->data[l] + exp (2 * p->data[2 + l]) - 1) / 2
           - p->data[2 + l];
  return -sum;
}

/* The best q with independent coordinates, from the encoder's, by a simplex.  */
static double
best_bound (lvm_judge *j, const vae_case *c)
{
  plain room = plain_of (j, c);
  gsl_multimin_function f = { minus_bound, 4, (void *) c };
  gsl_multimin_fminimizer *m =
      gsl_multimin_fminimizer_alloc (gsl_multimin_fminimizer_nmsimplex2, 4);
  gsl_vector *start = gsl_vector_alloc (4), *step = gsl_vector_alloc (4);
  plain_encode (c, 0, room.h1, room.mean, room.log_variance);
  for (size_t l = 0; l < 2; l++)
    {
      gsl_vector_set (start, l, room.mean[l].value);
      gsl_vector_set (start, 2 + l, room.log_variance[l].value / 2);
    }
  gsl_vector_set_all (step, 0.3);
  gsl_multimin_fminimizer_set (m, &f, start, step);
  for (int i = 0; i < 100; i++)
    gsl_multimin_fminimizer_iterate (m);
  const double best = -gsl_multimin_fminimizer_minimum (m);
  gsl_multimin_fminimizer_free (m);
  gsl_vector_free (start);
  gsl_vector_free (step);
  return best;
}

static void
vae_ladder (lvm_judge *j, const void *ops, int corner)
{
  const vae_case *c = draw_ladder (j);
  const rungs *r = draw_rungs (j, ops, c);
  const double evidence = hermite_evidence (c, 0, 80), best = best_bound (j, c),
               slack = 1e-8;
  double rung = 0;
  (void) corner;
  for (size_t i = 0; i < LADDER * LADDER; i++)
    rung += r->p[i] * r->log_w[i];
  lvm_at_most (j, "F and the best F", rung, best, slack);
  lvm_at_most (j, "the best F and ln p(x)", best, evidence, slack);
  for (size_t S = 1; S <= 64; S *= 4)
    {
      const double next =
          lvm_importance_expected (S, LADDER * LADDER, r->p, r->log_w);
      lvm_at_least (j, "more draws", next, rung, slack);
      rung = next;
    }
  lvm_at_most (j, "many draws and ln p(x)", rung, evidence,
               slack + fabs (plain_mean_weight (j, c, r) - evidence));
}

#define CLAIM(label, kind, interface, corners, random, judge)                      \
  {                                                                                \
    label, kind, &interface, corners, random, 0, judge, LVM_HERE                   \
  }
#define DRAWN(label, interface, random, tests, judge)                              \
  {                                                                                \
    label, LVM_STATISTICAL, &interface, 0, random, tests, judge, LVM_HERE          \
  }
#define NETWORK(label, kind, judge)                                                \
  CLAIM (label, kind, vae_interface, VAE_CORNERS, 30, judge)
#define LINEAR(label, kind, judge)                                                 \
  CLAIM (label, kind, linear_interface, LINEAR_CORNERS, 20, judge)
#define FORMULA(label, kind, judge)                                                \
  CLAIM (label, kind, formula_interface, 3, 40, judge)

static const lvm_claim claims[] = {
  CLAIM ("vae-softplus", LVM_IDENTITY, layer_interface, 8, 60, vae_softplus),
  NETWORK ("vae-loss", LVM_IDENTITY, vae_loss),
  CLAIM ("vae-zero", LVM_IDENTITY, vae_interface, 1, 10, vae_zero),
  DRAWN ("vae-kl", vae_interface, KL_CASES, KL_CASES, vae_kl),
  DRAWN ("vae-noise", vae_interface, NOISE_CASES, 2 * NOISE_CASES, vae_noise),
  CLAIM ("vae-grad-logit", LVM_DERIVATIVE, layer_interface, 1, 20, vae_grad_logit),
  CLAIM ("vae-grad-layer", LVM_DERIVATIVE, layer_interface, 2, 20, vae_grad_layer),
  CLAIM ("vae-grad-unit", LVM_DERIVATIVE, layer_interface, 2, 20, vae_grad_unit),
  CLAIM ("vae-grad-sample", LVM_DERIVATIVE, layer_interface, 1, 20,
         vae_grad_sample),
  CLAIM ("vae-grad-kl", LVM_DERIVATIVE, layer_interface, 1, 20, vae_grad_kl),
  CLAIM ("vae-grad-latent", LVM_DERIVATIVE, layer_interface, 1, 20,
         vae_grad_latent),
  NETWORK ("vae-backprop", LVM_DERIVATIVE, vae_backprop),
  DRAWN ("vae-pathwise", vae_interface, PATH_CASES, PATH_CASES, vae_pathwise),
  CLAIM ("vae-float", LVM_IDENTITY, float_interface, VAE_CORNERS, 30, vae_float),
  CLAIM ("vae-fast", LVM_IDENTITY, float_interface, VAE_CORNERS, 30, vae_fast),
  CLAIM ("vae-threads", LVM_EXACT, float_interface, 0, 4, vae_threads),
  NETWORK ("vae-scale", LVM_IDENTITY, vae_scale),
  NETWORK ("vae-shift", LVM_IDENTITY, vae_shift),
  CLAIM ("vae-rescale", LVM_IDENTITY, formula_interface, VAE_CORNERS, 30,
         vae_rescale),
  CLAIM ("adam-average", LVM_IDENTITY, adam_interface, 2, 30, adam_average),
  CLAIM ("adam-first", LVM_IDENTITY, adam_interface, 2, 30, adam_first),
  CLAIM ("adam-scale", LVM_IDENTITY, adam_interface, 2, 30, adam_scale),
  DRAWN ("vae-init", float_interface, INIT_CASES, INIT_TESTS *INIT_CASES, vae_init),
  CLAIM ("vae-reload", LVM_EXACT, training_interface, VAE_CORNERS, 10, vae_reload),
  CLAIM ("vae-resume", LVM_EXACT, training_interface, VAE_CORNERS, 10, vae_resume),
  LINEAR ("ppca-likelihood", LVM_IDENTITY, ppca_likelihood),
  CLAIM ("ppca-ml", LVM_OPTIMUM, linear_interface, LINEAR_CORNERS, 6, ppca_ml),
  LINEAR ("ppca-value", LVM_IDENTITY, ppca_value),
  LINEAR ("linvae-bound", LVM_QUADRATURE, linvae_bound),
  LINEAR ("linvae-encoder", LVM_OPTIMUM, linvae_encoder),
  LINEAR ("linvae-gap", LVM_IDENTITY, linvae_gap),
  LINEAR ("linvae-decoder", LVM_OPTIMUM, linvae_decoder),
  CLAIM ("linvae-ppca", LVM_OPTIMUM, linear_interface, LINEAR_CORNERS, 4,
         linvae_ppca),
  LINEAR ("linvae-aggregate", LVM_IDENTITY, linvae_aggregate),
  FORMULA ("agg-information", LVM_INEQUALITY, agg_information),
  CLAIM ("agg-grid", LVM_QUADRATURE, plane_interface, 1, 6, agg_grid),
  FORMULA ("agg-prior", LVM_IDENTITY, agg_prior),
  FORMULA ("agg-collapse", LVM_IDENTITY, agg_collapse),
  FORMULA ("agg-joint", LVM_IDENTITY, agg_joint),
  FORMULA ("agg-bound", LVM_INEQUALITY, agg_bound),
  FORMULA ("hole-evidence", LVM_IDENTITY, hole_evidence),
  FORMULA ("hole-bound", LVM_IDENTITY, hole_bound),
  FORMULA ("hole-divergence", LVM_INEQUALITY, hole_divergence),
  CLAIM ("map-evidence", LVM_QUADRATURE, plane_interface, 1, 6, map_evidence),
  CLAIM ("swirl-preserves", LVM_DERIVATIVE, plane_interface, 1, 20,
         swirl_preserves),
  NETWORK ("vae-permutation", LVM_IDENTITY, vae_permutation),
  CLAIM ("turn-price", LVM_OPTIMUM, plane_interface, 3, 20, turn_price),
  CLAIM ("vae-exact", LVM_QUADRATURE, plane_interface, 0, 6, vae_exact),
  CLAIM ("vae-total", LVM_QUADRATURE, plane_interface, 1, 4, vae_total),
  CLAIM ("vae-weights", LVM_QUADRATURE, vae_interface, 0, 6, vae_weights),
  CLAIM ("vae-ladder", LVM_INEQUALITY, vae_interface, 0, 3, vae_ladder),
};

const lvm_suite lvm_chapter_suite = { "06-vae", claims,
                                      sizeof claims / sizeof *claims, derivations,
                                      sizeof derivations / sizeof *derivations };
