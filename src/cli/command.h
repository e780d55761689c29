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

/* The options of many programs, for their tables.

   Given:    where they leave what is given; `format' is an lvm_format. */
lvm_option lvm_option_format (int *format);
lvm_option lvm_option_output (const char **output);

/* --book and --quick, of the experiment (cli/book.h). */
lvm_option lvm_option_book (const char **dir);
lvm_option lvm_option_quick (bool *quick);

#endif
