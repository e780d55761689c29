/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The variational auto-encoder of binary vectors, such as black and white images: a
   network that turns z ~ N(0, I) into an image, and another one that turns an image
   into a Gaussian over the z that it may have come from.

   train    fits both to data: the loop is the function `train_epoch' below
   encode   writes the Gaussian of each point
   decode   writes the probabilities of the pixels for each z
   score    writes the bound, and an estimate of ln p(x) by importance weights
   sample   draws points

   Without a command the program runs the experiment of chapter 6 (experiment.c).  */

#include <gsl/gsl_errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/book.h"
#include "cli/columns.h"
#include "cli/command.h"
#include "cli/mixture.h"
#include "cli/openblas.h"
#include "cli/places.h"
#include "cli/progress.h"
#include "data/binary.h"
#include "data/idx.h"
#include "model/vae_fast.h"
#include "model/vae_file.h"
#include "model/vae_score.h"
#include "num/streams.h"

typedef enum
{
  TRAIN,
  ENCODE,
  DECODE,
  SCORE,
  SAMPLE,
  EXPERIMENT, /* no command: that of the chapter */
  COMMANDS
} command;

enum
{
  BATCH = 128, /* images at a time, where nothing is said */
  PIECE = 1024 /* points written, or scored, at a time */
};

/* What the command line does not say is 0, NULL, or as written here.  */
typedef struct
{
  command command;
  const char *program; /* such as "vae train" */
  const char *data;    /* points, or codes for `decode' */
  const char *label;
  double threshold; /* -1: all have to be 0 or 1 */
  size_t hidden, latent, batch, epochs;
  int activation; /* -1 */
  double learning_rate;
  size_t seed; /* SIZE_MAX */
  size_t threads, samples, count;
  const char *model; /* written by `train', read by the others */
  const char *resume, *validation, *trace;
  bool each, idx, probabilities;
  const char *output; /* NULL for standard output */
  int format;         /* an lvm_format */
  const char *book;   /* the folder of the experiment's tables and values */
  bool quick;         /* a small experiment */
} options;

/* --- what is read ------------------------------------------------------------ */

/* Points such as those of a model.
   Given  t: the model; t->v is NULL where there is none yet.  */
static int
read_points (const options *o, const char *path, const lvm_vae_training *t,
             lvm_binary *points, lvm_error *error)
{
  lvm_binary_read (points, path, o->label, o->threshold, error);
  if (lvm_mixture_hint_at_labels (error) != LVM_OK || t->v == NULL)
    return error->status;
  const size_t height = points->shape.height, should = t->image.height;
  if (points->x->D == t->v->shape.D
      && (height == should || height == 0 || should == 0))
    return LVM_OK;
  return lvm_fail (error, LVM_DATA,
                   "%.150s has points of %zu numbers in %zu rows, the model of "
                   "%zu in %zu",
                   lvm_is_standard (path) ? "standard input" : path, points->x->D,
                   height, t->v->shape.D, should);
}

/* A model and points.  */
static int
read_both (const options *o, lvm_vae_training *t, lvm_binary *points,
           lvm_error *error)
{
  if (lvm_vae_read (t, o->model, error) != LVM_OK)
    return error->status;
  return read_points (o, o->data, t, points, error);
}

/* --- train: before the loop ----------------------------------------------------- */

typedef struct
{
  const options *o;
  lvm_vae_training t;
  lvm_binary points, validation;
  lvm_vae_fast *w;
  gsl_rng *rng;
  size_t *row;                 /* [N] the images in the order of an epoch */
  float *eps;                  /* [B x L] of a batch */
  double *reconstruction, *kl; /* [B] */
  lvm_vae_score *score;        /* [N of validation] */
  lvm_output *model, *trace;
  lvm_table_writer table; /* of the trace */
  size_t first;           /* epochs before this run */
  lvm_progress progress;
  char said[128]; /* what the line of progress begins with */
} training;

/* Averages over the images of an epoch, each by the network as it then was.  */
typedef struct
{
  double reconstruction, kl;
} averages;

static int
check_given (const options *o, const char *name, bool same, lvm_error *error)
{
  if (same || error->status != LVM_OK)
    return error->status;
  return lvm_fail (error, LVM_USAGE,
                   "option '--%s' is not what %.200s has; without it training "
                   "goes on as it began",
                   name, o->resume);
}

