/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_CLI_PROGRESS_H
#define LVM_CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

/* One line on stderr that says how far a long piece of work has come:

     fit: 42 %, 1 min 20 s left

   It shows only on a terminal, and only once the work has taken two seconds, and is wiped at the
   end. */
typedef struct
{
  const char *what; /* stays the caller's */
  bool terminal;    /* stderr is one */
  bool shown;
  double began; /* seconds of the monotonic clock */
  double last;  /* when it was last drawn */
} lvm_progress;

void lvm_progress_begin (lvm_progress *progress, const char *what);

/* Draws the line, at most ten times a second. Cheap enough for every iteration that takes a
   microsecond.

   Given:    done    the share done, from 0 to 1 */
void lvm_progress_update (lvm_progress *progress, double done);

/* Seconds since the beginning. */
double lvm_progress_seconds (const lvm_progress *progress);

/* Wipes the line. To be called before anything else goes to stderr. */
void lvm_progress_end (lvm_progress *progress);

#endif
