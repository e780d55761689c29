/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/vae.h"

#include "../unit.h"
#include "bits.h"

#include <float.h>
#include <math.h>

#include "num/streams.h"
#include "prob/importance.h"

enum
{
  N = 9,
  D = 13,
  H = 7,
  L = 3,
  B = 5
};

static const size_t row[B] = { 3, 1, 8, 0, 5 };

/* A small network with its data, noise and workspace, in double.  */
typedef struct
{
  lvm_bits *x;
  lvm_vae_double *v;
  lvm_vae_double_work *w;
  double eps[B * L];
} little;

static little
begin (lvm_activation phi)
{
  const lvm_vae_shape s = { D, H, L, phi };
  gsl_rng *rng = lvm_stream_alloc (3, 0);
  little t = { .x = draw_bits (N, D, 4),
               .v = lvm_vae_double_alloc (s),
               .w = lvm_vae_double_work_alloc (s, B) };
  lvm_vae_double_init (t.v, rng);
  lvm_vae_double_noise (rng, B * L, t.eps);
  gsl_rng_free (rng);
  return t;
}

static void
end (little t)
{
  lvm_bits_free (t.x);
  lvm_vae_double_free (t.v);
  lvm_vae_double_work_free (t.w);
}

static double
loss (const little *t)
{
  double reconstruction[B], kl[B], sum = 0;
  lvm_vae_double_forward (t->v, t->x, row, B, t->eps, t->w, reconstruction, kl);
  for (size_t n = 0; n < B; n++)
    sum += kl[n] - reconstruction[n];
  return sum / B;
}

/* --- parameters ----------------------------------------------------------- */

START_TEST (blocks_fill_theta)
{
  const lvm_vae_places p = lvm_vae_place ((lvm_vae_shape){ D, H, L, LVM_TANH });
  ck_assert_uint_eq (p.b1, D * H);
  ck_assert_uint_eq (p.Ws - p.Wm, H * L + L);
  ck_assert_uint_eq (p.W3 - p.W2, L * H + H);
  ck_assert_uint_eq (p.n, D * H + H + 2 * (H * L + L) + L * H + H + H * D + D);
}
END_TEST

/* Each block fills its interval, and no other.  */
START_TEST (initialisation)
{
  const lvm_vae_shape s = { 400, 100, 25, LVM_TANH };
  const lvm_vae_places p = lvm_vae_place (s);
  const size_t first[] = { p.W1, p.Wm, p.W2, p.W3, p.n };
  const double inputs[] = { 400, 100, 25, 100 };
  lvm_vae *v = lvm_vae_alloc (s);
  gsl_rng *rng = lvm_stream_alloc (1, 0);
  lvm_vae_init (v, rng);
  for (int i = 0; i < 4; i++)
    {
      const double bound = 1 / sqrt (inputs[i]);
      double least = INFINITY, most = -INFINITY;
      for (size_t j = first[i]; j < first[i + 1]; j++)
        {
          least = fmin (least, v->theta[j]);
          most = fmax (most, v->theta[j]);
        }
      ck_assert (least >= -bound * (1 + FLT_EPSILON) && least < -0.99 * bound);
      ck_assert (most <= bound * (1 + FLT_EPSILON) && most > 0.99 * bound);
    }
  gsl_rng_free (rng);
  lvm_vae_free (v);
  lvm_vae_free (NULL);
  lvm_vae_work_free (NULL);
  lvm_adam_free (NULL);
}
END_TEST

/* --- forward -------------------------------------------------------------- */

static void
check_zero_parameters (lvm_activation phi)
{
  little t = begin (phi);
  double reconstruction[B], kl[B];
  memset (t.v->theta, 0, t.v->n * sizeof (double));
  lvm_vae_double_forward (t.v, t.x, NULL, B, t.eps, t.w, reconstruction, kl);
  for (size_t n = 0; n < B; n++)
    {
      ck_assert_double_eq_tol (reconstruction[n], -D * M_LN2, 1e-14);
      ck_assert_double_eq (kl[n], 0);
    }
  end (t);
}

START_TEST (zero_parameters)
{
  check_zero_parameters (LVM_TANH);
  check_zero_parameters (LVM_RELU);
}
END_TEST

