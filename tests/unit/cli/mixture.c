/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/mixture.h"

#include "../unit.h"

#include <math.h>

/* --- the command line ---------------------------------------------------------- */

static int covariance;
static lvm_error error;
static lvm_mixture_options o;

/* Reads "mix" and these words, parted by blanks.  Value: what is said, "" where there
   is work to do.  */
static const char *
read_line (const char *line)
{
  static const char *const kinds[] = { "full", "tied", NULL };
  static const char *const hows[] = { "kmeans", "random", NULL };
  const lvm_option own[] = { { .name = "covariance",
                               .letter = 'c',
                               .choice = &covariance,
                               .choices = kinds,
                               .help = "" },
                             { .name = NULL } };
  const lvm_program programs[LVM_MIXTURE_COMMANDS] = {
    [LVM_FIT] = { .name = "mix fit", .purpose = "", .options = own },
    [LVM_PREDICT] = { .name = "mix predict", .purpose = "" },
    [LVM_SCORE] = { .name = "mix score", .purpose = "" },
    [LVM_SAMPLE] = { .name = "mix sample", .purpose = "" },
    [LVM_EXPERIMENT] = { .name = "mix", .purpose = "" },
  };
  static char words[256];
  char *argv[32] = { words };
  int argc = 1;
  snprintf (words, sizeof words, "mix %s", line);
  strtok (words, " ");
  while ((argv[argc] = strtok (NULL, " ")) != NULL)
    argc++;
  error = (lvm_error){ 0 };
  const bool go_on = lvm_mixture_read (programs, hows, argc, argv, &o, &error);
  ck_assert_int_eq (go_on, error.status == LVM_OK);
  return error.message;
}

START_TEST (commands_and_defaults)
{
  ck_assert_str_eq (read_line ("fit a.csv"), "");
  ck_assert_int_eq (o.command, LVM_FIT);
  ck_assert_str_eq (o.program, "mix fit");
  ck_assert_str_eq (o.data, "a.csv");
  ck_assert_str_eq (o.file, "a.csv");
  ck_assert_int_eq (o.how, 0);
  ck_assert_uint_eq (o.components, 0);
  ck_assert_uint_eq (o.restarts, 0);
  ck_assert_double_eq (o.tolerance, 1e-8);
  ck_assert_double_eq (o.regularise, 0);
  ck_assert_uint_eq (o.iterations, 1000);
  ck_assert_uint_eq (o.seed, 1);
  ck_assert_uint_ge (o.threads, 1);
  ck_assert_int_eq (o.format, LVM_TSV);
  ck_assert_str_eq (read_line ("sample -m m.json"), "");
  ck_assert_int_eq (o.command, LVM_SAMPLE);
  ck_assert_uint_eq (o.count, 1000);
  ck_assert_ptr_null (o.data);
  ck_assert_str_eq (read_line ("--quick --book x"), "");
  ck_assert_int_eq (o.command, LVM_EXPERIMENT);
  ck_assert (o.quick);
  ck_assert_str_eq (o.book, "x");
  ck_assert_str_eq (read_line (""), "");
  ck_assert_int_eq (o.command, LVM_EXPERIMENT);
}
END_TEST

START_TEST (every_option_arrives)
{
  ck_assert_str_eq (
      read_line ("fit -k 7 -i random -r 3 --tolerance 1e-3 --max-iterations 9 "
                 "--regularise 2.5 -s 11 -t 5 --label kind -m m --responsibilities "
                 "r --trace t -f json -c tied x.csv"),
      "");
  ck_assert_uint_eq (o.components, 7);
  ck_assert_int_eq (o.how, 1);
  ck_assert_uint_eq (o.restarts, 3);
  ck_assert_double_eq (o.tolerance, 1e-3);
  ck_assert_uint_eq (o.iterations, 9);
  ck_assert_double_eq (o.regularise, 2.5);
  ck_assert_uint_eq (o.seed, 11);
  ck_assert_uint_eq (o.threads, 5);
  ck_assert_str_eq (o.label, "kind");
  ck_assert_str_eq (o.model, "m");
  ck_assert_str_eq (o.responsibilities, "r");
  ck_assert_str_eq (o.trace, "t");
  ck_assert_int_eq (o.format, LVM_JSON);
  ck_assert_int_eq (covariance, 1);
  ck_assert_str_eq (o.data, "x.csv");
  ck_assert_str_eq (read_line ("fit x.csv -i ./random"), "");
  ck_assert_int_eq (o.how, -1);
  ck_assert_str_eq (read_line ("fit -"), "");
  ck_assert_str_eq (o.file, "standard input");
  ck_assert_str_eq (read_line ("score -t 2 --label a -o o -m m -f tsv x"), "");
  ck_assert_str_eq (o.output, "o");
  ck_assert_str_eq (read_line ("sample -n 12 -s 0 --with-component -m m"), "");
  ck_assert_uint_eq (o.count, 12);
  ck_assert (o.with_component);
}
END_TEST

