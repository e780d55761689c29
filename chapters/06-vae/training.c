/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Chapter 6: training, rightly and wrongly, and what the trained network is asked.  */

#include <gsl/gsl_blas.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/latent_map.h"
#include "num/error.h"
#include "num/streams.h"
#include "study.h"

enum
{
  EPOCHS_APART = 1 << 20 /* streams of one run */
};

static const double learning_rate = 1e-3;

/* --- training ------------------------------------------------------------------------ */

training *
training_alloc (lvm_vae_shape shape, program how, uint64_t stream, int threads)
{
  training *t = lvm_alloc (1, sizeof *t);
  gsl_rng *rng = lvm_stream_alloc (SEED, stream * EPOCHS_APART);
  *t = (training){ .v = lvm_vae_alloc (shape),
                   .how = how,
                   .stream = stream,
                   .threads = threads,
                   .work = lvm_vae_fast_alloc (shape, BATCH, threads) };
  t->adam = lvm_adam_alloc (t->v->n, learning_rate);
  lvm_vae_init (t->v, rng);
  gsl_rng_free (rng);
  return t;
}

lvm_vae *
training_free (training *t)
{
  lvm_vae *v = t->v;
  lvm_adam_free (t->adam);
  lvm_vae_fast_free (t->work);
  free (t);
  return v;
}

/* What the program multiplies the divergence with.  */
static double
weight_of_kl (const training *t)
{
  return t->how == KL_BY_PIXELS   ? 1. / (PIXELS * BATCH)
         : t->how == MEAN_FOR_SUM ? 1. / (double) t->v->shape.L
                                  : 1;
}

/* A copy of the first n numbers of the network, the others being zero; and the head of the
   log variance multiplied by so much.  */
static lvm_vae *
copy_of (const lvm_vae *v, size_t n, float head)
{
  const lvm_vae_places p = lvm_vae_place (v->shape);
  lvm_vae *copy = lvm_vae_alloc (v->shape);
  memcpy (copy->theta, v->theta, n * sizeof *copy->theta);
  for (size_t i = p.Ws; i < p.W2; i++)
    copy->theta[i] *= head;
  return copy;
}

/* z = mean + exp (log_variance) eps is drawn by a right program whose log variances are
   doubled.  */
static float
head_of (const training *t)
{
  return t->how == EXP_LOG_VARIANCE ? 2 : 1;
}

/* Adds `times' the gradient of the divergence: a decoder of zeros has a loss that depends on
   the encoder by nothing else.  */
static void
add_gradient_of_kl (training *t, const lvm_bits *x, const size_t row[], size_t B,
                    const float eps[], float head, float times, float gradient[])
{
  const size_t n = lvm_vae_place (t->v->shape).W2;
  lvm_vae *mute = copy_of (t->v, n, head);
  float *of_kl = lvm_alloc (t->v->n, sizeof *of_kl);
  double unused[2][BATCH];
  lvm_vae_fast_gradient (t->work, mute, x, row, B, eps, unused[0], unused[1],
                         of_kl);
  for (size_t i = 0; i < n; i++)
    gradient[i] += times * of_kl[i];
  free (of_kl);
  lvm_vae_free (mute);
}

/* A step of a program with a mistake: the gradient of its reconstruction, made of a right
   program's, and its own part of that of its divergence.  */
static void
wrong_step (training *t, const lvm_bits *x, const size_t row[], size_t B,
            const float eps[])
{
  const lvm_vae_places p = lvm_vae_place (t->v->shape);
  lvm_vae *drawn = copy_of (t->v, p.n, head_of (t));
  float *gradient = lvm_alloc (p.n, sizeof *gradient);
  double unused[2][BATCH];
  lvm_vae_fast_gradient (t->work, drawn, x, row, B, eps, unused[0], unused[1],
                         gradient);
  add_gradient_of_kl (t, x, row, B, eps, head_of (t), -1, gradient);
  for (size_t i = p.Ws; i < p.W2; i++)
    gradient[i] *= head_of (t);
  add_gradient_of_kl (t, x, row, B, eps, 1, (float) weight_of_kl (t), gradient);
  lvm_adam_step (t->adam, gradient, t->v->theta);
  free (gradient);
  lvm_vae_free (drawn);
}

