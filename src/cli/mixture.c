/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/mixture.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/columns.h"
#include "cli/command.h"
#include "cli/places.h"
#include "cli/progress.h"
#include "num/log_sum_exp.h"

/* --- the command line ------------------------------------------------------ */

enum
{
  MOST_OPTIONS = 32 /* of a command, with the end of the table */
};

static lvm_option
option_model (lvm_mixture_options *o)
{
  return (lvm_option){
    .name = "model",
    .letter = 'm',
    .argument = "FILE",
    .string = &o->model,
    .help = "the mixture, as `fit' writes it; '-' is standard input"
  };
}

/* Each returns how many options it put in the table.  */
static size_t
add_fit_options (lvm_mixture_options *o, lvm_option table[])
{
  const lvm_option options[] = {
    { .name = "components",
      .letter = 'k',
      .argument = "K",
      .count = &o->components,
      .least = 1,
      .most = 1e6,
      .help = "how many components (2)" },
    { .name = "initialise",
      .letter = 'i',
      .argument = "HOW",
      .string = &o->initialise,
      .help =
          "where to begin: kmeans, from clusters found by k-means++ and k-means "
          "(the default); random, from K distinct points; or a FILE that an "
          "earlier fit wrote, whose components then hold (say ./random for a "
          "file of that name)" },
    { .name = "restarts",
      .letter = 'r',
      .argument = "R",
      .count = &o->restarts,
      .least = 1,
      .most = 1e6,
      .help = "begin R times and keep the best fit by its objective (10; 1 with a "
              "FILE); restart r is the same whatever R" },
    { .name = "tolerance",
      .argument = "T",
      .real = &o->tolerance,
      .least = 0,
      .most = 1e6,
      .help = "converged once an iteration changes the mean objective per point by "
              "no more than T (1e-8); 0: make all iterations, without test" },
    { .name = "max-iterations",
      .argument = "M",
      .count = &o->iterations,
      .least = 0,
      .most = 1e9,
      .help =
          "iterations, each an E-step and an M-step, of a restart at most (1000)" },
    { .name = "regularise",
      .argument = "R",
      .real = &o->regularise,
      .least = 0,
      .most = 1e9,
      .help = "give the parameters a prior worth R points, and maximise the "
              "objective: log-likelihood plus log prior (0)" },
    lvm_option_seed (&o->seed),
    lvm_option_threads (&o->threads),
    lvm_option_label (&o->label),
    { .name = "model",
      .letter = 'm',
      .argument = "FILE",
      .string = &o->model,
      .help = "write the mixture as JSON, to be read by predict, score, sample and "
              "--initialise" },
    { .name = "responsibilities",
      .argument = "FILE",
      .string = &o->responsibilities,
      .help = "write a table with the responsibilities of every point" },
    { .name = "trace",
      .argument = "FILE",
      .string = &o->trace,
      .help = "write a table with restart, iteration, log_likelihood, objective; "
              "iteration 0 is the start" },
    lvm_option_format (&o->format),
  };
  memcpy (table, options, sizeof options);
  return sizeof options / sizeof options[0];
}

static size_t
add_judge_options (lvm_mixture_options *o, lvm_option table[])
{
  const lvm_option options[] = { option_model (o), lvm_option_label (&o->label),
                                 lvm_option_output (&o->output),
                                 lvm_option_format (&o->format),
                                 lvm_option_threads (&o->threads) };
  memcpy (table, options, sizeof options);
  return sizeof options / sizeof options[0];
}

static size_t
add_sample_options (lvm_mixture_options *o, lvm_option table[])
{
  const lvm_option options[] = {
    option_model (o),
    { .name = "count",
      .letter = 'n',
      .argument = "N",
      .count = &o->count,
      .least = 1,
      .most = 1e12,
      .help = "how many points (1000)" },
    lvm_option_seed (&o->seed),
    { .name = "with-component",
      .flag = &o->with_component,
      .help = "add the column `component', from 1, which `fit --label component' "
              "leaves out" },
    lvm_option_output (&o->output),
    lvm_option_format (&o->format),
  };
  memcpy (table, options, sizeof options);
  return sizeof options / sizeof options[0];
}

static size_t
add_experiment_options (lvm_mixture_options *o, lvm_option table[])
{
  table[0] = lvm_option_book (&o->book);
  table[1] = lvm_option_quick (&o->quick);
  return 2;
}

/* The options of a command, and after them the program's own.  */
static void
fill_table (lvm_mixture_options *o, const lvm_option own[], lvm_option table[])
{
  size_t n = 0;
  switch (o->command)
    {
    case LVM_FIT: n = add_fit_options (o, table); break;
    case LVM_PREDICT:
    case LVM_SCORE: n = add_judge_options (o, table); break;
    case LVM_SAMPLE: n = add_sample_options (o, table); break;
    case LVM_EXPERIMENT: n = add_experiment_options (o, table); break;
    }
  while (own != NULL && own->name != NULL)
    table[n++] = *own++;
  table[n] = (lvm_option){ .name = NULL };
}

