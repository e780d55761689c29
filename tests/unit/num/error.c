/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "num/error.h"

#include "../unit.h"

#include <stdint.h>

START_TEST (a_message_too_long_is_cut)
{
  lvm_error error = { 0 };
  ck_assert_int_eq (lvm_fail (&error, LVM_USAGE, "%s %1000d", "so", 1), LVM_USAGE);
  ck_assert_int_eq (error.status, LVM_USAGE);
  ck_assert_uint_eq (strlen (error.message), sizeof error.message - 1);
  ck_assert_int_eq (strncmp (error.message, "so  ", 4), 0);
}
END_TEST

START_TEST (lines_of_zeros)
{
  for (size_t n = 0; n < 40; n++)
    {
      float *x = lvm_alloc_lines (n, sizeof *x);
      ck_assert_uint_eq ((uintptr_t) x % 64, 0);
      for (size_t i = 0; i < n; i++)
        ck_assert (x[i] == 0);
      free (x);
    }
}
END_TEST

START_TEST (resizing_keeps)
{
  int *x = lvm_alloc (0, sizeof *x);
  x = lvm_realloc (x, 3, sizeof *x);
  x[2] = 7;
  x = lvm_realloc (x, 1000, sizeof *x);
  ck_assert_int_eq (x[2], 7);
  free (x);
}
END_TEST

UNIT_MAIN ("num/error", a_message_too_long_is_cut, lines_of_zeros, resizing_keeps)
