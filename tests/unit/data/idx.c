/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/idx.h"

#include "../unit.h"

#include <stdint.h>

static char folder[64], path[256]; /* each test's own file */

static void
setup (void)
{
  unit_make_folder (folder);
  unit_path (path, folder, "a.idx");
}

static void
write_bytes (const void *bytes, size_t length)
{
  FILE *f = fopen (path, "w");

  fwrite (bytes, 1, length, f);
  ck_assert_int_eq (fclose (f), 0);
}

/* A string literal's bytes, without the NUL at its end. */
#define WRITE(text) write_bytes (text, sizeof text - 1)

/* Demands images of that shape, whose pixels are the characters '0' and '1'. */
static void
assert_images (int threshold, size_t N, size_t height, size_t width,
               const char *pixels)
{
  lvm_bits *x;
  size_t h, w;
  lvm_error error = { 0 };

  ck_assert_msg (lvm_idx_read_images (&x, &h, &w, path, threshold, &error)
                     == LVM_OK,
                 "%s", error.message);
  ck_assert_uint_eq (x->N, N);
  ck_assert_uint_eq (x->D, height * width);
  ck_assert_uint_eq (x->stride, lvm_bits_stride (x->D));
  ck_assert_uint_eq (h, height);
  ck_assert_uint_eq (w, width);
  for (size_t n = 0; n < N; n++)
    for (size_t d = 0; d < 8 * x->stride; d++)
      ck_assert_int_eq (lvm_bit (x, n, d), d < x->D && pixels[n * x->D + d] == '1');
  lvm_bits_free (x);
}

static void
assert_message (const lvm_error *error, const char *name, const char *sentence)
{
  char expected[512];

  ck_assert_int_eq (error->status, LVM_DATA);
  snprintf (expected, sizeof expected, "%s: %s", name, sentence);
  ck_assert_str_eq (error->message, expected);
}

static void
assert_images_refused (int threshold, const char *sentence)
{
  lvm_bits *x = (lvm_bits *) folder;
  lvm_error error = { 0 };

  ck_assert_int_eq (lvm_idx_read_images (&x, NULL, NULL, path, threshold, &error),
                    LVM_DATA);
  ck_assert_ptr_null (x);
  assert_message (&error, path, sentence);
}

static void
assert_labels_refused (const char *sentence)
{
  int *labels = (int *) folder;
  size_t N;
  lvm_error error = { 0 };

  ck_assert_int_eq (lvm_idx_read_labels (&labels, &N, path, &error), LVM_DATA);
  ck_assert_ptr_null (labels);
  assert_message (&error, path, sentence);
}

#define TWO_BY_THREE "\0\0\x08\3\0\0\0\2\0\0\0\2\0\0\0\3"

START_TEST (binary_images)
{
  setup ();
  WRITE (TWO_BY_THREE "\0\1\0\1\1\0\1\0\0\0\0\1");
  assert_images (-1, 2, 2, 3, "010110100001");
  WRITE (TWO_BY_THREE "\0\xFF\0\xFF\xFF\0\xFF\0\0\0\0\xFF");
  assert_images (-1, 2, 2, 3, "010110100001");
  WRITE (TWO_BY_THREE "\0\0\0\0\0\0\0\0\0\0\0\0");
  assert_images (-1, 2, 2, 3, "000000000000");
  WRITE (TWO_BY_THREE "\7\7\7\7\7\7\7\7\7\7\7\7");
  assert_images (-1, 2, 2, 3, "111111111111");
  unit_remove_folder (folder);
}
END_TEST

START_TEST (thresholds)
{
  setup ();
  WRITE (TWO_BY_THREE "\0\1\x7E\x7F\x80\x81\xFE\xFF\0\0\x80\0");
  assert_images (127, 2, 2, 3, "000011110010");
  assert_images (126, 2, 2, 3, "000111110010");
  assert_images (0, 2, 2, 3, "011111110010");
  assert_images (254, 2, 2, 3, "000000010000");
  assert_images (255, 2, 2, 3, "000000000000");
  assert_images_refused (
      -1, "image 1, row 1, column 3 is 126, where pixels before it are 0 or 1: "
          "grey images need --threshold");
  WRITE (TWO_BY_THREE "\0\0\0\0\0\0\0\0\0\0\3\x12");
  assert_images_refused (
      -1, "image 2, row 2, column 3 is 18, where pixels before it are 0 or 3: "
          "grey images need --threshold");
  unit_remove_folder (folder);
}
END_TEST

