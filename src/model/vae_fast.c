/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/vae_fast.h"

#include <gsl/gsl_blas.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/vae_lanes.h"
#include "num/blas.h"
#include "num/error.h"

#ifdef _OPENMP
#include <omp.h>
#endif

/* One step of training, for a batch that fits the caches.

   - Images are binary, and four fifths of MNIST's pixels are off.  The encoder's
     first layer is the sum of the rows of W1 whose pixel is on; row d of its
     gradient is the sum of d_h1 over the images whose pixel d is on.  A dense
     network spends two of its five large products here.
   - The other three are products of matrices, by BLAS, cut along the pixels: for a
     block of columns of W3 the logits, their derivatives, the block's gradient and
     its part of d_h2 all follow one another, while the block is in the cache.
   - A block of a gradient is used by Adam as soon as it is there.
   - A column of ones stands beside h1, z and h2, and a pixel D that is always on in
     every image: biases are then rows of their matrices, which they follow in
     theta.

   A step is six rounds of tasks, with the threads waiting for one another in
   between:

     list        rows of images   which pixels are on
     encode      columns of H     h1
     latent      rows of images   mean, log_variance, z, h2
     decode      columns of D     a, d_a, W3, part of d_h2
     back        rows of images   d_h2, d_z, d_mean, d_log_variance, d_h1
     descend     rows of W1       W1; and three tasks more: Wm, Ws, W2

   There are but two blocks of columns of D: with four, products are narrower and a
   step takes a tenth longer on two processors.  A third thread rests meanwhile.

   Tasks depend on the shape alone and not on the number of threads, the last batch
   is padded to the full one, and the parts of d_h2 are added in their order: so are
   the bits the same.  */

enum
{
  LANES = 16,
  ROWS = 16,    /* images of a task       */
  COLUMNS = 64, /* hidden units of a task */
  DECODERS = 2, /* blocks of columns of D, at most */
  BANDS = 16,   /* blocks of rows of W1, at most */
  SMALL = 3     /* Wm, Ws, W2 */
};

struct lvm_vae_fast
{
  lvm_vae_shape shape;
  lvm_vae_places at;
  size_t B;      /* a multiple of ROWS */
  size_t stride; /* H, in whole vectors */
  int threads;
  const lvm_vae_lanes *lanes;
  float *h1, *h2;                       /* [B x H + 1], the last column of ones */
  float *z;                             /* [B x L + 1], the same */
  float *mean, *log_variance;           /* [B x L] */
  float *d_h1;                          /* [B x stride] */
  float *d_h2;                          /* [B x H] */
  float *d_z, *d_mean, *d_log_variance; /* [B x L] */
  float *part;                          /* [DECODERS x B x H]: parts of d_h2 */
  double *likelihood;                   /* [DECODERS x B]: parts of ln p(x | z) */
  uint32_t *on;                         /* [B x D + 1]: the pixels that are on */
  size_t *count;                        /* [B]: how many */
  size_t room;                          /* numbers of one thread */
  float *scratch;                       /* [threads x room] */
};

/* What a call is about.  */
typedef struct
{
  lvm_vae_fast *w;
  const lvm_vae *v;
  const lvm_bits *x;
  const size_t *row; /* [B], or NULL */
  size_t first;      /* then these rows: first .. first + B - 1 */
  size_t B;          /* images; the rest of the workspace's B is padding */
  const float *eps;  /* [B x L] */
  float *a;          /* [B x D]: where logits are wanted, or NULL */
  float *gradient;   /* [n], or NULL */
  float *theta;      /* of v, where Adam changes it */
  lvm_adam *adam;    /* or NULL */
  float rate[5];     /* of Adam's step */
  bool backward;     /* whether derivatives are wanted */
} job;

typedef void task (const job *j, size_t i, float scratch[]);

/* --- workspace ------------------------------------------------------------ */

static size_t
round_up (size_t n, size_t to)
{
  return (n + to - 1) / to * to;
}

