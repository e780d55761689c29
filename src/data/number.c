/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/number.h"

#include "num/error.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* digits * 10^exponent */
typedef struct
{
  bool negative;
  bool cut; /* more digits were given than the 19 that fit */
  uint64_t digits;
  int exponent;
} decimal;

/* glibc and musl hand out one constant object for the C locale: nothing is
 * allocated */
static double
read_with_strtod (const char *text)
{
  return strtod_l (text, NULL, newlocale (LC_ALL_MASK, "C", (locale_t) 0));
}

/* x * 10^power, off by a few units of the last place of a long double. */
static long double
scale (long double x, int power)
{
  static const long double ten[] = { 1e1L,  1e2L,  1e4L,   1e8L,  1e16L,
                                     1e32L, 1e64L, 1e128L, 1e256L };
  long double factor = 1;

  for (size_t bit = 0; bit < sizeof ten / sizeof ten[0]; bit++)
    if (((unsigned int) abs (power) >> bit) & 1U)
      factor *= ten[bit];
  return power < 0 ? x / factor : x * factor;
}

/* The relative error of scale. A long double is measured, since some machines
   compute it as a double whatever <float.h> says: valgrind does. */
static long double
scale_error (void)
{
  volatile long double one = 1;

  return 16 * (one + LDBL_EPSILON > one ? LDBL_EPSILON : (long double) DBL_EPSILON);
}

/* The double nearest to d, where that is certain without strtod.

   An integer below 2^53 times or over a power of ten that is itself a double needs
   one operation, which IEEE 754 rounds correctly (Clinger 1990). Else long double,
   where it is wider than double, leaves no doubt unless the value lies beside the
   midpoint of two doubles. */
