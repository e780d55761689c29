/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/gmm_fast.h"

#include <gsl/gsl_math.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "num/blas.h"
#include "num/cholesky.h"
#include "num/error.h"

#ifdef _OPENMP
#include <omp.h>
#endif

/* EM in blocks of points.

   Both halves of an iteration are matrix products.  In the E-step, with the
   Cholesky factor L of a covariance and W = L^-1, the squared distances of a
   block of points are the column sums of squares of

     Z = W (X - mean),                         [D x D] times [D x block]

   and in the M-step the scatter of a component is

     Y' Y,  Y = sqrt (r) (X - mean),           [D x block] times [block x D].

   Only the lower triangle of W is nonzero and only that of Y' Y is needed, so
   half the work of a plain matrix product falls away; that is why the products
   are written here (`product', a tile of 4 rows held in registers) and not left
   to BLAS.  The points of a block stand in the lanes of vectors in the first
   product, the dimensions in the second.  Up to D = 4 most lanes of dimensions
   would stay empty, and the second product runs over points as well.

   Nothing is lost against the plain form:

   - W multiplies x - mean, never x, so a shift of the data costs nothing, nor
     do components that lie far apart.
   - Row i of W solves w L = e_i' by substitution from the right, so the residual
     is small on the side where it matters: W x - L^-1 x = (W L - I) L^-1 x, with
     |W L - I| <= D u |W| |L| entry by entry.  The error is then bounded as that
     of substitution is, twice over (Higham, Accuracy and Stability, section 14.2).
     The bound's factor, kappa = || |W| |L| ||, is computed; where it is more than
     2^20 the component is handed over to substitution itself.
   - The scatter of each block is taken around the block's own mean of the
     component, and blocks are joined as Chan, Golub and LeVeque join samples,

       S = S_a + S_b + n_a n_b / (n_a + n_b) (m_b - m_a) (m_b - m_a)',

     where nothing cancels.  Expanding the square around the old mean would save a
     pass over the block, and lose twelve digits when a mean moves by 10^6
     standard deviations, as it does in the first iterations.  Means are kept as
     sums of two numbers, so that m_b - m_a is good to the last digit of the data.
   - No responsibility is left out for being small, unless it would be nearly too
     small for a double (1e-304).

   Bits: blocks and chunks of blocks depend on N, D and K alone, the last block is
   padded, each chunk is summed by one thread, and chunks are joined in order.

   The kernels are compiled three times, for AVX-512, AVX2 and the baseline, and
   the processor chooses at run time: -march=native would bind the program to the
   machine that built it.  Plain function pointers do it, since the resolvers of
   target_clones run before the sanitizers are awake.  This file is compiled with
   -ffp-contract=fast (a fused product is the point of the kernels; every claim on
   them has a tolerance), -O3 (a tenth faster where D is small), -fopenmp, and
   -fno-math-errno, with which `omp simd' finds the vector exp and log of
   glibc's libmvec.  */

/* glibc's <math.h> says that libmvec has these only under -ffast-math, which this
   file cannot have: its infinities and NaN have a meaning.  */
#if defined __x86_64__ && defined __GLIBC__ && defined _OPENMP
#pragma omp declare simd notinbranch
extern double exp (double);
#pragma omp declare simd notinbranch
extern double log (double);
#endif

#define INLINE static inline __attribute__ ((always_inline))

/* Eight numbers: one register of AVX-512, two of AVX2, four of the baseline.
   Not all that is read so is aligned to that.  */
typedef double vector __attribute__ ((vector_size (64), aligned (8), may_alias));

enum
{
  LANES = 8,
  NARROW = 4,          /* largest D whose scatter runs over points */
  MIN_CHUNKS = 4,      /* no more threads than chunks are of use */
  MAX_CHUNKS = 64,     /* enough for threads to share them evenly */
  CHUNKS_OF_DATA = 10, /* chunks take at most a tenth of the data */
  SERIAL = 1024,       /* K D^2 up to which a loop over k is not worth threads */
  SHARE = 200000       /* operations of an iteration that are worth a thread */
};

static const double max_kappa = 1 << 20;
static const double least_exponent = -700; /* exp of it is a normal number */

/* The sums over some points for one component: how many, their mean, and their
   scatter around it, of which the lower triangle counts ([stride x stride]; for
   diagonal and spherical [D]).  The mean is origin + offset, and the offset is
   small: one number would lose digits far from zero that the join needs.  */
typedef struct
{
  double *count, *origin, *offset, *scatter;
} moments;

