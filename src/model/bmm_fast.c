/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/bmm_fast.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "model/bit_codes.h"
#include "num/error.h"

#ifdef _OPENMP
#include <omp.h>
#endif

/* EM over tables of bytes.

   Both halves of an iteration are products with the matrix of bits,

     E:  log joint [N x K] = constants + X logits',       (bmm-affine)
     M:  sums [D x K]      = X' responsibilities,

   and a dense product would spend a multiplication on every bit, on or off.  Here
   eight bits at a time are looked up.  A *code* stands for a value that a byte of the
   data takes at its place in the row, unless it is 0.  In the E-step the table has a
   row of K numbers for each code, the sum of the logits of its bits, and a point's
   log joint is the sum of its codes' rows.  In the M-step the same table is filled the other
   way round: a point's responsibilities are added to the rows of its codes, and the
   rows to the sums of their bits.  Of MNIST's bytes a third are not 0, so that one addition
   does the work of 23 multiplications and additions.

   Both ways a code is worked out from the code without its lowest bit, its parent,

     E:  row (code) = row (parent) + logit (lowest bit), parents first,
     M:  sum (lowest bit) += row (code), row (parent) += row (code), parents last,

   one addition a code: the second is the first transposed.  Parents are codes,
   too, whether the data have them or not; the code without any bit is 0.

   Caches: only values that occur have rows (8,281 for MNIST's 25,088 possible
   ones), and components stand in blocks of 16, so that the rows of a block, two
   vectors each, take a megabyte.  Points go by in chunks, and a chunk goes through
   log-sum-exp before it leaves the cache.

   Nothing is lost against the plain form:

   - The terms of a log joint are the same numbers, from the same function, in
     another order.
   - A mean of 0 has the logit -inf, and sums with it are -inf.  A mean of 1 would
     be +inf and could meet it, so such bits are looked for in the points, in
     the components that have any.  Bits that are on in all points need no looking for.
   - Responsibilities underflow where those of the plain form do, not sooner: a zero
     is for ever (a mean of 0 stays 0).

   Bits: chunks are of one size, each row of the table is filled by one thread in the order of the
   points, and chunks' log-likelihoods are added in order.

   The kernels are compiled three times, and this file with flags of its own;
   gmm_fast.c says why.  */

#if defined __x86_64__ && defined __GLIBC__ && defined _OPENMP
#pragma omp declare simd notinbranch
extern double exp (double);
#pragma omp declare simd notinbranch
extern double log (double);
#endif

#define INLINE static inline __attribute__ ((always_inline))

/* Eight numbers, and as many masks.  */
typedef double vector __attribute__ ((vector_size (64), aligned (8), may_alias));
typedef int64_t mask __attribute__ ((vector_size (64), aligned (8), may_alias));

enum
{
  LANES = 8,
  READ = 4,       /* vectors in a row of a block at most: while mapped, */
  WRITTEN = 2,    /* while gathered: what is written fills a cache sooner */
  CHUNK = 1024,   /* points in one */
  AHEAD = 8,      /* points whose rows are asked for before they are needed */
  TILE = 32,      /* points whose log-sum-exp is taken at once */
  SHARE = 200000, /* additions of an iteration that are worth a thread */
  PAGE = 1 << 21  /* bytes of a large page */
};

/* What a kernel is to do.  */
typedef enum
{
  FILL,      /* a block's rows of a part's codes: from the affine map */
  MAP,       /* a block's columns of a chunk's log joint */
  NORMALISE, /* a chunk's responsibilities, from its log joint */
  GATHER     /* a block's sums of a part's bits, from the responsibilities */
} work;

typedef struct
{
  work what;
  size_t k, V; /* the block: its first component, how many vectors */
  size_t i;    /* which part or chunk */
  double *l;   /* [CHUNK x stride]: log joint */
} task;

typedef void kernel (lvm_bmm_fast *w, task t);

