/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "prob/gradient.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "num/error.h"

/* This file is compiled with -O3 -fopenmp -fno-math-errno -ffp-contract=fast, with
   which loops marked `omp simd' use the vector functions of glibc's libmvec, and its
   kernel three times, for AVX-512, AVX2 and the baseline, chosen at run time.  glibc's
   <math.h> announces libmvec only under -ffast-math, whose other liberties would cost
   NaN and infinities.  */
#if defined __x86_64__ && defined __GLIBC__ && defined _OPENMP
#pragma omp declare simd notinbranch
extern double exp (double);
#pragma omp declare simd notinbranch
extern double log (double);
#pragma omp declare simd notinbranch
extern double sin (double);
#pragma omp declare simd notinbranch
extern double cos (double);
#pragma omp declare simd notinbranch
extern double pow (double, double);
#endif

#include "prob/families_kernel.h"
#include "prob/integrand_kernel.h"

enum
{
  BLOCK = LVM_NOISE_BLOCK,
  PAIRS = BLOCK / 2,
  LANES = 8,    /* doubles in the widest of vectors */
  ROUND = 4096, /* blocks whose sums are kept before they are added */
  SERIAL = 64,  /* so few blocks are done sooner than threads have met */
  SUMS = sizeof (lvm_gradient_sums) / sizeof (double)
};

/* LANES of them at once, which the compiler makes of what the processor has.  */
typedef double numbers
    __attribute__ ((vector_size (8 * LANES), aligned (8), may_alias));

/* --- noise ------------------------------------------------------------------ */

/* The first 4 LANES words of 64 bits of a stream of num/streams.c: Philox4x32-10, many
   blocks of it side by side.  */
INLINE void
philox (uint64_t seed, uint64_t stream, uint64_t word[])
{
  const uint64_t low = UINT32_MAX;
  SIMD for (uint64_t k = 0; k < 2 * LANES; k++)
  {
    uint64_t c0 = k, c1 = 0, c2 = stream & low, c3 = stream >> 32, k0 = seed & low,
             k1 = seed >> 32;
#pragma GCC unroll 10
    for (int round = 0; round < 10; round++)
      {
        const uint64_t a = 0xD2511F53u * c0, b = 0xCD9E8D57u * c2;
        c0 = (b >> 32) ^ c1 ^ k0;
        c1 = b & low;
        c2 = (a >> 32) ^ c3 ^ k1;
        c3 = a & low;
        k0 = (k0 + 0x9E3779B9u) & low;
        k1 = (k1 + 0xBB67AE85u) & low;
      }
    word[2 * k] = c0 << 32 | c1;
    word[2 * k + 1] = c2 << 32 | c3;
  }
}

/* A block of uniform numbers, the odd multiples of 2^-53 between 0 and 1.  A counter is
   slow where a whole block is wanted, so the stream gives only the states of LANES
   generators xoshiro256++, side by side (Blackman and Vigna, Scrambled linear pseudorandom
   number generators, ACM TOMS 47, 2021).  The upper 52 bits of their numbers become the
   fraction of a number from 1 to 2.  */
INLINE void
uniform (uint64_t seed, uint64_t stream, double u[])
{
  typedef uint64_t words __attribute__ ((vector_size (8 * LANES)));
  uint64_t word[4 * LANES];
  words s[4];
  philox (seed, stream, word);
  memcpy (s, word, sizeof s);
  for (int i = 0; i < BLOCK; i += LANES)
    {
      const words sum = s[0] + s[3], x = (sum << 23 | sum >> 41) + s[0],
                  t = s[1] << 17;
      const numbers y =
          (numbers) (x >> 12 | UINT64_C (0x3FF) << 52) - (1 - 0x1p-53);
      s[2] ^= s[0];
      s[3] ^= s[1];
      s[1] ^= s[2];
      s[0] ^= s[3];
      s[2] ^= t;
      s[3] = s[3] << 45 | s[3] >> 19;
      memcpy (u + i, &y, sizeof y);
    }
}

typedef struct
{
  double cosine, sine;
} turned;

/* The integer next to x, and its last bits: 1.5 2^52 has ones' place as its last bit.  */
typedef struct
{
  double value;
  uint64_t bits;
} whole;

INLINE whole
nearest (double x)
{
  const double shift = 0x1.8p52, sum = x + shift;
  whole q = { .value = sum - shift };
  memcpy (&q.bits, &sum, sizeof sum);
  return q;
}

