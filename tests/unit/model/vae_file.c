/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/vae_file.h"

#include "../unit.h"
#include "bits.h"

#include <math.h>
#include <zlib.h>

#include "model/vae_fast.h"
#include "num/streams.h"

enum
{
  N = 40,
  D = 12,
  HEADER = 120
};

static const lvm_vae_shape shape = { D, 9, 2, LVM_RELU };
static char folder[64], path[128];

static void
make_folder (void)
{
  unit_make_folder (folder);
  snprintf (path, sizeof path, "%s/m.vae", folder);
}

static void
remove_folder (void)
{
  unlink (path);
  ck_assert_int_eq (rmdir (folder), 0);
}

static void
write_model (const lvm_vae_training *t)
{
  lvm_error error = { 0 };
  lvm_output *output = lvm_output_open (path, &error);
  lvm_vae_write (output, t);
  ck_assert_int_eq (lvm_output_commit (output, &error), LVM_OK);
}

/* Epochs with batches of 16, the last of which is not full.  */
static void
train (lvm_vae_training *t, const lvm_bits *x, size_t epochs)
{
  lvm_vae_fast *w = lvm_vae_fast_alloc (t->v->shape, t->batch, 2);
  gsl_rng *rng = lvm_stream_alloc (9, 9);
  double reconstruction[16], kl[16];
  float eps[16 * 2];
  size_t row[N];
  while (t->epoch < epochs)
    {
      lvm_vae_order (t, ++t->epoch, rng, N, row);
      for (size_t n = 0; n < N; n += t->batch)
        {
          const size_t B = N - n < t->batch ? N - n : t->batch;
          lvm_stream_set (rng, t->seed, lvm_vae_stream (t->epoch, n / 16 + 1));
          lvm_vae_noise (rng, B * 2, eps);
          lvm_vae_fast_step (w, t->v, t->adam, x, row + n, B, eps, reconstruction,
                             kl);
        }
    }
  gsl_rng_free (rng);
  lvm_vae_fast_free (w);
}

static lvm_vae_training
trained (const lvm_bits *x, size_t epochs)
{
  lvm_vae_training t;
  lvm_vae_training_begin (&t, shape, (lvm_shape){ 3, 4 }, 77, 16, 0.0123);
  train (&t, x, epochs);
  return t;
}

static void
assert_same (const lvm_vae_training *a, const lvm_vae_training *b)
{
  const size_t bytes = a->v->n * sizeof (float);
  ck_assert_mem_eq (&a->v->shape, &b->v->shape, sizeof a->v->shape);
  ck_assert_uint_eq (a->v->n, b->v->n);
  ck_assert_uint_eq (a->image.height, b->image.height);
  ck_assert_uint_eq (a->image.width, b->image.width);
  ck_assert_uint_eq (a->seed, b->seed);
  ck_assert_uint_eq (a->batch, b->batch);
  ck_assert_uint_eq (a->epoch, b->epoch);
  ck_assert_uint_eq (a->adam->n, b->adam->n);
  ck_assert_uint_eq (a->adam->t, b->adam->t);
  ck_assert_double_eq (a->adam->learning_rate, b->adam->learning_rate);
  ck_assert_double_eq (a->adam->beta1, b->adam->beta1);
  ck_assert_double_eq (a->adam->beta2, b->adam->beta2);
  ck_assert_double_eq (a->adam->epsilon, b->adam->epsilon);
  ck_assert_mem_eq (a->v->theta, b->v->theta, bytes);
  ck_assert_mem_eq (a->adam->m, b->adam->m, bytes);
  ck_assert_mem_eq (a->adam->v, b->adam->v, bytes);
}

/* What is written and read goes on as if it had never been away.  */
START_TEST (resumed_training_has_the_same_bits)
{
  lvm_bits *x = draw_bits (N, D, 3);
  lvm_vae_training whole = trained (x, 5), half = trained (x, 2), again;
  lvm_error error = { 0 };
  make_folder ();
  write_model (&half);
  ck_assert_int_eq (lvm_vae_read (&again, path, &error), LVM_OK);
  assert_same (&again, &half);
  train (&again, x, 5);
  assert_same (&again, &whole);
  lvm_vae_training_free (&whole);
  lvm_vae_training_free (&half);
  lvm_vae_training_free (&again);
  lvm_bits_free (x);
  remove_folder ();
}
END_TEST

/* No two batches, nor an order and a batch, share a stream.  */
START_TEST (streams_are_apart)
{
  ck_assert_uint_eq (lvm_vae_stream (0, 0), 0);
  ck_assert_uint_ne (lvm_vae_stream (1, 0), lvm_vae_stream (0, 1));
  ck_assert_uint_ne (lvm_vae_stream (1, 2), lvm_vae_stream (2, 1));
  ck_assert_uint_eq (lvm_vae_stream (INT32_MAX, UINT32_MAX), INT64_MAX);
}
END_TEST

