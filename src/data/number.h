/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_DATA_NUMBER_H
#define LVM_DATA_NUMBER_H

#include <stddef.h>

/* Doubles as text, always with a point and never with grouping, whatever the locale. */

enum
{
  LVM_NUMBER_SIZE =
      32 /* room for the longest number written, its final NUL included */
};

/* Reads the decimal number that begins at text: [+-] digits [. digits] [e [+-] digits], or inf,
   infinity, nan in any case. No leading space, no hexadecimal.

   Given:    text    ends in a NUL, or in any character that cannot continue a number
   Returned: x       the nearest double; tiny numbers become subnormal or zero
             end     the first character after the number
   Status:   LVM_OK; LVM_FAILED when no number begins here (x and end untouched);
             LVM_DATA when it is too large for a double (end is set).
   Cost:     about 15 ns up to 15 digits, 45 ns up to 19; else that of strtod. */
int lvm_number_read (const char *text, double *x, const char **end);

/* Writes the shortest decimal that reads back to the same double: the fewest digits of which the
   nearest decimal does. (For some powers of two its neighbour would be one digit shorter.)

   Given:    x       any double
   Returned: text    such as 0.1, -3, 1e-5, 1.7976931348623157e308, -0, inf, -inf, nan
   Status:   the length of text.
   Cost:     below 0.2 us (subnormals excepted). */
size_t lvm_number_write (double x, char text[LVM_NUMBER_SIZE]);

#endif
