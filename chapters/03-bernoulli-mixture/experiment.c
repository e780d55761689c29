/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The experiment of chapter 3: four images of three pixels by hand, and then all of MNIST:
   prototypes, digits, held-out likelihood, zeros, products that underflow, pairs of pixels
   and samples.  */

#include <float.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/book.h"
#include "cli/progress.h"
#include "data/idx.h"
#include "model/bmm.h"
#include "model/bmm_fast.h"
#include "model/bmm_init.h"
#include "num/error.h"
#include "num/log_sum_exp.h"
#include "num/streams.h"

enum
{
  SEED = 20240229,
  SIDE = 28,
  PIXELS = SIDE * SIDE,
  DIGITS = 10,
  TEN = 10,     /* components of the mixture that is looked at closely */
  MOST_K = 200, /* components */
  GAP = 3,      /* pixels between two images of a figure */
  WIDTH = 10 * SIDE + 9 * GAP,
  MOST_ITERATIONS = 100,
  LOG_WORK = 15 /* times slower is EM in logarithms */
};

static const double tolerance =
                        1e-3, /* of the mean objective of an image, in nats */
    strength = 1;             /* of the prior, where there is one: images */

/* The data, and what the parts of the experiment share.  */
typedef struct
{
  lvm_book *book;
  bool quick;
  int threads;
  lvm_bits *train, *test;
  int *train_label, *test_label;
  bool *never; /* [PIXELS] never on in the training images */
  lvm_progress progress;
  double work, done; /* in iterations of one component */
} mnist;

/* --- by hand ---------------------------------------------------------------- */

/* Four images of three pixels, two components, one iteration.  */
static void
three_pixels (lvm_book *b)
{
  static const int image[4][3] = {
    { 1, 1, 0 }, { 1, 0, 0 }, { 0, 0, 1 }, { 1, 1, 1 }
  };
  static const double theta[6] = { 0.8, 0.5, 0.2, 0.2, 0.5, 0.8 };
  static const double odds[4] = { 16. / 17, 16. / 17, 1. / 17, 0.5 };
  static const char *const names[6] = { "coins-theta-11", "coins-theta-12",
                                        "coins-theta-13", "coins-theta-21",
                                        "coins-theta-22", "coins-theta-23" };
  static const double by_hand[6] = { 81. / 83, 49. / 83, 19. / 83,
                                     21. / 53, 19. / 53, 49. / 53 };
  double r[8];
  lvm_bmm *g = lvm_bmm_alloc (2, 3);
  lvm_bmm_logits *w = lvm_bmm_logits_alloc (2, 3);
  lvm_bits *x = lvm_bits_alloc (4, 3);
  memcpy (g->mean, theta, sizeof theta);
  for (size_t n = 0; n < 4; n++)
    for (size_t d = 0; d < 3; d++)
      if (image[n][d])
        lvm_bit_set (x, n, d);
  lvm_bmm_logits_set (g, w);
  lvm_book_value (b, "coins-before", lvm_bmm_e_step (g, w, x, r, NULL), "%.4f");
  lvm_bmm_m_step (g, x, r, 0);
  for (int n = 0; n < 4; n++)
    lvm_book_check (b, "three pixels: responsibilities", r[2 * n], odds[n],
                    64 * DBL_EPSILON);
  for (int i = 0; i < 6; i++)
    {
      lvm_book_value (b, names[i], g->mean[i], "%.4f");
      lvm_book_check (b, "three pixels: probabilities", g->mean[i], by_hand[i],
                      64 * DBL_EPSILON);
    }
  lvm_book_value (b, "coins-weight", g->weight[0], "%.4f");
  lvm_bmm_logits_set (g, w);
  lvm_book_value (b, "coins-after", lvm_bmm_e_step (g, w, x, r, NULL), "%.4f");
  memset (x->bytes, 0, 4 * x->stride);
  lvm_bmm_e_step (g, w, x, r, NULL);
  lvm_book_value (b, "coins-empty", r[0], "%.4f");
  lvm_book_check (b, "three pixels: the empty image", r[0],
                  53. * 53 / (53 * 53 + 83 * 83), 64 * DBL_EPSILON);
  lvm_bits_free (x);
  lvm_bmm_logits_free (w);
  lvm_bmm_free (g);
}

/* --- the data ------------------------------------------------------------------- */

static int
read_images (lvm_bits **images, const char *path, lvm_error *error)
{
  size_t height, width;
  if (lvm_idx_read_images (images, &height, &width, path, -1, error) == LVM_OK
      && (height != SIDE || width != SIDE))
    lvm_fail (error, LVM_DATA, "%s: images of 28 x 28 pixels are expected", path);
  return error->status;
}

#define DATA LVM_ROOT "/chapters/03-bernoulli-mixture/mnist-"

static int
read_mnist (mnist *m, lvm_error *error)
{
  size_t n_train, n_test;
  if (read_images (&m->train, DATA "train-images.idx.gz", error) != LVM_OK
      || read_images (&m->test, DATA "test-images.idx.gz", error) != LVM_OK
      || lvm_idx_read_labels (&m->train_label, &n_train, DATA "train-labels.idx.gz",
                              error)
             != LVM_OK
      || lvm_idx_read_labels (&m->test_label, &n_test, DATA "test-labels.idx.gz",
                              error)
             != LVM_OK)
    return error->status;
  if (n_train != m->train->N || n_test != m->test->N)
    return lvm_fail (error, LVM_DATA,
                     "MNIST: there are not as many labels as images");
  if (m->quick)
    m->train->N = 6000; /* the first of them */
  m->never = lvm_alloc (PIXELS, sizeof *m->never);
  for (size_t d = 0; d < PIXELS; d++)
    {
      m->never[d] = true;
      for (size_t n = 0; n < m->train->N && m->never[d]; n++)
        m->never[d] = !lvm_bit (m->train, n, d);
    }
  return LVM_OK;
}

static int
compare_rows (const void *a, const void *b)
{
  return memcmp (*(uint8_t *const *) a, *(uint8_t *const *) b, PIXELS / 8);
}

