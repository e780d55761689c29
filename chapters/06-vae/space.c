/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Chapter 6: the latent space of the trained network.  The aggregate beside the prior, its
   holes and their price, neighbours, territories, and a swirl.  */

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/pictures.h"
#include "model/latent_map.h"
#include "num/error.h"
#include "num/log_sum_exp.h"
#include "num/streams.h"
#include "study.h"

enum
{
  NEIGHBOURS = 10,
  SHOWN = 15,      /* pictures from holes, and from elsewhere */
  MAP_HALF = 124,  /* cells of the map on either side of the middle */
  STREAM_HOLES = 2 /* of random numbers */
};

static const double thin = 0.3, /* a hole: aggregate / prior below it        */
    empty = 0.1,                /* no territory below it */
    piece = 0.05,               /* the least part of a digit that counts     */
    twist = 1;                  /* of the swirl, radians a unit of length    */

/* --- the aggregate and the prior --------------------------------------------------------- */

/* The largest difference of the distributions of |z|^2: of the draws, and of the prior,
   under which it is exponential with mean 2.  */
static double
kolmogorov (const codes *q)
{
  double *r = lvm_alloc (q->N, sizeof *r), most = 0;
  for (size_t n = 0; n < q->N; n++)
    r[n] = q->z[2 * n] * q->z[2 * n] + q->z[2 * n + 1] * q->z[2 * n + 1];
  gsl_sort (r, 1, q->N);
  for (size_t n = 0; n < q->N; n++)
    {
      const double p = 1 - exp (-r[n] / 2), N = (double) q->N;
      most = fmax (
          most, fmax (fabs (p - (double) n / N), fabs (p - (double) (n + 1) / N)));
    }
  free (r);
  return most;
}

/* Table 06-aggregate.  */
static void
beside_the_prior (const study *s, const aggregate *a, double covariance)
{
  static const char *const names[] = { "of all latents", "aggregate", "prior" };
  const struct
  {
    const char *name;
    double aggregate, prior;
  } rows[] = { { "mean of z_1", a->mean[0], 0 },
               { "mean of z_2", a->mean[1], 0 },
               { "second moment of z_1", a->second[0], 1 },
               { "second moment of z_2", a->second[2], 1 },
               { "covariance", covariance, 0 },
               { "entropy, nats", lvm_latent_entropy (&a->g, a->density),
                 log (2 * M_PI * M_E) } };
  lvm_table_writer *t = lvm_book_table_begin (s->book, "06-aggregate", 3, names);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    {
      lvm_table_text (t, rows[i].name);
      lvm_table_number (t, round (1e3 * rows[i].aggregate) / 1e3);
      lvm_table_number (t, round (1e3 * rows[i].prior) / 1e3);
    }
  lvm_book_table_end (s->book);
}

static void
shape (const study *s, const aggregate *a)
{
  const double *m = a->mean, *c = a->second, N = (double) s->of_train.N,
               xx = c[0] - m[0] * m[0], yy = c[2] - m[1] * m[1],
               xy = c[1] - m[0] * m[1], D = kolmogorov (&s->of_train);
  beside_the_prior (s, a, xy);
  lvm_book_value (s->book, "agg-mean-1", m[0], "%.2f");
  lvm_book_value (s->book, "agg-mean-2", m[1], "%.2f");
  lvm_book_value (s->book, "agg-variance-1", xx, "%.2f");
  lvm_book_value (s->book, "agg-variance-2", yy, "%.2f");
  lvm_book_value (s->book, "agg-correlation", xy / sqrt (xx * yy), "%.2f");
  lvm_book_value (s->book, "agg-second-1", c[0], "%.2f");
  lvm_book_value (s->book, "agg-second-2", c[2], "%.2f");
  lvm_book_value (s->book, "agg-errors", (fmax (xx, yy) - 1) / sqrt (2 / N),
                  "%.0f");
  lvm_book_value (s->book, "agg-kolmogorov", D, "%.3f");
  lvm_book_value (s->book, "agg-kolmogorov-limit", 1.36 / sqrt (N), "%.4f");
  lvm_book_value (s->book, "agg-distance", aggregate_distance (a), "%.2f");
}