/* What one thread works with: one block of points.  */
typedef struct
{
  double *columns; /* [D x block]: points, transposed               */
  double *rows;    /* [block x stride]: the same, padded            */
  double *r;       /* [K + 3 x block]: log joint, responsibilities  */
  double *group;   /* [D x 2 LANES]: centred points                 */
  double *y;       /* [block x stride]: centred and weighted points */
  double *mean;    /* [K + 3 x stride]: of the block's points       */
  double *offset;  /* [stride]: of the true mean from that          */
  double *top;     /* [block]: max_k of the log joint               */
  double *total;   /* [block]: sum_k exp (log joint - top)          */
} scratch;

typedef double kernel (const lvm_gmm_fast *w, const lvm_gmm *g, const double x[],
                       double r[], double log_evidence[], size_t chunk, int thread);

struct lvm_gmm_fast
{
  size_t K, D, N;
  lvm_covariance kind;
  int threads;
  bool separable; /* diagonal or spherical */
  size_t block;   /* points in one */
  size_t chunks;
  size_t stride; /* D, padded to whole vectors where D > NARROW */
  size_t size;   /* numbers in one component's moments */
  kernel *run;
  bool *solve;            /* [K]: triangular solves instead of products */
  double *factor;         /* [K x D x D]: W, or L where solve; [K x D]: 1 / sd */
  double *constant;       /* [K]: ln weight - (D ln 2 pi + ln det) / 2 */
  double *moments;        /* [chunks x K x size] */
  double *log_likelihood; /* [chunks] */
  double *count;          /* [K] */
  double *scatter;        /* [K x D x D] */
  scratch *scratch;       /* [threads] */
  double *arena;          /* what scratch points into */
};

/* --- workspace ----------------------------------------------------------------- */

static size_t
round_up (size_t n, size_t to)
{
  return (n + to - 1) / to * to;
}

static size_t
min_size (size_t a, size_t b)
{
  return a < b ? a : b;
}

static kernel *choose_kernel (void);

/* The n numbers of the arena after the `used' first, which start a cache line;
   NULL where the arena is.  */
static double *
cut (double *arena, size_t *used, size_t n)
{
  double *p = arena == NULL ? NULL : arena + *used;
  *used += round_up (n, LANES);
  return p;
}

/* Sets the pointers of one thread.  Returned: the numbers they take.  */
static size_t
lay_out (const lvm_gmm_fast *w, scratch *s, double *arena)
{
  const size_t B = w->block, S = w->stride;
  size_t used = 0;
  s->columns = cut (arena, &used, w->D * B);
  s->rows = cut (arena, &used, B * S);
  s->r = cut (arena, &used, (w->K + 3) * B);
  s->group = cut (arena, &used, w->D * 2 * LANES);
  s->y = cut (arena, &used, B * S);
  s->mean = cut (arena, &used, (w->K + 3) * S);
  s->offset = cut (arena, &used, S);
  s->top = cut (arena, &used, B);
  s->total = cut (arena, &used, B);
  return used;
}

static void
alloc_scratch (lvm_gmm_fast *w)
{
  scratch unused;
  const size_t threads = (size_t) w->threads, each = lay_out (w, &unused, NULL);
  w->scratch = lvm_alloc (threads, sizeof *w->scratch);
  w->arena = lvm_alloc (threads * each + LANES, sizeof (double));
  memset (w->arena, 0, (threads * each + LANES) * sizeof (double));
  double *aligned = w->arena + (-(uintptr_t) w->arena / sizeof (double)) % LANES;
  for (size_t t = 0; t < threads; t++)
    lay_out (w, w->scratch + t, aligned + t * each);
}

static size_t
count_chunks (const lvm_gmm_fast *w)
{
  const size_t blocks = (w->N + w->block - 1) / w->block,
               wanted = w->N * w->D / (CHUNKS_OF_DATA * w->K * w->size),
               even = wanted / MIN_CHUNKS * MIN_CHUNKS,
               least = even < MIN_CHUNKS ? MIN_CHUNKS : even;
  return min_size (blocks, min_size (least, MAX_CHUNKS));
}

int
lvm_gmm_fast_threads (size_t K, size_t D, size_t N, int threads)
{
  const double d = (double) D, operations = (double) N * (double) K * (d * d + 16),
               useful = 1 + floor (operations / SHARE);
  return useful < threads ? (int) useful : threads;
}

