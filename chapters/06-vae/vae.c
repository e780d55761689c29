/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The variational auto-encoder of binary vectors, such as black and white images: a
   network that turns z ~ N(0, I) into an image, and another one that turns an image
   into a Gaussian over the z that it may have come from.

   train    fits both to data: the loop is the function `train_epoch' below
   encode   writes the Gaussian of each point
   decode   writes the probabilities of the pixels for each z
   score    writes the bound, and an estimate of ln p(x) by importance weights
   sample   draws points

   Without a command the program runs the experiment of chapter 6
   (experiment.c).  */

#include <gsl/gsl_errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/book.h"
#include "cli/columns.h"
#include "cli/environment.h"
#include "cli/mixture.h"
#include "cli/places.h"
#include "cli/progress.h"
#include "data/binary.h"
#include "data/idx.h"
#include "model/vae_fast.h"
#include "model/vae_file.h"
#include "model/vae_score.h"
#include "num/streams.h"
#include "options.h"

enum
{
  BATCH = 128, /* images at a time, where nothing is said */
  PIECE = 1024 /* points written, or scored, at a time */
};

/* --- what is read --------------------------------------------------------- */

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

/* --- train: before the loop ----------------------------------------------- */

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

/* --- train: the loop ------------------------------------------------------ */

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

/* Epoch, averages so far and speed; lvm_progress adds the share and the time
   left.  */
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

/* One epoch: all images in a new order, a batch at a time.  Noise, forward,
   backward and Adam; the three last are one call, lvm_vae_fast_step, whose plain
   form is model/vae.h.  */
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

/* Epochs, until there are enough of them or somebody interrupts; one at least.  */
static averages
train_epochs (training *r, lvm_error *error)
{
  averages mean = { 0, 0 };
  do
    {
      mean = train_epoch (r);
      put_epoch (r, mean);
      if (!isfinite (mean.reconstruction - mean.kl))
        lvm_fail (error, LVM_FAILED,
                  "the bound of epoch %zu is %g; try a smaller --learning-rate",
                  r->t.epoch, mean.reconstruction - mean.kl);
    }
  while (r->t.epoch < r->o->epochs && !interrupted && error->status == LVM_OK);
  lvm_progress_end (&r->progress);
  return mean;
}

/* --- train: after the loop ------------------------------------------------ */

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
  listen ();
  if (prepare (&r, error) == LVM_OK && open_outputs (&r, error) == LVM_OK)
    {
      begin_training (&r);
      const averages mean = train_epochs (&r, error);
      if (write_outputs (&r, error) == LVM_OK)
        say_trained (&r, mean, error);
    }
  end_training (&r);
}

/* --- encode --------------------------------------------------------------- */

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

/* --- decode, sample ------------------------------------------------------- */

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

/* The next n points, of p->z [n x L].  A pixel is a draw, 0 or 1, or its
   probability, which in an image is a grey from 0 to 255.  */
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

/* --- score ---------------------------------------------------------------- */

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

int
main (int argc, char *argv[])
{
  options o;
  lvm_error error = { 0 };
  lvm_environment_choose (argv);
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
