/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Feeds the readers of IDX, and of gzip before them, with whatever libFuzzer thinks of. Images and
   labels that were read must hold together, and come back the same after being written.

     clang -std=c17 -D_GNU_SOURCE -Isrc -g -O1 -fsanitize=fuzzer,address,undefined \
       tests/fuzz/idx.c src/data/{bits,idx,input,output}.c src/num/error.c -lz -o idx-fuzz
     ./idx-fuzz -max_total_time=300 CORPUS */

#include "data/idx.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* A plain abort would do; this names the fault in the fuzzer's stack trace. */
static void
demand (int holds)
{
  if (!holds)
    abort ();
}

/* A file in memory, and the path to it. */
static int
memory_file (char path[64], const void *bytes, size_t size)
{
  int fd = memfd_create ("fuzz", 0);

  demand (fd >= 0 && write (fd, bytes, size) == (ssize_t) size);
  snprintf (path, 64, "/proc/self/fd/%d", fd);
  return fd;
}

static void
check_error (int status, const lvm_error *error)
{
  demand (status == LVM_OK || status == LVM_DATA);
  demand (error->status == status
          && (status == LVM_OK) == (*error->message == '\0'));
  demand (strlen (error->message) < sizeof error->message);
}

/* A pipe, since a file in memory cannot be renamed onto. What is written is short enough for it. */
static void
check_images (const lvm_bits *x, size_t height, size_t width)
{
  lvm_error error = { 0 };
  lvm_output *output;
  lvm_bits *again;
  char path[64];
  int ends[2];

  demand (x->N > 0 && x->D == height * width && x->D > 0);
  for (size_t n = 0; n < x->N; n++)
    for (size_t d = x->D; d < 8 * x->stride; d++)
      demand (!lvm_bit (x, n, d));
  if (x->N > 32768 / x->D)
    return;
  demand (pipe (ends) == 0);
  snprintf (path, sizeof path, "/proc/self/fd/%d", ends[1]);
  output = lvm_output_open (path, &error);
  demand (output != NULL);
  lvm_idx_write_images (output, x, height, width);
  demand (lvm_output_commit (output, &error) == LVM_OK);
  close (ends[1]);
  snprintf (path, sizeof path, "/proc/self/fd/%d", ends[0]);
  demand (lvm_idx_read_images (&again, &height, &width, path, -1, &error)
          == LVM_OK);
  close (ends[0]);
  demand (again->N == x->N && again->D == x->D && height * width == x->D);
  demand (memcmp (again->bytes, x->bytes, x->N * x->stride) == 0);
  lvm_bits_free (again);
}

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  int threshold = size > 0 && data[size - 1] % 2 == 0 ? -1 : 127;
  lvm_error error = { 0 };
  size_t height, width, N;
  lvm_bits *x;
  int *labels;
  char path[64];
  int fd = memory_file (path, data, size);

  check_error (lvm_idx_read_images (&x, &height, &width, path, threshold, &error),
               &error);
  demand ((x != NULL) == (error.status == LVM_OK));
  if (x != NULL)
    check_images (x, height, width);
  lvm_bits_free (x);

  error = (lvm_error){ 0 };
  check_error (lvm_idx_read_labels (&labels, &N, path, &error), &error);
  demand ((labels != NULL) == (error.status == LVM_OK));
  for (size_t n = 0; labels != NULL && n < N; n++)
    demand (labels[n] >= 0 && labels[n] <= 255);
  free (labels);
  close (fd);
  return 0;
}