lvm_gmm_fast *
lvm_gmm_fast_alloc (size_t K, size_t D, lvm_covariance kind, size_t N, int threads)
{
  lvm_gmm_fast *w = lvm_alloc (1, sizeof *w);
  const bool separable = kind == LVM_DIAGONAL || kind == LVM_SPHERICAL;
  const size_t stride = separable || D <= NARROW ? D : round_up (D, LANES);
  *w = (lvm_gmm_fast){ .K = K,
                       .D = D,
                       .N = N,
                       .kind = kind,
                       .threads = threads,
                       .separable = separable,
                       .block = D <= NARROW ? 512 : 128,
                       .stride = stride,
                       .size = 1 + 2 * stride + (separable ? D : stride * stride),
                       .run = choose_kernel () };
  w->chunks = count_chunks (w);
  w->solve = lvm_alloc (K, sizeof *w->solve);
  w->factor = lvm_alloc (K * D * (separable ? 1 : D), sizeof (double));
  w->constant = lvm_alloc (K, sizeof (double));
  w->moments = lvm_alloc (w->chunks * K * w->size, sizeof (double));
  w->log_likelihood = lvm_alloc (w->chunks, sizeof (double));
  w->count = lvm_alloc (K, sizeof (double));
  w->scatter = lvm_alloc (K * D * D, sizeof (double));
  alloc_scratch (w);
  return w;
}

void
lvm_gmm_fast_free (lvm_gmm_fast *w)
{
  if (w == NULL)
    return;
  free (w->solve);
  free (w->factor);
  free (w->constant);
  free (w->moments);
  free (w->log_likelihood);
  free (w->count);
  free (w->scatter);
  free (w->scratch);
  free (w->arena);
  free (w);
}

static moments
moments_of (const lvm_gmm_fast *w, size_t chunk, size_t k)
{
  double *p = w->moments + (chunk * w->K + k) * w->size;
  return (moments){ .count = p,
                    .origin = p + 1,
                    .offset = p + 1 + w->stride,
                    .scatter = p + 1 + 2 * w->stride };
}

/* --- factors ------------------------------------------------------------------- */

/* W = L^-1, row by row from the right: w L = e_i'.  */
static void
invert_lower (size_t D, const double l[], double w[])
{
  memset (w, 0, D * D * sizeof *w);
  for (size_t i = 0; i < D; i++)
    {
      double *row = w + i * D;
      row[i] = 1;
      for (size_t j = i + 1; j-- > 0;)
        {
          row[j] /= l[j * D + j];
          for (size_t t = 0; t < j; t++)
            row[t] -= row[j] * l[j * D + t];
        }
    }
}

/* || |W| |L| ||, the largest row sum; NaN or infinity where W is not finite.  */
static double
condition (size_t D, const double l[], const double w[])
{
  double largest = 0;
  for (size_t i = 0; i < D; i++)
    {
      double sum = 0;
      for (size_t j = 0; j <= i; j++)
        for (size_t t = 0; t <= j; t++)
          sum += fabs (w[i * D + j] * l[j * D + t]);
      if (!(sum <= largest))
        largest = sum;
    }
  return largest;
}

static int
factorise_full (lvm_gmm_fast *w, const double covariance[], size_t k, double root[])
{
  const size_t D = w->D;
  double *factor = w->factor + k * D * D;
  memcpy (root, covariance, D * D * sizeof *root);
  if (lvm_cholesky (D, root) != 0)
    return 1;
  w->constant[k] = -lvm_cholesky_log_det (D, root) / 2;
  invert_lower (D, root, factor);
  w->solve[k] = !(condition (D, root, factor) <= max_kappa);
  if (w->solve[k])
    memcpy (factor, root, D * D * sizeof *root);
  return 0;
}

static int
factorise_diagonal (lvm_gmm_fast *w, const double covariance[], size_t k)
{
  const size_t D = w->D;
  double half_log_det = 0;
  for (size_t d = 0; d < D; d++)
    {
      const double variance = covariance[d * D + d];
      if (!(variance > 0) || !isfinite (variance))
        return 1;
      w->factor[k * D + d] = 1 / sqrt (variance);
      half_log_det += log (sqrt (variance));
    }
  w->constant[k] = -half_log_det;
  w->solve[k] = false;
  return 0;
}

/* BLAS's own threads could change the bits of a Cholesky factor.
   Status 1: a covariance is not positive definite.  */
static int
factorise (lvm_gmm_fast *w, const lvm_gmm *g)
{
  const size_t K = w->K, D = w->D;
  const double half_log_2pi = (double) D * (M_LN2 + M_LNPI) / 2;
  const lvm_blas_threads before = lvm_blas_serial ();
  int status = 0;
#pragma omp parallel for num_threads(w->threads) if (K * D * D > SERIAL)           \
    reduction(|                                                                    \
              : status)
  for (size_t k = 0; k < K; k++)
    {
      /* the scatter is not in use yet: room for a root */
      status |= w->separable ? factorise_diagonal (w, g->covariance + k * D * D, k)
                             : factorise_full (w, g->covariance + k * D * D, k,
                                               w->scatter + k * D * D);
      w->constant[k] += log (g->weight[k]) - half_log_2pi;
    }
  lvm_blas_restore (before);
  return status;
}

/* --- the kernels: E-step ------------------------------------------------------- */

