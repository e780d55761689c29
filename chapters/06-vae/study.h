/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_CHAPTER_06_STUDY_H
#define LVM_CHAPTER_06_STUDY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bounds.h"
#include "cli/book.h"
#include "cli/progress.h"
#include "latent.h"
#include "model/vae_fast.h"

/* What the parts of chapter 6's experiment share.  */

enum
{
  SEED = 20240229,
  SIDE = 28,
  PIXELS = SIDE * SIDE,
  HIDDEN = 500,
  BATCH = 128
};

typedef struct
{
  lvm_book *book;
  bool quick;
  int threads;
  lvm_bits *train, *test;
  int *train_label, *test_label;
  lvm_vae *vae; /* trained, of two latent numbers */
  codes of_train, of_test;
  lvm_progress progress;
  double work, done; /* in epochs of the book's training */
} study;

/* So many epochs are done.  */
void worked (study *s, double epochs);

/* --- training -------------------------------------------------------------------- */

/* How the loss is computed: rightly, or as somebody published it.  */
typedef enum
{
  RIGHT,
  EXP_LOG_VARIANCE, /* z = mean + exp (log_variance) eps */
  KL_BY_PIXELS,     /* KL / (D B)                        */
  MEAN_FOR_SUM,     /* KL / L                            */
  PROGRAMS
} program;

/* Averages over images, with one draw each, in nats an image.  */
typedef struct
{
  double reconstruction,
      kl;        /* of the q that is drawn from: the bound is their difference */
  double loss;   /* as the program has it */
  double second; /* of a latent number, E z^2, averaged over the L */
} averages;

typedef struct
{
  lvm_vae *v;
  program how;
  uint64_t stream;    /* of random numbers, for this run */
  int threads, epoch; /* epochs done */
  lvm_adam *adam;
  lvm_vae_fast *work;
} training;

training *training_alloc (lvm_vae_shape shape, program how, uint64_t stream,
                          int threads);
lvm_vae *training_free (training *t); /* but not the network */

/* One epoch over all images in a new order.  */
void training_epoch (training *t, const lvm_bits *x);

/* Averages over images with the network as it is.  */
averages training_look (training *t, const lvm_bits *x);

/* --- the trained network ------------------------------------------------------------ */

/* q of every image.  */
codes codes_alloc (const study *s, const lvm_bits *x, int label[], uint64_t stream);
void codes_free (codes *q);

/* The decoder's probabilities for n latents.
   Given     z [n x 2].  Returned  picture [n x PIXELS]  */
void decode_pictures (const study *s, size_t n, const double z[], double picture[]);

/* The first M images of x on a grid, for the decoder that swirls back first.  */
exact exact_alloc (const study *s, const lvm_bits *x, size_t M,
                   const lvm_latent_grid *g, double twist);
void exact_free (exact *e);

/* --- the parts ------------------------------------------------------------------------ */

/* Writes one row of a table.  */
void row_of_numbers (lvm_table_writer *t, int n, const double x[]);

/* Which digit lies where, as a picture of so many pixels for [-reach, reach]^2: the
   commonest digit's number + 1, and to it is added how much of the pixel is covered,
   below 1; 0 where nothing lies.
   Given     z [N x 2]  */
void scatter (size_t pixels, double reach, size_t N, const double z[],
              const int label[], double picture[]);

/* Pictures over the quantiles of the prior, from a decoder that swirls back first.  */
void manifold (const study *s, const char *table, size_t side, double twist);

void study_space (study *s);  /* space.c: the aggregate, holes, territories */
void study_bounds (study *s); /* ladder.c: what a grid knows about bounds   */
void study_runs (study *s);   /* runs.c: other sizes, wrong programs, no layers */

#endif