/* The average divergence and its parts.  Information is a difference of entropies, one by
   the grid; on the way the other route: draws, and the aggregate at them.  */
static void
decompose (const study *s, const aggregate *a)
{
  const double step = lvm_latent_step (&a->g),
               average = -a->log_prior_mean - a->entropy_q,
               divergence = lvm_latent_divergence (&a->g, a->density),
               information = lvm_latent_entropy (&a->g, a->density) - a->entropy_q,
               gaussian = aggregate_gaussian_part (a);
  double mass = 0, kl = 0;
  for (size_t i = 0; i < a->g.side * a->g.side; i++)
    mass += a->density[i] * step * step;
  for (size_t n = 0; n < s->of_train.N; n++)
    kl += lvm_kl_standard (2, s->of_train.mean + 2 * n,
                           s->of_train.log_variance + 2 * n)
          / (double) s->of_train.N;
  lvm_book_check (s->book, "the grid holds the aggregate", mass, 1, 1e-4);
  lvm_book_check (s->book, "average divergence in closed form", average, kl,
                  1e-9 * kl);
  lvm_book_check (s->book, "information and divergence are the average",
                  information + divergence, kl, 1e-3);
  lvm_book_value (s->book, "mi-average", kl, "%.3f");
  lvm_book_value (s->book, "mi-information", information, "%.3f");
  lvm_book_value (s->book, "mi-divergence", divergence, "%.3f");
  lvm_book_value (s->book, "mi-gaussian", gaussian, "%.3f");
  lvm_book_value (s->book, "mi-rest", divergence - gaussian, "%.3f");
  lvm_book_value (s->book, "mi-most", log ((double) s->of_train.N), "%.1f");
}

/* Scale both latents by one over the root of their second moment, and let the decoder undo
   it: the same reconstructions, and a smaller divergence.  */
static void
rescale (const study *s, const aggregate *a)
{
  double gain = 0;
  for (int d = 0; d < 2; d++)
    gain += 0.5 * (a->second[2 * d] - 1 - log (a->second[2 * d]));
  lvm_book_value (s->book, "rescale-gain", gain, "%.3f");
}

/* Table 06-latent-digits: where each digit is densest.  */
static void
places (const study *s, const aggregate *a)
{
  static const char *const names[] = { "digit", "z_1", "z_2" };
  lvm_table_writer *t =
      lvm_book_table_begin (s->book, "06-latent-digits", 3, names);
  for (int d = 0; d < DIGITS; d++)
    {
      const size_t i = lvm_argmax (a->g.side * a->g.side, a->of_digit[d]);
      row_of_numbers (t, 3,
                      (double[]){ d, lvm_latent_at (&a->g, i / a->g.side),
                                  lvm_latent_at (&a->g, i % a->g.side) });
    }
  lvm_book_table_end (s->book);
}

/* --- holes ------------------------------------------------------------------------------- */

static double
ratio_at (const aggregate *a, size_t i)
{
  const double x = lvm_latent_at (&a->g, i / a->g.side),
               y = lvm_latent_at (&a->g, i % a->g.side);
  return a->density[i] * 2 * M_PI * exp (0.5 * (x * x + y * y));
}

/* The cell of a point; points beyond the grid are not asked for.  */
static size_t
cell_of (const lvm_latent_grid *g, const double z[2])
{
  const double step = lvm_latent_step (g);
  return (size_t) ((z[0] + g->reach) / step) * g->side
         + (size_t) ((z[1] + g->reach) / step);
}

/* Pixels in which a picture differs from the training image nearest to it, when each pixel
   is on that is likelier on than off.  */
static double
nearest_image (const lvm_bits *x, const double picture[])
{
  size_t least = PIXELS;
  lvm_bits *y = lvm_bits_alloc (1, PIXELS);
  for (size_t d = 0; d < PIXELS; d++)
    if (picture[d] > 0.5)
      lvm_bit_set (y, 0, d);
  for (size_t n = 0; n < x->N; n++)
    {
      const uint8_t *row = x->bytes + n * x->stride;
      size_t differ = 0;
      for (size_t i = 0; i < x->stride; i += 8)
        {
          uint64_t a, b;
          memcpy (&a, row + i, 8);
          memcpy (&b, y->bytes + i, 8);
          differ += (size_t) __builtin_popcountll (a ^ b);
        }
      least = differ < least ? differ : least;
    }
  lvm_bits_free (y);
  return (double) least;
}

