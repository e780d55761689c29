/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

static const double patience = 2;   /* seconds before the line appears */
static const double interval = 0.1; /* seconds between drawings */

static double
now (void)
{
  struct timespec t;

  clock_gettime (CLOCK_MONOTONIC, &t);
  return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

void
lvm_progress_begin (lvm_progress *progress, const char *what)
{
  *progress = (lvm_progress){ .what = what,
                              .terminal = isatty (STDERR_FILENO) == 1,
                              .began = now () };
}

static void
print_duration (double seconds)
{
  int s = seconds < 359999 ? (int) (seconds + 0.5) : 359999;

  if (s >= 3600)
    fprintf (stderr, "%d h %d min", s / 3600, s / 60 % 60);
  else if (s >= 60)
    fprintf (stderr, "%d min %d s", s / 60, s % 60);
  else
    fprintf (stderr, "%d s", s);
}

void
lvm_progress_update (lvm_progress *progress, double done)
{
  double t;

  if (!progress->terminal)
    return;
  t = now ();
  if (t - progress->began < patience || t - progress->last < interval)
    return;
  fprintf (stderr, "\r%s: %.0f %%", progress->what, 100 * done);
  if (done > 0)
    {
      fputs (", ", stderr);
      print_duration ((t - progress->began) * (1 - done) / done);
      fputs (" left", stderr);
    }
  fputs ("\033[K", stderr);
  fflush (stderr);
  progress->shown = true;
  progress->last = t;
}

double
lvm_progress_seconds (const lvm_progress *progress)
{
  return now () - progress->began;
}

void
lvm_progress_end (lvm_progress *progress)
{
  if (progress->shown)
    fputs ("\r\033[K", stderr);
  progress->shown = false;
}
