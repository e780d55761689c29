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
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/book.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/table.h"
#include "data/csv.h"
#include "data/output.h"
#include "model/gmm.h"
#include "model/gmm_fast.h"
#include "model/gmm_file.h"
#include "model/gmm_init.h"
#include "num/log_sum_exp.h"
#include "num/streams.h"

struct options
{
  const char *data;       /* the points; NULL for sample */
  const char *label;      /* a column of DATA that is left out */
  size_t components;      /* K; 0: not given */
  int covariance;         /* an lvm_covariance; -1: not given */
  const char *initialise; /* kmeans, random or a model file */
  size_t restarts;        /* 0: not given */
  double tolerance;
  size_t iterations; /* at most */
  double regularise; /* the strength of the prior, in points */
  size_t seed;
  size_t threads;
  size_t count;
  bool with_component;
  const char *model;            /* written by `fit', read by the others */
  const char *responsibilities; /* where `fit' writes them, or NULL */
  const char *trace;            /* the same */
  const char *output;           /* of the others; NULL for standard output */
  int format;                   /* an lvm_format */
  const char *book; /* the folder of the experiment's tables and values */
  bool quick;       /* a small experiment */
};

/* --- points -------------------------------------------------------------- */

/* Squares of differences are summed: beyond this they could overflow, and variances
   below the other limit would have lost digits to underflow.  */
static const double largest = 1e140;
static const double least_variance = 1e-280;

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
          return lvm_table_fail (
              t, n, d, error,
              "%g is too large, its square would overflow: use a "
              "larger unit, so that values stay below 1e140",
              value);
      }
  return LVM_OK;
}

/* Reads the points; a column of text is most likely one of labels.  */
static int
read_points (const struct options *o, lvm_table *t, lvm_error *error)
{
  static const char hint[] =
      "; if the column holds labels, leave it out by --label";
  int status = lvm_csv_read (t, o->data, o->label, error);
  const size_t length = strlen (error->message);
  if (status != LVM_OK && strstr (error->message, "' is not a number") != NULL
      && length + sizeof hint <= sizeof error->message)
    strcpy (error->message + length, hint);
  return status == LVM_OK ? check_cells (t, error) : status;
}

/* Says what is wrong with a column: FILE: column D (name) ...  */
static int
column_fail (const lvm_table *t, size_t d, lvm_error *error, const char *problem)
{
  const size_t place = d + 1 + (t->labels != NULL && d >= t->label_place);
  const char *name = t->names == NULL ? "" : t->names[d];
  return lvm_fail (error, LVM_DATA, "%.150s: column %zu%s%.40s%s %s", t->file,
                   place, *name == '\0' ? "" : " (", name, *name == '\0' ? "" : ")",
                   problem);
}

/* The names of written columns: some before, one for each of n, some after.  */
typedef struct
{
  char **name; /* [count], in one piece of memory with what they point to */
  char *text;
  size_t count;
} columns;

static columns
begin_columns (size_t most, size_t bytes)
{
  const size_t size = most * sizeof (char *) + bytes;
  columns c = { .name = lvm_alloc (size, 1) };
  c.text = (char *) (c.name + most);
  return c;
}

static void
add_column (columns *c, const char *prefix, const char *name, size_t number)
{
  c->name[c->count++] = c->text;
  if (name != NULL && *name != '\0')
    c->text += sprintf (c->text, "%s%s", prefix, name) + 1;
  else if (number > 0)
    c->text += sprintf (c->text, "%s%zu", prefix, number) + 1;
  else
    c->text += sprintf (c->text, "%s", prefix) + 1;
}

/* --- outputs ------------------------------------------------------------- */

/* Whether two paths name one regular file, or will.  Status 0 stands for a stat
   that succeeded.  */
static bool
same_file (const char *a, const char *b)
{
  struct stat s, t;
  const int missing_a =
      strcmp (a, "-") == 0 ? fstat (STDIN_FILENO, &s) : stat (a, &s);
  const int missing_b =
      strcmp (b, "-") == 0 ? fstat (STDIN_FILENO, &t) : stat (b, &t);
  if (missing_a != 0 || missing_b != 0)
    return missing_a == missing_b && strcmp (a, b) == 0;
  return S_ISREG (s.st_mode) && s.st_dev == t.st_dev && s.st_ino == t.st_ino;
}

/* One file that is read or written.  */
typedef struct
{
  const char *name; /* of the option, or DATA */
  const char *path; /* NULL: not used */
  bool written;
} place;

static bool
is_standard (const char *path)
{
  return path != NULL && strcmp (path, "-") == 0;
}

/* No output may fall on an input or on another output.  A model may replace the
   one it began with.  */
