/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Chapter 6: some test images on a grid of latents, where everything is known: a ladder of
   bounds from the encoder's to the evidence, posteriors, the price of an angle and of a
   swirl, and the noise of the forms.  */

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/latent_map.h"
#include "num/error.h"
#include "num/streams.h"
#include "prob/importance.h"
#include "study.h"

enum
{
  DRAWS = 100,      /* of the encoder's q, for the checks by drawing */
  PANELS = 6,       /* posteriors shown                              */
  ANGLES = 13,      /* from 0 to 90 degrees                          */
  STREAM_LADDER = 3 /* of random numbers                             */
};

static const double twist = 1; /* of the swirl, as in space.c */

/* What the parts of this file share.  */
typedef struct
{
  study *s;
  exact e;
  size_t M;                    /* images */
  oval *encoder, *best, *full; /* [M] q of the encoder; the best with independent
                                  coordinates; the best Gaussian */
  double *best_bound, *full_bound; /* [M] */
} scene;

static double
standard_error (size_t n, const double x[])
{
  return gsl_stats_sd (x, 1, n) / sqrt ((double) n);
}

static void
quote (const scene *c, const char *name, const char *what, double value,
       const char *format)
{
  char text[60];
  snprintf (text, sizeof text, "%s-%s", name, what);
  lvm_book_value (c->s->book, text, value, format);
}

/* Where the posterior of image m is densest on the grid.  */
static void
peak (const exact *e, size_t m, double z[2])
{
  const size_t side = e->g.side, cells = side * side;
  double top = -INFINITY;
  for (size_t i = 0; i < cells; i++)
    {
      const double x = lvm_latent_at (&e->g, i / side),
                   y = lvm_latent_at (&e->g, i % side),
                   joint = (double) e->log_likelihood[m * cells + i]
                           - 0.5 * (x * x + y * y);
      if (joint > top)
        {
          top = joint;
          z[0] = x;
          z[1] = y;
        }
    }
}

/* The best q from two starts: q as it is, and at the posterior's peak.  */
static double
fit_twice (const exact *e, size_t m, oval *q, bool free_angle)
{
  oval other = *q;
  peak (e, m, other.mean);
  const double bound = oval_fit (e, m, q, free_angle),
               at_peak = oval_fit (e, m, &other, free_angle);
  *q = at_peak > bound ? other : *q;
  return fmax (bound, at_peak);
}

/* The part of the posterior within four deviations of q.  */
static double
covered (const exact *e, size_t m, const oval *q)
{
  const size_t side = e->g.side, cells = side * side;
  const double a = exp (-q->log_sd[0]), b = exp (-q->log_sd[1]), c = cos (q->angle),
               s = sin (q->angle), step = lvm_latent_step (&e->g);
  double sum = 0;
  for (size_t i = 0; i < cells; i++)
    {
      const double x = lvm_latent_at (&e->g, i / side),
                   y = lvm_latent_at (&e->g, i % side), dx = x - q->mean[0],
                   dy = y - q->mean[1], u = a * (c * dx + s * dy),
                   w = b * (c * dy - s * dx);
      if (u * u + w * w < 16)
        sum += exp ((double) e->log_likelihood[m * cells + i]
                    - 0.5 * (x * x + y * y) - log (2 * M_PI) - e->evidence[m]);
    }
  return sum * step * step;
}

/* The first M images of x, and the encoder's q of them.  */
static scene
scene_alloc (study *s, const lvm_bits *x, const codes *told, size_t M,
             const lvm_latent_grid *g)
{
  scene c = { s,
              exact_alloc (s, x, M, g, 0),
              M,
              lvm_alloc (M, sizeof (oval)),
              lvm_alloc (M, sizeof (oval)),
              lvm_alloc (M, sizeof (oval)),
              lvm_alloc (M, sizeof (double)),
              lvm_alloc (M, sizeof (double)) };
  for (size_t m = 0; m < M; m++)
    {
      const double *mean = told->mean + 2 * m, *l = told->log_variance + 2 * m;
      c.encoder[m] = (oval){ { mean[0], mean[1] }, 0, { l[0] / 2, l[1] / 2 } };
      c.best[m] = c.encoder[m];
      c.best_bound[m] = fit_twice (&c.e, m, &c.best[m], false);
      c.full[m] = c.best[m];
      c.full_bound[m] = fit_twice (&c.e, m, &c.full[m], true);
    }
  return c;
}

