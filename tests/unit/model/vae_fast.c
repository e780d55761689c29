/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/vae_fast.h"

#include "../unit.h"
#include "bits.h"

#include <float.h>
#include <math.h>

#include "num/streams.h"

/* Shapes around the sizes of blocks: less than a vector, tails, several blocks, and
   batches that are not full.  */
static const struct
{
  lvm_vae_shape shape;
  size_t N, B;
} cases[] = { { { 1, 1, 1, LVM_RELU }, 3, 1 },
              { { 13, 7, 3, LVM_TANH }, 9, 5 },
              { { 64, 64, 1, LVM_RELU }, 40, 16 },
              { { 70, 130, 2, LVM_TANH }, 50, 33 },
              { { 784, 81, 20, LVM_TANH }, 50, 48 } };

enum
{
  CASES = sizeof cases / sizeof cases[0]
};

typedef struct
{
  lvm_vae_shape shape;
  size_t B;
  lvm_bits *x;
  size_t *row; /* [B] */
  lvm_vae *v;
  float *eps; /* [B x L] */
  double *reconstruction, *kl;
  float *gradient;
} problem;

static problem
begin (int i)
{
  const size_t B = cases[i].B;
  problem p = { .shape = cases[i].shape,
                .B = B,
                .x = draw_bits (cases[i].N, cases[i].shape.D, 5),
                .row = malloc (B * sizeof *p.row),
                .v = lvm_vae_alloc (cases[i].shape),
                .eps = malloc (B * cases[i].shape.L * sizeof *p.eps),
                .reconstruction = malloc (B * sizeof (double)),
                .kl = malloc (B * sizeof (double)) };
  gsl_rng *rng = lvm_stream_alloc (6, 0);
  lvm_vae_init (p.v, rng);
  lvm_vae_noise (rng, B * p.shape.L, p.eps);
  for (size_t n = 0; n < B; n++)
    p.row[n] = (7 * n + 2) % p.x->N;
  p.gradient = malloc (p.v->n * sizeof *p.gradient);
  gsl_rng_free (rng);
  return p;
}

static void
end (problem p)
{
  lvm_bits_free (p.x);
  lvm_vae_free (p.v);
  free (p.row);
  free (p.eps);
  free (p.reconstruction);
  free (p.kl);
  free (p.gradient);
}

static void
fast_gradient (problem *p, lvm_vae_fast *w)
{
  lvm_vae_fast_gradient (w, p->v, p->x, p->row, p->B, p->eps, p->reconstruction,
                         p->kl, p->gradient);
}

static double
largest (const float a[], size_t n)
{
  double largest = 0;
  for (size_t i = 0; i < n; i++)
    largest = fmax (largest, fabs ((double) a[i]));
  return largest;
}

/* Against the plain form.  A workspace of room for more images than there are,
   too.  */
static void
check_gradient (int i, size_t room)
{
  problem p = begin (i);
  lvm_vae_fast *w = lvm_vae_fast_alloc (p.shape, p.B + room, 2);
  lvm_vae_work *plain = lvm_vae_work_alloc (p.shape, p.B);
  double *reconstruction = malloc (p.B * sizeof *reconstruction),
         *kl = malloc (p.B * sizeof *kl);
  float *gradient = malloc (p.v->n * sizeof *gradient);
  fast_gradient (&p, w);
  lvm_vae_forward (p.v, p.x, p.row, p.B, p.eps, plain, reconstruction, kl);
  lvm_vae_backward (p.v, p.x, p.row, p.B, p.eps, plain, gradient);
  const double bound = 20 * FLT_EPSILON, top = largest (gradient, p.v->n);
  for (size_t n = 0; n < p.B; n++)
    {
      ck_assert_double_le (fabs (reconstruction[n] - p.reconstruction[n]),
                           -bound * reconstruction[n]);
      ck_assert_double_le (fabs (kl[n] - p.kl[n]), bound * (1 + kl[n]));
    }
  for (size_t k = 0; k < p.v->n; k++)
    ck_assert_double_le (fabs (gradient[k] - p.gradient[k]), bound * top);
  lvm_vae_fast_free (w);
  lvm_vae_work_free (plain);
  free (reconstruction);
  free (kl);
  free (gradient);
  end (p);
}

START_TEST (fast_equals_plain)
{
  for (int i = 0; i < CASES; i++)
    {
      check_gradient (i, 0);
      check_gradient (i, 20);
    }
}
END_TEST

/* Training for some steps, the last of a smaller batch, with so many threads.  */
static void
train (problem *p, int threads, float theta[])
{
  lvm_vae *v = lvm_vae_alloc (p->shape);
  lvm_adam *adam = lvm_adam_alloc (v->n, 0.01);
  lvm_vae_fast *w = lvm_vae_fast_alloc (p->shape, p->B, threads);
  memcpy (v->theta, p->v->theta, v->n * sizeof *v->theta);
  for (size_t step = 0; step < 4; step++)
    lvm_vae_fast_step (w, v, adam, p->x, p->row, step < 3 ? p->B : (p->B + 1) / 2,
                       p->eps, p->reconstruction, p->kl);
  memcpy (theta, v->theta, v->n * sizeof *theta);
  lvm_vae_fast_free (w);
  lvm_adam_free (adam);
  lvm_vae_free (v);
}

