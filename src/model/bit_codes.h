/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_MODEL_BIT_CODES_H
#define LVM_MODEL_BIT_CODES_H

#include <stddef.h>
#include <stdint.h>

#include "data/bits.h"

/* Binary vectors as lists of codes, each of which stands for up to eight bits that are
   on: the less of them, the less there is to add up in model/bmm_fast.h.

   Columns are put in bytes of eight such that those which are on together share one, and
   each value but 0 that a byte takes has a code.  (MNIST: 104 bits are on in an image, 34
   bytes of eight neighbours in a row, 26 of these bytes.)  A code's parent is the
   code of its value without the lowest bit, which is a code too, whether it occurs or
   not; 0 is the code of no bit.  So everything about codes can be worked out one bit at a
   time: parents have lower numbers.  */
typedef struct
{
  size_t N, D;
  uint32_t *column; /* [D]: which column of the data is the i-th, eight to a byte */
  size_t codes;     /* how many, with 0 */
  uint32_t *parent; /* [codes] */
  uint32_t *lowest; /* [codes]: the lowest bit, a place in `column' */

  /* Bytes are cut in parts of about as many codes in the lists: what is worked out for all
     codes, threads can share by parts.  */
  size_t parts;
  size_t
      *first_code;   /* [parts + 1]: codes of part p are first_code[p] .. [p + 1] */
  size_t *first_bit; /* [parts + 1]: the same for places in `column' */

  uint32_t *list; /* codes of all points, one point after the other, ascending */
  size_t *
      start; /* [N x parts + 1]: those of point n in part p are start[n parts + p] .. */
} lvm_bit_codes;

/* Given   x [N x D], N, D >= 1, which may go afterwards; parts >= 1
   Cost    N D / 8 operations a few times, D min (D, 1024) for the bytes
   Memory  4 bytes for every code in a list, 8 N parts; while it works N D / 8 bytes more.  */
lvm_bit_codes *lvm_bit_codes_alloc (const lvm_bits *x, size_t parts);
void lvm_bit_codes_free (lvm_bit_codes *c);

#endif