void
training_epoch (training *t, const lvm_bits *x)
{
  gsl_rng *rng =
      lvm_stream_alloc (SEED, t->stream * EPOCHS_APART + (uint64_t) ++t->epoch);
  size_t *row = lvm_alloc (x->N, sizeof *row);
  float *eps = lvm_alloc (BATCH * t->v->shape.L, sizeof *eps);
  double reconstruction[BATCH], kl[BATCH];
  for (size_t n = 0; n < x->N; n++)
    row[n] = n;
  gsl_ran_shuffle (rng, row, x->N, sizeof *row);
  for (size_t n = 0; n < x->N; n += BATCH)
    {
      const size_t B = x->N - n < BATCH ? x->N - n : BATCH;
      lvm_vae_noise (rng, B * t->v->shape.L, eps);
      if (t->how == RIGHT)
        lvm_vae_fast_step (t->work, t->v, t->adam, x, row + n, B, eps,
                           reconstruction, kl);
      else
        wrong_step (t, x, row + n, B, eps);
    }
  free (eps);
  free (row);
  gsl_rng_free (rng);
}

averages
training_look (training *t, const lvm_bits *x)
{
  const size_t L = t->v->shape.L, N = x->N;
  const double share = 1 / (double) N;
  averages sum = { 0, 0, 0, 0 };
  gsl_rng *rng =
      lvm_stream_alloc (SEED, t->stream * EPOCHS_APART + EPOCHS_APART / 2);
  float *memory = lvm_alloc (3 * N * L, sizeof *memory), *mean = memory,
        *log_variance = memory + N * L, *z = memory + 2 * N * L;
  double *reconstruction = lvm_alloc (N, sizeof *reconstruction), believed = 0;
  lvm_vae_fast_encode (t->work, t->v, x, NULL, N, mean, log_variance);
  for (size_t i = 0; i < N * L; i++)
    {
      const double m = (double) mean[i], told = (double) log_variance[i],
                   drawn = (double) head_of (t) * told;
      z[i] = (float) (m + exp (drawn / 2) * gsl_ran_ugaussian (rng));
      believed += share * lvm_kl_standard (1, &m, &told);
      sum.kl += share * lvm_kl_standard (1, &m, &drawn);
      sum.second += share * (m * m + exp (drawn)) / (double) L;
    }
  lvm_vae_fast_reconstruction (t->work, t->v, x, NULL, N, z, reconstruction);
  for (size_t n = 0; n < N; n++)
    sum.reconstruction += share * reconstruction[n];
  sum.loss = weight_of_kl (t) * believed - sum.reconstruction;
  free (reconstruction);
  free (memory);
  gsl_rng_free (rng);
  return sum;
}

/* --- the trained network ------------------------------------------------------------ */

codes
codes_alloc (const study *s, const lvm_bits *x, int label[], uint64_t stream)
{
  const size_t N = x->N;
  codes q = { N, lvm_alloc (2 * N, sizeof (double)),
              lvm_alloc (2 * N, sizeof (double)),
              lvm_alloc (2 * N, sizeof (double)), label };
  lvm_vae_fast *w = lvm_vae_fast_alloc (s->vae->shape, BATCH, s->threads);
  float *mean = lvm_alloc (4 * N, sizeof *mean), *log_variance = mean + 2 * N;
  gsl_rng *rng = lvm_stream_alloc (SEED, stream);
  lvm_vae_fast_encode (w, s->vae, x, NULL, N, mean, log_variance);
  for (size_t i = 0; i < 2 * N; i++)
    {
      q.mean[i] = (double) mean[i];
      q.log_variance[i] = (double) log_variance[i];
      q.z[i] = q.mean[i] + exp (q.log_variance[i] / 2) * gsl_ran_ugaussian (rng);
    }
  gsl_rng_free (rng);
  free (mean);
  lvm_vae_fast_free (w);
  return q;
}