/* How much of the aggregate the likeliest digit has, on average over the prior's mass in
   the holes (purity[0]) and elsewhere (purity[1]).  */
static void
purities (const aggregate *a, double purity[2])
{
  double mass[2] = { 0, 0 };
  purity[0] = purity[1] = 0;
  for (size_t i = 0; i < a->g.side * a->g.side; i++)
    {
      const double ratio = ratio_at (a, i), prior = a->density[i] / ratio;
      const int full = ratio >= thin;
      double most = 0;
      if (!(a->density[i] > 0))
        continue;
      for (int d = 0; d < DIGITS; d++)
        most = fmax (most, a->of_digit[d][i]);
      purity[full] += prior * most / a->density[i];
      mass[full] += prior;
    }
  for (int full = 0; full < 2; full++)
    purity[full] /= mass[full];
}

/* Draws of the prior: those that fall into holes and those that do not.
   Returned  z [2][SHOWN x 2], the first of each sort  */
static void
draw_both (const aggregate *a, double z[2][2 * SHOWN])
{
  gsl_rng *rng = lvm_stream_alloc (SEED, STREAM_HOLES);
  size_t found[2] = { 0, 0 };
  for (int i = 0; i < 100000 && found[0] + found[1] < 2 * SHOWN; i++)
    {
      const double y[2] = { gsl_ran_ugaussian (rng), gsl_ran_ugaussian (rng) };
      if (fmax (fabs (y[0]), fabs (y[1])) >= a->g.reach)
        continue;
      const int full = ratio_at (a, cell_of (&a->g, y)) >= thin;
      if (found[full] < SHOWN)
        memcpy (z[full] + 2 * found[full]++, y, sizeof y);
    }
  gsl_rng_free (rng);
}

/* Figure 06-holes: a map of the logarithm of aggregate / prior, to base two; and pictures
   from holes, then from elsewhere.  */
static void
holes (const study *s, const aggregate *a)
{
  double z[2][2 * SHOWN] = { { 0 } },
                  *picture = lvm_alloc (SHOWN * PIXELS, sizeof *picture);
  const size_t middle = a->g.side / 2, half = MAP_HALF < middle ? MAP_HALF : middle,
               from = middle - half, to = middle + half;
  lvm_table_writer *t = lvm_pictures_table_begin (s->book, "06-holes", 2 * half);
  for (size_t j = from; j < to; j++)
    for (size_t i = from; i < to; i++)
      lvm_table_number (
          t, round (100 * fmax (-9, log2 (ratio_at (a, i * a->g.side + j)))) / 100);
  lvm_book_table_end (s->book);
  draw_both (a, z);
  lvm_pictures p = lvm_pictures_alloc (6, SHOWN / 3, SIDE, 3);
  static const char *const distance[2] = { "hole-nearest", "full-nearest" },
                           *const pure[2] = { "hole-purity", "full-purity" };
  double purity[2];
  purities (a, purity);
  for (int full = 0; full < 2; full++)
    {
      double near = 0;
      decode_pictures (s, SHOWN, z[full], picture);
      for (size_t i = 0; i < SHOWN; i++)
        {
          lvm_pictures_put (&p, (size_t) full * SHOWN + i, picture + i * PIXELS);
          near += nearest_image (s->train, picture + i * PIXELS) / SHOWN;
        }
      lvm_book_value (s->book, distance[full], near, "%.0f");
      lvm_book_value (s->book, pure[full], 100 * purity[full], "%.0f");
    }
  t = lvm_pictures_table_begin (s->book, "06-holes-pictures", p.width);
  lvm_pictures_write (&p, t);
  lvm_book_table_end (s->book);
  lvm_pictures_free (&p);
  free (picture);
}

