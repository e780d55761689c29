/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/bit_codes.h"

#include "../unit.h"
#include "bits.h"

#include "num/error.h"

/* The columns are each there once.  */
static void
check_columns (const lvm_bit_codes *c)
{
  bool *seen = lvm_alloc (c->D, sizeof *seen);
  memset (seen, 0, c->D * sizeof *seen);
  for (size_t i = 0; i < c->D; i++)
    {
      ck_assert_uint_lt (c->column[i], c->D);
      ck_assert (!seen[c->column[i]]);
      seen[c->column[i]] = true;
    }
  free (seen);
}

/* Parents come first, and have one bit less, in the same byte; parts are in order.  */
static void
check_codes (const lvm_bit_codes *c)
{
  for (size_t i = 1; i < c->codes; i++)
    {
      ck_assert_uint_lt (c->parent[i], i);
      ck_assert_uint_lt (c->lowest[i], c->D);
      if (c->parent[i] != 0)
        {
          ck_assert_uint_eq (c->lowest[c->parent[i]] / 8, c->lowest[i] / 8);
          ck_assert_uint_gt (c->lowest[c->parent[i]], c->lowest[i]);
        }
    }
  ck_assert_uint_eq (c->first_code[0], 1);
  ck_assert_uint_eq (c->first_bit[0], 0);
  ck_assert_uint_eq (c->first_code[c->parts], c->codes);
  ck_assert_uint_eq (c->first_bit[c->parts], c->D);
  for (size_t part = 0; part < c->parts; part++)
    for (size_t i = c->first_code[part]; i < c->first_code[part + 1]; i++)
      {
        ck_assert_uint_ge (c->lowest[i], c->first_bit[part]);
        ck_assert_uint_lt (c->lowest[i], c->first_bit[part + 1]);
      }
}

/* The bits of a point's codes are those of the point, each once.  */
static void
check_point (const lvm_bit_codes *c, const lvm_bits *x, size_t n)
{
  lvm_bits *y = lvm_bits_alloc (1, c->D);
  uint32_t before = 0;
  for (size_t part = 0; part < c->parts; part++)
    for (size_t i = c->start[n * c->parts + part];
         i < c->start[n * c->parts + part + 1]; i++)
      {
        ck_assert_uint_gt (c->list[i], before);
        ck_assert_uint_ge (c->list[i], c->first_code[part]);
        ck_assert_uint_lt (c->list[i], c->first_code[part + 1]);
        before = c->list[i];
        for (size_t code = c->list[i]; code != 0; code = c->parent[code])
          {
            ck_assert (!lvm_bit (y, 0, c->column[c->lowest[code]]));
            lvm_bit_set (y, 0, c->column[c->lowest[code]]);
          }
      }
  ck_assert_int_eq (memcmp (y->bytes, x->bytes + n * x->stride, x->stride), 0);
  lvm_bits_free (y);
}

START_TEST (codes_are_the_bits)
{
  const size_t D[] = { 1, 2, 7, 8, 9, 63, 64, 65, 100 }, N[] = { 1, 5, 300, 1200 };
  for (size_t i = 0; i < sizeof D / sizeof D[0]; i++)
    for (size_t j = 0; j < 4; j++)
      for (size_t parts = 1; parts <= 7; parts += 3)
        {
          lvm_bits *x = draw_bits (N[j], D[i], i);
          lvm_bit_codes *c = lvm_bit_codes_alloc (x, parts);
          check_columns (c);
          check_codes (c);
          for (size_t n = 0; n < N[j]; n++)
            check_point (c, x, n);
          lvm_bit_codes_free (c);
          lvm_bits_free (x);
        }
  lvm_bit_codes_free (NULL);
}
END_TEST

/* Parts have a share of the lists each, as near as bytes allow.  */
START_TEST (parts_are_even)
{
  lvm_bits *x = draw_bits (500, 800, 1);
  lvm_bit_codes *c = lvm_bit_codes_alloc (x, 4);
  size_t length[4] = { 0 };
  for (size_t n = 0; n < 500; n++)
    for (size_t part = 0; part < 4; part++)
      length[part] += c->start[4 * n + part + 1] - c->start[4 * n + part];
  for (size_t part = 0; part < 4; part++)
    ck_assert_uint_le (4 * length[part], c->start[4 * 500] + 4 * 500);
  lvm_bit_codes_free (c);
  lvm_bits_free (x);
}
END_TEST

/* Columns d, d + 5, d + 10 .. are all on or all off: a point has one code for each five
   that are on.  */
START_TEST (columns_that_go_together_share_a_byte)
{
  lvm_bits *x = lvm_bits_alloc (320, 40);
  size_t on = 0;
  for (size_t n = 0; n < x->N; n++)
    for (size_t d = 0; d < 40; d++)
      if (n % 32 >> d % 5 & 1)
        {
          lvm_bit_set (x, n, d);
          on++;
        }
  lvm_bit_codes *c = lvm_bit_codes_alloc (x, 1);
  ck_assert_uint_eq (c->start[x->N], on / 8);
  ck_assert_uint_eq (c->codes, 1 + 5 * 8); /* each with its parents */
  lvm_bit_codes_free (c);
  lvm_bits_free (x);
}
END_TEST

START_TEST (no_bit_is_on)
{
  lvm_bits *x = lvm_bits_alloc (3, 11);
  lvm_bit_codes *c = lvm_bit_codes_alloc (x, 2);
  ck_assert_uint_eq (c->codes, 1);
  ck_assert_uint_eq (c->start[6], 0);
  check_codes (c);
  lvm_bit_codes_free (c);
  lvm_bits_free (x);
}
END_TEST

UNIT_MAIN ("model/bit_codes", codes_are_the_bits, parts_are_even,
           columns_that_go_together_share_a_byte, no_bit_is_on)
