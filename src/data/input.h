/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_DATA_INPUT_H
#define LVM_DATA_INPUT_H

#include <stdio.h>

#include "num/error.h"

/* A file, a device or a pipe that is read from its beginning to its end, and unpacked on the way
   where it is gzipped (which its content says, not its name).

   A program that takes several formats opens its input once, looks at what comes first, and hands
   the input to the reader of that format: a pipe cannot be opened twice. */
typedef struct lvm_input lvm_input;

/* Opens an input.

   Given:    path    a file, or "-" for standard input
   Returned: error   such as "a.csv: No such file or directory"
   Status:   the input, to be closed with lvm_input_close; or NULL, with LVM_DATA in error. */
lvm_input *lvm_input_open (const char *path, lvm_error *error);

/* The name for messages: the path, or "standard input". */
const char *lvm_input_name (const lvm_input *input);

/* The stream to read from; not to be closed. After a failure ferror is true of it; then ask
   lvm_input_check, which knows the reason.

   Cost:     2 ns a byte where it is gzipped, and depends on how well it is packed. */
FILE *lvm_input_stream (lvm_input *input);

/* The first byte of what is still to be read, which it stays; EOF at the end. */
int lvm_input_peek (lvm_input *input);

/* Says whether everything could be read so far.

   Returned: error   such as "a.csv.gz: the gzip stream is cut short"
   Status:   LVM_OK or LVM_DATA. */
int lvm_input_check (lvm_input *input, lvm_error *error);

/* Closes and releases. NULL is allowed. */
void lvm_input_close (lvm_input *input);

#endif