static int
check_places (const place p[], size_t n, lvm_error *error)
{
  for (size_t i = 0; i < n; i++)
    for (size_t j = i + 1; j < n; j++)
      {
        if (p[i].path == NULL || p[j].path == NULL)
          continue;
        const bool dash = is_standard (p[i].path) && is_standard (p[j].path);
        if (dash && p[i].written == p[j].written)
          return lvm_fail (error, LVM_USAGE, "%s and %s cannot both be standard %s",
                           p[i].name, p[j].name, p[i].written ? "output" : "input");
        if (p[j].written && !is_standard (p[j].path)
            && !(p[i].written && is_standard (p[i].path))
            && !(strcmp (p[i].name, "--initialise") == 0
                 && strcmp (p[j].name, "--model") == 0)
            && same_file (p[i].path, p[j].path))
          return lvm_fail (error, LVM_USAGE, "%s and %s are the same file, %.200s",
                           p[i].name, p[j].name, p[j].path);
      }
  return LVM_OK;
}

/* The workspace, with no more threads than have enough to do in an iteration: the
   result does not depend on them, but waiting for one another costs time.  */
static lvm_gmm_fast *
alloc_workspace (const struct options *o, const lvm_gmm *g, size_t N)
{
  const double D = (double) g->D,
               operations = (double) N * (double) g->K * (D * D + 16);
  const double useful = 1 + floor (operations / 2e5);
  return lvm_gmm_fast_alloc (g->K, g->D, g->kind, N,
                             (int) fmin (useful, (double) o->threads));
}

/* --- fit: before the loop ------------------------------------------------ */

typedef struct
{
  const struct options *o;
  lvm_table points;
  size_t N, K, D;
  const double *x;     /* [N x D] */
  double *scale;       /* [D x D] the data's covariance, in the form of the kind */
  lvm_gmm_prior prior; /* of strength 0 without --regularise */
  lvm_gmm *start;      /* from a file, or NULL */
  lvm_gmm *g, *best;
  lvm_gmm_record record, best_record;
  size_t restarts,
      degenerate; /* how many in all; how many of them count for nothing */
  lvm_gmm_fast *w;
  lvm_gmm_roots *roots;
  gsl_rng *rng;
  lvm_output *model_file, *responsibilities_file, *trace_file;
  lvm_table_writer trace;
  lvm_progress progress;
  double first_change; /* of the objective, in this restart */
} fit;

/* How the components are to begin: an lvm_gmm_how, or -1 for a file.  */
static int
find_how (const char *initialise)
{
  for (int i = 0; lvm_gmm_how_names[i] != NULL; i++)
    if (strcmp (initialise, lvm_gmm_how_names[i]) == 0)
      return i;
  return -1;
}

/* A start from a file has its own K and kind, and is one.  */
static int
check_start (const fit *f, lvm_error *error)
{
  const struct options *o = f->o;
  const lvm_gmm *g = f->start;
  if (o->components != 0 && o->components != g->K)
    return lvm_fail (error, LVM_USAGE,
                     "option '--components' is %zu, but %.200s has %zu",
                     o->components, o->initialise, g->K);
  if (o->covariance >= 0 && o->covariance != (int) g->kind)
    return lvm_fail (error, LVM_USAGE,
                     "option '--covariance' is %s, but %.200s is %s",
                     lvm_covariance_names[o->covariance], o->initialise,
                     lvm_covariance_names[g->kind]);
  if (o->restarts > 1)
    return lvm_fail (error, LVM_USAGE,
                     "option '--restarts' is %zu, but %.200s is one start",
                     o->restarts, o->initialise);
  if (g->D != f->D)
    return lvm_fail (error, LVM_DATA,
                     "%.150s: the mixture has %zu dimension%s, but %.150s has %zu "
                     "column%s",
                     o->initialise, g->D, g->D == 1 ? "" : "s", f->points.file,
                     f->D, f->D == 1 ? "" : "s");
  return LVM_OK;
}

/* Finds K, the kind and the number of restarts, and allocates the mixtures.  */
static int
choose_model (fit *f, lvm_error *error)
{
  const struct options *o = f->o;
  lvm_covariance kind =
      o->covariance >= 0 ? (lvm_covariance) o->covariance : LVM_FULL;
  f->K = o->components > 0 ? o->components : 2;
  f->restarts = o->restarts > 0 ? o->restarts : 10;
  if (find_how (o->initialise) < 0)
    {
      if (lvm_gmm_read (&f->start, NULL, o->initialise, error) != LVM_OK
          || check_start (f, error) != LVM_OK)
        return error->status;
      f->K = f->start->K;
      kind = f->start->kind;
      f->restarts = 1;
    }
  const size_t distinct =
      lvm_gmm_distinct (f->N, f->D, f->x, f->K < f->N ? f->K : f->N);
  if (distinct < f->K)
    return lvm_fail (error, LVM_DATA, "%.200s: %zu %s, too few for %zu components",
                     f->points.file, distinct,
                     distinct == f->N ? "points" : "distinct points", f->K);
  f->g = lvm_gmm_alloc (f->K, f->D, kind);
  f->best = lvm_gmm_alloc (f->K, f->D, kind);
  return LVM_OK;
}

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
        return column_fail (&f->points, d, error,
                            "is constant: its variance is 0, and the likelihood "
                            "has no bound; leave "
                            "the column out, or use --covariance=spherical");
      if (!constant && !(f->scale[d * f->D + d] >= least_variance))
        return column_fail (
            &f->points, d, error,
            "varies so little that squares underflow: use a smaller "
            "unit");
    }
  if (!(f->scale[0] > 0))
    return lvm_fail (error, LVM_DATA, "%.200s: all points are the same",
                     f->points.file);
  const size_t d = kind == LVM_FULL || kind == LVM_TIED
                       ? lvm_gmm_dependent (f->D, f->scale)
                       : f->D;
  if (d < f->D)
    return column_fail (
        &f->points, d, error,
        "is a linear combination of those before it (to 1e-8 of its variance): "
        "every "
        "covariance is singular, and the likelihood has no bound; leave the column "
        "out, or use --covariance=diagonal");
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
initialise (fit *f, size_t restart)
{
  if (f->start != NULL)
    {
      lvm_gmm_copy (f->g, f->start);
      return;
    }
  lvm_stream_set (f->rng, f->o->seed, restart);
  lvm_gmm_start (f->g, f->N, f->x, (lvm_gmm_how) find_how (f->o->initialise),
                 f->rng, &f->prior, f->scale);
}