INLINE double
with_sign (double x, uint64_t sign)
{
  uint64_t bits;
  memcpy (&bits, &x, sizeof x);
  bits ^= sign;
  memcpy (&x, &bits, sizeof x);
  return x;
}

/* Of q quarter turns and an angle x more, |x| <= pi / 4.  Taylor's series, whose first
   omitted terms are below 5e-17; quarter turns exchange the two and turn signs.  */
INLINE turned
turn (uint64_t q, double x)
{
  const double y = x * x;
  double c = 1. / 20922789888000, s = -1. / 1307674368000;
  c = c * y - 1. / 87178291200;
  s = s * y + 1. / 6227020800;
  c = c * y + 1. / 479001600;
  s = s * y - 1. / 39916800;
  c = c * y - 1. / 3628800;
  s = s * y + 1. / 362880;
  c = c * y + 1. / 40320;
  s = s * y - 1. / 5040;
  c = c * y - 1. / 720;
  s = s * y + 1. / 120;
  c = c * y + 1. / 24;
  s = s * y - 1. / 6;
  c = (c * y - 0.5) * y + 1;
  s = (s * y + 1) * x;
  const double a = q & 1 ? s : c, b = q & 1 ? c : s;
  return (turned){ with_sign (a, (q + 1) << 62 & UINT64_C (1) << 63),
                   with_sign (b, q << 62 & UINT64_C (1) << 63) };
}

/* ln u for 0 < u < 1, both normal.  u = 2^e m with m between the square roots of 1/2
   and of 2, and ln m = 2 artanh s with s = (m - 1) / (m + 1), at most 0.1716: Taylor's
   series, whose first omitted term is below 3e-17 of it.  The library's logarithm is a
   call, before which all registers go to memory.  */
INLINE double
logarithm (double u)
{
  const uint64_t one = UINT64_C (0x3FF) << 52, root = UINT64_C (0x3FE6A09E667F3BCD),
                 two_52 = UINT64_C (0x433) << 52;
  uint64_t bits, e;
  double m, biased;
  memcpy (&bits, &u, sizeof u);
  e = (bits - root + one) >> 52; /* and 1023 */
  bits -= (e << 52) - one;
  memcpy (&m, &bits, sizeof m);
  e |= two_52;
  memcpy (&biased, &e, sizeof e);
  const double s = (m - 1) / (m + 1), y = s * s;
  double p = 2. / 19;
  p = p * y + 2. / 17;
  p = p * y + 2. / 15;
  p = p * y + 2. / 13;
  p = p * y + 2. / 11;
  p = p * y + 2. / 9;
  p = p * y + 2. / 7;
  p = p * y + 2. / 5;
  p = p * y + 2. / 3;
  p = p * y * s + 2 * s;
  return (biased - (0x1p52 + 1023)) * M_LN2 + p;
}

/* Box and Muller's method, in place: sqrt (-2 ln u) times the cosine and the sine
   of 2 pi v.  The nearest quarter turn is taken off v exactly.  */
INLINE void
box_muller (double eps[])
{
  SIMD for (int k = 0; k < PAIRS; k++)
  {
    const double r = sqrt (-2 * logarithm (eps[k])), v = eps[k + PAIRS];
    const whole q = nearest (4 * v);
    const turned t = turn (q.bits, 2 * M_PI * (v - q.value / 4));
    eps[k] = r * t.cosine;
    eps[k + PAIRS] = r * t.sine;
  }
}

/* In place: uniform numbers become those of the base.  */
INLINE void
shape_noise (lvm_family f, double eps[])
{
  switch (f)
    {
    case LVM_LOGISTIC:
      SIMD for (int k = 0; k < BLOCK; k++) eps[k] = log (eps[k] / (1 - eps[k]));
      break;
    case LVM_EXPONENTIAL:
    case LVM_WEIBULL:
      SIMD for (int k = 0; k < BLOCK; k++) eps[k] = -logarithm (eps[k]);
      break;
    case LVM_BERNOULLI: break;
    default: box_muller (eps);
    }
}

INLINE void
noise (lvm_family f, uint64_t seed, uint64_t stream, double eps[])
{
  uniform (seed, stream, eps);
  shape_noise (f, eps);
}

/* --- a block of samples -------------------------------------------------------- */

/* What one thread works with: small enough for the nearest cache.  */
typedef struct
{
  double eps[BLOCK], z[BLOCK], f[BLOCK], slope[BLOCK], s[BLOCK];
} scratch;