struct lvm_bmm_fast
{
  size_t K, D, N;
  const lvm_bits *x;
  lvm_bits *always; /* [1 x D]: bits that are on in all points */
  int threads;
  kernel *run;
  lvm_bit_codes *codes;

  /* Rows have a number for each component, in blocks that lie one after the
     other: row i of a block of b components begins at its i b.  */
  size_t stride; /* K, in whole vectors */
  size_t chunks;
  lvm_bmm_logits *logits; /* the affine map; `one' are bits to look for */
  double *arena;          /* what the next six point into */
  double *table;          /* [codes] rows */
  double *slope;          /* [D] rows: logits; sums of responsibilities */
  double *constant;       /* one row; -inf beyond K */
  double *count;          /* one row: N_k */
  double *r;              /* [N x stride]: responsibilities */
  double *scratch;        /* [threads x CHUNK x stride]: log joint of a chunk */
  double *log_evidence;   /* [N] */
  double *of_chunk;       /* [chunks]: log-likelihood */
  double *on;             /* [K x D]: sums of responsibilities */
};

static size_t
min_size (size_t a, size_t b)
{
  return a < b ? a : b;
}

/* --- workspace --------------------------------------------------------------- */

/* Bits on in all points.  */
static lvm_bits *
find_always (const lvm_bits *x)
{
  lvm_bits *always = lvm_bits_alloc (1, x->D);
  memcpy (always->bytes, x->bytes, x->stride);
  for (size_t n = 1; n < x->N; n++)
    for (size_t i = 0; i < x->stride; i++)
      always->bytes[i] &= x->bytes[n * x->stride + i];
  return always;
}

/* Room for the rows, each of whole cache lines; the table in large pages where the system
   has them: its rows are read in no order, and there are more small pages than a
   processor keeps the addresses of.  */
static void
alloc_rows (lvm_bmm_fast *w)
{
  const size_t codes = w->codes->codes,
               rows = codes + w->D + 2 + w->N + (size_t) w->threads * CHUNK,
               bytes = w->stride * sizeof (double),
               pages = (codes * bytes + PAGE - 1) / PAGE;
  w->arena = lvm_alloc (pages * PAGE + (rows - codes) * bytes + PAGE, 1);
  w->table = w->arena + -(uintptr_t) w->arena % PAGE / sizeof (double);
#ifdef MADV_HUGEPAGE
  madvise (w->table, pages * PAGE, MADV_HUGEPAGE); /* refused, it is slower */
#endif
  w->slope = w->table + codes * w->stride;
  w->constant = w->slope + w->D * w->stride;
  w->count = w->constant + w->stride;
  w->r = w->count + w->stride;
  w->scratch = w->r + w->N * w->stride;
}

/* No more threads than have enough to do: waiting for one another costs time.  */
static int
count_threads (const lvm_bmm_fast *w, int threads)
{
  const size_t additions = w->codes->start[w->N * w->codes->parts] * w->stride;
  return (int) min_size (1 + additions / SHARE, (size_t) threads);
}

static kernel *choose_kernel (void);

lvm_bmm_fast *
lvm_bmm_fast_alloc (size_t K, const lvm_bits *x, int threads)
{
  const size_t vectors = (K + LANES - 1) / LANES,
               blocks = (vectors + WRITTEN - 1) / WRITTEN, team = (size_t) threads;
  lvm_bmm_fast *w = lvm_alloc (1, sizeof *w);
  *w = (lvm_bmm_fast){ .K = K,
                       .D = x->D,
                       .N = x->N,
                       .x = x,
                       .always = find_always (x),
                       .run = choose_kernel (),
                       .codes =
                           lvm_bit_codes_alloc (x, blocks < 2 * team ? team : 1),
                       .stride = vectors * LANES,
                       .chunks = (x->N + CHUNK - 1) / CHUNK,
                       .logits = lvm_bmm_logits_alloc (K, x->D),
                       .log_evidence = lvm_alloc (x->N, sizeof (double)),
                       .on = lvm_alloc (K * x->D, sizeof (double)) };
  w->of_chunk = lvm_alloc (w->chunks, sizeof (double));
  w->threads = count_threads (w, threads);
  alloc_rows (w);
  return w;
}

