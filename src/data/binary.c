/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/binary.h"

#include <math.h>
#include <stdlib.h>

#include "data/idx.h"

static const char neither[] =
    "%g is neither 0 nor 1: other numbers need --threshold=T, and are 1 where "
    "greater than T";

static int
set_bits (const lvm_table *t, double threshold, lvm_bits *x, lvm_error *error)
{
  for (size_t n = 0; n < t->rows; n++)
    for (size_t d = 0; d < t->columns; d++)
      {
        const double value = t->x[n * t->columns + d];
        if (isnan (value))
          return lvm_table_fail (t, n, d, error, "nan is no place for a point");
        if (threshold < 0 && value != 0 && value != 1)
          return lvm_table_fail (t, n, d, error, neither, value);
        if (value > fmax (threshold, 0))
          lvm_bit_set (x, n, d);
      }
  return LVM_OK;
}

static int
read_table (lvm_binary *p, lvm_input *input, const char *label, double threshold,
            lvm_error *error)
{
  lvm_table *t = &p->table;
  if (lvm_csv_read_from (t, input, label, error) != LVM_OK)
    return error->status;
  p->x = lvm_bits_alloc (t->rows, t->columns);
  set_bits (t, threshold, p->x, error);
  free (t->x);
  t->x = NULL;
  return error->status;
}

static int
read_images (lvm_binary *p, lvm_input *input, const char *label, double threshold,
             lvm_error *error)
{
  const int grey = threshold < 0 ? -1 : (int) fmin (threshold, 255);
  if (label != NULL)
    return lvm_fail (error, LVM_USAGE,
                     "option '--label' goes with a table, but %.200s holds images",
                     lvm_input_name (input));
  return lvm_idx_read_images_from (&p->x, &p->shape.height, &p->shape.width, input,
                                   grey, error);
}

int
lvm_binary_read (lvm_binary *points, const char *path, const char *label,
                 double threshold, lvm_error *error)
{
  lvm_input *input = lvm_input_open (path, error);
  *points = (lvm_binary){ 0 };
  if (input == NULL)
    return error->status;
  const int status = lvm_idx_is (input)
                         ? read_images (points, input, label, threshold, error)
                         : read_table (points, input, label, threshold, error);
  lvm_input_close (input);
  return status;
}

void
lvm_binary_free (lvm_binary *points)
{
  lvm_bits_free (points->x);
  lvm_table_free (&points->table);
  *points = (lvm_binary){ 0 };
}
