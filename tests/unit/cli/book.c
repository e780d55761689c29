/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/book.h"

#include "../unit.h"

#include <math.h>
#include <sys/stat.h>

static const char *const names[] = { "x", "y" };

/* The book says its sentence on stderr; the tests need not.  */
static int
close_quietly (lvm_book *b, lvm_error *error)
{
  FILE *nowhere = fopen ("/dev/null", "w");
  const int saved = unit_redirect (2, fileno (nowhere)),
            status = lvm_book_close (b, error);
  unit_restore (2, saved);
  fclose (nowhere);
  return status;
}

static void
make_folders (char folder[64])
{
  char path[256];
  unit_make_folder (folder);
  mkdir (unit_path (path, folder, "tables"), 0700);
  mkdir (unit_path (path, folder, "values"), 0700);
}

START_TEST (tables_and_values)
{
  char folder[64], path[256], text[4096];
  lvm_error error;
  make_folders (folder);
  lvm_book *b = lvm_book_open (folder, "09-x");
  lvm_table_writer *t = lvm_book_table_begin (b, "09-t", 2, names);
  lvm_table_number (t, 1.5);
  lvm_table_number (t, -2);
  lvm_book_table_end (b);
  lvm_book_value (b, "a-value", 2.385, "%.1f");
  lvm_book_check (b, "an identity", 1, 1 + 1e-16, 1e-15);
  ck_assert_int_eq (close_quietly (b, &error), LVM_OK);
  ck_assert_str_eq (unit_read (unit_path (path, folder, "tables/09-t.tsv"), text),
                    "# x\ty\n1.5\t-2\n");
  ck_assert_ptr_nonnull (strstr (
      unit_read (unit_path (path, folder, "values/09-x.json"), text), "\"2.4\""));
  unit_remove_folder (folder);
}
END_TEST

START_TEST (failed_identity_writes_no_values)
{
  char folder[64], path[256];
  lvm_error error;
  make_folders (folder);
  lvm_book *b = lvm_book_open (folder, "09-x");
  lvm_book_check (b, "first", 1, 2, 0.25);
  lvm_book_check (b, "second", NAN, 2, 1);
  ck_assert_int_eq (close_quietly (b, &error), LVM_FAILED);
  ck_assert_ptr_nonnull (strstr (error.message, "first: 1 against 2, 4 times"));
  ck_assert_int_ne (access (unit_path (path, folder, "values/09-x.json"), F_OK), 0);
  unit_remove_folder (folder);
}
END_TEST

START_TEST (nan_fails)
{
  lvm_error error;
  lvm_book *b = lvm_book_open (NULL, "09-x");
  lvm_book_check (b, "not a number", NAN, 2, 1e9);
  ck_assert_int_eq (close_quietly (b, &error), LVM_FAILED);
}
END_TEST

START_TEST (without_a_folder)
{
  lvm_error error;
  lvm_book *b = lvm_book_open (NULL, "09-x");
  lvm_table_writer *t = lvm_book_table_begin (b, "09-t", 2, names);
  lvm_table_number (t, 1);
  lvm_table_number (t, 2);
  lvm_book_table_end (b);
  ck_assert_int_eq (close_quietly (b, &error), LVM_OK);
}
END_TEST

START_TEST (what_cannot_be_written_is_said)
{
  lvm_error error;
  lvm_book *b = lvm_book_open ("/nowhere", "09-x");
  lvm_table_writer *t = lvm_book_table_begin (b, "09-t", 2, names);
  lvm_table_number (t, 1);
  lvm_book_table_end (b); /* a row that is not full, besides */
  ck_assert_int_eq (close_quietly (b, &error), LVM_DATA);
  ck_assert_ptr_nonnull (strstr (error.message, "/nowhere/tables/09-t.tsv"));
}
END_TEST

UNIT_MAIN ("cli/book", tables_and_values, failed_identity_writes_no_values,
           nan_fails, without_a_folder, what_cannot_be_written_is_said)