/* What no mixture's mean log-likelihood exceeds: bmm-ceiling.  */
static double
ceiling_of (const lvm_bits *x)
{
  uint8_t **row = lvm_alloc (x->N, sizeof *row);
  const double N = (double) x->N;
  double sum = 0;
  for (size_t n = 0; n < x->N; n++)
    row[n] = x->bytes + n * x->stride;
  qsort (row, x->N, sizeof *row, compare_rows);
  for (size_t n = 0, next; n < x->N; n = next)
    {
      for (next = n + 1; next < x->N && compare_rows (row + n, row + next) == 0;)
        next++;
      const double same = (double) (next - n);
      sum += same * log (same / N);
    }
  free (row);
  return sum / N;
}

static bool
has_pixel (const lvm_bits *x, size_t n, const bool pixel[])
{
  for (size_t d = 0; d < PIXELS; d++)
    if (pixel[d] && lvm_bit (x, n, d))
      return true;
  return false;
}

static void
describe (const mnist *m)
{
  double on = 0, never = 0, strange = 0;
  for (size_t n = 0; n < m->train->N; n++)
    for (size_t d = 0; d < PIXELS; d++)
      on += lvm_bit (m->train, n, d);
  for (size_t d = 0; d < PIXELS; d++)
    never += m->never[d];
  for (size_t n = 0; n < m->test->N; n++)
    strange += has_pixel (m->test, n, m->never);
  lvm_book_value (m->book, "data-train", (double) m->train->N, "%d");
  lvm_book_value (m->book, "data-test", (double) m->test->N, "%d");
  lvm_book_value (m->book, "data-on", on / (double) m->train->N, "%.1f");
  lvm_book_value (m->book, "data-never", never, "%d");
  lvm_book_value (m->book, "data-strange", strange, "%d");
  lvm_book_value (m->book, "data-ceiling", ceiling_of (m->train), "%.2f");
}

/* --- one fit -------------------------------------------------------------------- */

typedef struct
{
  lvm_bmm *g;
  int iterations;
  double train, test; /* mean log-likelihood of an image, in nats */
} fit;

static void
fit_free (fit *f)
{
  lvm_bmm_free (f->g);
}

static double
mean_log_likelihood (const mnist *m, const lvm_bmm *g, const lvm_bits *x,
                     double r[], double log_evidence[])
{
  double sum;
  lvm_bmm_fast *w = lvm_bmm_fast_alloc (g->K, x, m->threads);
  lvm_bmm_fast_e_step (w, g, r, log_evidence, &sum);
  lvm_bmm_fast_free (w);
  return sum / (double) x->N;
}

/* So many iterations of K components are done, or need not be.  */
static void
worked (mnist *m, size_t K, double iterations)
{
  m->done += (double) K * iterations;
  lvm_progress_update (&m->progress, fmin (m->done / m->work, 1));
}

/* EM from a start, until the mean objective changes by less than the tolerance, or for that
   many iterations.  On the way the objective must not fall.  */
static fit
run_from (mnist *m, lvm_bmm *start, double prior, double least, int most)
{
  fit f = { .g = start };
  const double N = (double) m->train->N;
  lvm_bmm_fast *w = lvm_bmm_fast_alloc (start->K, m->train, m->threads);
  double before = -INFINITY;
  for (;; f.iterations++)
    {
      double sum;
      lvm_bmm_fast_e_step (w, f.g, NULL, NULL, &sum);
      const double now = (sum + lvm_bmm_log_prior (f.g, prior)) / N;
      f.train = sum / N;
      lvm_book_check (m->book, "the objective does not fall",
                      fmin (now - before, 0), 0, 1e-10 * fabs (now));
      worked (m, start->K, 1);
      if (now - before < least || f.iterations == most)
        break;
      before = now;
      lvm_bmm_fast_m_step (w, f.g, prior);
    }
  lvm_bmm_fast_free (w);
  worked (m, start->K, most - f.iterations - 1);
  f.test = mean_log_likelihood (m, f.g, m->test, NULL, NULL);
  return f;
}

/* The start: images drawn from the data, each blended with grey.  The seed's stream is the
   number of components, so that fits with and without a prior begin alike.  */
static lvm_bmm *
start_of (const mnist *m, size_t K, uint64_t stream)
{
  lvm_bmm *g = lvm_bmm_alloc (K, PIXELS);
  gsl_rng *rng = lvm_stream_alloc (SEED, stream);
  lvm_bmm_start (g, m->train, LVM_BMM_RANDOM, rng, 0, m->threads);
  gsl_rng_free (rng);
  return g;
}

static fit
run (mnist *m, size_t K, double prior)
{
  return run_from (m, start_of (m, K, K), prior, tolerance,
                   m->quick ? 15 : MOST_ITERATIONS);
}

/* --- figures made of images --------------------------------------------------------- */

/* A row of images above one another; from 0 (paper) to 1 (ink), or what the figure's script
   makes of other numbers.  */
typedef struct
{
  size_t rows; /* of images */
  double *at;  /* [rows (SIDE + GAP) x WIDTH] */
} canvas;

static canvas
canvas_alloc (size_t rows)
{
  canvas c = { rows, lvm_alloc (rows * (SIDE + GAP) * WIDTH, sizeof (double)) };
  memset (c.at, 0, rows * (SIDE + GAP) * WIDTH * sizeof (double));
  return c;
}

/* Puts an image in place i, ten to a row.  */
static void
put_image (canvas *c, size_t i, const double image[])
{
  double *corner = c->at + i / 10 * (SIDE + GAP) * WIDTH + i % 10 * (SIDE + GAP);
  for (size_t y = 0; y < SIDE; y++)
    memcpy (corner + y * WIDTH, image + y * SIDE, SIDE * sizeof *image);
}

static void
put_bits (canvas *c, size_t i, const lvm_bits *x, size_t n)
{
  double image[PIXELS];
  for (size_t d = 0; d < PIXELS; d++)
    image[d] = lvm_bit (x, n, d);
  put_image (c, i, image);
}

/* A figure's table: a line for each line of pixels.  */
static lvm_table_writer *
begin_images (lvm_book *b, const char *name)
{
  static char text[WIDTH][8];
  const char *names[WIDTH];
  for (size_t i = 0; i < WIDTH; i++)
    {
      snprintf (text[i], sizeof text[i], "x%zu", i);
      names[i] = text[i];
    }
  return lvm_book_table_begin (b, name, WIDTH, names);
}

