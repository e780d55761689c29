/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

struct lvm_output
{
  FILE *stream;
  FILE *packed; /* where the gzipped bytes of the stream go, or NULL */
  char *target; /* without a link at its end */
  char *
      temporary; /* the name beside it; NULL where the target is written straight */
  bool named;    /* the file is there under that name, and not yet nameless */
};

static const char unnamed_files[] =
    "/proc/self/fd"; /* where a file without a name can be got at */

static char *
copy_string (const char *text)
{
  return strcpy (lvm_alloc (strlen (text) + 1, 1), text);
}

static int
output_fail (const char *path, lvm_error *error)
{
  if (errno == 0)
    return lvm_fail (error, LVM_DATA, "%.200s: cannot be written", path);
  return lvm_fail (error, LVM_DATA, "%.200s: cannot be written: %s", path,
                   strerror (errno));
}

/* Follows a path's links as far as a file that exists. A pipe may have a path of no
   name, such as /dev/stdout, which is left as it is.

   Returned: s       the file's, or zero where there is none yet
   Status:   its path, to be freed; NULL with errno for a link to nothing: where
   that leads is not ours to make. */
static char *
resolve (const char *path, struct stat *s)
{
  struct stat link;

  if (stat (path, s) == 0)
    return S_ISREG (s->st_mode) ? realpath (path, NULL) : copy_string (path);
  if (errno != ENOENT || lstat (path, &link) == 0)
    return NULL;
  errno = ENOENT;
  *s = (struct stat){ 0 };
  return *path == '\0' ? NULL : copy_string (path);
}

/* Gives the file a name beside its target that nobody has: makes it, or links to it
   the file of which `from` is the name in /proc. Returns the descriptor (0 for a
   link), or -1. */
static int
make_named (lvm_output *output, const char *from)
{
  const char *slash = strrchr (output->target, '/');
  int length = slash == NULL ? 0 : (int) (slash + 1 - output->target);
  int fd;

  for (int attempt = 0; attempt < 1000; attempt++)
    {
      sprintf (output->temporary, "%.*s.lvm-%d-%d", length, output->target,
               (int) getpid (), attempt);
      if (from == NULL)
        fd =
            open (output->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
      else
        fd =
            linkat (AT_FDCWD, from, AT_FDCWD, output->temporary, AT_SYMLINK_FOLLOW);
      output->named = fd >= 0;
      if (fd >= 0 || errno != EEXIST)
        return fd;
    }
  return -1;
}

/* A file beside the target: without a name where the file system can do so, since
   then a killed run leaves nothing at all. */
static int
open_beside (lvm_output *output)
{
  char *slash;
  int fd = -1;

  output->temporary = lvm_alloc (strlen (output->target) + 64, 1);
  strcpy (output->temporary, output->target);
  slash = strrchr (output->temporary, '/');
  strcpy (slash == NULL ? output->temporary : slash + 1, ".");
  if (access (unnamed_files, X_OK) == 0)
    fd = open (output->temporary, O_WRONLY | O_TMPFILE | O_CLOEXEC, 0666);
  return fd >= 0 ? fd : make_named (output, NULL);
}

static bool
is_standard_output (const struct stat *s)
{
  struct stat standard;

  return fstat (STDOUT_FILENO, &standard) == 0 && standard.st_dev == s->st_dev
         && standard.st_ino == s->st_ino && s->st_nlink > 0;
}

/* Opens the stream of an output whose target is known. */
static bool
open_target (lvm_output *output, const struct stat *s)
{
  bool exists = s->st_nlink > 0;
  int fd;

  if (exists && !S_ISREG (s->st_mode))
    {
      output->stream = fopen (output->target, "we");
      return output->stream != NULL;
    }
  if (exists && access (output->target, W_OK) != 0)
    return false;
  fd = open_beside (output);
  if (fd < 0)
    return false;
  if (exists)
    fchmod (fd, s->st_mode & 07777);
  output->stream = fdopen (fd, "w");
  return output->stream != NULL;
}

static ssize_t
pack_some (void *cookie, const char *bytes, size_t size)
{
  return gzwrite (cookie, bytes, (unsigned) size);
}

static int
pack_end (void *cookie)
{
  return gzclose (cookie) == Z_OK ? 0 : EOF;
}

/* Puts a stream that packs before the one that was opened. zlib writes neither name
   nor time, so that the same data give the same bytes. */
static bool
open_packed (lvm_output *output)
{
  gzFile file = gzdopen (dup (fileno (output->stream)), "w");

  if (file == NULL)
    return false;
  output->packed = output->stream;
  output->stream = fopencookie (
      file, "w", (cookie_io_functions_t){ .write = pack_some, .close = pack_end });
  return true;
}

/* Closes that stream, and returns to the one that was opened. */
static bool
close_packed (lvm_output *output)
{
  bool written = ferror (output->stream) == 0;

  written = fclose (output->stream) == 0 && written;
  output->stream = output->packed;
  output->packed = NULL;
  return written;
}

static void
release (lvm_output *output)
{
  if (output->named)
    unlink (output->temporary);
  free (output->target);
  free (output->temporary);
  free (output);
}

lvm_output *
lvm_output_open (const char *path, lvm_error *error)
{
  lvm_output *output = lvm_alloc (1, sizeof (lvm_output));
  size_t length;
  struct stat s;

  *output = (lvm_output){ 0 };
  if (path == NULL || strcmp (path, "-") == 0)
    {
      output->target = copy_string ("standard output");
      output->stream = stdout;
      return output;
    }
  length = strlen (path);
  output->target = resolve (path, &s);
  if (output->target != NULL && is_standard_output (&s))
    output->stream = stdout;
  else if (output->target == NULL || !open_target (output, &s))
    {
      output_fail (path, error);
      release (output);
      return NULL;
    }
  if (length >= 3 && strcmp (path + length - 3, ".gz") == 0
      && !open_packed (output))
    {
      output_fail (path, error);
      lvm_output_discard (output);
      return NULL;
    }
  return output;
}

FILE *
lvm_output_stream (lvm_output *output)
{
  return output->stream;
}

/* Closes the stream and finds out whether all was written. */
static bool
finish_stream (lvm_output *output)
{
  bool written = true;

  errno = 0;
  if (output->packed != NULL)
    written = close_packed (output);
  written = fflush (output->stream) == 0 && ferror (output->stream) == 0 && written;
  if (written && output->temporary != NULL && !output->named)
    {
      char from[64];

      sprintf (from, "%s/%d", unnamed_files, fileno (output->stream));
      written = make_named (output, from) >= 0;
    }
  if (output->stream != stdout)
    written = fclose (output->stream) == 0 && written;
  return written;
}

int
lvm_output_commit (lvm_output *output, lvm_error *error)
{
  int status = LVM_OK;

  if (!finish_stream (output))
    status = output_fail (output->target, error);
  else if (output->temporary != NULL)
    {
      if (rename (output->temporary, output->target) == 0)
        output->named = false;
      else
        status = output_fail (output->target, error);
    }
  release (output);
  return status;
}

void
lvm_output_discard (lvm_output *output)
{
  if (output == NULL)
    return;
  if (output->packed != NULL)
    close_packed (output);
  if (output->stream != stdout)
    fclose (output->stream);
  release (output);
}

int
lvm_output_end (lvm_output *output, lvm_error *error)
{
  if (output != NULL && error->status == LVM_OK)
    return lvm_output_commit (output, error);
  lvm_output_discard (output);
  return error->status;
}
