/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_DATA_CSV_H
#define LVM_DATA_CSV_H

#include <stddef.h>

#include "data/input.h"
#include "num/error.h"

/* A table of numbers, one point a row, and where each row stands in its file.

   N = rows, D = columns. A column of class labels, if one was asked for, is not among the D. */
typedef struct
{
  char *file;     /* the name for messages: a path, or "standard input" */
  size_t rows;    /* N, at least 1 */
  size_t columns; /* D, at least 1 */
  double *x;      /* [N x D], row-major; inf and nan as the file has them */
  char **names;   /* [D], or NULL where the file has no header */
  size_t *lines;  /* [N] the line in the file, from 1 */
  int *labels;    /* [N] in 0 .. levels - 1 in order of first appearance, or NULL */
  size_t label_place; /* the label column's place among all columns, from 0 */
  size_t levels;      /* the number of classes; 0 without labels */
  char **level_names; /* [levels], or NULL */
} lvm_table;

/* Reads a table from a file.

   Cells are separated by tabs where the first line has one, else by semicolons where it has one,
   else by commas. They may be quoted ("" within quotes is a quotation mark) but not go over lines.
   LF and CRLF end a line; blank lines and lines that begin with '#' are skipped; a byte order mark
   is passed over. Numbers have a decimal point, whatever the locale (data/number.h).

   The header is the first line if none of its cells is a number; else the first line with '#' above
   the data that has as many cells as they have, which is how this library writes its tables.

   Given:    path    a file, or "-" for standard input
             label   the name of the column of class labels, or NULL
   Returned: table   to be released with lvm_table_free, after a failure too
             error   such as "a.csv:3: column 2 (height): 'tall' is not a number"
   Status:   LVM_OK or LVM_DATA: no such file, no rows, a missing or bad cell, rows of different
             lengths, a number too large for a double, a NUL byte, no such label column
   Cost:     0.1 us a cell.
   Memory:   the table, and a window of 256 kB on the text. The window grows only where a line, or
             all above the first row, takes more than half of it: to less than four times that. */
int lvm_csv_read (lvm_table *table, const char *path, const char *label,
                  lvm_error *error);

/* The same from an input that is open already (data/input.h). */
int lvm_csv_read_from (lvm_table *table, lvm_input *input, const char *label,
                       lvm_error *error);

/* The same from memory.

   Given:    text    [length] bytes, left as they are
             name    stands for the file in messages */
int lvm_csv_parse (lvm_table *table, const char *text, size_t length,
                   const char *name, const char *label, lvm_error *error);

/* Releases what the table holds; the table itself is the caller's. */
void lvm_table_free (lvm_table *table);

/* Says what is wrong with a cell of a table that was read.

   Given:    n, d      row and column of x, from 0; d = table->columns means the row as a whole
             format    as of printf: the sentence after "FILE:LINE: column D (name): "
   Returned: error
   Status:   LVM_DATA. */
int lvm_table_fail (const lvm_table *table, size_t n, size_t d, lvm_error *error,
                    const char *format, ...)
    __attribute__ ((format (printf, 5, 6)));

#endif
