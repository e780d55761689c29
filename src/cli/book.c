/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/book.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/values.h"
#include "num/compare.h"

struct lvm_book
{
  const char *dir, *chapter;
  lvm_values *values;
  lvm_output *output; /* of the open table */
  lvm_table_writer writer;
  lvm_error error; /* the first */
  int checks;
  double worst; /* error as a fraction of its bound */
};

/* Only the first failure is kept: the others may follow from it. */
static lvm_error *
slot (lvm_book *b)
{
  static lvm_error later;
  return b->error.status == LVM_OK ? &b->error : &later;
}

lvm_book *
lvm_book_open (const char *dir, const char *chapter)
{
  lvm_book *b = lvm_alloc (1, sizeof *b);
  *b = (lvm_book){ .dir = dir, .chapter = chapter, .values = lvm_values_alloc () };
  return b;
}

void
lvm_book_value (lvm_book *b, const char *name, double value, const char *format)
{
  lvm_values_add (b->values, name, value, format);
}

lvm_table_writer *
lvm_book_table_begin (lvm_book *b, const char *name, size_t columns,
                      const char *const names[])
{
  char path[PATH_MAX] = "/dev/null";
  if (b->dir != NULL)
    snprintf (path, sizeof path, "%s/tables/%s.tsv", b->dir, name);
  b->output = lvm_output_open (path, slot (b));
  if (b->output == NULL)
    b->output = lvm_output_open ("/dev/null", slot (b));
  lvm_table_begin (&b->writer, b->output, LVM_TSV, columns, names);
  return &b->writer;
}

void
lvm_book_table_end (lvm_book *b)
{
  if (lvm_table_end (&b->writer, slot (b)) == LVM_OK)
    lvm_output_commit (b->output, slot (b));
  else
    lvm_output_discard (b->output);
}

void
lvm_book_check (lvm_book *b, const char *what, double a, double b_side,
                double bound)
{
  const double misfit = lvm_misfit (a, b_side, bound);
  b->checks++;
  b->worst = lvm_larger (b->worst, misfit);
  if (!(misfit <= 1))
    lvm_fail (slot (b), LVM_FAILED, "%s: %.17g against %.17g, %.3g times the bound",
              what, a, b_side, misfit);
}

int
lvm_book_close (lvm_book *b, lvm_error *error)
{
  char path[PATH_MAX];
  if (fflush (stdout) != 0 || ferror (stdout))
    lvm_fail (slot (b), LVM_DATA, "standard output cannot be written");
  if (b->dir != NULL && b->error.status == LVM_OK)
    {
      snprintf (path, sizeof path, "%s/values/%s.json", b->dir, b->chapter);
      lvm_values_write (b->values, path, &b->error);
    }
  if (b->error.status == LVM_OK)
    fprintf (stderr,
             "%d identities verified; the largest error is %.2g of its bound.\n",
             b->checks, b->worst);
  *error = b->error;
  lvm_values_free (b->values);
  free (b);
  return error->status;
}