/* c = A B, a tile of R rows and P vectors in registers, with
   A_rt = a[r * row + t * step] and B_t = b[t * stride ...].  R and P are
   constants wherever this is called.  */
INLINE void
product (int R, int P, size_t T, const double a[], size_t row, size_t step,
         const double b[], size_t stride, vector c[4][2])
{
#pragma GCC unroll 4
  for (int r = 0; r < R; r++)
#pragma GCC unroll 2
    for (int p = 0; p < P; p++)
      c[r][p] = (vector){ 0 };
  for (size_t t = 0; t < T; t++)
#pragma GCC unroll 4
    for (int r = 0; r < R; r++)
#pragma GCC unroll 2
      for (int p = 0; p < P; p++)
        c[r][p] += a[(size_t) r * row + t * step]
                   * *(const vector *) (b + t * stride + (size_t) p * LANES);
}

/* Adds the squares of rows i .. i + R of W times the centred points.  */
INLINE void
add_squares (int R, int P, size_t D, size_t i, const double factor[],
             const double group[], vector q[2])
{
  vector c[4][2];
  product (R, P, i + (size_t) R, factor + i * D, D, 1, group, (size_t) P * LANES,
           c);
#pragma GCC unroll 4
  for (int r = 0; r < R; r++)
#pragma GCC unroll 2
    for (int p = 0; p < P; p++)
      q[p] += c[r][p] * c[r][p];
}

/* |W (x - mean)|^2  */
INLINE void
distance_by_product (int P, size_t D, const double factor[], const double group[],
                     vector q[2])
{
  size_t i = 0;
  for (; i + 4 <= D; i += 4)
    add_squares (4, P, D, i, factor, group, q);
  switch (D - i)
    {
    case 3: add_squares (3, P, D, i, factor, group, q); break;
    case 2: add_squares (2, P, D, i, factor, group, q); break;
    case 1: add_squares (1, P, D, i, factor, group, q); break;
    default: break;
    }
}

/* |L^-1 (x - mean)|^2 by substitution; the group is overwritten.  */
INLINE void
distance_by_solution (int P, size_t D, const double root[], double group[],
                      vector q[2])
{
  for (size_t i = 0; i < D; i++)
    for (int p = 0; p < P; p++)
      {
        vector *z = (vector *) (group + (size_t) p * LANES);
        vector s = z[i * (size_t) P];
        for (size_t j = 0; j < i; j++)
          s -= root[i * D + j] * z[j * (size_t) P];
        s /= root[i * D + i];
        z[i * (size_t) P] = s;
        q[p] += s * s;
      }
}

/* |(x - mean) / sd|^2  */
INLINE void
distance_by_scaling (int P, size_t D, const double factor[], const double group[],
                     vector q[2])
{
  for (size_t j = 0; j < D; j++)
#pragma GCC unroll 2
    for (int p = 0; p < P; p++)
      {
        const vector z =
            factor[j]
            * *(const vector *) (group + (j * (size_t) P + (size_t) p) * LANES);
        q[p] += z * z;
      }
}

/* ln (weight_k N(x | mean_k, covariance_k)) for the points of a block.  Few
   dimensions stay in registers.  */
INLINE void
log_joint (size_t D, const lvm_gmm_fast *w, const lvm_gmm *g, const scratch *s,
           size_t k, int P)
{
  const size_t width = (size_t) P * LANES, B = w->block;
  const double *const factor = w->factor + k * D * (w->separable ? 1 : D),
                      *const mean = g->mean + k * D, *const columns = s->columns,
                      constant = w->constant[k];
  const bool separable = w->separable, solve = w->solve[k];
  double *const out = s->r + k * B;
  vector few[2 * NARROW];
  double *const group = D <= NARROW ? (double *) few : s->group;
  for (size_t n = 0; n < B; n += width)
    {
      vector q[2] = { { 0 }, { 0 } };
#pragma GCC unroll 4
      for (size_t j = 0; j < D; j++)
#pragma GCC unroll 2
        for (size_t p = 0; p < width; p += LANES)
          *(vector *) (group + j * width + p) =
              *(const vector *) (columns + j * B + n + p) - mean[j];
      if (separable)
        distance_by_scaling (P, D, factor, group, q);
      else if (solve)
        distance_by_solution (P, D, factor, group, q);
      else
        distance_by_product (P, D, factor, group, q);
#pragma GCC unroll 2
      for (int p = 0; p < P; p++)
        *(vector *) (out + n + (size_t) p * LANES) = constant - 0.5 * q[p];
    }
}

/* top = max_k of the log joint; a NaN wins.  */
INLINE void
find_top (size_t B, size_t K, const double *restrict l, double *restrict top)
{
  memcpy (top, l, B * sizeof *top);
  for (size_t k = 1; k < K; k++)
#pragma omp simd
    for (size_t n = 0; n < B; n++)
      top[n] =
          l[k * B + n] > top[n] || isnan (l[k * B + n]) ? l[k * B + n] : top[n];
}

