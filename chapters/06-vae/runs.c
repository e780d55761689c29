/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Chapter 6: other runs.  Networks with other numbers of latents, programs with a mistake,
   a network that has collapsed, and one without hidden layers.  */

#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/linear_vae.h"
#include "model/ppca.h"
#include "num/error.h"
#include "num/streams.h"
#include "study.h"

enum
{
  SIZES = 5,
  MOST_L = 20,
  SIZES_HIDDEN = 200,
  SIZES_EPOCHS = 8,
  SIZES_STREAM = 10, /* of random numbers */
  WRONG_IMAGES = 20000,
  WRONG_HIDDEN = 100,
  WRONG_EPOCHS = 12,
  WRONG_STREAM = 20,
  COARSE = 7, /* pictures of 7 x 7 numbers */
  COARSE_D = COARSE * COARSE,
  LINEAR_STARTS = 4,
  LINEAR_ITERATIONS = 3000,
  LINEAR_STREAM = 30
};

/* --- more dimensions ------------------------------------------------------------------- */

/* The average divergence of each latent number, in descending order.  */
static void
divergences (const study *s, const lvm_vae *v, double kl[])
{
  const size_t L = v->shape.L, N = s->test->N;
  lvm_vae_fast *w = lvm_vae_fast_alloc (v->shape, BATCH, s->threads);
  float *mean = lvm_alloc (2 * N * L, sizeof *mean), *log_variance = mean + N * L;
  memset (kl, 0, L * sizeof *kl);
  lvm_vae_fast_encode (w, v, s->test, NULL, N, mean, log_variance);
  for (size_t i = 0; i < N * L; i++)
    {
      const double m = (double) mean[i], l = (double) log_variance[i];
      kl[i % L] += lvm_kl_standard (1, &m, &l) / (double) N;
    }
  free (mean);
  lvm_vae_fast_free (w);
  gsl_sort (kl, 1, L);
  for (size_t l = 0; l < L / 2; l++)
    {
      const double other = kl[l];
      kl[l] = kl[L - 1 - l];
      kl[L - 1 - l] = other;
    }
}

/* Figure 06-dimensions: the bound of test images against L, and of the largest network the
   divergence of each latent number.  */
static void
dimensions (study *s)
{
  static const size_t sizes[SIZES] = { 1, 2, 5, 10, MOST_L };
  static const char *const names[] = { "L", "bound", "divergence", "used" };
  lvm_table_writer *t = lvm_book_table_begin (s->book, "06-dimensions", 4, names);
  const int epochs = s->quick ? 1 : SIZES_EPOCHS;
  double kl[MOST_L];
  char name[40];
  printf ("# L   bound   divergence  used\n");
  for (size_t i = 0; i < SIZES; i++)
    {
      double used = 0;
      training *r = training_alloc (
          (lvm_vae_shape){ PIXELS, SIZES_HIDDEN, sizes[i], LVM_TANH }, RIGHT,
          SIZES_STREAM + i, s->threads);
      for (int e = 0; e < epochs; e++)
        {
          training_epoch (r, s->train);
          worked (s, 0.5);
        }
      const averages test = training_look (r, s->test);
      divergences (s, r->v, kl);
      for (size_t l = 0; l < sizes[i]; l++)
        used += kl[l] > 0.01;
      row_of_numbers (t, 4,
                      (double[]){ (double) sizes[i], test.reconstruction - test.kl,
                                  test.kl, used });
      printf ("%3zu %9.2f %9.2f %6.0f\n", sizes[i], test.reconstruction - test.kl,
              test.kl, used);
      snprintf (name, sizeof name, "size-%zu", sizes[i]);
      lvm_book_value (s->book, name, test.reconstruction - test.kl, "%.1f");
      snprintf (name, sizeof name, "size-%zu-used", sizes[i]);
      lvm_book_value (s->book, name, used, "%d");
      lvm_vae_free (training_free (r));
    }
  lvm_table_block (t);
  for (int l = 0; l < MOST_L; l++)
    row_of_numbers (t, 4, (double[]){ l + 1, 0, kl[l], kl[l] > 0.01 });
  lvm_book_table_end (s->book);
  lvm_book_value (s->book, "size-epochs", epochs, "%d");
  lvm_book_value (s->book, "size-hidden", SIZES_HIDDEN, "%d");
}

