/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_CLI_COLUMNS_H
#define LVM_CLI_COLUMNS_H

#include <stddef.h>

#include "cli/table.h"

/* The names of a table's columns, where they are not known beforehand:

     lvm_columns c = { 0 };
     lvm_columns_each (&c, "r_", K, NULL);     r_1, r_2, ...
     lvm_columns_add (&c, "argmax");
     lvm_columns_begin (&c, &writer, output, format);  */
typedef struct
{
  char **name; /* [count] */
  size_t count;
} lvm_columns;

void lvm_columns_add (lvm_columns *c, const char *name);

/* One for each of n: the prefix and its name, or, where it has none, its number
   from 1.
   Given  names [n], "" for none; or NULL.  */
void lvm_columns_each (lvm_columns *c, const char *prefix, size_t n,
                       char *const names[]);

/* Begins a table of these columns (lvm_table_begin), and releases the names.  */
void lvm_columns_begin (lvm_columns *c, lvm_table_writer *writer,
                        lvm_output *output, lvm_format format);

#endif
