/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/bits.h"

#include "num/error.h"

#include <stdlib.h>
#include <string.h>

lvm_bits *
lvm_bits_alloc (size_t N, size_t D)
{
  lvm_bits *b = lvm_alloc (1, sizeof (lvm_bits));

  *b = (lvm_bits){ .N = N, .D = D, .stride = lvm_bits_stride (D) };
  b->bytes = lvm_alloc (N, b->stride);
  memset (b->bytes, 0, N * b->stride);
  return b;
}

void
lvm_bits_free (lvm_bits *b)
{
  if (b == NULL)
    return;
  free (b->bytes);
  free (b);
}
