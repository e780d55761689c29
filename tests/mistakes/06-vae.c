/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Known wrong ways to write an auto-encoder, its gradient, its optimiser, and what is said
   about its latent space.  Several train without complaint.  */

#include "claims/06-vae.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../proofs/06-vae.h"
#include "num/log_sum_exp.h"

/* --- a whole program with one flaw ------------------------------------------------- */

/* The first ones change the loss, and the gradient is that of the wrong loss: no
   comparison of the two finds them.  The others change the gradient alone.  */
typedef enum
{
  VARIANCE_AS_DEVIATION, /* z = mean + exp (log_variance) eps            */
  DIVERGENCE_BY_PIXELS,  /* KL / (D B), and once more averaged           */
  DIVERGENCE_AVERAGED,   /* KL / L                                       */
  DIVERGENCE_TURNED,     /* - KL                                         */
  SIGMOID_TWICE,         /* probabilities are handed over as logits      */
  NEXT_VARIANCE,         /* latent l has the variance of the next        */
  HALF_MISSING,          /* of d_log_variance, through z                 */
  DEVIATION_CONSTANT,    /* d_log_variance without what comes through z  */
  PULL_FORGOTTEN,        /* d_mean without the divergence                */
  ONE_HEAD,              /* d_h1 from the mean alone                     */
  NOT_TRANSPOSED,        /* d_v = d_y W, as far as the shapes allow      */
  SQUASHED_TWICE,        /* 1 - tanh (h)^2 for 1 - h^2                   */
  NOT_AVERAGED           /* the batch's gradient is a sum                */
} flaw;

typedef struct
{
  const vae_case *c;
  flaw flaw;
  lvm_vae_places at;
  double *h1, *mean, *lambda, *z, *h2, *a; /* of one datum */
  double *g;                               /* NULL: the loss alone */
} program;

static void
layer (size_t in, size_t out, const double v[], const double W[], const double b[],
       double y[])
{
  for (size_t o = 0; o < out; o++)
    {
      y[o] = b[o];
      for (size_t i = 0; i < in; i++)
        y[o] += v[i] * W[i * out + o];
    }
}

static void
units (lvm_activation phi, size_t H, double h[])
{
  for (size_t i = 0; i < H; i++)
    h[i] = phi == LVM_RELU ? fmax (h[i], 0) : tanh (h[i]);
}

/* The power of exp (log_variance) that stands before eps.  */
static double
power (const program *p)
{
  return p->flaw == VARIANCE_AS_DEVIATION ? 1 : 0.5;
}

/* What the divergence is multiplied with.  */
static double
weight_of_divergence (const program *p)
{
  const lvm_vae_shape s = p->c->shape;
  switch (p->flaw)
    {
    case DIVERGENCE_BY_PIXELS: return 1 / (double) (s.D * p->c->B);
    case DIVERGENCE_AVERAGED: return 1 / (double) s.L;
    case DIVERGENCE_TURNED: return -1;
    default: return 1;
    }
}

static void
run_encoder (const program *p, const double x[])
{
  const lvm_vae_shape s = p->c->shape;
  const double *t = p->c->theta;
  layer (s.D, s.H, x, t + p->at.W1, t + p->at.b1, p->h1);
  units (s.activation, s.H, p->h1);
  layer (s.H, s.L, p->h1, t + p->at.Wm, t + p->at.bm, p->mean);
  layer (s.H, s.L, p->h1, t + p->at.Ws, t + p->at.bs, p->lambda);
}

static double
run_forward (const program *p, const double x[], const double eps[])
{
  const lvm_vae_shape s = p->c->shape;
  const double *t = p->c->theta;
  double sum = 0;
  run_encoder (p, x);
  for (size_t l = 0; l < s.L; l++)
    {
      const double own = p->lambda[l],
                   used = p->flaw == NEXT_VARIANCE && l + 1 < s.L ? p->lambda[l + 1]
                                                                  : own;
      p->z[l] = p->mean[l] + exp (power (p) * used) * eps[l];
      sum += weight_of_divergence (p)
             * (p->mean[l] * p->mean[l] + expm1 (own) - own) / 2;
    }
  layer (s.L, s.H, p->z, t + p->at.W2, t + p->at.b2, p->h2);
  units (s.activation, s.H, p->h2);
  layer (s.H, s.D, p->h2, t + p->at.W3, t + p->at.b3, p->a);
  for (size_t d = 0; d < s.D; d++)
    {
      const double a =
          p->flaw == SIGMOID_TWICE ? 1 / (1 + exp (-p->a[d])) : p->a[d];
      sum += fmax (a, 0) + log1p (exp (-fabs (a))) - x[d] * a;
    }
  return sum;
}

/* Adds to the gradient of a layer; d_v may be NULL.  */
static void
layer_back (const program *p, size_t in, size_t out, const double v[], size_t W,
            size_t b, const double d_y[], double d_v[])
{
  for (size_t o = 0; o < out; o++)
    {
      p->g[b + o] += d_y[o];
      for (size_t i = 0; i < in; i++)
        {
          const size_t at = p->flaw == NOT_TRANSPOSED ? o * in + i : i * out + o;
          p->g[W + i * out + o] += v[i] * d_y[o];
          if (d_v != NULL)
            d_v[i] += d_y[o] * p->c->theta[W + at];
        }
    }
}