static size_t
least (size_t a, size_t b)
{
  return a < b ? a : b;
}

static size_t
most (size_t a, size_t b)
{
  return a > b ? a : b;
}

static float *
zeros (size_t n)
{
  return lvm_alloc_lines (n, sizeof (float));
}

/* Zeros, and ones in the last of the columns.  */
static float *
with_ones (size_t rows, size_t columns)
{
  float *a = zeros (rows * columns);
  for (size_t n = 0; n < rows; n++)
    a[n * columns + columns - 1] = 1;
  return a;
}

/* The blocks of columns of D, in whole vectors.  */
static size_t
count_decoders (lvm_vae_shape s)
{
  return least (DECODERS, round_up (s.D, LANES) / LANES);
}

static size_t
first_column (lvm_vae_shape s, size_t block)
{
  const size_t vectors = round_up (s.D, LANES) / LANES;
  return least (s.D, (block * vectors + count_decoders (s) - 1) / count_decoders (s)
                         * LANES);
}

/* The blocks of rows of W1 and b1.  */
static size_t
count_bands (lvm_vae_shape s)
{
  return least (BANDS, s.D + 1);
}

static size_t
first_pixel (lvm_vae_shape s, size_t band)
{
  return band * (s.D + 1) / count_bands (s);
}

/* The most that a task needs.  */
static size_t
count_scratch (lvm_vae_shape s, size_t B)
{
  size_t width = 0, band = 0;
  for (size_t i = 0; i < count_decoders (s); i++)
    width = most (width, first_column (s, i + 1) - first_column (s, i));
  for (size_t i = 0; i < count_bands (s); i++)
    band = most (band, first_pixel (s, i + 1) - first_pixel (s, i));
  const size_t encode = (s.D + 1) * COLUMNS, decode = (B + s.H + 1) * width,
               descend = band * (s.H + B + 1),
               small = (most (s.H, s.L) + 1) * most (s.H, s.L);
  return round_up (most (most (encode, decode), most (descend, small)), LANES);
}

lvm_vae_fast *
lvm_vae_fast_alloc (lvm_vae_shape s, size_t B, int threads)
{
  lvm_vae_fast *w = lvm_alloc (1, sizeof *w);
  B = round_up (B, ROWS);
  const size_t H = B * s.H, L = B * s.L, room = count_scratch (s, B);
  *w = (lvm_vae_fast){ .shape = s,
                       .at = lvm_vae_place (s),
                       .B = B,
                       .stride = round_up (s.H, LANES),
                       .threads = threads,
                       .lanes = lvm_vae_lanes_choose (),
                       .h1 = with_ones (B, s.H + 1),
                       .h2 = with_ones (B, s.H + 1),
                       .z = with_ones (B, s.L + 1),
                       .mean = zeros (L),
                       .log_variance = zeros (L),
                       .d_h1 = zeros (B * round_up (s.H, LANES)),
                       .d_h2 = zeros (H),
                       .d_z = zeros (L),
                       .d_mean = zeros (L),
                       .d_log_variance = zeros (L),
                       .part = zeros (DECODERS * H),
                       .likelihood = lvm_alloc (DECODERS * B, sizeof (double)),
                       .on = lvm_alloc (B * (s.D + 1), sizeof (uint32_t)),
                       .count = lvm_alloc (B, sizeof (size_t)),
                       .room = room,
                       .scratch = zeros ((size_t) threads * room) };
  return w;
}

void
lvm_vae_fast_free (lvm_vae_fast *w)
{
  if (w == NULL)
    return;
  void *const arrays[] = {
    w->h1,   w->h2,         w->z,   w->mean,   w->log_variance,
    w->d_h1, w->d_h2,       w->d_z, w->d_mean, w->d_log_variance,
    w->part, w->likelihood, w->on,  w->count,  w->scratch
  };
  for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
    free (arrays[i]);
  free (w);
}

/* --- products, parameters ------------------------------------------------- */