static void
scene_free (scene *c)
{
  exact_free (&c->e);
  free (c->encoder);
  free (c->best);
  free (c->full);
  free (c->best_bound);
  free (c->full_bound);
}

/* --- the ladder ------------------------------------------------------------------------ */

/* One rung: its bounds' mean, and by how much they stay below the evidence.  */
static void
rung (const scene *c, lvm_table_writer *t, const char *text, const char *name,
      const double bound[])
{
  double *gap = lvm_alloc (c->M, sizeof *gap);
  for (size_t m = 0; m < c->M; m++)
    gap[m] = c->e.evidence[m] - bound[m];
  const double mean = gsl_stats_mean (bound, 1, c->M),
               below = gsl_stats_mean (gap, 1, c->M),
               error = standard_error (c->M, gap);
  lvm_table_text (t, text);
  row_of_numbers (t, 3,
                  (double[]){ round (1e3 * mean) / 1e3, round (1e4 * below) / 1e4,
                              round (1e4 * error) / 1e4 });
  quote (c, name, "bound", mean, "%.2f");
  quote (c, name, "gap", below, below < 0.1 ? "%.3f" : "%.2f");
  quote (c, name, "gap-error", error, below < 0.1 ? "%.3f" : "%.2f");
  printf ("%-28s %10.3f %9.4f %8.4f\n", text, mean, below, error);
  free (gap);
}

/* The estimate of an image by drawing against its expectation.  */
static void
check_draws (const scene *c, const double first[], const double importance[])
{
  lvm_vae_work *w = lvm_vae_work_alloc (c->s->vae->shape, DRAWS);
  gsl_rng *rng = lvm_stream_alloc (SEED, STREAM_LADDER);
  float eps[2 * DRAWS];
  double log_w[DRAWS], *third = lvm_alloc (2 * c->M, sizeof *third),
                       *iw = third + c->M;
  for (size_t m = 0; m < c->M; m++)
    {
      lvm_vae_noise (rng, 2 * DRAWS, eps);
      lvm_vae_log_weights (c->s->vae, c->s->test, m, DRAWS, eps, w, log_w);
      third[m] = gsl_stats_mean (log_w, 1, DRAWS) - first[m];
      iw[m] = lvm_importance_bound (DRAWS, log_w) - importance[m];
    }
  lvm_book_check (c->s->book, "the encoder's bound by drawing",
                  gsl_stats_mean (third, 1, c->M), 0,
                  5 * standard_error (c->M, third));
  lvm_book_check (c->s->book, "the importance-weighted bound by drawing",
                  gsl_stats_mean (iw, 1, c->M), 0, 5 * standard_error (c->M, iw));
  free (third);
  gsl_rng_free (rng);
  lvm_vae_work_free (w);
}

/* Each rung is above the one before it, for every image.  */
static void
check_order (const scene *c, const double lower[], const double upper[])
{
  double fall = 0;
  for (size_t m = 0; m < c->M; m++)
    fall = fmin (fall, upper[m] - lower[m]);
  lvm_book_check (c->s->book, "a ladder of bounds", fall, 0, 2e-3);
}

/* What the encoder's q lacks of the best one of its sort is mostly little and seldom much.  */
static void
skewed (const scene *c, const double bound[])
{
  double *gap = lvm_alloc (c->M, sizeof *gap), all = 0, top = 0;
  for (size_t m = 0; m < c->M; m++)
    {
      gap[m] = c->best_bound[m] - bound[m];
      all += gap[m];
    }
  gsl_sort (gap, 1, c->M);
  for (size_t m = c->M - c->M / 10; m < c->M; m++)
    top += gap[m];
  quote (c, "amortised", "mean", all / (double) c->M, "%.1f");
  quote (c, "amortised", "median", gsl_stats_median_from_sorted_data (gap, 1, c->M),
         "%.2f");
  quote (c, "amortised", "tenth", 100 * top / all, "%.0f");
  free (gap);
}