/* How far this restart has come: by iterations, or, as the changes of the objective
   shrink by about the same factor each time, by their logarithm.  */
static void
show_progress (fit *f, size_t restart, size_t t, double change)
{
  const double goal = f->o->tolerance * (double) f->N;
  double share = (double) t / (double) f->o->iterations;
  if (t == 1)
    f->first_change = change;
  if (t > 1 && goal > 0 && change < f->first_change)
    share =
        fmax (share, log (f->first_change / change) / log (f->first_change / goal));
  lvm_progress_update (&f->progress,
                       ((double) restart + fmin (share, 1)) / (double) f->restarts);
}

static void
write_trace (fit *f, size_t restart, size_t t)
{
  if (f->trace_file == NULL)
    return;
  if (t == 0 && restart > 0)
    lvm_table_block (&f->trace);
  lvm_table_number (&f->trace, (double) (restart + 1));
  lvm_table_number (&f->trace, (double) t);
  lvm_table_number (&f->trace, f->record.log_likelihood);
  lvm_table_number (&f->trace, f->record.objective);
}

/* EM from one start: init, iterate, test.  An iteration is the M-step below and the
   E-step after it, so that the likelihood is always that of the last parameters.
   Status: whether it ended well, with no degenerate component.  */
static bool
em (fit *f, size_t restart)
{
  const double enough = f->o->tolerance * (double) f->N;
  double previous = -INFINITY;
  initialise (f, restart);
  for (size_t t = 0;; t++)
    {
      lvm_gmm_record *now = &f->record;
      if (lvm_gmm_degenerate (f->g, f->roots, f->N, f->scale) < f->K
          || lvm_gmm_fast_e_step (f->w, f->g, f->x, NULL, NULL,
                                  &now->log_likelihood))
        return false;
      now->objective = now->log_likelihood + lvm_gmm_log_prior (f->g, &f->prior);
      if (!isfinite (now->objective))
        return false;
      write_trace (f, restart, t);

      const double change = fabs (now->objective - previous);
      now->iterations = t;
      now->converged = enough > 0 && change <= enough;
      if (now->converged || t == f->o->iterations)
        return true;
      show_progress (f, restart, t, change);
      previous = now->objective;

      lvm_gmm_fast_m_step (f->w, f->g, &f->prior);
    }
}

/* The best of all restarts that end well, by the objective.  */
static int
fit_best (fit *f, lvm_error *error)
{
  f->best_record.objective = -INFINITY;
  lvm_progress_begin (&f->progress, "fit");
  for (size_t r = 0; r < f->restarts; r++)
    if (!em (f, r))
      f->degenerate++;
    else if (f->record.objective > f->best_record.objective)
      {
        lvm_gmm_copy (f->best, f->g);
        f->best_record = f->record;
      }
  lvm_progress_end (&f->progress);
  f->best_record.seed = f->o->seed;
  if (f->degenerate < f->restarts)
    return LVM_OK;
  return lvm_fail (
      error, LVM_FAILED,
      "%s: a component shrank onto too few points, where the likelihood "
      "has no bound, or lost them all; try --regularise=1, fewer "
      "--components or a simpler --covariance (seed %zu)",
      f->restarts == 1 ? "the fit is degenerate"
                       : "every restart ended in a degenerate fit",
      f->o->seed);
}

/* --- fit: after the loop ------------------------------------------------- */