/* A matrix in an array, whose rows are `stride' numbers apart.  */
static gsl_matrix_float
matrix (const float a[], size_t rows, size_t columns, size_t stride)
{
  return gsl_matrix_float_const_view_array_with_tda (a, rows, columns, stride)
      .matrix;
}

/* c = a b + keep c, c = a' b, c = a b' + keep c.  */
static void
multiply (gsl_matrix_float a, gsl_matrix_float b, float keep, gsl_matrix_float c)
{
  gsl_blas_sgemm (CblasNoTrans, CblasNoTrans, 1, &a, &b, keep, &c);
}

static void
multiply_left (gsl_matrix_float a, gsl_matrix_float b, gsl_matrix_float c)
{
  gsl_blas_sgemm (CblasTrans, CblasNoTrans, 1, &a, &b, 0, &c);
}

static void
multiply_right (gsl_matrix_float a, gsl_matrix_float b, float keep,
                gsl_matrix_float c)
{
  gsl_blas_sgemm (CblasNoTrans, CblasTrans, 1, &a, &b, keep, &c);
}

/* What becomes of a block of the gradient: it is handed out, or Adam uses it.
   Given  d [rows x columns]: the derivative by the block of theta that begins at
          `place' and whose rows are `stride' numbers apart.  */
static void
use_gradient (const job *j, const float d[], size_t rows, size_t columns,
              size_t place, size_t stride)
{
  if (columns == stride)
    {
      columns *= rows;
      rows = 1;
    }
  for (size_t i = 0; i < rows; i++)
    {
      const size_t t = place + i * stride;
      if (j->gradient != NULL)
        memcpy (j->gradient + t, d + i * columns, columns * sizeof *d);
      else
        j->w->lanes->adam (j->rate, columns, d + i * columns, j->adam->m + t,
                           j->adam->v + t, j->theta + t);
    }
}

static void
activate (const lvm_vae_fast *w, size_t n, float h[])
{
  if (w->shape.activation == LVM_TANH)
    w->lanes->tanh (n, h);
  else
    for (size_t i = 0; i < n; i++)
      h[i] = h[i] < 0 ? 0 : h[i];
}

static void
activate_backward (const lvm_vae_fast *w, size_t n, const float h[], float d[])
{
  if (w->shape.activation == LVM_TANH)
    for (size_t i = 0; i < n; i++)
      d[i] *= (1 - h[i]) * (1 + h[i]);
  else
    for (size_t i = 0; i < n; i++)
      d[i] = h[i] > 0 ? d[i] : 0;
}

/* --- the tasks, in the order of a step ------------------------------------ */

static size_t
row_of (const job *j, size_t n)
{
  return j->row != NULL ? j->row[n] : j->first + n;
}

/* The pixels that are on in some images; none in padding.  */
static void
list (const job *j, size_t i, float scratch[])
{
  const lvm_vae_fast *w = j->w;
  (void) scratch;
  for (size_t n = i * ROWS; n < (i + 1) * ROWS; n++)
    {
      uint32_t *on = w->on + n * (w->shape.D + 1);
      size_t count = 0;
      if (n < j->B)
        {
          const uint8_t *x = j->x->bytes + row_of (j, n) * j->x->stride;
          for (size_t d = 0; d < j->x->stride; d += 8)
            {
              uint64_t word;
              memcpy (&word, x + d, sizeof word);
              for (; word != 0; word &= word - 1)
                on[count++] =
                    (uint32_t) (8 * d) + (uint32_t) __builtin_ctzll (word);
            }
          on[count++] = (uint32_t) w->shape.D;
        }
      w->count[n] = count;
    }
}

/* Some columns of h1.  Those of W1 and b1 are laid side by side first: on their way
   through all of W1 the sums would ask for a new page with every row.  */