/* --- a collapsed network ------------------------------------------------------------------ */

/* An encoder that says the prior to everything, and a decoder that does not listen.  */
static void
collapsed (study *s)
{
  const lvm_vae_shape shape = { PIXELS, 1, 2, LVM_TANH };
  training *r = training_alloc (shape, RIGHT, 1, s->threads);
  const lvm_vae_places p = lvm_vae_place (shape);
  memset (r->v->theta, 0, r->v->n * sizeof *r->v->theta);
  for (size_t d = 0; d < PIXELS; d++)
    {
      double on = 0.5;
      for (size_t n = 0; n < s->train->N; n++)
        on += lvm_bit (s->train, n, d);
      r->v->theta[p.b3 + d] = (float) log (on / ((double) s->train->N + 1 - on));
    }
  const averages a = training_look (r, s->test);
  lvm_book_check (s->book, "a collapsed encoder has no divergence", a.kl, 0, 1e-12);
  lvm_book_value (s->book, "collapse-bound", a.reconstruction, "%.1f");
  lvm_vae_free (training_free (r));
}

/* --- programs with a mistake ---------------------------------------------------------------- */

/* Figure 06-wrong: what each program believes its bound to be, and what it is.  */
static void
wrong_programs (study *s)
{
  static const char *const names[] = { "epoch", "believed", "bound", "divergence" },
                           *const program_names[PROGRAMS] = { "right", "exp",
                                                              "pixels", "mean" };
  const int epochs = s->quick ? 2 : WRONG_EPOCHS;
  lvm_bits few = *s->train;
  few.N = few.N < WRONG_IMAGES ? few.N : WRONG_IMAGES;
  lvm_table_writer *t = lvm_book_table_begin (s->book, "06-wrong", 4, names);
  printf ("# program   believed     bound  divergence\n");
  for (int how = 0; how < PROGRAMS; how++)
    {
      training *r =
          training_alloc ((lvm_vae_shape){ PIXELS, WRONG_HIDDEN, 2, LVM_TANH },
                          (program) how, WRONG_STREAM, s->threads);
      averages a = { 0, 0, 0, 0 };
      for (int e = 1; e <= epochs; e++)
        {
          training_epoch (r, &few);
          a = training_look (r, s->test);
          row_of_numbers (t, 4,
                          (double[]){ e, -a.loss, a.reconstruction - a.kl, a.kl });
          worked (s, 0.1);
        }
      if (how + 1 < PROGRAMS)
        lvm_table_block (t);
      char name[40];
      snprintf (name, sizeof name, "wrong-%s-believed", program_names[how]);
      lvm_book_value (s->book, name, -a.loss, "%.1f");
      snprintf (name, sizeof name, "wrong-%s-bound", program_names[how]);
      lvm_book_value (s->book, name, a.reconstruction - a.kl, "%.1f");
      snprintf (name, sizeof name, "wrong-%s-kl", program_names[how]);
      lvm_book_value (s->book, name, a.kl, "%.1f");
      snprintf (name, sizeof name, "wrong-%s-second", program_names[how]);
      lvm_book_value (s->book, name, a.second, "%.2f");
      printf ("%-9s %10.2f %9.2f %9.2f\n", program_names[how], -a.loss,
              a.reconstruction - a.kl, a.kl);
      lvm_vae_free (training_free (r));
    }
  lvm_book_table_end (s->book);
  lvm_book_value (s->book, "wrong-images", (double) few.N, "%d");
  lvm_book_value (s->book, "wrong-hidden", WRONG_HIDDEN, "%d");
}