/* l = exp (l - top), total = their sum.  The exponent is cut where the library's
   exp would leave its vector path.  */
INLINE void
exponentiate (size_t B, size_t K, double *restrict l, const double *restrict top,
              double *restrict total)
{
  memset (total, 0, B * sizeof *total);
  for (size_t k = 0; k < K; k++)
#pragma omp simd
    for (size_t n = 0; n < B; n++)
      {
        const double t = l[k * B + n] - top[n];
        const double e = exp (t < least_exponent ? least_exponent : t);
        l[k * B + n] = t < least_exponent ? 0 : e;
        total[n] += l[k * B + n];
      }
}

/* sum_n (top_n + ln total_n).  A total lies between 1 and K, so that 16 of them
   can be multiplied first, and one logarithm be taken for all.  */
INLINE double
sum_log_evidence (size_t B, const double *restrict top,
                  const double *restrict total)
{
  const size_t part = B / 16;
  double sum = 0;
#pragma omp simd reduction(+ : sum)
  for (size_t n = 0; n < part; n++)
    {
      double factor = 1;
      for (size_t i = 0; i < 16; i++)
        {
          sum += top[i * part + n];
          factor *= total[i * part + n];
        }
      sum += log (factor);
    }
  return sum;
}

/* From the log joint to responsibilities and, where it is wanted, from top to the
   log evidence.  Points from `points' on are padding.  Returned: the sum of the
   log evidence.  */
INLINE double
normalise (const lvm_gmm_fast *w, const scratch *s, size_t points, bool evidence)
{
  const size_t B = w->block, K = w->K;
  double *restrict top = s->top, *restrict total = s->total, *restrict l = s->r;
  find_top (B, K, l, top);
  exponentiate (B, K, l, top, total);
  for (size_t n = points; n < B; n++)
    {
      top[n] = 0;
      total[n] = 1;
    }
  const double sum = sum_log_evidence (B, top, total);
  if (evidence)
#pragma omp simd
    for (size_t n = 0; n < B; n++)
      top[n] = top[n] == -INFINITY ? top[n] : top[n] + log (total[n]);
#pragma omp simd
  for (size_t n = 0; n < B; n++)
    total[n] = 1 / total[n];
  for (size_t k = 0; k < K; k++)
    {
#pragma omp simd
      for (size_t n = 0; n < B; n++)
        l[k * B + n] *= total[n];
      for (size_t n = points; n < B; n++)
        l[k * B + n] = 0;
    }
  return sum;
}

/* --- the kernels: sums for the M-step -------------------------------------------- */

/* sum_n r_nk x_n for every k, to be divided by the counts.  */
INLINE void
add_up_rows (const lvm_gmm_fast *w, const scratch *s)
{
  const size_t S = w->stride;
  for (size_t k = 0; k < w->K; k += 4)
    for (size_t j = 0; j < S; j += LANES)
      {
        vector c[4][2];
        product (4, 1, w->block, s->r + k * w->block, w->block, 1, s->rows + j, S,
                 c);
        for (size_t i = 0; i < 4; i++)
          *(vector *) (s->mean + (k + i) * S + j) = c[i][0];
      }
}

/* Y = sqrt (r) (X - mean), and what Y' sqrt (r) still differs from 0.  */
INLINE void
centre_rows (const lvm_gmm_fast *w, const scratch *s, size_t k, const double mean[])
{
  const size_t S = w->stride, B = w->block;
  double *restrict root = s->total;
#pragma omp simd
  for (size_t n = 0; n < B; n++)
    root[n] = sqrt (s->r[k * B + n]);
  for (size_t j = 0; j < S; j += LANES)
    {
      const vector m = *(const vector *) (mean + j);
      vector rest = { 0 };
      for (size_t n = 0; n < B; n++)
        {
          const vector y = root[n] * (*(const vector *) (s->rows + n * S + j) - m);
          *(vector *) (s->y + n * S + j) = y;
          rest += root[n] * y;
        }
      *(vector *) (s->offset + j) = rest;
    }
}

/* Rows i .. i + 4 of Y' Y, P vectors of columns from j on, to the scatter.  */
INLINE void
add_tile (const lvm_gmm_fast *w, const double y[], int P, size_t i, size_t j,
          double scatter[])
{
  const size_t S = w->stride;
  vector c[4][2];
  product (4, P, w->block, y + i, 1, S, y + j, S, c);
#pragma GCC unroll 4
  for (int r = 0; r < 4; r++)
#pragma GCC unroll 2
    for (int p = 0; p < P; p++)
      *(vector *) (scatter + (i + (size_t) r) * S + j + (size_t) p * LANES) +=
          c[r][p];
}

