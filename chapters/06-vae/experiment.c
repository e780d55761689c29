/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The experiment of chapter 6: one pixel by hand, and then a network with two latent
   numbers, trained on all of MNIST, and looked at from all sides.  */

#include <float.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/pictures.h"
#include "data/mnist.h"
#include "model/latent_map.h"
#include "num/error.h"
#include "num/hermite.h"
#include "num/streams.h"
#include "study.h"

enum
{
  EPOCHS = 30,
  STREAM_LATENT = 40, /* of random numbers: 41 for the test images */
  STREAM_PRIOR = 42,
  PICTURES = 14, /* a side of figure 06-latent */
  QUANTILES = 20 /* a side of the manifold */
};

void
worked (study *s, double epochs)
{
  s->done += epochs;
  lvm_progress_update (&s->progress, fmin (s->done / s->work, 1));
}

void
row_of_numbers (lvm_table_writer *t, int n, const double x[])
{
  for (int i = 0; i < n; i++)
    lvm_table_number (t, x[i]);
}

/* --- one pixel by hand -------------------------------------------------------------- */

/* A network of four numbers for one pixel and one latent: mean = w x, log variance = l x,
   logit = u z + c.  */
typedef struct
{
  double w, l, u, c;
} pixel;

/* One estimate of the bound of the image x = 1 with one draw of noise.  */
static double
pixel_bound (const pixel *p, double eps)
{
  const double z = p->w + exp (p->l / 2) * eps, a = p->u * z + p->c;
  return a - log1p (exp (a)) - lvm_kl_standard (1, &p->w, &p->l);
}

/* Its derivatives, as the chapter has them.  */
static pixel
pixel_gradient (const pixel *p, double eps)
{
  const double sigma = exp (p->l / 2), z = p->w + sigma * eps,
               d_a = 1 - 1 / (1 + exp (-p->u * z - p->c)), d_z = p->u * d_a;
  return (pixel){ d_z - p->w, d_z * eps * sigma / 2 - (exp (p->l) - 1) / 2, d_a * z,
                  d_a };
}

/* Averages over the noise: the bound, and the evidence.  */
static void
pixel_exact (const pixel *p, double *bound, double *evidence)
{
  double eps[40], weight[40], sum = 0;
  lvm_gauss_hermite (40, eps, weight);
  *bound = 0;
  for (int i = 0; i < 40; i++)
    {
      *bound += weight[i] * pixel_bound (p, eps[i]);
      sum += weight[i] / (1 + exp (-p->u * eps[i] - p->c));
    }
  *evidence = log (sum);
}

static void
one_pixel (lvm_book *b)
{
  const pixel p = { 1, 0, 1, -1 }, g = pixel_gradient (&p, 0.5);
  const double rate = 0.1, a = 0.5, h = 1e-5, by_hand[4] = { g.w, g.l, g.u, g.c };
  double bound, evidence;
  for (int i = 0; i < 4; i++)
    {
      pixel more = p, less = p;
      ((double *) &more)[i] += h;
      ((double *) &less)[i] -= h;
      lvm_book_check (b, "one pixel: a derivative",
                      (pixel_bound (&more, 0.5) - pixel_bound (&less, 0.5))
                          / (2 * h),
                      by_hand[i], 1e-9);
    }
  const pixel next = { p.w + rate * g.w, p.l + rate * g.l, p.u + rate * g.u,
                       p.c + rate * g.c };
  pixel_exact (&p, &bound, &evidence);
  lvm_book_value (b, "pixel-reconstruction", a - log1p (exp (a)), "%.4f");
  lvm_book_value (b, "pixel-f", pixel_bound (&p, 0.5), "%.4f");
  lvm_book_value (b, "pixel-on", 1 / (1 + exp (-a)), "%.4f");
  lvm_book_value (b, "pixel-d-a", g.c, "%.4f");
  lvm_book_value (b, "pixel-d-u", g.u, "%.4f");
  lvm_book_value (b, "pixel-d-w", g.w, "%.4f");
  lvm_book_value (b, "pixel-d-l", g.l, "%.4f");
  lvm_book_value (b, "pixel-w", next.w, "%.4f");
  lvm_book_value (b, "pixel-l", next.l, "%.4f");
  lvm_book_value (b, "pixel-u", next.u, "%.4f");
  lvm_book_value (b, "pixel-c", next.c, "%.4f");
  lvm_book_value (b, "pixel-f-after", pixel_bound (&next, 0.5), "%.4f");
  lvm_book_value (b, "pixel-bound", bound, "%.4f");
  lvm_book_value (b, "pixel-evidence", evidence, "%.4f");
  lvm_book_value (b, "pixel-off-f", -log1p (exp (-a)), "%.4f");
  lvm_book_value (b, "pixel-off-d-a", -1 / (1 + exp (a)), "%.4f");
  pixel_exact (&next, &bound, &evidence);
  lvm_book_value (b, "pixel-bound-after", bound, "%.4f");
}