static void
units_back (const program *p, const double h[], double d[])
{
  for (size_t i = 0; i < p->c->shape.H; i++)
    {
      const double y = p->flaw == SQUASHED_TWICE ? tanh (h[i]) : h[i];
      d[i] *= p->c->shape.activation == LVM_RELU ? h[i] > 0 : 1 - y * y;
    }
}

static void
latents_back (const program *p, const double eps[], const double d_z[],
              double d_mean[], double d_lambda[])
{
  const double w = weight_of_divergence (p);
  for (size_t l = 0; l < p->c->shape.L; l++)
    {
      const double half = p->flaw == HALF_MISSING         ? 1
                          : p->flaw == DEVIATION_CONSTANT ? 0
                                                          : power (p);
      d_mean[l] = d_z[l] + (p->flaw == PULL_FORGOTTEN ? 0 : w * p->mean[l]);
      d_lambda[l] = half * d_z[l] * exp (power (p) * p->lambda[l]) * eps[l]
                    + w * expm1 (p->lambda[l]) / 2;
    }
}

static void
run_backward (const program *p, const double x[], const double eps[])
{
  const lvm_vae_shape s = p->c->shape;
  double *d_a = calloc (s.D, sizeof *d_a), *d_h2 = calloc (s.H, sizeof *d_a),
         *d_h1 = calloc (s.H, sizeof *d_a), *spare = calloc (s.H, sizeof *d_a),
         *d_z = calloc (3 * s.L, sizeof *d_a);
  for (size_t d = 0; d < s.D; d++)
    {
      const double y = 1 / (1 + exp (-p->a[d]));
      d_a[d] = p->flaw == SIGMOID_TWICE ? (1 / (1 + exp (-y)) - x[d]) * y * (1 - y)
                                        : y - x[d];
    }
  layer_back (p, s.H, s.D, p->h2, p->at.W3, p->at.b3, d_a, d_h2);
  units_back (p, p->h2, d_h2);
  layer_back (p, s.L, s.H, p->z, p->at.W2, p->at.b2, d_h2, d_z);
  latents_back (p, eps, d_z, d_z + s.L, d_z + 2 * s.L);
  layer_back (p, s.H, s.L, p->h1, p->at.Wm, p->at.bm, d_z + s.L, d_h1);
  layer_back (p, s.H, s.L, p->h1, p->at.Ws, p->at.bs, d_z + 2 * s.L,
              p->flaw == ONE_HEAD ? spare : d_h1);
  units_back (p, p->h1, d_h1);
  layer_back (p, s.D, s.H, x, p->at.W1, p->at.b1, d_h1, NULL);
  free (d_a);
  free (d_h2);
  free (d_h1);
  free (spare);
  free (d_z);
}

/* The loss of the batch; where g is not NULL also the gradient.  */
static double
run (flaw wrong, const vae_case *c, double g[])
{
  const lvm_vae_shape s = c->shape;
  double *room = calloc (2 * s.H + 3 * s.L + 2 * s.D, sizeof *room), sum = 0,
         *x = room + 2 * s.H + 3 * s.L + s.D;
  const program p = { c,
                      wrong,
                      lvm_vae_place (s),
                      room,
                      room + s.H,
                      room + s.H + s.L,
                      room + s.H + 2 * s.L,
                      room + s.H + 3 * s.L,
                      room + 2 * s.H + 3 * s.L,
                      g };
  for (size_t i = 0; g != NULL && i < p.at.n; i++)
    g[i] = 0;
  for (size_t n = 0; n < c->B; n++)
    {
      for (size_t d = 0; d < s.D; d++)
        x[d] = lvm_bit (c->x, n, d);
      sum += run_forward (&p, x, c->eps + n * s.L);
      if (g != NULL)
        run_backward (&p, x, c->eps + n * s.L);
    }
  for (size_t i = 0; g != NULL && i < p.at.n; i++)
    g[i] /= wrong == NOT_AVERAGED ? 1 : (double) c->B;
  free (room);
  return sum / (double) c->B;
}

