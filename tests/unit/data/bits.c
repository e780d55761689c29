/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/bits.h"

#include "../unit.h"

#include <stdint.h>

START_TEST (rows_are_whole_words)
{
  const size_t D[] = { 0, 1, 63, 64, 65, 784, SIZE_MAX };
  const size_t words[] = { 0, 1, 1, 1, 2, 13, (size_t) 1 << 58 };

  for (size_t i = 0; i < sizeof D / sizeof D[0]; i++)
    ck_assert_uint_eq (lvm_bits_stride (D[i]), 8 * words[i]);
}
END_TEST

START_TEST (zero_at_first)
{
  lvm_bits *b = lvm_bits_alloc (3, 67);

  ck_assert_uint_eq (b->N, 3);
  ck_assert_uint_eq (b->D, 67);
  ck_assert_uint_eq (b->stride, 16);
  for (size_t i = 0; i < 3 * 16; i++)
    ck_assert_uint_eq (b->bytes[i], 0);
  lvm_bits_free (b);
  lvm_bits_free (NULL);
}
END_TEST

/* Each bit is where the header says, and nowhere else. */
START_TEST (one_bit_at_a_time)
{
  lvm_bits *b = lvm_bits_alloc (2, 67);

  for (size_t n = 0; n < 2; n++)
    for (size_t d = 0; d < 67; d++)
      {
        lvm_bit_set (b, n, d);
        lvm_bit_set (b, n, d);
        for (size_t m = 0; m < 2; m++)
          for (size_t e = 0; e < 67; e++)
            ck_assert_int_eq (lvm_bit (b, m, e), m == n && e == d);
        ck_assert_uint_eq (b->bytes[16 * n + d / 8], 1U << d % 8);
        b->bytes[16 * n + d / 8] = 0;
      }
  lvm_bits_free (b);
}
END_TEST

START_TEST (no_points_and_no_bits)
{
  lvm_bits *b = lvm_bits_alloc (0, 5);

  ck_assert_ptr_nonnull (b->bytes);
  lvm_bits_free (b);
  b = lvm_bits_alloc (5, 0);
  ck_assert_ptr_nonnull (b->bytes);
  ck_assert_uint_eq (b->stride, 0);
  lvm_bits_free (b);
}
END_TEST

UNIT_MAIN ("data/bits", rows_are_whole_words, zero_at_first, one_bit_at_a_time,
           no_points_and_no_bits)