void
codes_free (codes *q)
{
  free (q->mean);
  free (q->log_variance);
  free (q->z);
}

void
decode_pictures (const study *s, size_t n, const double z[], double picture[])
{
  lvm_vae_fast *w = lvm_vae_fast_alloc (s->vae->shape, BATCH, s->threads);
  float *at = lvm_alloc (2 * n, sizeof *at), *a = lvm_alloc (n * PIXELS, sizeof *a);
  for (size_t i = 0; i < 2 * n; i++)
    at[i] = (float) z[i];
  lvm_vae_fast_decode (w, s->vae, n, at, a);
  for (size_t i = 0; i < n * PIXELS; i++)
    picture[i] = 1 / (1 + exp (-(double) a[i]));
  free (a);
  free (at);
  lvm_vae_fast_free (w);
}

/* --- images on a grid ------------------------------------------------------------------ */

static float
softplus (float a)
{
  return log1pf (expf (-fabsf (a))) + fmaxf (a, 0);
}

/* The latents of one row of the grid, swirled back.  */
static void
latents_of_row (const lvm_latent_grid *g, size_t i, double twist, float z[])
{
  for (size_t j = 0; j < g->side; j++)
    {
      double at[2] = { lvm_latent_at (g, i), lvm_latent_at (g, j) };
      lvm_swirl (-twist, at, at);
      z[2 * j] = (float) at[0];
      z[2 * j + 1] = (float) at[1];
    }
}

/* ln p(x | z) = sum_d x_d a_d - softplus (a_d) for a row of the grid: the first sum of all
   images is a product of matrices.
   Given     a [side x PIXELS], logits; images [M x PIXELS]; scores [side x M]  */
static void
fill_row (exact *e, size_t i, float a[], const gsl_matrix_float *images,
          gsl_matrix_float *scores)
{
  const size_t side = e->g.side;
  gsl_matrix_float_view logits = gsl_matrix_float_view_array (a, side, PIXELS);
  gsl_blas_sgemm (CblasNoTrans, CblasTrans, 1, &logits.matrix, images, 0, scores);
  for (size_t j = 0; j < side; j++)
    {
      double empty = 0;
      for (size_t d = 0; d < PIXELS; d++)
        empty += (double) softplus (a[j * PIXELS + d]);
      for (size_t m = 0; m < e->M; m++)
        e->log_likelihood[(m * side + i) * side + j] =
            (float) ((double) gsl_matrix_float_get (scores, j, m) - empty);
    }
}

exact
exact_alloc (const study *s, const lvm_bits *x, size_t M, const lvm_latent_grid *g,
             double twist)
{
  const size_t side = g->side;
  exact e = { *g, M, lvm_alloc (M * side * side, sizeof (float)),
              lvm_alloc (M, sizeof (double)) };
  lvm_vae_fast *w = lvm_vae_fast_alloc (s->vae->shape, BATCH, s->threads);
  float *z = lvm_alloc (2 * side, sizeof *z),
        *a = lvm_alloc (side * PIXELS, sizeof *a);
  gsl_matrix_float *images = gsl_matrix_float_alloc (M, PIXELS),
                   *scores = gsl_matrix_float_alloc (side, M);
  for (size_t m = 0; m < M; m++)
    for (size_t d = 0; d < PIXELS; d++)
      gsl_matrix_float_set (images, m, d, lvm_bit (x, m, d));
  for (size_t i = 0; i < side; i++)
    {
      latents_of_row (g, i, twist, z);
      lvm_vae_fast_decode (w, s->vae, side, z, a);
      fill_row (&e, i, a, images, scores);
    }
  gsl_matrix_float_free (scores);
  gsl_matrix_float_free (images);
  free (a);
  free (z);
  lvm_vae_fast_free (w);
  exact_set_evidence (&e);
  return e;
}

void
exact_free (exact *e)
{
  free (e->log_likelihood);
  free (e->evidence);
}