static void
encode (const job *j, size_t i, float scratch[])
{
  const lvm_vae_fast *w = j->w;
  const size_t D = w->shape.D, H = w->shape.H, first = i * COLUMNS,
               columns = least (COLUMNS, H - first);
  const float *W = j->v->theta + w->at.W1 + first;
  w->lanes->pack_columns (D + 1, H, W, columns, scratch);
  for (size_t n = 0; n < w->B; n++)
    {
      float *h = w->h1 + n * (H + 1) + first;
      w->lanes->sum_rows (w->count[n], w->on + n * (D + 1), COLUMNS, scratch,
                          columns, h);
      activate (w, columns, h);
    }
}

/* Both heads, of some images.  */
static void
heads (const job *j, size_t n)
{
  const lvm_vae_fast *w = j->w;
  const size_t H = w->shape.H, L = w->shape.L;
  const float *t = j->v->theta;
  const gsl_matrix_float h1 = matrix (w->h1 + n * (H + 1), ROWS, H + 1, H + 1);
  multiply (h1, matrix (t + w->at.Wm, H + 1, L, L), 0,
            matrix (w->mean + n * L, ROWS, L, L));
  multiply (h1, matrix (t + w->at.Ws, H + 1, L, L), 0,
            matrix (w->log_variance + n * L, ROWS, L, L));
}

static void
sample (const job *j, size_t first)
{
  const lvm_vae_fast *w = j->w;
  const size_t L = w->shape.L;
  for (size_t n = first; n < first + ROWS; n++)
    for (size_t l = 0; l < L; l++)
      w->z[n * (L + 1) + l] =
          n < j->B ? w->mean[n * L + l]
                         + expf (w->log_variance[n * L + l] / 2) * j->eps[n * L + l]
                   : 0;
}

/* h2, of some images.  */
static void
hidden (const job *j, size_t n)
{
  const lvm_vae_fast *w = j->w;
  const size_t H = w->shape.H, L = w->shape.L;
  multiply (matrix (w->z + n * (L + 1), ROWS, L + 1, L + 1),
            matrix (j->v->theta + w->at.W2, L + 1, H, H), 0,
            matrix (w->h2 + n * (H + 1), ROWS, H, H + 1));
  for (size_t k = n; k < n + ROWS; k++)
    activate (w, H, w->h2 + k * (H + 1));
}

static void
latent (const job *j, size_t i, float scratch[])
{
  (void) scratch;
  heads (j, i * ROWS);
  if (j->eps != NULL)
    {
      sample (j, i * ROWS);
      hidden (j, i * ROWS);
    }
}

static void
hidden_only (const job *j, size_t i, float scratch[])
{
  (void) scratch;
  hidden (j, i * ROWS);
}

/* Some columns of the logits, and all that follows from them.  */
static void
decode (const job *j, size_t i, float scratch[])
{
  const lvm_vae_fast *w = j->w;
  const size_t B = w->B, D = w->shape.D, H = w->shape.H,
               first = first_column (w->shape, i),
               width = first_column (w->shape, i + 1) - first;
  float *a = scratch, *d_W = scratch + B * width;
  const gsl_matrix_float h2 = matrix (w->h2, B, H + 1, H + 1),
                         W3 = matrix (j->v->theta + w->at.W3 + first, H + 1, width,
                                      D),
                         A = matrix (a, B, width, width);
  multiply (h2, W3, 0, A);
  if (j->a != NULL)
    for (size_t n = 0; n < j->B; n++)
      memcpy (j->a + n * D + first, a + n * width, width * sizeof *a);
  if (j->x == NULL)
    return;
  for (size_t n = 0; n < j->B; n++)
    w->likelihood[i * B + n] = w->lanes->pixels (
        width, j->x->bytes + row_of (j, n) * j->x->stride + first / 8,
        1 / (float) j->B, a + n * width, a + n * width);
  if (!j->backward)
    return;
  memset (a + j->B * width, 0, (B - j->B) * width * sizeof *a);
  multiply_right (A, matrix (j->v->theta + w->at.W3 + first, H, width, D), 0,
                  matrix (w->part + i * B * H, B, H, H));
  multiply_left (h2, A, matrix (d_W, H + 1, width, width));
  use_gradient (j, d_W, H + 1, width, w->at.W3 + first, D);
}

