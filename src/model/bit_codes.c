/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/bit_codes.h"

#include <stdlib.h>
#include <string.h>

#include "num/error.h"

static size_t
min_size (size_t a, size_t b)
{
  return a < b ? a : b;
}

/* --- which columns share a byte ------------------------------------------------ */

enum
{
  WORDS = 8,    /* points looked at, in words of 64 */
  WINDOW = 1024 /* columns looked at when one is chosen */
};

/* A column of the sample.  */
typedef struct
{
  uint32_t column;
  int count;            /* how many bits are on */
  uint64_t bits[WORDS]; /* one bit a point */
} candidate;

static int
count_bits (const uint64_t a[WORDS], const uint64_t b[WORDS])
{
  int count = 0;
  for (size_t i = 0; i < WORDS; i++)
    count += __builtin_popcountll (a[i] & b[i]);
  return count;
}

/* The fullest columns first.  */
static int
by_count (const void *a, const void *b)
{
  const candidate *p = a, *q = b;
  return p->count != q->count ? (p->count < q->count) - (p->count > q->count)
                              : (p->column > q->column) - (p->column < q->column);
}

/* Points spread evenly over the data.  */
static candidate *
sample (const lvm_bits *x)
{
  const size_t points = min_size (64 * WORDS, x->N);
  candidate *c = lvm_alloc (x->D, sizeof *c);
  memset (c, 0, x->D * sizeof *c);
  for (size_t d = 0; d < x->D; d++)
    {
      c[d].column = (uint32_t) d;
      for (size_t i = 0; i < points; i++)
        c[d].bits[i / 64] |= (uint64_t) lvm_bit (x, i * x->N / points, d) << i % 64;
      c[d].count = count_bits (c[d].bits, c[d].bits);
    }
  qsort (c, x->D, sizeof *c, by_count);
  return c;
}

/* The column that adds least to the points in which the byte is not 0, for what it is
   itself: most points in common, less points of its own.
   Given  n columns left: c[left[0]] ...; on: points in which the byte is not 0.  */
static size_t
choose_column (size_t n, const candidate c[], const size_t left[],
               const uint64_t on[WORDS])
{
  size_t best = 0;
  int most = 0;
  for (size_t i = 0; i < n; i++)
    {
      const candidate *each = c + left[i];
      const int gain = 2 * count_bits (each->bits, on) - each->count;
      if (i == 0 || gain > most)
        {
          most = gain;
          best = i;
        }
    }
  return best;
}

/* Byte after byte: first the fullest column that is left, then seven that go with
   it.  */
static void
arrange_columns (const lvm_bits *x, uint32_t column[])
{
  const size_t D = x->D;
  candidate *c = sample (x);
  size_t *left = lvm_alloc (D, sizeof *left);
  uint64_t on[WORDS];
  for (size_t i = 0; i < D; i++)
    left[i] = i;
  for (size_t i = 0; i < D; i++)
    {
      if (i % 8 == 0)
        memset (on, 0, sizeof on);
      const size_t best = i % 8 == 0
                              ? i
                              : i
                                    + choose_column (min_size (WINDOW, D - i), c,
                                                     left + i, on),
                   chosen = left[best];
      memmove (left + i + 1, left + i, (best - i) * sizeof *left);
      left[i] = chosen;
      column[i] = c[chosen].column;
      for (size_t j = 0; j < WORDS; j++)
        on[j] |= c[chosen].bits[j];
    }
  free (left);
  free (c);
}

/* --- codes --------------------------------------------------------------------- */

/* What is needed while codes are found.  */
typedef struct
{
  size_t bytes;  /* of a point */
  uint8_t *x;    /* [N x bytes]: the data, rearranged */
  uint32_t *id;  /* [bytes x 256]: the code of each value; 0: none */
  size_t *count; /* [bytes]: in how many points it is not 0 */
  size_t total;  /* their sum */
} survey;

static uint32_t
lowest_bit (unsigned value)
{
  uint32_t bit = 0;
  while (!(value >> bit & 1))
    bit++;
  return bit;
}

static void
rearrange (const lvm_bits *x, const uint32_t column[], survey *s)
{
  size_t *place = lvm_alloc (8 * x->stride, sizeof *place);
  for (size_t i = 0; i < x->D; i++)
    place[column[i]] = i;
  memset (s->x, 0, x->N * s->bytes);
  for (size_t n = 0; n < x->N; n++)
    for (size_t i = 0; i < x->stride; i++)
      for (unsigned value = x->bytes[n * x->stride + i]; value != 0;
           value &= value - 1)
        {
          const size_t to = place[8 * i + lowest_bit (value)];
          s->x[n * s->bytes + to / 8] |= (uint8_t) (1U << to % 8);
        }
  free (place);
}