/* Adds Y' Y, of which the lower triangle counts.  */
INLINE void
add_scatter_of_rows (const lvm_gmm_fast *w, const scratch *s, double scatter[],
                     int P)
{
  for (size_t i = 0; i < w->D; i += 4)
    {
      size_t j = 0;
      if (P == 2)
        for (; j + LANES < i + 4; j += 2 * LANES)
          add_tile (w, s->y, 2, i, j, scatter);
      for (; j < i + 4; j += LANES)
        add_tile (w, s->y, 1, i, j, scatter);
    }
}

/* Joins `count' more points around origin + offset to a; their scatter has been
   added already.  `shift' is overwritten.  */
INLINE void
join (const lvm_gmm_fast *w, moments a, double count, const double origin[],
      const double offset[], double shift[])
{
  const size_t D = w->D, S = w->stride;
  const double all = *a.count + count, part = count / all, both = *a.count * part;
  if (*a.count == 0)
    memcpy (a.origin, origin, D * sizeof *origin);
  for (size_t i = 0; i < D; i++)
    shift[i] = (origin[i] - a.origin[i]) + (offset[i] - a.offset[i]);
  for (size_t i = 0; i < D; i++)
    if (w->separable)
      a.scatter[i] += both * shift[i] * shift[i];
    else
      for (size_t j = 0; j <= i; j++)
        a.scatter[i * S + j] += both * shift[i] * shift[j];
  for (size_t i = 0; i < D; i++)
    a.offset[i] += part * shift[i];
  *a.count = all;
}

INLINE double
add_lanes (const vector *v)
{
  const vector u = *v;
  return ((u[0] + u[4]) + (u[2] + u[6])) + ((u[1] + u[5]) + (u[3] + u[7]));
}

/* Adds a block to the moments of component k, over rows.  */
INLINE void
add_wide (const lvm_gmm_fast *w, const scratch *s, moments a, size_t k, int P)
{
  double *mean = s->mean + k * w->stride;
  vector sum = { 0 };
  for (size_t n = 0; n < w->block; n += LANES)
    sum += *(const vector *) (s->r + k * w->block + n);
  const double count = add_lanes (&sum);
  if (count == 0)
    return;
  for (size_t j = 0; j < w->D; j++)
    mean[j] /= count;
  centre_rows (w, s, k, mean);
  add_scatter_of_rows (w, s, a.scatter, P);
  for (size_t j = 0; j < w->D; j++)
    s->offset[j] /= count;
  join (w, a, count, mean, s->offset, s->group);
}

/* The same over points for dimensions `from' to `to', at most NARROW: of the
   pairs of these, or of them alone where separable.  Returned: the count.  */
INLINE double
add_columns (size_t from, size_t to, bool separable, const lvm_gmm_fast *w,
             const scratch *s, size_t k, double scatter[])
{
  const size_t B = w->block, D = to - from;
  const double *r = s->r + k * B, *x = s->columns + from * B;
  double *mean = s->mean + k * w->stride + from;
  vector count = { 0 }, sum[NARROW], square[NARROW][NARROW];
#pragma GCC unroll 4
  for (size_t i = 0; i < D; i++)
    {
      sum[i] = (vector){ 0 };
#pragma GCC unroll 4
      for (size_t j = 0; j <= i; j++)
        square[i][j] = (vector){ 0 };
    }
  for (size_t n = 0; n < B; n += LANES)
    {
      const vector weight = *(const vector *) (r + n);
      count += weight;
#pragma GCC unroll 4
      for (size_t j = 0; j < D; j++)
        sum[j] += weight * *(const vector *) (x + j * B + n);
    }
  const double total = add_lanes (&count);
  if (total == 0)
    return 0;
#pragma GCC unroll 4
  for (size_t j = 0; j < D; j++)
    {
      mean[j] = add_lanes (&sum[j]) / total;
      sum[j] = (vector){ 0 };
    }
  for (size_t n = 0; n < B; n += LANES)
    {
      vector c[NARROW];
#pragma GCC unroll 4
      for (size_t i = 0; i < D; i++)
        {
          c[i] = *(const vector *) (x + i * B + n) - mean[i];
          const vector y = *(const vector *) (r + n) * c[i];
          sum[i] += y;
#pragma GCC unroll 4
          for (size_t j = separable ? i : 0; j <= i; j++)
            square[i][j] += y * c[j];
        }
    }
#pragma GCC unroll 4
  for (size_t i = 0; i < D; i++)
    {
      s->offset[from + i] = add_lanes (&sum[i]) / total;
#pragma GCC unroll 4
      for (size_t j = separable ? i : 0; j <= i; j++)
        scatter[separable ? from + i : i * D + j] += add_lanes (&square[i][j]);
    }
  return total;
}