/* d_h2 of some images: the parts, in their order, through the activation.  */
static void
hidden_backward (const job *j, size_t first)
{
  const lvm_vae_fast *w = j->w;
  const size_t H = w->shape.H;
  for (size_t n = first; n < first + ROWS; n++)
    {
      float *d = w->d_h2 + n * H;
      memcpy (d, w->part + n * H, H * sizeof *d);
      for (size_t i = 1; i < count_decoders (w->shape); i++)
        for (size_t k = 0; k < H; k++)
          d[k] += w->part[(i * w->B + n) * H + k];
      activate_backward (w, H, w->h2 + n * (H + 1), d);
    }
}

/* From d_z to d_mean and d_log_variance, of some images.  */
static void
sample_backward (const job *j, size_t first)
{
  const lvm_vae_fast *w = j->w;
  const size_t L = w->shape.L;
  const float share = 1 / (float) j->B;
  for (size_t i = first * L; i < least (first + ROWS, j->B) * L; i++)
    {
      const float sigma = expf (w->log_variance[i] / 2);
      w->d_mean[i] = w->d_z[i] + share * w->mean[i];
      w->d_log_variance[i] =
          (w->d_z[i] * j->eps[i] * sigma + share * expm1f (w->log_variance[i])) / 2;
    }
  for (size_t i = most (first, j->B) * L; i < (first + ROWS) * L; i++)
    w->d_mean[i] = w->d_log_variance[i] = 0;
}

static void
back (const job *j, size_t i, float scratch[])
{
  const lvm_vae_fast *w = j->w;
  const size_t H = w->shape.H, L = w->shape.L, n = i * ROWS;
  const float *t = j->v->theta;
  const gsl_matrix_float d_h1 =
      matrix (w->d_h1 + n * w->stride, ROWS, H, w->stride);
  (void) scratch;
  hidden_backward (j, n);
  multiply_right (matrix (w->d_h2 + n * H, ROWS, H, H),
                  matrix (t + w->at.W2, L, H, H), 0,
                  matrix (w->d_z + n * L, ROWS, L, L));
  sample_backward (j, n);
  multiply_right (matrix (w->d_mean + n * L, ROWS, L, L),
                  matrix (t + w->at.Wm, H, L, L), 0, d_h1);
  multiply_right (matrix (w->d_log_variance + n * L, ROWS, L, L),
                  matrix (t + w->at.Ws, H, L, L), 1, d_h1);
  for (size_t k = n; k < n + ROWS; k++)
    activate_backward (w, H, w->h1 + k * (H + 1), w->d_h1 + k * w->stride);
}

