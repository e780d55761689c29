/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "num/error.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
lvm_fail (lvm_error *error, int status, const char *format, ...)
{
  va_list list;

  va_start (list, format);
  vsnprintf (error->message, sizeof error->message, format, list);
  va_end (list);
  error->status = status;
  return status;
}

static void *
or_end (void *memory, size_t count, size_t size)
{
  if (memory == NULL)
    {
      fprintf (stderr, "out of memory: %zu elements of %zu bytes were needed\n",
               count, size);
      exit (LVM_DATA);
    }
  return memory;
}

void *
lvm_realloc (void *old, size_t count, size_t size)
{
  /* realloc to zero bytes may free and return NULL: always ask for one element */
  return or_end (reallocarray (old, count > 0 ? count : 1, size), count, size);
}

void *
lvm_alloc (size_t count, size_t size)
{
  return lvm_realloc (NULL, count, size);
}

void *
lvm_alloc_lines (size_t count, size_t size)
{
  const size_t line = 64;
  size_t bytes;
  void *memory = NULL;

  if (!__builtin_mul_overflow (count, size, &bytes) && bytes <= SIZE_MAX - line)
    {
      bytes = (bytes / line + 1) * line;
      memory = aligned_alloc (line, bytes);
    }
  return memset (or_end (memory, count, size), 0, bytes);
}