START_TEST (threads_do_not_matter)
{
  static const int threads[] = { 2, 3, 7 };
  for (int i = 0; i < CASES; i++)
    {
      problem p = begin (i);
      float *one = malloc (p.v->n * sizeof *one),
            *more = malloc (p.v->n * sizeof *more);
      train (&p, 1, one);
      ck_assert_mem_ne (one, p.v->theta, p.v->n * sizeof *one);
      for (int k = 0; k < 3; k++)
        {
          train (&p, threads[k], more);
          ck_assert_mem_eq (one, more, p.v->n * sizeof *one);
        }
      free (one);
      free (more);
      end (p);
    }
}
END_TEST

/* A step is Adam's with the gradient.  */
START_TEST (step_is_gradient_and_adam)
{
  problem p = begin (3);
  const size_t n = p.v->n;
  lvm_vae_fast *w = lvm_vae_fast_alloc (p.shape, p.B, 2);
  lvm_adam *adam = lvm_adam_alloc (n, 0.01), *other = lvm_adam_alloc (n, 0.01);
  float *theta = malloc (n * sizeof *theta);
  memcpy (theta, p.v->theta, n * sizeof *theta);
  for (int step = 0; step < 3; step++)
    {
      fast_gradient (&p, w);
      const double first = p.reconstruction[1];
      lvm_adam_step (other, p.gradient, theta);
      lvm_vae_fast_step (w, p.v, adam, p.x, p.row, p.B, p.eps, p.reconstruction,
                         p.kl);
      ck_assert_double_eq (p.reconstruction[1], first);
      const double top_m = largest (other->m, n), top_v = largest (other->v, n);
      for (size_t i = 0; i < n; i++)
        {
          ck_assert_double_eq_tol (p.v->theta[i], theta[i], 1e-6);
          ck_assert_double_eq_tol (adam->m[i], other->m[i], 1e-6 * top_m);
          ck_assert_double_eq_tol (adam->v[i], other->v[i], 1e-6 * top_v);
        }
      memcpy (theta, p.v->theta, n * sizeof *theta);
      memcpy (other->m, adam->m, n * sizeof *theta);
      memcpy (other->v, adam->v, n * sizeof *theta);
    }
  lvm_vae_fast_free (w);
  lvm_adam_free (adam);
  lvm_adam_free (other);
  free (theta);
  end (p);
}
END_TEST

/* Encoder, decoder and likelihood of all images, in several batches, against the
   plain form.  */
START_TEST (encoder_and_decoder)
{
  for (int i = 0; i < CASES; i++)
    {
      problem p = begin (i);
      const size_t N = p.x->N, D = p.shape.D, L = p.shape.L;
      lvm_vae_fast *w = lvm_vae_fast_alloc (p.shape, 16, 2);
      lvm_vae_work *plain = lvm_vae_work_alloc (p.shape, N);
      float *mean = malloc (N * L * sizeof *mean),
            *log_variance = malloc (N * L * sizeof *mean),
            *a = malloc (N * D * sizeof *a);
      double *l = malloc (N * sizeof *l), *again = malloc (N * sizeof *l);
      lvm_vae_encode (p.v, p.x, NULL, N, plain);
      lvm_vae_fast_encode (w, p.v, p.x, NULL, N, mean, log_variance);
      for (size_t k = 0; k < N * L; k++)
        {
          ck_assert_double_eq_tol (mean[k], plain->mean[k], 1e-5);
          ck_assert_double_eq_tol (log_variance[k], plain->log_variance[k], 1e-5);
        }
      memcpy (plain->z, mean, N * L * sizeof *mean);
      lvm_vae_decode (p.v, N, plain);
      lvm_vae_reconstruction (p.v, p.x, NULL, N, plain, l);
      lvm_vae_fast_decode (w, p.v, N, mean, a);
      lvm_vae_fast_reconstruction (w, p.v, p.x, NULL, N, mean, again);
      for (size_t k = 0; k < N * D; k++)
        ck_assert_double_eq_tol (a[k], plain->a[k], 1e-5);
      for (size_t n = 0; n < N; n++)
        ck_assert_double_eq_tol (again[n], l[n], -1e-6 * l[n]);
      lvm_vae_fast_free (w);
      lvm_vae_work_free (plain);
      free (mean);
      free (log_variance);
      free (a);
      free (l);
      free (again);
      end (p);
    }
  lvm_vae_fast_free (NULL);
}
END_TEST

UNIT_MAIN ("model/vae_fast", fast_equals_plain, threads_do_not_matter,
           step_is_gradient_and_adam, encoder_and_decoder)