/* Where the pixels from d on begin in a list of them, which increases.  */
static size_t
find (const uint32_t on[], size_t count, size_t d)
{
  size_t low = 0, high = count;
  while (low < high)
    {
      const size_t middle = (low + high) / 2;
      if (on[middle] < d)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* The images in which each pixel of a band is on: counted first, then put in their
   place.
   Returned  end [band + 1]: where those of a pixel end in image, after a 0  */
static void
list_images (const job *j, size_t first, size_t band, uint32_t end[],
             uint32_t image[])
{
  const lvm_vae_fast *w = j->w;
  const size_t D = w->shape.D;
  memset (end, 0, (band + 1) * sizeof *end);
  for (int placing = 0; placing < 2; placing++)
    {
      for (size_t n = 0; n < j->B; n++)
        {
          const uint32_t *on = w->on + n * (D + 1);
          for (size_t i = find (on, w->count[n], first);
               i < w->count[n] && on[i] < first + band; i++)
            if (placing)
              image[end[on[i] - first]++] = (uint32_t) n;
            else
              end[on[i] - first + 1]++;
        }
      for (size_t d = 0; d < band && !placing; d++)
        end[d + 1] += end[d];
    }
  memmove (end + 1, end, band * sizeof *end);
  end[0] = 0;
}

/* Some rows of W1, with b1 as the last of all.  */
static void
descend_W1 (const job *j, size_t band, float scratch[])
{
  const lvm_vae_fast *w = j->w;
  const size_t H = w->shape.H, first = first_pixel (w->shape, band),
               rows = first_pixel (w->shape, band + 1) - first;
  float *d_W = scratch;
  uint32_t *end = (uint32_t *) (scratch + rows * H), *image = end + rows + 1;
  list_images (j, first, rows, end, image);
  for (size_t k = 0; k < H; k += COLUMNS)
    for (size_t d = 0; d < rows; d++)
      w->lanes->sum_rows (end[d + 1] - end[d], image + end[d], w->stride,
                          w->d_h1 + k, least (COLUMNS, H - k), d_W + d * H + k);
  use_gradient (j, d_W, rows, H, w->at.W1 + first * H, H);
}

/* Wm, Ws or W2, each with its bias.  */
static void
descend_small (const job *j, size_t which, float scratch[])
{
  const lvm_vae_fast *w = j->w;
  const size_t B = w->B, H = w->shape.H, L = w->shape.L;
  const bool decoder = which == 2;
  const size_t rows = (decoder ? L : H) + 1, columns = decoder ? H : L;
  const float *d[SMALL] = { w->d_mean, w->d_log_variance, w->d_h2 };
  const size_t place[SMALL] = { w->at.Wm, w->at.Ws, w->at.W2 };
  multiply_left (matrix (decoder ? w->z : w->h1, B, rows, rows),
                 matrix (d[which], B, columns, columns),
                 matrix (scratch, rows, columns, columns));
  use_gradient (j, scratch, rows, columns, place[which], columns);
}

static void
descend (const job *j, size_t i, float scratch[])
{
  if (i < SMALL)
    descend_small (j, i, scratch);
  else
    descend_W1 (j, i - SMALL, scratch);
}

/* --- rounds of tasks ------------------------------------------------------ */

static size_t
thread_number (void)
{
#ifdef _OPENMP
  return (size_t) omp_get_thread_num ();
#else
  return 0;
#endif
}

/* Within a parallel region: all n tasks, shared among its threads.  */
static void
each (const job *j, size_t n, task *do_task)
{
  float *scratch = j->w->scratch + thread_number () * j->w->room;
#pragma omp for schedule(dynamic)
  for (size_t i = 0; i < n; i++)
    do_task (j, i, scratch);
}

/* From images, where there is noise as far as the logits.  */
static void
forward (const job *j)
{
  const lvm_vae_fast *w = j->w;
  each (j, w->B / ROWS, list);
  each (j, (w->shape.H + COLUMNS - 1) / COLUMNS, encode);
  each (j, w->B / ROWS, latent);
  if (j->eps != NULL)
    each (j, count_decoders (w->shape), decode);
}

static void
backward (const job *j)
{
  const lvm_vae_fast *w = j->w;
  each (j, w->B / ROWS, back);
  each (j, SMALL + count_bands (w->shape), descend);
}

static void
run (const job *j)
{
  const lvm_blas_threads before = lvm_blas_serial ();
#pragma omp parallel num_threads(j->w->threads)
  {
    forward (j);
    if (j->backward)
      backward (j);
  }
  lvm_blas_restore (before);
}

/* ln p(x | z) from its parts.  */
static void
add_likelihood (const job *j, double reconstruction[])
{
  const lvm_vae_fast *w = j->w;
  for (size_t n = 0; n < j->B; n++)
    {
      reconstruction[n] = 0;
      for (size_t i = 0; i < count_decoders (w->shape); i++)
        reconstruction[n] += w->likelihood[i * w->B + n];
    }
}

/* As lvm_vae_kl.  */
static void
add_kl (const job *j, double kl[])
{
  const lvm_vae_work w = { .mean = j->w->mean, .log_variance = j->w->log_variance };
  lvm_vae_kl (j->v, j->B, &w, kl);
}

/* --- training ------------------------------------------------------------- */

/* What gradient and step have in common.  */
static void
run_batch (job j, const size_t row[], const float eps[], double reconstruction[],
           double kl[])
{
  j.row = row;
  j.eps = eps;
  j.backward = true;
  run (&j);
  add_likelihood (&j, reconstruction);
  add_kl (&j, kl);
}

void
lvm_vae_fast_gradient (lvm_vae_fast *w, const lvm_vae *v, const lvm_bits *x,
                       const size_t row[], size_t B, const float eps[],
                       double reconstruction[], double kl[], float gradient[])
{
  const job j = { .w = w, .v = v, .x = x, .B = B, .gradient = gradient };
  run_batch (j, row, eps, reconstruction, kl);
}

void
lvm_vae_fast_step (lvm_vae_fast *w, lvm_vae *v, lvm_adam *adam, const lvm_bits *x,
                   const size_t row[], size_t B, const float eps[],
                   double reconstruction[], double kl[])
{
  const double t = (double) ++adam->t;
  const job j = {
    .w = w,
    .v = v,
    .x = x,
    .B = B,
    .theta = v->theta,
    .adam = adam,
    .rate = { (float) (1 - adam->beta1), (float) (1 - adam->beta2),
              (float) (adam->learning_rate / (1 - pow (adam->beta1, t))),
              (float) (1 / sqrt (1 - pow (adam->beta2, t))), (float) adam->epsilon }
  };
  run_batch (j, row, eps, reconstruction, kl);
}

/* --- the rest ------------------------------------------------------------- */

/* As many of M rows, from n on, as go into a batch.  */
static job
rows_of (lvm_vae_fast *w, const lvm_vae *v, const lvm_bits *x, const size_t row[],
         size_t n, size_t M)
{
  return (job){ .w = w,
                .v = v,
                .x = x,
                .row = row != NULL ? row + n : NULL,
                .first = n,
                .B = least (w->B, M - n) };
}

void
lvm_vae_fast_encode (lvm_vae_fast *w, const lvm_vae *v, const lvm_bits *x,
                     const size_t row[], size_t M, float mean[],
                     float log_variance[])
{
  const size_t L = w->shape.L;
  for (size_t n = 0; n < M; n += w->B)
    {
      const job j = rows_of (w, v, x, row, n, M);
      run (&j);
      memcpy (mean + n * L, w->mean, j.B * L * sizeof *mean);
      memcpy (log_variance + n * L, w->log_variance, j.B * L * sizeof *mean);
    }
}

/* From z, at most B of them, as far as the logits, and ln p(x | z) where there is
   an x.  */
static void
run_decoder (const job *j, const float z[])
{
  const lvm_vae_fast *w = j->w;
  const size_t L = w->shape.L;
  const lvm_blas_threads before = lvm_blas_serial ();
  for (size_t n = 0; n < j->B; n++)
    memcpy (w->z + n * (L + 1), z + n * L, L * sizeof *z);
#pragma omp parallel num_threads(w->threads)
  {
    each (j, w->B / ROWS, hidden_only);
    each (j, count_decoders (w->shape), decode);
  }
  lvm_blas_restore (before);
}

void
lvm_vae_fast_decode (lvm_vae_fast *w, const lvm_vae *v, size_t M, const float z[],
                     float a[])
{
  for (size_t n = 0; n < M; n += w->B)
    {
      job j = rows_of (w, v, NULL, NULL, n, M);
      j.a = a + n * w->shape.D;
      run_decoder (&j, z + n * w->shape.L);
    }
}

void
lvm_vae_fast_reconstruction (lvm_vae_fast *w, const lvm_vae *v, const lvm_bits *x,
                             const size_t row[], size_t M, const float z[],
                             double reconstruction[])
{
  for (size_t n = 0; n < M; n += w->B)
    {
      const job j = rows_of (w, v, x, row, n, M);
      run_decoder (&j, z + n * w->shape.L);
      add_likelihood (&j, reconstruction + n);
    }
}