/* Table 06-ladder.  */
static void
ladder (const scene *c)
{
  static const char *const names[] = { "bound", "nats an image",
                                       "below the evidence", "standard error" };
  static const size_t draws[] = { 10, 100, 1000 };
  static const char *const text[] = { "10 draws of the encoder", "100 draws",
                                      "1000 draws" },
                           *const name[] = { "ladder-iw-10", "ladder-iw-100",
                                             "ladder-iw-1000" };
  double *bound = lvm_alloc (4 * c->M, sizeof *bound);
  for (size_t m = 0; m < c->M; m++)
    {
      bound[m] = oval_bound (&c->e, m, &c->encoder[m]);
      for (size_t i = 0; i < 3; i++)
        bound[(i + 1) * c->M + m] =
            oval_importance (&c->e, m, &c->encoder[m], draws[i]);
    }
  printf ("# bound                       nats an image  below  +-\n");
  lvm_table_writer *t = lvm_book_table_begin (c->s->book, "06-ladder", 4, names);
  rung (c, t, "the encoder's q", "ladder-encoder", bound);
  rung (c, t, "best q, independent", "ladder-best", c->best_bound);
  rung (c, t, "best Gaussian q", "ladder-full", c->full_bound);
  for (size_t i = 0; i < 3; i++)
    rung (c, t, text[i], name[i], bound + (i + 1) * c->M);
  rung (c, t, "the evidence, by the grid", "ladder-exact", c->e.evidence);
  lvm_book_table_end (c->s->book);
  check_order (c, bound, c->best_bound);
  check_order (c, c->best_bound, c->full_bound);
  check_order (c, c->full_bound, c->e.evidence);
  check_order (c, bound, bound + c->M);
  check_order (c, bound + 3 * c->M, c->e.evidence);
  check_draws (c, bound, bound + 2 * c->M);
  skewed (c, bound);
  double elsewhere = 0;
  for (size_t m = 0; m < c->M; m++)
    elsewhere += covered (&c->e, m, &c->full[m]) < 0.95;
  quote (c, "ladder", "elsewhere", elsewhere, "%d");
  quote (c, "ladder", "images", (double) c->M, "%d");
  quote (c, "ladder", "error", standard_error (c->M, c->e.evidence), "%.1f");
  free (bound);
}

/* The same gaps for images that the encoder was trained on.  */
static void
familiar (study *s, size_t M, const lvm_latent_grid *g)
{
  scene c = scene_alloc (s, s->train, &s->of_train, M, g);
  double amortised = 0, kind = 0;
  for (size_t m = 0; m < M; m++)
    {
      amortised += c.best_bound[m] - oval_bound (&c.e, m, &c.encoder[m]);
      kind += c.e.evidence[m] - c.best_bound[m];
    }
  quote (&c, "familiar", "amortised", amortised / (double) M, "%.1f");
  quote (&c, "familiar", "kind", kind / (double) M, "%.2f");
  quote (&c, "familiar", "evidence", gsl_stats_mean (c.e.evidence, 1, M), "%.1f");
  quote (&c, "familiar", "images", (double) M, "%d");
  scene_free (&c);
}

/* The evidence by a grid with every second point only: how exact it is.  */
static void
coarser (const scene *c)
{
  const size_t side = c->e.g.side / 2, cells = side * side;
  const lvm_latent_grid half = { side, c->e.g.reach };
  double worst = 0, *l = lvm_alloc (cells, sizeof *l);
  for (size_t m = 0; m < c->M; m++)
    {
      /* Half the points, shifted by half a step of the fine grid: any lattice will do.  */
      for (size_t i = 0; i < side; i++)
        for (size_t j = 0; j < side; j++)
          {
            const double shift = lvm_latent_step (&c->e.g) / 2,
                         x = lvm_latent_at (&half, i), y = lvm_latent_at (&half, j);
            /* The prior belongs to the shifted point.  */
            l[i * side + j] =
                (double) c->e.log_likelihood[m * c->e.g.side * c->e.g.side
                                             + 2 * i * c->e.g.side + 2 * j]
                + shift * (x + y) - shift * shift;
          }
      worst = fmax (worst,
                    fabs (lvm_latent_evidence (&half, l, NULL) - c->e.evidence[m]));
    }
  lvm_book_check (c->s->book, "the evidence by a coarser grid", worst, 0, 0.05);
  quote (c, "exact", "coarser", worst, "%.4f");
  free (l);
}

/* --- posteriors -------------------------------------------------------------------------- */

/* A window of the grid around the encoder's mean: the posterior, as a part of its highest
   value there.  */
