/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/vae_file.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "num/streams.h"

static const char magic[8] = "LVM-VAE\n";

enum
{
  VERSION = 1,
  HEADER = 120,
  PIECE = 1 << 16 /* numbers read or written at a time */
};

static const double most = 1 << 24; /* of D, H, L, and a billion numbers in all */

/* --- training ------------------------------------------------------------- */

uint64_t
lvm_vae_stream (size_t epoch, size_t batch)
{
  return (uint64_t) epoch << 32 | batch;
}

void
lvm_vae_training_begin (lvm_vae_training *t, lvm_vae_shape s, lvm_shape image,
                        uint64_t seed, size_t batch, double learning_rate)
{
  gsl_rng *rng = lvm_stream_alloc (seed, lvm_vae_stream (0, 0));
  *t = (lvm_vae_training){
    .v = lvm_vae_alloc (s), .image = image, .seed = seed, .batch = batch
  };
  t->adam = lvm_adam_alloc (t->v->n, learning_rate);
  lvm_vae_init (t->v, rng);
  gsl_rng_free (rng);
}

void
lvm_vae_training_free (lvm_vae_training *t)
{
  lvm_vae_free (t->v);
  lvm_adam_free (t->adam);
  *t = (lvm_vae_training){ 0 };
}

void
lvm_vae_order (const lvm_vae_training *t, size_t epoch, gsl_rng *rng, size_t N,
               size_t row[])
{
  lvm_stream_set (rng, t->seed, lvm_vae_stream (epoch, 0));
  for (size_t n = 0; n < N; n++)
    row[n] = n;
  gsl_ran_shuffle (rng, row, N, sizeof *row);
}

/* --- bytes, lowest first -------------------------------------------------- */

static void
put (uint8_t **at, int bytes, uint64_t x)
{
  for (int i = 0; i < bytes; i++)
    *(*at)++ = (uint8_t) (x >> 8 * i & 0xFF);
}

static uint64_t
get (const uint8_t **at, int bytes)
{
  uint64_t x = 0;
  for (int i = 0; i < bytes; i++)
    x |= (uint64_t) * (*at)++ << 8 * i;
  return x;
}

static void
put_double (uint8_t **at, double x)
{
  uint64_t bits;
  memcpy (&bits, &x, sizeof bits);
  put (at, 8, bits);
}

static double
get_double (const uint8_t **at)
{
  const uint64_t bits = get (at, 8);
  double x;
  memcpy (&x, &bits, sizeof x);
  return x;
}

/* --- writing -------------------------------------------------------------- */

static void
write_bytes (FILE *f, const uint8_t bytes[], size_t n, uLong *crc)
{
  *crc = crc32 (*crc, bytes, (uInt) n);
  fwrite (bytes, 1, n, f);
}

static void
write_header (FILE *f, const lvm_vae_training *t, uLong *crc)
{
  const lvm_vae_shape s = t->v->shape;
  const lvm_adam *a = t->adam;
  const uint64_t whole[] = {
    s.D,      s.H,      s.L, t->image.height, t->image.width, t->seed,
    t->batch, t->epoch, a->t
  };
  const double real[] = { a->learning_rate, a->beta1, a->beta2, a->epsilon };
  uint8_t bytes[HEADER], *at = bytes;
  for (size_t i = 0; i < sizeof magic; i++)
    *at++ = (uint8_t) magic[i];
  put (&at, 4, VERSION);
  put (&at, 4, s.activation);
  for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++)
    put (&at, 8, whole[i]);
  for (size_t i = 0; i < sizeof real / sizeof real[0]; i++)
    put_double (&at, real[i]);
  write_bytes (f, bytes, HEADER, crc);
}

static void
write_numbers (FILE *f, const float x[], size_t n, uLong *crc)
{
  uint8_t bytes[4 * 1024], *at = bytes;
  for (size_t i = 0; i < n; i++)
    {
      uint32_t bits;
      memcpy (&bits, x + i, sizeof bits);
      put (&at, 4, bits);
      if (at == bytes + sizeof bytes || i + 1 == n)
        {
          write_bytes (f, bytes, (size_t) (at - bytes), crc);
          at = bytes;
        }
    }
}

