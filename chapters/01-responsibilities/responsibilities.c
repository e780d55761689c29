/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Responsibilities: which hypothesis made this point?

     r_k = exp (l_k + ln prior_k) / sum_j exp (l_j + ln prior_j),   l_k = ln p (x |
   z = k)

   With a table of log-likelihoods, one point a row and one hypothesis a column,
   this program writes the responsibilities of each row. Without one it runs the
   experiment of chapter 1 (experiment.c). */

#include "prob/responsibilities.h"
#include "cli/book.h"
#include "cli/command.h"
#include "cli/mixture.h"
#include "cli/places.h"
#include "data/csv.h"
#include "num/log_sum_exp.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct options
{
  const char *loglik;    /* the table of log-likelihoods; NULL for the experiment */
  const char *log_prior; /* the file of log priors; NULL for the uniform prior */
  const char *output;    /* NULL for standard output */
  int format;            /* an lvm_format */
  const char *book;      /* the folder of the experiment's tables and values */
  bool quick;            /* a small experiment */
};

/* A log probability may be -inf, which says impossible, but neither NaN nor +inf.
 */
static int
check_cells (const lvm_table *l, const char *what, lvm_error *error)
{
  for (size_t n = 0; n < l->rows; n++)
    for (size_t k = 0; k < l->columns; k++)
      {
        double value = l->x[n * l->columns + k];

        if (isnan (value) || (isinf (value) && value > 0))
          return lvm_table_fail (l, n, k, error, "%s cannot be %s", what,
                                 isnan (value) ? "nan" : "inf");
      }
  return LVM_OK;
}

/* Reads ln prior, one row or one column of K numbers, and normalises it by
   log-sum-exp.

   Returned: log_prior [K], to be freed */
static int
read_log_prior (const char *path, size_t K, double **log_prior, lvm_error *error)
{
  lvm_table table;
  int status = lvm_csv_read (&table, path, NULL, error);
  size_t count = table.rows * table.columns;

  if (status == LVM_OK)
    status = check_cells (&table, "a log prior", error);
  if (status == LVM_OK && (count != K || (table.rows > 1 && table.columns > 1)))
    status = lvm_fail (error, LVM_DATA,
                       "%.200s: %zu x %zu log priors, but there are %zu columns of "
                       "log-likelihoods: one row "
                       "or one column of %zu is needed",
                       table.file, table.rows, table.columns, K, K);
  if (status == LVM_OK)
    {
      double total = lvm_log_sum_exp (K, table.x);

      if (isinf (total))
        status =
            lvm_table_fail (&table, 0, K, error,
                            "every log prior is -inf: no hypothesis is possible");
      for (size_t k = 0; k < K; k++)
        table.x[k] -= total;
      *log_prior = table.x;
      table.x = NULL;
    }
  lvm_table_free (&table);
  return status;
}

/* Turns each row of log-likelihoods into responsibilities, in place.

   Given:    l             [N x K]
             log_prior     [K], or NULL
   Returned: l             [N x K] the responsibilities
             log_evidence  [N] */
static int
compute (lvm_table *l, const double *log_prior, double *log_evidence,
         lvm_error *error)
{
  size_t K = l->columns;

  for (size_t n = 0; n < l->rows; n++)
    {
      double *row = l->x + n * K;

      if (lvm_responsibilities (K, row, log_prior, row, &log_evidence[n]) != 0)
        return lvm_table_fail (l, n, K, error,
                               log_prior == NULL
                                   ? "every log-likelihood is -inf: no hypothesis "
                                     "can have made this point"
                                   : "every log-likelihood plus log prior is -inf: "
                                     "no hypothesis can have made "
                                     "this point");
    }
  return LVM_OK;
}

static int
write_table (const lvm_table *r, const double *log_evidence,
             const struct options *o, lvm_error *error)
{
  lvm_output *output = lvm_output_open (o->output, error);

  if (output != NULL)
    lvm_write_responsibilities (output, (lvm_format) o->format, r->rows, r->columns,
                                r->names, r->x, log_evidence, error);
  return lvm_output_end (output, error);
}

