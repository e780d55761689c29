/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/csv.h"
#include "data/output.h"

#include "../unit.h"

#include <fcntl.h>
#include <math.h>
#include <sys/wait.h>

static int
parse (lvm_table *table, const char *text, const char *label, lvm_error *error)
{
  *error = (lvm_error){ 0 };
  return lvm_csv_parse (table, text, strlen (text), "t.csv", label, error);
}

/* Demands a table of that shape and those numbers, n * columns of them. */
static void
assert_table (const char *text, size_t rows, size_t columns, const double *x)
{
  lvm_table table;
  lvm_error error;

  ck_assert_msg (parse (&table, text, NULL, &error) == LVM_OK, "%s", error.message);
  ck_assert_uint_eq (table.rows, rows);
  ck_assert_uint_eq (table.columns, columns);
  for (size_t i = 0; i < rows * columns; i++)
    ck_assert_double_eq (table.x[i], x[i]);
  ck_assert_ptr_null (table.labels);
  ck_assert_uint_eq (table.levels, 0);
  lvm_table_free (&table);
}

/* Demands that a text of 2 x 2 numbers is read, with those names (NULL: none). */
static void
assert_names (const char *text, const char *first, const char *second)
{
  lvm_table table;
  lvm_error error;

  ck_assert_msg (parse (&table, text, NULL, &error) == LVM_OK, "%s", error.message);
  ck_assert_uint_eq (table.rows * 10 + table.columns, 22);
  if (first == NULL)
    ck_assert_ptr_null (table.names);
  else
    {
      ck_assert_ptr_nonnull (table.names);
      ck_assert_str_eq (table.names[0], first);
      ck_assert_str_eq (table.names[1], second);
    }
  lvm_table_free (&table);
}

static void
assert_refused (const char *text, const char *label, const char *message)
{
  lvm_table table;
  lvm_error error;

  ck_assert_int_eq (parse (&table, text, label, &error), LVM_DATA);
  ck_assert_int_eq (error.status, LVM_DATA);
  ck_assert_str_eq (error.message, message);
  lvm_table_free (&table);
}

static const double four[] = { 2.385, -1e-3, 0.5, 40 };

START_TEST (separators)
{
  assert_table ("2.385,-1e-3\n.5,40\n", 2, 2, four);
  assert_table ("2.385;-1e-3\n.5;40\n", 2, 2, four);
  assert_table ("2.385\t-1e-3\n.5\t40\n", 2, 2, four);
  assert_table (" 2.385 , -1e-3\n  .5,\t40  \n", 2, 2, four);
  assert_table ("2.385 \t -1e-3\n.5\t40\n", 2, 2, four);
  assert_table ("2.385\n-1e-3\n.5\n40\n", 4, 1, four);
  assert_names ("\"a,b\"\t\"c;d\"\n1\t2\n3\t4\n", "a,b", "c;d");
  assert_names ("\"a,b\";c\n1;2\n3;4\n", "a,b", "c");
  assert_names ("\"a;b\",\"c\td\"\n1,2\n3,4\n", "a;b", "c\td");
}
END_TEST

START_TEST (line_ends_and_blank_lines)
{
  assert_table ("2.385,-1e-3\r\n.5,40\r\n", 2, 2, four);
  assert_table ("2.385,-1e-3\n.5,40", 2, 2, four);
  assert_table ("2.385,-1e-3\r\n.5,40\r", 2, 2, four);
  assert_table ("\n\r\n   \n2.385,-1e-3\n\n\n.5,40\n\n", 2, 2, four);
  assert_table ("\xEF\xBB\xBF"
                "2.385,-1e-3\n.5,40\n",
                2, 2, four);
  assert_table ("\"2.385\",\"-1e-3\"\n\".5\" , \"40\"\n", 2, 2, four);
  assert_table ("# two\n2.385,-1e-3\n # three, four, five\n.5,40\n#", 2, 2, four);
}
END_TEST

