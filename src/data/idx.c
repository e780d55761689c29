/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/idx.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum
{
  UNSIGNED_BYTES = 0x08,
  CHUNK =
      65536 /* bytes read at a time: a multiple of 8, so that bits stay in place */
};

/* What a file's header says. */
typedef struct
{
  size_t dimensions;
  size_t N;             /* the first size */
  size_t height, width; /* the second, and the product of the rest; 1 without */
} header;

bool
lvm_idx_is (lvm_input *input)
{
  return lvm_input_peek (input) == 0;
}

/* Fails with FILE: sentence, unless the input has its own reason to be at its end. */
static int __attribute__ ((format (printf, 3, 4)))
input_fail (lvm_input *input, lvm_error *error, const char *format, ...)
{
  char sentence[256];
  va_list list;

  if (lvm_input_check (input, error) != LVM_OK)
    return LVM_DATA;
  va_start (list, format);
  vsnprintf (sentence, sizeof sentence, format, list);
  va_end (list);
  return lvm_fail (error, LVM_DATA, "%.200s: %s", lvm_input_name (input), sentence);
}

/* Reads the sizes, of which there are h->dimensions. */
static int
read_sizes (lvm_input *input, header *h, lvm_error *error)
{
  uint8_t b[4];

  h->height = h->width = 1;
  for (size_t i = 0; i < h->dimensions; i++)
    {
      size_t size;

      if (fread (b, 1, 4, lvm_input_stream (input)) < 4)
        return input_fail (input, error, "cut short in the header");
      size = (size_t) b[0] << 24 | (size_t) b[1] << 16 | (size_t) b[2] << 8 | b[3];
      if (size == 0)
        return input_fail (input, error, "size %zu of %zu in the header is zero",
                           i + 1, h->dimensions);
      if (i == 0)
        h->N = size;
      else if (i == 1 && h->dimensions > 2)
        h->height = size;
      else if (__builtin_mul_overflow (h->width, size, &h->width))
        return input_fail (input, error, "the sizes in the header are too large");
    }
  return LVM_OK;
}

static int
read_header (lvm_input *input, header *h, lvm_error *error)
{
  uint8_t b[4];
  size_t pixels;
  size_t n = fread (b, 1, 4, lvm_input_stream (input));

  if (n == 0)
    return input_fail (input, error, "the file is empty");
  if (n < 4 || b[0] != 0 || b[1] != 0)
    return input_fail (input, error,
                       "not an IDX file: it does not begin with two zero bytes");
  if (b[2] != UNSIGNED_BYTES)
    return input_fail (input, error,
                       "IDX of type 0x%02X: only unsigned bytes (0x08) are read",
                       b[2]);
  h->dimensions = b[3];
  if (h->dimensions == 0)
    return input_fail (input, error, "the header has no sizes");
  if (read_sizes (input, h, error) != LVM_OK)
    return LVM_DATA;
  if (__builtin_mul_overflow (h->height, h->width, &pixels))
    return input_fail (input, error, "the sizes in the header are too large");
  return LVM_OK;
}

/* After the last byte that the header spoke of nothing may follow. */
static int
read_end (lvm_input *input, lvm_error *error)
{
  if (getc (lvm_input_stream (input)) != EOF)
    return input_fail (input, error,
                       "more bytes follow than the sizes in the header say");
  return lvm_input_check (input, error);
}

/* Makes room for `size' bytes, zero where new: twice as much at a time, up to the
   `most' that will be needed, since a file may hold less than its header says. */
static void
grow (uint8_t **bytes, size_t *room, size_t size, size_t most)
{
  size_t old = *room;

  if (size <= old)
    return;
  *room = size < CHUNK ? CHUNK : 2 * size;
  if (*room > most)
    *room = most;
  *bytes = lvm_realloc (*bytes, *room, 1);
  memset (*bytes + old, 0, *room - old);
}

/* The place of the first pixel that is neither zero nor the other value, which the
   first that is not zero decides; m where there is none. */
static size_t
find_grey (const uint8_t pixels[], size_t m, uint8_t *other)
{
  for (size_t d = 0; d < m; d++)
    if (pixels[d] != 0 && pixels[d] != *other)
      {
        if (*other != 0)
          return d;
        *other = pixels[d];
      }
  return m;
}

static void
pack (uint8_t bytes[], const uint8_t pixels[], size_t m, int threshold)
{
  for (size_t d = 0; d < m; d++)
    bytes[d / 8] |= (uint8_t) ((pixels[d] > threshold) << d % 8);
}