void
lvm_bmm_fast_free (lvm_bmm_fast *w)
{
  if (w == NULL)
    return;
  lvm_bits_free (w->always);
  lvm_bit_codes_free (w->codes);
  lvm_bmm_logits_free (w->logits);
  free (w->arena);
  free (w->log_evidence);
  free (w->of_chunk);
  free (w->on);
  free (w);
}

/* --- the kernels: tables --------------------------------------------------------- */

/* A row of a block, in registers: V vectors of it count.  */
typedef struct
{
  vector v[READ];
} row;

INLINE void
load (size_t V, row *to, const double from[])
{
#pragma GCC unroll 4
  for (size_t v = 0; v < V; v++)
    to->v[v] = *(const vector *) (from + v * LANES);
}

INLINE void
store (size_t V, double to[], const row *from)
{
#pragma GCC unroll 4
  for (size_t v = 0; v < V; v++)
    *(vector *) (to + v * LANES) = from->v[v];
}

/* A row in memory added to one in registers, and the other way round.  */
INLINE void
add_from (size_t V, row *to, const double from[])
{
#pragma GCC unroll 4
  for (size_t v = 0; v < V; v++)
    to->v[v] += *(const vector *) (from + v * LANES);
}

INLINE void
add_to (size_t V, double to[], const row *from)
{
#pragma GCC unroll 4
  for (size_t v = 0; v < V; v++)
    *(vector *) (to + v * LANES) += from->v[v];
}

/* The slopes of a part's bits.  Lanes beyond K have none.  */
INLINE void
transpose_slopes (const lvm_bmm_fast *w, size_t k, size_t part, size_t width,
                  double slope[])
{
  const lvm_bmm_logits *const a = w->logits;
  const size_t *const first = w->codes->first_bit + part;
  for (size_t j = 0; j < width; j++, k++)
    for (size_t i = first[0]; i < first[1]; i++)
      {
        const size_t d = w->codes->column[i];
        slope[i * width + j] = k >= w->K                 ? 0
                               : lvm_bit (a->zero, k, d) ? -INFINITY
                                                         : a->logit[k * w->D + d];
      }
}

/* Row of a code = row of its parent + slope of its lowest bit.  */
INLINE void
fill_block (const lvm_bmm_fast *w, size_t k, size_t part, size_t V)
{
  const lvm_bit_codes *const c = w->codes;
  const size_t width = V * LANES;
  double *const table = w->table + k * c->codes, *const slope = w->slope + k * w->D;
  transpose_slopes (w, k, part, width, slope);
  for (size_t i = c->first_code[part]; i < c->first_code[part + 1]; i++)
    {
      row sum;
      load (V, &sum, slope + c->lowest[i] * width);
      if (c->parent[i] != 0)
        add_from (V, &sum, table + c->parent[i] * width);
      store (V, table + i * width, &sum);
    }
}

/* constant + the rows of each point's codes.  More sums than one at a time, since each
   would wait for itself; not more than there are registers.  */
INLINE void
map_block (const lvm_bmm_fast *w, size_t k, size_t first, size_t end, size_t V,
           double l[])
{
  const lvm_bit_codes *const c = w->codes;
  const size_t width = V * LANES, sums = V == 1 ? 4 : 2;
  const double *const table = w->table + k * c->codes, *const constant =
                                                           w->constant + k;
  const uint32_t *const list = c->list;
  for (size_t n = first; n < end; n++)
    {
      double *out = l + (n - first) * w->stride + k;
      const size_t last = c->start[(n + 1) * c->parts];
      size_t i = c->start[n * c->parts];
      row sum[4] = { 0 };
      load (V, &sum[0], constant);
      for (; i + sums <= last; i += sums)
#pragma GCC unroll 4
        for (size_t j = 0; j < sums; j++)
          add_from (V, &sum[j], table + list[i + j] * width);
      for (; i < last; i++)
        add_from (V, &sum[0], table + list[i] * width);
      store (V, out, &sum[0]);
#pragma GCC unroll 4
      for (size_t j = 1; j < sums; j++)
        add_to (V, out, &sum[j]);
    }
}

