/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_CLI_PICTURES_H
#define LVM_CLI_PICTURES_H

#include <stddef.h>

#include "cli/book.h"
#include "data/bits.h"

/* Square pictures of side x side numbers, so many to a row, with gaps between them: the
   table of a figure, a line for each line of pixels, with blocks for gnuplot's `matrix
   index'.  What a number means is for the figure's script to say; mostly 0 is paper and 1
   is ink.  */
typedef struct
{
  size_t columns, side, gap; /* columns: pictures in a row */
  size_t width, height;      /* in numbers, with a gap below each row of pictures */
  double *at;                /* [height x width] */
} lvm_pictures;

/* Room for rows x columns pictures, all zero.  Release with lvm_pictures_free.  */
lvm_pictures lvm_pictures_alloc (size_t rows, size_t columns, size_t side,
                                 size_t gap);
void lvm_pictures_free (lvm_pictures *p);

/* Puts a picture [side x side] in place i, counted along the rows from 0.  */
void lvm_pictures_put (lvm_pictures *p, size_t i, const double picture[]);

/* Point n of x, of D = side^2 pixels.  */
void lvm_pictures_put_bits (lvm_pictures *p, size_t i, const lvm_bits *x, size_t n);

/* Begins a table of so many columns of numbers, named x0, x1 and so on; as
   lvm_book_table_begin.  */
lvm_table_writer *lvm_pictures_table_begin (lvm_book *book, const char *name,
                                            size_t width);

/* Writes all numbers, rounded to hundredths.  */
void lvm_pictures_write (const lvm_pictures *p, lvm_table_writer *t);

#endif