/* --- without hidden layers -------------------------------------------------------------------- */

/* Each image as 7 x 7 numbers: how much of each square of 4 x 4 pixels is on.
   Returned  mean [D], covariance [D x D], with N below the line  */
static void
coarse_moments (const lvm_bits *x, double mean[], double covariance[])
{
  const double N = (double) x->N;
  memset (mean, 0, COARSE_D * sizeof *mean);
  memset (covariance, 0, COARSE_D * COARSE_D * sizeof *covariance);
  for (size_t n = 0; n < x->N; n++)
    {
      double y[COARSE_D] = { 0 };
      for (size_t d = 0; d < PIXELS; d++)
        y[d / SIDE / 4 * COARSE + d % SIDE / 4] += lvm_bit (x, n, d) / 16.;
      for (size_t i = 0; i < COARSE_D; i++)
        {
          mean[i] += y[i] / N;
          for (size_t j = 0; j < COARSE_D; j++)
            covariance[i * COARSE_D + j] += y[i] * y[j] / N;
        }
    }
  for (size_t i = 0; i < COARSE_D; i++)
    for (size_t j = 0; j < COARSE_D; j++)
      covariance[i * COARSE_D + j] -= mean[i] * mean[j];
}

/* The cosine of the angle between the two columns of the loading.  */
static double
cosine (const lvm_ppca *m)
{
  double ab = 0, aa = 0, bb = 0;
  for (size_t d = 0; d < m->D; d++)
    {
      const double a = m->loading[2 * d], b = m->loading[2 * d + 1];
      ab += a * b;
      aa += a * a;
      bb += b * b;
    }
  return ab / sqrt (aa * bb);
}

/* Figure 06-linear: how far below the likelihood's maximum, known in closed form, the bound
   is, from some starts.  */
static void
linear (study *s)
{
  static const char *const names[] = { "iteration", "gap" };
  double mean[COARSE_D],
      *covariance = lvm_alloc (COARSE_D * COARSE_D, sizeof *covariance),
      work[2 * (COARSE_D + 5)], worst = 0, angle = 0;
  lvm_ppca *best = lvm_ppca_alloc (COARSE_D, 2);
  coarse_moments (s->train, mean, covariance);
  lvm_ppca_fit (best, mean, covariance);
  const double top = lvm_ppca_log_likelihood (best, covariance);
  lvm_table_writer *t = lvm_book_table_begin (s->book, "06-linear", 2, names);
  for (size_t i = 0; i < LINEAR_STARTS; i++)
    {
      gsl_rng *rng = lvm_stream_alloc (SEED, LINEAR_STREAM + i);
      lvm_linear_vae *v = lvm_linear_vae_alloc (COARSE_D, 2);
      lvm_linear_vae_init (v, mean, covariance, rng);
      double gap = 0;
      for (int e = 0; e <= LINEAR_ITERATIONS; e++)
        {
          gap = top - lvm_linear_vae_bound (v, covariance, work);
          if (e < 50 || e % 20 == 0) /* what a logarithmic axis shows */
            row_of_numbers (t, 2, (double[]){ e, gap });
          lvm_linear_vae_iterate (v, covariance, work);
        }
      worst = fmax (worst, fabs (gap));
      angle = fmax (angle, fabs (cosine (v->model)));
      if (i + 1 < LINEAR_STARTS)
        lvm_table_block (t);
      lvm_linear_vae_free (v);
      gsl_rng_free (rng);
    }
  lvm_book_table_end (s->book);
  lvm_book_check (s->book, "the linear network reaches principal components", worst,
                  0, 1e-6);
  lvm_book_value (s->book, "linear-top", top, "%.3f");
  lvm_book_value (s->book, "linear-angle", 90 - acos (angle) * 180 / M_PI, "%.3f");
  lvm_ppca_free (best);
  free (covariance);
}

void
study_runs (study *s)
{
  linear (s);
  collapsed (s);
  wrong_programs (s);
  dimensions (s);
}