#define PROGRAM(name, wrong)                                                       \
  static double name##_loss (const vae_case *c)                                    \
  {                                                                                \
    return run (wrong, c, NULL);                                                   \
  }                                                                                \
  static void name##_gradient (const vae_case *c, double g[])                      \
  {                                                                                \
    run (wrong, c, g);                                                             \
  }                                                                                \
  static const vae_ops name = { .loss = name##_loss, .gradient = name##_gradient };

PROGRAM (variance_as_deviation, VARIANCE_AS_DEVIATION)
PROGRAM (divergence_by_pixels, DIVERGENCE_BY_PIXELS)
PROGRAM (divergence_averaged, DIVERGENCE_AVERAGED)
PROGRAM (divergence_turned, DIVERGENCE_TURNED)
PROGRAM (sigmoid_twice, SIGMOID_TWICE)
PROGRAM (next_variance, NEXT_VARIANCE)
PROGRAM (half_missing, HALF_MISSING)
PROGRAM (deviation_constant, DEVIATION_CONSTANT)
PROGRAM (pull_forgotten, PULL_FORGOTTEN)
PROGRAM (one_head, ONE_HEAD)
PROGRAM (not_transposed, NOT_TRANSPOSED)
PROGRAM (squashed_twice, SQUASHED_TWICE)
PROGRAM (not_averaged, NOT_AVERAGED)

/* --- draws, divergence, weights --------------------------------------------------------- */

static const vae_ops *
right (void)
{
  return vae_interface.reference;
}

static void
sample_by_variance (size_t L, const double mean[], const double log_variance[],
                    const double eps[], double z[])
{
  for (size_t l = 0; l < L; l++)
    z[l] = mean[l] + exp (log_variance[l]) * eps[l];
}

static double
kl_averaged (size_t L, const double mean[], const double log_variance[])
{
  return right ()->kl (L, mean, log_variance) / (double) L;
}

/* One draw for all data.  */
static void
one_noise (gsl_rng *rng, size_t B, size_t L, double eps[])
{
  right ()->noise (rng, 1, L, eps);
  for (size_t n = 1; n < B; n++)
    memcpy (eps + n * L, eps, L * sizeof *eps);
}

static void
uniform_noise (gsl_rng *rng, size_t B, size_t L, double eps[])
{
  for (size_t i = 0; i < B * L; i++)
    eps[i] = 2 * gsl_rng_uniform (rng) - 1;
}

/* Latents and log variances of datum 0, for the weights: what to add to each.  */
static void
weights_plus (const vae_case *c, size_t S, const double eps[], double log_w[],
              double by_z, double by_eps)
{
  const lvm_vae_shape s = c->shape;
  double x[64], room[256];
  const program p = { c,
                      DIVERGENCE_TURNED,
                      lvm_vae_place (s),
                      room,
                      room + 64,
                      room + 96,
                      room + 128,
                      NULL,
                      NULL,
                      NULL };
  right ()->log_weights (c, S, eps, log_w);
  for (size_t d = 0; d < s.D; d++)
    x[d] = lvm_bit (c->x, 0, d);
  run_encoder (&p, x);
  for (size_t i = 0; i < S * s.L; i++)
    {
      const size_t l = i % s.L;
      const double z = p.mean[l] + exp (p.lambda[l] / 2) * eps[i];
      log_w[i / s.L] += by_z * z * z / 2 + by_eps * eps[i] * eps[i] / 2;
    }
}

/* The prior's density is left out: its quadratic part comes back.  */
static void
weights_without_prior (const vae_case *c, size_t S, const double eps[],
                       double log_w[])
{
  weights_plus (c, S, eps, log_w, 1, 0);
}

/* q's density is taken at its mean.  */
static void
weights_at_the_mean (const vae_case *c, size_t S, const double eps[],
                     double log_w[])
{
  weights_plus (c, S, eps, log_w, 0, -1);
}

/* --- layers ------------------------------------------------------------------------------- */

static double
softplus_naive (double a)
{
  return log (1 + exp (a));
}

static double
softplus_linear (double a)
{
  return a > 20 ? a : log1p (exp (a));
}

static void
logit_turned (size_t D, const double x[], const double a[], double d_a[])
{
  for (size_t d = 0; d < D; d++)
    d_a[d] = x[d] - 1 / (1 + exp (-a[d]));
}

static void
logit_squared_error (size_t D, const double x[], const double a[], double d_a[])
{
  for (size_t d = 0; d < D; d++)
    {
      const double y = 1 / (1 + exp (-a[d]));
      d_a[d] = (y - x[d]) * y * (1 - y);
    }
}

static const layer_ops *
right_layers (void)
{
  return layer_interface.reference;
}

static void
layer_not_transposed (size_t in, size_t out, const double v[], const double W[],
                      const double d_y[], double d_W[], double d_b[], double d_v[])
{
  right_layers ()->grad_layer (in, out, v, W, d_y, d_W, d_b, d_v);
  for (size_t i = 0; i < in; i++)
    {
      d_v[i] = 0;
      for (size_t o = 0; o < out; o++)
        d_v[i] += d_y[o] * W[o * in + i];
    }
}

static void
layer_outer_exchanged (size_t in, size_t out, const double v[], const double W[],
                       const double d_y[], double d_W[], double d_b[], double d_v[])
{
  right_layers ()->grad_layer (in, out, v, W, d_y, d_W, d_b, d_v);
  for (size_t k = 0; k < in * out; k++)
    d_W[k] = d_y[k / in] * v[k % in];
}

static void
unit_not_squared (int relu, size_t H, const double h[], const double d_h[],
                  double d_y[])
{
  for (size_t i = 0; i < H; i++)
    d_y[i] = d_h[i] * (relu ? h[i] > 0 : 1 - h[i]);
}

static void
unit_twice (int relu, size_t H, const double h[], const double d_h[], double d_y[])
{
  for (size_t i = 0; i < H; i++)
    d_y[i] = d_h[i] * (relu ? h[i] > 0 : 1 - tanh (h[i]) * tanh (h[i]));
}

static void
sample_half_missing (size_t L, const double log_variance[], const double eps[],
                     const double d_z[], double d_mean[], double d_log_variance[])
{
  right_layers ()->grad_sample (L, log_variance, eps, d_z, d_mean, d_log_variance);
  for (size_t l = 0; l < L; l++)
    d_log_variance[l] *= 2;
}

static void
sample_constant (size_t L, const double log_variance[], const double eps[],
                 const double d_z[], double d_mean[], double d_log_variance[])
{
  right_layers ()->grad_sample (L, log_variance, eps, d_z, d_mean, d_log_variance);
  memset (d_log_variance, 0, L * sizeof *d_log_variance);
}

static void
kl_deviation (size_t L, const double mean[], const double log_variance[],
              double d_mean[], double d_log_variance[])
{
  for (size_t l = 0; l < L; l++)
    {
      d_mean[l] = mean[l];
      d_log_variance[l] = expm1 (log_variance[l] / 2) / 2;
    }
}

static void
kl_not_halved (size_t L, const double mean[], const double log_variance[],
               double d_mean[], double d_log_variance[])
{
  for (size_t l = 0; l < L; l++)
    {
      d_mean[l] = 2 * mean[l];
      d_log_variance[l] = expm1 (log_variance[l]);
    }
}

static void
latent_turned (size_t L, const double mean[], const double log_variance[],
               const double z[], const double d_z[], double d_mean[],
               double d_log_variance[])
{
  for (size_t l = 0; l < L; l++)
    {
      d_mean[l] = d_z[l] - mean[l];
      d_log_variance[l] = (d_z[l] * (z[l] - mean[l]) - expm1 (log_variance[l])) / 2;
    }
}

/* --- Adam ------------------------------------------------------------------------------------ */

enum
{
  NO_CORRECTION,
  EPSILON_INSIDE,
  DECAYS_EXCHANGED,
  DECAY_OF_WEIGHTS,
  SECOND_NOT_CORRECTED
};

static void
adam_with (int wrong, size_t n, size_t t, double rate, double beta1, double beta2,
           double epsilon, const double g[], double m[], double v[], double theta[])
{
  const double first = wrong == DECAYS_EXCHANGED ? beta2 : beta1,
               second = wrong == DECAYS_EXCHANGED ? beta1 : beta2,
               c1 = wrong == NO_CORRECTION ? 1 : 1 - pow (first, (double) t),
               c2 = wrong == NO_CORRECTION || wrong == SECOND_NOT_CORRECTED
                        ? 1
                        : 1 - pow (second, (double) t);
  for (size_t i = 0; i < n; i++)
    {
      const double slope = g[i] + (wrong == DECAY_OF_WEIGHTS ? 0.01 * theta[i] : 0);
      m[i] = first * m[i] + (1 - first) * slope;
      v[i] = second * v[i] + (1 - second) * slope * slope;
      theta[i] -= rate * (m[i] / c1)
                  / (wrong == EPSILON_INSIDE ? sqrt (v[i] / c2 + epsilon)
                                             : sqrt (v[i] / c2) + epsilon);
    }
}

#define ADAM(name, wrong)                                                          \
  static void name (size_t n, size_t t, double rate, double beta1, double beta2,   \
                    double epsilon, const double g[], double m[], double v[],      \
                    double theta[])                                                \
  {                                                                                \
    adam_with (wrong, n, t, rate, beta1, beta2, epsilon, g, m, v, theta);          \
  }

ADAM (no_correction, NO_CORRECTION)
ADAM (epsilon_inside, EPSILON_INSIDE)
ADAM (decays_exchanged, DECAYS_EXCHANGED)
ADAM (decay_of_weights, DECAY_OF_WEIGHTS)
ADAM (second_not_corrected, SECOND_NOT_CORRECTED)

/* --- single precision, the beginning ------------------------------------------------------------ */

/* Weights kept with 11 bits.  */
static void
half_precision (const vae_case *c, double g[])
{
  const size_t n = lvm_vae_place (c->shape).n;
  double *theta = malloc (n * sizeof *theta);
  vae_case rough = *c;
  for (size_t i = 0; i < n; i++)
    {
      int exponent;
      const double part = frexp (c->theta[i], &exponent);
      theta[i] = ldexp (nearbyint (ldexp (part, 11)), exponent - 11);
    }
  rough.theta = theta;
  right ()->gradient (&rough, g);
  free (theta);
}

/* The same in the fast form.  */
static void
half_precision_fast (const vae_case *c, int threads, double g[])
{
  (void) threads;
  half_precision (c, g);
}

/* Each thread sums over its part of the batch, and the parts are added.  */
static void
part_by_part (const vae_case *c, int threads, double g[])
{
  const float_ops *single = float_interface.reference;
  const size_t n = lvm_vae_place (c->shape).n, L = c->shape.L;
  double *part = malloc (n * sizeof *part);
  memset (g, 0, n * sizeof *g);
  for (size_t from = 0, i = 0; i < (size_t) threads; i++)
    {
      const size_t to = c->B * (i + 1) / (size_t) threads;
      lvm_bits rows = *c->x;
      vae_case own = *c;
      rows.N = own.B = to - from;
      rows.bytes += from * rows.stride;
      own.x = &rows;
      own.eps += from * L;
      if (own.B > 0)
        single->gradient (&own, part);
      for (size_t k = 0; own.B > 0 && k < n; k++)
        g[k] = (float) (g[k] + part[k] * (double) own.B / (double) c->B);
      from = to;
    }
  free (part);
}

static const training_ops *
right_training (void)
{
  return training_interface.reference;
}

/* The file holds the network alone.  */
static void
averages_lost (const lvm_vae_training *from, lvm_vae_training *to)
{
  right_training ()->through_file (from, to);
  memset (to->adam->m, 0, to->adam->n * sizeof *to->adam->m);
  memset (to->adam->v, 0, to->adam->n * sizeof *to->adam->v);
  to->adam->t = 0;
}

/* The file is text, with six digits.  */
static void
six_digits (const lvm_vae_training *from, lvm_vae_training *to)
{
  right_training ()->through_file (from, to);
  for (size_t i = 0; i < to->v->n; i++)
    {
      char text[32];
      snprintf (text, sizeof text, "%g", (double) to->v->theta[i]);
      to->v->theta[i] = strtof (text, NULL);
    }
}

static void
init_with (lvm_vae_shape s, gsl_rng *rng, double theta[], int by_outputs, int root)
{
  const lvm_vae_places p = lvm_vae_place (s);
  const struct
  {
    size_t from, to, in, out;
  } layers[] = { { p.W1, p.Wm, s.D, s.H },
                 { p.Wm, p.W2, s.H, s.L },
                 { p.W2, p.W3, s.L, s.H },
                 { p.W3, p.n, s.H, s.D } };
  for (size_t k = 0; k < sizeof layers / sizeof *layers; k++)
    {
      const double fan = (double) (by_outputs ? layers[k].out : layers[k].in);
      for (size_t i = layers[k].from; i < layers[k].to; i++)
        theta[i] =
            (2 * gsl_rng_uniform (rng) - 1) * (root ? 1 / sqrt (fan) : 1 / fan);
    }
}

static void
fan_out (lvm_vae_shape s, gsl_rng *rng, double theta[])
{
  init_with (s, rng, theta, 1, 1);
}

static void
fan_in_no_root (lvm_vae_shape s, gsl_rng *rng, double theta[])
{
  init_with (s, rng, theta, 0, 0);
}

/* --- the linear auto-encoder -------------------------------------------------------------------- */

static const linear_ops *
right_linear (void)
{
  return linear_interface.reference;
}

/* Columns are scaled to the data's eigenvalues: the noise is counted twice.  */
static int
noise_not_subtracted (lvm_ppca *m, const double mean[], const double covariance[])
{
  const int status = right_linear ()->fit (m, mean, covariance);
  for (size_t l = 0; l < m->L; l++)
    {
      double square = 0;
      for (size_t d = 0; d < m->D; d++)
        square += m->loading[d * m->L + l] * m->loading[d * m->L + l];
      for (size_t d = 0; d < m->D; d++)
        m->loading[d * m->L + l] *= sqrt (1 + m->variance / square);
    }
  return status;
}

static int
noise_over_all (lvm_ppca *m, const double mean[], const double covariance[])
{
  const int status = right_linear ()->fit (m, mean, covariance);
  m->variance *= (double) (m->D - m->L) / (double) m->D;
  return status;
}

/* ln det C from all D dimensions of noise and L of W' W.  */
static double
determinant_of_noise (const lvm_ppca *m, const double covariance[])
{
  return right_linear ()->likelihood (m, covariance)
         - (double) m->L * log (m->variance) / 2;
}

/* The reconstruction of the means alone: what the variances blur is left out.  */
static double
blur_forgotten (const lvm_linear_vae *v, const double covariance[], double work[])
{
  const lvm_ppca *m = v->model;
  double blur = 0;
  for (size_t i = 0; i < m->D * m->L; i++)
    blur += m->loading[i] * m->loading[i] * v->q_variance[i % m->L];
  return right_linear ()->bound (v, covariance, work) + blur / (2 * m->variance);
}

/* One iteration that goes wrong in its first half: V times `shrink', tau^2 times `wide' of
   what it would be for orthogonal columns.  The second half is the right one.  */
static void
wrong_encoder (lvm_linear_vae *v, const double covariance[], double work[],
               double shrink, double widen)
{
  const size_t D = v->model->D, L = v->model->L;
  double *W = malloc (D * L * sizeof *W);
  const double variance = v->model->variance;
  memcpy (W, v->model->loading, D * L * sizeof *W);
  right_linear ()->iterate (v, covariance, work);
  for (size_t i = 0; i < L * D; i++)
    v->encoder[i] *= shrink;
  for (size_t l = 0; l < L; l++)
    v->q_variance[l] *= widen;
  memcpy (v->model->loading, W, D * L * sizeof *W);
  v->model->variance = variance;
  free (W);
}

/* The encoder is not shrunk towards the prior as it should be.  */
static void
encoder_not_shrunk (lvm_linear_vae *v, const double covariance[], double work[])
{
  wrong_encoder (v, covariance, work, 1.1, 1);
}

static void
variances_too_wide (lvm_linear_vae *v, const double covariance[], double work[])
{
  wrong_encoder (v, covariance, work, 1, 1.3);
}

/* The model is a regression of x on the means of q, as if there were no clouds.  */
static void
regression_on_means (lvm_linear_vae *v, const double covariance[], double work[])
{
  const size_t L = v->model->L;
  double *tau2 = malloc (L * sizeof *tau2);
  right_linear ()->iterate (v, covariance, work);
  memcpy (tau2, v->q_variance, L * sizeof *tau2);
  for (size_t d = 0; d < v->model->D; d++)
    for (size_t l = 0; l < L; l++)
      v->model->loading[d * L + l] *= 1 + tau2[l];
  free (tau2);
}

/* The noise is divided by D - L, as in the closed form.  */
static void
noise_by_closed_form (lvm_linear_vae *v, const double covariance[], double work[])
{
  right_linear ()->iterate (v, covariance, work);
  v->model->variance *= (double) v->model->D / (double) (v->model->D - v->model->L);
}

/* --- all clouds, holes --------------------------------------------------------------------------- */

static const formula_ops *
right_formulas (void)
{
  return formula_interface.reference;
}

static double
information_summed (size_t N, size_t K, const double q[])
{
  return (double) N * right_formulas ()->information (N, K, q);
}

/* Against a uniform distribution, not against the aggregate.  */
static double
information_from_uniform (size_t N, size_t K, const double q[])
{
  double sum = 0;
  for (size_t i = 0; i < N * K; i++)
    sum += q[i] > 0 ? q[i] * log (q[i] * (double) K) / (double) N : 0;
  return sum;
}

/* Each cloud is replaced by its most probable state.  */
static void
means_for_samples (size_t J, size_t K, const double data[], const double q[],
                   double out[])
{
  memset (out, 0, K * sizeof *out);
  for (size_t x = 0; x < J; x++)
    out[lvm_argmax (K, q + x * K)] += data[x];
}

static void
data_unweighted (size_t J, size_t K, const double data[], const double q[],
                 double out[])
{
  (void) data;
  memset (out, 0, K * sizeof *out);
  for (size_t i = 0; i < J * K; i++)
    out[i % K] += q[i] / (double) J;
}

static double
mean_bound_turned (size_t J, size_t K, const double data[], const double prior[],
                   const double likelihood[], const double q[])
{
  double sum = 0;
  for (size_t i = 0; i < J * K; i++)
    if (q[i] > 0)
      sum += data[i / K] * q[i]
             * (log (likelihood[i % K * J + i / K]) + log (q[i] / prior[i % K]));
  return sum;
}

static double
hole_turned (size_t K, const double prior[], const double likelihood[],
             const int in_A[])
{
  double mass = 0;
  for (size_t k = 0; k < K; k++)
    mass += in_A[k] ? prior[k] : 0;
  return right_formulas ()->closed (K, prior, likelihood, in_A) + 2 * log1p (-mass);
}

static double
hole_bound_turned (double bound, double mass)
{
  return bound + log1p (-mass);
}

static double
hole_inside_out (double own, double mass)
{
  return own > 0 ? right_formulas ()->two_events (own, mass) : -log (mass);
}

static double
gain_without_logarithm (size_t L, const double v[])
{
  double sum = 0;
  for (size_t l = 0; l < L; l++)
    sum += v[l] - 1;
  return sum / 2;
}

/* --- two latent numbers ------------------------------------------------------------------------------ */

static const plane_ops *
right_plane (void)
{
  return plane_interface.reference;
}

/* The width of a cell where its area belongs.  */
static double
width_for_area (const lvm_latent_grid *g, const double log_likelihood[],
                double posterior[])
{
  return right_plane ()->evidence (g, log_likelihood, posterior)
         - log (lvm_latent_step (g));
}

/* The likelihood is averaged over the square.  */
static double
prior_flat (const lvm_latent_grid *g, const double log_likelihood[],
            double posterior[])
{
  (void) posterior;
  return lvm_log_sum_exp (g->side * g->side, log_likelihood)
         - 2 * log ((double) g->side);
}

static void
aggregate_by_variance (const lvm_latent_grid *g, size_t N, const double mean[],
                       const double log_variance[], double density[])
{
  double *twice = malloc (2 * N * sizeof *twice);
  for (size_t i = 0; i < 2 * N; i++)
    twice[i] = 2 * log_variance[i];
  right_plane ()->aggregate (g, N, mean, twice, density);
  free (twice);
}

static void
swirl_by_coordinate (double turn, const double z[2], double w[2])
{
  const double angle = turn * z[0], a = z[0], b = z[1];
  w[0] = cos (angle) * a - sin (angle) * b;
  w[1] = sin (angle) * a + cos (angle) * b;
}

static void
sheared (double turn, const double z[2], double w[2])
{
  const double a = z[0], b = z[1];
  w[0] = a + turn * b;
  w[1] = b;
}

static double
price_not_doubled (double first, double second, double angle)
{
  const double s = (first - second) * sin (angle);
  return log1p (s * s / (4 * first * second)) / 2;
}

/* ------------------------------------------------------------------------------------------------------- */

#define MISTAKE(name, interface, ops, claim, why, source)                          \
  {                                                                                \
    name, &interface, ops, claim, why, source, 0, LVM_HERE                         \
  }
#define VAE(name, ops, claim, why, source)                                         \
  MISTAKE (name, vae_interface, ops, claim, why, source)
#define LAYER(name, slot, function, claim, why)                                    \
  MISTAKE (name, layer_interface, &(layer_ops){ .slot = function }, claim, why,    \
           NULL)
#define STEP(name, function, claim, why)                                           \
  MISTAKE (name, adam_interface, &(adam_ops){ .adam_step = function }, claim, why, \
           NULL)
#define SINGLE(name, slot, function, claim, why)                                   \
  MISTAKE (name, float_interface, &(float_ops){ .slot = function }, claim, why,    \
           NULL)
#define LINEAR(name, slot, function, claim, why)                                   \
  MISTAKE (name, linear_interface, &(linear_ops){ .slot = function }, claim, why,  \
           NULL)
#define FORMULA(name, slot, function, claim, why)                                  \
  MISTAKE (name, formula_interface, &(formula_ops){ .slot = function }, claim,     \
           why, NULL)
#define PLANE(name, slot, function, claim, why)                                    \
  MISTAKE (name, plane_interface, &(plane_ops){ .slot = function }, claim, why,    \
           NULL)

const lvm_mistake lvm_chapter_mistakes[] = {
  VAE ("variance-as-deviation", &variance_as_deviation, "vae-scale",
       "The exponential of the log variance is used as the standard deviation, in "
       "the draw and in its gradient. The two belong together, and training looks "
       "fine.",
       "rachtsingh/ibp_vae#3, keras-team/keras#3283"),
  VAE ("sample-by-variance", &(vae_ops){ .sample = sample_by_variance }, "vae-kl",
       "The same mistake in the draw alone: the closed-form divergence is no "
       "longer that of what is drawn.",
       "rachtsingh/ibp_vae#3, keras-team/keras#3283"),
  VAE (
      "divergence-by-pixels", &divergence_by_pixels, "vae-loss",
      "The divergence is divided by the number of pixels and by the batch, the "
      "reconstruction by the batch alone. Digits look sharp, since there is hardly "
      "a prior.",
      "pytorch/examples#290"),
  VAE ("divergence-averaged", &divergence_averaged, "vae-scale",
       "The divergence is averaged over the latent numbers, not summed. With one "
       "it is right.",
       "keras-team/keras#6015"),
  VAE ("kl-averaged", &(vae_ops){ .kl = kl_averaged }, "vae-kl",
       "The same mistake in the divergence alone.", "keras-team/keras#6015"),
  VAE ("divergence-turned", &divergence_turned, "vae-loss",
       "The divergence has the wrong sign, so training drives the clouds away from "
       "the prior.",
       "mhw32/multimodal-vae-public#4"),
  VAE ("sigmoid-twice", &sigmoid_twice, "vae-zero",
       "The decoder ends with the logistic function, and the loss, which expects "
       "logits, applies it again. Every pixel is then on with a probability of at "
       "least one half.",
       NULL),
  VAE ("next-variance", &next_variance, "vae-permutation",
       "An index is off by one: a latent number is drawn with the variance of the "
       "next.",
       NULL),
  VAE ("half-missing", &half_missing, "vae-backprop",
       "The half of exp (log variance / 2) is lost in the derivative.", NULL),
  VAE ("deviation-constant", &deviation_constant, "vae-pathwise",
       "The draw is differentiated by the mean alone. The variances learn from the "
       "divergence only, and go to one.",
       NULL),
  VAE ("pull-forgotten", &pull_forgotten, "vae-shift",
       "The divergence is left out of the derivative by the mean.", NULL),
  VAE ("one-head", &one_head, "vae-backprop",
       "The hidden layer of the encoder hears from one of its two heads.", NULL),
  VAE ("not-transposed", &not_transposed, "vae-backprop",
       "Backward multiplies with the weights as they are stored, not transposed. "
       "With a single number on one side it is right.",
       NULL),
  VAE ("squashed-twice", &squashed_twice, "vae-backprop",
       "The derivative of tanh is taken at h, where h is already the tanh.", NULL),
  VAE (
      "not-averaged", &not_averaged, "vae-backprop",
      "The gradient is summed over the batch, the loss is averaged. Adam hides it.",
      NULL),
  VAE ("one-noise", &(vae_ops){ .noise = one_noise }, "vae-noise",
       "One draw of noise serves the whole batch. Unbiased, but averaging over the "
       "batch no longer averages over the noise.",
       NULL),
  VAE ("uniform-noise", &(vae_ops){ .noise = uniform_noise }, "vae-noise",
       "The noise is uniform on -1 to 1.", NULL),
  VAE ("weights-without-prior", &(vae_ops){ .log_weights = weights_without_prior },
       "vae-ladder", "The prior's density is left out of the importance weights.",
       NULL),
  VAE ("weights-at-the-mean", &(vae_ops){ .log_weights = weights_at_the_mean },
       "vae-weights",
       "The density of q is taken at its mean, not where z was drawn.", NULL),
  { "softplus-naive", &layer_interface, &(layer_ops){ .softplus = softplus_naive },
    "vae-softplus", "The exponential overflows for logits beyond 709.", NULL, 0,
    LVM_HERE },
  LAYER (
      "softplus-linear", softplus, softplus_linear, "vae-softplus",
      "Beyond 20 the softplus is taken for its argument. In single precision that "
      "is right."),
  LAYER ("logit-turned", grad_logit, logit_turned, "vae-grad-logit",
         "The sign: this climbs on the loss."),
  LAYER (
      "logit-squared-error", grad_logit, logit_squared_error, "vae-grad-logit",
      "The derivative of the logistic function is multiplied in, as for a squared "
      "error. Here it cancels."),
  LAYER ("layer-not-transposed", grad_layer, layer_not_transposed, "vae-grad-layer",
         "The weights are not transposed on the way back."),
  LAYER ("layer-outer-exchanged", grad_layer, layer_outer_exchanged,
         "vae-grad-layer", "The outer product is stored the other way round."),
  LAYER ("unit-not-squared", grad_unit, unit_not_squared, "vae-grad-unit",
         "The derivative of tanh is taken for 1 - h."),
  LAYER ("unit-twice", grad_unit, unit_twice, "vae-grad-unit",
         "The derivative of tanh is taken at h, where h is already the tanh."),
  LAYER ("sample-half-missing", grad_sample, sample_half_missing, "vae-grad-sample",
         "The half of exp (log variance / 2) is lost in the derivative."),
  LAYER ("sample-constant", grad_sample, sample_constant, "vae-grad-sample",
         "The draw is differentiated by the mean alone."),
  LAYER ("kl-deviation", grad_kl, kl_deviation, "vae-grad-kl",
         "The deviation stands where the variance belongs."),
  LAYER ("kl-not-halved", grad_kl, kl_not_halved, "vae-grad-kl",
         "The half before the divergence is lost."),
  LAYER ("latent-turned", grad_latent, latent_turned, "vae-grad-latent",
         "The divergence is subtracted."),
  STEP ("no-correction", no_correction, "adam-first",
        "Averages that began at zero are not divided by the sum of their weights. "
        "The first step is (1 - beta1) / sqrt (1 - beta2) times too long."),
  STEP ("second-not-corrected", second_not_corrected, "adam-first",
        "Only the average of the gradients is corrected, not that of the squares."),
  STEP ("epsilon-inside", epsilon_inside, "adam-scale",
        "Epsilon stands under the root, where it is compared with a square. For "
        "large gradients it makes no difference."),
  STEP ("decays-exchanged", decays_exchanged, "adam-average",
        "The two decay rates are exchanged. The first step does not show it."),
  STEP ("decay-of-weights", decay_of_weights, "adam-scale",
        "A multiple of the weights is added to the gradient, a prior that nobody "
        "asked for."),
  SINGLE ("half-precision", gradient, half_precision, "vae-float",
          "Weights are kept with 11 bits."),
  SINGLE ("half-precision-fast", fast, half_precision_fast, "vae-fast",
          "Weights are kept with 11 bits."),
  SINGLE (
      "part-by-part", fast, part_by_part, "vae-threads",
      "Each thread sums over its part of the batch. The last bits depend on how "
      "many there are."),
  MISTAKE ("averages-lost", training_interface,
           &(training_ops){ .through_file = averages_lost }, "vae-resume",
           "The file holds the network without the optimiser's averages. Resumed "
           "training begins with a jolt.",
           NULL),
  MISTAKE ("six-digits", training_interface,
           &(training_ops){ .through_file = six_digits }, "vae-reload",
           "Parameters are written with six digits, and a float needs nine.", NULL),
  SINGLE ("fan-out", init, fan_out, "vae-init",
          "The bound is taken from the outputs of a layer. In a square layer it is "
          "right."),
  SINGLE ("fan-in-no-root", init, fan_in_no_root, "vae-init",
          "The root is forgotten: signals die out from layer to layer."),
  LINEAR ("noise-not-subtracted", fit, noise_not_subtracted, "linvae-aggregate",
          "Axes are as long as the data's deviations, and the noise is added once "
          "more."),
  LINEAR (
      "noise-over-all", fit, noise_over_all, "ppca-value",
      "The discarded variance is divided by D, not by the D - L dimensions that "
      "it is in."),
  LINEAR ("determinant-of-noise", likelihood, determinant_of_noise,
          "ppca-likelihood",
          "The determinant counts the noise of the L latent dimensions twice."),
  LINEAR ("blur-forgotten", bound, blur_forgotten, "linvae-bound",
          "The reconstruction is that of the means, without what the clouds blur."),
  LINEAR ("encoder-not-shrunk", iterate, encoder_not_shrunk, "linvae-encoder",
          "Means are a tenth too far from the prior's."),
  LINEAR ("variances-too-wide", iterate, variances_too_wide, "linvae-gap",
          "Variances are 30 per cent too large."),
  LINEAR ("regression-on-means", iterate, regression_on_means, "linvae-decoder",
          "The decoder is fitted to the means as if they were the latents, so its "
          "weights are too large."),
  LINEAR ("noise-by-closed-form", iterate, noise_by_closed_form, "linvae-ppca",
          "The residual is divided by D - L, as in the closed form, although the "
          "clouds' part is already in it."),
  FORMULA ("information-summed", information, information_summed, "agg-information",
           "Summed over the data, not averaged."),
  FORMULA ("information-from-uniform", information, information_from_uniform,
           "agg-collapse",
           "Clouds are compared with a uniform distribution, not with all clouds "
           "together."),
  FORMULA ("means-for-samples", aggregate, means_for_samples, "agg-bound",
           "The encoder's most probable latents are collected in the place of "
           "samples. That picture is narrower than the aggregate."),
  FORMULA ("data-unweighted", aggregate, data_unweighted, "agg-prior",
           "Every image counts the same, however often it occurs."),
  FORMULA ("mean-bound-turned", mean_bound, mean_bound_turned, "agg-joint",
           "The divergence is added."),
  FORMULA ("hole-turned", closed, hole_turned, "hole-evidence",
           "The sign of ln (1 - alpha): closing a hole would cost."),
  FORMULA ("hole-bound-turned", closed_bound, hole_bound_turned, "hole-bound",
           "The sign of ln (1 - alpha)."),
  FORMULA ("hole-inside-out", two_events, hole_inside_out, "hole-divergence",
           "The price of a hole is taken for - ln alpha: a small hole would cost "
           "much."),
  FORMULA ("gain-without-logarithm", gain, gain_without_logarithm, "vae-rescale",
           "The log variances, which move as well, are forgotten."),
  PLANE ("width-for-area", evidence, width_for_area, "vae-total",
         "The width of a cell stands where its area belongs."),
  PLANE (
      "prior-flat", evidence, prior_flat, "vae-exact",
      "The likelihood is averaged over the square, without the prior. The sum over "
      "all images is still one."),
  PLANE ("aggregate-by-variance", aggregate, aggregate_by_variance, "agg-grid",
         "Clouds have their variance for a deviation."),
  PLANE ("swirl-by-coordinate", swirl, swirl_by_coordinate, "swirl-preserves",
         "The angle depends on a coordinate, not on the length: lengths are kept, "
         "areas are not."),
  PLANE ("sheared", swirl, sheared, "map-evidence",
         "A shear: areas are kept, lengths are not."),
  PLANE ("price-not-doubled", price, price_not_doubled, "turn-price",
         "The angle is not doubled, so that a right angle would cost most."),
};
const size_t lvm_chapter_mistakes_count =
    sizeof lvm_chapter_mistakes / sizeof *lvm_chapter_mistakes;
