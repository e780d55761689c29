/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_TESTS_BENCH_H
#define LVM_TESTS_BENCH_H

/* What our sides of the benches share: a clock, and files of plain doubles in the bench's folder.
 */

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "num/error.h"

enum
{
  THREADS = 2
};

static inline double
seconds (void)
{
  struct timespec t;
  clock_gettime (CLOCK_MONOTONIC, &t);
  return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

static inline FILE *
open_in (const char *folder, const char *name, const char *mode)
{
  char path[4096];
  snprintf (path, sizeof path, "%s/%s", folder, name);
  FILE *f = fopen (path, mode);
  if (f == NULL)
    {
      perror (path);
      exit (LVM_DATA);
    }
  return f;
}

static inline void
read_numbers (FILE *f, size_t n, double x[])
{
  if (fread (x, sizeof *x, n, f) != n)
    {
      fprintf (stderr, "a file of the bench is too short\n");
      exit (LVM_DATA);
    }
}

/* An argument.  */
static inline size_t
number (const char *text)
{
  return strtoul (text, NULL, 10);
}

#endif