static void
draw_posterior (const scene *c, size_t m, lvm_table_writer *t)
{
  const lvm_latent_grid *g = &c->e.g;
  const float *l = c->e.log_likelihood + m * g->side * g->side;
  const oval *q = &c->encoder[m], *b = &c->full[m];
  const double step = lvm_latent_step (g);
  double reach = 0, top = -INFINITY;
  size_t from[2], to[2];
  for (int d = 0; d < 2; d++)
    reach = fmax (
        reach,
        fabs (b->mean[d] - q->mean[d])
            + 3 * exp (fmax (q->log_sd[d], fmax (b->log_sd[0], b->log_sd[1]))));
  for (int d = 0; d < 2; d++)
    {
      const double at = (q->mean[d] + g->reach) / step - 0.5,
                   n = (double) g->side - 1;
      from[d] = (size_t) fmax (0, floor (at - reach / step));
      to[d] = (size_t) fmin (n, ceil (at + reach / step)) + 1;
    }
  for (int pass = 0; pass < 2; pass++)
    for (size_t i = from[0]; i < to[0]; i++)
      {
        for (size_t j = from[1]; j < to[1]; j++)
          {
            const double x = lvm_latent_at (g, i), y = lvm_latent_at (g, j),
                         joint =
                             (double) l[i * g->side + j] - 0.5 * (x * x + y * y);
            if (pass == 0)
              top = fmax (top, joint);
            else
              row_of_numbers (
                  t, 3, (double[]){ x, y, round (1e5 * exp (joint - top)) / 1e5 });
          }
        if (pass == 1 && i + 1 < to[0])
          lvm_table_scan (t);
      }
}

static void
draw_oval (const oval *q, double radius, lvm_table_writer *t)
{
  for (int i = 0; i <= 60; i++)
    {
      const double at = 2 * M_PI * i / 60,
                   u = radius * exp (q->log_sd[0]) * cos (at),
                   v = radius * exp (q->log_sd[1]) * sin (at), a = cos (q->angle),
                   b = sin (q->angle);
      row_of_numbers (t, 3,
                      (double[]){ q->mean[0] + a * u - b * v,
                                  q->mean[1] + b * u + a * v, radius });
    }
}

/* Figure 06-posteriors: for six images, from the one that the encoder serves best to the
   one it serves worst, the posterior, the encoder's q and the best independent one.  */
static void
posteriors (const scene *c)
{
  static const char *const names[] = { "z_1", "z_2", "density" };
  size_t *order = lvm_alloc (c->M, sizeof *order);
  double *gap = lvm_alloc (c->M, sizeof *gap);
  for (size_t m = 0; m < c->M; m++)
    gap[m] = c->e.evidence[m] - oval_bound (&c->e, m, &c->encoder[m]);
  gsl_sort_index (order, gap, 1, c->M);
  lvm_table_writer *t =
      lvm_book_table_begin (c->s->book, "06-posteriors", 3, names);
  for (size_t i = 0; i < PANELS; i++)
    {
      char name[40];
      const size_t m = order[(c->M - 1) * (2 * i + 1) / (2 * PANELS)];
      draw_posterior (c, m, t);
      lvm_table_block (t);
      draw_oval (&c->encoder[m], 1, t);
      lvm_table_scan (t);
      draw_oval (&c->encoder[m], 2, t);
      if (i + 1 < PANELS)
        lvm_table_block (t);
      snprintf (name, sizeof name, "posterior-%zu", i + 1);
      quote (c, name, "digit", c->s->test_label[m], "%d");
      quote (c, name, "gap", gap[m], "%.2f");
    }
  lvm_book_table_end (c->s->book);
  quote (c, "posterior", "worst", gap[order[c->M - 1]], "%.1f");
  free (gap);
  free (order);
}

/* --- the price of an angle ------------------------------------------------------------------ */

/* Figure 06-rotation: how far below the best Gaussian q of any direction the best one with
   independent coordinates stays, when the latent space is turned; and what Gaussian
   posteriors would make of it.  */