/* One pixel, one unit, one latent number: the whole network written out.  */
START_TEST (by_hand)
{
  const lvm_vae_shape s = { 1, 1, 1, LVM_TANH };
  const double theta[10] = { 0.7, -0.2, 1.3, 0.1, -0.4, 0.3, 2.1, -0.6, 1.9, 0.25 },
               eps = -0.8;
  lvm_bits *x = lvm_bits_alloc (1, 1);
  lvm_vae_double *v = lvm_vae_double_alloc (s);
  lvm_vae_double_work *w = lvm_vae_double_work_alloc (s, 1);
  double reconstruction, kl;
  memcpy (v->theta, theta, sizeof theta);
  lvm_bit_set (x, 0, 0);
  lvm_vae_double_forward (v, x, NULL, 1, &eps, w, &reconstruction, &kl);
  const double h = tanh (0.5), mean = 1.3 * h + 0.1,
               variance = exp (-0.4 * h + 0.3), z = mean + sqrt (variance) * eps,
               a = 1.9 * tanh (2.1 * z - 0.6) + 0.25;
  ck_assert_double_eq_tol (reconstruction, -log1p (exp (-a)), 1e-15);
  ck_assert_double_eq_tol (kl, (variance + mean * mean - 1 - log (variance)) / 2,
                           1e-15);
  lvm_bits_free (x);
  lvm_vae_double_free (v);
  lvm_vae_double_work_free (w);
}
END_TEST

/* Logits far out: no overflow, and the right one costs nothing.  */
START_TEST (extreme_logits)
{
  const lvm_vae_shape s = { 2, 1, 1, LVM_RELU };
  lvm_bits *x = lvm_bits_alloc (1, 2);
  lvm_vae *v = lvm_vae_alloc (s);
  lvm_vae_work *w = lvm_vae_work_alloc (s, 1);
  double reconstruction;
  lvm_bit_set (x, 0, 0);
  w->a[0] = 1000;
  w->a[1] = -1000;
  lvm_vae_reconstruction (v, x, NULL, 1, w, &reconstruction);
  ck_assert_double_eq (reconstruction, 0);
  w->a[0] = -700;
  w->a[1] = 900;
  lvm_vae_reconstruction (v, x, NULL, 1, w, &reconstruction);
  ck_assert_double_eq (reconstruction, -1600);
  lvm_bits_free (x);
  lvm_vae_free (v);
  lvm_vae_work_free (w);
}
END_TEST

/* --- backward ------------------------------------------------------------- */

/* Central differences, whose error falls fourfold where the step is halved.  */
static void
check_gradient_against_differences (lvm_activation phi)
{
  little t = begin (phi);
  double *gradient = malloc (t.v->n * sizeof *gradient), worst[2] = { 0 };
  const double steps[2] = { 1e-3, 5e-4 };
  loss (&t);
  lvm_vae_double_backward (t.v, t.x, row, B, t.eps, t.w, gradient);
  for (size_t i = 0; i < t.v->n; i++)
    for (int k = 0; k < 2; k++)
      {
        const double kept = t.v->theta[i], h = steps[k];
        t.v->theta[i] = kept + h;
        const double above = loss (&t);
        t.v->theta[i] = kept - h;
        const double below = loss (&t);
        t.v->theta[i] = kept;
        worst[k] = fmax (worst[k], fabs ((above - below) / (2 * h) - gradient[i]));
      }
  ck_assert_double_lt (worst[0], 1e-6);
  ck_assert_double_eq_tol (worst[0] / worst[1], 4, 0.05);
  free (gradient);
  end (t);
}

START_TEST (gradient_against_differences)
{
  check_gradient_against_differences (LVM_TANH);
  check_gradient_against_differences (LVM_RELU);
}
END_TEST

/* float and double from the same parameters: as near as H + D roundings let
   them.  */
