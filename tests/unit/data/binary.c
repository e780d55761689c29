/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/binary.h"

#include "../unit.h"

#include "data/idx.h"

static char folder[64], path[256]; /* each test's own file */
static lvm_error error;
static lvm_binary points;

static void
setup (const char *text)
{
  unit_make_folder (folder);
  unit_write (unit_path (path, folder, "a"), text);
  error = (lvm_error){ 0 };
}

/* Two images of 2 x 3 pixels.  */
static void
setup_images (const char pixels[12])
{
  FILE *f;
  setup ("");
  f = fopen (path, "w");
  fwrite ("\0\0\x08\3\0\0\0\2\0\0\0\2\0\0\0\3", 1, 16, f);
  fwrite (pixels, 1, 12, f);
  fclose (f);
}

/* Demands points of these bits, one point after the other.  */
static void
assert_bits (double threshold, size_t N, size_t D, const char *bits)
{
  ck_assert_msg (lvm_binary_read (&points, path, NULL, threshold, &error) == LVM_OK,
                 "%s", error.message);
  ck_assert (points.x->N == N && points.x->D == D);
  for (size_t n = 0; n < N; n++)
    for (size_t d = 0; d < 8 * points.x->stride; d++)
      ck_assert_int_eq (lvm_bit (points.x, n, d), d < D && bits[n * D + d] == '1');
}

static void
assert_refused (const char *label, double threshold, int status,
                const char *sentence)
{
  ck_assert_int_eq (lvm_binary_read (&points, path, label, threshold, &error),
                    status);
  ck_assert_ptr_nonnull (strstr (error.message, sentence));
  lvm_binary_free (&points);
}

START_TEST (tables)
{
  setup ("a,b,c\n0,1,1\n1,0.0,-0\n");
  assert_bits (-1, 2, 3, "011100");
  ck_assert_str_eq (points.table.names[2], "c");
  ck_assert_ptr_null (points.table.x);
  ck_assert_uint_eq (points.shape.height, 0);
  lvm_binary_free (&points);
  assert_bits (0, 2, 3, "011100");
  lvm_binary_free (&points);
  ck_assert_ptr_null (points.x);
  unit_remove_folder (folder);
}
END_TEST

START_TEST (thresholds)
{
  setup ("0.25,7,inf\n0.2501,-3,-inf\n");
  assert_bits (0.25, 2, 3, "011100");
  lvm_binary_free (&points);
  assert_bits (0, 2, 3, "111100");
  lvm_binary_free (&points);
  assert_bits (8, 2, 3, "001000");
  lvm_binary_free (&points);
  unit_remove_folder (folder);
}
END_TEST

START_TEST (labels)
{
  setup ("kind,a,b\nx,0,1\ny,1,1\n");
  ck_assert_int_eq (lvm_binary_read (&points, path, "kind", -1, &error), LVM_OK);
  ck_assert_uint_eq (points.x->D, 2);
  ck_assert_int_eq (points.table.labels[1], 1);
  lvm_binary_free (&points);
  assert_refused (NULL, -1, LVM_DATA, "a:2: column 1 (kind): 'x' is not a number");
  unit_remove_folder (folder);
}
END_TEST

START_TEST (bad_cells)
{
  setup ("a,b\n0,1\n\n1,0.5\n");
  assert_refused (NULL, -1, LVM_DATA,
                  "a:4: column 2 (b): 0.5 is neither 0 nor 1: other numbers need "
                  "--threshold=T, and are 1 where greater than T");
  unit_remove_folder (folder);
  setup ("0,1\n-1,0\n");
  assert_refused (NULL, -1, LVM_DATA, "a:2: column 1: -1 is neither 0 nor 1");
  unit_remove_folder (folder);
  setup ("0,nan\n1,0\n");
  assert_refused (NULL, -1, LVM_DATA, "a:1: column 2: nan is no place for a point");
  assert_refused (NULL, 0.5, LVM_DATA,
                  "a:1: column 2: nan is no place for a point");
  unit_remove_folder (folder);
  setup ("0,1\n1\n");
  assert_refused (NULL, -1, LVM_DATA, "a:2: 1 cell, but line 1 has 2");
  unit_remove_folder (folder);
  setup ("");
  assert_refused (NULL, -1, LVM_DATA, "a: the file is empty");
  ck_assert_int_eq (unlink (path), 0);
  assert_refused (NULL, -1, LVM_DATA, "a: No such file or directory");
  unit_remove_folder (folder);
}
END_TEST

/* Pixels from a fraction on: greater than 99.5 is greater than 99.  */
START_TEST (images)
{
  setup_images ("\0\x64\0\x64\x64\0\x64\0\0\0\0\x64");
  assert_bits (-1, 2, 6, "010110100001");
  ck_assert_uint_eq (points.shape.height, 2);
  ck_assert_uint_eq (points.shape.width, 3);
  ck_assert_ptr_null (points.table.names);
  lvm_binary_free (&points);
  assert_bits (99.5, 2, 6, "010110100001");
  lvm_binary_free (&points);
  assert_bits (100, 2, 6, "000000000000");
  lvm_binary_free (&points);
  assert_bits (1e300, 2, 6, "000000000000");
  lvm_binary_free (&points);
  assert_refused ("kind", -1, LVM_USAGE,
                  "option '--label' goes with a table, but ");
  unit_remove_folder (folder);
  setup_images ("\0\x64\0\x64\x65\0\x64\0\0\0\0\x64");
  assert_refused (NULL, -1, LVM_DATA, "grey images need --threshold");
  unit_remove_folder (folder);
}
END_TEST

UNIT_MAIN ("data/binary", tables, thresholds, labels, bad_cells, images)