START_TEST (headers)
{
  assert_names ("1,2\n3,4\n", NULL, NULL);
  assert_names ("a,b\n1,2\n3,4\n", "a", "b");
  assert_names ("\xEF\xBB\xBF\"a \"\"x\"\"\", b c \r\n1,2\r\n3,4\r\n", "a \"x\"",
                "b c");
  assert_names (",b\n1,2\n3,4\n", "", "b");
  assert_names ("# a\tb\n1\t2\n3\t4\n", "a", "b");
  assert_names ("#a,b\r\n\r\n1,2\r\n3,4\r\n", "a", "b");
  assert_names ("# made by hand\n# a,\"b,c\"\n# 1,2,3\n1,2\n3,4\n", "a", "b,c");
  assert_names ("# a,\"b\n1,2\n3,4\n", NULL, NULL);
  assert_names ("# x,y\na,b\n1,2\n3,4\n", "a", "b");
  assert_names ("1,2\n# a,b\n3,4\n", NULL, NULL);
  assert_names ("# a\tb\n1\t2\n\n\n# a\tb\n3\t4\n", "a", "b");
}
END_TEST

START_TEST (infinities_and_nan)
{
  lvm_table table;
  lvm_error error;

  ck_assert_int_eq (parse (&table, "inf,-inf\nNaN,1e-999\n", NULL, &error), LVM_OK);
  ck_assert (isinf (table.x[0]) && table.x[0] > 0);
  ck_assert (isinf (table.x[1]) && table.x[1] < 0);
  ck_assert (isnan (table.x[2]));
  ck_assert_double_eq (table.x[3], 0);
  ck_assert_ptr_null (table.names);
  lvm_table_free (&table);
}
END_TEST

START_TEST (labels)
{
  lvm_table table;
  lvm_error error;
  const int codes[] = { 0, 1, 0, 2 };

  ck_assert_int_eq (
      parse (&table, "x,kind,y\n1,red,2\n3,\"blue\",4\n\n5, red ,6\n7,\"a,b\",8\n",
             "kind", &error),
      LVM_OK);
  ck_assert_uint_eq (table.rows, 4);
  ck_assert_uint_eq (table.columns, 2);
  ck_assert_uint_eq (table.levels, 3);
  ck_assert_uint_eq (table.label_place, 1);
  for (size_t n = 0; n < 4; n++)
    {
      ck_assert_int_eq (table.labels[n], codes[n]);
      ck_assert_double_eq (table.x[2 * n + 1], (double) (2 * n + 2));
      ck_assert_uint_eq (table.lines[n], n < 2 ? n + 2 : n + 3);
    }
  ck_assert_str_eq (table.level_names[0], "red");
  ck_assert_str_eq (table.level_names[1], "blue");
  ck_assert_str_eq (table.level_names[2], "a,b");
  ck_assert_str_eq (table.names[0], "x");
  ck_assert_str_eq (table.names[1], "y");

  /* columns are counted as the file has them, the label included */
  lvm_table_fail (&table, 2, 0, &error, "is %d", 1);
  ck_assert_str_eq (error.message, "t.csv:5: column 1 (x): is 1");
  lvm_table_fail (&table, 3, 1, &error, "is bad");
  ck_assert_str_eq (error.message, "t.csv:6: column 3 (y): is bad");
  ck_assert_int_eq (lvm_table_fail (&table, 3, 2, &error, "is bad"), LVM_DATA);
  ck_assert_str_eq (error.message, "t.csv:6: is bad");
  lvm_table_free (&table);
}
END_TEST

START_TEST (many_labels)
{
  enum
  {
    N = 60000 /* more than one window of text: the names must not lie in it */
  };
  char *text = malloc (N * 24);
  char *p = text + sprintf (text, "k,x\n");
  lvm_table table;
  lvm_error error;

  for (int n = 0; n < N; n++)
    p += sprintf (p, "c%d,%d\n", n * 7919 % 9973, n);
  ck_assert_int_eq (parse (&table, text, "k", &error), LVM_OK);
  ck_assert_uint_eq (table.levels, 9973);
  for (int n = 0; n < N; n++)
    {
      ck_assert_int_eq (table.labels[n], n % 9973);
      ck_assert_int_eq (atoi (table.level_names[table.labels[n]] + 1),
                        n * 7919 % 9973);
    }
  lvm_table_free (&table);
  free (text);
}
END_TEST