void
lvm_vae_write (lvm_output *output, const lvm_vae_training *t)
{
  FILE *f = lvm_output_stream (output);
  uLong crc = crc32 (0, NULL, 0);
  uint8_t bytes[4], *at = bytes;
  write_header (f, t, &crc);
  write_numbers (f, t->v->theta, t->v->n, &crc);
  write_numbers (f, t->adam->m, t->v->n, &crc);
  write_numbers (f, t->adam->v, t->v->n, &crc);
  put (&at, 4, crc);
  fwrite (bytes, 1, sizeof bytes, f);
}

/* --- reading -------------------------------------------------------------- */

/* What is read, and how it went so far.  */
typedef struct
{
  lvm_input *input;
  uLong crc;
  lvm_error *error;
} reader;

/* A broken gzip stream, or "a.vae: cut short".  */
static int
fail (const reader *r, const char *what)
{
  if (lvm_input_check (r->input, r->error) != LVM_OK)
    return r->error->status;
  return lvm_fail (r->error, LVM_DATA, "%.300s: %s", lvm_input_name (r->input),
                   what);
}

static int
read_bytes (reader *r, uint8_t bytes[], size_t n)
{
  if (fread (bytes, 1, n, lvm_input_stream (r->input)) != n)
    return fail (r, "cut short");
  r->crc = crc32 (r->crc, bytes, (uInt) n);
  return LVM_OK;
}

static bool
whole (uint64_t x, double least, double greatest)
{
  return (double) x >= least && (double) x <= greatest;
}

/* Sizes that memory cannot have, an image that is not D pixels, rates that are
   none.  */
static int
check_header (const reader *r, const uint64_t x[9], const double rate[4])
{
  const bool image = x[3] > 0 || x[4] > 0;
  if (!whole (x[0], 1, most) || !whole (x[1], 1, most) || !whole (x[2], 1, most)
      || (double) x[1] * ((double) x[0] + (double) x[2]) > 1e9)
    return fail (r, "impossible sizes");
  if (image && (x[3] > x[0] || x[4] > x[0] || x[3] * x[4] != x[0]))
    return fail (r, "its images have not as many pixels as its network");
  if (!whole (x[6], 1, most) || !whole (x[7], 0, INT32_MAX)
      || !whole (x[8], 0, 9007199254740992))
    return fail (r, "impossible counts");
  if (!(rate[0] > 0 && rate[0] < INFINITY && rate[1] >= 0 && rate[1] < 1
        && rate[2] >= 0 && rate[2] < 1 && rate[3] >= 0 && rate[3] < INFINITY))
    return fail (r, "impossible rates");
  return LVM_OK;
}

/* Returned  t, but for the numbers.  */
static int
read_header (reader *r, lvm_vae_training *t, lvm_vae_shape *s)
{
  uint8_t bytes[HEADER];
  const uint8_t *at = bytes;
  uint64_t x[9];
  double rate[4];
  if (fread (bytes, 1, sizeof magic, lvm_input_stream (r->input)) != sizeof magic
      || memcmp (bytes, magic, sizeof magic) != 0)
    return fail (r, "no model of a variational auto-encoder");
  r->crc = crc32 (r->crc, bytes, sizeof magic);
  if (read_bytes (r, bytes, HEADER - sizeof magic) != LVM_OK)
    return r->error->status;
  if (get (&at, 4) != VERSION)
    return fail (r, "of another version, and 1 is known here");
  const uint64_t activation = get (&at, 4);
  if (activation > LVM_RELU)
    return fail (r, "an unknown activation");
  for (int i = 0; i < 9; i++)
    x[i] = get (&at, 8);
  for (int i = 0; i < 4; i++)
    rate[i] = get_double (&at);
  if (check_header (r, x, rate) != LVM_OK)
    return r->error->status;
  *s = (lvm_vae_shape){ x[0], x[1], x[2], (lvm_activation) activation };
  t->image = (lvm_shape){ x[3], x[4] };
  t->seed = x[5];
  t->batch = x[6];
  t->epoch = x[7];
  t->adam = lvm_adam_alloc (0, rate[0]);
  t->adam->beta1 = rate[1];
  t->adam->beta2 = rate[2];
  t->adam->epsilon = rate[3];
  t->adam->t = x[8];
  return LVM_OK;
}