/* KL of two yes-or-no variables that are `yes' with probabilities a and b.  */
static double
coin_kl (double a, double b)
{
  return (a > 0 ? a * log (a / b) : 0)
         + (a < 1 ? (1 - a) * log ((1 - a) / (1 - b)) : 0);
}

/* Figure 06-price: what an empty hole of prior mass m costs; and the holes of the trained
   network, for some thresholds.  */
static void
price (const study *s, const aggregate *a)
{
  static const char *const names[] = { "mass", "price", "threshold", "empty" };
  static const double times[] = { 0.1, 0.2, 0.3, 0.4, 0.5, 0.7 };
  lvm_table_writer *t = lvm_book_table_begin (s->book, "06-price", 4, names);
  for (int i = 0; i < 100; i++)
    row_of_numbers (t, 4, (double[]){ i / 100., -log1p (-i / 100.), 0, 0 });
  lvm_table_block (t);
  for (size_t i = 0; i < sizeof times / sizeof *times; i++)
    {
      double own;
      const double mass = lvm_latent_hole (&a->g, a->density, times[i], &own);
      row_of_numbers (
          t, 4, (double[]){ mass, coin_kl (own, mass), times[i], -log1p (-mass) });
      if (times[i] == thin)
        {
          lvm_book_value (s->book, "hole-below", 10 * thin, "%d");
          lvm_book_value (s->book, "hole-mass", 100 * mass, "%.1f");
          lvm_book_value (s->book, "hole-own", 100 * own, "%.1f");
          lvm_book_value (s->book, "hole-price", coin_kl (own, mass), "%.3f");
          lvm_book_value (s->book, "hole-empty", -log1p (-mass), "%.3f");
        }
    }
  lvm_book_table_end (s->book);
  lvm_book_value (s->book, "hole-half", log (2), "%.2f");
}

/* The holes that are left when each axis is scaled to a second moment of one.  */
static void
rescaled_holes (const study *s, const aggregate *a)
{
  codes q = s->of_train;
  double own;
  q.mean = lvm_alloc (2 * q.N, sizeof *q.mean);
  q.log_variance = lvm_alloc (2 * q.N, sizeof *q.log_variance);
  for (size_t i = 0; i < 2 * q.N; i++)
    {
      const double v = a->second[2 * (i % 2)];
      q.mean[i] = s->of_train.mean[i] / sqrt (v);
      q.log_variance[i] = s->of_train.log_variance[i] - log (v);
    }
  aggregate *b = aggregate_alloc (&q, &a->g);
  const double mass = lvm_latent_hole (&b->g, b->density, thin, &own);
  lvm_book_value (s->book, "rescaled-hole-mass", 100 * mass, "%.1f");
  lvm_book_value (s->book, "rescaled-hole-own", 100 * own, "%.1f");
  lvm_book_value (s->book, "rescaled-divergence",
                  lvm_latent_divergence (&b->g, b->density), "%.3f");
  aggregate_free (b);
  free (q.mean);
  free (q.log_variance);
}

/* --- neighbours ------------------------------------------------------------------------------ */

