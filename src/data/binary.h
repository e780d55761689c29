/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_DATA_BINARY_H
#define LVM_DATA_BINARY_H

#include "data/bits.h"
#include "data/csv.h"

/* Height and width of images; both 0 where points are no images. */
typedef struct
{
  size_t height, width;
} lvm_shape;

/* Binary points from a file, which is a table or holds images. */
typedef struct
{
  lvm_bits *x;     /* [N x D] */
  lvm_shape shape; /* of images: D = height width */
  lvm_table table; /* of a table: its names; the cells are in x */
} lvm_binary;

/* Reads a table (data/csv.h) or images (data/idx.h), whichever the file's content says, gzipped or
   not.

   Given:    path       a file, or "-" for standard input
             label      the name of the table's column of class labels, or NULL
             threshold  a number or pixel greater than it is 1, any other 0; if negative, all have to
                        be 0 or 1 (in images, 0 or one other value)
   Returned: points     to be released with lvm_binary_free, after a failure too
             error      such as "a.csv:3: column 2 (b): 0.5 is neither 0 nor 1: ..."
   Status:   LVM_OK; LVM_DATA; LVM_USAGE where images were to have a column of labels
   Memory:   a table takes 8 bytes a cell while it is read. */
int lvm_binary_read (lvm_binary *points, const char *path, const char *label,
                     double threshold, lvm_error *error);

/* Releases what the points hold. */
void lvm_binary_free (lvm_binary *points);

#endif