START_TEST (other_dimensions)
{
  setup ();
  WRITE ("\0\0\x08\2\0\0\0\2\0\0\0\3\0\1\0\1\1\0");
  assert_images (-1, 2, 1, 3, "010110");
  WRITE ("\0\0\x08\4\0\0\0\1\0\0\0\2\0\0\0\1\0\0\0\3\0\1\0\1\1\0");
  assert_images (-1, 1, 2, 3, "010110");
  unit_remove_folder (folder);
}
END_TEST

/* Images of more pixels than are read at a time, and more of them than memory is asked for at
   first: pixel d of image n is on where a generator of the test's own says so. */
START_TEST (large_images)
{
  enum
  {
    N = 21,
    D = 150001
  };
  uint8_t header[12] = { 0, 0, 8, 2, 0, 0, 0, N, 0, 2, 0x49, 0xF1 };
  uint8_t *bytes = malloc (12 + N * D);
  uint32_t random = 2385;
  lvm_bits *x;
  lvm_error error = { 0 };
  size_t wrong = 0;

  setup ();
  memcpy (bytes, header, 12);
  for (size_t i = 0; i < N * D; i++)
    {
      random = random * 1664525 + 1013904223;
      bytes[12 + i] = (uint8_t) (random >> 24);
    }
  write_bytes (bytes, 12 + N * D);
  ck_assert_msg (lvm_idx_read_images (&x, NULL, NULL, path, 127, &error) == LVM_OK,
                 "%s", error.message);
  for (size_t n = 0; n < N; n++)
    for (size_t d = 0; d < 8 * x->stride; d++)
      wrong += lvm_bit (x, n, d) != (d < D && bytes[12 + n * D + d] > 127);
  ck_assert_uint_eq (x->N * x->D, N * D);
  ck_assert_uint_eq (wrong, 0);
  lvm_bits_free (x);

  bytes[12 + 20 * D + 150000] = 9; /* the last one, of the third piece */
  for (size_t i = 0; i < N * D - 1; i++)
    bytes[12 + i] = bytes[12 + i] > 127;
  write_bytes (bytes, 12 + N * D);
  assert_images_refused (
      -1, "image 21, row 1, column 150001 is 9, where pixels before it are 0 or 1: "
          "grey images need --threshold");
  free (bytes);
  unit_remove_folder (folder);
}
END_TEST

START_TEST (plain_labels)
{
  int *labels;
  size_t N;
  lvm_error error = { 0 };

  setup ();
  WRITE ("\0\0\x08\1\0\0\0\5\7\0\xFF\2\7");
  ck_assert_int_eq (lvm_idx_read_labels (&labels, &N, path, &error), LVM_OK);
  ck_assert_uint_eq (N, 5);
  for (size_t n = 0; n < 5; n++)
    ck_assert_int_eq (labels[n], ((const int[]){ 7, 0, 255, 2, 7 })[n]);
  free (labels);
  unit_remove_folder (folder);
}
END_TEST

START_TEST (bad_headers)
{
  setup ();
  WRITE ("");
  assert_images_refused (-1, "the file is empty");
  assert_labels_refused ("the file is empty");
  WRITE ("\0\0\x08");
  assert_images_refused (-1,
                         "not an IDX file: it does not begin with two zero bytes");
  WRITE ("0,1,1\n");
  assert_images_refused (-1,
                         "not an IDX file: it does not begin with two zero bytes");
  WRITE ("\0\1\x08\3");
  assert_labels_refused ("not an IDX file: it does not begin with two zero bytes");
  WRITE ("\0\0\x0D\3");
  assert_images_refused (-1,
                         "IDX of type 0x0D: only unsigned bytes (0x08) are read");
  WRITE ("\0\0\x08\0\1");
  assert_images_refused (-1, "the header has no sizes");
  WRITE ("\0\0\x08\3\0\0\0\2\0\0\0");
  assert_images_refused (-1, "cut short in the header");
  WRITE ("\0\0\x08\3\0\0\0\2\0\0\0\0\0\0\0\3");
  assert_images_refused (-1, "size 2 of 3 in the header is zero");
  WRITE ("\0\0\x08\1\0\0\0\0");
  assert_labels_refused ("size 1 of 1 in the header is zero");
  WRITE ("\0\0\x08\1\0\0\0\2\0\1");
  assert_images_refused (
      -1, "IDX of one dimension, such as labels: images have two or more");
  WRITE (TWO_BY_THREE "\0\1\0\1\1\0\1\0\0\0\0\1");
  assert_labels_refused ("IDX of 3 dimensions: labels have one");
  unit_remove_folder (folder);
}
END_TEST