/* Training from a file goes on as it began.  */
static int
check_resume (const options *o, const lvm_vae_training *t, lvm_error *error)
{
  const lvm_vae_shape s = t->v->shape;
  check_given (o, "hidden", o->hidden == 0 || o->hidden == s.H, error);
  check_given (o, "latent", o->latent == 0 || o->latent == s.L, error);
  check_given (o, "activation",
               o->activation < 0 || o->activation == (int) s.activation, error);
  check_given (o, "batch", o->batch == 0 || o->batch == t->batch, error);
  check_given (o, "learning-rate",
               o->learning_rate <= 0 || o->learning_rate == t->adam->learning_rate,
               error);
  check_given (o, "seed", o->seed == SIZE_MAX || o->seed == t->seed, error);
  if (error->status == LVM_OK && t->epoch >= o->epochs)
    lvm_fail (
        error, LVM_USAGE,
        "option '--epochs' counts those before '--resume', and %.200s has %zu",
        o->resume, t->epoch);
  return error->status;
}

static void
begin_network (training *r)
{
  const options *o = r->o;
  const lvm_vae_shape s = { r->points.x->D, o->hidden > 0 ? o->hidden : 500,
                            o->latent > 0 ? o->latent : 2,
                            o->activation < 0 ? LVM_TANH
                                              : (lvm_activation) o->activation };
  lvm_vae_training_begin (&r->t, s, r->points.shape,
                          o->seed == SIZE_MAX ? 1 : o->seed,
                          o->batch > 0 ? o->batch : BATCH,
                          o->learning_rate > 0 ? o->learning_rate : 1e-3);
}

/* Reads and checks all there is to read.  */
static int
prepare (training *r, lvm_error *error)
{
  const options *o = r->o;
  if (o->resume != NULL
      && (lvm_vae_read (&r->t, o->resume, error) != LVM_OK
          || check_resume (o, &r->t, error) != LVM_OK))
    return error->status;
  if (read_points (o, o->data, &r->t, &r->points, error) != LVM_OK)
    return error->status;
  if (o->resume == NULL)
    begin_network (r);
  if (o->validation != NULL)
    read_points (o, o->validation, &r->t, &r->validation, error);
  return error->status;
}

static int
open_outputs (training *r, lvm_error *error)
{
  static const char *const names[] = { "epoch", "bound", "reconstruction", "kl",
                                       "validation_bound" };
  const options *o = r->o;
  r->model = lvm_output_open (o->model, error);
  if (r->model != NULL && o->trace != NULL)
    r->trace = lvm_output_open (o->trace, error);
  if (r->trace != NULL)
    lvm_table_begin (&r->table, r->trace, (lvm_format) o->format,
                     o->validation != NULL ? 5 : 4, names);
  return error->status;
}

static void
begin_training (training *r)
{
  const lvm_vae_training *t = &r->t;
  const size_t B = t->batch;
  r->w = lvm_vae_fast_alloc (t->v->shape, B, (int) r->o->threads);
  r->rng = lvm_stream_alloc (t->seed, 0);
  r->row = lvm_alloc (r->points.x->N, sizeof *r->row);
  r->eps = lvm_alloc (B * t->v->shape.L, sizeof *r->eps);
  r->reconstruction = lvm_alloc (B, sizeof *r->reconstruction);
  r->kl = lvm_alloc (B, sizeof *r->kl);
  if (r->validation.x != NULL)
    r->score = lvm_alloc (r->validation.x->N, sizeof *r->score);
  r->first = t->epoch;
  lvm_progress_begin (&r->progress, r->said);
}

/* --- train: the loop --------------------------------------------------------------- */

/* Set by the first interrupt; the second ends the program.  */
static volatile sig_atomic_t interrupted;

static void
interrupt (int signal)
{
  interrupted = signal;
}

static void
listen (void)
{
  struct sigaction action = { .sa_handler = interrupt,
                              .sa_flags = (int) SA_RESETHAND | SA_RESTART };
  sigaction (SIGINT, &action, NULL);
  sigaction (SIGTERM, &action, NULL);
}

/* Epoch, averages so far and speed; lvm_progress adds the share and the time left.  */
static void
say_progress (training *r, size_t images, averages sum)
{
  const double n = (double) images, N = (double) r->points.x->N,
               reconstruction = sum.reconstruction / n, kl = sum.kl / n,
               epochs = (double) (r->t.epoch - r->first) - 1 + n / N;
  snprintf (r->said, sizeof r->said,
            "train: epoch %zu of %zu%s, bound %.2f = %.2f - %.2f, %.0f images/s",
            r->t.epoch, r->o->epochs, interrupted ? " (the last)" : "",
            reconstruction - kl, reconstruction, kl,
            epochs * N / lvm_progress_seconds (&r->progress));
  lvm_progress_update (&r->progress, epochs / (double) (r->o->epochs - r->first));
}