START_TEST (bad_cells)
{
  assert_refused ("1,2\n3,x\n", NULL, "t.csv:2: column 2: 'x' is not a number");
  assert_refused ("\r\n1,2\r\n\r\n# a\r\n3,x\r\n", NULL,
                  "t.csv:5: column 2: 'x' is not a number");
  assert_refused ("a,b\n\n1,2\n3,4 5\n", NULL,
                  "t.csv:4: column 2 (b): '4 5' is not a number");
  assert_refused ("a;b\n1;2,5\n", NULL,
                  "t.csv:2: column 2 (b): '2,5' is not a number");
  assert_refused ("a,b\n1e999,2\n", NULL,
                  "t.csv:2: column 1 (a): '1e999' is too large for a double");
  assert_refused ("a,b\n1,\n", NULL, "t.csv:2: column 2 (b): the cell is empty");
  assert_refused ("a,b\n\"\",2\n", NULL,
                  "t.csv:2: column 1 (a): the cell is empty");
  assert_refused (",\n", NULL, "t.csv:1: column 1: the cell is empty");
  assert_refused ("1\t2\n\t\t\n", NULL, "t.csv:2: 3 cells, but line 1 has 2");
  assert_refused ("a,b\n1,0x1F\n", NULL,
                  "t.csv:2: column 2 (b): '0x1F' is not a number");
  assert_refused ("k,x\nred,1\n,2\n", "k",
                  "t.csv:3: column 1 (k): the cell is empty");
  assert_refused ("k,x\nred,1\nblue,green\n", "k",
                  "t.csv:3: column 2 (x): 'green' is not a number");
}
END_TEST

START_TEST (bad_texts_are_shown_with_care)
{
  assert_refused ("1\n\x1B[31m\n", NULL,
                  "t.csv:2: column 1: '?[31m' is not a number");
  assert_refused (
      "1\n0123456789012345678901234567890123456789x\n", NULL,
      "t.csv:2: column 1: '0123456789012345678901234567890123456789...' is not a "
      "number");
  assert_refused ("1\n012345678901234567890123456789012345678\xC3\xA4xyz\n", NULL,
                  "t.csv:2: column 1: "
                  "'012345678901234567890123456789012345678...' is not a number");
  assert_refused ("1\n\xE2\x82\xAC\n", NULL,
                  "t.csv:2: column 1: '\xE2\x82\xAC' is not a number");
}
END_TEST

START_TEST (bad_shapes)
{
  assert_refused ("", NULL, "t.csv: the file is empty");
  assert_refused ("\xEF\xBB\xBF", NULL, "t.csv: the file is empty");
  assert_refused ("\n\n", NULL, "t.csv: the file has no rows");
  assert_refused ("# a\tb\n", NULL, "t.csv: the file has no rows");
  assert_refused ("a,b\n", NULL, "t.csv: the file has a header but no rows");
  assert_refused ("a,b\n\n# none\n", NULL,
                  "t.csv: the file has a header but no rows");
  assert_refused ("1,2\n3\n", NULL, "t.csv:2: 1 cell, but line 1 has 2");
  assert_refused ("\na,b\n1,2\n3,4,5\n", NULL,
                  "t.csv:4: 3 cells, but line 2 has 2");
  assert_refused ("a,b\n1,2,3\n", NULL, "t.csv:2: 3 cells, but line 1 has 2");
}
END_TEST

START_TEST (bad_quotation)
{
  const char *sentence =
      "t.csv:2: column 2: a quotation mark is missing, or text follows it";

  assert_refused ("1,2\n3,\"4\n5,6\"\n", NULL, sentence);
  assert_refused ("1,2\n3,\"4\"5\n", NULL, sentence);
  assert_refused ("1,2\n3,\"4\"\"\n", NULL, sentence);
  assert_refused (
      "\"", NULL,
      "t.csv:1: column 1: a quotation mark is missing, or text follows it");
}
END_TEST

START_TEST (bad_labels)
{
  assert_refused ("a,b\n1,2\n", "c", "t.csv: the file has no column 'c'");
  assert_refused ("1,2\n", "c",
                  "t.csv: the file has no header, so there is no column 'c'");
  assert_refused ("c\nred\n", "c",
                  "t.csv: the file has no column of numbers besides 'c'");
}
END_TEST