START_TEST (missing_and_left_over)
{
  setup ();
  WRITE (TWO_BY_THREE "\0\1\0\1\1\0\1\0\0\0\0");
  assert_images_refused (-1, "cut short in image 2 of 2");
  WRITE (TWO_BY_THREE);
  assert_images_refused (127, "cut short in image 1 of 2");
  WRITE (TWO_BY_THREE "\0\1\0\1\1\0\1\0\0\0\0\1\0");
  assert_images_refused (-1, "more bytes follow than the sizes in the header say");
  WRITE ("\0\0\x08\1\0\0\0\3\1\2");
  assert_labels_refused ("cut short: 2 of 3 labels");
  WRITE ("\0\0\x08\1\0\0\0\3\1\2\3\4");
  assert_labels_refused ("more bytes follow than the sizes in the header say");
  unit_remove_folder (folder);
}
END_TEST

/* Any of these sizes would end the program if memory were asked for. */
START_TEST (headers_that_lie)
{
#define HUGE "\xFF\xFF\xFF\xFF"
  setup ();
  WRITE ("\0\0\x08\2" HUGE "\0\0\0\1\1");
  assert_images_refused (-1, "cut short in image 2 of 4294967295");
  WRITE ("\0\0\x08\3\0\0\0\1" HUGE HUGE "\1");
  assert_images_refused (-1, "cut short in image 1 of 1");
  WRITE ("\0\0\x08\3" HUGE HUGE HUGE "\1");
  assert_images_refused (-1, "cut short in image 1 of 4294967295");
  WRITE ("\0\0\x08\4" HUGE HUGE HUGE HUGE "\1");
  assert_images_refused (-1, "the sizes in the header are too large");
  WRITE ("\0\0\x08\5" HUGE "\0\0\0\1" HUGE HUGE HUGE "\1");
  assert_images_refused (-1, "the sizes in the header are too large");
  WRITE ("\0\0\x08\1" HUGE "\1\2\3");
  assert_labels_refused ("cut short: 3 of 4294967295 labels");
  unit_remove_folder (folder);
}
END_TEST

START_TEST (broken_gzip)
{
  char command[1024];

  setup ();
  WRITE (TWO_BY_THREE "\0\1\0\1\1\0\1\0\0\0\0\1");
  snprintf (command, sizeof command, "gzip -n %s && mv %s.gz %s", path, path, path);
  ck_assert_int_eq (system (command), 0);
  assert_images (-1, 2, 2, 3, "010110100001");
  snprintf (command, sizeof command, "truncate -s -1 %s", path);
  ck_assert_int_eq (system (command), 0);
  assert_images_refused (-1, "the gzip stream is cut short");
  snprintf (command, sizeof command, "truncate -s 15 %s", path);
  ck_assert_int_eq (system (command), 0);
  assert_images_refused (-1, "the gzip stream is cut short");
  assert_labels_refused ("the gzip stream is cut short");
  unit_remove_folder (folder);
}
END_TEST

START_TEST (no_such_file)
{
  setup ();
  assert_images_refused (-1, "No such file or directory");
  assert_labels_refused ("No such file or directory");
  strcpy (path, folder);
  assert_images_refused (-1, "Is a directory");
  unit_remove_folder (folder);
}
END_TEST

/* A program looks, and chooses the reader. */
START_TEST (idx_or_text)
{
  const char *texts[] = { TWO_BY_THREE "\0\1\0\1\1\0\1\0\0\0\0\1", "0,1\n", "" };
  const size_t lengths[] = { 28, 4, 0 };
  lvm_error error = { 0 };
  lvm_bits *x;

  setup ();
  for (int i = 0; i < 3; i++)
    {
      lvm_input *input;

      write_bytes (texts[i], lengths[i]);
      input = lvm_input_open (path, &error);
      ck_assert_int_eq (lvm_idx_is (input), i == 0);
      ck_assert_int_eq (
          lvm_idx_read_images_from (&x, NULL, NULL, input, -1, &error),
          i == 0 ? LVM_OK : LVM_DATA);
      ck_assert_int_eq (x != NULL && lvm_bit (x, 1, 5), i == 0);
      lvm_bits_free (x);
      lvm_input_close (input);
    }
  unit_remove_folder (folder);
}
END_TEST