/* Writes the canvas, a block of the table, in hundredths.  */
static void
canvas_end (canvas *c, lvm_table_writer *t)
{
  for (size_t i = 0; i < c->rows * (SIDE + GAP) * WIDTH; i++)
    lvm_table_number (t, round (100 * c->at[i]) / 100);
  free (c->at);
}

/* --- prototypes, and which digits they take ----------------------------------------- */

/* The part of each component's responsibility that falls on each digit.  A component is
   named after the digit it takes most of.  */
typedef struct
{
  double share[MOST_K][DIGITS];
  int digit[MOST_K];
  size_t order[MOST_K]; /* components by their digit, then by weight */
} digits;

static bool
stands_before (const digits *y, const lvm_bmm *g, size_t a, size_t b)
{
  return y->digit[a] != y->digit[b] ? y->digit[a] < y->digit[b]
                                    : g->weight[a] > g->weight[b];
}

static void
digits_of (const mnist *m, const lvm_bmm *g, digits *y)
{
  const size_t K = g->K, N = m->train->N;
  double *r = lvm_alloc (N * K, sizeof *r);
  mean_log_likelihood (m, g, m->train, r, NULL);
  memset (y->share, 0, sizeof y->share);
  for (size_t n = 0; n < N; n++)
    for (size_t k = 0; k < K; k++)
      y->share[k][m->train_label[n]] += r[n * K + k] / (g->weight[k] * (double) N);
  for (size_t k = 0; k < K; k++)
    {
      size_t i = k;
      y->digit[k] = (int) lvm_argmax (DIGITS, y->share[k]);
      for (; i > 0 && stands_before (y, g, k, y->order[i - 1]); i--)
        y->order[i] = y->order[i - 1];
      y->order[i] = k;
    }
  free (r);
}

/* The part of the test images whose most responsible component is named after their
   digit.  */
static double
purity (const mnist *m, const lvm_bmm *g, const digits *y)
{
  const size_t K = g->K;
  double *r = lvm_alloc (m->test->N * K, sizeof *r), right = 0;
  mean_log_likelihood (m, g, m->test, r, NULL);
  for (size_t n = 0; n < m->test->N; n++)
    right += y->digit[lvm_argmax (K, r + n * K)] == m->test_label[n];
  free (r);
  return right / (double) m->test->N;
}

/* Fits with the prior, for each number of components.  */
enum
{
  FITS = 8,
  FIT_1 = 0,
  FIT_10 = 3,
  FIT_200 = 7
};
static const size_t sizes[FITS] = { 1, 2, 5, 10, 20, 50, 100, 200 };

/* Figure 03-held-out: the likelihood of images seen and not seen.  */
static void
held_out (mnist *m, fit fits[FITS])
{
  static const char *const names[] = { "components", "train", "test", "purity" };
  lvm_table_writer *t = lvm_book_table_begin (m->book, "03-held-out", 4, names);
  digits *y = lvm_alloc (1, sizeof *y);
  char name[40];
  for (size_t i = 0; i < FITS; i++)
    {
      fits[i] = run (m, sizes[i], strength);
      digits_of (m, fits[i].g, y);
      const double right = purity (m, fits[i].g, y);
      lvm_table_number (t, (double) sizes[i]);
      lvm_table_number (t, fits[i].train);
      lvm_table_number (t, fits[i].test);
      lvm_table_number (t, right);
      snprintf (name, sizeof name, "train-%zu", sizes[i]);
      lvm_book_value (m->book, name, fits[i].train, "%.2f");
      snprintf (name, sizeof name, "test-%zu", sizes[i]);
      lvm_book_value (m->book, name, fits[i].test, "%.2f");
      snprintf (name, sizeof name, "purity-%zu", sizes[i]);
      lvm_book_value (m->book, name, 100 * right, "%.0f");
    }
  lvm_book_table_end (m->book);
  free (y);
}

/* Figure 03-prototypes: a block for each of three fits.  */
static void
prototypes (const mnist *m, const fit fits[FITS])
{
  lvm_table_writer *t = begin_images (m->book, "03-prototypes");
  digits *y = lvm_alloc (1, sizeof *y);
  for (size_t i = FIT_10; i < FIT_10 + 3; i++)
    {
      const lvm_bmm *g = fits[i].g;
      canvas c = canvas_alloc (g->K / 10);
      digits_of (m, g, y);
      for (size_t k = 0; k < g->K; k++)
        put_image (&c, k, g->mean + y->order[k] * PIXELS);
      canvas_end (&c, t);
      if (i < FIT_10 + 2)
        lvm_table_block (t);
    }
  lvm_book_table_end (m->book);
  free (y);
}

/* What the text says of digits, and of one seed on all images: it holds, or the build
   stops.  */
static void
check_told (const mnist *m, const char *what, bool holds)
{
  if (!m->quick)
    lvm_book_check (m->book, what, holds, true, 0);
}

/* How much of component k falls on some digits.  */
static double
share_of (const digits *y, size_t k, const char *some)
{
  double sum = 0;
  for (; *some != 0; some++)
    sum += y->share[k][*some - '0'];
  return sum;
}

/* Zero, both ones and six are nearly pure; three and eight share with five, and
   four, seven and nine with one another.  */
static void
check_confusion (const mnist *m, const digits *y, size_t K)
{
  static const char *const shared[DIGITS] = { "0",   "1", "2",   "358", "479",
                                              "358", "6", "479", "358", "479" };
  bool five = false;
  for (size_t k = 0; k < K; k++)
    {
      const int d = y->digit[k];
      five = five || d == 5;
      check_told (m, "which digits share a component",
                  share_of (y, k, shared[d]) > 0.7);
    }
  check_told (m, "that the five has no component", !five);
}

/* Figure 03-confusion: what each of ten components takes, and then the prototypes, a block
   each: x and y in pixels, and the value.  */