/* One epoch: all images in a new order, a batch at a time.  Noise, forward, backward and Adam;
   the three last are one call, lvm_vae_fast_step, whose plain form is model/vae.h.  */
static averages
train_epoch (training *r)
{
  lvm_vae_training *t = &r->t;
  const lvm_bits *x = r->points.x;
  averages sum = { 0, 0 };
  lvm_vae_order (t, ++t->epoch, r->rng, x->N, r->row);
  for (size_t n = 0, batch = 1; n < x->N; n += t->batch, batch++)
    {
      const size_t B = x->N - n < t->batch ? x->N - n : t->batch;
      lvm_stream_set (r->rng, t->seed, lvm_vae_stream (t->epoch, batch));
      lvm_vae_noise (r->rng, B * t->v->shape.L, r->eps);
      lvm_vae_fast_step (r->w, t->v, t->adam, x, r->row + n, B, r->eps,
                         r->reconstruction, r->kl);
      for (size_t i = 0; i < B; i++)
        {
          sum.reconstruction += r->reconstruction[i];
          sum.kl += r->kl[i];
        }
      say_progress (r, n + B, sum);
    }
  return (averages){ sum.reconstruction / (double) x->N, sum.kl / (double) x->N };
}

/* The bound of the images held out, from one draw each.  */
static double
validate (training *r)
{
  const lvm_bits *x = r->validation.x;
  lvm_vae_score_images (r->w, r->t.v, x, 0, x->N, 1, r->t.seed, r->score);
  const lvm_vae_score mean = lvm_vae_score_mean (x->N, r->score);
  return mean.reconstruction - mean.kl;
}

static void
put_epoch (training *r, averages mean)
{
  if (r->trace == NULL)
    return;
  lvm_table_number (&r->table, (double) r->t.epoch);
  lvm_table_number (&r->table, mean.reconstruction - mean.kl);
  lvm_table_number (&r->table, mean.reconstruction);
  lvm_table_number (&r->table, mean.kl);
  if (r->validation.x != NULL)
    lvm_table_number (&r->table, validate (r));
}

/* Epochs, until there are enough of them or somebody interrupts.  */
static averages
train_epochs (training *r, lvm_error *error)
{
  averages mean = { 0, 0 };
  listen ();
  while (r->t.epoch < r->o->epochs && !interrupted && error->status == LVM_OK)
    {
      mean = train_epoch (r);
      put_epoch (r, mean);
      if (!isfinite (mean.reconstruction - mean.kl))
        lvm_fail (error, LVM_FAILED,
                  "the bound of epoch %zu is %g; try a smaller --learning-rate",
                  r->t.epoch, mean.reconstruction - mean.kl);
    }
  lvm_progress_end (&r->progress);
  return mean;
}

/* --- train: after the loop ------------------------------------------------------------ */

/* A trace shows, too, how training went wrong; a model that went wrong is none.  */
static int
write_outputs (training *r, lvm_error *error)
{
  lvm_error of_trace = { 0 };
  if (r->trace != NULL && lvm_table_end (&r->table, &of_trace) == LVM_OK)
    lvm_output_commit (r->trace, &of_trace);
  r->trace = NULL;
  if (error->status == LVM_OK)
    {
      lvm_vae_write (r->model, &r->t);
      lvm_output_commit (r->model, error);
      r->model = NULL;
    }
  if (error->status == LVM_OK)
    *error = of_trace;
  return error->status;
}

static int
say_trained (const training *r, averages mean, lvm_error *error)
{
  const options *o = r->o;
  fprintf (stderr,
           "%s: epoch %zu, bound %.3f = %.3f - %.3f, %.0f images/s, seed %zu\n",
           o->program, r->t.epoch, mean.reconstruction - mean.kl,
           mean.reconstruction, mean.kl,
           (double) ((r->t.epoch - r->first) * r->points.x->N)
               / lvm_progress_seconds (&r->progress),
           (size_t) r->t.seed);
  if (r->t.epoch < o->epochs)
    lvm_fail (error, LVM_FAILED,
              "interrupted; '--resume %.200s' goes on from epoch %zu of %zu",
              o->model, r->t.epoch, o->epochs);
  return error->status;
}