/* Rows of codes to those of their parents and to the sums of their lowest bits.  */
INLINE void
fold_block (const lvm_bmm_fast *w, size_t part, size_t V, double table[],
            double sum[])
{
  const lvm_bit_codes *const c = w->codes;
  const size_t width = V * LANES, from = c->first_bit[part],
               to = c->first_bit[part + 1];
  memset (sum + from * width, 0, (to - from) * width * sizeof *sum);
  for (size_t i = c->first_code[part + 1]; i-- > c->first_code[part];)
    {
      row r;
      load (V, &r, table + i * width);
      add_to (V, sum + c->lowest[i] * width, &r);
      if (c->parent[i] != 0)
        add_to (V, table + c->parent[i] * width, &r);
    }
}

/* The responsibilities of all points to the rows of their codes, and to the count.  */
INLINE void
gather_block (const lvm_bmm_fast *w, size_t k, size_t part, size_t V)
{
  const lvm_bit_codes *const c = w->codes;
  const size_t width = V * LANES, from = c->first_code[part],
               to = c->first_code[part + 1];
  double *const table = w->table + k * c->codes;
  const uint32_t *const list = c->list;
  row r, count = { 0 };
  memset (table + from * width, 0, (to - from) * width * sizeof *table);
  for (size_t n = 0; n < w->N; n++)
    {
      const size_t *const start = c->start + n * c->parts + part, last = start[1];
      const double *const responsibility = w->r + n * w->stride + k;
#pragma GCC unroll 4
      for (size_t v = 0; v < V; v++)
        __builtin_prefetch (responsibility + AHEAD * w->stride + v * LANES);
      load (V, &r, responsibility);
      for (size_t i = start[0]; i < last; i++)
        add_to (V, table + list[i] * width, &r);
#pragma GCC unroll 4
      for (size_t v = 0; v < V; v++)
        count.v[v] += r.v[v];
    }
  fold_block (w, part, V, table, w->slope + k * w->D);
  if (part == 0)
    store (V, w->count + k, &count);
}

/* --- the kernels: log-sum-exp ------------------------------------------------------ */

/* Vectors go in and out of functions that are always inline: no calling convention
   for them is needed, whether the target has one or not.  */
#pragma GCC diagnostic ignored "-Wpsabi"

/* a where the mask says so, else b.  */
INLINE vector
choose (mask m, vector a, vector b)
{
  return (vector) ((m & (mask) a) | (~m & (mask) b));
}

INLINE vector
fill (double a)
{
  return (vector){ a, a, a, a, a, a, a, a };
}

INLINE vector
larger (vector a, vector b)
{
  return choose (a > b, a, b);
}

/* Takes its largest number from a row, and returns it.  */
INLINE double
take_top (size_t n, double l[])
{
  vector top = *(const vector *) l;
  for (size_t i = LANES; i < n; i += LANES)
    top = larger (*(const vector *) (l + i), top);
  top = larger (top, __builtin_shuffle (top, (mask){ 4, 5, 6, 7, 0, 1, 2, 3 }));
  top = larger (top, __builtin_shuffle (top, (mask){ 2, 3, 0, 1, 6, 7, 4, 5 }));
  top = larger (top, __builtin_shuffle (top, (mask){ 1, 0, 3, 2, 5, 4, 7, 6 }));
  for (size_t i = 0; i < n; i += LANES)
    *(vector *) (l + i) -= top;
  return top[0];
}

