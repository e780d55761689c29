/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_CLI_TABLE_H
#define LVM_CLI_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "data/output.h"

/* A table written cell by cell, to be read back by lvm_csv_read (TSV) or by any JSON reader.

   TSV is "# NAME<tab>NAME..." and then one row a line. Blocks, gnuplot's `index`, are two blank
   lines apart. Text that would not read back as it is stands in quotes.

   JSON is { "columns": [NAME, ...], "rows": [[...], ...] }. JSON knows no infinities: they, and
   nan, are the strings "inf", "-inf" and "nan". Blocks are not kept apart. */

typedef enum
{
  LVM_TSV,
  LVM_JSON
} lvm_format;

/* "tsv", "json", NULL: for the choices of an option. */
extern const char *const lvm_format_names[];

typedef struct
{
  FILE *stream;
  lvm_format format;
  size_t columns; /* cells in a row */
  size_t cells;   /* written so far in this row */
  size_t rows;    /* written so far */
  bool bad;       /* some text could not be written */
} lvm_table_writer;

/* Writes the header.

   Given:    output    stays the caller's
             names     [columns] as lvm_table_text has them
   Returned: writer */
void lvm_table_begin (lvm_table_writer *writer, lvm_output *output,
                      lvm_format format, size_t columns, const char *const names[]);

/* Writes the next cell, a number in the fewest digits that read back (data/number.h). After
   `columns` cells a new row begins. */
void lvm_table_number (lvm_table_writer *writer, double x);

/* Writes the next cell, a text: without line ends for TSV, in UTF-8 for JSON. */
void lvm_table_text (lvm_table_writer *writer, const char *text);

/* Begins a new block. */
void lvm_table_block (lvm_table_writer *writer);

/* Begins a new line of a grid within the block: one blank line, from which gnuplot knows the grid.
 */
void lvm_table_scan (lvm_table_writer *writer);

/* Ends the table. Whether all reached the disk is for lvm_output_commit to say.

   Returned: error
   Status:   LVM_OK; LVM_DATA where a text could not be written, or the last row is not full. */
int lvm_table_end (lvm_table_writer *writer, lvm_error *error);

#endif