/* Responsibilities, one point a row; argmax counts from 1, as the columns do.  */
static int
write_responsibilities (lvm_output *output, lvm_format format, size_t N, size_t K,
                        const double r[], const double log_evidence[],
                        lvm_error *error)
{
  columns c = begin_columns (K + 2, 32 * (K + 2));
  lvm_table_writer writer;
  lvm_progress progress;
  for (size_t k = 0; k < K; k++)
    add_column (&c, "r_", NULL, k + 1);
  add_column (&c, "log_evidence", NULL, 0);
  add_column (&c, "argmax", NULL, 0);
  lvm_table_begin (&writer, output, format, c.count, (const char *const *) c.name);
  lvm_progress_begin (&progress, "writing");
  for (size_t n = 0; n < N; n++)
    {
      for (size_t k = 0; k < K; k++)
        lvm_table_number (&writer, r[n * K + k]);
      lvm_table_number (&writer, log_evidence[n]);
      lvm_table_number (&writer, (double) (lvm_argmax (K, r + n * K) + 1));
      lvm_progress_update (&progress, (double) n / (double) N);
    }
  lvm_progress_end (&progress);
  free (c.name);
  return lvm_table_end (&writer, error);
}

/* One more E-step, for the responsibilities under the best parameters.  */
static int
put_responsibilities (fit *f, lvm_error *error)
{
  double *r = lvm_alloc (f->N * f->K, sizeof *r);
  double *log_evidence = lvm_alloc (f->N, sizeof *log_evidence), sum;
  lvm_gmm_fast_e_step (f->w, f->best, f->x, r, log_evidence, &sum);
  const int status =
      write_responsibilities (f->responsibilities_file, (lvm_format) f->o->format,
                              f->N, f->K, r, log_evidence, error);
  free (r);
  free (log_evidence);
  return status;
}

/* The result, for the eye: component, weight, means.  */
static int
write_components (const fit *f, lvm_error *error)
{
  lvm_output *output = lvm_output_open (NULL, error);
  size_t bytes = 0;
  lvm_table_writer writer;
  for (size_t d = 0; d < f->D; d++)
    bytes += 32 + (f->points.names == NULL ? 0 : strlen (f->points.names[d]));
  columns c = begin_columns (f->D + 2, bytes + 32);
  add_column (&c, "component", NULL, 0);
  add_column (&c, "weight", NULL, 0);
  for (size_t d = 0; d < f->D; d++)
    add_column (&c, "mean_", f->points.names == NULL ? NULL : f->points.names[d],
                d + 1);
  lvm_table_begin (&writer, output, (lvm_format) f->o->format, c.count,
                   (const char *const *) c.name);
  for (size_t k = 0; k < f->K; k++)
    {
      lvm_table_number (&writer, (double) (k + 1));
      lvm_table_number (&writer, f->best->weight[k]);
      for (size_t d = 0; d < f->D; d++)
        lvm_table_number (&writer, f->best->mean[k * f->D + d]);
    }
  free (c.name);
  if (lvm_table_end (&writer, error) == LVM_OK)
    return lvm_output_commit (output, error);
  lvm_output_discard (output);
  return error->status;
}

static void
say_result (const fit *f)
{
  const lvm_gmm_record *r = &f->best_record;
  fprintf (stderr, "gaussian-mixture fit: log-likelihood %.10g", r->log_likelihood);
  if (f->prior.strength > 0)
    fprintf (stderr, ", objective %.10g", r->objective);
  fprintf (stderr,
           ", %zu iteration%s, %s, %zu of %zu restart%s degenerate, seed %zu\n",
           r->iterations, r->iterations == 1 ? "" : "s",
           r->converged           ? "converged"
           : f->o->tolerance == 0 ? "as many as asked for"
                                  : "not converged",
           f->degenerate, f->restarts, f->restarts == 1 ? "" : "s", f->o->seed);
}

/* Opened before the work, so that a wrong path shows at once; written as a
   whole after it.  */
static int
open_outputs (fit *f, lvm_error *error)
{
  static const char *const names[] = { "restart", "iteration", "log_likelihood",
                                       "objective" };
  const struct options *o = f->o;
  if (o->model != NULL)
    f->model_file = lvm_output_open (o->model, error);
  if (error->status == LVM_OK && o->responsibilities != NULL)
    f->responsibilities_file = lvm_output_open (o->responsibilities, error);
  if (error->status == LVM_OK && o->trace != NULL)
    f->trace_file = lvm_output_open (o->trace, error);
  if (f->trace_file != NULL)
    lvm_table_begin (&f->trace, f->trace_file, (lvm_format) o->format, 4, names);
  return error->status;
}

static int
commit (lvm_output **output, lvm_error *error)
{
  lvm_output *finished = *output;
  *output = NULL;
  return finished == NULL ? LVM_OK : lvm_output_commit (finished, error);
}

static int
write_outputs (fit *f, lvm_error *error)
{
  const struct options *o = f->o;
  if (f->trace_file != NULL)
    lvm_table_end (&f->trace, error);
  if (f->responsibilities_file != NULL && put_responsibilities (f, error) != LVM_OK)
    return error->status;
  if (f->model_file != NULL)
    lvm_gmm_write (f->model_file, f->best, &f->best_record, error);
  if (error->status == LVM_OK && commit (&f->trace_file, error) == LVM_OK
      && commit (&f->responsibilities_file, error) == LVM_OK)
    commit (&f->model_file, error);
  if (error->status == LVM_OK && !is_standard (o->model) && !is_standard (o->trace)
      && !is_standard (o->responsibilities))
    write_components (f, error);
  return error->status;
}