static void
confusion (const mnist *m, const lvm_bmm *g)
{
  static const char *const names[] = { "x", "y", "value" };
  lvm_table_writer *t = lvm_book_table_begin (m->book, "03-confusion", 3, names);
  digits *y = lvm_alloc (1, sizeof *y);
  double missing = 0;
  digits_of (m, g, y);
  for (size_t i = 0; i < g->K; i++)
    for (size_t d = 0; d < DIGITS; d++)
      {
        lvm_table_number (t, (double) d);
        lvm_table_number (t, (double) i);
        lvm_table_number (t, round (1000 * y->share[y->order[i]][d]) / 1000);
      }
  for (size_t i = 0; i < g->K; i++)
    {
      lvm_table_block (t);
      for (size_t d = 0; d < PIXELS; d++)
        {
          lvm_table_number (t, (double) (d % SIDE));
          lvm_table_number (t, (double) (d / SIDE));
          lvm_table_number (t,
                            round (100 * g->mean[y->order[i] * PIXELS + d]) / 100);
        }
    }
  lvm_book_table_end (m->book);
  for (int d = 0; d < DIGITS; d++)
    {
      bool named = false;
      for (size_t k = 0; k < g->K; k++)
        named = named || y->digit[k] == d;
      missing += !named;
    }
  lvm_book_value (m->book, "confusion-missing", missing, "%d");
  check_confusion (m, y, g->K);
  free (y);
}

/* The same number of components from other starts.  */
static void
starts (mnist *m)
{
  enum
  {
    RUNS = 10
  };
  double best = -INFINITY, worst = INFINITY;
  for (uint64_t i = 0; i < RUNS; i++)
    {
      fit f = run_from (m, start_of (m, TEN, 1000 + i), strength, tolerance,
                        m->quick ? 15 : MOST_ITERATIONS);
      best = fmax (best, f.train);
      worst = fmin (worst, f.train);
      fit_free (&f);
    }
  lvm_book_value (m->book, "starts-runs", RUNS, "%d");
  lvm_book_value (m->book, "starts-best", best, "%.2f");
  lvm_book_value (m->book, "starts-worst", worst, "%.2f");
}

/* --- one image ------------------------------------------------------------------------ */

/* What pixel d of the image says for component a against component b, in nats.  */
static double
says (const lvm_bmm *g, size_t a, size_t b, const lvm_bits *x, size_t n, size_t d)
{
  const double p = g->mean[a * PIXELS + d], q = g->mean[b * PIXELS + d];
  return lvm_bit (x, n, d) ? log (p / q) : log ((1 - p) / (1 - q));
}

static size_t
second (size_t K, const double r[], size_t first)
{
  size_t k = first == 0;
  for (size_t i = 0; i < K; i++)
    if (i != first && r[i] > r[k])
      k = i;
  return k;
}

/* The test image whose two best components share it most evenly; r [2]: what they take.  */
static size_t
doubtful (const mnist *m, const lvm_bmm *g, size_t k[2], double r[2])
{
  const size_t K = g->K;
  double *all = lvm_alloc (m->test->N * K, sizeof *all), hard = 0;
  size_t best = 0;
  mean_log_likelihood (m, g, m->test, all, NULL);
  r[1] = 0;
  for (size_t n = 0; n < m->test->N; n++)
    {
      const double *of = all + n * K;
      const size_t a = lvm_argmax (K, of), b = second (K, of, a);
      hard += of[a] > 0.99;
      if (of[b] > r[1])
        {
          best = n;
          k[0] = a;
          k[1] = b;
          r[0] = of[a];
          r[1] = of[b];
        }
    }
  lvm_book_value (m->book, "image-hard", 100 * hard / (double) m->test->N, "%.0f");
  free (all);
  return best;
}

/* Figure 03-image: the image, its two components, and what each pixel says; a block each.  */
static void
one_image (const mnist *m, const lvm_bmm *g)
{
  static const char *const names[] = { "x", "y", "value" };
  lvm_table_writer *t = lvm_book_table_begin (m->book, "03-image", 3, names);
  size_t k[2];
  double r[2] = { 0 }, sum = 0, for_first = 0;
  const size_t n = doubtful (m, g, k, r);
  for (int block = 0; block < 4; block++)
    {
      for (size_t d = 0; d < PIXELS; d++)
        {
          const double said = says (g, k[0], k[1], m->test, n, d);
          lvm_table_number (t, (double) (d % SIDE));
          lvm_table_number (t, (double) (d / SIDE));
          lvm_table_number (
              t, block == 0 ? lvm_bit (m->test, n, d)
                 : block == 3
                     ? round (1000 * said) / 1000
                     : round (100 * g->mean[k[block - 1] * PIXELS + d]) / 100);
          sum += block == 3 ? said : 0;
          for_first += block == 3 ? fmax (said, 0) : 0;
        }
      if (block < 3)
        lvm_table_block (t);
    }
  lvm_book_table_end (m->book);
  check_told (m, "the doubtful image is a two", m->test_label[n] == 2);
  const double weights = log (g->weight[k[0]] / g->weight[k[1]]);
  lvm_book_check (m->book, "the log odds are the sum of what the pixels say",
                  sum + weights, log (r[0] / r[1]), 1e-9);
  lvm_book_value (m->book, "image-number", (double) n + 1, "%d");
  lvm_book_value (m->book, "image-digit", m->test_label[n], "%d");
  lvm_book_value (m->book, "image-r-1", r[0], "%.2f");
  lvm_book_value (m->book, "image-r-2", r[1], "%.2f");
  lvm_book_value (m->book, "image-for", for_first, "%.1f");
  lvm_book_value (m->book, "image-against", for_first - sum, "%.1f");
  lvm_book_value (m->book, "image-weights", weights, "%.2f");
}

/* --- zeros -------------------------------------------------------------------------------- */

/* How many theta are 0, and why; how many test images are impossible, and why.  */
typedef struct
{
  double components, zeros, never, impossible, unseen;
} zero_counts;

static zero_counts
count_zeros (const mnist *m, const lvm_bmm *g)
{
  double *log_evidence = lvm_alloc (m->test->N, sizeof *log_evidence);
  zero_counts c = { .components = (double) g->K };
  mean_log_likelihood (m, g, m->test, NULL, log_evidence);
  for (size_t i = 0; i < g->K * PIXELS; i++)
    {
      c.zeros += g->mean[i] == 0;
      c.never += m->never[i % PIXELS];
    }
  for (size_t n = 0; n < m->test->N; n++)
    {
      c.impossible += log_evidence[n] == -INFINITY;
      c.unseen += has_pixel (m->test, n, m->never);
    }
  free (log_evidence);
  return c;
}