static void
check_float_against_double (lvm_activation phi)
{
  little t = begin (phi);
  lvm_vae *v = lvm_vae_alloc (t.v->shape);
  lvm_vae_work *w = lvm_vae_work_alloc (t.v->shape, B);
  double *gradient = malloc (t.v->n * sizeof *gradient), reconstruction[B], kl[B],
         of_double = loss (&t), sum = 0;
  float *in_float = malloc (t.v->n * sizeof *in_float), eps[B * L];
  for (size_t i = 0; i < v->n; i++)
    v->theta[i] = (float) t.v->theta[i];
  for (size_t i = 0; i < B * L; i++)
    eps[i] = (float) t.eps[i];
  lvm_vae_double_backward (t.v, t.x, row, B, t.eps, t.w, gradient);
  lvm_vae_forward (v, t.x, row, B, eps, w, reconstruction, kl);
  lvm_vae_backward (v, t.x, row, B, eps, w, in_float);
  for (size_t n = 0; n < B; n++)
    sum += kl[n] - reconstruction[n];
  ck_assert_double_eq_tol (sum / B, of_double, 20 * FLT_EPSILON * of_double);
  for (size_t i = 0; i < v->n; i++)
    ck_assert_double_eq_tol (in_float[i], gradient[i], 20 * FLT_EPSILON);
  free (gradient);
  free (in_float);
  lvm_vae_free (v);
  lvm_vae_work_free (w);
  end (t);
}

START_TEST (float_against_double)
{
  check_float_against_double (LVM_TANH);
  check_float_against_double (LVM_RELU);
}
END_TEST

/* --- Adam ----------------------------------------------------------------- */

/* Two steps by hand.  After the first the unbiased means are g and g^2.  */
START_TEST (two_steps_of_adam)
{
  const double g1[2] = { 3, -0.5 }, g2[2] = { -1, 2 };
  double theta[2] = { 1, 2 };
  lvm_adam_double *adam = lvm_adam_double_alloc (2, 0.1);
  lvm_adam_double_step (adam, g1, theta);
  ck_assert_double_eq_tol (theta[0], 1 - 0.1 * 3 / (3 + 1e-8), 1e-14);
  ck_assert_double_eq_tol (theta[1], 2 + 0.1 * 0.5 / (0.5 + 1e-8), 1e-14);
  const double before = theta[0];
  lvm_adam_double_step (adam, g2, theta);
  const double m = (0.9 * 0.1 * 3 + 0.1 * -1) / (1 - 0.81),
               v = (0.999 * 0.001 * 9 + 0.001 * 1) / (1 - 0.998001);
  ck_assert_double_eq_tol (theta[0], before - 0.1 * m / (sqrt (v) + 1e-8), 1e-13);
  ck_assert_uint_eq (adam->t, 2);
  lvm_adam_double_free (adam);
}
END_TEST

/* --- importance weights --------------------------------------------------- */

/* The logarithm of one weight is a draw of form (3) of the bound; form (1) of the
   same draw differs by ln q / p - KL alone.  Several batches, the last not
   full.  */
START_TEST (weights_are_form_three)
{
  enum
  {
    S = 2 * B + 1
  };
  little t = begin (LVM_TANH);
  double eps[S * L], log_w[S], reconstruction, kl;
  gsl_rng *rng = lvm_stream_alloc (8, 0);
  lvm_vae_double_noise (rng, S * L, eps);
  lvm_vae_double_log_weights (t.v, t.x, row[2], S, eps, t.w, log_w);
  for (size_t s = 0; s < S; s++)
    {
      double ratio = 0;
      lvm_vae_double_forward (t.v, t.x, &row[2], 1, eps + s * L, t.w,
                              &reconstruction, &kl);
      for (size_t l = 0; l < L; l++)
        {
          const double sigma = exp (t.w->log_variance[l] / 2),
                       y = (t.w->z[l] - t.w->mean[l]) / sigma;
          ratio += -t.w->z[l] * t.w->z[l] / 2 + y * y / 2 + log (sigma);
        }
      ck_assert_double_eq_tol (log_w[s], reconstruction + ratio, 1e-13);
    }
  gsl_rng_free (rng);
  end (t);
}
END_TEST

UNIT_MAIN ("model/vae", blocks_fill_theta, initialisation, zero_parameters, by_hand,
           extreme_logits, gradient_against_differences, float_against_double,
           two_steps_of_adam, weights_are_form_three)
