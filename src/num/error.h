/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_NUM_ERROR_H
#define LVM_NUM_ERROR_H

#include <stddef.h>

/* What went wrong, as one sentence for the user and as the exit code of the program.

   The caller owns the struct and hands it in; a library function fills it and returns its status.
   Only the first failure of a chain is of use, so nothing below main prints. */

enum
{
  LVM_OK = 0,     /* done, and verified where there was something to verify */
  LVM_FAILED = 1, /* a check failed, or no convergence */
  LVM_USAGE = 2,  /* the command line is wrong */
  LVM_DATA =
      3, /* a file cannot be read, understood or written; or memory is short */
  LVM_SKIPPED = 77 /* not run here */
};

typedef struct
{
  int status; /* one of the above */
  char message
      [512]; /* a sentence without program name and full stop, "" when status is LVM_OK */
} lvm_error;

/* Records a failure.

   Given:    status    one of the above
             format    as of printf; a message too long is cut
   Returned: error     status and message
   Status:   the given status, so that `return lvm_fail (...)` reads as it does. */
int lvm_fail (lvm_error *error, int status, const char *format, ...)
    __attribute__ ((format (printf, 3, 4)));

/* Memory, or the end of the program.

   Memory runs out only when the data do not fit the machine; no caller could go on, so that the
   sentence is said here, with exit code LVM_DATA. An unfinished output leaves no half-written
   target (data/output.h).

   Given:    old     NULL, or memory to resize (as realloc)
             count   number of elements; zero gives a valid pointer too
             size    bytes of one
   Returned: the memory, never NULL; new bytes are not cleared. Release with free. */
void *lvm_realloc (void *old, size_t count, size_t size)
    __attribute__ ((returns_nonnull, warn_unused_result));

/* The same for new memory. */
void *lvm_alloc (size_t count, size_t size)
    __attribute__ ((returns_nonnull, warn_unused_result, malloc));

/* The same for new memory that is all zeros and begins a line of the cache (64 bytes), so that
   vectors do not straddle lines. */
void *lvm_alloc_lines (size_t count, size_t size)
    __attribute__ ((returns_nonnull, warn_unused_result, malloc));

#endif