/* --- training ------------------------------------------------------------------------------ */

static void
quote_at (study *s, const char *when, const averages *train, const averages *test)
{
  char name[40];
  snprintf (name, sizeof name, "train-%s", when);
  lvm_book_value (s->book, name, train->reconstruction - train->kl, "%.1f");
  snprintf (name, sizeof name, "test-%s", when);
  lvm_book_value (s->book, name, test->reconstruction - test->kl, "%.1f");
  snprintf (name, sizeof name, "second-%s", when);
  lvm_book_value (s->book, name, train->second, "%.2f");
}

/* Figure 06-training.  */
static void
train (study *s)
{
  static const char *const names[] = { "epoch",          "train",      "test",
                                       "reconstruction", "divergence", "second" };
  lvm_table_writer *t = lvm_book_table_begin (s->book, "06-training", 6, names);
  training *r = training_alloc ((lvm_vae_shape){ PIXELS, HIDDEN, 2, LVM_TANH },
                                RIGHT, 1, s->threads);
  printf (
      "# epoch   train     test   reconstruction  divergence   (nats an image)\n");
  const int epochs = s->quick ? 2 : EPOCHS;
  lvm_bits some = *s->train;
  some.N = some.N < s->test->N ? some.N : s->test->N;
  for (int e = 1; e <= epochs; e++)
    {
      training_epoch (r, s->train);
      const averages a = training_look (r, s->train),
                     b = training_look (r, s->test);
      row_of_numbers (t, 6,
                      (double[]){ e, a.reconstruction - a.kl,
                                  b.reconstruction - b.kl, b.reconstruction, b.kl,
                                  a.second });
      printf ("%7d %8.2f %8.2f %12.2f %10.3f\n", e, a.reconstruction - a.kl,
              b.reconstruction - b.kl, b.reconstruction, b.kl);
      if (e == 1)
        quote_at (s, "first", &a, &b);
      if (e == (epochs < 10 ? epochs : 10))
        quote_at (s, "tenth", &a, &b);
      if (e == epochs)
        quote_at (s, "last", &a, &b);
      worked (s, 1);
    }
  lvm_book_table_end (s->book);
  lvm_book_value (s->book, "epochs", epochs, "%d");
  lvm_book_value (s->book, "ln-two-hundred", log (200), "%.1f");
  s->vae = training_free (r);
}

/* --- the figure of the problem ------------------------------------------------------------------ */

void
scatter (size_t pixels, double reach, size_t N, const double z[], const int label[],
         double picture[])
{
  int *count = lvm_alloc (pixels * pixels * DIGITS, sizeof *count);
  memset (count, 0, pixels * pixels * DIGITS * sizeof *count);
  for (size_t n = 0; n < N; n++)
    {
      const double scale = (double) pixels / (2 * reach),
                   x = (z[2 * n] + reach) * scale,
                   y = (z[2 * n + 1] + reach) * scale, end = (double) pixels;
      if (x >= 0 && x < end && y >= 0 && y < end)
        count[((size_t) y * pixels + (size_t) x) * DIGITS + (size_t) label[n]]++;
    }
  for (size_t i = 0; i < pixels * pixels; i++)
    {
      int most = 0, all = 0;
      for (int d = 0; d < DIGITS; d++)
        {
          all += count[i * DIGITS + (size_t) d];
          most = count[i * DIGITS + (size_t) d] > count[i * DIGITS + (size_t) most]
                     ? d
                     : most;
        }
      picture[i] =
          all == 0 ? 0 : most + 1 + round (99 * (1 - pow (0.35, all))) / 100;
    }
  free (count);
}