static int
check_command_line (const lvm_mixture_options *o, lvm_error *error)
{
  const bool fit = o->command == LVM_FIT;
  const lvm_place places[] = {
    { .name = "DATA", .path = o->data },
    { .name = "--initialise", .path = fit && o->how < 0 ? o->initialise : NULL },
    { .name = "--model",
      .path = o->model,
      .written = fit,
      .replaces = "--initialise" },
    { .name = "--output", .path = o->output, .written = true },
    { .name = "--responsibilities", .path = o->responsibilities, .written = true },
    { .name = "--trace", .path = o->trace, .written = true },
  };
  if (o->command == LVM_EXPERIMENT)
    return LVM_OK;
  if (o->data == NULL && o->command != LVM_SAMPLE)
    return lvm_fail (error, LVM_USAGE, "DATA is missing");
  if (o->model == NULL && !fit)
    return lvm_fail (error, LVM_USAGE, "option '--model' is needed");
  return lvm_check_places (places, sizeof places / sizeof places[0], error);
}

/* A command, with its usage and its whole table of options.  */
static lvm_program
complete (const lvm_program *program, lvm_mixture_options *o, lvm_option table[])
{
  static const char *const usages[] = {
    [LVM_FIT] = "[OPTION]... DATA",
    [LVM_PREDICT] = "[OPTION]... --model=FILE DATA",
    [LVM_SCORE] = "[OPTION]... --model=FILE DATA",
    [LVM_SAMPLE] = "[OPTION]... --model=FILE",
    [LVM_EXPERIMENT] = "[COMMAND] [OPTION]... [DATA]"
  };
  lvm_program p = *program;
  fill_table (o, program->options, table);
  p.usage = usages[o->command];
  p.options = table;
  return p;
}

static int
find_how (const char *initialise, const char *const hows[])
{
  for (int i = 0; hows[i] != NULL; i++)
    if (strcmp (initialise, hows[i]) == 0)
      return i;
  return -1;
}

bool
lvm_mixture_read (const lvm_program programs[], const char *const hows[], int argc,
                  char *argv[], lvm_mixture_options *o, lvm_error *error)
{
  static const char *const names[] = { "fit", "predict", "score", "sample", NULL };
  *o = (lvm_mixture_options){ .command = (lvm_mixture_command) lvm_command_find (
                                  names, argc, argv),
                              .initialise = hows[0],
                              .tolerance = 1e-8,
                              .iterations = 1000,
                              .seed = 1,
                              .threads = lvm_count_processors (),
                              .count = 1000 };
  const int word = o->command != LVM_EXPERIMENT;
  const char **data = o->command <= LVM_SCORE ? &o->data : NULL;
  lvm_option table[MOST_OPTIONS];
  const lvm_program program = complete (&programs[o->command], o, table);
  o->program = program.name;
  if (!word && argc > 1 && *argv[1] != '-')
    lvm_fail (
        error, LVM_USAGE,
        "the first word has to be fit, predict, score or sample, not '%.100s'",
        argv[1]);
  else if (!lvm_command_read (&program, argc - word, argv + word, data, error))
    return false;
  o->how = find_how (o->initialise, hows);
  o->file = lvm_is_standard (o->data) ? "standard input" : o->data;
  return error->status == LVM_OK && check_command_line (o, error) == LVM_OK;
}

/* --- what is read ---------------------------------------------------------- */

int
lvm_mixture_hint_at_labels (lvm_error *error)
{
  static const char hint[] =
      "; if the column holds labels, leave it out by --label";
  const size_t length = strlen (error->message);
  if (error->status != LVM_OK
      && strstr (error->message, "' is not a number") != NULL
      && length + sizeof hint <= sizeof error->message)
    strcpy (error->message + length, hint);
  return error->status;
}

int
lvm_mixture_check_start (const lvm_mixture_options *o, size_t K, lvm_error *error)
{
  if (o->components != 0 && o->components != K)
    return lvm_fail (error, LVM_USAGE,
                     "option '--components' is %zu, but %.200s has %zu",
                     o->components, o->initialise, K);
  if (o->restarts > 1)
    return lvm_fail (error, LVM_USAGE,
                     "option '--restarts' is %zu, but %.200s is one start",
                     o->restarts, o->initialise);
  return LVM_OK;
}