/* Fits without the prior.  Table 03-impossible.  Returned: the one of ten components, and in
   *hundred that of a hundred.  */
static fit
zeros (mnist *m, fit *hundred)
{
  static const char *const names[] = { "components",     "zeros",
                                       "never on",       "underflowed",
                                       "impossible",     "unseen pixel",
                                       "familiar pixels" };
  lvm_table_writer *t = lvm_book_table_begin (m->book, "03-impossible", 7, names);
  fit ten = { NULL, 0, 0, 0 };
  for (size_t i = FIT_10; i < FIT_10 + 4; i++)
    {
      fit f = run (m, sizes[i], 0);
      const zero_counts c = count_zeros (m, f.g);
      const double row[7] = { c.components,           c.zeros,      c.never,
                              c.zeros - c.never,      c.impossible, c.unseen,
                              c.impossible - c.unseen };
      for (int j = 0; j < 7; j++)
        lvm_table_number (t, row[j]);
      if (i == FIT_10)
        {
          ten = f;
          lvm_book_value (m->book, "zeros-underflow", c.zeros - c.never, "%d");
        }
      else if (i == FIT_10 + 3)
        {
          *hundred = f;
          lvm_book_value (m->book, "zeros-hundred", c.impossible - c.unseen, "%d");
        }
      else
        fit_free (&f);
    }
  lvm_book_table_end (m->book);
  return ten;
}

/* --- EM in logarithms ---------------------------------------------------------------------- */

/* EM that keeps ln theta and ln r, so that nothing underflows: as near to exact arithmetic
   as double comes.  Too slow for more than ten components.  */
enum
{
  LOG_RUNS = 4,
  LOG_FIRST = 1013, /* their streams of random numbers; the last was sought out */
  LOG_ITERATIONS = 60
};

/* The pixels that are on, image by image, and the images of each pixel.  */
typedef struct
{
  size_t N, *first, *first_of; /* [N + 1], [PIXELS + 1] */
  uint16_t *pixel;
  uint32_t *image;
} lists;

static lists
lists_of (const lvm_bits *x)
{
  size_t place[PIXELS] = { 0 }, on = 0;
  lists y = { .N = x->N };
  y.first = lvm_alloc (x->N + 1, sizeof *y.first);
  y.first_of = lvm_alloc (PIXELS + 1, sizeof *y.first_of);
  for (size_t d = 0; d < PIXELS; d++)
    {
      y.first_of[d] = place[d] = on;
      for (size_t n = 0; n < x->N; n++)
        on += lvm_bit (x, n, d);
    }
  y.first_of[PIXELS] = on;
  y.pixel = lvm_alloc (on, sizeof *y.pixel);
  y.image = lvm_alloc (on, sizeof *y.image);
  on = 0;
  for (size_t n = 0; n < x->N; n++)
    {
      y.first[n] = on;
      for (size_t d = 0; d < PIXELS; d++)
        if (lvm_bit (x, n, d))
          {
            y.pixel[on++] = (uint16_t) d;
            y.image[place[d]++] = (uint32_t) n;
          }
    }
  y.first[x->N] = on;
  return y;
}

static void
lists_free (lists *y)
{
  free (y->first);
  free (y->first_of);
  free (y->pixel);
  free (y->image);
}

typedef double by_component[TEN];

typedef struct
{
  const lists *x;
  int iterations;
  double weight[TEN], offset[TEN]; /* ln pi, b */
  by_component *theta, *logit;     /* [PIXELS] ln theta, eta */
  by_component *r;                 /* [N] ln r */
  double log_likelihood[LOG_ITERATIONS + 1];
} log_run;

static void
log_run_begin (log_run *l, const lists *x, const lvm_bmm *start, int iterations)
{
  l->x = x;
  l->iterations = iterations;
  l->theta = lvm_alloc (PIXELS, sizeof *l->theta);
  l->logit = lvm_alloc (PIXELS, sizeof *l->logit);
  l->r = lvm_alloc (x->N, sizeof *l->r);
  for (size_t k = 0; k < TEN; k++)
    {
      l->weight[k] = log (start->weight[k]);
      for (size_t d = 0; d < PIXELS; d++)
        l->theta[d][k] = log (start->mean[k * PIXELS + d]);
    }
}

static void
log_run_free (log_run *l)
{
  free (l->theta);
  free (l->logit);
  free (l->r);
}

static void
log_logits (log_run *l)
{
  memcpy (l->offset, l->weight, sizeof l->offset);
  for (size_t d = 0; d < PIXELS; d++)
    for (size_t k = 0; k < TEN; k++)
      {
        const double off = log1p (-exp (l->theta[d][k]));
        l->offset[k] += off;
        l->logit[d][k] = l->theta[d][k] - off;
      }
}

/* ln r.  Returned: the log-likelihood.  */
static double
log_e_step (log_run *l)
{
  double sum = 0;
  for (size_t n = 0; n < l->x->N; n++)
    {
      double *r = l->r[n];
      memcpy (r, l->offset, sizeof l->offset);
      for (size_t i = l->x->first[n]; i < l->x->first[n + 1]; i++)
        for (size_t k = 0; k < TEN; k++)
          r[k] += l->logit[l->x->pixel[i]][k];
      const double evidence = lvm_log_sum_exp (TEN, r);
      for (size_t k = 0; k < TEN; k++)
        r[k] -= evidence;
      sum += evidence;
    }
  return sum;
}

/* ln sum_n r_nk x_nd, where the largest term of the sum is known.  */
static double
log_on (const log_run *l, size_t k, size_t d, double largest)
{
  double sum = 0;
  if (largest == -INFINITY)
    return largest; /* never on */
  for (size_t i = l->x->first_of[d]; i < l->x->first_of[d + 1]; i++)
    sum += exp (l->r[l->x->image[i]][k] - largest);
  return largest + log (sum);
}