START_TEST (standard_input)
{
  lvm_bits *x;
  lvm_error error = { 0 };
  FILE *pipe =
      popen ("printf '\\0\\0\\010\\2\\0\\0\\0\\1\\0\\0\\0\\3\\0\\1' | gzip", "r");
  int saved = unit_redirect (STDIN_FILENO, fileno (pipe));
  int status = lvm_idx_read_images (&x, NULL, NULL, "-", -1, &error);

  unit_restore (STDIN_FILENO, saved);
  pclose (pipe);
  ck_assert_int_eq (status, LVM_DATA);
  assert_message (&error, "standard input", "cut short in image 1 of 1");
}
END_TEST

/* What was written, byte for byte, and the same read back: plain and gzipped. */
START_TEST (written_and_read_back)
{
  lvm_bits *x = lvm_bits_alloc (2, 6);
  const int labels[] = { 0, 255, 7 };
  char text[4096];
  lvm_error error = { 0 };
  lvm_output *output;
  int *again;
  size_t N;

  setup ();
  for (size_t i = 0; i < 12; i++)
    if ("010110100001"[i] == '1')
      lvm_bit_set (x, i / 6, i % 6);
  for (int packed = 0; packed < 2; packed++)
    {
      unit_path (path, folder, packed ? "a.idx.gz" : "a.idx");
      output = lvm_output_open (path, &error);
      lvm_idx_write_images (output, x, 2, 3);
      ck_assert_int_eq (lvm_output_commit (output, &error), LVM_OK);
      assert_images (-1, 2, 2, 3, "010110100001");
      unit_read (path, text);
      ck_assert_int_eq (memcmp (text, "\x1F\x8B", 2) == 0, packed);
      if (!packed)
        ck_assert (memcmp (text, TWO_BY_THREE "\0\1\0\1\1\0\1\0\0\0\0\1", 29) == 0);

      output = lvm_output_open (path, &error);
      lvm_idx_write_labels (output, labels, 3);
      ck_assert_int_eq (lvm_output_commit (output, &error), LVM_OK);
      ck_assert_int_eq (lvm_idx_read_labels (&again, &N, path, &error), LVM_OK);
      ck_assert_uint_eq (N, 3);
      ck_assert (memcmp (again, labels, sizeof labels) == 0);
      free (again);
      if (!packed)
        ck_assert (memcmp (unit_read (path, text), "\0\0\x08\1\0\0\0\3\0\xFF\7", 12)
                   == 0);
    }
  lvm_bits_free (x);
  unit_remove_folder (folder);
}
END_TEST

#define MNIST LVM_ROOT "/chapters/03-bernoulli-mixture/mnist-"

static void
check_mnist (const char *images, const char *names, size_t N, size_t on,
             const size_t digits[10])
{
  lvm_bits *x;
  int *labels;
  size_t height, width, M, count = 0, of_digit[10] = { 0 };
  lvm_error error = { 0 };

  ck_assert_msg (lvm_idx_read_images (&x, &height, &width, images, -1, &error)
                     == LVM_OK,
                 "%s", error.message);
  ck_assert_uint_eq (x->N, N);
  ck_assert_uint_eq (height, 28);
  ck_assert_uint_eq (width, 28);
  for (size_t i = 0; i < N * x->stride; i++)
    count += (size_t) __builtin_popcount (x->bytes[i]);
  ck_assert_uint_eq (count, on);
  lvm_bits_free (x);

  ck_assert_msg (lvm_idx_read_labels (&labels, &M, names, &error) == LVM_OK, "%s",
                 error.message);
  ck_assert_uint_eq (M, N);
  for (size_t n = 0; n < N; n++)
    of_digit[labels[n]]++;
  for (int d = 0; d < 10; d++)
    ck_assert_uint_eq (of_digit[d], digits[d]);
  free (labels);
}

/* The counts of the digits are known of MNIST; those of pixels above 127 were counted in the
   canonical files by another program (od, sort, uniq). */
START_TEST (mnist)
{
  check_mnist (MNIST "train-images.idx.gz", MNIST "train-labels.idx.gz", 60000,
               6221431,
               (const size_t[10]){ 5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265,
                                   5851, 5949 });
  check_mnist (
      MNIST "test-images.idx.gz", MNIST "test-labels.idx.gz", 10000, 1052359,
      (const size_t[10]){ 980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009 });
}
END_TEST

UNIT_MAIN ("data/idx", binary_images, thresholds, other_dimensions, large_images,
           plain_labels, bad_headers, missing_and_left_over, headers_that_lie,
           broken_gzip, no_such_file, idx_or_text, standard_input,
           written_and_read_back, mnist)