static void
end_training (training *r)
{
  lvm_output_discard (r->model);
  lvm_output_discard (r->trace);
  lvm_vae_training_free (&r->t);
  lvm_binary_free (&r->points);
  lvm_binary_free (&r->validation);
  lvm_vae_fast_free (r->w);
  if (r->rng != NULL)
    gsl_rng_free (r->rng);
  free (r->row);
  free (r->eps);
  free (r->reconstruction);
  free (r->kl);
  free (r->score);
}

static void
train (const options *o, lvm_error *error)
{
  training r = { .o = o };
  if (prepare (&r, error) == LVM_OK && open_outputs (&r, error) == LVM_OK)
    {
      begin_training (&r);
      const averages mean = train_epochs (&r, error);
      if (write_outputs (&r, error) == LVM_OK)
        say_trained (&r, mean, error);
    }
  end_training (&r);
}

/* --- encode --------------------------------------------------------------------------- */

static void
write_codes (const options *o, size_t N, size_t L, const float mean[],
             const float log_variance[], lvm_output *output, lvm_error *error)
{
  lvm_columns c = { 0 };
  lvm_table_writer writer;
  lvm_columns_each (&c, "mean_", L, NULL);
  lvm_columns_each (&c, "log_variance_", L, NULL);
  lvm_columns_begin (&c, &writer, output, (lvm_format) o->format);
  for (size_t n = 0; n < N; n++)
    {
      for (size_t l = 0; l < L; l++)
        lvm_table_number (&writer, (double) mean[n * L + l]);
      for (size_t l = 0; l < L; l++)
        lvm_table_number (&writer, (double) log_variance[n * L + l]);
    }
  lvm_table_end (&writer, error);
}

static void
encode (const options *o, lvm_error *error)
{
  lvm_vae_training t = { 0 };
  lvm_binary points = { 0 };
  lvm_output *output = NULL;
  if (read_both (o, &t, &points, error) == LVM_OK
      && (output = lvm_output_open (o->output, error)) != NULL)
    {
      const size_t N = points.x->N, L = t.v->shape.L;
      lvm_vae_fast *w = lvm_vae_fast_alloc (t.v->shape, BATCH, (int) o->threads);
      float *mean = lvm_alloc (2 * N * L, sizeof *mean);
      lvm_vae_fast_encode (w, t.v, points.x, NULL, N, mean, mean + N * L);
      write_codes (o, N, L, mean, mean + N * L, output, error);
      free (mean);
      lvm_vae_fast_free (w);
    }
  lvm_output_end (output, error);
  lvm_vae_training_free (&t);
  lvm_binary_free (&points);
}

/* --- decode, sample ---------------------------------------------------------------------- */

/* Points on their way out: probabilities or draws, in a table or as images.  */
typedef struct
{
  const options *o;
  lvm_vae_training t;
  lvm_vae_fast *w;
  float *z;     /* [PIECE x L] */
  float *a;     /* [PIECE x D] */
  gsl_rng *rng; /* of draws; NULL for probabilities */
  lvm_output *output;
  lvm_table_writer table;
  lvm_progress progress;
} decoder;

/* Whether N points can be written as asked for.  */
static int
check_images (const decoder *p, size_t N, lvm_error *error)
{
  if (p->o->idx && N > UINT32_MAX)
    return lvm_fail (error, LVM_USAGE,
                     "an IDX file holds 4294967295 images at most");
  if (p->o->idx && p->t.image.height == 0)
    return lvm_fail (error, LVM_DATA,
                     "%.200s was not trained on images, which '--idx' writes",
                     p->o->model);
  return LVM_OK;
}

static int
begin_points (decoder *p, size_t N, lvm_error *error)
{
  const lvm_vae_shape s = p->t.v->shape;
  lvm_columns c = { 0 };
  if (check_images (p, N, error) != LVM_OK
      || (p->output = lvm_output_open (p->o->output, error)) == NULL)
    return error->status;
  p->w = lvm_vae_fast_alloc (s, BATCH, (int) p->o->threads);
  p->z = lvm_alloc (PIECE * s.L, sizeof *p->z);
  p->a = lvm_alloc (PIECE * s.D, sizeof *p->a);
  lvm_progress_begin (&p->progress, p->o->program);
  if (p->o->idx)
    lvm_idx_begin_images (p->output, N, p->t.image.height, p->t.image.width);
  else
    {
      lvm_columns_each (&c, p->rng != NULL ? "x_" : "p_", s.D, NULL);
      lvm_columns_begin (&c, &p->table, p->output, (lvm_format) p->o->format);
    }
  return LVM_OK;
}

