/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/pictures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

lvm_pictures
lvm_pictures_alloc (size_t rows, size_t columns, size_t side, size_t gap)
{
  lvm_pictures p = {
    columns, side, gap, columns * (side + gap) - gap, rows * (side + gap), NULL
  };
  p.at = lvm_alloc (p.height * p.width, sizeof *p.at);
  memset (p.at, 0, p.height * p.width * sizeof *p.at);
  return p;
}

void
lvm_pictures_free (lvm_pictures *p)
{
  free (p->at);
  p->at = NULL;
}

void
lvm_pictures_put (lvm_pictures *p, size_t i, const double picture[])
{
  const size_t pitch = p->side + p->gap;
  double *corner =
      p->at + i / p->columns * pitch * p->width + i % p->columns * pitch;
  for (size_t y = 0; y < p->side; y++)
    memcpy (corner + y * p->width, picture + y * p->side,
            p->side * sizeof *picture);
}

void
lvm_pictures_put_bits (lvm_pictures *p, size_t i, const lvm_bits *x, size_t n)
{
  double *picture = lvm_alloc (x->D, sizeof *picture);
  for (size_t d = 0; d < x->D; d++)
    picture[d] = lvm_bit (x, n, d);
  lvm_pictures_put (p, i, picture);
  free (picture);
}

lvm_table_writer *
lvm_pictures_table_begin (lvm_book *book, const char *name, size_t width)
{
  char (*text)[24] = lvm_alloc (width, sizeof *text);
  const char **names = lvm_alloc (width, sizeof *names);
  for (size_t i = 0; i < width; i++)
    {
      snprintf (text[i], sizeof text[i], "x%zu", i);
      names[i] = text[i];
    }
  lvm_table_writer *t = lvm_book_table_begin (book, name, width, names);
  free (names);
  free (text);
  return t;
}

void
lvm_pictures_write (const lvm_pictures *p, lvm_table_writer *t)
{
  for (size_t i = 0; i < p->height * p->width; i++)
    lvm_table_number (t, round (100 * p->at[i]) / 100);
}
