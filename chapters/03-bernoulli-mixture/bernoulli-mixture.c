/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The mixture of Bernoullis: binary vectors, such as black and white images, of which
   no label says which of K prototypes made them,

     p (x) = sum_k weight_k prod_d mean_kd^x_d (1 - mean_kd)^(1 - x_d).

   EM finds weights and means by turns, as for the mixture of Gaussians of chapter 2.
   Within a component the pixels are independent; what ties them together is the
   component.

   fit      finds a mixture: the loop is the function `em' below
   predict  writes the responsibilities of a mixture for each point
   score    writes the log-likelihood of points, AIC and BIC
   sample   draws points

   Without a command the program runs the experiment of chapter 3
   (experiment.c).  */

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/book.h"
#include "cli/command.h"
#include "cli/mixture.h"
#include "cli/restarts.h"
#include "data/binary.h"
#include "data/idx.h"
#include "model/bmm.h"
#include "model/bmm_fast.h"
#include "model/bmm_file.h"
#include "model/bmm_init.h"
#include "num/streams.h"

/* --- points -------------------------------------------------------------- */

/* Given  threshold: what is greater is 1; negative: all has to be 0 or 1.  */
static int
read_points (const lvm_mixture_options *o, double threshold, lvm_binary *points,
             lvm_error *error)
{
  lvm_binary_read (points, o->data, o->label, threshold, error);
  return lvm_mixture_hint_at_labels (error);
}

/* Whether the points are such as a mixture from a file is of.  */
static int
check_shape (const lvm_mixture_options *o, const lvm_binary *p, const char *model,
             size_t D, lvm_shape shape, lvm_error *error)
{
  const size_t height = p->shape.height, width = p->shape.width;
  const bool known = height > 0 && shape.height > 0;
  if (known && (height != shape.height || width != shape.width))
    return lvm_fail (error, LVM_DATA,
                     "%.150s has images of %zu x %zu, but the mixture of %.150s is "
                     "of %zu x %zu",
                     o->file, height, width, model, shape.height, shape.width);
  return lvm_mixture_check_dimensions (o, p->x->D, model, D, error);
}

/* --- fit: before the loop ------------------------------------------------ */

typedef struct
{
  const lvm_mixture_options *o;
  lvm_binary points;
  size_t N, K, D;
  lvm_bmm *start; /* from a file, or NULL */
  lvm_bmm *g, *best;
  lvm_bmm_fast *w;
  gsl_rng *rng;
  lvm_restarts restarts;
} fit;

/* The start from a file, and whether it goes with the command line and the points.  */
static int
read_start (fit *f, lvm_error *error)
{
  const lvm_mixture_options *o = f->o;
  lvm_shape shape;
  if (lvm_bmm_read (&f->start, &shape, NULL, o->initialise, error) != LVM_OK
      || lvm_mixture_check_start (o, f->start->K, error) != LVM_OK)
    return error->status;
  f->K = f->start->K;
  return check_shape (o, &f->points, o->initialise, f->start->D, shape, error);
}

/* Reads and checks all there is to read.  */
static int
prepare (fit *f, double threshold, lvm_error *error)
{
  const lvm_mixture_options *o = f->o;
  if (read_points (o, threshold, &f->points, error) != LVM_OK)
    return error->status;
  f->N = f->points.x->N;
  f->D = f->points.x->D;
  f->K = o->components > 0 ? o->components : LVM_MIXTURE_DEFAULT_K;
  if (o->how < 0 && read_start (f, error) != LVM_OK)
    return error->status;
  return lvm_mixture_check_distinct (o, f->N, lvm_bits_distinct (f->points.x, f->K),
                                     f->K, error);
}

static void
begin_fit (fit *f)
{
  f->g = lvm_bmm_alloc (f->K, f->D);
  f->best = lvm_bmm_alloc (f->K, f->D);
  f->w = lvm_bmm_fast_alloc (f->K, f->points.x, (int) f->o->threads);
  f->rng = lvm_stream_alloc (f->o->seed, 0);
}

/* --- fit: the loop ------------------------------------------------------- */

static void
initialise (fit *f)
{
  const lvm_mixture_options *o = f->o;
  lvm_stream_set (f->rng, o->seed, f->restarts.begun - 1);
  if (f->start != NULL)
    lvm_bmm_copy (f->g, f->start);
  else
    lvm_bmm_start (f->g, f->points.x, (lvm_bmm_how) o->how, f->rng, o->regularise,
                   (int) o->threads);
}

/* EM from one start: init, iterate, test.  An iteration is the M-step below and the
   E-step after it, so that the likelihood is always that of the last parameters.
   The log prior of a start may be -inf, where a mean is 0 or 1; the M-step mends
   that.  A log-likelihood of -inf it cannot mend.
   Status: whether it ended well, with no degenerate component.  */
static bool
em (fit *f)
{
  lvm_mixture_record *now = &f->restarts.now;
  initialise (f);
  for (size_t t = 0;; t++)
    {
      if (lvm_bmm_degenerate (f->g, f->N) < f->K)
        return false;
      lvm_bmm_fast_e_step (f->w, f->g, NULL, NULL, &now->log_likelihood);
      if (!isfinite (now->log_likelihood))
        return false;
      now->objective =
          now->log_likelihood + lvm_bmm_log_prior (f->g, f->o->regularise);
      if (lvm_restarts_test (&f->restarts, t))
        return true;
      lvm_bmm_fast_m_step (f->w, f->g, f->o->regularise);
    }
}

/* The best of all restarts that end well, by the objective.  */
static int
fit_best (fit *f, lvm_error *error)
{
  while (lvm_restarts_next (&f->restarts))
    if (lvm_restarts_better (&f->restarts, em (f)))
      lvm_bmm_copy (f->best, f->g);
  return lvm_restarts_check (
      &f->restarts,
      f->start == NULL ? "a component lost all its points; try fewer --components"
                       : "a component of the start has no points, or a point is "
                         "impossible under all of them",
      error);
}

/* --- fit: after the loop ------------------------------------------------- */

/* One more E-step, for the responsibilities under the best parameters.  */
static void
put_responsibilities (fit *f, lvm_error *error)
{
  double *r = lvm_alloc (f->N * f->K, sizeof *r);
  double *log_evidence = lvm_alloc (f->N, sizeof *log_evidence), sum;
  lvm_bmm_fast_e_step (f->w, f->best, r, log_evidence, &sum);
  lvm_write_responsibilities (f->restarts.responsibilities,
                              (lvm_format) f->o->format, f->N, f->K, NULL, r,
                              log_evidence, error);
  free (r);
  free (log_evidence);
}

/* The means of images are no table for the eye.  */
static int
write_outputs (fit *f, lvm_error *error)
{
  lvm_restarts *r = &f->restarts;
  const lvm_shape shape = f->points.shape;
  if (r->responsibilities != NULL)
    put_responsibilities (f, error);
  if (r->model != NULL && error->status == LVM_OK)
    lvm_bmm_write (r->model, f->best, shape, &r->best, error);
  if (lvm_restarts_commit (r, error) != LVM_OK)
    return error->status;
  return lvm_mixture_write_components (f->o, f->K, shape.height > 0 ? 0 : f->D,
                                       f->points.table.names, f->best->weight,
                                       f->best->mean, error);
}

static void
end_fit (fit *f)
{
  lvm_restarts_discard (&f->restarts);
  lvm_bmm_fast_free (f->w);
  lvm_binary_free (&f->points);
  lvm_bmm_free (f->start);
  lvm_bmm_free (f->g);
  lvm_bmm_free (f->best);
  gsl_rng_free (f->rng);
}

/* A fit that did not converge is written all the same, and is a failure.  */
static int
fit_points (const lvm_mixture_options *o, double threshold, lvm_error *error)
{
  fit f = { .o = o };
  if (prepare (&f, threshold, error) == LVM_OK
      && lvm_restarts_open (&f.restarts, o, f.N, error) == LVM_OK)
    {
      begin_fit (&f);
      if (fit_best (&f, error) == LVM_OK && write_outputs (&f, error) == LVM_OK)
        lvm_restarts_say (&f.restarts, error);
    }
  end_fit (&f);
  return error->status;
}

/* --- predict, score ------------------------------------------------------ */

/* A mixture, points of its dimension, and what the one says of the other.  */
typedef struct
{
  lvm_bmm *g;
  lvm_binary points;
  double *r;            /* [N x K], or NULL: not wanted */
  double *log_evidence; /* [N] */
  double log_likelihood;
} judged;

static int
read_both (const lvm_mixture_options *o, double threshold, judged *j,
           lvm_error *error)
{
  lvm_shape shape;
  if (lvm_bmm_read (&j->g, &shape, NULL, o->model, error) != LVM_OK
      || read_points (o, threshold, &j->points, error) != LVM_OK)
    return error->status;
  return check_shape (o, &j->points, o->model, j->g->D, shape, error);
}

/* One E-step.  */
static int
judge (const lvm_mixture_options *o, double threshold, judged *j, lvm_error *error)
{
  if (read_both (o, threshold, j, error) != LVM_OK)
    return error->status;
  const size_t N = j->points.x->N, K = j->g->K;
  lvm_bmm_fast *w = lvm_bmm_fast_alloc (K, j->points.x, (int) o->threads);
  if (o->command == LVM_PREDICT)
    j->r = lvm_alloc (N * K, sizeof (double));
  j->log_evidence = lvm_alloc (N, sizeof (double));
  lvm_bmm_fast_e_step (w, j->g, j->r, j->log_evidence, &j->log_likelihood);
  lvm_bmm_fast_free (w);
  return LVM_OK;
}

/* A point is impossible where one bit of it contradicts a mean of 0 or 1 in every
   component.  That is an answer, and no failure.  */
static void
say_impossible (const lvm_mixture_options *o, const judged *j)
{
  const size_t N = j->points.x->N;
  size_t impossible = 0;
  for (size_t n = 0; n < N; n++)
    impossible += j->log_evidence[n] == -INFINITY;
  if (impossible > 0)
    fprintf (stderr,
             "%s: note: %zu of %zu points are impossible under the mixture\n",
             o->program, impossible, N);
}

static void
predict_or_score (const lvm_mixture_options *o, double threshold, lvm_error *error)
{
  judged j = { 0 };
  if (judge (o, threshold, &j, error) == LVM_OK)
    {
      if (o->command == LVM_PREDICT)
        lvm_mixture_write_prediction (o, j.points.x->N, j.g->K, j.r, j.log_evidence,
                                      error);
      else
        lvm_mixture_write_score (o, j.points.x->N, j.log_likelihood,
                                 lvm_bmm_parameters (j.g->K, j.g->D), error);
      if (error->status == LVM_OK)
        say_impossible (o, &j);
    }
  lvm_bmm_free (j.g);
  lvm_binary_free (&j.points);
  free (j.r);
  free (j.log_evidence);
}

/* --- sample -------------------------------------------------------------- */

static void
write_table (const lvm_bmm *g, const lvm_mixture_options *o, lvm_output *output,
             lvm_error *error)
{
  uint8_t *x = lvm_alloc (g->D, sizeof *x);
  gsl_rng *rng = lvm_stream_alloc (o->seed, LVM_SAMPLE_STREAM);
  lvm_table_writer writer;
  lvm_progress progress;
  lvm_mixture_begin_sample (o, g->D, output, &writer);
  lvm_progress_begin (&progress, "sample");
  for (size_t n = 0; n < o->count; n++)
    {
      const size_t k = lvm_bmm_draw (g, rng, x);
      for (size_t d = 0; d < g->D; d++)
        lvm_table_number (&writer, x[d]);
      if (o->with_component)
        lvm_table_number (&writer, (double) (k + 1));
      lvm_progress_update (&progress, (double) n / (double) o->count);
    }
  lvm_progress_end (&progress);
  lvm_table_end (&writer, error);
  gsl_rng_free (rng);
  free (x);
}

/* The same draws as images.  */
static void
write_images (const lvm_bmm *g, lvm_shape shape, const lvm_mixture_options *o,
              lvm_output *output)
{
  uint8_t *x = lvm_alloc (g->D, sizeof *x);
  gsl_rng *rng = lvm_stream_alloc (o->seed, LVM_SAMPLE_STREAM);
  lvm_bits *images = lvm_bits_alloc (o->count, g->D);
  for (size_t n = 0; n < o->count; n++)
    {
      lvm_bmm_draw (g, rng, x);
      for (size_t d = 0; d < g->D; d++)
        if (x[d] != 0)
          lvm_bit_set (images, n, d);
    }
  lvm_idx_write_images (output, images, shape.height, shape.width);
  lvm_bits_free (images);
  gsl_rng_free (rng);
  free (x);
}

/* Whether draws can be written as asked for.  */
static int
check_sample (const lvm_mixture_options *o, bool idx, lvm_shape shape,
              lvm_error *error)
{
  if (idx && o->with_component)
    return lvm_fail (error, LVM_USAGE,
                     "option '--with-component' adds a column, and goes without "
                     "'--idx'");
  if (idx && o->count > UINT32_MAX)
    return lvm_fail (error, LVM_USAGE,
                     "an IDX file holds 4294967295 images at most");
  if (idx && shape.height == 0)
    return lvm_fail (error, LVM_DATA,
                     "%.200s has no 'shape', as mixtures fitted to images have: "
                     "'--idx' writes images",
                     o->model);
  return LVM_OK;
}

static void
sample (const lvm_mixture_options *o, bool idx, lvm_error *error)
{
  lvm_bmm *g;
  lvm_shape shape;
  lvm_output *output = NULL;
  if (lvm_bmm_read (&g, &shape, NULL, o->model, error) == LVM_OK
      && check_sample (o, idx, shape, error) == LVM_OK)
    output = lvm_output_open (o->output, error);
  if (output != NULL && idx)
    write_images (g, shape, o, output);
  else if (output != NULL)
    write_table (g, o, output, error);
  if (lvm_output_end (output, error) == LVM_OK)
    lvm_mixture_say_sample (o);
  lvm_bmm_free (g);
}

/* --- the command line ---------------------------------------------------- */

static const char fit_purpose[] =
    "Fit a mixture of Bernoullis to binary points by EM. DATA is a table (CSV, "
    "TSV) of 0 and 1 with one point a row, or holds images (IDX), gzipped or not; "
    "'-' is standard input. Prints component, weight and, for a table, means, "
    "unless an output is '-', standard output.";

static const char fit_notes[] =
    "The prior of --regularise is one of every mean, as of R points half of which\n"
    "are on: no mean is 0 or 1 then. Without it a mean is 0 where no point of a\n"
    "component is on, and a point that is on there is impossible.\n"
    "\n"
    "A restart is degenerate, and counts for nothing, when a component loses all\n"
    "its points (has less than 1e-8 of one).\n"
    "\n" LVM_FIT_EXIT_NOTES;

static const char predict_notes[] = LVM_PREDICT_NOTES
    "\n"
    "A point is impossible where in every component it contradicts a mean of 0 or\n"
    "1. Its log_evidence is -inf, its responsibilities are nan, its argmax is 0.\n"
    "That is an answer, and no failure; stderr says how many such points there\n"
    "are.\n"
    "\n" LVM_EXIT_NOTES;

static const char score_notes[] = LVM_SCORE_NOTES
    "\n"
    "The log-likelihood is -inf where some point is impossible: where in every\n"
    "component it contradicts a mean of 0 or 1. That is an answer, and no\n"
    "failure; stderr says how many such points there are.\n"
    "\n" LVM_EXIT_NOTES;

int
main (int argc, char *argv[])
{
  lvm_mixture_options o;
  double threshold = -1;
  bool idx = false;
  const lvm_option of_data[] = { lvm_option_threshold (&threshold),
                                 { .name = NULL } };
  const lvm_option of_sample[] = {
    { .name = "idx",
      .flag = &idx,
      .help =
          "write IDX images instead of a table, gzipped if FILE ends in .gz; the "
          "mixture has to be one of images" },
    { .name = NULL }
  };
  const lvm_program programs[LVM_MIXTURE_COMMANDS] = {
    [LVM_FIT] = { .name = "bernoulli-mixture fit",
                  .purpose = fit_purpose,
                  .notes = fit_notes,
                  .options = of_data },
    [LVM_PREDICT] = { .name = "bernoulli-mixture predict",
                      .purpose = "Write the responsibilities of a mixture's "
                                 "components for each point of DATA, a table or "
                                 "images as for `fit'; '-' is standard input.",
                      .notes = predict_notes,
                      .options = of_data },
    [LVM_SCORE] = { .name = "bernoulli-mixture score",
                    .purpose = "Write how well a mixture explains the points of "
                               "DATA, a table or images as for `fit'; '-' is "
                               "standard input.",
                    .notes = score_notes,
                    .options = of_data },
    [LVM_SAMPLE] = { .name = "bernoulli-mixture sample",
                     .purpose = "Draw points from a mixture, one a row of 0 and 1.",
                     .notes = LVM_EXIT_NOTES,
                     .options = of_sample },
    [LVM_EXPERIMENT] = { .name = "bernoulli-mixture",
                         .purpose =
                             "Fit mixtures of Bernoullis to binary points by "
                             "EM, and use them. Without a command, run the "
                             "experiment of chapter 3.",
                         .notes = LVM_COMMAND_NOTES ("bernoulli-mixture") }
  };
  lvm_error error = { 0 };
  gsl_set_error_handler_off ();
  if (lvm_mixture_read (programs, lvm_bmm_how_names, argc, argv, &o, &error))
    switch (o.command)
      {
      case LVM_FIT: fit_points (&o, threshold, &error); break;
      case LVM_PREDICT:
      case LVM_SCORE: predict_or_score (&o, threshold, &error); break;
      case LVM_SAMPLE: sample (&o, idx, &error); break;
      case LVM_EXPERIMENT: lvm_experiment (o.book, o.quick, &error); break;
      }
  return lvm_report (&programs[o.command], &error);
}
