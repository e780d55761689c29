/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The mixture of Gaussians: where no label says which of K Gaussians made a point,

     p (x) = sum_k weight_k N (x | mean_k, covariance_k),

   EM finds weights, means and covariances by turns.  The E-step asks of every point
   which component made it, under the parameters so far (the responsibilities of
   chapter 1); the M-step fits every component to its share of the points.  Neither
   lowers the objective, the log-likelihood of the data plus the log prior, if any.

   fit      finds a mixture: the loop is the function `em' below
   predict  writes the responsibilities of a mixture for each point
   score    writes the log-likelihood of points, AIC and BIC
   sample   draws points

   Without a command the program runs the experiment of chapter 2
   (experiment.c).  */

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>

#include "cli/book.h"
#include "cli/mixture.h"
#include "cli/restarts.h"
#include "data/csv.h"
#include "model/gmm.h"
#include "model/gmm_fast.h"
#include "model/gmm_file.h"
#include "model/gmm_init.h"
#include "num/blas.h"
#include "num/streams.h"

/* --- points -------------------------------------------------------------- */

/* Squares of differences are summed: beyond this they could overflow, and variances
   below the other limit would have lost digits to underflow.  */
static const double largest = 1e140;
static const double least_variance = 1e-280;

static const char too_large[] = "%g is too large, its square would overflow: use a "
                                "larger unit, so that values stay below 1e140";

static int
check_cells (const lvm_table *t, lvm_error *error)
{
  for (size_t n = 0; n < t->rows; n++)
    for (size_t d = 0; d < t->columns; d++)
      {
        const double value = t->x[n * t->columns + d];
        if (!isfinite (value))
          return lvm_table_fail (t, n, d, error, "%g is no place for a point",
                                 value);
        if (fabs (value) > largest)
          return lvm_table_fail (t, n, d, error, too_large, value);
      }
  return LVM_OK;
}

static int
read_points (const lvm_mixture_options *o, lvm_table *t, lvm_error *error)
{
  if (lvm_csv_read (t, o->data, o->label, error) != LVM_OK)
    return lvm_mixture_hint_at_labels (error);
  return check_cells (t, error);
}

/* Says what is wrong with a column: FILE: column D (name) ...  */
static int
column_fail (const lvm_table *t, size_t d, lvm_error *error, const char *problem)
{
  const size_t place = d + 1 + (t->labels != NULL && d >= t->label_place);
  const char *name = t->names == NULL ? "" : t->names[d];
  const bool named = *name != '\0';
  return lvm_fail (error, LVM_DATA, "%.150s: column %zu%s%.40s%s %s", t->file,
                   place, named ? " (" : "", name, named ? ")" : "", problem);
}

/* --- fit: before the loop ------------------------------------------------ */

typedef struct
{
  const lvm_mixture_options *o;
  int covariance; /* an lvm_covariance; -1: not given */
  lvm_table points;
  size_t N, K, D;
  const double *x;     /* [N x D] */
  double *scale;       /* [D x D] the data's covariance, in the form of the kind */
  lvm_gmm_prior prior; /* of strength 0 without --regularise */
  lvm_gmm *start;      /* from a file, or NULL */
  lvm_gmm *g, *best;
  lvm_gmm_fast *w;
  lvm_gmm_roots *roots;
  gsl_rng *rng;
  lvm_restarts restarts;
} fit;

/* The start from a file, and whether it goes with the command line and the points.  */
static int
read_start (fit *f, lvm_error *error)
{
  const lvm_mixture_options *o = f->o;
  if (lvm_gmm_read (&f->start, NULL, o->initialise, error) != LVM_OK
      || lvm_mixture_check_start (o, f->start->K, error) != LVM_OK)
    return error->status;
  if (f->covariance >= 0 && f->covariance != (int) f->start->kind)
    return lvm_fail (error, LVM_USAGE,
                     "option '--covariance' is %s, but %.200s is %s",
                     lvm_covariance_names[f->covariance], o->initialise,
                     lvm_covariance_names[f->start->kind]);
  return lvm_mixture_check_dimensions (o, f->D, o->initialise, f->start->D, error);
}

/* Finds K and the kind, and allocates the mixtures.  */
static int
choose_model (fit *f, lvm_error *error)
{
  const lvm_mixture_options *o = f->o;
  lvm_covariance kind =
      f->covariance >= 0 ? (lvm_covariance) f->covariance : LVM_FULL;
  f->K = o->components > 0 ? o->components : LVM_MIXTURE_DEFAULT_K;
  if (o->how < 0)
    {
      if (read_start (f, error) != LVM_OK)
        return error->status;
      f->K = f->start->K;
      kind = f->start->kind;
    }
  const size_t distinct = lvm_gmm_distinct (f->N, f->D, f->x, f->K);
  if (lvm_mixture_check_distinct (o, f->N, distinct, f->K, error) != LVM_OK)
    return error->status;
  f->g = lvm_gmm_alloc (f->K, f->D, kind);
  f->best = lvm_gmm_alloc (f->K, f->D, kind);
  return LVM_OK;
}

static const char constant_column[] =
    "is constant: its variance is 0, and the likelihood has no bound; leave the "
    "column out, or use --covariance=spherical";
static const char tiny_column[] =
    "varies so little that squares underflow: use a smaller unit";
static const char dependent_column[] =
    "is a linear combination of those before it (to 1e-8 of its variance): every "
    "covariance is singular, and the likelihood has no bound; leave the column "
    "out, or use --covariance=diagonal";

static bool
is_constant (const fit *f, size_t d)
{
  for (size_t n = 1; n < f->N; n++)
    if (f->x[n * f->D + d] != f->x[d])
      return false;
  return true;
}

/* Columns under which no fit can be other than degenerate.  A prior does not
   help: its scale is the data's own covariance.  */
static int
check_columns (const fit *f, lvm_error *error)
{
  const lvm_covariance kind = f->g->kind;
  for (size_t d = 0; d < f->D; d++)
    {
      const bool constant = is_constant (f, d);
      if (constant && kind != LVM_SPHERICAL)
        return column_fail (&f->points, d, error, constant_column);
      if (!constant && !(f->scale[d * f->D + d] >= least_variance))
        return column_fail (&f->points, d, error, tiny_column);
    }
  if (!(f->scale[0] > 0))
    return lvm_fail (error, LVM_DATA, "%.200s: all points are the same",
                     f->points.file);
  const size_t d = kind == LVM_FULL || kind == LVM_TIED
                       ? lvm_gmm_dependent (f->D, f->scale)
                       : f->D;
  if (d < f->D)
    return column_fail (&f->points, d, error, dependent_column);
  return LVM_OK;
}

/* Reads and checks all there is to read.  */
static int
prepare (fit *f, lvm_error *error)
{
  if (read_points (f->o, &f->points, error) != LVM_OK)
    return error->status;
  free (f->points.lines); /* from here on no message names a line */
  f->points.lines = NULL;
  f->N = f->points.rows;
  f->D = f->points.columns;
  f->x = f->points.x;
  if (choose_model (f, error) != LVM_OK)
    return error->status;
  f->scale = lvm_alloc (f->D * f->D, sizeof *f->scale);
  lvm_gmm_scale (f->N, f->D, f->x, f->g->kind, NULL, f->scale);
  f->prior = (lvm_gmm_prior){ .strength = f->o->regularise, .scale = f->scale };
  return check_columns (f, error);
}

/* --- fit: the loop ------------------------------------------------------- */

static void
initialise (fit *f)
{
  lvm_stream_set (f->rng, f->o->seed, f->restarts.begun - 1);
  if (f->start != NULL)
    lvm_gmm_copy (f->g, f->start);
  else
    lvm_gmm_start (f->g, f->N, f->x, (lvm_gmm_how) f->o->how, f->rng, &f->prior,
                   f->scale);
}

/* EM from one start: init, iterate, test.  An iteration is the M-step below and the
   E-step after it, so that the likelihood is always that of the last parameters.
   Status: whether it ended well, with no degenerate component.  */
static bool
em (fit *f)
{
  lvm_mixture_record *now = &f->restarts.now;
  initialise (f);
  for (size_t t = 0;; t++)
    {
      if (lvm_gmm_degenerate (f->g, f->roots, f->N, f->scale) < f->K
          || lvm_gmm_fast_e_step (f->w, f->g, f->x, NULL, NULL,
                                  &now->log_likelihood))
        return false;
      now->objective = now->log_likelihood + lvm_gmm_log_prior (f->g, &f->prior);
      if (!isfinite (now->objective))
        return false;
      if (lvm_restarts_test (&f->restarts, t))
        return true;
      lvm_gmm_fast_m_step (f->w, f->g, &f->prior);
    }
}

/* The best of all restarts that end well, by the objective.  */
static int
fit_best (fit *f, lvm_error *error)
{
  while (lvm_restarts_next (&f->restarts))
    if (lvm_restarts_better (&f->restarts, em (f)))
      lvm_gmm_copy (f->best, f->g);
  return lvm_restarts_check (
      &f->restarts,
      "a component shrank onto too few points, where the likelihood has no bound, "
      "or lost them all; try --regularise=1, fewer --components or a simpler "
      "--covariance",
      error);
}

/* --- fit: after the loop ------------------------------------------------- */

/* One more E-step, for the responsibilities under the best parameters.  */
static void
put_responsibilities (fit *f, lvm_error *error)
{
  double *r = lvm_alloc (f->N * f->K, sizeof *r);
  double *log_evidence = lvm_alloc (f->N, sizeof *log_evidence), sum;
  lvm_gmm_fast_e_step (f->w, f->best, f->x, r, log_evidence, &sum);
  lvm_write_responsibilities (f->restarts.responsibilities,
                              (lvm_format) f->o->format, f->N, f->K, NULL, r,
                              log_evidence, error);
  free (r);
  free (log_evidence);
}

static int
write_outputs (fit *f, lvm_error *error)
{
  lvm_restarts *r = &f->restarts;
  if (r->responsibilities != NULL)
    put_responsibilities (f, error);
  if (r->model != NULL && error->status == LVM_OK)
    lvm_gmm_write (r->model, f->best, &r->best, error);
  if (lvm_restarts_commit (r, error) != LVM_OK)
    return error->status;
  return lvm_mixture_write_components (f->o, f->K, f->D, f->points.names,
                                       f->best->weight, f->best->mean, error);
}

static void
begin_fit (fit *f)
{
  const int threads = lvm_gmm_fast_threads (f->K, f->D, f->N, (int) f->o->threads);
  f->w = lvm_gmm_fast_alloc (f->K, f->D, f->g->kind, f->N, threads);
  f->roots = lvm_gmm_roots_alloc (f->K, f->D);
  f->rng = lvm_stream_alloc (f->o->seed, 0);
}

static void
end_fit (fit *f)
{
  lvm_restarts_discard (&f->restarts);
  lvm_table_free (&f->points);
  free (f->scale);
  lvm_gmm_free (f->start);
  lvm_gmm_free (f->g);
  lvm_gmm_free (f->best);
  lvm_gmm_fast_free (f->w);
  lvm_gmm_roots_free (f->roots);
  gsl_rng_free (f->rng);
}

/* A fit that did not converge is written all the same, and is a failure.  */
static int
fit_points (const lvm_mixture_options *o, int covariance, lvm_error *error)
{
  fit f = { .o = o, .covariance = covariance };
  if (prepare (&f, error) == LVM_OK
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
  lvm_gmm *g;
  lvm_table points;
  double *r;            /* [N x K], or NULL: not wanted */
  double *log_evidence; /* [N] */
  double log_likelihood;
} judged;

static int
read_both (const lvm_mixture_options *o, judged *j, lvm_error *error)
{
  if (lvm_gmm_read (&j->g, NULL, o->model, error) != LVM_OK
      || read_points (o, &j->points, error) != LVM_OK)
    return error->status;
  return lvm_mixture_check_dimensions (o, j->points.columns, o->model, j->g->D,
                                       error);
}

/* One E-step, which cannot fail: lvm_gmm_read has looked at the covariances.  But a
   point may lie so far away that no component's density is a number.  */
static int
judge (const lvm_mixture_options *o, judged *j, lvm_error *error)
{
  if (read_both (o, j, error) != LVM_OK)
    return error->status;
  const size_t N = j->points.rows, K = j->g->K, D = j->g->D;
  const int threads = lvm_gmm_fast_threads (K, D, N, (int) o->threads);
  lvm_gmm_fast *w = lvm_gmm_fast_alloc (K, D, j->g->kind, N, threads);
  if (o->command == LVM_PREDICT)
    j->r = lvm_alloc (N * K, sizeof (double));
  j->log_evidence = lvm_alloc (N, sizeof (double));
  lvm_gmm_fast_e_step (w, j->g, j->points.x, j->r, j->log_evidence,
                       &j->log_likelihood);
  lvm_gmm_fast_free (w);
  for (size_t n = 0; n < N; n++)
    if (!isfinite (j->log_evidence[n]))
      return lvm_table_fail (&j->points, n, D, error,
                             "the point is so far from every component that no "
                             "density is left");
  return LVM_OK;
}

static void
predict_or_score (const lvm_mixture_options *o, lvm_error *error)
{
  judged j = { 0 };
  if (judge (o, &j, error) == LVM_OK && o->command == LVM_PREDICT)
    lvm_mixture_write_prediction (o, j.points.rows, j.g->K, j.r, j.log_evidence,
                                  error);
  else if (error->status == LVM_OK)
    lvm_mixture_write_score (o, j.points.rows, j.log_likelihood,
                             lvm_gmm_parameters (j.g->K, j.g->D, j.g->kind), error);
  lvm_gmm_free (j.g);
  lvm_table_free (&j.points);
  free (j.r);
  free (j.log_evidence);
}

/* --- sample -------------------------------------------------------------- */

static void
write_sample (const lvm_gmm *g, const lvm_mixture_options *o, lvm_output *output,
              lvm_error *error)
{
  double *x = lvm_alloc (g->D, sizeof *x);
  lvm_gmm_roots *roots = lvm_gmm_roots_alloc (g->K, g->D);
  gsl_rng *rng = lvm_stream_alloc (o->seed, LVM_SAMPLE_STREAM);
  lvm_table_writer writer;
  lvm_progress progress;
  lvm_gmm_factorise (g, roots);
  lvm_mixture_begin_sample (o, g->D, output, &writer);
  lvm_progress_begin (&progress, "sample");
  for (size_t n = 0; n < o->count; n++)
    {
      const size_t k = lvm_gmm_draw (g, roots, rng, x);
      for (size_t d = 0; d < g->D; d++)
        lvm_table_number (&writer, x[d]);
      if (o->with_component)
        lvm_table_number (&writer, (double) (k + 1));
      lvm_progress_update (&progress, (double) n / (double) o->count);
    }
  lvm_progress_end (&progress);
  lvm_table_end (&writer, error);
  gsl_rng_free (rng);
  lvm_gmm_roots_free (roots);
  free (x);
}

static void
sample (const lvm_mixture_options *o, lvm_error *error)
{
  lvm_gmm *g;
  if (lvm_gmm_read (&g, NULL, o->model, error) != LVM_OK)
    return;
  lvm_output *output = lvm_output_open (o->output, error);
  if (output != NULL)
    write_sample (g, o, output, error);
  if (lvm_output_end (output, error) == LVM_OK)
    lvm_mixture_say_sample (o);
  lvm_gmm_free (g);
}

/* --- the command line ---------------------------------------------------- */

static const char fit_purpose[] =
    "Fit a mixture of Gaussians to points by EM. DATA is a table (CSV, TSV) with "
    "one point a row, with or without a header; '-' is standard input. Prints "
    "component, weight and means, unless an output is '-', standard output.";

static const char fit_notes[] =
    "The prior of --regularise is one of every covariance, as of R points with "
    "the\n"
    "covariance of the data. A random start gives every component that "
    "covariance.\n"
    "\n"
    "A restart is degenerate, and counts for nothing, when a component loses all\n"
    "its points (has less than 1e-8 of one) or shrinks onto too few: when in some\n"
    "coordinate its variance, given the coordinates before it, falls below 1e-8\n"
    "of the data's. The log-likelihood has no bound there.\n"
    "\n" LVM_FIT_EXIT_NOTES;

int
main (int argc, char *argv[])
{
  lvm_mixture_options o;
  int covariance = -1;
  const lvm_option of_fit[] = {
    { .name = "covariance",
      .letter = 'c',
      .choice = &covariance,
      .choices = lvm_covariance_names,
      .help = "what covariances may be (full, or as in a FILE to begin with): any; "
              "without correlations; one variance for all dimensions; one "
              "covariance for all components" },
    { .name = NULL }
  };
  const lvm_program programs[LVM_MIXTURE_COMMANDS] = {
    [LVM_FIT] = { .name = "gaussian-mixture fit",
                  .purpose = fit_purpose,
                  .notes = fit_notes,
                  .options = of_fit },
    [LVM_PREDICT] = { .name = "gaussian-mixture predict",
                      .purpose = "Write the responsibilities of a mixture's "
                                 "components for each point of DATA, a table "
                                 "with one point a row; '-' is standard input.",
                      .notes = LVM_PREDICT_NOTES "\n" LVM_EXIT_NOTES },
    [LVM_SCORE] = { .name = "gaussian-mixture score",
                    .purpose = "Write how well a mixture explains the points of "
                               "DATA, a table with one point a row; '-' is "
                               "standard input.",
                    .notes = LVM_SCORE_NOTES "\n" LVM_EXIT_NOTES },
    [LVM_SAMPLE] = { .name = "gaussian-mixture sample",
                     .purpose = "Draw points from a mixture, one a row.",
                     .notes = LVM_EXIT_NOTES },
    [LVM_EXPERIMENT] = { .name = "gaussian-mixture",
                         .purpose = "Fit mixtures of Gaussians to points by EM, "
                                    "and use them. Without a command, run the "
                                    "experiment of chapter 2.",
                         .notes = LVM_COMMAND_NOTES ("gaussian-mixture") }
  };
  lvm_error error = { 0 };
  gsl_set_error_handler_off ();
  lvm_blas_serial ();
  if (lvm_mixture_read (programs, lvm_gmm_how_names, argc, argv, &o, &error))
    switch (o.command)
      {
      case LVM_FIT: fit_points (&o, covariance, &error); break;
      case LVM_PREDICT:
      case LVM_SCORE: predict_or_score (&o, &error); break;
      case LVM_SAMPLE: sample (&o, &error); break;
      case LVM_EXPERIMENT: lvm_experiment (o.book, o.quick, &error); break;
      }
  return lvm_report (&programs[o.command], &error);
}
