/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "num/streams.h"

#include "num/error.h"

typedef struct
{
  uint32_t key[2];     /* the seed                                    */
  uint32_t counter[4]; /* the block's place in the stream, the stream */
  uint32_t block[4];   /* the numbers made last                       */
  unsigned used;       /* how many of them are spent                  */
} philox;

static uint32_t
low (uint64_t x)
{
  return (uint32_t) (x & UINT32_MAX);
}

static uint32_t
high (uint64_t x)
{
  return (uint32_t) (x >> 32);
}

/* Ten rounds: two multiplications, whose halves change places and mix with the key,
   which grows by the golden ratio and by sqrt 3 - 1.  */
static void
encrypt (const uint32_t key[2], const uint32_t counter[4], uint32_t c[4])
{
  uint32_t k0 = key[0], k1 = key[1];
  for (int i = 0; i < 4; i++)
    c[i] = counter[i];
  for (int round = 0; round < 10; round++)
    {
      const uint64_t a = UINT64_C (0xD2511F53) * c[0],
                     b = UINT64_C (0xCD9E8D57) * c[2];
      c[0] = high (b) ^ c[1] ^ k0;
      c[1] = low (b);
      c[2] = high (a) ^ c[3] ^ k1;
      c[3] = low (a);
      k0 += UINT32_C (0x9E3779B9);
      k1 += UINT32_C (0xBB67AE85);
    }
}

static unsigned long
next (void *state)
{
  philox *p = state;
  if (p->used == 4)
    {
      encrypt (p->key, p->counter, p->block);
      if (++p->counter[0] == 0)
        p->counter[1]++;
      p->used = 0;
    }
  return p->block[p->used++];
}

/* 53 random bits, from 0 to 1 - 2^-53.  */
static double
next_real (void *state)
{
  const uint64_t a = next (state) >> 5, b = next (state) >> 6;
  return (double) (a << 26 | b) / 9007199254740992.;
}

static void
begin (philox *p, uint64_t seed, uint64_t stream)
{
  *p = (philox){ .key = { low (seed), high (seed) },
                 .counter = { 0, 0, low (stream), high (stream) },
                 .used = 4 };
}

static void
set (void *state, unsigned long seed)
{
  begin (state, seed, 0);
}

static const gsl_rng_type type = { .name = "philox4x32-10",
                                   .max = UINT32_MAX,
                                   .min = 0,
                                   .size = sizeof (philox),
                                   .set = set,
                                   .get = next,
                                   .get_double = next_real };

/* As gsl_rng_alloc, but for what happens when memory is short.  */
gsl_rng *
lvm_stream_alloc (uint64_t seed, uint64_t stream)
{
  gsl_rng *rng = lvm_alloc (1, sizeof *rng);
  rng->type = &type;
  rng->state = lvm_alloc (1, sizeof (philox));
  begin (rng->state, seed, stream);
  return rng;
}

void
lvm_stream_set (gsl_rng *rng, uint64_t seed, uint64_t stream)
{
  begin (rng->state, seed, stream);
}