/* exp l for l <= 0, or NaN.  The library's vector exp would leave its path below -708,
   so that l is moved and the result scaled: by e^-100, or by 0 where it would
   be 0 anyway.  It is done with masks because gcc would see through a plain `?:' and
   call exp with l itself.  */
INLINE vector
exponential (vector l)
{
  static const double far = -700, nowhere = -746, shift = 100,
                      scale = 3.720075976020836e-44;
  const mask is_far = l < far, is_nowhere = l < nowhere;
  double e[LANES] __attribute__ ((aligned (64)));
  *(vector *) e = choose (is_nowhere, fill (0), choose (is_far, l + shift, l));
#pragma omp simd
  for (size_t i = 0; i < LANES; i++)
    e[i] = exp (e[i]);
  return *(vector *) e
         * choose (is_nowhere, fill (0), choose (is_far, fill (scale), fill (1)));
}

INLINE double
add_lanes (vector v)
{
  return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
}

/* r = e / sum e.  Returned: the sum.  */
INLINE double
divide_by_sum (size_t n, const double e[], double r[])
{
  vector sum = { 0 };
  for (size_t i = 0; i < n; i += LANES)
    sum += *(const vector *) (e + i);
  const double total = add_lanes (sum);
  for (size_t i = 0; i < n; i += LANES)
    *(vector *) (r + i) = *(const vector *) (e + i) * (1 / total);
  return total;
}

/* Bits that a component needs and a point has not.  */
static bool
lacks (const lvm_bits *x, size_t n, const lvm_bits *one, size_t k)
{
  for (size_t i = 0; i < x->stride; i += 8)
    {
      uint64_t has, needs;
      memcpy (&has, x->bytes + n * x->stride + i, sizeof has);
      memcpy (&needs, one->bytes + k * one->stride + i, sizeof needs);
      if ((needs & ~has) != 0)
        return true;
    }
  return false;
}

static void
exclude_rows (const lvm_bmm_fast *w, size_t first, size_t points, double l[])
{
  for (size_t k = 0; k < w->K; k++)
    for (size_t n = 0; n < points && w->logits->boundary[k]; n++)
      if (lacks (w->x, first + n, w->logits->one, k))
        l[n * w->stride + k] = -INFINITY;
}

/* Rows of log joint to responsibilities, some at a time: one after the other would wait
   for its own result.
   Returned  top: the largest number of each row; total: the sum of exp (l - top).  */
INLINE void
normalise_rows (size_t rows, size_t n, double l[], double r[], double top[],
                double total[])
{
  for (size_t i = 0; i < rows; i++)
    top[i] = take_top (n, l + i * n);
  for (size_t i = 0; i < rows * n; i += LANES)
    *(vector *) (l + i) = exponential (*(const vector *) (l + i));
  for (size_t i = 0; i < rows; i++)
    total[i] = divide_by_sum (n, l + i * n, r + i * n);
}

/* To responsibilities and log evidence; adds up the latter.  */
INLINE void
normalise_chunk (lvm_bmm_fast *w, size_t chunk, double l[])
{
  const size_t first = chunk * CHUNK, points = min_size (CHUNK, w->N - first);
  double total[CHUNK], *const top = w->log_evidence + first, sum = 0;
  exclude_rows (w, first, points, l);
  for (size_t n = 0; n < points; n += TILE)
    normalise_rows (min_size (TILE, points - n), w->stride, l + n * w->stride,
                    w->r + (first + n) * w->stride, top + n, total + n);
#pragma omp simd reduction(+ : sum)
  for (size_t n = 0; n < points; n++)
    {
      top[n] = top[n] == -INFINITY ? top[n] : top[n] + log (total[n]);
      sum += top[n];
    }
  w->of_chunk[chunk] = sum;
}

/* --- the kernels, for each sort of processor ----------------------------------------- */

