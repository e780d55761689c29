/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_TESTS_UNIT_MODEL_BITS_H
#define LVM_TESTS_UNIT_MODEL_BITS_H

/* Bits for the tests of the mixture of Bernoullis.  */

#include <gsl/gsl_rng.h>

#include "data/bits.h"
#include "num/streams.h"

/* N points of D bits, drawn so that columns have densities from 0 to 1 and go together
   in fours.  */
static inline lvm_bits *
draw_bits (size_t N, size_t D, uint64_t seed)
{
  gsl_rng *rng = lvm_stream_alloc (seed, N);
  lvm_bits *x = lvm_bits_alloc (N, D);
  for (size_t n = 0; n < N; n++)
    for (size_t d = 0; d < D; d++)
      {
        const double density = (double) (37 * d % 101) / 100,
                     u = gsl_rng_uniform (rng);
        if (d >= 4 && u < 0.4 ? lvm_bit (x, n, d - 4)
                              : gsl_rng_uniform (rng) < density)
          lvm_bit_set (x, n, d);
      }
  gsl_rng_free (rng);
  return x;
}

/* One point whose bits are those of a number.  */
static inline lvm_bits *
all_points (size_t D)
{
  lvm_bits *x = lvm_bits_alloc ((size_t) 1 << D, D);
  for (size_t n = 0; n < x->N; n++)
    for (size_t d = 0; d < D; d++)
      if (n >> d & 1)
        lvm_bit_set (x, n, d);
  return x;
}

#endif