static void
begin_fit (fit *f)
{
  f->w = alloc_workspace (f->o, f->g, f->N);
  f->roots = lvm_gmm_roots_alloc (f->K, f->D);
  f->rng = lvm_stream_alloc (f->o->seed, 0);
}

static void
end_fit (fit *f)
{
  lvm_output_discard (f->model_file);
  lvm_output_discard (f->responsibilities_file);
  lvm_output_discard (f->trace_file);
  lvm_table_free (&f->points);
  free (f->scale);
  lvm_gmm_free (f->start);
  lvm_gmm_free (f->g);
  lvm_gmm_free (f->best);
  lvm_gmm_fast_free (f->w);
  lvm_gmm_roots_free (f->roots);
  if (f->rng != NULL)
    gsl_rng_free (f->rng);
}

/* A fit that did not converge is written all the same, and is a failure.  Of
   one that is degenerate the trace is written, which shows how it went.  */
static int
fit_points (const struct options *o, lvm_error *error)
{
  fit f = { .o = o };
  if (prepare (&f, error) == LVM_OK && open_outputs (&f, error) == LVM_OK)
    {
      begin_fit (&f);
      if (fit_best (&f, error) != LVM_OK)
        commit (&f.trace_file, error);
      else if (write_outputs (&f, error) == LVM_OK)
        {
          say_result (&f);
          if (!f.best_record.converged && o->tolerance > 0)
            lvm_fail (
                error, LVM_FAILED,
                "no convergence within %zu iterations: what was written is as "
                "far as they went",
                o->iterations);
        }
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
read_both (const struct options *o, judged *j, lvm_error *error)
{
  if (lvm_gmm_read (&j->g, NULL, o->model, error) != LVM_OK
      || read_points (o, &j->points, error) != LVM_OK)
    return error->status;
  if (j->g->D == j->points.columns)
    return LVM_OK;
  return lvm_fail (error, LVM_DATA,
                   "%.150s has %zu column%s, but the mixture of %.150s has %zu "
                   "dimension%s",
                   j->points.file, j->points.columns,
                   j->points.columns == 1 ? "" : "s", o->model, j->g->D,
                   j->g->D == 1 ? "" : "s");
}

/* One E-step.  A point may lie so far away that no component's density is a
   number.  */
static int
judge (const struct options *o, bool want_r, judged *j, lvm_error *error)
{
  if (read_both (o, j, error) != LVM_OK)
    return error->status;
  const size_t N = j->points.rows, K = j->g->K;
  lvm_gmm_fast *w =
      lvm_gmm_fast_alloc (K, j->g->D, j->g->kind, N, (int) o->threads);
  j->r = want_r ? lvm_alloc (N * K, sizeof (double)) : NULL;
  j->log_evidence = lvm_alloc (N, sizeof (double));
  const int singular = lvm_gmm_fast_e_step (w, j->g, j->points.x, j->r,
                                            j->log_evidence, &j->log_likelihood);
  lvm_gmm_fast_free (w);
  if (singular)
    return lvm_fail (error, LVM_DATA,
                     "%.200s: a covariance is not positive definite", o->model);
  for (size_t n = 0; n < N; n++)
    if (!isfinite (j->log_evidence[n]))
      return lvm_table_fail (&j->points, n, j->points.columns, error,
                             "the point is so far from every component that no "
                             "density is left");
  return LVM_OK;
}

static void
release (judged *j)
{
  lvm_gmm_free (j->g);
  lvm_table_free (&j->points);
  free (j->r);
  free (j->log_evidence);
}

static int
predict (const struct options *o, lvm_error *error)
{
  judged j = { 0 };
  if (judge (o, true, &j, error) == LVM_OK)
    {
      lvm_output *output = lvm_output_open (o->output, error);
      if (output != NULL
          && write_responsibilities (output, (lvm_format) o->format, j.points.rows,
                                     j.g->K, j.r, j.log_evidence, error)
                 == LVM_OK)
        lvm_output_commit (output, error);
      else
        lvm_output_discard (output);
    }
  release (&j);
  return error->status;
}

/* Akaike's and Schwarz's criterion, in the form in which less is better.  */
static int
write_score (const judged *j, const struct options *o, lvm_error *error)
{
  static const char *const names[] = { "points", "log_likelihood",
                                       "mean",   "parameters",
                                       "aic",    "bic" };
  const double l = j->log_likelihood, N = (double) j->points.rows,
               p = (double) lvm_gmm_parameters (j->g->K, j->g->D, j->g->kind);
  const double row[] = { N, l, l / N, p, 2 * p - 2 * l, p * log (N) - 2 * l };
  lvm_output *output = lvm_output_open (o->output, error);
  lvm_table_writer writer;
  if (output == NULL)
    return error->status;
  lvm_table_begin (&writer, output, (lvm_format) o->format, 6, names);
  for (int i = 0; i < 6; i++)
    lvm_table_number (&writer, row[i]);
  lvm_table_end (&writer, error);
  return lvm_output_commit (output, error);
}

static int
score (const struct options *o, lvm_error *error)
{
  judged j = { 0 };
  if (judge (o, false, &j, error) == LVM_OK)
    write_score (&j, o, error);
  release (&j);
  return error->status;
}

/* --- sample -------------------------------------------------------------- */

/* Restarts have the streams from 0; draws have one that no restart reaches.  */
static const uint64_t sample_stream = UINT64_MAX;

static int
write_sample (const lvm_gmm *g, const lvm_gmm_roots *roots, const struct options *o,
              lvm_output *output, lvm_error *error)
{
  columns c = begin_columns (g->D + 1, 32 * (g->D + 1));
  double *x = lvm_alloc (g->D, sizeof *x);
  gsl_rng *rng = lvm_stream_alloc (o->seed, sample_stream);
  lvm_table_writer writer;
  lvm_progress progress;
  for (size_t d = 0; d < g->D; d++)
    add_column (&c, "x_", NULL, d + 1);
  if (o->with_component)
    add_column (&c, "component", NULL, 0);
  lvm_table_begin (&writer, output, (lvm_format) o->format, c.count,
                   (const char *const *) c.name);
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
  gsl_rng_free (rng);
  free (x);
  free (c.name);
  return lvm_table_end (&writer, error);
}

static int
sample (const struct options *o, lvm_error *error)
{
  lvm_gmm *g;
  if (lvm_gmm_read (&g, NULL, o->model, error) != LVM_OK)
    return error->status;
  lvm_gmm_roots *roots = lvm_gmm_roots_alloc (g->K, g->D);
  lvm_output *output = lvm_output_open (o->output, error);
  lvm_gmm_factorise (g, roots);
  if (output != NULL && write_sample (g, roots, o, output, error) == LVM_OK
      && lvm_output_commit (output, error) == LVM_OK)
    fprintf (stderr, "gaussian-mixture sample: %zu point%s, seed %zu\n", o->count,
             o->count == 1 ? "" : "s", o->seed);
  lvm_gmm_roots_free (roots);
  lvm_gmm_free (g);
  return error->status;
}

/* --- commands ------------------------------------------------------------ */

static size_t
count_processors (void)
{
  cpu_set_t set;
  return sched_getaffinity (0, sizeof set, &set) == 0 ? (size_t) CPU_COUNT (&set)
                                                      : 1;
}

typedef int work (const struct options *o, lvm_error *error);

/* Reads the command line of a command, of which DATA is the operand if it takes
   one, and does its work.  */
static int
run (const lvm_program *program, int argc, char *argv[], bool takes_data,
     struct options *o, work *check, work *act)
{
  lvm_error error = { 0 };
  int operand;
  bool go_on;
  if (lvm_options_read (program, argc, argv, &operand, &go_on, &error) != LVM_OK
      || !go_on)
    return lvm_report (program, &error);
  const int operands = argc - operand;
  o->data = operands > 0 ? argv[operand] : NULL;
  if (takes_data && operands == 0)
    lvm_fail (&error, LVM_USAGE, "DATA is missing");
  else if (operands > takes_data)
    lvm_fail (&error, LVM_USAGE, "'%.100s' is one file too many",
              argv[operand + takes_data]);
  else if (check (o, &error) == LVM_OK)
    act (o, &error);
  return lvm_report (program, &error);
}

/* Options that several commands have.  */
#define LABEL_OPTION(o)                                                            \
  {                                                                                \
    .name = "label", .argument = "NAME", .string = &(o).label,                     \
    .help = "leave out the column of this name, such as one of class labels"       \
  }
#define THREADS_OPTION(o)                                                          \
  {                                                                                \
    .name = "threads", .letter = 't', .argument = "T", .count = &(o).threads,      \
    .least = 1, .most = 1024,                                                      \
    .help = "how many threads to use (all processors); results are the same to "   \
            "the bit whatever T"                                                   \
  }
#define SEED_OPTION(o)                                                             \
  {                                                                                \
    .name = "seed", .letter = 's', .argument = "S", .count = &(o).seed,            \
    .least = 0, .most = 9007199254740992,                                          \
    .help = "the seed of all random numbers (1): the same seed, the same bits"     \
  }
#define FORMAT_OPTION(o)                                                           \
  {                                                                                \
    .name = "format", .letter = 'f', .choice = &(o).format,                        \
    .choices = lvm_format_names, .help = "how to write tables (tsv)"               \
  }
#define OUTPUT_OPTION(o)                                                           \
  {                                                                                \
    .name = "output", .letter = 'o', .argument = "FILE", .string = &(o).output,    \
    .help = "where to write; '-' is standard output, as is this option's absence"  \
  }
#define MODEL_OPTION(o)                                                            \
  {                                                                                \
    .name = "model", .letter = 'm', .argument = "FILE", .string = &(o).model,      \
    .help = "the mixture, as `fit' writes it; '-' is standard input"               \
  }

static int
check_fit (const struct options *o, lvm_error *error)
{
  const bool file = find_how (o->initialise) < 0;
  const place places[] = {
    { "DATA", o->data, false },
    { "--initialise", file ? o->initialise : NULL, false },
    { "--model", o->model, true },
    { "--responsibilities", o->responsibilities, true },
    { "--trace", o->trace, true },
  };
  return check_places (places, 5, error);
}

static int
main_fit (int argc, char *argv[])
{
  struct options o = { .covariance = -1,
                       .initialise = "kmeans",
                       .tolerance = 1e-8,
                       .iterations = 1000,
                       .seed = 1,
                       .threads = count_processors () };
  const lvm_option options[] = {
    { .name = "components",
      .letter = 'k',
      .argument = "K",
      .count = &o.components,
      .least = 1,
      .most = 1e6,
      .help = "how many Gaussians (2)" },
    { .name = "covariance",
      .letter = 'c',
      .choice = &o.covariance,
      .choices = lvm_covariance_names,
      .help = "what covariances may be (full): any; without correlations; one "
              "variance for all dimensions; one covariance for all components" },
    { .name = "initialise",
      .letter = 'i',
      .argument = "HOW",
      .string = &o.initialise,
      .help =
          "where to begin: kmeans, from clusters found by k-means++ and k-means "
          "(the default); random, from K distinct points with the covariance of "
          "all; or a FILE that an earlier fit wrote, whose components and "
          "covariance then hold (say ./random for a file of that name)" },
    { .name = "restarts",
      .letter = 'r',
      .argument = "R",
      .count = &o.restarts,
      .least = 1,
      .most = 1e6,
      .help = "begin R times and keep the best fit by its objective (10; 1 with a "
              "FILE); restart r is the same whatever R" },
    { .name = "tolerance",
      .argument = "T",
      .real = &o.tolerance,
      .least = 0,
      .most = 1e6,
      .help = "converged once an iteration changes the mean objective per point by "
              "no more than T (1e-8); 0: make all iterations, without test" },
    { .name = "max-iterations",
      .argument = "M",
      .count = &o.iterations,
      .least = 0,
      .most = 1e9,
      .help =
          "iterations, each an E-step and an M-step, of a restart at most (1000)" },
    { .name = "regularise",
      .argument = "R",
      .real = &o.regularise,
      .least = 0,
      .most = 1e9,
      .help = "give every covariance a prior worth R points with the covariance of "
              "the data, and maximise the objective: log-likelihood plus log prior "
              "(0)" },
    SEED_OPTION (o),
    THREADS_OPTION (o),
    LABEL_OPTION (o),
    { .name = "model",
      .letter = 'm',
      .argument = "FILE",
      .string = &o.model,
      .help = "write the mixture as JSON, to be read by predict, score, sample and "
              "--initialise" },
    { .name = "responsibilities",
      .argument = "FILE",
      .string = &o.responsibilities,
      .help = "write a table with the responsibilities of every point" },
    { .name = "trace",
      .argument = "FILE",
      .string = &o.trace,
      .help = "write a table with restart, iteration, log_likelihood, objective; "
              "iteration 0 is the start" },
    FORMAT_OPTION (o),
    { .name = NULL }
  };
  const lvm_program program = {
    .name = "gaussian-mixture fit",
    .usage = "[OPTION]... DATA",
    .purpose = "Fit a mixture of Gaussians to points by EM. DATA is a table (CSV, "
               "TSV) with "
               "one point a row and one dimension a column, with or without a "
               "header; '-' is "
               "standard input. Prints component, weight and means, unless an "
               "output is '-', "
               "standard output.",
    .notes = "A restart is degenerate, and counts for nothing, when a component "
             "loses all\n"
             "its points (has less than 1e-8 of one) or shrinks onto too few: when "
             "in some\n"
             "coordinate its variance, given the coordinates before it, falls "
             "below 1e-8\n"
             "of the data's. The log-likelihood has no bound there.\n"
             "\n"
             "Exit status: 0 done; 1 no convergence, or every restart degenerate; "
             "2 wrong\n"
             "usage; 3 bad data.",
    .options = options
  };
  return run (&program, argc, argv, true, &o, check_fit, fit_points);
}

static int
check_model (const struct options *o, lvm_error *error)
{
  const place places[] = { { "DATA", o->data, false },
                           { "--model", o->model, false },
                           { "--output", o->output, true } };
  if (o->model == NULL)
    return lvm_fail (error, LVM_USAGE, "option '--model' is needed");
  return check_places (places, 3, error);
}

static int
main_predict (int argc, char *argv[])
{
  struct options o = { .threads = count_processors () };
  const lvm_option options[] = { MODEL_OPTION (o),   LABEL_OPTION (o),
                                 OUTPUT_OPTION (o),  FORMAT_OPTION (o),
                                 THREADS_OPTION (o), { .name = NULL } };
  const lvm_program program = {
    .name = "gaussian-mixture predict",
    .usage = "[OPTION]... --model=FILE DATA",
    .purpose =
        "Write the responsibilities of a mixture's components for each point of "
        "DATA, a table with one point a row; '-' is standard input.",
    .notes =
        "Columns written: r_1 .. r_K, the responsibilities; log_evidence, ln "
        "p(x);\n"
        "argmax, the component of the greatest responsibility, counted from 1.\n"
        "\n"
        "Exit status: 0 done; 2 wrong usage; 3 bad data.",
    .options = options
  };
  return run (&program, argc, argv, true, &o, check_model, predict);
}

static int
main_score (int argc, char *argv[])
{
  struct options o = { .threads = count_processors () };
  const lvm_option options[] = { MODEL_OPTION (o),   LABEL_OPTION (o),
                                 OUTPUT_OPTION (o),  FORMAT_OPTION (o),
                                 THREADS_OPTION (o), { .name = NULL } };
  const lvm_program program = {
    .name = "gaussian-mixture score",
    .usage = "[OPTION]... --model=FILE DATA",
    .purpose =
        "Write how well a mixture explains the points of DATA, a table with one "
        "point a row; '-' is standard input.",
    .notes = "Columns written: points, N; log_likelihood, l, summed over them, in "
             "nats;\n"
             "mean, l / N; parameters, p, how many numbers are free; aic, 2 p - 2 "
             "l; bic,\n"
             "p ln N - 2 l. Of both criteria less is better; they are meant for "
             "the points\n"
             "that the mixture was fitted to.\n"
             "\n"
             "Exit status: 0 done; 2 wrong usage; 3 bad data.",
    .options = options
  };
  return run (&program, argc, argv, true, &o, check_model, score);
}

static int
main_sample (int argc, char *argv[])
{
  struct options o = { .seed = 1, .count = 1000 };
  const lvm_option options[] = {
    MODEL_OPTION (o),
    { .name = "count",
      .letter = 'n',
      .argument = "N",
      .count = &o.count,
      .least = 1,
      .most = 1e12,
      .help = "how many points (1000)" },
    SEED_OPTION (o),
    { .name = "with-component",
      .flag = &o.with_component,
      .help = "add the column `component', from 1, which `fit --label component' "
              "leaves out" },
    OUTPUT_OPTION (o),
    FORMAT_OPTION (o),
    { .name = NULL }
  };
  const lvm_program program = {
    .name = "gaussian-mixture sample",
    .usage = "[OPTION]... --model=FILE",
    .purpose =
        "Draw points from a mixture and write them as a table, one point a row.",
    .notes = "Exit status: 0 done; 2 wrong usage; 3 bad data.",
    .options = options
  };
  return run (&program, argc, argv, false, &o, check_model, sample);
}

/* Without a command: the experiment.  */
static int
main_experiment (int argc, char *argv[])
{
  struct options o = { 0 };
  const lvm_option options[] = {
    { .name = "book",
      .argument = "DIR",
      .string = &o.book,
      .help = "where the experiment writes its tables and values" },
    { .name = "quick",
      .flag = &o.quick,
      .help = "run a small version of the experiment" },
    { .name = NULL }
  };
  const lvm_program program = {
    .name = "gaussian-mixture",
    .usage = "[COMMAND] [OPTION]... [DATA]",
    .purpose = "Fit mixtures of Gaussians to points by EM, and use them. Without a "
               "command, run the experiment of chapter 2.",
    .notes =
        "Commands; `gaussian-mixture COMMAND --help' tells more:\n"
        "  fit      find a mixture of K Gaussians for the points of a table\n"
        "  predict  write the responsibilities of a mixture for each point\n"
        "  score    write log-likelihood, AIC and BIC of points under a mixture\n"
        "  sample   draw points from a mixture\n"
        "\n"
        "Exit status: 0 done; 1 a check failed, or no convergence; 2 wrong usage;\n"
        "3 bad data.",
    .options = options
  };
  lvm_error error = { 0 };
  int operand;
  bool go_on;
  if (lvm_options_read (&program, argc, argv, &operand, &go_on, &error) != LVM_OK
      || !go_on)
    return lvm_report (&program, &error);
  if (operand < argc)
    lvm_fail (
        &error, LVM_USAGE,
        "the first word has to be fit, predict, score or sample, not '%.100s'",
        argv[1]);
  else
    lvm_experiment (o.book, o.quick, &error);
  return lvm_report (&program, &error);
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *name;
    int (*main) (int argc, char *argv[]);
  } commands[] = { { "fit", main_fit },
                   { "predict", main_predict },
                   { "score", main_score },
                   { "sample", main_sample } };
  gsl_set_error_handler_off ();
  for (size_t i = 0; i < sizeof commands / sizeof commands[0] && argc > 1; i++)
    if (strcmp (argv[1], commands[i].name) == 0)
      return commands[i].main (argc - 1, argv + 1);
  return main_experiment (argc, argv);
}