/* Figure 06-latent, and where to write the digits: at each one's densest place.  */
static void
both_panels (study *s)
{
  double z[2 * PICTURES * PICTURES],
      *picture = lvm_alloc (PICTURES * PICTURES * PIXELS, sizeof *picture);
  gsl_rng *rng = lvm_stream_alloc (SEED, STREAM_PRIOR);
  lvm_pictures p = lvm_pictures_alloc (PICTURES, PICTURES, SIDE, 3);
  for (size_t i = 0; i < 2 * PICTURES * PICTURES; i++)
    z[i] = gsl_ran_ugaussian (rng);
  decode_pictures (s, PICTURES * PICTURES, z, picture);
  for (size_t i = 0; i < PICTURES * PICTURES; i++)
    lvm_pictures_put (&p, i, picture + i * PIXELS);
  double *points = lvm_alloc (p.width * p.width, sizeof *points);
  scatter (p.width, 4.5, s->of_train.N, s->of_train.z, s->of_train.label, points);
  lvm_table_writer *t = lvm_pictures_table_begin (s->book, "06-latent", p.width);
  for (size_t i = 0; i < p.width * p.width; i++)
    lvm_table_number (t, points[i]);
  lvm_table_block (t);
  lvm_pictures_write (&p, t);
  lvm_book_table_end (s->book);
  lvm_pictures_free (&p);
  free (points);
  free (picture);
  gsl_rng_free (rng);
}

void
manifold (const study *s, const char *table, size_t side, double twist)
{
  double *z = lvm_alloc (2 * side * side, sizeof *z),
         *picture = lvm_alloc (side * side * PIXELS, sizeof *picture);
  lvm_pictures p = lvm_pictures_alloc (side, side, SIDE, 0);
  for (size_t i = 0; i < side * side; i++)
    {
      /* The second latent number runs upwards.  */
      const double u = ((double) (i % side) + 0.5) / (double) side,
                   v = 1 - ((double) (i / side) + 0.5) / (double) side,
                   at[2] = { gsl_cdf_ugaussian_Pinv (u),
                             gsl_cdf_ugaussian_Pinv (v) };
      lvm_swirl (-twist, at, z + 2 * i);
    }
  decode_pictures (s, side * side, z, picture);
  for (size_t i = 0; i < side * side; i++)
    lvm_pictures_put (&p, i, picture + i * PIXELS);
  lvm_table_writer *t = lvm_pictures_table_begin (s->book, table, p.width);
  lvm_pictures_write (&p, t);
  lvm_book_table_end (s->book);
  lvm_pictures_free (&p);
  free (picture);
  free (z);
}

/* ------------------------------------------------------------------------------------------------ */

static void
all_of_mnist (study *s)
{
  lvm_progress_begin (&s->progress, "VAE on MNIST");
  s->work = EPOCHS + 30;
  train (s);
  s->of_train = codes_alloc (s, s->train, s->train_label, STREAM_LATENT);
  s->of_test = codes_alloc (s, s->test, s->test_label, STREAM_LATENT + 1);
  both_panels (s);
  manifold (s, "06-manifold", QUANTILES, 0);
  study_space (s);
  worked (s, 4);
  study_bounds (s);
  worked (s, 4);
  study_runs (s);
  lvm_progress_end (&s->progress);
  codes_free (&s->of_train);
  codes_free (&s->of_test);
  lvm_vae_free (s->vae);
}

int
lvm_experiment (const char *dir, bool quick, lvm_error *error)
{
  lvm_mnist m;
  gsl_set_error_handler_off ();
  if (lvm_mnist_read (&m, LVM_ROOT "/chapters/03-bernoulli-mixture", error)
      == LVM_OK)
    {
      study s = { .book = lvm_book_open (dir, "06-vae"),
                  .quick = quick,
                  .threads = (int) sysconf (_SC_NPROCESSORS_ONLN),
                  .train = m.train,
                  .test = m.test,
                  .train_label = m.train_label,
                  .test_label = m.test_label };
      if (quick)
        m.train->N = 6000; /* the first of them */
      one_pixel (s.book);
      all_of_mnist (&s);
      fprintf (stderr, "Seed %d. ", SEED);
      lvm_book_close (s.book, error);
    }
  lvm_mnist_free (&m);
  return error->status;
}