START_TEST (nul_bytes)
{
  lvm_table table;
  lvm_error error = { 0 };

  ck_assert_int_eq (
      lvm_csv_parse (&table, "1,2\n3\0,4\n", 9, "t.csv", NULL, &error), LVM_DATA);
  ck_assert_str_eq (
      error.message,
      "t.csv:2: a NUL byte: this is not a table in plain text (ASCII, UTF-8)");
  lvm_table_free (&table);
}
END_TEST

/* A long first line and many short ones must not ask for the memory of their product. */
START_TEST (memory_stays_in_proportion)
{
  enum
  {
    N = 400000
  };
  char *text = malloc (3 * N + 1);
  lvm_table table;
  lvm_error error;

  for (size_t i = 0; i < N; i++)
    {
      memcpy (text + 2 * i, i + 1 < N ? "1," : "1\n", 2);
      text[2 * N + i] = '\n';
    }
  text[3 * N] = '\0';
  ck_assert_msg (parse (&table, text, NULL, &error) == LVM_OK, "%s", error.message);
  ck_assert_uint_eq (table.columns, N);
  ck_assert_uint_eq (table.rows, 1);
  lvm_table_free (&table);
  free (text);
}
END_TEST

/* Writes lines that name their own number, twice at most; returns their end. */
static char *
write_lines (char *to, size_t first, size_t count, const char *format)
{
  for (size_t i = first; i < first + count; i++)
    to += sprintf (to, format, i, i);
  return to;
}

/* The window is moved and made larger: above the first row all must stay in it. */
START_TEST (longer_than_the_window)
{
  enum
  {
    COMMENTS = 50000,
    ROWS = 100000
  };
  char *text = malloc (64 * (COMMENTS + ROWS));
  char *p = text + sprintf (text, "\xEF\xBB\xBF#a,\"b\"\n");
  lvm_table table;
  lvm_error error;

  p = write_lines (p, 2, COMMENTS, "# line %zu, which is, no header\n");
  p = write_lines (p, COMMENTS + 2, ROWS, "%zu,%zu.25\n");
  ck_assert_msg (parse (&table, text, NULL, &error) == LVM_OK, "%s", error.message);
  ck_assert_uint_eq (table.rows, ROWS);
  ck_assert_str_eq (table.names[0], "a");
  ck_assert_str_eq (table.names[1], "b");
  for (size_t n = 0; n < ROWS; n++)
    {
      ck_assert_uint_eq (table.lines[n], n + COMMENTS + 2);
      ck_assert_double_eq (table.x[2 * n], (double) table.lines[n]);
      ck_assert_double_eq (table.x[2 * n + 1], (double) table.lines[n] + 0.25);
    }
  lvm_table_free (&table);

  strcpy (p, "1,x\n");
  assert_refused (text, NULL, "t.csv:150002: column 2 (b): 'x' is not a number");
  strcpy (p, "1\n");
  assert_refused (text, NULL, "t.csv:150002: 1 cell, but line 50002 has 2");
  *p = '\0';
  ck_assert_int_eq (
      lvm_csv_parse (&table, text, (size_t) (p - text) + 1, "t.csv", NULL, &error),
      LVM_DATA);
  ck_assert_str_eq (
      error.message,
      "t.csv:150002: a NUL byte: this is not a table in plain text (ASCII, UTF-8)");
  lvm_table_free (&table);
  free (text);
}
END_TEST

START_TEST (lines_longer_than_the_window)
{
  enum
  {
    D = 100000
  };
  char *text = malloc (16 * D);
  char *p = text;
  lvm_table table;
  lvm_error error;

  for (int i = 0; i < 2 * D; i++)
    p += sprintf (p, "%d%c", i, i % D == D - 1 ? '\n' : ';');
  ck_assert_msg (parse (&table, text, NULL, &error) == LVM_OK, "%s", error.message);
  ck_assert_uint_eq (table.columns, D);
  ck_assert_uint_eq (table.rows, 2);
  for (int i = 0; i < 2 * D; i++)
    ck_assert_double_eq (table.x[i], i);
  lvm_table_free (&table);
  free (text);
}
END_TEST