/* sin (a z) and its slope, which share most of their work, where a z is at most 10^5
   quarter turns: q times either part of pi / 2 is exact then.  Returned: whether it is;
   else f and slope are to be worked out anew.  */
INLINE int
sine_and_slope (double a, const double z[], double f[], double slope[])
{
  const double first = 0x1.921fb544p0, second = 0x1.0b4611a6p-34,
               third = 0x1.3198a2e037073p-69;
  int64_t near = -1;
#pragma omp simd reduction(& : near)
  for (int k = 0; k < BLOCK; k++)
    {
      const double y = a * z[k];
      const whole q = nearest (y * M_2_PI);
      const turned t =
          turn (q.bits, y - q.value * first - q.value * second - q.value * third);
      near &= fabs (y) < 1.5e5 ? -1 : 0;
      f[k] = t.sine;
      slope[k] = a * t.cosine;
    }
  return near != 0;
}

INLINE void
value_and_slope (const lvm_integrand *h, int which, scratch *w)
{
  if (which == (LVM_PATHWISE | LVM_SCORE) && h->shape == LVM_SINE
      && sine_and_slope (h->a, w->z, w->f, w->slope))
    return;
  if (which & LVM_PATHWISE)
    integrand_slope (h, BLOCK, w->z, w->slope);
  if (which & LVM_SCORE)
    integrand_value (h, BLOCK, w->z, w->f);
}

/* Vectors go in and out of functions that are always inline: no calling convention
   for them is needed.  */
#pragma GCC diagnostic ignored "-Wpsabi"

INLINE double
total (numbers a)
{
  return ((a[0] + a[4]) + (a[2] + a[6])) + ((a[1] + a[5]) + (a[3] + a[7]));
}

/* Zeros in place of what is beyond the last sample: they add nothing to a sum.  */
INLINE void
cut (size_t n, double a[])
{
  if (n < BLOCK)
    memset (a + n, 0, (BLOCK - n) * sizeof *a);
}

/* The sums over a block stand in vectors: in an `omp simd' reduction gcc 12 keeps them in
   memory.  */
INLINE void
add_pathwise (const lvm_gradient_problem *q, size_t n, scratch *w,
              lvm_gradient_sums *sums)
{
  double *dz = w->s;
  numbers t[2] = { 0 }, tt[2] = { 0 };
  tangent (q->family, q->phi, q->parameter, BLOCK, w->eps, w->z, dz);
  cut (n, dz);
  cut (n, w->slope);
  for (size_t k = 0; k < BLOCK; k += 2 * LANES)
#pragma GCC unroll 2
    for (size_t i = 0; i < 2; i++)
      {
        const numbers term = *(numbers *) (w->slope + k + i * LANES)
                             * *(numbers *) (dz + k + i * LANES);
        t[i] += term;
        tt[i] += term * term;
      }
  sums->t = total (t[0] + t[1]);
  sums->tt = total (tt[0] + tt[1]);
}

/* To f what the coordinates after the first contribute.  */
INLINE void
add_rest (const lvm_gradient_problem *q, uint64_t seed, uint64_t block, double f[])
{
  double x[BLOCK], h[BLOCK];
  for (size_t d = 1; d < q->D; d++)
    {
      noise (q->family, seed, block * q->D + d, h);
      transform (q->family, q->phi, BLOCK, h, x);
      integrand_value (&q->h, BLOCK, x, h);
      SIMD for (size_t k = 0; k < BLOCK; k++) f[k] += h[k];
    }
}

/* The sums of one block's score terms, LANES of them at once: `numbers' is so many doubles
   in one vector, and total() adds them up.  add_rest() draws the other coordinates, and
   cut() clears what is beyond the last of n samples  (score-estimator, baseline-expand).  */
INLINE void
add_score (const lvm_gradient_problem *q, uint64_t seed, uint64_t block, size_t n,
           scratch *w, lvm_gradient_sums *sums)
{
  numbers f1 = { 0 }, ff = { 0 }, s1 = { 0 }, ss = { 0 }, fs = { 0 }, fss = { 0 },
          ffss = { 0 };
  add_rest (q, seed, block, w->f);
  score (q->family, q->phi, q->parameter, BLOCK, w->z, w->s);
  cut (n, w->f);
  cut (n, w->s);
  for (size_t k = 0; k < BLOCK; k += LANES)
    {
      const numbers f = *(numbers *) (w->f + k), s = *(numbers *) (w->s + k),
                    y = f * s;
      f1 += f;
      ff += f * f;
      s1 += s;
      ss += s * s;
      fs += y;
      fss += y * s;
      ffss += y * y;
    }
  sums->f = total (f1);
  sums->ff = total (ff);
  sums->s = total (s1);
  sums->ss = total (ss);
  sums->fs = total (fs);
  sums->fss = total (fss);
  sums->ffss = total (ffss);
}