INLINE void
add_narrow (size_t D, const lvm_gmm_fast *w, const scratch *s, moments a, size_t k)
{
  const double count = add_columns (0, D, false, w, s, k, a.scatter);
  if (count != 0)
    join (w, a, count, s->mean + k * D, s->offset, s->group);
}

INLINE void
add_separable (const lvm_gmm_fast *w, const scratch *s, moments a, size_t k)
{
  const size_t D = w->D;
  double count = 0;
  size_t j = 0;
  for (; j + 4 <= D; j += 4)
    count = add_columns (j, j + 4, true, w, s, k, a.scatter);
  for (; j < D; j++)
    count = add_columns (j, j + 1, true, w, s, k, a.scatter);
  if (count != 0)
    join (w, a, count, s->mean + k * D, s->offset, s->group);
}

INLINE void
add_block (const lvm_gmm_fast *w, const scratch *s, moments a, size_t k, int P)
{
  if (w->separable)
    add_separable (w, s, a, k);
  else
    switch (w->D)
      {
      case 1: add_narrow (1, w, s, a, k); break;
      case 2: add_narrow (2, w, s, a, k); break;
      case 3: add_narrow (3, w, s, a, k); break;
      case 4: add_narrow (4, w, s, a, k); break;
      default: add_wide (w, s, a, k, P); break;
      }
}

/* --- the kernels: blocks and chunks ------------------------------------------------ */

INLINE void
transpose (size_t D, size_t points, size_t B, const double *restrict x,
           double *restrict columns)
{
  if (D <= 4)
#pragma omp simd
    for (size_t n = 0; n < points; n++)
#pragma GCC unroll 4
      for (size_t j = 0; j < D; j++)
        columns[j * B + n] = x[n * D + j];
  else
    for (size_t j = 0; j < D; j++)
      for (size_t n = 0; n < points; n++)
        columns[j * B + n] = x[n * D + j];
  for (size_t j = 0; j < D; j++)
    for (size_t n = points; n < B; n++)
      columns[j * B + n] = x[j];
}

/* The points of a block, transposed, and as rows where those are wanted.  The
   tail of the last one is filled with its first point.  */
INLINE void
load_block (const lvm_gmm_fast *w, const scratch *s, const double x[],
            size_t points, bool wide)
{
  const size_t D = w->D, B = w->block;
  switch (D)
    {
    case 1: transpose (1, points, B, x, s->columns); break;
    case 2: transpose (2, points, B, x, s->columns); break;
    case 3: transpose (3, points, B, x, s->columns); break;
    case 4: transpose (4, points, B, x, s->columns); break;
    default: transpose (D, points, B, x, s->columns); break;
    }
  for (size_t n = 0; n < B && wide; n++)
    memcpy (s->rows + n * w->stride, x + (n < points ? n : 0) * D, D * sizeof *x);
}

INLINE double
run_block (const lvm_gmm_fast *w, const lvm_gmm *g, const scratch *s,
           const double x[], size_t points, bool wide, bool evidence, int P)
{
  load_block (w, s, x, points, wide);
  for (size_t k = 0; k < w->K; k++)
    switch (w->D)
      {
      case 1: log_joint (1, w, g, s, k, P); break;
      case 2: log_joint (2, w, g, s, k, P); break;
      case 3: log_joint (3, w, g, s, k, P); break;
      case 4: log_joint (4, w, g, s, k, P); break;
      default: log_joint (w->D, w, g, s, k, P); break;
      }
  const double sum = normalise (w, s, points, evidence);
  if (wide)
    add_up_rows (w, s);
  return sum;
}

/* All blocks of one chunk.  Returned: their log-likelihood.  */
INLINE double
run_chunk (const lvm_gmm_fast *w, const lvm_gmm *g, const double x[], double r[],
           double log_evidence[], size_t chunk, int thread, int P)
{
  const size_t B = w->block, K = w->K, blocks = (w->N + B - 1) / B;
  const scratch *s = w->scratch + thread;
  const bool wide = !w->separable && w->D > NARROW;
  double sum = 0;
  memset (moments_of (w, chunk, 0).count, 0, K * w->size * sizeof *x);
  for (size_t b = chunk * blocks / w->chunks; b < (chunk + 1) * blocks / w->chunks;
       b++)
    {
      const size_t first = b * B, points = min_size (B, w->N - first);
      for (size_t i = 0; !wide && i < min_size (B, w->N - first - points) * w->D;
           i += LANES)
        __builtin_prefetch (x + (first + points) * w->D + i, 0, 2);
      sum += run_block (w, g, s, x + first * w->D, points, wide,
                        log_evidence != NULL, P);
      for (size_t n = 0; n < points && log_evidence != NULL; n++)
        log_evidence[first + n] = s->top[n];
      for (size_t n = 0; n < points && r != NULL; n++)
        for (size_t k = 0; k < K; k++)
          r[(first + n) * K + k] = s->r[k * B + n];
      for (size_t k = 0; k < K; k++)
        add_block (w, s, moments_of (w, chunk, k), k, P);
    }
  return sum;
}

