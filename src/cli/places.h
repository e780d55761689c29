/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_CLI_PLACES_H
#define LVM_CLI_PLACES_H

#include <stdbool.h>
#include <stddef.h>

#include "num/error.h"

/* One file of a command line, read or written.  */
typedef struct
{
  const char *name; /* of the option, or DATA */
  const char *path; /* "-" for standard input or output; NULL: not used */
  bool written;
  const char *replaces; /* the name of an input that it may fall on, or NULL */
} lvm_place;

/* Whether a path is "-"; NULL is not.  */
bool lvm_is_standard (const char *path);

/* No output may fall on an input or on another output, under whatever name, devices
   and pipes excepted; and two cannot both be standard input or output.
   Given   p [n], inputs first
   Status  LVM_OK or LVM_USAGE: "DATA and --model are the same file, a.csv"
   Cost    n^2 looks at the file system.  */
int lvm_check_places (const lvm_place p[], size_t n, lvm_error *error);

#endif
