/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/input.h"

#include "../unit.h"

#include <stdarg.h>

/* Runs a command of the shell in the folder. */
static void __attribute__ ((format (printf, 2, 3)))
shell (const char *folder, const char *format, ...)
{
  char line[1024];
  va_list list;
  int length = snprintf (line, sizeof line, "cd '%s' && ", folder);

  va_start (list, format);
  vsnprintf (line + length, sizeof line - (size_t) length, format, list);
  va_end (list);
  ck_assert_msg (system (line) == 0, "%s", line);
}

/* Demands that the input holds that text, and nothing else. */
static void
assert_text (const char *path, const char *expected)
{
  char text[4096];
  lvm_error error = { 0 };
  lvm_input *input = lvm_input_open (path, &error);

  ck_assert_msg (input != NULL, "%s", error.message);
  text[fread (text, 1, 4095, lvm_input_stream (input))] = '\0';
  ck_assert_str_eq (text, expected);
  ck_assert_msg (lvm_input_check (input, &error) == LVM_OK, "%s", error.message);
  lvm_input_close (input);
}

/* Demands that the input, read to its end, fails with PATH: sentence. */
static void
assert_broken (const char *path, const char *sentence)
{
  char expected[512];
  lvm_error error = { 0 };
  lvm_input *input = lvm_input_open (path, &error);

  ck_assert_msg (input != NULL, "%s", error.message);
  while (getc (lvm_input_stream (input)) != EOF)
    ;
  ck_assert (ferror (lvm_input_stream (input)));
  ck_assert_int_eq (lvm_input_check (input, &error), LVM_DATA);
  ck_assert_int_eq (error.status, LVM_DATA);
  snprintf (expected, sizeof expected, "%s: %s", path, sentence);
  ck_assert_str_eq (error.message, expected);
  lvm_input_close (input);
}

START_TEST (plain_and_gzipped)
{
  char folder[64], path[256];

  unit_make_folder (folder);
  unit_write (unit_path (path, folder, "a"), "2.385,1\n3,4\n");
  assert_text (path, "2.385,1\n3,4\n");
  shell (folder, "gzip -9 a");
  assert_text (unit_path (path, folder, "a.gz"), "2.385,1\n3,4\n");

  /* content decides, not the name; and several streams are one file, as for gzip */
  shell (folder, "cat a.gz a.gz > a.csv");
  assert_text (unit_path (path, folder, "a.csv"), "2.385,1\n3,4\n2.385,1\n3,4\n");

  shell (folder, ": > e; printf '\\037' > one; gzip -n < e > e.gz");
  assert_text (unit_path (path, folder, "e"), "");
  assert_text (unit_path (path, folder, "e.gz"), "");
  assert_text (unit_path (path, folder, "one"), "\037");
  unit_remove_folder (folder);
}
END_TEST

START_TEST (peek_reads_nothing)
{
  char folder[64], path[256];
  lvm_error error = { 0 };
  lvm_input *input;

  unit_make_folder (folder);
  unit_write (unit_path (path, folder, "a"), "\xFFz");
  input = lvm_input_open (path, &error);
  ck_assert_int_eq (lvm_input_peek (input), 0xFF);
  ck_assert_int_eq (lvm_input_peek (input), 0xFF);
  ck_assert_int_eq (getc (lvm_input_stream (input)), 0xFF);
  ck_assert_int_eq (lvm_input_peek (input), 'z');
  ck_assert_int_eq (getc (lvm_input_stream (input)), 'z');
  ck_assert_int_eq (lvm_input_peek (input), EOF);
  ck_assert_int_eq (lvm_input_peek (input), EOF);
  ck_assert_int_eq (lvm_input_check (input, &error), LVM_OK);
  ck_assert_str_eq (lvm_input_name (input), path);
  lvm_input_close (input);
  lvm_input_close (NULL);
  unit_remove_folder (folder);
}
END_TEST

START_TEST (broken_streams)
{
  char folder[64], path[256];
  const char *cut = "the gzip stream is cut short";
  const char *broken = "the gzip stream is broken";

  unit_make_folder (folder);
  shell (folder, "seq 100000 | gzip -n > a.gz");
  shell (folder, "head -c 5 a.gz > header");
  shell (folder, "head -c 50000 a.gz > middle");
  shell (folder, "head -c -1 a.gz > last");
  shell (folder,
         "{ head -c 50000 a.gz; printf 'no more'; tail -c +50008 a.gz; } > bits");
  shell (folder, "{ head -c -8 a.gz; printf 'no'; tail -c 6 a.gz; } > sum");
  shell (folder, "printf '\\037\\213\\001\\000' > method");
  assert_broken (unit_path (path, folder, "header"), cut);
  assert_broken (unit_path (path, folder, "middle"), cut);
  assert_broken (unit_path (path, folder, "last"), cut);
  assert_broken (unit_path (path, folder, "bits"), broken);
  assert_broken (unit_path (path, folder, "sum"), broken);
  assert_broken (unit_path (path, folder, "method"), broken);
  assert_broken (folder, "Is a directory");
  unit_remove_folder (folder);
}
END_TEST

START_TEST (no_such_file)
{
  lvm_error error = { 0 };

  ck_assert_ptr_null (lvm_input_open ("/none/such", &error));
  ck_assert_int_eq (error.status, LVM_DATA);
  ck_assert_str_eq (error.message, "/none/such: No such file or directory");
}
END_TEST

/* A pipe gives its bytes in pieces; here they are gzipped, too. */
START_TEST (standard_input)
{
  enum
  {
    N = 50000
  };
  lvm_error error = { 0 };
  FILE *pipe = popen ("seq 50000 | gzip", "r");
  int saved = unit_redirect (STDIN_FILENO, fileno (pipe));
  lvm_input *input = lvm_input_open ("-", &error);
  int n, read = 0;

  unit_restore (STDIN_FILENO, saved);
  ck_assert_str_eq (lvm_input_name (input), "standard input");
  ck_assert_int_eq (lvm_input_peek (input), '1');
  while (fscanf (lvm_input_stream (input), "%d", &n) == 1)
    ck_assert_int_eq (n, ++read);
  ck_assert_int_eq (read, N);
  ck_assert_int_eq (lvm_input_check (input, &error), LVM_OK);
  lvm_input_close (input);
  pclose (pipe);
}
END_TEST

UNIT_MAIN ("data/input", plain_and_gzipped, peek_reads_nothing, broken_streams,
           no_such_file, standard_input)