START_TEST (files)
{
  char folder[64], path[256], expected[512];
  lvm_table table;
  lvm_error error = { 0 };

  unit_make_folder (folder);
  unit_write (unit_path (path, folder, "a.csv"), "x,y\n1,2\n");
  ck_assert_int_eq (lvm_csv_read (&table, path, NULL, &error), LVM_OK);
  ck_assert_str_eq (table.file, path);
  ck_assert_double_eq (table.x[1], 2);
  lvm_table_free (&table);

  unit_write (unit_path (path, folder, "empty.csv"), "");
  ck_assert_int_eq (lvm_csv_read (&table, path, NULL, &error), LVM_DATA);
  snprintf (expected, sizeof expected, "%s: the file is empty", path);
  ck_assert_str_eq (error.message, expected);
  lvm_table_free (&table);

  unit_path (path, folder, "none.csv");
  ck_assert_int_eq (lvm_csv_read (&table, path, NULL, &error), LVM_DATA);
  snprintf (expected, sizeof expected, "%s: No such file or directory", path);
  ck_assert_str_eq (error.message, expected);
  lvm_table_free (&table);

  ck_assert_int_eq (lvm_csv_read (&table, folder, NULL, &error), LVM_DATA);
  snprintf (expected, sizeof expected, "%s: Is a directory", folder);
  ck_assert_str_eq (error.message, expected);
  lvm_table_free (&table);
  unit_remove_folder (folder);
}
END_TEST

/* A pipe has no size, gives its bytes in pieces, and here more of them than the window takes.
 */
START_TEST (standard_input)
{
  enum
  {
    N = 50000
  };
  int ends[2];
  int saved;
  pid_t child;
  lvm_table table;
  lvm_error error = { 0 };

  ck_assert_int_eq (pipe (ends), 0);
  child = fork ();
  if (child == 0)
    {
      FILE *f = fdopen (ends[1], "w");

      for (int n = 0; n < N; n++)
        fprintf (f, "%d,%d.5\n", n, n);
      fclose (f);
      _exit (0);
    }
  close (ends[1]);
  saved = unit_redirect (STDIN_FILENO, ends[0]);
  ck_assert_msg (lvm_csv_read (&table, "-", NULL, &error) == LVM_OK, "%s",
                 error.message);
  unit_restore (STDIN_FILENO, saved);
  close (ends[0]);
  waitpid (child, NULL, 0);
  ck_assert_uint_eq (table.rows, N);
  ck_assert_double_eq (table.x[2 * N - 1], N - 0.5);
  ck_assert_str_eq (table.file, "standard input");
  lvm_table_free (&table);
}
END_TEST

/* Unpacked on the way; a stream that breaks off is no shorter table. */
START_TEST (gzipped)
{
  char folder[64], path[256];
  lvm_table table;
  lvm_error error = { 0 };
  lvm_output *output;

  unit_make_folder (folder);
  output = lvm_output_open (unit_path (path, folder, "a.csv.gz"), &error);
  for (int n = 0; n < 1000; n++)
    fprintf (lvm_output_stream (output), "%d,%d\n", n, 7 * n % 1000);
  ck_assert_int_eq (lvm_output_commit (output, &error), LVM_OK);
  ck_assert_int_eq (lvm_csv_read (&table, path, NULL, &error), LVM_OK);
  ck_assert_uint_eq (table.rows, 1000);
  ck_assert_double_eq (table.x[2 * 999 + 1], 993);
  lvm_table_free (&table);
  ck_assert_int_eq (truncate (path, 1000), 0);
  ck_assert_int_eq (lvm_csv_read (&table, path, NULL, &error), LVM_DATA);
  ck_assert_ptr_nonnull (
      strstr (error.message, "a.csv.gz: the gzip stream is cut"));
  lvm_table_free (&table);
  unit_remove_folder (folder);
}
END_TEST

UNIT_MAIN ("data/csv", separators, line_ends_and_blank_lines, headers,
           infinities_and_nan, labels, many_labels, bad_cells,
           bad_texts_are_shown_with_care, bad_shapes, bad_quotation, bad_labels,
           nul_bytes, memory_stays_in_proportion, longer_than_the_window,
           lines_longer_than_the_window, files, standard_input, gzipped)