/* n finite numbers, for which memory is asked as they come.
   Returned  x [n], to be released with free, after a failure too  */
static int
read_numbers (reader *r, size_t n, float **x)
{
  uint8_t bytes[4 * 1024];
  size_t room = 0;
  *x = NULL;
  for (size_t done = 0, now; done < n; done += now)
    {
      const uint8_t *at = bytes;
      now = n - done < sizeof bytes / 4 ? n - done : sizeof bytes / 4;
      if (done + now > room)
        {
          room = 2 * room + PIECE < n ? 2 * room + PIECE : n;
          *x = lvm_realloc (*x, room, sizeof **x);
        }
      if (read_bytes (r, bytes, 4 * now) != LVM_OK)
        return r->error->status;
      for (size_t i = done; i < done + now; i++)
        {
          const uint32_t bits = (uint32_t) get (&at, 4);
          memcpy (*x + i, &bits, sizeof bits);
          if (!isfinite ((*x)[i]))
            return fail (r, "a number that is not finite");
        }
    }
  return LVM_OK;
}

static int
check_end (reader *r)
{
  const uLong crc = r->crc;
  uint8_t bytes[4];
  const uint8_t *at = bytes;
  if (read_bytes (r, bytes, sizeof bytes) != LVM_OK)
    return r->error->status;
  if (get (&at, 4) != crc)
    return fail (r, "damaged: its checksum is another");
  if (lvm_input_peek (r->input) != EOF)
    return fail (r, "bytes are left over");
  return lvm_input_check (r->input, r->error);
}

/* theta, m and v, one after another, to where they belong.  */
static int
place_numbers (const reader *r, const float x[], lvm_vae_shape s,
               lvm_vae_training *t)
{
  lvm_adam *const rates = t->adam;
  t->v = lvm_vae_alloc (s);
  t->adam = lvm_adam_alloc (t->v->n, rates->learning_rate);
  t->adam->beta1 = rates->beta1;
  t->adam->beta2 = rates->beta2;
  t->adam->epsilon = rates->epsilon;
  t->adam->t = rates->t;
  lvm_adam_free (rates);
  const size_t n = t->v->n, bytes = n * sizeof *x;
  memcpy (t->v->theta, x, bytes);
  memcpy (t->adam->m, x + n, bytes);
  memcpy (t->adam->v, x + 2 * n, bytes);
  for (size_t i = 0; i < n; i++)
    if (t->adam->v[i] < 0)
      return fail (r, "the mean of a square is negative");
  return LVM_OK;
}

static int
read_training (reader *r, lvm_vae_training *t)
{
  lvm_vae_shape s;
  float *x;
  if (read_header (r, t, &s) != LVM_OK)
    return r->error->status;
  if (read_numbers (r, 3 * lvm_vae_place (s).n, &x) == LVM_OK
      && place_numbers (r, x, s, t) == LVM_OK)
    check_end (r);
  free (x);
  return r->error->status;
}

int
lvm_vae_read (lvm_vae_training *t, const char *path, lvm_error *error)
{
  reader r = { .input = lvm_input_open (path, error),
               .crc = crc32 (0, NULL, 0),
               .error = error };
  *t = (lvm_vae_training){ 0 };
  if (r.input == NULL)
    return error->status;
  const int status = read_training (&r, t);
  lvm_input_close (r.input);
  return status;
}
