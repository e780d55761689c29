/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"

#include "../unit.h"

#include "cli/table.h"

static int format;
static const char *output, *book;
static bool quick;

/* Reads PROGRAM and at most three words more.  */
static bool
read_words (const char **file, lvm_error *error, const char *a, const char *b,
            const char *c)
{
  const lvm_option options[] = { lvm_option_format (&format),
                                 lvm_option_output (&output),
                                 lvm_option_book (&book),
                                 lvm_option_quick (&quick),
                                 { .name = NULL } };
  const lvm_program program = { .name = "p", .usage = "", .options = options };
  const char *const words[] = { "p", a, b, c, NULL };
  static char copy[4][32];
  char *argv[5] = { NULL };
  int argc = 0;
  for (; words[argc] != NULL; argc++)
    argv[argc] = strcpy (copy[argc], words[argc]);
  *error = (lvm_error){ 0 };
  return lvm_command_read (&program, argc, argv, file, error);
}

START_TEST (one_file_or_none)
{
  lvm_error error;
  const char *file = "before";
  ck_assert (read_words (&file, &error, NULL, NULL, NULL));
  ck_assert_ptr_null (file);
  ck_assert (read_words (&file, &error, "a.csv", "--quick", NULL));
  ck_assert_str_eq (file, "a.csv");
  ck_assert (quick);
  ck_assert (!read_words (&file, &error, "a.csv", "b.csv", NULL));
  ck_assert_int_eq (error.status, LVM_USAGE);
  ck_assert_str_eq (error.message, "'b.csv' is one file too many");
}
END_TEST

START_TEST (a_command_without_files)
{
  lvm_error error;
  ck_assert (read_words (NULL, &error, "--book=x", NULL, NULL));
  ck_assert_str_eq (book, "x");
  ck_assert (!read_words (NULL, &error, "a.csv", NULL, NULL));
  ck_assert_str_eq (error.message, "'a.csv' is one file too many");
}
END_TEST

START_TEST (nothing_to_do)
{
  lvm_error error;
  const char *file;
  FILE *nowhere = fopen ("/dev/null", "w");
  const int saved = unit_redirect (STDOUT_FILENO, fileno (nowhere));
  ck_assert (!read_words (&file, &error, "--version", NULL, NULL));
  ck_assert_int_eq (error.status, LVM_OK);
  unit_restore (STDOUT_FILENO, saved);
  fclose (nowhere);
  ck_assert (!read_words (&file, &error, "--frob", NULL, NULL));
  ck_assert_int_eq (error.status, LVM_USAGE);
}
END_TEST

START_TEST (common_options)
{
  lvm_error error;
  const char *file;
  ck_assert (read_words (&file, &error, "-fjson", "-o", "out.tsv"));
  ck_assert_int_eq (format, LVM_JSON);
  ck_assert_str_eq (output, "out.tsv");
}
END_TEST

START_TEST (first_word)
{
  const char *const names[] = { "fit", "score", NULL };
  char program[] = "p", score[] = "score", other[] = "-x";
  char *argv[] = { program, score, NULL };
  ck_assert_uint_eq (lvm_command_find (names, 2, argv), 1);
  ck_assert_uint_eq (lvm_command_find (names, 1, argv), 2);
  argv[1] = other;
  ck_assert_uint_eq (lvm_command_find (names, 2, argv), 2);
  ck_assert_uint_ge (lvm_count_processors (), 1);
}
END_TEST

UNIT_MAIN ("cli/command", one_file_or_none, a_command_without_files, nothing_to_do,
           common_options, first_word)
