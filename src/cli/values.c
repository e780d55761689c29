/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/values.h"

#include "data/output.h"

#include <jansson.h>
#include <locale.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct lvm_values
{
  json_t *names; /* an object; jansson keeps the order of insertion */
  lvm_error error;
};

lvm_values *
lvm_values_alloc (void)
{
  lvm_values *values = lvm_alloc (1, sizeof (lvm_values));

  *values = (lvm_values){ .names = json_object () };
  return values;
}

void
lvm_values_free (lvm_values *values)
{
  if (values == NULL)
    return;
  json_decref (values->names);
  free (values);
}

/* Whether a format converts one double and has no other percent sign. Width and
   precision together are of three characters at most, so that no text outgrows its
   buffer. */
static bool
converts_one_double (const char *format)
{
  const char *p = strchr (format, '%');
  size_t digits;

  if (p == NULL || strlen (format) > 100)
    return false;
  p += 1 + strspn (p + 1, "+ #0-");
  digits = strspn (p, "0123456789.");
  p += digits;
  return digits <= 3 && *p != '\0' && strchr ("aefgAEFG", *p) != NULL
         && strchr (p, '%') == NULL;
}

/* printf in the C locale. */
static void __attribute__ ((format (printf, 3, 0)))
print_value (char *text, size_t size, const char *format, ...)
{
  locale_t c = newlocale (LC_ALL_MASK, "C", (locale_t) 0);
  locale_t old = uselocale (c);
  va_list list;

  va_start (list, format);
  vsnprintf (text, size, format, list);
  va_end (list);
  uselocale (old);
  freelocale (c);
}

static int
check_value (const lvm_values *values, const char *name, double value,
             const char *format, lvm_error *error)
{
  if (*name == '\0'
      || name[strspn (name, "abcdefghijklmnopqrstuvwxyz0123456789-")] != '\0')
    return lvm_fail (error, LVM_FAILED,
                     "value '%.100s': a name is made of a-z, 0-9 and '-'", name);
  if (json_object_get (values->names, name) != NULL)
    return lvm_fail (error, LVM_FAILED, "value '%.100s' is there already", name);
  if (!isfinite (value))
    return lvm_fail (error, LVM_FAILED, "value '%.100s' is %g", name, value);
  if (strcmp (format, "%d") == 0 && value != rint (value))
    return lvm_fail (error, LVM_FAILED,
                     "value '%.100s' is %.17g, not a whole number", name, value);
  if (strcmp (format, "%d") != 0 && !converts_one_double (format))
    return lvm_fail (error, LVM_FAILED,
                     "value '%.100s': '%.100s' does not format one number", name,
                     format);
  return LVM_OK;
}

int
lvm_values_add (lvm_values *values, const char *name, double value,
                const char *format)
{
  char text[2048];
  bool whole = fabs (value) < 0x1p53 && value == rint (value);
  lvm_error error = { 0 };

  if (check_value (values, name, value, format, &error) != LVM_OK)
    {
      if (values->error.status == LVM_OK)
        values->error = error;
      return error.status;
    }
  print_value (text, sizeof text, strcmp (format, "%d") == 0 ? "%.0f" : format,
               value);
  json_object_set_new (
      values->names, name,
      json_pack ("{s:o, s:s}", "value",
                 whole ? json_integer ((json_int_t) value) : json_real (value),
                 "text", text));
  return LVM_OK;
}

int
lvm_values_write (const lvm_values *values, const char *path, lvm_error *error)
{
  lvm_output *output;

  *error = values->error;
  if (error->status != LVM_OK)
    return error->status;
  output = lvm_output_open (path, error);
  if (output == NULL)
    return error->status;
  json_dumpf (values->names, lvm_output_stream (output), JSON_INDENT (2));
  putc ('\n', lvm_output_stream (output));
  return lvm_output_commit (output, error);
}
