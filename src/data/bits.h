/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_DATA_BITS_H
#define LVM_DATA_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* N binary vectors of D bits, one point a row, eight bits a byte: an eighth of the memory of bytes,
   and what model/bmm_fast.h sums over. Bit d of point n is bit d % 8 (of value 1 << d % 8) of
   bytes[n * stride + d / 8]. Bits from D on are zero. */
typedef struct
{
  size_t N, D;
  size_t stride;  /* bytes a row */
  uint8_t *bytes; /* [N x stride] */
} lvm_bits;

/* The bytes of a row of D bits: the least multiple of 8 that holds them. */
static inline size_t
lvm_bits_stride (size_t D)
{
  return 8 * (D / 64 + (D % 64 > 0));
}

/* All bits zero. Release with lvm_bits_free. */
lvm_bits *lvm_bits_alloc (size_t N, size_t D);

/* NULL is allowed. */
void lvm_bits_free (lvm_bits *b);

static inline bool
lvm_bit (const lvm_bits *b, size_t n, size_t d)
{
  return (b->bytes[n * b->stride + d / 8] >> (d % 8)) & 1;
}

/* Sets bit d of point n to one. */
static inline void
lvm_bit_set (lvm_bits *b, size_t n, size_t d)
{
  b->bytes[n * b->stride + d / 8] |= (uint8_t) (1U << (d % 8));
}

#endif