INLINE void
run_block (const lvm_gradient_problem *q, int which, uint64_t seed, uint64_t block,
           size_t n, lvm_gradient_sums *sums)
{
  scratch w;
  *sums = (lvm_gradient_sums){ .count = (double) n };
  noise (q->family, seed, block * q->D, w.eps);
  transform (q->family, q->phi, BLOCK, w.eps, w.z);
  value_and_slope (&q->h, which, &w);
  if (which & LVM_PATHWISE)
    add_pathwise (q, n, &w, sums);
  if (which & LVM_SCORE)
    add_score (q, seed, block, n, &w, sums);
}

/* --- one kernel for each sort of processor ---------------------------------------- */

typedef struct
{
  void (*block) (const lvm_gradient_problem *q, int which, uint64_t seed,
                 uint64_t block, size_t n, lvm_gradient_sums *sums);
  void (*noise) (lvm_family f, uint64_t seed, uint64_t stream, double eps[]);
} kernel;

#define KERNEL(name, attributes)                                                   \
  attributes static void name##_block (const lvm_gradient_problem *q, int which,   \
                                       uint64_t seed, uint64_t block, size_t n,    \
                                       lvm_gradient_sums *sums)                    \
  {                                                                                \
    run_block (q, which, seed, block, n, sums);                                    \
  }                                                                                \
  attributes static void name##_noise (lvm_family f, uint64_t seed,                \
                                       uint64_t stream, double eps[])              \
  {                                                                                \
    noise (f, seed, stream, eps);                                                  \
  }                                                                                \
  static const kernel name = { name##_block, name##_noise };

KERNEL (baseline, )

#if defined __x86_64__ && defined __GNUC__

KERNEL (avx2, __attribute__ ((target ("avx2,fma"))))
KERNEL (avx512, __attribute__ ((target (
                    "avx512f,avx512dq,avx512vl,avx2,fma,prefer-vector-width=512"))))

static const kernel *
chosen (void)
{
  __builtin_cpu_init ();
  if (__builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512dq")
      && __builtin_cpu_supports ("avx512vl"))
    return &avx512;
  if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma"))
    return &avx2;
  return &baseline;
}

#else

static const kernel *
chosen (void)
{
  return &baseline;
}

#endif

void
lvm_gradient_noise (lvm_family family, uint64_t seed, uint64_t stream, double eps[])
{
  chosen ()->noise (family, seed, stream, eps);
}

static void
add (lvm_gradient_sums *a, const lvm_gradient_sums *b)
{
  a->count += b->count;
  a->t += b->t;
  a->tt += b->tt;
  a->f += b->f;
  a->ff += b->ff;
  a->s += b->s;
  a->ss += b->ss;
  a->fs += b->fs;
  a->fss += b->fss;
  a->ffss += b->ffss;
}

void
lvm_gradient_sample (const lvm_gradient_problem *q, int which, uint64_t seed,
                     uint64_t first, uint64_t S, int threads,
                     lvm_gradient_sums *sums)
{
  const kernel *k = chosen ();
  const uint64_t blocks = (S + BLOCK - 1) / BLOCK;
  const size_t room = blocks < ROUND ? (size_t) blocks : ROUND;
  lvm_gradient_sums *part = lvm_alloc (room, sizeof *part);
  *sums = (lvm_gradient_sums){ 0 };
  (void) threads; /* where there are none */
  for (uint64_t b = 0; b < blocks; b += ROUND)
    {
      const size_t m = blocks - b < ROUND ? (size_t) (blocks - b) : ROUND;
#pragma omp parallel for num_threads(threads)                                      \
    schedule(dynamic, 16) if (m * q->D > SERIAL)
      for (size_t i = 0; i < m; i++)
        {
          const uint64_t left = S - (b + i) * BLOCK;
          k->block (q, which, seed, first + b + i,
                    left < BLOCK ? (size_t) left : BLOCK, part + i);
        }
      for (size_t i = 0; i < m; i++)
        add (sums, part + i);
    }
  free (part);
}

/* --- estimates ----------------------------------------------------------------------- */

/* From the sum of the terms and that of their squares.  */
static lvm_estimate
estimate (double count, double sum, double squares)
{
  const double mean = sum / count,
               variance = fmax (0, (squares - mean * sum) / (count - 1));
  return (lvm_estimate){ mean, variance, sqrt (variance / count) };
}

/* Computes (grad-pathwise).  */
lvm_estimate
lvm_gradient_pathwise (const lvm_gradient_sums *x)
{
  return estimate (x->count, x->t, x->tt);
}

/* Computes (score-estimator).  */
lvm_estimate
lvm_gradient_score (const lvm_gradient_sums *x, double b)
{
  return estimate (x->count, x->fs - b * x->s,
                   x->ffss - 2 * b * x->fss + b * b * x->ss);
}

/* Computes (baseline-best).  */
double
lvm_gradient_best_baseline (const lvm_gradient_sums *x)
{
  return x->fss / x->ss;
}

/* Computes (batch-mean-bias).  */
lvm_estimate
lvm_gradient_batch_mean (const lvm_gradient_sums *x)
{
  return lvm_gradient_score (x, x->f / x->count);
}

/* f_i - mean of the others = S / (S - 1) (f_i - mean of all), so this is the sample's
   covariance of f and s.  Its variance has a term of the order 1 / S^2, too, which is all
   there is where (f - mean f) s happens to be constant (leave-one-out).  */
lvm_estimate
lvm_gradient_leave_one_out (const lvm_gradient_sums *x)
{
  const lvm_estimate e = lvm_gradient_batch_mean (x),
                     f = estimate (x->count, x->f, x->ff),
                     s = estimate (x->count, x->s, x->ss);
  const double S = x->count, mean = S / (S - 1) * e.mean;
  const double second = (mean * mean + f.variance * s.variance) / (S * (S - 1));
  return (lvm_estimate){ mean, e.variance, sqrt (e.variance / S + second) };
}

/* --- quadrature ------------------------------------------------------------------------- */

typedef struct
{
  const lvm_gradient_problem *q;
  int a, b, c;
} product;

static double
power (double x, int k)
{
  double y = 1;
  while (k-- > 0)
    y *= x;
  return y;
}

/* p(eps) h^a s^b t^c at one eps.  */
static double
integrand (double eps, void *params)
{
  const product *x = params;
  const lvm_gradient_problem *q = x->q;
  double z, h, s = 1, slope, dz, l;
  lvm_family_base_log_density (q->family, 1, &eps, &l);
  if (l < -700)
    return 0;
  lvm_family_transform (q->family, q->phi, 1, &eps, &z);
  lvm_integrand_value (&q->h, 1, &z, &h);
  if (x->b > 0)
    lvm_family_score (q->family, q->phi, q->parameter, 1, &z, &s);
  lvm_integrand_slope (&q->h, 1, &z, &slope);
  lvm_family_tangent (q->family, q->phi, q->parameter, 1, &eps, &z, &dz);
  return exp (l) * power (h, x->a) * power (s, x->b) * power (slope * dz, x->c);
}

/* The eps at which z passes a point; NaN where none does.  */
static double
noise_at (const lvm_gradient_problem *q, double z)
{
  const double *p = q->phi;
  switch (q->family)
    {
    case LVM_EXPONENTIAL: return z / p[0];
    case LVM_WEIBULL: return pow (z / p[0], p[1]);
    case LVM_LOG_NORMAL: return (log (z) - p[0]) / p[1];
    default: return (z - p[0]) / p[1];
    }
}

static int
by_value (const void *a, const void *b)
{
  const double x = *(const double *) a, y = *(const double *) b;
  return (x > y) - (x < y);
}

/* Where the base's density is above 1e-304, cut where it bends and where the integrand
   does: at the step, and around the bump.  Returned  how many points.  */
static size_t
cuts (const lvm_gradient_problem *q, double at[])
{
  static const double normal[] = { -37, -8, -3, 0, 3, 8, 37 },
                      logistic[] = { -690, -40, -5, 0, 5, 40, 690 },
                      positive[] = { 0, 0.01, 1, 5, 20, 80, 690 };
  enum
  {
    OWN = 7
  };
  const int half_line = q->family == LVM_EXPONENTIAL || q->family == LVM_WEIBULL;
  const double *base = half_line                   ? positive
                       : q->family == LVM_LOGISTIC ? logistic
                                                   : normal;
  size_t n = OWN;
  memcpy (at, base, OWN * sizeof *at);
  for (int k = -2; k <= 2; k++)
    {
      const double z = q->h.shape == LVM_BUMP ? q->h.a + 3 * k * q->h.b : q->h.a,
                   eps = noise_at (q, z);
      if ((q->h.shape == LVM_BUMP || (q->h.shape == LVM_STEP && k == 0))
          && eps > base[0] && eps < base[OWN - 1])
        at[n++] = eps;
    }
  qsort (at, n, sizeof *at, by_value);
  return n;
}

/* Whether exp (rate z) has an expectation.  */
static int
exponential_exists (const lvm_gradient_problem *q, double rate)
{
  const double *p = q->phi;
  switch (q->family)
    {
    case LVM_LOGISTIC: return fabs (rate) * p[1] < 1;
    case LVM_EXPONENTIAL: return rate * p[0] < 1;
    case LVM_WEIBULL:
      return rate <= 0 || p[1] > 1 || (p[1] == 1 && rate * p[0] < 1);
    case LVM_LOG_NORMAL: return rate <= 0;
    default: return 1;
    }
}

static int
by_pieces (product *x, double *value, double *error)
{
  enum
  {
    ROOM = 4000
  };
  double at[16];
  size_t n = cuts (x->q, at);
  gsl_function g = { integrand, x };
  gsl_integration_workspace *w = gsl_integration_workspace_alloc (ROOM);
  gsl_error_handler_t *old = gsl_set_error_handler_off ();
  double magnitude = 0;
  *value = *error = 0;
  if (x->q->h.shape == LVM_EXP
      && !exponential_exists (x->q, x->q->h.a * (x->a + x->c)))
    *error = INFINITY;
  for (size_t i = 0; i + 1 < n; i++)
    {
      double y = 0, e = 0;
      if (!(at[i] < at[i + 1]))
        continue;
      const int status = gsl_integration_qags (&g, at[i], at[i + 1], 1e-13, 1e-11,
                                               ROOM, w, &y, &e);
      *value += y;
      *error += status == 0 || e <= 1e-9 * fabs (y) + 1e-12 ? e : INFINITY;
      magnitude += fabs (y);
    }
  gsl_set_error_handler (old);
  gsl_integration_workspace_free (w);
  *error += 1e-15 * magnitude;
  return !(isfinite (*value) && isfinite (*error));
}

int
lvm_gradient_moment (const lvm_gradient_problem *q, int a, int b, int c,
                     double *value, double *error)
{
  product x = { q, a, b, c };
  if (q->family != LVM_BERNOULLI)
    return by_pieces (&x, value, error);
  *value = *error = 0;
  for (int k = 0; k < 2; k++)
    {
      const double z = k;
      double h, s, l;
      lvm_integrand_value (&q->h, 1, &z, &h);
      lvm_family_score (q->family, q->phi, q->parameter, 1, &z, &s);
      lvm_family_log_density (q->family, q->phi, 1, &z, &l);
      *value += exp (l) * power (h, a) * power (s, b);
    }
  return 0;
}

static double
moment (const lvm_gradient_problem *q, int a, int b, int c)
{
  double value, error;
  return lvm_gradient_moment (q, a, b, c, &value, &error) == 0 ? value : NAN;
}

/* f = h(z_1) + r with r independent of z_1: E[f s^2] and E[f^2 s^2] expand in the
   moments of both.  */
int
lvm_gradient_exact (const lvm_gradient_problem *q, lvm_gradient_truth *y)
{
  const double others = (double) (q->D - 1);
  if (lvm_gradient_moment (q, 1, 1, 0, &y->gradient, &y->error) != 0)
    return 1;
  const double h = moment (q, 1, 0, 0), hh = moment (q, 2, 0, 0),
               ss = moment (q, 0, 2, 0), hss = moment (q, 1, 2, 0),
               hhss = moment (q, 2, 2, 0), r = others * h,
               rr = others * (hh - h * h) + r * r, fss = hss + r * ss,
               ffss = hhss + 2 * r * hss + rr * ss,
               square = y->gradient * y->gradient;
  y->baseline = fss / ss;
  y->score = ffss - square;
  y->best = y->score - fss * fss / ss;
  if (lvm_family_reparameterised (q->family))
    {
      const double t = moment (q, 0, 0, 1);
      y->pathwise = moment (q, 0, 0, 2) - t * t;
    }
  else
    y->pathwise = NAN;
  return 0;
}