/* The next n points, of p->z [n x L].  A pixel is a draw, 0 or 1, or its probability, which
   in an image is a grey from 0 to 255.  */
static void
put_points (decoder *p, size_t n)
{
  lvm_vae_fast_decode (p->w, p->t.v, n, p->z, p->a);
  for (size_t i = 0; i < n * p->t.v->shape.D; i++)
    {
      double y = 1 / (1 + exp (-(double) p->a[i]));
      if (p->rng != NULL)
        y = gsl_rng_uniform (p->rng) < y;
      if (!p->o->idx)
        lvm_table_number (&p->table, y);
      else
        putc_unlocked (p->rng != NULL ? (int) y : (int) lround (255 * y),
                       lvm_output_stream (p->output));
    }
}

static void
end_points (decoder *p, lvm_error *error)
{
  if (p->output != NULL)
    lvm_progress_end (&p->progress);
  if (p->output != NULL && !p->o->idx && error->status == LVM_OK)
    lvm_table_end (&p->table, error);
  lvm_output_end (p->output, error);
  lvm_vae_training_free (&p->t);
  lvm_vae_fast_free (p->w);
  free (p->z);
  free (p->a);
  if (p->rng != NULL)
    gsl_rng_free (p->rng);
}

/* Columns z, or those that `encode' writes, of which the means are the z.  */
static int
check_codes (const lvm_table *t, size_t L, lvm_error *error)
{
  if (t->columns != L && t->columns != 2 * L)
    return lvm_fail (error, LVM_DATA,
                     "%.200s: %zu columns, but the model has %zu latent numbers",
                     t->file, t->columns, L);
  for (size_t n = 0; n < t->rows; n++)
    for (size_t l = 0; l < L; l++)
      if (!(fabs (t->x[n * t->columns + l]) <= 1e30))
        return lvm_table_fail (t, n, l, error, "%g is no latent number",
                               t->x[n * t->columns + l]);
  return LVM_OK;
}

static void
decode (const options *o, lvm_error *error)
{
  decoder p = { .o = o };
  lvm_table t = { 0 };
  if (lvm_vae_read (&p.t, o->model, error) == LVM_OK
      && lvm_csv_read (&t, o->data, o->label, error) == LVM_OK
      && check_codes (&t, p.t.v->shape.L, error) == LVM_OK
      && begin_points (&p, t.rows, error) == LVM_OK)
    for (size_t n = 0, L = p.t.v->shape.L; n < t.rows; n += PIECE)
      {
        const size_t now = t.rows - n < PIECE ? t.rows - n : PIECE;
        for (size_t i = 0; i < now; i++)
          for (size_t l = 0; l < L; l++)
            p.z[i * L + l] = (float) t.x[(n + i) * t.columns + l];
        put_points (&p, now);
        lvm_progress_update (&p.progress, (double) n / (double) t.rows);
      }
  lvm_table_free (&t);
  end_points (&p, error);
}

static void
sample (const options *o, lvm_error *error)
{
  decoder p = { .o = o };
  gsl_rng *rng = lvm_stream_alloc (o->seed, LVM_SAMPLE_STREAM);
  if (!o->probabilities)
    p.rng = lvm_stream_alloc (o->seed, LVM_SAMPLE_STREAM - 1);
  if (lvm_vae_read (&p.t, o->model, error) == LVM_OK
      && begin_points (&p, o->count, error) == LVM_OK)
    for (size_t n = 0; n < o->count; n += PIECE)
      {
        const size_t now = o->count - n < PIECE ? o->count - n : PIECE;
        lvm_vae_noise (rng, now * p.t.v->shape.L, p.z);
        put_points (&p, now);
        lvm_progress_update (&p.progress, (double) n / (double) o->count);
      }
  end_points (&p, error);
  gsl_rng_free (rng);
  if (error->status == LVM_OK)
    fprintf (stderr, "%s: %zu point%s, seed %zu\n", o->program, o->count,
             o->count == 1 ? "" : "s", o->seed);
}

/* --- score -------------------------------------------------------------------------------- */

