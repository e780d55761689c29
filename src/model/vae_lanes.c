/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/vae_lanes.h"

#include <math.h>
#include <string.h>

/* Compiled with -O3 -fno-math-errno -fopenmp, with which loops marked `omp simd'
   use the vector functions of libmvec, and -ffp-contract=fast; three times, for
   AVX-512, AVX2 and the baseline.  model/gmm_fast.c says more of both.  */
#if defined __x86_64__ && defined __GLIBC__ && defined _OPENMP
#pragma omp declare simd notinbranch
extern float expf (float);
#pragma omp declare simd notinbranch
extern float log1pf (float);
#pragma omp declare simd notinbranch
extern float tanhf (float);
#endif

#define INLINE static inline __attribute__ ((always_inline))
#ifdef _OPENMP
#define SIMD _Pragma ("omp simd")
#else
#define SIMD
#endif

enum
{
  LANES = 16
};

/* One register of AVX-512, two of AVX2, four of the baseline.  */
typedef float vector
    __attribute__ ((vector_size (4 * LANES), aligned (4), may_alias));

/* --- the loops ------------------------------------------------------------ */

INLINE void
each_tanh (size_t n, float h[])
{
  SIMD for (size_t i = 0; i < n; i++) h[i] = tanhf (h[i]);
}

/* One exponential for both, exp (-|a|), which cannot overflow.  */
INLINE float
pixel (float a, float x, float share, float *d_a)
{
  const float e = expf (-fabsf (a)), s = 1 / (1 + e);
  *d_a = share * ((a > 0 ? s : e * s) - x);
  return x * a - (a > 0 ? a : 0) - log1pf (e);
}

INLINE double
pixels (size_t n, const uint8_t bits[], float share, const float a[], float d_a[])
{
  float sum[LANES] = { 0 };
  double total = 0;
  size_t d = 0;
  for (; d + LANES <= n; d += LANES)
    {
      const unsigned word = bits[d / 8] | (unsigned) bits[d / 8 + 1] << 8;
      SIMD for (size_t i = 0; i < LANES; i++) sum[i] +=
          pixel (a[d + i], (float) (int) (word >> i & 1), share, &d_a[d + i]);
    }
  for (; d < n; d++)
    total += pixel (a[d], (float) (bits[d / 8] >> d % 8 & 1), share, &d_a[d]);
  for (size_t i = 0; i < LANES; i++)
    total += sum[i];
  return total;
}

/* Where vector k of V begins in n numbers.  The last one ends with them, and may
   overlap the one before it.  */
INLINE size_t
place (size_t k, size_t V, size_t n)
{
  return k + 1 < V ? k * LANES : n - LANES;
}

/* Two sums side by side, of every other row, so that one need not wait for the
   other.  V is a constant wherever this is called.  */
INLINE void
sum_vectors (size_t count, const uint32_t row[], size_t stride, const float W[],
             size_t n, float y[], size_t V)
{
  vector even[4] = { 0 }, odd[4] = { 0 };
  size_t i = 0;
  for (; i + 2 <= count; i += 2)
    {
      const float *w = W + row[i] * stride, *next = W + row[i + 1] * stride;
      for (size_t k = 0; k < V; k++)
        {
          even[k] += *(const vector *) (w + place (k, V, n));
          odd[k] += *(const vector *) (next + place (k, V, n));
        }
    }
  if (i < count)
    for (size_t k = 0; k < V; k++)
      even[k] += *(const vector *) (W + row[i] * stride + place (k, V, n));
  for (size_t k = 0; k < V; k++)
    *(vector *) (y + place (k, V, n)) = even[k] + odd[k];
}

INLINE void
sum_rows (size_t count, const uint32_t row[], size_t stride, const float W[],
          size_t n, float y[])
{
  switch ((n + LANES - 1) / LANES)
    {
    case 4: sum_vectors (count, row, stride, W, n, y, 4); break;
    case 3: sum_vectors (count, row, stride, W, n, y, 3); break;
    case 2: sum_vectors (count, row, stride, W, n, y, 2); break;
    default:
      memset (y, 0, n * sizeof *y);
      for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < n; j++)
          y[j] += W[row[i] * stride + j];
    }
}

INLINE void
pack_columns (size_t rows, size_t stride, const float W[], size_t n, float y[])
{
  for (size_t i = 0; i < rows; i++)
    if (n == 4 * LANES)
      for (size_t k = 0; k < 4; k++)
        *(vector *) (y + (4 * i + k) * LANES) =
            *(const vector *) (W + i * stride + k * LANES);
    else
      memcpy (y + 4 * i * LANES, W + i * stride, n * sizeof *y);
}

INLINE void
adam (const float rate[5], size_t n, const float gradient[], float m[], float v[],
      float theta[])
{
  const float new_m = rate[0], new_v = rate[1], step = rate[2], unbias = rate[3],
              epsilon = rate[4];
  SIMD for (size_t i = 0; i < n; i++)
  {
    const float g = gradient[i];
    m[i] += new_m * (g - m[i]);
    v[i] += new_v * (g * g - v[i]);
    theta[i] -= step * m[i] / (sqrtf (v[i]) * unbias + epsilon);
  }
}

/* --- for each sort of processor ------------------------------------------- */

#define LOOPS(name, attributes)                                                    \
  attributes static void name##_tanh (size_t n, float h[])                         \
  {                                                                                \
    each_tanh (n, h);                                                              \
  }                                                                                \
  attributes static double name##_pixels (                                         \
      size_t n, const uint8_t bits[], float share, const float a[], float d_a[])   \
  {                                                                                \
    return pixels (n, bits, share, a, d_a);                                        \
  }                                                                                \
  attributes static void name##_sum_rows (size_t count, const uint32_t row[],      \
                                          size_t stride, const float W[],          \
                                          size_t n, float y[])                     \
  {                                                                                \
    sum_rows (count, row, stride, W, n, y);                                        \
  }                                                                                \
  attributes static void name##_pack_columns (                                     \
      size_t rows, size_t stride, const float W[], size_t n, float y[])            \
  {                                                                                \
    pack_columns (rows, stride, W, n, y);                                          \
  }                                                                                \
  attributes static void name##_adam (const float rate[5], size_t n,               \
                                      const float gradient[], float m[],           \
                                      float v[], float theta[])                    \
  {                                                                                \
    adam (rate, n, gradient, m, v, theta);                                         \
  }                                                                                \
  static const lvm_vae_lanes name = { name##_tanh, name##_pixels, name##_sum_rows, \
                                      name##_pack_columns, name##_adam };

LOOPS (baseline, )

#if defined __x86_64__ && defined __GNUC__

LOOPS (avx2, __attribute__ ((target ("avx2,fma"))))
LOOPS (avx512, __attribute__ ((target (
                   "avx512f,avx512dq,avx512vl,avx2,fma,prefer-vector-width=512"))))

const lvm_vae_lanes *
lvm_vae_lanes_choose (void)
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

const lvm_vae_lanes *
lvm_vae_lanes_choose (void)
{
  return &baseline;
}

#endif
