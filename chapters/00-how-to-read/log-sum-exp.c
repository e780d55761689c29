/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Log-sum-exp: the sum of probabilities that are given as logarithms.

     LSE (l) = ln sum_k exp l_k = m + ln (1 + sum_{k != top} exp (l_k - m)),   m =
   max_k l_k

   With a table of logarithms this program prints the log-sum-exp of each row.
   Without one it runs the experiment of chapter 0 (experiment.c).  */

#include <math.h>

#include "cli/book.h"
#include "cli/command.h"
#include "data/csv.h"
#include "num/log_sum_exp.h"

struct options
{
  const char *file;   /* NULL for the experiment */
  const char *output; /* NULL for standard output */
  int format;
  const char *book;
  bool quick;
};

static int
check_cells (const lvm_table *l, lvm_error *error)
{
  for (size_t n = 0; n < l->rows; n++)
    for (size_t k = 0; k < l->columns; k++)
      if (isnan (l->x[n * l->columns + k]))
        return lvm_table_fail (l, n, k, error, "a logarithm cannot be nan");
  return LVM_OK;
}

static int
write_rows (const lvm_table *l, const struct options *o, lvm_error *error)
{
  static const char *const names[] = { "log_sum_exp" };
  lvm_table_writer t;
  lvm_output *output = lvm_output_open (o->output, error);
  if (output == NULL)
    return error->status;
  lvm_table_begin (&t, output, (lvm_format) o->format, 1, names);
  for (size_t n = 0; n < l->rows; n++)
    lvm_table_number (&t, lvm_log_sum_exp (l->columns, l->x + n * l->columns));
  lvm_table_end (&t, error);
  return lvm_output_end (output, error);
}

static void
each_row (const struct options *o, lvm_error *error)
{
  lvm_table l;
  if (lvm_csv_read (&l, o->file, NULL, error) == LVM_OK
      && check_cells (&l, error) == LVM_OK)
    write_rows (&l, o, error);
  lvm_table_free (&l);
}

int
main (int argc, char *argv[])
{
  struct options o = { .format = LVM_TSV };
  const lvm_option options[] = { lvm_option_format (&o.format),
                                 lvm_option_output (&o.output),
                                 lvm_option_book (&o.book),
                                 lvm_option_quick (&o.quick),
                                 { .name = NULL } };
  const lvm_program program = {
    .name = "log-sum-exp",
    .usage = "[OPTION]... [FILE.csv]",
    .purpose =
        "Print the log-sum-exp of each row of FILE.csv, a table of natural "
        "logarithms; "
        "'-' is standard input. Without FILE.csv, run the experiment of chapter 0.",
    .notes = "Exit status: 0 done; 1 a check failed; 2 wrong usage; 3 bad data.",
    .options = options
  };
  lvm_error error = { 0 };
  if (lvm_command_read (&program, argc, argv, &o.file, &error))
    {
      if (o.file != NULL)
        each_row (&o, &error);
      else
        lvm_experiment (o.book, o.quick, &error);
    }
  return lvm_report (&program, &error);
}