static void
score_all (const options *o, const lvm_vae_training *t, const lvm_bits *x,
           lvm_vae_score score[])
{
  lvm_vae_fast *w = lvm_vae_fast_alloc (t->v->shape, BATCH, (int) o->threads);
  lvm_progress progress;
  lvm_progress_begin (&progress, "score");
  for (size_t n = 0; n < x->N; n += PIECE)
    {
      const size_t now = x->N - n < PIECE ? x->N - n : PIECE;
      lvm_vae_score_images (w, t->v, x, n, now, o->samples, o->seed, score + n);
      lvm_progress_update (&progress, (double) (n + now) / (double) x->N);
    }
  lvm_progress_end (&progress);
  lvm_vae_fast_free (w);
}

static void
put_score (lvm_table_writer *writer, size_t first, const lvm_vae_score *s)
{
  const double row[] = { (double) first,
                         s->reconstruction - s->kl,
                         s->reconstruction_error,
                         s->reconstruction,
                         s->kl,
                         s->log_evidence,
                         s->log_evidence_error };
  for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
    lvm_table_number (writer, row[i]);
}

static void
write_scores (const options *o, size_t N, const lvm_vae_score score[],
              lvm_output *output, lvm_error *error)
{
  const char *const names[] = { o->each ? "point" : "points",
                                "bound",
                                "bound_error",
                                "reconstruction",
                                "kl",
                                "log_evidence",
                                "log_evidence_error" };
  const lvm_vae_score mean = lvm_vae_score_mean (N, score);
  lvm_table_writer writer;
  lvm_table_begin (&writer, output, (lvm_format) o->format, 7, names);
  for (size_t n = 0; n < N && o->each; n++)
    put_score (&writer, n + 1, score + n);
  if (!o->each)
    put_score (&writer, N, &mean);
  lvm_table_end (&writer, error);
}

static void
score (const options *o, lvm_error *error)
{
  lvm_vae_training t = { 0 };
  lvm_binary points = { 0 };
  lvm_output *output = NULL;
  if (read_both (o, &t, &points, error) == LVM_OK
      && (output = lvm_output_open (o->output, error)) != NULL)
    {
      lvm_vae_score *y = lvm_alloc (points.x->N, sizeof *y);
      score_all (o, &t, points.x, y);
      write_scores (o, points.x->N, y, output, error);
      free (y);
    }
  lvm_output_end (output, error);
  lvm_vae_training_free (&t);
  lvm_binary_free (&points);
}

/* --- the command line ---------------------------------------------------------------------- */

#define EXIT_NOTES "Exit status: 0 done; 2 wrong usage; 3 bad data."

static const char train_purpose[] = "Train a variational auto-encoder on binary "
                                    "points. DATA is a table (CSV, TSV) of 0 "
                                    "and 1 with one point a row, or holds images "
                                    "(IDX), gzipped or not; '-' is standard "
                                    "input.";

static const char train_notes[] =
    "The trace has a row for each epoch: epoch, bound, reconstruction, kl, "
    "averages over\n"
    "the epoch's images, in nats; with --validation, validation_bound after it.\n"
    "\n"
    "An interrupt ends training after the epoch that is running, and writes the\n"
    "model; a second one ends the program at once. --resume goes on to the same "
    "bits as\n"
    "training that was never interrupted.\n"
    "\n"
    "Exit status: 0 done; 1 interrupted, or the bound is not finite; 2 wrong "
    "usage;\n"
    "3 bad data.";

static const char score_notes[] =
    "Columns written, averages over the points, in nats: points, how many; bound, "
    "the\n"
    "evidence lower bound, reconstruction - kl; bound_error, its standard error;\n"
    "reconstruction, the mean of ln p(x | z) over S draws; kl, exact; "
    "log_evidence,\n"
    "an estimate of ln p(x) from S importance weights, which on average is below "
    "it\n"
    "and above the bound; log_evidence_error, its standard error, which knows "
    "nothing of\n"
    "that bias. Standard errors are those of the draws, for these points; they are "
    "nan\n"
    "for S = 1.\n"
    "\n" EXIT_NOTES;