static double
run_baseline (const lvm_gmm_fast *w, const lvm_gmm *g, const double x[], double r[],
              double log_evidence[], size_t chunk, int thread)
{
  return run_chunk (w, g, x, r, log_evidence, chunk, thread, 1);
}

#if defined __x86_64__ && defined __GNUC__

__attribute__ ((target ("avx2,fma"))) static double
run_avx2 (const lvm_gmm_fast *w, const lvm_gmm *g, const double x[], double r[],
          double log_evidence[], size_t chunk, int thread)
{
  return run_chunk (w, g, x, r, log_evidence, chunk, thread, 1);
}

__attribute__ ((target (
    "avx512f,avx512dq,avx512vl,avx2,fma,prefer-vector-width=512"))) static double
run_avx512 (const lvm_gmm_fast *w, const lvm_gmm *g, const double x[], double r[],
            double log_evidence[], size_t chunk, int thread)
{
  return run_chunk (w, g, x, r, log_evidence, chunk, thread, 2);
}

static kernel *
choose_kernel (void)
{
  __builtin_cpu_init ();
  if (__builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512dq")
      && __builtin_cpu_supports ("avx512vl"))
    return run_avx512;
  if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma"))
    return run_avx2;
  return run_baseline;
}

#else

static kernel *
choose_kernel (void)
{
  return run_baseline;
}

#endif

/* --- the steps ----------------------------------------------------------------------- */

static int
thread_number (void)
{
#ifdef _OPENMP
  return omp_get_thread_num ();
#else
  return 0;
#endif
}

/* Joins the chunks' moments of component k, in order, in those of the first.  The
   components' parts of the scatter lend their first rows.  */
static void
join_chunks (const lvm_gmm_fast *w, size_t k)
{
  const moments a = moments_of (w, 0, k);
  const size_t numbers = w->size - 1 - 2 * w->stride;
  for (size_t c = 1; c < w->chunks; c++)
    {
      const moments b = moments_of (w, c, k);
      if (*b.count == 0)
        continue;
      for (size_t i = 0; i < numbers; i++)
        a.scatter[i] += b.scatter[i];
      join (w, a, *b.count, b.origin, b.offset, w->scatter + k * w->D * w->D);
    }
}

/* The plain step, faster (gmm-fast).  */
int
lvm_gmm_fast_e_step (lvm_gmm_fast *w, const lvm_gmm *g, const double x[],
                     double r[], double log_evidence[], double *log_likelihood)
{
  const size_t K = w->K, D = w->D;
  if (factorise (w, g) != 0)
    return 1;
#pragma omp parallel for num_threads(w->threads) schedule(dynamic)
  for (size_t c = 0; c < w->chunks; c++)
    w->log_likelihood[c] = w->run (w, g, x, r, log_evidence, c, thread_number ());
#pragma omp parallel for num_threads(w->threads) if (K * D * D > SERIAL)
  for (size_t k = 0; k < K; k++)
    join_chunks (w, k);
  *log_likelihood = 0;
  for (size_t c = 0; c < w->chunks; c++)
    *log_likelihood += w->log_likelihood[c];
  return 0;
}

/* The plain step, faster (gmm-fast).  */
void
lvm_gmm_fast_m_step (lvm_gmm_fast *w, lvm_gmm *g, const lvm_gmm_prior *p)
{
  const size_t D = w->D;
  for (size_t k = 0; k < w->K; k++)
    {
      const moments a = moments_of (w, 0, k);
      double *scatter = w->scatter + k * D * D;
      w->count[k] = *a.count > 0 ? *a.count : 0;
      if (*a.count > 0)
        for (size_t d = 0; d < D; d++)
          g->mean[k * D + d] = a.origin[d] + a.offset[d];
      for (size_t i = 0; i < D; i++)
        for (size_t j = 0; j <= i; j++)
          scatter[i * D + j] = scatter[j * D + i] =
              !w->separable ? a.scatter[i * w->stride + j]
              : i == j      ? a.scatter[i]
                            : 0;
    }
  lvm_gmm_set_from_scatter (g, w->count, w->scatter, p);
}

size_t
lvm_gmm_fast_solved (const lvm_gmm_fast *w)
{
  size_t solved = 0;
  for (size_t k = 0; k < w->K; k++)
    solved += w->solve[k];
  return solved;
}
