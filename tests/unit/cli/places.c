/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/places.h"

#include "../unit.h"

/* What is said of two places; "" where they go together.  */
static const char *
check (lvm_place a, lvm_place b)
{
  static lvm_error error;
  const lvm_place places[] = { a, { .name = "unused" }, b };
  error = (lvm_error){ 0 };
  const int status = lvm_check_places (places, 3, &error);
  ck_assert_int_eq (status, *error.message == '\0' ? LVM_OK : LVM_USAGE);
  return error.message;
}

static lvm_place
input (const char *path)
{
  return (lvm_place){ .name = "DATA", .path = path };
}

static lvm_place
output (const char *path)
{
  return (lvm_place){ .name = "--output", .path = path, .written = true };
}

static lvm_place
trace (const char *path)
{
  return (lvm_place){ .name = "--trace", .path = path, .written = true };
}

START_TEST (dash_is_standard)
{
  ck_assert (lvm_is_standard ("-"));
  ck_assert (!lvm_is_standard ("-x"));
  ck_assert (!lvm_is_standard (""));
  ck_assert (!lvm_is_standard (NULL));
}
END_TEST

START_TEST (standard_input_and_output_once)
{
  ck_assert_str_eq (check (input ("-"), input ("-")),
                    "DATA and DATA cannot both be standard input");
  ck_assert_str_eq (check (output ("-"), trace ("-")),
                    "--output and --trace cannot both be standard output");
  ck_assert_str_eq (check (input ("-"), output ("-")), "");
  ck_assert_str_eq (check (input (NULL), output ("-")), "");
}
END_TEST

/* By whatever name: a link, another path, a file not there yet.  */
START_TEST (one_file_by_several_names)
{
  char folder[64], a[256], b[256], link_[256];
  unit_make_folder (folder);
  ck_assert_int_eq (chdir (folder), 0);
  unit_write (unit_path (a, folder, "a"), "");
  unit_write (unit_path (b, folder, "b"), "");
  ck_assert_int_eq (symlink (a, unit_path (link_, folder, "link")), 0);
  ck_assert_str_eq (check (input (a), output (b)), "");
  ck_assert_str_eq (check (input (a), input (a)), "");
  ck_assert_str_eq (check (input (a), output ("./a")),
                    "DATA and --output are the same file, ./a");
  ck_assert_str_eq (check (input ("a"), output ("link")),
                    "DATA and --output are the same file, link");
  ck_assert_str_eq (check (output ("a"), trace ("link")),
                    "--output and --trace are the same file, link");
  ck_assert_str_eq (check (output ("new"), trace ("new")),
                    "--output and --trace are the same file, new");
  ck_assert_str_eq (check (output ("new"), trace ("other")), "");
  ck_assert_str_eq (check (input ("/dev/null"), output ("/dev/null")), "");
  ck_assert_int_eq (chdir ("/"), 0);
  unit_remove_folder (folder);
}
END_TEST

/* The file behind standard input is one, too; standard output is not looked at.  */
START_TEST (the_file_in_standard_input)
{
  char folder[64], a[256];
  unit_make_folder (folder);
  unit_write (unit_path (a, folder, "a"), "");
  ck_assert_ptr_nonnull (freopen (a, "r", stdin));
  ck_assert_str_ne (check (input ("-"), output (a)), "");
  ck_assert_str_eq (check (output ("-"), trace (a)), "");
  unit_remove_folder (folder);
}
END_TEST

START_TEST (a_model_replaces_its_start)
{
  char folder[64], a[256];
  const lvm_place start = { .name = "--initialise", .path = a };
  lvm_place model = { .name = "--model", .path = a, .written = true };
  unit_make_folder (folder);
  unit_write (unit_path (a, folder, "a"), "");
  ck_assert_str_ne (check (start, model), "");
  model.replaces = "--initialise";
  ck_assert_str_eq (check (start, model), "");
  ck_assert_str_ne (check (input (a), model), "");
  unit_remove_folder (folder);
}
END_TEST

UNIT_MAIN ("cli/places", dash_is_standard, standard_input_and_output_once,
           one_file_by_several_names, the_file_in_standard_input,
           a_model_replaces_its_start)