static const lvm_program programs[COMMANDS] = {
  [TRAIN] = { .name = "vae train",
              .usage = "[OPTION]... --model=FILE DATA",
              .purpose = train_purpose,
              .notes = train_notes },
  [ENCODE] = { .name = "vae encode",
               .usage = "[OPTION]... --model=FILE DATA",
               .purpose = "Write the encoder's Gaussian for each point of DATA, a "
                          "table or images as for `train'.",
               .notes = "Columns written: mean_1 .. mean_L; log_variance_1 .. "
                        "log_variance_L.\n\n" EXIT_NOTES },
  [DECODE] = { .name = "vae decode",
               .usage = "[OPTION]... --model=FILE CODES",
               .purpose = "Write the probability of each pixel for each row of "
                          "CODES, a table with a column for each latent number, or "
                          "one that `encode' wrote, of which the means are taken.",
               .notes = "Columns written: p_1 .. p_D.\n\n" EXIT_NOTES },
  [SCORE] = { .name = "vae score",
              .usage = "[OPTION]... --model=FILE DATA",
              .purpose = "Write how well a model explains the points of DATA, a "
                         "table or images as for `train'.",
              .notes = score_notes },
  [SAMPLE] = { .name = "vae sample",
               .usage = "[OPTION]... --model=FILE",
               .purpose =
                   "Draw z from the prior and points from it, one a row of 0 "
                   "and 1.",
               .notes = "Columns written: x_1 .. x_D; with --probabilities p_1 .. "
                        "p_D.\n\n" EXIT_NOTES },
  [EXPERIMENT] = { .name = "vae",
                   .usage = "[COMMAND] [OPTION]... [DATA]",
                   .purpose =
                       "Train variational auto-encoders on binary points, and "
                       "use them. Without a command, run the experiment of "
                       "chapter 6.",
                   .notes =
                       "Commands; `vae COMMAND --help' tells more:\n"
                       "  train    fit a model to the points of DATA\n"
                       "  encode   write the Gaussian of each point\n"
                       "  decode   write the pixels' probabilities for each code\n"
                       "  score    write the bound and an estimate of ln p(x)\n"
                       "  sample   draw points\n"
                       "\n"
                       "Exit status: 0 done; 1 a check failed, or training was "
                       "interrupted;\n2 wrong usage; 3 bad data." }
};

static lvm_option
option_count (const char *name, const char *argument, size_t *count, double least,
              double greatest, const char *help)
{
  return (lvm_option){ .name = name,
                       .argument = argument,
                       .count = count,
                       .least = least,
                       .most = greatest,
                       .help = help };
}

static lvm_option
option_file (const char *name, const char **file, const char *help)
{
  return (
      lvm_option){ .name = name, .argument = "FILE", .string = file, .help = help };
}

static lvm_option
option_flag (const char *name, bool *flag, const char *help)
{
  return (lvm_option){ .name = name, .flag = flag, .help = help };
}

static lvm_option
option_threshold (double *threshold)
{
  return (lvm_option){
    .name = "threshold",
    .argument = "T",
    .real = threshold,
    .least = 0,
    .most = 1e300,
    .help = "a number or pixel of DATA greater than T is 1, any other 0; without "
            "this option all have to be 0 or 1 (in images, 0 or one other value)"
  };
}

/* Each returns how many options it put in the table.  */
static size_t
add_train_options (options *o, lvm_option table[])
{
  const lvm_option own[] = {
    option_count ("hidden", "H", &o->hidden, 1, 100000,
                  "units of either hidden layer (500)"),
    option_count ("latent", "L", &o->latent, 1, 10000, "latent numbers (2)"),
    { .name = "activation",
      .choice = &o->activation,
      .choices = lvm_activation_names,
      .help = "of the hidden units (tanh)" },
    option_count (
        "epochs", "E", &o->epochs, 1, 1e6,
        "how often to go through DATA, with what was before --resume (20)"),
    option_count ("batch", "B", &o->batch, 1, 65536, "points of a step (128)"),
    { .name = "learning-rate",
      .argument = "R",
      .real = &o->learning_rate,
      .least = 1e-12,
      .most = 1e6,
      .help = "of Adam (0.001)" },
    lvm_option_seed (&o->seed),
    lvm_option_threads (&o->threads),
    option_threshold (&o->threshold),
    lvm_option_label (&o->label),
    option_file ("model", &o->model, "write the model"),
    option_file ("resume", &o->resume,
                 "go on with training from this model; it may be --model itself"),
    option_file ("validation", &o->validation,
                 "points held out, of which the bound goes to the trace"),
    option_file ("trace", &o->trace, "write a table with a row for each epoch"),
    lvm_option_format (&o->format),
  };
  memcpy (table, own, sizeof own);
  return sizeof own / sizeof own[0];
}