/* V is a constant wherever this is called.  */
INLINE void
run_block (lvm_bmm_fast *w, task t, size_t V)
{
  const size_t first = t.i * CHUNK, end = min_size (first + CHUNK, w->N);
  switch (t.what)
    {
    case FILL: fill_block (w, t.k, t.i, V); break;
    case GATHER: gather_block (w, t.k, t.i, V); break;
    default: map_block (w, t.k, first, end, V, t.l); break;
    }
}

INLINE void
run (lvm_bmm_fast *w, task t)
{
  if (t.what == NORMALISE)
    normalise_chunk (w, t.i, t.l);
  else
    switch (t.V)
      {
      case 1: run_block (w, t, 1); break;
      case 2: run_block (w, t, 2); break;
      case 3: run_block (w, t, 3); break;
      default: run_block (w, t, READ); break;
      }
}

static void
run_baseline (lvm_bmm_fast *w, task t)
{
  run (w, t);
}

#if defined __x86_64__ && defined __GNUC__

__attribute__ ((target ("avx2,fma"))) static void
run_avx2 (lvm_bmm_fast *w, task t)
{
  run (w, t);
}

__attribute__ ((target (
    "avx512f,avx512dq,avx512vl,avx2,fma,prefer-vector-width=512"))) static void
run_avx512 (lvm_bmm_fast *w, task t)
{
  run (w, t);
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

/* Blocks of at most so many vectors.  */
static size_t
count_blocks (const lvm_bmm_fast *w, size_t most)
{
  return (w->stride / LANES + most - 1) / most;
}

/* The first component of a block.  */
static size_t
first_of (const lvm_bmm_fast *w, size_t most, size_t block)
{
  return block * (w->stride / LANES) / count_blocks (w, most) * LANES;
}

/* Makes block `block' of a task's.  */
static task
with_block (const lvm_bmm_fast *w, task t, size_t most, size_t block)
{
  t.k = first_of (w, most, block);
  t.V = (first_of (w, most, block + 1) - t.k) / LANES;
  return t;
}

/* For every block and part.  */
static void
run_codes (lvm_bmm_fast *w, work what, size_t most)
{
  const size_t blocks = count_blocks (w, most), parts = w->codes->parts;
#pragma omp parallel for num_threads(w->threads) schedule(dynamic) collapse(2)
  for (size_t block = 0; block < blocks; block++)
    for (size_t part = 0; part < parts; part++)
      w->run (w, with_block (w, (task){ .what = what, .i = part }, most, block));
}

static int
thread_number (void)
{
#ifdef _OPENMP
  return omp_get_thread_num ();
#else
  return 0;
#endif
}

/* constant + slopes' x for the points of a chunk.
   Returned  [CHUNK x stride], the thread's own.  */
static double *
map_chunk (lvm_bmm_fast *w, size_t chunk)
{
  double *l = w->scratch + (size_t) thread_number () * CHUNK * w->stride;
  const task t = { .what = MAP, .i = chunk, .l = l };
  for (size_t block = 0; block < count_blocks (w, READ); block++)
    w->run (w, with_block (w, t, READ, block));
  return l;
}

/* The affine map of component k.  A bit that is on in all points need not be looked
   for.  */
static void
set_map (lvm_bmm_fast *w, const lvm_bmm *g, size_t k)
{
  lvm_bmm_logits *a = w->logits;
  uint8_t *one = a->one->bytes + k * a->one->stride;
  lvm_bmm_logits_set_one (g, k, a);
  a->boundary[k] = false;
  for (size_t i = 0; i < a->one->stride; i++)
    {
      one[i] = (uint8_t) (one[i] & ~w->always->bytes[i]);
      a->boundary[k] = a->boundary[k] || one[i] != 0;
    }
  w->constant[k] = a->constant[k];
}

/* The plain step, faster (bmm-fast).  */
void
lvm_bmm_fast_e_step (lvm_bmm_fast *w, const lvm_bmm *g, double r[],
                     double log_evidence[], double *log_likelihood)
{
  const size_t K = w->K;
#pragma omp parallel for num_threads(w->threads)
  for (size_t k = 0; k < K; k++)
    set_map (w, g, k);
  for (size_t k = K; k < w->stride; k++)
    w->constant[k] = -INFINITY;
  run_codes (w, FILL, READ);
#pragma omp parallel for num_threads(w->threads) schedule(dynamic)
  for (size_t c = 0; c < w->chunks; c++)
    {
      w->run (w, (task){ .what = NORMALISE, .i = c, .l = map_chunk (w, c) });
      for (size_t n = c * CHUNK; n < min_size ((c + 1) * CHUNK, w->N); n++)
        if (r != NULL)
          memcpy (r + n * K, w->r + n * w->stride, K * sizeof *r);
    }
  *log_likelihood = 0;
  for (size_t c = 0; c < w->chunks; c++)
    *log_likelihood += w->of_chunk[c];
  if (log_evidence != NULL)
    memcpy (log_evidence, w->log_evidence, w->N * sizeof *log_evidence);
}

/* The sums for the M-step.  They and N_k are sums of the same numbers in different orders:
   where they are equal, and where one must not exceed the other, that is said
   here.  */
static void
sums_of_block (lvm_bmm_fast *w, size_t block)
{
  const size_t first = first_of (w, WRITTEN, block),
               width = first_of (w, WRITTEN, block + 1) - first;
  for (size_t k = first; k < first + width && k < w->K; k++)
    for (size_t i = 0; i < w->D; i++)
      {
        const size_t d = w->codes->column[i];
        const double sum = w->slope[first * w->D + i * width + (k - first)];
        const bool all = lvm_bit (w->always, 0, d) || sum > w->count[k];
        w->on[k * w->D + d] = all ? w->count[k] : sum;
      }
}

/* The plain step, faster (bmm-fast).  */
void
lvm_bmm_fast_m_step (lvm_bmm_fast *w, lvm_bmm *g, double strength)
{
  run_codes (w, GATHER, WRITTEN);
  for (size_t block = 0; block < count_blocks (w, WRITTEN); block++)
    sums_of_block (w, block);
  lvm_bmm_set_from_sums (g, w->count, w->on, strength);
}

/* |x - c|^2 = |c|^2 + sum_d x_d (1 - 2 c_d)  */
static void
set_distance (lvm_bmm_fast *w, const double centre[], size_t k)
{
  lvm_bmm_logits *a = w->logits;
  memset (a->zero->bytes + k * a->zero->stride, 0, a->zero->stride);
  w->constant[k] = 0;
  for (size_t d = 0; d < w->D; d++)
    {
      w->constant[k] += centre[d] * centre[d];
      a->logit[k * w->D + d] = 1 - 2 * centre[d];
    }
}

/* The first of the smallest.  */
static size_t
find_smallest (size_t n, const double a[])
{
  size_t best = 0;
  for (size_t i = 1; i < n; i++)
    if (a[i] < a[best])
      best = i;
  return best;
}

void
lvm_bmm_fast_nearest (lvm_bmm_fast *w, const double centre[], int owner[],
                      double nearest[])
{
  for (size_t k = 0; k < w->K; k++)
    set_distance (w, centre + k * w->D, k);
  for (size_t k = w->K; k < w->stride; k++)
    w->constant[k] = INFINITY;
  run_codes (w, FILL, READ);
#pragma omp parallel for num_threads(w->threads) schedule(dynamic)
  for (size_t c = 0; c < w->chunks; c++)
    {
      const double *square = map_chunk (w, c);
      for (size_t n = c * CHUNK; n < min_size ((c + 1) * CHUNK, w->N);
           n++, square += w->stride)
        {
          owner[n] = (int) find_smallest (w->K, square);
          nearest[n] = fmax (square[owner[n]], 0);
        }
    }
}