int
lvm_mixture_check_dimensions (const lvm_mixture_options *o, size_t columns,
                              const char *model, size_t D, lvm_error *error)
{
  if (columns == D)
    return LVM_OK;
  return lvm_fail (error, LVM_DATA,
                   "%.150s has %zu column%s, but the mixture of %.150s has %zu "
                   "dimension%s",
                   o->file, columns, columns == 1 ? "" : "s", model, D,
                   D == 1 ? "" : "s");
}

int
lvm_mixture_check_distinct (const lvm_mixture_options *o, size_t N, size_t distinct,
                            size_t K, lvm_error *error)
{
  if (distinct >= K)
    return LVM_OK;
  return lvm_fail (error, LVM_DATA, "%.200s: %zu %s, too few for %zu components",
                   o->file, distinct, distinct == N ? "points" : "distinct points",
                   K);
}

/* --- what is written ------------------------------------------------------- */

int
lvm_write_responsibilities (lvm_output *output, lvm_format format, size_t N,
                            size_t K, char *const names[], const double r[],
                            const double log_evidence[], lvm_error *error)
{
  lvm_columns c = { 0 };
  lvm_table_writer writer;
  lvm_progress progress;
  lvm_columns_each (&c, "r_", K, names);
  lvm_columns_add (&c, "log_evidence");
  lvm_columns_add (&c, "argmax");
  lvm_columns_begin (&c, &writer, output, format);
  lvm_progress_begin (&progress, "writing");
  for (size_t n = 0; n < N; n++)
    {
      const bool possible = log_evidence[n] > -INFINITY;
      for (size_t k = 0; k < K; k++)
        lvm_table_number (&writer, r[n * K + k]);
      lvm_table_number (&writer, log_evidence[n]);
      lvm_table_number (&writer,
                        possible ? (double) (lvm_argmax (K, r + n * K) + 1) : 0);
      lvm_progress_update (&progress, (double) n / (double) N);
    }
  lvm_progress_end (&progress);
  return lvm_table_end (&writer, error);
}

int
lvm_mixture_write_prediction (const lvm_mixture_options *o, size_t N, size_t K,
                              const double r[], const double log_evidence[],
                              lvm_error *error)
{
  lvm_output *output = lvm_output_open (o->output, error);
  if (output != NULL)
    lvm_write_responsibilities (output, (lvm_format) o->format, N, K, NULL, r,
                                log_evidence, error);
  return lvm_output_end (output, error);
}

int
lvm_mixture_write_components (const lvm_mixture_options *o, size_t K, size_t D,
                              char *const names[], const double weight[],
                              const double mean[], lvm_error *error)
{
  if (lvm_is_standard (o->model) || lvm_is_standard (o->trace)
      || lvm_is_standard (o->responsibilities))
    return LVM_OK;
  lvm_columns c = { 0 };
  lvm_table_writer writer;
  lvm_output *output = lvm_output_open (NULL, error);
  lvm_columns_add (&c, "component");
  lvm_columns_add (&c, "weight");
  lvm_columns_each (&c, "mean_", D, names);
  lvm_columns_begin (&c, &writer, output, (lvm_format) o->format);
  for (size_t k = 0; k < K; k++)
    {
      lvm_table_number (&writer, (double) (k + 1));
      lvm_table_number (&writer, weight[k]);
      for (size_t d = 0; d < D; d++)
        lvm_table_number (&writer, mean[k * D + d]);
    }
  lvm_table_end (&writer, error);
  return lvm_output_end (output, error);
}

int
lvm_mixture_write_score (const lvm_mixture_options *o, size_t N, double l, size_t p,
                         lvm_error *error)
{
  static const char *const names[] = { "points", "log_likelihood",
                                       "mean",   "parameters",
                                       "aic",    "bic" };
  const double n = (double) N, free = (double) p;
  const double row[] = {
    n, l, l / n, free, 2 * free - 2 * l, free * log (n) - 2 * l
  };
  lvm_table_writer writer;
  lvm_output *output = lvm_output_open (o->output, error);
  if (output == NULL)
    return error->status;
  lvm_table_begin (&writer, output, (lvm_format) o->format, 6, names);
  for (int i = 0; i < 6; i++)
    lvm_table_number (&writer, row[i]);
  lvm_table_end (&writer, error);
  return lvm_output_end (output, error);
}

void
lvm_mixture_begin_sample (const lvm_mixture_options *o, size_t D,
                          lvm_output *output, lvm_table_writer *writer)
{
  lvm_columns c = { 0 };
  lvm_columns_each (&c, "x_", D, NULL);
  if (o->with_component)
    lvm_columns_add (&c, "component");
  lvm_columns_begin (&c, writer, output, (lvm_format) o->format);
}

void
lvm_mixture_say_sample (const lvm_mixture_options *o)
{
  fprintf (stderr, "%s: %zu point%s, seed %zu\n", o->program, o->count,
           o->count == 1 ? "" : "s", o->seed);
}