/* Marks the values that occur, and those that come of dropping lowest bits.  */
static void
find_values (size_t N, survey *s)
{
  memset (s->id, 0, s->bytes * 256 * sizeof *s->id);
  s->total = 0;
  for (size_t n = 0; n < N; n++)
    for (size_t byte = 0; byte < s->bytes; byte++)
      s->id[256 * byte + s->x[n * s->bytes + byte]]++;
  for (size_t byte = 0; byte < s->bytes; byte++)
    {
      uint32_t *own = s->id + 256 * byte;
      s->count[byte] = N - own[0];
      s->total += s->count[byte];
      for (size_t value = 255; value > 0; value--)
        if (own[value] != 0)
          own[value & (value - 1)] = 1;
      own[0] = 0;
    }
}

/* Numbers the values marked, byte after byte, smaller ones first, and begins a part
   where those before it have had their share of the lists.  */
static void
number_codes (lvm_bit_codes *c, survey *s)
{
  size_t before = 0, part = 0;
  c->codes = 1;
  for (size_t byte = 0; byte < s->bytes; byte++)
    {
      for (; part < c->parts && before >= part * s->total / c->parts; part++)
        {
          c->first_code[part] = c->codes;
          c->first_bit[part] = 8 * byte;
        }
      uint32_t *own = s->id + 256 * byte;
      for (unsigned value = 1; value < 256; value++)
        if (own[value] != 0)
          {
            c->parent[c->codes] = own[value & (value - 1)];
            c->lowest[c->codes] = (uint32_t) (8 * byte) + lowest_bit (value);
            own[value] = (uint32_t) c->codes++;
          }
      before += s->count[byte];
    }
  for (; part <= c->parts; part++)
    {
      c->first_code[part] = c->codes;
      c->first_bit[part] = c->D;
    }
}

static void
list_codes (lvm_bit_codes *c, const survey *s)
{
  size_t used = 0;
  for (size_t n = 0; n < c->N; n++)
    {
      size_t part = 0, *start = c->start + n * c->parts;
      for (size_t byte = 0; byte < s->bytes; byte++)
        {
          const uint32_t code = s->id[256 * byte + s->x[n * s->bytes + byte]];
          for (; code != 0 && part < c->parts && code >= c->first_code[part];
               part++)
            start[part] = used;
          if (code != 0)
            c->list[used++] = code;
        }
      for (; part < c->parts; part++)
        start[part] = used;
    }
  c->start[c->N * c->parts] = used;
}

lvm_bit_codes *
lvm_bit_codes_alloc (const lvm_bits *x, size_t parts)
{
  const size_t bytes = (x->D + 7) / 8, values = 256 * bytes;
  survey s = { .bytes = bytes,
               .x = lvm_alloc (x->N, bytes),
               .id = lvm_alloc (values, sizeof *s.id),
               .count = lvm_alloc (bytes, sizeof *s.count) };
  lvm_bit_codes *c = lvm_alloc (1, sizeof *c);
  *c = (lvm_bit_codes){ .N = x->N,
                        .D = x->D,
                        .column = lvm_alloc (x->D, sizeof *c->column),
                        .parent = lvm_alloc (values, sizeof *c->parent),
                        .lowest = lvm_alloc (values, sizeof *c->lowest),
                        .parts = parts,
                        .first_code = lvm_alloc (parts + 1, sizeof (size_t)),
                        .first_bit = lvm_alloc (parts + 1, sizeof (size_t)),
                        .start = lvm_alloc (x->N * parts + 1, sizeof (size_t)) };
  arrange_columns (x, c->column);
  rearrange (x, c->column, &s);
  find_values (x->N, &s);
  number_codes (c, &s);
  c->list = lvm_alloc (s.total, sizeof *c->list);
  list_codes (c, &s);
  free (s.x);
  free (s.id);
  free (s.count);
  return c;
}

void
lvm_bit_codes_free (lvm_bit_codes *c)
{
  if (c == NULL)
    return;
  free (c->column);
  free (c->parent);
  free (c->lowest);
  free (c->first_code);
  free (c->first_bit);
  free (c->list);
  free (c->start);
  free (c);
}
