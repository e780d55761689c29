/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_CLI_OPTIONS_H
#define LVM_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "num/error.h"

#define LVM_VERSION "0.1.0"

/* A program's command line in one table, from which it is read and --help is written.

   Exactly one of the five destinations is set; it says what sort of option it is. What is not
   given on the command line keeps its value, which is thus the default. */
typedef struct
{
  const char *name; /* the long name, without "--"; NULL ends the table */
  char letter;      /* the short one, or 0 */
  const char
      *argument; /* what --help calls its argument; NULL for a flag or a choice */
  const char *help;           /* in --help, without full stop; broken into lines */
  bool *flag;                 /* no argument: true if given */
  const char **string;        /* any argument */
  size_t *count;              /* a whole number from least to most */
  double *real;               /* a finite number from least to most */
  int *choice;                /* the place of the argument in choices */
  double least, most;         /* both 0: no limits */
  const char *const *choices; /* [..] ends with NULL */
} lvm_option;

typedef struct
{
  const char *name;    /* as the user types it */
  const char *usage;   /* what follows it, such as "[OPTION]... [FILE]" */
  const char *purpose; /* one sentence or more, broken into lines */
  const char *notes;   /* printed last, line breaks as they are, or NULL */
  const lvm_option
      *options; /* ended by a name of NULL; --help and --version are added */
} lvm_program;

/* Reads a command line. After --help or --version, which print to stdout, the status is LVM_OK and
   *go_on is false.

   Given:    program
             argc, argv  as of main; argv is put in order, operands last
   Returned: the options' destinations
             operand     place of the first operand in argv; argc if there is none
             go_on       whether the program has work to do
             error
   Status:   LVM_OK, LVM_USAGE, or LVM_DATA where stdout cannot be written. */
int lvm_options_read (const lvm_program *program, int argc, char *argv[],
                      int *operand, bool *go_on, lvm_error *error);

/* The last words of a program: its name and the message on stderr, and after a usage error where
   help is to be had. Nothing where nothing went wrong.

   Status:   the error's, for main to return. */
int lvm_report (const lvm_program *program, const lvm_error *error);

#endif
