/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/columns.h"

#include "../unit.h"

START_TEST (names_and_numbers)
{
  char folder[64], path[256], text[4096], empty[] = "", width[] = "width";
  char *const names[] = { width, empty };
  lvm_error error = { 0 };
  lvm_table_writer writer;
  lvm_columns c = { 0 };
  unit_make_folder (folder);
  lvm_output *output = lvm_output_open (unit_path (path, folder, "a"), &error);
  lvm_columns_add (&c, "component");
  lvm_columns_each (&c, "mean_", 2, names);
  lvm_columns_each (&c, "r_", 3, NULL);
  ck_assert_uint_eq (c.count, 6);
  lvm_columns_begin (&c, &writer, output, LVM_TSV);
  ck_assert_uint_eq (c.count, 0);
  for (int i = 0; i < 6; i++)
    lvm_table_number (&writer, i);
  ck_assert_int_eq (lvm_table_end (&writer, &error), LVM_OK);
  lvm_output_commit (output, &error);
  ck_assert_str_eq (unit_read (path, text),
                    "# component\tmean_width\tmean_2\tr_1\tr_2\tr_3\n"
                    "0\t1\t2\t3\t4\t5\n");
  unit_remove_folder (folder);
}
END_TEST

UNIT_MAIN ("cli/columns", names_and_numbers)