START_TEST (wrong_command_lines)
{
  static const struct
  {
    const char *line, *message;
  } cases[] = {
    { "frob x.csv",
      "the first word has to be fit, predict, score or sample, not 'frob'" },
    { "--quick x.csv", "'x.csv' is one file too many" },
    { "fit", "DATA is missing" },
    { "predict -m m", "DATA is missing" },
    { "fit a b", "'b' is one file too many" },
    { "sample -m m a", "'a' is one file too many" },
    { "score a", "option '--model' is needed" },
    { "sample", "option '--model' is needed" },
    { "predict -c tied a", "unknown or ambiguous option '-c'" },
    { "predict -m - -", "DATA and --model cannot both be standard input" },
    { "fit - -i -", "DATA and --initialise cannot both be standard input" },
    { "fit a -m new --trace new", "--model and --trace are the same file, new" },
    { "fit a -m new --responsibilities new",
      "--model and --responsibilities are the same file, new" },
    { "fit a --tolerance -1",
      "option '--tolerance' takes a number from 0 to 1000000, not '-1'" },
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    {
      ck_assert_str_eq (read_line (cases[i].line), cases[i].message);
      ck_assert_int_eq (error.status, LVM_USAGE);
    }
}
END_TEST

/* --- what is read ---------------------------------------------------------------- */

START_TEST (labels_are_hinted_at)
{
  error = (lvm_error){ 0 };
  ck_assert_int_eq (lvm_mixture_hint_at_labels (&error), LVM_OK);
  ck_assert_str_eq (error.message, "");
  lvm_fail (&error, LVM_DATA, "a.csv:2: column 2 (kind): 'x' is not a number");
  ck_assert_int_eq (lvm_mixture_hint_at_labels (&error), LVM_DATA);
  ck_assert_str_eq (error.message,
                    "a.csv:2: column 2 (kind): 'x' is not a number; if the column "
                    "holds labels, leave it out by --label");
  lvm_fail (&error, LVM_DATA, "a.csv: the file is empty");
  lvm_mixture_hint_at_labels (&error);
  ck_assert_str_eq (error.message, "a.csv: the file is empty");
  memset (error.message, 'x', sizeof error.message - 1);
  memcpy (error.message, "' is not a number", 17);
  lvm_mixture_hint_at_labels (&error);
  ck_assert_uint_eq (strlen (error.message), sizeof error.message - 1);
}
END_TEST

START_TEST (what_does_not_go_together)
{
  error = (lvm_error){ 0 };
  o = (lvm_mixture_options){ .initialise = "m.json", .file = "a" };
  ck_assert_int_eq (lvm_mixture_check_start (&o, 5, &error), LVM_OK);
  o.components = 5;
  o.restarts = 1;
  ck_assert_int_eq (lvm_mixture_check_start (&o, 5, &error), LVM_OK);
  ck_assert_int_eq (lvm_mixture_check_start (&o, 6, &error), LVM_USAGE);
  ck_assert_str_eq (error.message, "option '--components' is 5, but m.json has 6");
  o.restarts = 2;
  ck_assert_int_eq (lvm_mixture_check_start (&o, 5, &error), LVM_USAGE);
  ck_assert_str_eq (error.message,
                    "option '--restarts' is 2, but m.json is one start");

  ck_assert_int_eq (lvm_mixture_check_dimensions (&o, 3, "m", 3, &error), LVM_OK);
  ck_assert_int_eq (lvm_mixture_check_dimensions (&o, 1, "m", 3, &error), LVM_DATA);
  ck_assert_str_eq (error.message,
                    "a has 1 column, but the mixture of m has 3 dimensions");

  ck_assert_int_eq (lvm_mixture_check_distinct (&o, 9, 4, 4, &error), LVM_OK);
  ck_assert_int_eq (lvm_mixture_check_distinct (&o, 9, 3, 4, &error), LVM_DATA);
  ck_assert_str_eq (error.message,
                    "a: 3 distinct points, too few for 4 components");
  ck_assert_int_eq (lvm_mixture_check_distinct (&o, 3, 3, 4, &error), LVM_DATA);
  ck_assert_str_eq (error.message, "a: 3 points, too few for 4 components");
}
END_TEST

/* --- what is written ------------------------------------------------------------- */

static char folder_[64], path_[256], text_[4096];

static void
begin_writing (void)
{
  unit_make_folder (folder_);
  error = (lvm_error){ 0 };
  o = (lvm_mixture_options){ .output = unit_path (path_, folder_, "out") };
}

static void
assert_written (const char *should)
{
  ck_assert_int_eq (error.status, LVM_OK);
  ck_assert_str_eq (unit_read (path_, text_), should);
  unit_remove_folder (folder_);
}

START_TEST (predictions)
{
  static const double r[] = { 0.25, 0.75, NAN, NAN, 0.5, 0.5 },
                      log_evidence[] = { -2.385, -INFINITY, -7 };
  begin_writing ();
  lvm_mixture_write_prediction (&o, 3, 2, r, log_evidence, &error);
  assert_written ("# r_1\tr_2\tlog_evidence\targmax\n"
                  "0.25\t0.75\t-2.385\t2\n"
                  "nan\tnan\t-inf\t0\n"
                  "0.5\t0.5\t-7\t1\n");
  begin_writing ();
  o.output = "/no/such/folder";
  ck_assert_int_eq (
      lvm_mixture_write_prediction (&o, 3, 2, r, log_evidence, &error), LVM_DATA);
  unit_remove_folder (folder_);
}
END_TEST

/* AIC 2 3 - 2 (-10) = 26, BIC 3 ln 4 + 20.  */
START_TEST (scores)
{
  double bic;
  begin_writing ();
  ck_assert_int_eq (lvm_mixture_write_score (&o, 4, -10, 3, &error), LVM_OK);
  unit_read (path_, text_);
  ck_assert_int_eq (sscanf (text_,
                            "# points\tlog_likelihood\tmean\tparameters\taic\tbic\n"
                            "4\t-10\t-2.5\t3\t26\t%lf\n",
                            &bic),
                    1);
  ck_assert_double_eq_tol (bic, 3 * log (4) + 20, 1e-13);
  unit_remove_folder (folder_);
}
END_TEST

START_TEST (components)
{
  static const double weight[] = { 0.25, 0.75 }, mean[] = { 1, 2, 3, 4 };
  char width[] = "width", height[] = "height";
  char *const names[] = { width, height };
  begin_writing ();
  FILE *file = fopen (path_, "w");
  const int saved = unit_redirect (STDOUT_FILENO, fileno (file));
  lvm_mixture_write_components (&o, 2, 2, names, weight, mean, &error);
  o.trace = "-";
  lvm_mixture_write_components (&o, 2, 2, names, weight, mean, &error);
  unit_restore (STDOUT_FILENO, saved);
  fclose (file);
  assert_written ("# component\tweight\tmean_width\tmean_height\n"
                  "1\t0.25\t1\t2\n2\t0.75\t3\t4\n");
}
END_TEST

START_TEST (samples)
{
  lvm_table_writer writer;
  for (int with = 0; with < 2; with++)
    {
      begin_writing ();
      o.with_component = with;
      lvm_output *output = lvm_output_open (o.output, &error);
      lvm_mixture_begin_sample (&o, 2, output, &writer);
      lvm_output_end (output, &error);
      assert_written (with ? "# x_1\tx_2\tcomponent\n" : "# x_1\tx_2\n");
    }
}
END_TEST

UNIT_MAIN ("cli/mixture", commands_and_defaults, every_option_arrives,
           wrong_command_lines, labels_are_hinted_at, what_does_not_go_together,
           predictions, scores, components, samples)
