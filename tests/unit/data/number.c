/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/number.h"

#include "num/error.h"

#include "../unit.h"

#include <float.h>
#include <math.h>
#include <stdint.h>

/* Marsaglia's xorshift: all bit patterns shall occur. */
static uint64_t
next_bits (uint64_t *state)
{
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return *state;
}

static double
from_bits (uint64_t bits)
{
  double x;

  memcpy (&x, &bits, sizeof x);
  return x;
}

static void
assert_written (double x, const char *expected)
{
  char text[LVM_NUMBER_SIZE];

  ck_assert_uint_eq (lvm_number_write (x, text), strlen (expected));
  ck_assert_str_eq (text, expected);
}

static void
assert_reads_back (double x)
{
  char text[LVM_NUMBER_SIZE], longest[64];
  const char *end;
  double y;

  ck_assert_uint_lt (lvm_number_write (x, text), LVM_NUMBER_SIZE);
  ck_assert_msg (strtod (text, NULL) == x, "%s is not %.17g", text, x);
  ck_assert_int_eq (lvm_number_read (text, &y, &end), LVM_OK);
  ck_assert_msg (y == x && *end == '\0', "%s is read as %.17g", text, y);
  snprintf (longest, sizeof longest, "%.17g", x);
  ck_assert_uint_le (strlen (text), strlen (longest) + 4); /* 0.000 for e-05 */
}

START_TEST (writes_the_shortest)
{
  assert_written (0, "0");
  assert_written (-0.0, "-0");
  assert_written (1, "1");
  assert_written (-3, "-3");
  assert_written (0.1, "0.1");
  assert_written (-0.25, "-0.25");
  assert_written (2.385, "2.385");
  assert_written (0.1 + 0.2, "0.30000000000000004");
  assert_written (1.0 / 3, "0.3333333333333333");
  assert_written (123456.789, "123456.789");
  assert_written (0.0001, "0.0001");
  assert_written (0.00012345, "0.00012345");
  assert_written (0.00001, "1e-5");
  assert_written (1.5e-7, "1.5e-7");
  assert_written (1e15, "1000000000000000");
  assert_written (0x1p53, "9007199254740992");
  assert_written (1e16, "1e16");
  assert_written (-1.25e100, "-1.25e100");
  assert_written (DBL_MAX, "1.7976931348623157e308");
  assert_written (DBL_MIN, "2.2250738585072014e-308");
  assert_written (DBL_MIN * DBL_EPSILON, "5e-324");
  assert_written (3 * DBL_MIN * DBL_EPSILON, "1.5e-323");
  assert_written (INFINITY, "inf");
  assert_written (-INFINITY, "-inf");
  assert_written (NAN, "nan");
}
END_TEST

START_TEST (everything_written_reads_back)
{
  uint64_t state = UINT64_C (88172645463325252);

  for (int i = 0; i < 100000; i++)
    {
      double x = from_bits (next_bits (&state));

      if (isfinite (x))
        assert_reads_back (x);
      assert_reads_back ((double) (next_bits (&state) >> 11) * 0x1p-53);
      assert_reads_back (
          -1000 * log ((double) (1 + (next_bits (&state) >> 11)) * 0x1p-53));
    }
}
END_TEST

/* Around each power of two and of ten, where the gap between doubles and the number of digits
 * change. */
START_TEST (borders_read_back)
{
  for (int e = -1074; e < 1024; e++)
    {
      assert_reads_back (ldexp (1, e));
      assert_reads_back (nextafter (ldexp (1, e), 0));
      assert_reads_back (nextafter (ldexp (1, e), 2 * ldexp (0.99, e)));
    }
  for (int e = -323; e <= 308; e++)
    {
      char text[16];
      double x;

      sprintf (text, "1e%d", e);
      x = strtod (text, NULL);
      assert_reads_back (x);
      if (e < -4 || e > 15)
        assert_written (x, text);
    }
}
END_TEST

/* Texts beside the midpoint of two doubles, and of any length, are rounded as strtod rounds them.
 */