/* The reader's own data. All is read, checked and computed before anything is
 * written. */
static int
responsibilities (const struct options *o, lvm_error *error)
{
  lvm_table l;
  double *log_prior = NULL;
  double *log_evidence = NULL;
  int status = lvm_csv_read (&l, o->loglik, NULL, error);

  if (status == LVM_OK)
    status = check_cells (&l, "a log-likelihood", error);
  if (status == LVM_OK && o->log_prior != NULL)
    status = read_log_prior (o->log_prior, l.columns, &log_prior, error);
  if (status == LVM_OK)
    {
      if (l.columns == 1)
        fprintf (stderr,
                 "responsibilities: note: %s has one column, so that every "
                 "responsibility is 1\n",
                 l.file);
      log_evidence = lvm_alloc (l.rows, sizeof (double));
      status = compute (&l, log_prior, log_evidence, error);
    }
  if (status == LVM_OK)
    status = write_table (&l, log_evidence, o, error);
  free (log_evidence);
  free (log_prior);
  lvm_table_free (&l);
  return status;
}

/* Finds what on the command line does not go together. */
static int
check_options (const struct options *o, lvm_error *error)
{
  bool data = o->loglik != NULL;
  const char *stray = data && o->book != NULL         ? "--book"
                      : data && o->quick              ? "--quick"
                      : !data && o->log_prior != NULL ? "--log-prior"
                      : !data && o->output != NULL    ? "--output"
                                                      : NULL;
  const lvm_place places[] = {
    { .name = "LOGLIK.csv", .path = o->loglik },
    { .name = "--log-prior", .path = o->log_prior },
    { .name = "--output", .path = o->output, .written = true },
  };

  if (stray != NULL)
    return lvm_fail (error, LVM_USAGE, "option '%s' goes %s LOGLIK.csv", stray,
                     data ? "without" : "with");
  return lvm_check_places (places, 3, error);
}

int
main (int argc, char *argv[])
{
  struct options o = { .format = LVM_TSV };
  const lvm_option options[] = {
    { .name = "log-prior",
      .letter = 'p',
      .argument = "FILE",
      .string = &o.log_prior,
      .help = "the logs of the prior probabilities, one row or one column of K "
              "numbers, normalised "
              "here by log-sum-exp so that any common summand drops out; -inf "
              "excludes a hypothesis; "
              "without this option the prior is uniform" },
    lvm_option_format (&o.format),
    lvm_option_output (&o.output),
    lvm_option_book (&o.book),
    lvm_option_quick (&o.quick),
    { .name = NULL }
  };
  const lvm_program program = {
    .name = "responsibilities",
    .usage = "[OPTION]... [LOGLIK.csv]",
    .purpose = "Turn log-likelihoods into responsibilities. LOGLIK.csv has one "
               "point a row and one "
               "hypothesis a column, ln p(x | z = k) in nats, with or without a "
               "header; '-' is standard "
               "input. -inf says that a hypothesis cannot have made a point. "
               "Without LOGLIK.csv, run the "
               "experiment of chapter 1.",
    .notes = "Columns written: r_NAME (or r_1 .. r_K), the responsibilities; "
             "log_evidence,\n"
             "ln p(x); argmax, the column of the greatest responsibility, counted "
             "from 1.\n"
             "\n"
             "Exit status: 0 done; 1 a check failed; 2 wrong usage; 3 bad data.",
    .options = options
  };
  lvm_error error = { 0 };

  if (lvm_command_read (&program, argc, argv, &o.loglik, &error)
      && check_options (&o, &error) == LVM_OK)
    {
      if (o.loglik != NULL)
        responsibilities (&o, &error);
      else
        lvm_experiment (o.book, o.quick, &error);
    }
  return lvm_report (&program, &error);
}