/* Sums as usual, and the largest ln r of each; where that is small, the sum once more.  */
static void
log_m_step (log_run *l)
{
  by_component *on = lvm_alloc (PIXELS, sizeof *on),
               *largest = lvm_alloc (PIXELS, sizeof *largest);
  double count[TEN] = { 0 };
  for (size_t d = 0; d < PIXELS; d++)
    for (size_t k = 0; k < TEN; k++)
      {
        on[d][k] = 0;
        largest[d][k] = -INFINITY;
      }
  for (size_t n = 0; n < l->x->N; n++)
    {
      const double *log_r = l->r[n];
      double r[TEN];
      for (size_t k = 0; k < TEN; k++)
        count[k] += r[k] = exp (log_r[k]);
      for (size_t i = l->x->first[n]; i < l->x->first[n + 1]; i++)
        {
          double *sum = on[l->x->pixel[i]], *top = largest[l->x->pixel[i]];
          for (size_t k = 0; k < TEN; k++)
            sum[k] += r[k];
          for (size_t k = 0; k < TEN; k++)
            top[k] = log_r[k] > top[k] ? log_r[k] : top[k];
        }
    }
  for (size_t k = 0; k < TEN; k++)
    {
      l->weight[k] = log (count[k] / (double) l->x->N);
      for (size_t d = 0; d < PIXELS; d++)
        l->theta[d][k] = (largest[d][k] > -600 ? log (on[d][k])
                                               : log_on (l, k, d, largest[d][k]))
                         - log (count[k]);
    }
  free (on);
  free (largest);
}

/* A thread's work.  */
static void *
log_em (void *p)
{
  log_run *l = p;
  for (int i = 0;; i++)
    {
      log_logits (l);
      l->log_likelihood[i] = log_e_step (l);
      if (i == l->iterations)
        return NULL;
      log_m_step (l);
    }
}

/* ln p(x) of a test image.  */
static double
log_evidence_of (const log_run *l, const lvm_bits *x, size_t n)
{
  double y[TEN];
  memcpy (y, l->offset, sizeof y);
  for (size_t d = 0; d < PIXELS; d++)
    for (size_t k = 0; k < TEN && lvm_bit (x, n, d); k++)
      y[k] += l->logit[d][k];
  return lvm_log_sum_exp (TEN, y);
}

/* What comparing the runs in logarithms with those in double has shown.  */
typedef struct
{
  double lower, least,
      most;    /* runs in double that end lower; by how much, an image */
  double back; /* theta that are 0 in double and above 10^-6 */
  double familiar, artefacts; /* impossible images without a pixel unseen; of these,
                                   with a probability above 10^-260 in logarithms */
  double sinking;             /* ln p of the likeliest of the others */
  size_t sinking_number, artefact_number;
  double artefact_evidence, lowest; /* its ln p; the lowest finite ln theta */
} comparison;

static void
compare_images (const mnist *m, const lvm_bmm *g, const log_run *l, comparison *c)
{
  double *in_double = lvm_alloc (m->test->N, sizeof *in_double);
  mean_log_likelihood (m, g, m->test, NULL, in_double);
  for (size_t n = 0; n < m->test->N; n++)
    if (in_double[n] == -INFINITY && !has_pixel (m->test, n, m->never))
      {
        const double y = log_evidence_of (l, m->test, n);
        c->familiar++;
        if (y > -600)
          {
            c->artefacts++;
            c->artefact_number = n + 1;
            c->artefact_evidence = y;
          }
        else if (y > c->sinking)
          {
            c->sinking = y;
            c->sinking_number = n + 1;
          }
      }
  free (in_double);
}

/* In logarithms only pixels that are never on are zero.  */
static void
compare_zeros (const mnist *m, const lvm_bmm *g, const log_run *l, comparison *c)
{
  double exact = 0, never = 0;
  for (size_t d = 0; d < PIXELS; d++)
    for (size_t k = 0; k < TEN; k++)
      {
        const double y = l->theta[d][k];
        exact += y == -INFINITY;
        never += m->never[d];
        c->back += g->mean[k * PIXELS + d] == 0 && y > log (1e-6);
        c->lowest = isfinite (y) ? fmin (c->lowest, y) : c->lowest;
      }
  lvm_book_check (m->book, "in logarithms only pixels never on are zero", exact,
                  never, 0);
}

/* Figure 03-zeros: for each component, from 0 to 1, theta; or -1, never on; -2, 0 in double;
   -3, 0 in double and above 10^-6 in logarithms.  */
static void
draw_zeros (const mnist *m, const lvm_bmm *g, const log_run *l)
{
  canvas c = canvas_alloc (2);
  double image[PIXELS];
  for (size_t k = 0; k < TEN; k++)
    {
      for (size_t d = 0; d < PIXELS; d++)
        {
          const double mean = g->mean[k * PIXELS + d];
          image[d] = m->never[d]                   ? -1
                     : mean > 0                    ? mean
                     : l->theta[d][k] < log (1e-6) ? -2
                                                   : -3;
        }
      put_image (&c, k / 5 * 10 + k % 5, image); /* five to a row */
    }
  lvm_table_writer *t = begin_images (m->book, "03-zeros");
  canvas_end (&c, t);
  lvm_book_table_end (m->book);
}

/* The run in double beside one in logarithms: a block of figure 03-underflow.  */
static lvm_bmm *
run_beside (mnist *m, lvm_bmm *g, const log_run *l, lvm_table_writer *t,
            comparison *c)
{
  lvm_bmm_fast *w = lvm_bmm_fast_alloc (TEN, m->train, m->threads);
  double gap = 0, sum;
  for (int i = 0; i <= l->iterations; i++)
    {
      lvm_bmm_fast_e_step (w, g, NULL, NULL, &sum);
      gap = (l->log_likelihood[i] - sum) / (double) m->train->N;
      lvm_table_number (t, i);
      lvm_table_number (t, fabs (gap));
      if (i < l->iterations)
        lvm_bmm_fast_m_step (w, g, 0);
    }
  c->lower += gap > 1e-6;
  c->least = fmin (c->least, gap);
  c->most = fmax (c->most, gap);
  worked (m, TEN, l->iterations);
  lvm_bmm_fast_free (w);
  return g;
}