static void
rotation (const scene *c, size_t M)
{
  static const char *const names[] = { "angle", "gap", "error", "full",
                                       "predicted" };
  lvm_table_writer *t = lvm_book_table_begin (c->s->book, "06-rotation", 5, names);
  double *gap = lvm_alloc (2 * M, sizeof *gap), *first = gap + M;
  oval *q = lvm_alloc (M, sizeof *q);
  memcpy (q, c->best, M * sizeof *q);
  for (int i = 0; i < ANGLES; i++)
    {
      const double angle = M_PI / 2 * i / (ANGLES - 1);
      double predicted = 0;
      for (size_t m = 0; m < M; m++)
        {
          const oval *f = &c->full[m];
          q[m].angle = angle;
          gap[m] =
              c->full_bound[m]
              - (i == 0 ? c->best_bound[m] : oval_fit (&c->e, m, &q[m], false));
          predicted += lvm_turn_price (exp (-2 * f->log_sd[0]),
                                       exp (-2 * f->log_sd[1]), f->angle - angle)
                       / (double) M;
          first[m] = i == 0 ? gap[m] : first[m];
        }
      row_of_numbers (t, 5,
                      (double[]){ 90. * i / (ANGLES - 1),
                                  gsl_stats_mean (gap, 1, M),
                                  standard_error (M, gap), 0, predicted });
      for (size_t m = 0; m < M; m++)
        gap[m] -= first[m];
      if (i == (ANGLES - 1) / 2)
        {
          quote (c, "turn", "half", gsl_stats_mean (gap, 1, M), "%.2f");
          quote (c, "turn", "half-error", standard_error (M, gap), "%.2f");
        }
      if (i == ANGLES - 1)
        {
          quote (c, "turn", "right", fabs (gsl_stats_mean (gap, 1, M)), "%.4f");
          lvm_book_check (c->s->book, "a right angle costs nothing",
                          gsl_stats_mean (gap, 1, M), 0, 5e-3);
        }
    }
  lvm_book_table_end (c->s->book);
  quote (c, "turn", "images", (double) M, "%d");
  free (q);
  free (gap);
}

/* The decoder that swirls back first: the same evidence, and a lower bound.  */
static void
swirled (const scene *c, size_t M)
{
  exact e = exact_alloc (c->s, c->s->test, M, &c->e.g, twist);
  double *lost = lvm_alloc (M, sizeof *lost), worst = 0;
  for (size_t m = 0; m < M; m++)
    {
      oval q = c->best[m];
      lvm_swirl (twist, q.mean, q.mean);
      lost[m] = c->best_bound[m] - oval_fit (&e, m, &q, false);
      worst = fmax (worst, fabs (e.evidence[m] - c->e.evidence[m]));
    }
  lvm_book_check (c->s->book, "a swirl leaves the evidence", worst, 0, 0.05);
  quote (c, "swirl", "evidence", worst, "%.4f");
  quote (c, "swirl", "lost", gsl_stats_mean (lost, 1, M), "%.2f");
  quote (c, "swirl", "lost-error", standard_error (M, lost), "%.2f");
  quote (c, "swirl", "images", (double) M, "%d");
  free (lost);
  exact_free (&e);
}

/* --- the noise of the forms --------------------------------------------------------------------- */

/* Figure 06-variances: for each image, the variance of one draw of the first and of the
   third form under the encoder's q.  */
static void
variances (const scene *c)
{
  static const char *const names[] = { "first", "second", "third" };
  double *v[LVM_FORMS], third_wins = 0, second_wins = 0;
  lvm_table_writer *t = lvm_book_table_begin (c->s->book, "06-variances", 3, names);
  for (int f = 0; f < LVM_FORMS; f++)
    v[f] = lvm_alloc (c->M, sizeof *v[f]);
  for (size_t m = 0; m < c->M; m++)
    {
      lvm_elbo_moments moments;
      oval_moments (&c->e, m, &c->encoder[m], &moments, NULL);
      for (int f = 0; f < LVM_FORMS; f++)
        v[f][m] = lvm_elbo_variance (&moments, (lvm_elbo_form) f);
      row_of_numbers (t, 3, (double[]){ v[0][m], v[1][m], v[2][m] });
      third_wins += v[2][m] < v[0][m];
      second_wins += v[1][m] < fmin (v[0][m], v[2][m]);
    }
  lvm_book_table_end (c->s->book);
  quote (c, "noise", "third-wins", 100 * third_wins / (double) c->M, "%.0f");
  quote (c, "noise", "second-wins", 100 * second_wins / (double) c->M, "%.0f");
  static const char *const name[] = { "first", "second", "third" };
  for (int f = 0; f < LVM_FORMS; f++)
    {
      gsl_sort (v[f], 1, c->M);
      quote (c, "noise", name[f], gsl_stats_median_from_sorted_data (v[f], 1, c->M),
             "%.2f");
      free (v[f]);
    }
}

void
study_bounds (study *s)
{
  const lvm_latent_grid g = { s->quick ? 120 : 466, 7 };
  const size_t M = s->quick ? 12 : 200, some = M / 2;
  scene c = scene_alloc (s, s->test, &s->of_test, M, &g);
  ladder (&c);
  coarser (&c);
  posteriors (&c);
  rotation (&c, some);
  swirled (&c, some);
  variances (&c);
  scene_free (&c);
  familiar (s, some, &g);
}
