/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "num/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

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

void *
lvm_realloc (void *old, size_t count, size_t size)
{
  /* realloc to zero bytes may free and return NULL: always ask for one element */
  void *memory = reallocarray (old, count > 0 ? count : 1, size);

  if (memory == NULL)
    {
      fprintf (stderr, "out of memory: %zu elements of %zu bytes were needed\n",
               count, size);
      exit (LVM_DATA);
    }
  return memory;
}

void *
lvm_alloc (size_t count, size_t size)
{
  return lvm_realloc (NULL, count, size);
}