static void
write_comparison (lvm_book *b, const comparison *c, int iterations)
{
  lvm_book_value (b, "log-runs", LOG_RUNS, "%d");
  lvm_book_value (b, "log-iterations", iterations, "%d");
  lvm_book_value (b, "log-lower", c->lower, "%d");
  lvm_book_value (b, "log-least", c->least, "%.4f");
  lvm_book_value (b, "log-most", c->most, "%.3f");
  lvm_book_value (b, "log-back", c->back, "%d");
  lvm_book_value (b, "log-lowest", floor (log10 (-c->lowest)), "%d");
  lvm_book_value (b, "familiar", c->familiar, "%d");
  lvm_book_value (b, "artefacts", c->artefacts, "%d");
  lvm_book_value (b, "artefact-number", (double) c->artefact_number, "%d");
  lvm_book_value (b, "artefact-evidence", c->artefact_evidence, "%.0f");
  lvm_book_value (b, "sinking-number", (double) c->sinking_number, "%d");
  lvm_book_value (b, "sinking-evidence", c->sinking_number > 0 ? c->sinking : 0,
                  "%.0f");
}

/* Ten components from four starts, in double and in logarithms.  */
static void
logarithms (mnist *m)
{
  static const char *const names[] = { "iteration", "difference" };
  const int iterations = m->quick ? 15 : LOG_ITERATIONS;
  lists x = lists_of (m->train);
  log_run l[LOG_RUNS];
  pthread_t thread[LOG_RUNS];
  lvm_bmm *g[LOG_RUNS];
  comparison c = { .least = INFINITY, .most = -INFINITY, .sinking = -DBL_MAX };
  for (size_t i = 0; i < LOG_RUNS; i++)
    {
      g[i] = start_of (m, TEN, LOG_FIRST + i);
      log_run_begin (&l[i], &x, g[i], iterations);
      if (pthread_create (&thread[i], NULL, log_em, &l[i]) != 0)
        abort ();
    }
  for (size_t i = 0; i < LOG_RUNS; i++)
    {
      pthread_join (thread[i], NULL);
      worked (m, TEN, LOG_WORK * iterations);
    }
  lvm_table_writer *t = lvm_book_table_begin (m->book, "03-underflow", 2, names);
  for (size_t i = 0; i < LOG_RUNS; i++)
    {
      run_beside (m, g[i], &l[i], t, &c);
      compare_zeros (m, g[i], &l[i], &c);
      compare_images (m, g[i], &l[i], &c);
      if (i + 1 < LOG_RUNS)
        lvm_table_block (t);
    }
  lvm_book_table_end (m->book);
  write_comparison (m->book, &c, iterations);
  draw_zeros (m, g[LOG_RUNS - 1], &l[LOG_RUNS - 1]);
  for (size_t i = 0; i < LOG_RUNS; i++)
    {
      log_run_free (&l[i]);
      lvm_bmm_free (g[i]);
    }
  lists_free (&x);
}

/* --- products -------------------------------------------------------------------------------- */

/* Of the training images, those for which the product of all factors is zero in every
   component; and of all products, those that are zero.  In float and in double.  */
typedef struct
{
  double images[2], products[2];
} vanished;

static vanished
multiply_out (const mnist *m, const lvm_bmm *g)
{
  vanished v = { { 0, 0 }, { 0, 0 } };
  for (size_t n = 0; n < m->train->N; n++)
    {
      float most_float = 0;
      double most = 0;
      for (size_t k = 0; k < g->K; k++)
        {
          const double *mean = g->mean + k * PIXELS;
          float in_float = (float) g->weight[k];
          double in_double = g->weight[k];
          for (size_t d = 0; d < PIXELS && in_double > 0; d++)
            {
              const double factor =
                  lvm_bit (m->train, n, d) ? mean[d] : 1 - mean[d];
              in_float *= (float) factor;
              in_double *= factor;
            }
          in_float = in_double > 0 ? in_float : 0;
          v.products[0] += in_float == 0;
          v.products[1] += in_double == 0;
          most_float = fmaxf (most_float, in_float);
          most = fmax (most, in_double);
        }
      v.images[0] += most_float == 0;
      v.images[1] += most == 0;
    }
  return v;
}

/* The least likely of the training images, in powers of ten.  */
static double
least_likely (const mnist *m, const lvm_bmm *g)
{
  double *log_evidence = lvm_alloc (m->train->N, sizeof *log_evidence), least = 0;
  mean_log_likelihood (m, g, m->train, NULL, log_evidence);
  for (size_t n = 0; n < m->train->N; n++)
    least = fmin (least, log_evidence[n]);
  free (log_evidence);
  return least / log (10);
}

/* Table 03-products: at the start, and at the end.  */
static void
products (const mnist *m, const lvm_bmm *end)
{
  static const char *const names[] = { "precision", "parameters", "images lost",
                                       "products lost, %" };
  static const char *const precisions[] = { "float", "double" };
  static const char *const moments[] = { "at the start", "at the end" };
  lvm_bmm *start = start_of (m, TEN, TEN);
  const lvm_bmm *const at[2] = { start, end };
  lvm_table_writer *t = lvm_book_table_begin (m->book, "03-products", 4, names);
  vanished v[2];
  for (int i = 0; i < 2; i++)
    {
      v[i] = multiply_out (m, at[i]);
      for (int p = 0; p < 2; p++)
        {
          lvm_table_text (t, precisions[p]);
          lvm_table_text (t, moments[i]);
          lvm_table_number (t, v[i].images[p]);
          lvm_table_number (
              t,
              round (1000 * v[i].products[p] / (double) (m->train->N * TEN)) / 10);
        }
    }
  lvm_book_table_end (m->book);
  lvm_book_check (m->book, "in double every image keeps a component",
                  v[0].images[1] + v[1].images[1], 0, 0);
  lvm_book_value (m->book, "products-float",
                  100 * v[1].images[0] / (double) m->train->N, "%.0f");
  lvm_book_value (m->book, "products-double",
                  100 * v[1].products[1] / (double) (m->train->N * TEN), "%.0f");
  lvm_book_value (m->book, "least-at-start", least_likely (m, start), "%.0f");
  lvm_book_value (m->book, "least-at-end", least_likely (m, end), "%.0f");
  lvm_bmm_free (start);
}

