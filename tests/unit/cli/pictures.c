/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/pictures.h"

#include "../unit.h"

#include <sys/stat.h>

/* Two by two pictures of 2 x 2, a gap of one between them.  */
START_TEST (places_and_gaps)
{
  lvm_pictures p = lvm_pictures_alloc (2, 2, 2, 1);
  const double picture[4] = { 1, 2, 3, 4 };
  const double right[6 * 5] = { 0,      0, 0, 1, 2, /**/ 0, 0, 0, 3, 4,
                                /**/ 0, 0, 0, 0, 0, 1,      0, 0, 0, 0,
                                /**/ 0, 1, 0, 0, 0, /**/ 0, 0, 0, 0, 0 };
  lvm_bits *x = lvm_bits_alloc (2, 4);
  lvm_bit_set (x, 1, 0);
  lvm_bit_set (x, 1, 3);
  ck_assert_uint_eq (p.width, 5);
  ck_assert_uint_eq (p.height, 6);
  lvm_pictures_put (&p, 1, picture);
  lvm_pictures_put_bits (&p, 2, x, 1);
  ck_assert_mem_eq (p.at, right, sizeof right);
  lvm_bits_free (x);
  lvm_pictures_free (&p);
  ck_assert_ptr_null (p.at);
}
END_TEST

START_TEST (table_in_hundredths)
{
  char folder[64], path[256], text[4096];
  lvm_error error;
  const double picture[4] = { 0.125, 1. / 3, -2, 0.001 };
  unit_make_folder (folder);
  mkdir (unit_path (path, folder, "tables"), 0700);
  mkdir (unit_path (path, folder, "values"), 0700);
  lvm_pictures p = lvm_pictures_alloc (1, 1, 2, 0);
  lvm_book *b = lvm_book_open (folder, "09-x");
  lvm_pictures_put (&p, 0, picture);
  lvm_pictures_write (&p, lvm_pictures_table_begin (b, "09-p", p.width));
  lvm_book_table_end (b);
  FILE *nowhere = fopen ("/dev/null", "w");
  const int saved = unit_redirect (2, fileno (nowhere));
  ck_assert_int_eq (lvm_book_close (b, &error), LVM_OK);
  unit_restore (2, saved);
  fclose (nowhere);
  ck_assert_str_eq (unit_read (unit_path (path, folder, "tables/09-p.tsv"), text),
                    "# x0\tx1\n0.13\t0.33\n-2\t0\n");
  lvm_pictures_free (&p);
  unit_remove_folder (folder);
}
END_TEST

UNIT_MAIN ("cli/pictures", places_and_gaps, table_in_hundredths)