START_TEST (an_order_is_of_its_epoch)
{
  lvm_vae_training t = { .seed = 5 };
  gsl_rng *rng = lvm_stream_alloc (1, 1);
  size_t a[N], b[N], seen[N] = { 0 };
  lvm_vae_order (&t, 3, rng, N, a);
  lvm_vae_order (&t, 4, rng, N, b);
  ck_assert_mem_ne (a, b, sizeof a);
  lvm_vae_order (&t, 3, rng, N, b);
  ck_assert_mem_eq (a, b, sizeof a);
  for (size_t n = 0; n < N; n++)
    seen[a[n]]++;
  for (size_t n = 0; n < N; n++)
    ck_assert_uint_eq (seen[n], 1);
  gsl_rng_free (rng);
}
END_TEST

/* --- files that are wrong ------------------------------------------------- */

/* The bytes of a good file.  */
static uint8_t bytes[4096];
static size_t length;

static void
write_bytes (size_t n)
{
  FILE *f = fopen (path, "wb");
  fwrite (bytes, 1, n, f);
  fclose (f);
}

static void
begin_with_a_good_file (void)
{
  lvm_bits *x = draw_bits (N, D, 3);
  lvm_vae_training t = trained (x, 1);
  make_folder ();
  write_model (&t);
  FILE *f = fopen (path, "rb");
  length = fread (bytes, 1, sizeof bytes, f);
  fclose (f);
  ck_assert_uint_eq (length, HEADER + 12 * t.v->n + 4);
  lvm_vae_training_free (&t);
  lvm_bits_free (x);
}

static void
refuse (const char *message)
{
  lvm_vae_training t;
  lvm_error error = { 0 };
  char expected[512];
  snprintf (expected, sizeof expected, "%s: %s", path, message);
  ck_assert_int_eq (lvm_vae_read (&t, path, &error), LVM_DATA);
  ck_assert_str_eq (error.message, expected);
  lvm_vae_training_free (&t);
}

/* With byte `at' another, and the checksum right again.  */
static void
refuse_changed (size_t at, uint8_t value, const char *message)
{
  uint8_t kept[4096];
  memcpy (kept, bytes, length);
  bytes[at] = value;
  const uLong crc = crc32 (0, bytes, (uInt) (length - 4));
  for (int i = 0; i < 4; i++)
    bytes[length - 4 + (size_t) i] = (uint8_t) (crc >> 8 * i);
  write_bytes (length);
  refuse (message);
  memcpy (bytes, kept, length);
}

START_TEST (wrong_headers)
{
  begin_with_a_good_file ();
  refuse_changed (0, 'X', "no model of a variational auto-encoder");
  refuse_changed (8, 2, "of another version, and 1 is known here");
  refuse_changed (12, 2, "an unknown activation");
  refuse_changed (16, 0, "impossible sizes");
  refuse_changed (23, 0x40, "impossible sizes");
  refuse_changed (31, 1, "impossible sizes");
  refuse_changed (32, 0, "impossible sizes");
  refuse_changed (40, 5, "its images have not as many pixels as its network");
  refuse_changed (48, 0, "its images have not as many pixels as its network");
  refuse_changed (64, 0, "impossible counts");
  refuse_changed (79, 1, "impossible counts");
  refuse_changed (95, 0xBF, "impossible rates");
  refuse_changed (103, 0x7F, "impossible rates");
  remove_folder ();
}
END_TEST

/* Numbers: infinity and NaN have the exponent 255.  */
START_TEST (wrong_numbers)
{
  begin_with_a_good_file ();
  const size_t n = (length - HEADER - 4) / 12, of_v = HEADER + 8 * n;
  bytes[HEADER + 4 * 7 + 2] |= 0x80;
  refuse_changed (HEADER + 4 * 7 + 3, 0x7F, "a number that is not finite");
  bytes[of_v + 2] |= 0x01;
  refuse_changed (of_v + 3, 0x80, "the mean of a square is negative");
  remove_folder ();
}
END_TEST

/* Cut anywhere, one byte more, one bit another.  */
START_TEST (damaged_files)
{
  begin_with_a_good_file ();
  for (size_t n = 8; n < length; n += n < HEADER + 4 ? 1 : 97)
    {
      write_bytes (n);
      refuse ("cut short");
    }
  write_bytes (length - 1);
  refuse ("cut short");
  write_bytes (5);
  refuse ("no model of a variational auto-encoder");
  bytes[length] = 0;
  write_bytes (length + 1);
  refuse ("bytes are left over");
  bytes[HEADER + 5] ^= 1;
  write_bytes (length);
  refuse ("damaged: its checksum is another");
  remove_folder ();
}
END_TEST

START_TEST (no_file)
{
  lvm_vae_training t;
  lvm_error error = { 0 };
  ck_assert_int_eq (lvm_vae_read (&t, "/nowhere/m.vae", &error), LVM_DATA);
  ck_assert_str_eq (error.message, "/nowhere/m.vae: No such file or directory");
  lvm_vae_training_free (&t);
}
END_TEST

UNIT_MAIN ("model/vae_file", resumed_training_has_the_same_bits, streams_are_apart,
           an_order_is_of_its_epoch, wrong_headers, wrong_numbers, damaged_files,
           no_file)