static int
read_pixels (lvm_bits *x, const header *h, lvm_input *input, int threshold,
             lvm_error *error)
{
  uint8_t pixels[CHUNK];
  uint8_t other = 0;
  size_t room = 0, most, m;

  if (__builtin_mul_overflow (x->N, x->stride, &most))
    most = SIZE_MAX;
  for (size_t n = 0; n < x->N; n++)
    for (size_t d = 0; d < x->D; d += m)
      {
        size_t begin = n * x->stride + d / 8;
        size_t grey;

        m = x->D - d < CHUNK ? x->D - d : CHUNK;
        if (fread (pixels, 1, m, lvm_input_stream (input)) < m)
          return input_fail (input, error, "cut short in image %zu of %zu", n + 1,
                             x->N);
        grey = threshold < 0 ? find_grey (pixels, m, &other) : m;
        if (grey < m)
          return input_fail (input, error,
                             "image %zu, row %zu, column %zu is %d, where pixels "
                             "before it are 0 or %d: grey images need --threshold",
                             n + 1, (d + grey) / h->width + 1,
                             (d + grey) % h->width + 1, pixels[grey], other);
        grow (&x->bytes, &room, d + m < x->D ? begin + m / 8 : (n + 1) * x->stride,
              most);
        pack (x->bytes + begin, pixels, m, threshold < 0 ? 0 : threshold);
      }
  return read_end (input, error);
}

int
lvm_idx_read_images_from (lvm_bits **images, size_t *height, size_t *width,
                          lvm_input *input, int threshold, lvm_error *error)
{
  header h;
  lvm_bits *x;

  *images = NULL;
  if (read_header (input, &h, error) != LVM_OK)
    return LVM_DATA;
  if (h.dimensions == 1)
    return input_fail (
        input, error,
        "IDX of one dimension, such as labels: images have two or more");
  x = lvm_bits_alloc (0, 0);
  x->N = h.N;
  x->D = h.height * h.width;
  x->stride = lvm_bits_stride (x->D);
  if (read_pixels (x, &h, input, threshold, error) != LVM_OK)
    {
      lvm_bits_free (x);
      return LVM_DATA;
    }
  if (height != NULL)
    *height = h.height;
  if (width != NULL)
    *width = h.width;
  *images = x;
  return LVM_OK;
}

int
lvm_idx_read_images (lvm_bits **images, size_t *height, size_t *width,
                     const char *path, int threshold, lvm_error *error)
{
  lvm_input *input = lvm_input_open (path, error);
  int status = LVM_DATA;

  *images = NULL;
  if (input != NULL)
    status =
        lvm_idx_read_images_from (images, height, width, input, threshold, error);
  lvm_input_close (input);
  return status;
}

static int
read_labels (int **labels, size_t *N, lvm_input *input, lvm_error *error)
{
  uint8_t *bytes = NULL;
  size_t room = 0, n = 0;
  header h;

  if (read_header (input, &h, error) != LVM_OK)
    return LVM_DATA;
  if (h.dimensions != 1)
    return input_fail (input, error, "IDX of %zu dimensions: labels have one",
                       h.dimensions);
  do
    {
      grow (&bytes, &room, n + 1, h.N);
      n += fread (bytes + n, 1, room - n, lvm_input_stream (input));
    }
  while (n == room && n < h.N);
  *N = h.N;
  *labels = lvm_alloc (n, sizeof (int));
  for (size_t i = 0; i < n; i++)
    (*labels)[i] = bytes[i];
  free (bytes);
  if (n < h.N)
    return input_fail (input, error, "cut short: %zu of %zu labels", n, h.N);
  return read_end (input, error);
}

int
lvm_idx_read_labels (int **labels, size_t *N, const char *path, lvm_error *error)
{
  lvm_input *input = lvm_input_open (path, error);
  int status = LVM_DATA;

  *labels = NULL;
  if (input != NULL)
    status = read_labels (labels, N, input, error);
  lvm_input_close (input);
  if (status != LVM_OK)
    {
      free (*labels);
      *labels = NULL;
    }
  return status;
}

static void
write_header (FILE *f, int dimensions, const size_t sizes[])
{
  fwrite ((const uint8_t[4]){ 0, 0, UNSIGNED_BYTES, (uint8_t) dimensions }, 1, 4,
          f);
  for (int i = 0; i < dimensions; i++)
    for (int shift = 24; shift >= 0; shift -= 8)
      putc ((int) (sizes[i] >> shift & 0xFF), f);
}

void
lvm_idx_begin_images (lvm_output *output, size_t N, size_t height, size_t width)
{
  write_header (lvm_output_stream (output), 3,
                (const size_t[3]){ N, height, width });
}

void
lvm_idx_write_images (lvm_output *output, const lvm_bits *images, size_t height,
                      size_t width)
{
  FILE *f = lvm_output_stream (output);

  lvm_idx_begin_images (output, images->N, height, width);
  for (size_t n = 0; n < images->N; n++)
    for (size_t d = 0; d < images->D; d++)
      putc_unlocked (lvm_bit (images, n, d), f);
}

void
lvm_idx_write_labels (lvm_output *output, const int labels[], size_t N)
{
  FILE *f = lvm_output_stream (output);

  write_header (f, 1, &N);
  for (size_t n = 0; n < N; n++)
    putc_unlocked (labels[n], f);
}