static bool
certain_value (const decimal *d, double *x)
{
  static const double ten[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
  double value, high;

  if (d->cut || abs (d->exponent) > 340)
    return false;
  if (d->digits <= (UINT64_C (1) << DBL_MANT_DIG) && abs (d->exponent) <= 22)
    {
      value = (double) d->digits;
      value = high =
          d->exponent < 0 ? value / ten[-d->exponent] : value * ten[d->exponent];
    }
  else
    {
      long double scaled = scale ((long double) d->digits, d->exponent);
      long double doubt = scaled * scale_error ();

      value = (double) (scaled - doubt);
      high = (double) (scaled + doubt);
      if (!(value >= DBL_MIN && high <= DBL_MAX))
        return false;
    }
  *x = d->negative ? -value : value;
  return value == high;
}

static bool
is_digit (char c)
{
  return c >= '0' && c <= '9';
}

/* Adds a run of digits to d and returns the first character after it. */
static const char *
scan_digits (const char *p, decimal *d, int exponent_per_digit)
{
  for (; is_digit (*p); p++)
    {
      if (d->digits < UINT64_C (1000000000000000000))
        {
          d->digits = 10 * d->digits + (uint64_t) (*p - '0');
          d->exponent += exponent_per_digit;
        }
      else
        d->cut = true;
    }
  return p;
}

static const char *
scan_exponent (const char *p, decimal *d)
{
  const char *q = p;
  bool negative;
  int exponent = 0;

  if (*q != 'e' && *q != 'E')
    return p;
  q++;
  negative = *q == '-';
  if (*q == '-' || *q == '+')
    q++;
  if (!is_digit (*q))
    return p;
  for (; is_digit (*q); q++)
    if (exponent < 100000)
      exponent = 10 * exponent + (*q - '0');
  d->exponent += negative ? -exponent : exponent;
  return q;
}

/* Returns the first character after the decimal number at p, or NULL when there is
 * none. */
static const char *
scan_decimal (const char *p, decimal *d)
{
  const char *start;
  bool digit;

  *d = (decimal){ .negative = *p == '-' };
  if (*p == '-' || *p == '+')
    p++;
  start = p;
  p = scan_digits (p, d, 0);
  digit = p > start;
  if (*p == '.')
    {
      start = p + 1;
      p = scan_digits (start, d, -1);
      digit = digit || p > start;
    }
  return digit ? scan_exponent (p, d) : NULL;
}

static int
read_word (const char *text, double *x, const char **end)
{
  static const struct
  {
    const char *word;
    double value;
  } words[] = { { "infinity", (double) INFINITY },
                { "inf", (double) INFINITY },
                { "nan", (double) NAN } };
  const char *p = text + (*text == '-' || *text == '+');

  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
    if (strncasecmp (p, words[i].word, strlen (words[i].word)) == 0)
      {
        *x = *text == '-' ? -words[i].value : words[i].value;
        *end = p + strlen (words[i].word);
        return LVM_OK;
      }
  return LVM_FAILED;
}

int
lvm_number_read (const char *text, double *x, const char **end)
{
  decimal d;
  const char *after = scan_decimal (text, &d);

  if (after == NULL)
    return read_word (text, x, end);
  *end = after;
  if (!certain_value (&d, x))
    *x = read_with_strtod (text);
  return isinf (*x) ? LVM_DATA : LVM_OK;
}

/* Writes the digits of value, at least one, and returns their number. */
static int
write_digits (uint64_t value, char text[LVM_NUMBER_SIZE])
{
  char reversed[LVM_NUMBER_SIZE];
  int n = 0;

  do
    {
      reversed[n++] = (char) ('0' + value % 10);
      value /= 10;
    }
  while (value > 0);
  for (int i = 0; i < n; i++)
    text[i] = reversed[n - 1 - i];
  return n;
}

/* Copies n digits to p with a point before the one at place point: 123, 1
   gives 1.23; 123, -1 gives 0.0123; 123, 5 gives 12300. */
static char *
place_point (char *p, const char *digits, int n, int point)
{
  if (point <= 0)
    *p++ = '0';
  for (int i = point < 0 ? point : 0; i < n || i < point; i++)
    {
      if (i == point)
        *p++ = '.';
      *p++ = i >= 0 && i < n ? digits[i] : '0';
    }
  return p;
}

/* Lays digits and exponent out as Python does: plain from 1e-4 to 1e16, else with
 * an exponent. */
static size_t
write_decimal (const decimal *d, char text[LVM_NUMBER_SIZE])
{
  char digits[LVM_NUMBER_SIZE];
  int n = write_digits (d->digits, digits);
  int point = n + d->exponent; /* the value is 0.DIGITS * 10^point */
  char *p = text;

  if (d->negative)
    *p++ = '-';
  if (point > 16 || point < -3)
    {
      p = place_point (p, digits, n, 1);
      *p++ = 'e';
      if (point < 1)
        *p++ = '-';
      p += write_digits ((uint64_t) abs (point - 1), p);
    }
  else
    p = place_point (p, digits, n, point);
  *p = '\0';
  return (size_t) (p - text);
}

/* Writes d without its final zeros, and tells whether that reads back as x. */
static bool
write_if_same (decimal *d, double x, char text[LVM_NUMBER_SIZE], size_t *length)
{
  double y;

  while (d->digits > 0 && d->digits % 10 == 0)
    {
      d->digits /= 10;
      d->exponent++;
    }
  if (certain_value (d, &y) && y != x)
    return false;
  *length = write_decimal (d, text);
  return certain_value (d, &y) || read_with_strtod (text) == x;
}

/* Tries 15, 16 and 17 digits. Any decimal of up to 15 digits survives the way into
   a double and back, so that the nearest one of 15 digits, its final zeros dropped,
   is the shortest where one will do. */
static bool
write_normal (double x, char text[LVM_NUMBER_SIZE], size_t *length)
{
  int power = 15 - (int) ceil (log10 (fabs (x)));

  for (int last = power + 2; power <= last; power++)
    {
      long double nearest = rintl (scale (fabsl ((long double) x), power));
      decimal d = { .negative = x < 0, .exponent = -power };

      if (!(nearest < 1e18L))
        return false;
      d.digits = (uint64_t) nearest;
      if (write_if_same (&d, x, text, length))
        return true;
    }
  return false;
}

/* Any finite number, slowly: the digits are printf's. Its decimal point, which the
   locale chooses, is passed over. */
static size_t
write_slowly (double x, char text[LVM_NUMBER_SIZE])
{
  size_t length = 0;
  bool same = false;

  for (int places = 0; !same; places++)
    {
      char printed[64];
      decimal d = { .negative = signbit (x) != 0 };
      const char *p;

      snprintf (printed, sizeof printed, "%.*e", places, fabs (x));
      for (p = printed; *p != 'e'; p++)
        if (is_digit (*p))
          d.digits = 10 * d.digits + (uint64_t) (*p - '0');
      d.exponent = (int) strtol (p + 1, NULL, 10) - places;
      same = write_if_same (&d, x, text, &length);
    }
  return length;
}

size_t
lvm_number_write (double x, char text[LVM_NUMBER_SIZE])
{
  size_t length;

  if (isnan (x) || isinf (x))
    {
      strcpy (text, isnan (x) ? "nan" : x < 0 ? "-inf" : "inf");
      return strlen (text);
    }
  if (x == 0)
    {
      strcpy (text, signbit (x) ? "-0" : "0");
      return strlen (text);
    }
  if (fabs (x) >= DBL_MIN && write_normal (x, text, &length))
    return length;
  return write_slowly (x, text);
}
