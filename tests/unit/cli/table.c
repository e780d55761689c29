/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/table.h"

#include "data/csv.h"

#include "../unit.h"

#include <jansson.h>
#include <math.h>

static char folder[64];
static char path[256];

/* The status of writing a 2 x 2 table of text and number with those names. */
static int
write_table (lvm_format format, const char *first, const char *second,
             const char *text, double x, lvm_error *error)
{
  lvm_output *output = lvm_output_open (path, error);
  lvm_table_writer writer;
  int status;

  lvm_table_begin (&writer, output, format, 2,
                   (const char *const[]){ first, second });
  lvm_table_text (&writer, "plain");
  lvm_table_number (&writer, 2.385);
  lvm_table_block (&writer);
  lvm_table_text (&writer, text);
  lvm_table_number (&writer, x);
  status = lvm_table_end (&writer, error);
  ck_assert_int_eq (lvm_output_commit (output, error), LVM_OK);
  return status;
}

static void
assert_file (const char *expected)
{
  char text[4096];

  ck_assert_str_eq (unit_read (path, text), expected);
}

static void
begin (void)
{
  unit_make_folder (folder);
  unit_path (path, folder, "table");
}

START_TEST (tsv)
{
  lvm_error error = { 0 };

  begin ();
  ck_assert_int_eq (write_table (LVM_TSV, "kind", "x y", "other", 1.0 / 3, &error),
                    LVM_OK);
  assert_file ("# kind\tx y\nplain\t2.385\n\n\nother\t0.3333333333333333\n");
  unit_remove_folder (folder);
}
END_TEST

/* Names and texts that could mislead the reader come back as they were. */
START_TEST (tsv_reads_back)
{
  static const char *const texts[] = { "other",    "a\tb",   "say \"x\"", "\"",
                                       "#hash",    " blank", "blank ",    "1.5",
                                       "\xC3\xA4", "a,b;c",  "nan" };
  lvm_error error = { 0 };
  lvm_table table;

  begin ();
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    {
      ck_assert_int_eq (
          write_table (LVM_TSV, texts[i], "x", texts[i], -INFINITY, &error),
          LVM_OK);
      ck_assert_msg (lvm_csv_read (&table, path, texts[i], &error) == LVM_OK, "%s",
                     error.message);
      ck_assert_uint_eq (table.rows, 2);
      ck_assert_double_eq (table.x[0], 2.385);
      ck_assert (isinf (table.x[1]) && table.x[1] < 0);
      ck_assert_uint_eq (table.lines[1], 5);
      ck_assert_str_eq (table.level_names[table.labels[1]], texts[i]);
      ck_assert_str_eq (table.names[0], "x");
      lvm_table_free (&table);
    }
  ck_assert_int_eq (write_table (LVM_TSV, "", "x", "text", 1, &error), LVM_OK);
  ck_assert_msg (lvm_csv_read (&table, path, "", &error) == LVM_OK, "%s",
                 error.message);
  lvm_table_free (&table);
  unit_remove_folder (folder);
}
END_TEST

START_TEST (json)
{
  lvm_error error = { 0 };
  json_t *table;

  begin ();
  ck_assert_int_eq (
      write_table (LVM_JSON, "kind \"x\"", "y", "a\tb", -INFINITY, &error), LVM_OK);
  assert_file ("{\"columns\": [\"kind \\\"x\\\"\", \"y\"],\n \"rows\": [\n  "
               "[\"plain\", 2.385],\n"
               "  [\"a\\tb\", \"-inf\"]\n]}\n");
  table = json_load_file (path, 0, NULL);
  ck_assert_ptr_nonnull (table);
  ck_assert_double_eq (json_real_value (json_array_get (
                           json_array_get (json_object_get (table, "rows"), 0), 1)),
                       2.385);
  json_decref (table);
  unit_remove_folder (folder);
}
END_TEST

START_TEST (json_without_rows)
{
  lvm_error error = { 0 };
  lvm_output *output;
  lvm_table_writer writer;

  begin ();
  output = lvm_output_open (path, &error);
  lvm_table_begin (&writer, output, LVM_JSON, 1, (const char *const[]){ "x" });
  ck_assert_int_eq (lvm_table_end (&writer, &error), LVM_OK);
  ck_assert_int_eq (lvm_output_commit (output, &error), LVM_OK);
  assert_file ("{\"columns\": [\"x\"],\n \"rows\": [\n]}\n");
  unit_remove_folder (folder);
}
END_TEST

START_TEST (bad_texts)
{
  lvm_error error = { 0 };

  begin ();
  ck_assert_int_eq (write_table (LVM_TSV, "kind", "x", "two\nlines", 1, &error),
                    LVM_DATA);
  ck_assert_str_eq (error.message, "a text in the table goes over lines");
  ck_assert_int_eq (write_table (LVM_JSON, "kind", "x", "\xE4", 1, &error),
                    LVM_DATA);
  ck_assert_str_eq (error.message,
                    "a text in the table is not UTF-8, as JSON has to be");
  ck_assert_int_eq (write_table (LVM_TSV, "kind", "x", "\xE4", 1, &error),
                    LVM_OK); /* Latin-1 */
  ck_assert_int_eq (write_table (LVM_TSV, "kind\r", "x", "text", 1, &error),
                    LVM_DATA);
  unit_remove_folder (folder);
}
END_TEST

START_TEST (unfinished_row)
{
  lvm_error error = { 0 };
  lvm_output *output = lvm_output_open ("/dev/null", &error);
  lvm_table_writer writer;

  lvm_table_begin (&writer, output, LVM_TSV, 3,
                   (const char *const[]){ "x", "y", "z" });
  for (int i = 0; i < 5; i++)
    lvm_table_number (&writer, i);
  ck_assert_int_eq (lvm_table_end (&writer, &error), LVM_DATA);
  ck_assert_str_eq (error.message, "row 2 of the table has 2 cells, not 3");
  lvm_output_discard (output);
}
END_TEST

/* gnuplot's blocks are two blank lines apart, its scans one; to the reader they are one table. */
START_TEST (blocks_and_scans)
{
  lvm_error error = { 0 };

  for (int format = LVM_TSV; format <= LVM_JSON; format++)
    {
      lvm_output *output;
      lvm_table_writer writer;

      begin ();
      output = lvm_output_open (path, &error);
      lvm_table_begin (&writer, output, (lvm_format) format, 1,
                       (const char *const[]){ "x" });
      lvm_table_number (&writer, 1);
      lvm_table_scan (&writer);
      lvm_table_number (&writer, 2);
      lvm_table_block (&writer);
      lvm_table_number (&writer, 3);
      ck_assert_int_eq (lvm_table_end (&writer, &error), LVM_OK);
      ck_assert_int_eq (lvm_output_commit (output, &error), LVM_OK);
      assert_file (format == LVM_TSV ? "# x\n1\n\n2\n\n\n3\n"
                                     : "{\"columns\": [\"x\"],\n \"rows\": [\n  "
                                       "[1],\n  [2],\n  [3]\n]}\n");
      unit_remove_folder (folder);
    }
}
END_TEST

START_TEST (format_names)
{
  ck_assert_str_eq (lvm_format_names[LVM_TSV], "tsv");
  ck_assert_str_eq (lvm_format_names[LVM_JSON], "json");
  ck_assert_ptr_null (lvm_format_names[2]);
}
END_TEST

UNIT_MAIN ("cli/table", tsv, tsv_reads_back, json, json_without_rows, bad_texts,
           unfinished_row, blocks_and_scans, format_names)
