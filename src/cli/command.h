/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_CLI_COMMAND_H
#define LVM_CLI_COMMAND_H

#include "cli/options.h"

/* Reads the command line of a program or command that takes one file at most.

   Given:    program
             argc, argv  as of main
   Returned: the options' destinations
             file        the operand, NULL where there is none; file itself is NULL where none is
                         taken
             error
   Status:   whether there is work to do: false after a failure, --help and --version. */
bool lvm_command_read (const lvm_program *program, int argc, char *argv[],
                       const char **file, lvm_error *error);

/* Which of a program's commands its first word is.

   Given:    names       ended by NULL
   Value:    its place in names; their number where it is none of them */
size_t lvm_command_find (const char *const names[], int argc, char *argv[]);

/* How many processors this process may use. */
size_t lvm_count_processors (void);

/* The options of many programs, for their tables.

   Given:    where they leave what is given; `format' is an lvm_format. */
lvm_option lvm_option_format (int *format);
lvm_option lvm_option_output (const char **output);

lvm_option lvm_option_seed (size_t *seed);       /* 0 to 2^53 */
lvm_option lvm_option_threads (size_t *threads); /* at least 1 */
lvm_option lvm_option_label (const char **label);
lvm_option lvm_option_threshold (double *threshold); /* of data/binary.h */

/* --book and --quick, of the experiment (cli/book.h). */
lvm_option lvm_option_book (const char **dir);
lvm_option lvm_option_quick (bool *quick);

#endif
