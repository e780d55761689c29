/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/values.h"

#include "../unit.h"

#include <math.h>

static void
assert_refused (const char *name, double value, const char *format,
                const char *message)
{
  lvm_values *values = lvm_values_alloc ();
  lvm_error error = { 0 };

  ck_assert_int_eq (lvm_values_add (values, "first", 1, "%.0f"), LVM_OK);
  ck_assert_int_eq (lvm_values_add (values, name, value, format), LVM_FAILED);
  ck_assert_int_eq (lvm_values_add (values, "Later", value, format),
                    LVM_FAILED); /* the first is kept */
  ck_assert_int_eq (lvm_values_write (values, "/nowhere/at/all", &error),
                    LVM_FAILED);
  ck_assert_str_eq (error.message, message);
  lvm_values_free (values);
}

START_TEST (order_and_text)
{
  char folder[64], path[256], text[4096];
  lvm_values *values = lvm_values_alloc ();
  lvm_error error = { 0 };

  lvm_values_add (values, "zeta", 147, "%.0f");
  lvm_values_add (values, "alpha-2", 2.385, "%.2f");
  lvm_values_add (values, "bound", 1.25e-16, "%.1e");
  lvm_values_add (values, "count", 150, "%d");
  lvm_values_add (values, "vast", 1e300, "%g");
  lvm_values_add (values, "share", 12.5, "about %.1f nats");
  unit_make_folder (folder);
  ck_assert_int_eq (
      lvm_values_write (values, unit_path (path, folder, "v.json"), &error),
      LVM_OK);
  ck_assert_str_eq (
      unit_read (path, text),
      "{\n"
      "  \"zeta\": {\n    \"value\": 147,\n    \"text\": \"147\"\n  },\n"
      "  \"alpha-2\": {\n    \"value\": 2.3849999999999998,\n    \"text\": "
      "\"2.38\"\n  },\n"
      "  \"bound\": {\n    \"value\": 1.2500000000000001e-16,\n    \"text\": "
      "\"1.3e-16\"\n  },\n"
      "  \"count\": {\n    \"value\": 150,\n    \"text\": \"150\"\n  },\n"
      "  \"vast\": {\n    \"value\": 1.0000000000000001e300,\n    \"text\": "
      "\"1e+300\"\n  },\n"
      "  \"share\": {\n    \"value\": 12.5,\n    \"text\": \"about 12.5 nats\"\n "
      " }\n"
      "}\n");
  ck_assert_int_eq (unit_count_files (folder), 1);
  lvm_values_free (values);
  lvm_values_free (NULL);
  unit_remove_folder (folder);
}
END_TEST

START_TEST (bad_values)
{
  assert_refused ("first", 2, "%.0f", "value 'first' is there already");
  assert_refused ("x", NAN, "%.0f", "value 'x' is nan");
  assert_refused ("x", -INFINITY, "%.0f", "value 'x' is -inf");
  assert_refused ("", 2, "%.0f", "value '': a name is made of a-z, 0-9 and '-'");
  assert_refused ("Iris", 2, "%.0f",
                  "value 'Iris': a name is made of a-z, 0-9 and '-'");
  assert_refused ("a_b", 2, "%.0f",
                  "value 'a_b': a name is made of a-z, 0-9 and '-'");
  assert_refused ("x", 2.5, "%d", "value 'x' is 2.5, not a whole number");
}
END_TEST

START_TEST (bad_formats)
{
  static const char *const formats[] = { "",    "2",         "%",       "%s",
                                         "%i",  "%.2f %.2f", "%.2f %%", "%.2lf",
                                         "%5d", "%.400f" };
  char message[256];

  for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
    {
      snprintf (message, sizeof message,
                "value 'x': '%s' does not format one number", formats[i]);
      assert_refused ("x", 2, formats[i], message);
    }
}
END_TEST

START_TEST (no_file)
{
  lvm_values *values = lvm_values_alloc ();
  lvm_error error = { 0 };

  ck_assert_int_eq (lvm_values_write (values, "/nowhere/at/all", &error), LVM_DATA);
  ck_assert_str_eq (
      error.message,
      "/nowhere/at/all: cannot be written: No such file or directory");
  ck_assert_int_eq (lvm_values_write (values, "/dev/full", &error), LVM_DATA);
  lvm_values_free (values);
}
END_TEST

START_TEST (locale_does_not_matter)
{
  char folder[64], path[256], text[4096];
  lvm_values *values = lvm_values_alloc ();
  lvm_error error = { 0 };

  unit_make_folder (folder);
  if (unit_decimal_comma (folder))
    {
      lvm_values_add (values, "x", 0.5, "%.2f");
      ck_assert_int_eq (
          lvm_values_write (values, unit_path (path, folder, "v.json"), &error),
          LVM_OK);
      ck_assert_str_eq (localeconv ()->decimal_point, ",");
      ck_assert_str_eq (
          unit_read (path, text),
          "{\n  \"x\": {\n    \"value\": 0.5,\n    \"text\": \"0.50\"\n  }\n}\n");
    }
  setlocale (LC_ALL, "C");
  lvm_values_free (values);
  unit_remove_folder (folder);
}
END_TEST

UNIT_MAIN ("cli/values", order_and_text, bad_values, bad_formats, no_file,
           locale_does_not_matter)
