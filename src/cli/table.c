/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/table.h"

#include "data/number.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

const char *const lvm_format_names[] = { "tsv", "json", NULL };

/* Text in quotes where a tab, a quotation mark, a '#' or blanks at its ends would
   mislead the reader; empty text too, which else were a missing cell. */
static void
put_tsv_text (lvm_table_writer *writer, const char *text)
{
  size_t n = strlen (text);
  bool plain = n > 0 && strpbrk (text, "\t\"") == NULL
               && strchr (" #", text[0]) == NULL && text[n - 1] != ' ';

  if (plain)
    {
      fputs (text, writer->stream);
      return;
    }
  putc ('"', writer->stream);
  for (; *text != '\0'; text++)
    {
      if (*text == '"')
        putc ('"', writer->stream);
      putc (*text, writer->stream);
    }
  putc ('"', writer->stream);
}

static void
put_text (lvm_table_writer *writer, const char *text)
{
  json_t *string;

  if (writer->format == LVM_JSON)
    {
      string = json_string (text); /* NULL where text is not UTF-8 */
      if (string == NULL)
        writer->bad = true;
      else
        json_dumpf (string, writer->stream, JSON_ENCODE_ANY);
      json_decref (string);
    }
  else if (strpbrk (text, "\r\n") != NULL)
    writer->bad = true;
  else
    put_tsv_text (writer, text);
}

void
lvm_table_begin (lvm_table_writer *writer, lvm_output *output, lvm_format format,
                 size_t columns, const char *const names[])
{
  *writer = (lvm_table_writer){ .stream = lvm_output_stream (output),
                                .format = format,
                                .columns = columns };
  fputs (format == LVM_JSON ? "{\"columns\": [" : "# ", writer->stream);
  for (size_t i = 0; i < columns; i++)
    {
      if (i > 0)
        fputs (format == LVM_JSON ? ", " : "\t", writer->stream);
      put_text (writer, names[i]);
    }
  fputs (format == LVM_JSON ? "],\n \"rows\": [" : "\n", writer->stream);
}

/* What stands before a cell. */
static void
begin_cell (lvm_table_writer *writer)
{
  if (writer->cells > 0)
    fputs (writer->format == LVM_JSON ? ", " : "\t", writer->stream);
  else if (writer->format == LVM_JSON)
    fputs (writer->rows > 0 ? ",\n  [" : "\n  [", writer->stream);
}

static void
end_cell (lvm_table_writer *writer)
{
  if (++writer->cells < writer->columns)
    return;
  putc (writer->format == LVM_JSON ? ']' : '\n', writer->stream);
  writer->cells = 0;
  writer->rows++;
}

void
lvm_table_number (lvm_table_writer *writer, double x)
{
  char text[LVM_NUMBER_SIZE];
  bool quoted = writer->format == LVM_JSON && !isfinite (x);

  lvm_number_write (x, text);
  begin_cell (writer);
  if (quoted)
    putc ('"', writer->stream);
  fputs (text, writer->stream);
  if (quoted)
    putc ('"', writer->stream);
  end_cell (writer);
}

void
lvm_table_text (lvm_table_writer *writer, const char *text)
{
  begin_cell (writer);
  put_text (writer, text);
  end_cell (writer);
}

void
lvm_table_block (lvm_table_writer *writer)
{
  if (writer->format == LVM_TSV)
    fputs ("\n\n", writer->stream);
}

void
lvm_table_scan (lvm_table_writer *writer)
{
  if (writer->format == LVM_TSV)
    fputs ("\n", writer->stream);
}

int
lvm_table_end (lvm_table_writer *writer, lvm_error *error)
{
  if (writer->format == LVM_JSON)
    fputs ("\n]}\n", writer->stream);
  if (writer->bad)
    return lvm_fail (error, LVM_DATA,
                     writer->format == LVM_JSON
                         ? "a text in the table is not UTF-8, as JSON has to be"
                         : "a text in the table goes over lines");
  if (writer->cells > 0)
    return lvm_fail (error, LVM_DATA, "row %zu of the table has %zu cells, not %zu",
                     writer->rows + 1, writer->cells, writer->columns);
  return LVM_OK;
}