START_TEST (reads_as_strtod_does)
{
  uint64_t state = 2463534242;

  for (int i = 0; i < 300000; i++)
    {
      uint64_t bits = next_bits (&state) & UINT64_C (0x7fefffffffffffff);
      long double middle =
          ((long double) from_bits (bits) + (long double) from_bits (bits + 1)) / 2;
      char text[128];
      const char *end;
      double x;

      if (i % 3 == 0)
        snprintf (text, sizeof text, "%.*Le", 14 + (int) (bits % 8), middle);
      else if (i % 3 == 1)
        snprintf (text, sizeof text, "-%ju.%jue%+d",
                  (uintmax_t) (bits >> bits % 64), (uintmax_t) bits,
                  (int) (bits % 700) - 350);
      else
        snprintf (text, sizeof text, "%.*g", 1 + (int) (bits % 25),
                  from_bits (bits));
      ck_assert_int_eq (lvm_number_read (text, &x, &end),
                        isinf (strtod (text, NULL)) ? LVM_DATA : LVM_OK);
      ck_assert_msg (x == strtod (text, NULL) && *end == '\0',
                     "%s is read as %.17g", text, x);
    }
}
END_TEST

static void
assert_read (const char *text, int status, double expected, const char *rest)
{
  const char *end = text;
  double x = 2.385;

  ck_assert_int_eq (lvm_number_read (text, &x, &end), status);
  ck_assert_str_eq (end, rest);
  ck_assert_msg (x == expected || (isnan (x) && isnan (expected)),
                 "%s is read as %.17g", text, x);
  ck_assert_int_eq (signbit (x) != 0, signbit (expected) != 0);
}

START_TEST (reads_what_numbers_look_like)
{
  assert_read ("12.5", LVM_OK, 12.5, "");
  assert_read ("+.5", LVM_OK, 0.5, "");
  assert_read ("-5.", LVM_OK, -5, "");
  assert_read ("-0", LVM_OK, -0.0, "");
  assert_read ("1e3,2", LVM_OK, 1000, ",2");
  assert_read ("1E-3 ", LVM_OK, 0.001, " ");
  assert_read ("1e+3", LVM_OK, 1000, "");
  assert_read ("1e", LVM_OK, 1, "e");
  assert_read ("1e+", LVM_OK, 1, "e+");
  assert_read ("1,5", LVM_OK, 1, ",5");
  assert_read ("0x10", LVM_OK, 0, "x10");
  assert_read ("inf", LVM_OK, INFINITY, "");
  assert_read ("-Infinity", LVM_OK, -INFINITY, "");
  assert_read ("NaN", LVM_OK, NAN, "");
  assert_read ("nano", LVM_OK, NAN, "o");
  assert_read ("00000000000000000000000000000000000000001", LVM_OK, 1, "");
  assert_read ("1000000000000000000000000000000000000000", LVM_OK, 1e39, "");
  assert_read ("0.0000000000000000000000000000000000000012345678901234567890123",
               LVM_OK, 1.2345678901234567890123e-39, "");
}
END_TEST

START_TEST (refuses_what_is_none)
{
  static const char *const texts[] = { "",    ".",  "-",  "+",   "e5", "-.e1",
                                       "abc", " 1", "in", "--1", "#" };

  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    assert_read (texts[i], LVM_FAILED, 2.385, texts[i]);
}
END_TEST

START_TEST (overflow_is_told_and_underflow_is_not)
{
  assert_read ("1e999", LVM_DATA, INFINITY, "");
  assert_read ("-1e309", LVM_DATA, -INFINITY, "");
  assert_read ("1e99999999999999999999", LVM_DATA, INFINITY, "");
  assert_read ("1e-999", LVM_OK, 0, "");
  assert_read ("-1e-400", LVM_OK, -0.0, "");
  assert_read ("0e99999999999999999999", LVM_OK, 0, "");
  assert_read ("3e-324", LVM_OK, DBL_MIN * DBL_EPSILON, "");
}
END_TEST

START_TEST (locale_does_not_matter)
{
  char folder[64], text[64];

  unit_make_folder (folder);
  if (unit_decimal_comma (folder))
    {
      snprintf (text, sizeof text, "%.1f", 0.5);
      ck_assert_str_eq (text, "0,5");
      assert_written (0.1 + 0.2, "0.30000000000000004");
      assert_written (1.5e-320, "1.5e-320");
      assert_read ("0.30000000000000004", LVM_OK, 0.1 + 0.2, "");
      assert_read ("0.300000000000000040000000001", LVM_OK, 0.1 + 0.2, "");
      assert_read ("1.5e-320", LVM_OK, 1.5e-320, "");
    }
  setlocale (LC_ALL, "C");
  unit_remove_folder (folder);
}
END_TEST

UNIT_MAIN ("data/number", writes_the_shortest, everything_written_reads_back,
           borders_read_back, reads_as_strtod_does, reads_what_numbers_look_like,
           refuses_what_is_none, overflow_is_told_and_underflow_is_not,
           locale_does_not_matter)
