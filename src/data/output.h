/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_DATA_OUTPUT_H
#define LVM_DATA_OUTPUT_H

#include <stdio.h>

#include "num/error.h"

/* An output that is there as a whole or not at all.

   A regular file is written beside its target and renamed onto it by lvm_output_commit. Until then
   the target is what it was, whatever happens. Where the file system can, the file has no name
   before that, so that not even a killed run leaves it behind. Pipes and devices are written
   straight. What goes to a name that ends in ".gz" is gzipped, the same data always to the same
   bytes. */
typedef struct lvm_output lvm_output;

/* Opens an output.

   A symbolic link is followed, the mode of a file that is replaced is kept, and a file that may not
   be written is not replaced.

   Given:    path    a file to make or replace; NULL or "-" for standard output
   Returned: error
   Status:   the output, or NULL. */
lvm_output *lvm_output_open (const char *path, lvm_error *error);

/* The stream to write to; not to be closed. Write errors need no check before lvm_output_commit. */
FILE *lvm_output_stream (lvm_output *output);

/* Finishes: flushes, finds every write error there was (a full disk, say), closes and renames. The
   output is released, also after a failure, which leaves the target as it was.

   Returned: error
   Status:   LVM_OK or LVM_DATA. */
int lvm_output_commit (lvm_output *output, lvm_error *error);

/* Gives up: the target stays as it was. The output is released. NULL is allowed. */
void lvm_output_discard (lvm_output *output);

/* Finishes where nothing has gone wrong so far, else gives up.

   Given:    output    or NULL
             error     what has gone wrong so far
   Status:   the error's. */
int lvm_output_end (lvm_output *output, lvm_error *error);

#endif
