/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/input.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

/* zlib reads the file, and passes plain bytes on as they are. A stream of the C
   library stands before it, so that readers need not know. */
struct lvm_input
{
  char *name;
  gzFile file;
  FILE *stream;
  int problem; /* errno when the file could not be read */
};

/* zlib gives all the bytes of a stream that is cut short, and then says that this is
   the end. Here it is an error, so that nobody takes them for the whole. */
static ssize_t
read_some (void *cookie, char *bytes, size_t size)
{
  lvm_input *input = cookie;
  int n = gzread (input->file, bytes, size < INT_MAX ? (unsigned) size : INT_MAX);
  int status;

  if (n < 0)
    input->problem = errno;
  gzerror (input->file, &status);
  return n == 0 && status == Z_BUF_ERROR ? -1 : n;
}

lvm_input *
lvm_input_open (const char *path, lvm_error *error)
{
  const char *name = strcmp (path, "-") == 0 ? "standard input" : path;
  int fd = name == path ? open (path, O_RDONLY | O_CLOEXEC) : dup (STDIN_FILENO);
  lvm_input *input;

  if (fd < 0)
    {
      lvm_fail (error, LVM_DATA, "%.200s: %s", name, strerror (errno));
      return NULL;
    }
  input = lvm_alloc (1, sizeof (lvm_input));
  input->name = strcpy (lvm_alloc (strlen (name) + 1, 1), name);
  input->problem = 0;
  input->file = gzdopen (fd, "r");
  input->stream =
      fopencookie (input, "r", (cookie_io_functions_t){ .read = read_some });
  return input;
}

const char *
lvm_input_name (const lvm_input *input)
{
  return input->name;
}

FILE *
lvm_input_stream (lvm_input *input)
{
  return input->stream;
}

int
lvm_input_peek (lvm_input *input)
{
  return ungetc (getc (input->stream), input->stream);
}

int
lvm_input_check (lvm_input *input, lvm_error *error)
{
  int status;

  gzerror (input->file, &status);
  if (status == Z_OK || status == Z_STREAM_END)
    return LVM_OK;
  return lvm_fail (error, LVM_DATA, "%.200s: %s", input->name,
                   status == Z_ERRNO       ? strerror (input->problem)
                   : status == Z_BUF_ERROR ? "the gzip stream is cut short"
                                           : "the gzip stream is broken");
}

void
lvm_input_close (lvm_input *input)
{
  if (input == NULL)
    return;
  fclose (input->stream);
  gzclose (input->file);
  free (input->name);
  free (input);
}
