/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Feeds the reader of model files of variational auto-encoders with whatever
   libFuzzer thinks of, and, where its last byte is odd, with the checksum that
   belongs to it.  What was read must hold together, and come back as the same bytes
   after being written.

     clang -std=c17 -D_GNU_SOURCE -Isrc -g -O1 -fsanitize=fuzzer,address,undefined \
       tests/fuzz/vae.c src/model/{vae,vae_double,vae_file}.c \
       src/data/{input,output}.c src/num/{error,streams}.c \
       -lgsl -lopenblas -lz -lm -o vae-fuzz
     ./vae-fuzz -max_len=4096 -max_total_time=300 CORPUS */

#include "model/vae_file.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

enum
{
  ROOM = 1 << 15 /* of a pipe, at least */
};

static void
demand (int holds)
{
  if (!holds)
    abort ();
}

static size_t
with_checksum (const uint8_t *data, size_t size, uint8_t bytes[])
{
  const uLong crc = crc32 (0, data, (uInt) size);
  memcpy (bytes, data, size);
  for (size_t i = 0; i < 4; i++)
    bytes[size + i] = (uint8_t) (crc >> 8 * i);
  return size + 4;
}

/* A pipe, since a file in memory cannot be renamed onto.  */
static void
check_written (const lvm_vae_training *t, const uint8_t bytes[], size_t size)
{
  lvm_error error = { 0 };
  uint8_t again[ROOM];
  char path[64];
  int ends[2];
  demand (pipe (ends) == 0);
  snprintf (path, sizeof path, "/proc/self/fd/%d", ends[1]);
  lvm_output *output = lvm_output_open (path, &error);
  demand (output != NULL);
  lvm_vae_write (output, t);
  demand (lvm_output_commit (output, &error) == LVM_OK);
  close (ends[1]);
  FILE *f = fdopen (ends[0], "rb");
  demand (fread (again, 1, ROOM, f) == size);
  fclose (f);
  demand (memcmp (again, bytes, size) == 0);
}

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  uint8_t bytes[ROOM];
  lvm_vae_training t;
  lvm_error error = { 0 };
  char path[64];
  if (size == 0 || size + 4 > ROOM)
    return 0;
  const int fd = memfd_create ("fuzz", 0), checked = data[size - 1] % 2;
  const size_t n = checked ? with_checksum (data, size - 1, bytes) : size - 1;
  if (!checked)
    memcpy (bytes, data, n);
  demand (fd >= 0 && write (fd, bytes, n) == (ssize_t) n);
  snprintf (path, sizeof path, "/proc/self/fd/%d", fd);
  const int status = lvm_vae_read (&t, path, &error);
  demand (error.status == status && (status == LVM_OK) == (*error.message == '\0'));
  demand (status == LVM_OK || status == LVM_DATA);
  if (status == LVM_OK && bytes[0] == 'L')
    check_written (&t, bytes, n);
  lvm_vae_training_free (&t);
  close (fd);
  return 0;
}