/* --- pairs of pixels ------------------------------------------------------------------------- */

/* How often two pixels are on together, [PIXELS x PIXELS], in parts of all images.  */
static double *
together (const lvm_bits *x)
{
  const size_t words = (x->N + 63) / 64;
  uint64_t *column = lvm_alloc (PIXELS * words, sizeof *column);
  double *both = lvm_alloc (PIXELS * PIXELS, sizeof *both);
  memset (column, 0, PIXELS * words * sizeof *column);
  for (size_t n = 0; n < x->N; n++)
    for (size_t d = 0; d < PIXELS; d++)
      column[d * words + n / 64] |= (uint64_t) lvm_bit (x, n, d) << (n % 64);
  for (size_t d = 0; d < PIXELS; d++)
    for (size_t e = 0; e <= d; e++)
      {
        int count = 0;
        for (size_t i = 0; i < words; i++)
          count +=
              __builtin_popcountll (column[d * words + i] & column[e * words + i]);
        both[d * PIXELS + e] = both[e * PIXELS + d] = count / (double) x->N;
      }
  free (column);
  return both;
}

/* The covariances of different pixels: what part of their sum of squares the mixture has.
   On the way, after an M-step without prior: the means of its pixels are the sample's.  */
static double
explained (const mnist *m, const lvm_bmm *g, const double both[])
{
  double left = 0, all = 0, *centred = lvm_alloc (g->K * PIXELS, sizeof *centred);
  for (size_t d = 0; d < PIXELS; d++)
    {
      double mean = 0;
      for (size_t k = 0; k < g->K; k++)
        mean += g->weight[k] * g->mean[k * PIXELS + d];
      lvm_book_check (m->book, "pixel means after an M-step", mean,
                      both[d * (PIXELS + 1)], 1e-12);
      for (size_t k = 0; k < g->K; k++)
        centred[k * PIXELS + d] = g->mean[k * PIXELS + d] - mean;
    }
  for (size_t d = 0; d < PIXELS; d++)
    for (size_t e = 0; e < d; e++)
      {
        const double sample =
            both[d * PIXELS + e] - both[d * (PIXELS + 1)] * both[e * (PIXELS + 1)];
        double between = 0;
        for (size_t k = 0; k < g->K; k++)
          between +=
              g->weight[k] * centred[k * PIXELS + d] * centred[k * PIXELS + e];
        left += (sample - between) * (sample - between);
        all += sample * sample;
      }
  free (centred);
  return 1 - left / all;
}

static void
pairs (const mnist *m, const lvm_bmm *ten, const lvm_bmm *hundred)
{
  double *both = together (m->train);
  lvm_book_value (m->book, "pairs-10", 100 * explained (m, ten, both), "%.0f");
  lvm_book_value (m->book, "pairs-100", 100 * explained (m, hundred, both), "%.0f");
  free (both);
}

/* --- samples ----------------------------------------------------------------------------------- */

/* Figure 03-samples: ten test images, and ten draws from each of three mixtures.  */
static void
samples (const mnist *m, const fit fits[FITS])
{
  static const size_t shown[3] = { FIT_1, FIT_10, FIT_200 };
  canvas c = canvas_alloc (4);
  gsl_rng *rng = lvm_stream_alloc (SEED, 0);
  for (size_t i = 0; i < 10; i++)
    put_bits (&c, i, m->test, i);
  for (size_t row = 0; row < 3; row++)
    for (size_t i = 0; i < 10; i++)
      {
        uint8_t x[PIXELS];
        double image[PIXELS];
        lvm_bmm_draw (fits[shown[row]].g, rng, x);
        for (size_t d = 0; d < PIXELS; d++)
          image[d] = x[d];
        put_image (&c, 10 * (row + 1) + i, image);
      }
  lvm_table_writer *t = begin_images (m->book, "03-samples");
  canvas_end (&c, t);
  lvm_book_table_end (m->book);
  gsl_rng_free (rng);
}

/* ------------------------------------------------------------------------------------------------ */

static void
print_table (const fit fits[FITS])
{
  printf ("# components  iterations    train     test   (nats an image)\n");
  for (size_t i = 0; i < FITS; i++)
    printf ("%12zu %11d %9.3f %8.3f\n", sizes[i], fits[i].iterations, fits[i].train,
            fits[i].test);
}

/* In iterations of one component.  */
static double
planned (bool quick)
{
  const double most = quick ? 15 : MOST_ITERATIONS;
  double sum = 10 * TEN * most + LOG_RUNS * LOG_ITERATIONS * TEN * (1 + LOG_WORK)
               + (20 + 50 + 100) * most;
  for (size_t i = 0; i < FITS; i++)
    sum += (double) sizes[i] * most;
  return sum;
}

static void
all_of_mnist (mnist *m)
{
  fit fits[FITS], ten, hundred;
  lvm_progress_begin (&m->progress, "MNIST");
  m->work = planned (m->quick);
  describe (m);
  held_out (m, fits);
  prototypes (m, fits);
  confusion (m, fits[FIT_10].g);
  starts (m);
  one_image (m, fits[FIT_10].g);
  ten = zeros (m, &hundred);
  logarithms (m);
  products (m, ten.g);
  pairs (m, ten.g, hundred.g);
  samples (m, fits);
  lvm_progress_end (&m->progress);
  print_table (fits);
  for (size_t i = 0; i < FITS; i++)
    fit_free (&fits[i]);
  fit_free (&ten);
  fit_free (&hundred);
}

int
lvm_experiment (const char *dir, bool quick, lvm_error *error)
{
  mnist m = { .quick = quick, .threads = (int) sysconf (_SC_NPROCESSORS_ONLN) };
  gsl_set_error_handler_off ();
  if (read_mnist (&m, error) == LVM_OK)
    {
      m.book = lvm_book_open (dir, "03-bernoulli-mixture");
      three_pixels (m.book);
      all_of_mnist (&m);
      fprintf (stderr, "Seed %d. ", SEED);
      lvm_book_close (m.book, error);
    }
  lvm_bits_free (m.train);
  lvm_bits_free (m.test);
  free (m.train_label);
  free (m.test_label);
  free (m.never);
  return error->status;
}