/* Figure 06-confusion: of each digit, which part the neighbours call what.  */
static void
confusion (const study *s)
{
  static const char *const names[] = { "digit", "called", "share" };
  const size_t N = s->of_test.N;
  int *vote = lvm_alloc (N, sizeof *vote);
  double count[DIGITS][DIGITS] = { { 0 } }, of[DIGITS] = { 0 }, right = 0,
         inner = 0, inner_right = 0, worst = 0;
  size_t pair[2] = { 0, 1 };
  nearest_votes (s->of_train.N, s->of_train.mean, s->of_train.label, N,
                 s->of_test.mean, NEIGHBOURS, vote);
  for (size_t n = 0; n < N; n++)
    {
      const int y = s->of_test.label[n];
      const double *m = s->of_test.mean + 2 * n;
      const bool middle = m[0] * m[0] + m[1] * m[1] < 1;
      count[y][vote[n]]++;
      of[y]++;
      right += vote[n] == y;
      inner += middle;
      inner_right += middle && vote[n] == y;
    }
  lvm_table_writer *t = lvm_book_table_begin (s->book, "06-confusion", 3, names);
  for (size_t y = 0; y < DIGITS; y++)
    for (size_t k = 0; k < DIGITS; k++)
      {
        const double share = count[y][k] / fmax (of[y], 1);
        row_of_numbers (
            t, 3, (double[]){ (double) y, (double) k, round (1e4 * share) / 1e4 });
        if (y != k && share > worst)
          {
            worst = share;
            pair[0] = y;
            pair[1] = k;
          }
      }
  lvm_book_table_end (s->book);
  const double outer = (double) N - inner;
  lvm_book_value (s->book, "near-wrong", 100 * (1 - right / (double) N), "%.1f");
  lvm_book_value (s->book, "near-inner", 100 * (1 - inner_right / fmax (inner, 1)),
                  "%.1f");
  lvm_book_value (s->book, "near-outer",
                  100 * (1 - (right - inner_right) / fmax (outer, 1)), "%.1f");
  lvm_book_value (s->book, "near-worst", 100 * worst, "%.0f");
  lvm_book_value (s->book, "near-worst-digit", (double) pair[0], "%d");
  lvm_book_value (s->book, "near-worst-called", (double) pair[1], "%d");
  lvm_book_value (s->book, "near-k", NEIGHBOURS, "%d");
  free (vote);
}

/* --- territories ---------------------------------------------------------------------------------- */

/* Table 06-territories.  */
static void
territories (const study *s, const aggregate *a)
{
  static const char *const names[] = { "digit", "pieces", "of the largest, %",
                                       "of all, %" };
  territory y;
  double torn = 0, most = 0, worst = 0;
  aggregate_territory (a, piece, empty, &y);
  lvm_table_writer *t = lvm_book_table_begin (s->book, "06-territories", 4, names);
  for (int d = 0; d < DIGITS; d++)
    {
      row_of_numbers (t, 4,
                      (double[]){ d, y.pieces[d], round (100 * y.largest[d]),
                                  round (100 * y.all[d]) });
      torn += y.pieces[d] > 1;
      worst = y.pieces[d] > most ? d : worst;
      most = fmax (most, y.pieces[d]);
    }
  lvm_book_table_end (s->book);
  lvm_book_value (s->book, "torn-digits", torn, "%d");
  lvm_book_value (s->book, "torn-most", most, "%d");
  lvm_book_value (s->book, "torn-worst", worst, "%d");
  lvm_book_value (s->book, "torn-least-part", 100 * piece, "%d");
}

/* --- the swirl ------------------------------------------------------------------------------------- */

/* Figures 06-swirl, the draws after a swirl, and 06-swirl-pictures, the pictures over the
   prior's quantiles from the decoder that swirls back.  */
static void
swirled (const study *s)
{
  enum
  {
    WIDTH = 431
  };
  const codes *q = &s->of_train;
  double *z = lvm_alloc (2 * q->N, sizeof *z),
         *picture = lvm_alloc (WIDTH * WIDTH, sizeof *z);
  for (size_t n = 0; n < q->N; n++)
    lvm_swirl (twist, q->z + 2 * n, z + 2 * n);
  scatter (WIDTH, 4.5, q->N, z, q->label, picture);
  lvm_table_writer *t = lvm_pictures_table_begin (s->book, "06-swirl", WIDTH);
  for (size_t i = 0; i < WIDTH * WIDTH; i++)
    lvm_table_number (t, picture[i]);
  lvm_book_table_end (s->book);
  manifold (s, "06-swirl-pictures", 14, twist);
  free (picture);
  free (z);
}

void
study_space (study *s)
{
  const lvm_latent_grid g = { s->quick ? 120 : 466, 7 };
  aggregate *a = aggregate_alloc (&s->of_train, &g);
  places (s, a);
  shape (s, a);
  decompose (s, a);
  rescale (s, a);
  holes (s, a);
  price (s, a);
  rescaled_holes (s, a);
  territories (s, a);
  confusion (s);
  swirled (s);
  aggregate_free (a);
}