/* Of encode, decode, score and sample.  */
static size_t
add_other_options (options *o, lvm_option table[])
{
  size_t n = 0;
  table[n++] = option_file (
      "model", &o->model, "the model, as `train' writes it; '-' is standard input");
  if (o->command == SCORE)
    {
      table[n++] = option_count ("samples", "S", &o->samples, 1, 1e6,
                                 "draws for each point (100)");
      table[n++] = option_flag ("each", &o->each, "write a row for each point");
    }
  if (o->command == SAMPLE)
    {
      table[n++] =
          option_count ("count", "N", &o->count, 1, 1e12, "how many points (1000)");
      table[n++] = option_flag ("probabilities", &o->probabilities,
                                "write the pixels' probabilities instead of draws");
    }
  if (o->command == SAMPLE || o->command == DECODE)
    table[n++] = option_flag (
        "idx", &o->idx,
        "write IDX images instead of a table, gzipped if FILE ends in .gz; "
        "probabilities are greys from 0 to 255 there");
  if (o->command == SAMPLE || o->command == SCORE)
    table[n++] = lvm_option_seed (&o->seed);
  if (o->command == ENCODE || o->command == SCORE)
    table[n++] = option_threshold (&o->threshold);
  if (o->command != SAMPLE)
    table[n++] = lvm_option_label (&o->label);
  table[n++] = lvm_option_output (&o->output);
  table[n++] = lvm_option_format (&o->format);
  table[n++] = lvm_option_threads (&o->threads);
  return n;
}

static void
fill_table (options *o, lvm_option table[])
{
  size_t n = 2;
  if (o->command == TRAIN)
    n = add_train_options (o, table);
  else if (o->command != EXPERIMENT)
    n = add_other_options (o, table);
  else
    {
      table[0] = lvm_option_book (&o->book);
      table[1] = lvm_option_quick (&o->quick);
    }
  table[n] = (lvm_option){ .name = NULL };
}

static int
check_command_line (const options *o, lvm_error *error)
{
  const bool train = o->command == TRAIN;
  const lvm_place places[] = {
    { .name = o->command == DECODE ? "CODES" : "DATA", .path = o->data },
    { .name = "--resume", .path = o->resume },
    { .name = "--validation", .path = o->validation },
    { .name = "--model",
      .path = o->model,
      .written = train,
      .replaces = train ? "--resume" : NULL },
    { .name = "--output", .path = o->output, .written = true },
    { .name = "--trace", .path = o->trace, .written = true },
  };
  if (o->command == EXPERIMENT)
    return LVM_OK;
  if (o->data == NULL && o->command != SAMPLE)
    return lvm_fail (error, LVM_USAGE, "%s is missing", places[0].name);
  if (o->model == NULL)
    return lvm_fail (error, LVM_USAGE, "option '--model' is needed");
  return lvm_check_places (places, sizeof places / sizeof places[0], error);
}

/* Value: whether there is work to do.  */
static bool
read_command_line (int argc, char *argv[], options *o, lvm_error *error)
{
  static const char *const names[] = { "train", "encode", "decode",
                                       "score", "sample", NULL };
  const command c = (command) lvm_command_find (names, argc, argv);
  const int word = c != EXPERIMENT;
  lvm_option table[20];
  lvm_program program = programs[c];
  *o = (options){ .command = c,
                  .program = program.name,
                  .threshold = -1,
                  .activation = -1,
                  .epochs = 20,
                  .seed = c == TRAIN ? SIZE_MAX : 1,
                  .threads = lvm_count_processors (),
                  .samples = 100,
                  .count = 1000 };
  fill_table (o, table);
  program.options = table;
  if (!word && argc > 1 && *argv[1] != '-')
    lvm_fail (
        error, LVM_USAGE,
        "the first word has to be train, encode, decode, score or sample, not "
        "'%.100s'",
        argv[1]);
  else if (!lvm_command_read (&program, argc - word, argv + word,
                              c < SAMPLE ? &o->data : NULL, error))
    return false;
  return error->status == LVM_OK && check_command_line (o, error) == LVM_OK;
}

int
main (int argc, char *argv[])
{
  options o;
  lvm_error error = { 0 };
  lvm_openblas_choose (argv);
  gsl_set_error_handler_off ();
  if (read_command_line (argc, argv, &o, &error))
    switch (o.command)
      {
      case TRAIN: train (&o, &error); break;
      case ENCODE: encode (&o, &error); break;
      case DECODE: decode (&o, &error); break;
      case SCORE: score (&o, &error); break;
      case SAMPLE: sample (&o, &error); break;
      default: lvm_experiment (o.book, o.quick, &error);
      }
  return lvm_report (&programs[o.command], &error);
}
