/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "options.h"

#include <stdint.h>
#include <string.h>

#include "cli/command.h"
#include "cli/places.h"
#include "model/vae.h"

/* --- what --help says ----------------------------------------------------- */

#define EXIT_NOTES "Exit status: 0 done; 2 wrong usage; 3 bad data."

static const char train_purpose[] = "Train a variational auto-encoder on binary "
                                    "points. DATA is a table (CSV, TSV) of 0 "
                                    "and 1 with one point a row, or holds images "
                                    "(IDX), gzipped or not; '-' is standard "
                                    "input.";

static const char train_notes[] =
    "The trace has a row for each epoch: epoch, bound, reconstruction, kl, "
    "averages over\n"
    "the epoch's images, in nats; with --validation, validation_bound after it.\n"
    "\n"
    "An interrupt ends training after the epoch that is running, and writes the\n"
    "model; a second one ends the program at once. --resume goes on to the same "
    "bits as\n"
    "training that was never interrupted.\n"
    "\n"
    "Exit status: 0 done; 1 interrupted, or the bound is not finite; 2 wrong "
    "usage;\n"
    "3 bad data.";

static const char score_notes[] =
    "Columns written, averages over the points, in nats: points, how many; bound, "
    "the\n"
    "evidence lower bound, reconstruction - kl; bound_error, its standard error;\n"
    "reconstruction, the mean of ln p(x | z) over S draws; kl, exact; "
    "log_evidence,\n"
    "an estimate of ln p(x) from S importance weights, which on average is below "
    "it\n"
    "and above the bound; log_evidence_error, its standard error, which knows "
    "nothing of\n"
    "that bias. Standard errors are those of the draws, for these points; they are "
    "nan\n"
    "for S = 1.\n"
    "\n" EXIT_NOTES;

const lvm_program programs[COMMANDS] = {
  [TRAIN] = { .name = "vae train",
              .usage = "[OPTION]... --model=FILE DATA",
              .purpose = train_purpose,
              .notes = train_notes },
  [ENCODE] = { .name = "vae encode",
               .usage = "[OPTION]... --model=FILE DATA",
               .purpose = "Write the encoder's Gaussian for each point of DATA, a "
                          "table or images as for `train'.",
               .notes = "Columns written: mean_1 .. mean_L; log_variance_1 .. "
                        "log_variance_L.\n\n" EXIT_NOTES },
  [DECODE] = { .name = "vae decode",
               .usage = "[OPTION]... --model=FILE CODES",
               .purpose = "Write the probability of each pixel for each row of "
                          "CODES, a table with a column for each latent number, or "
                          "one that `encode' wrote, of which the means are taken.",
               .notes = "Columns written: p_1 .. p_D.\n\n" EXIT_NOTES },
  [SCORE] = { .name = "vae score",
              .usage = "[OPTION]... --model=FILE DATA",
              .purpose = "Write how well a model explains the points of DATA, a "
                         "table or images as for `train'.",
              .notes = score_notes },
  [SAMPLE] = { .name = "vae sample",
               .usage = "[OPTION]... --model=FILE",
               .purpose =
                   "Draw z from the prior and points from it, one a row of 0 "
                   "and 1.",
               .notes = "Columns written: x_1 .. x_D; with --probabilities p_1 .. "
                        "p_D.\n\n" EXIT_NOTES },
  [EXPERIMENT] = { .name = "vae",
                   .usage = "[COMMAND] [OPTION]... [DATA]",
                   .purpose =
                       "Train variational auto-encoders on binary points, and "
                       "use them. Without a command, run the experiment of "
                       "chapter 6.",
                   .notes =
                       "Commands; `vae COMMAND --help' tells more:\n"
                       "  train    fit a model to the points of DATA\n"
                       "  encode   write the Gaussian of each point\n"
                       "  decode   write the pixels' probabilities for each code\n"
                       "  score    write the bound and an estimate of ln p(x)\n"
                       "  sample   draw points\n"
                       "\n"
                       "Exit status: 0 done; 1 a check failed, or training was "
                       "interrupted;\n2 wrong usage; 3 bad data." }
};

/* --- the options ---------------------------------------------------------- */

static lvm_option
option_count (const char *name, const char *argument, size_t *count, double least,
              double greatest, const char *help)
{
  return (lvm_option){ .name = name,
                       .argument = argument,
                       .count = count,
                       .least = least,
                       .most = greatest,
                       .help = help };
}

static lvm_option
option_file (const char *name, const char **file, const char *help)
{
  return (
      lvm_option){ .name = name, .argument = "FILE", .string = file, .help = help };
}

static lvm_option
option_flag (const char *name, bool *flag, const char *help)
{
  return (lvm_option){ .name = name, .flag = flag, .help = help };
}

/* Each returns how many options it put in the table.  */
static size_t
add_train_options (options *o, lvm_option table[])
{
  const lvm_option own[] = {
    option_count ("hidden", "H", &o->hidden, 1, 100000,
                  "units of either hidden layer (500)"),
    option_count ("latent", "L", &o->latent, 1, 10000, "latent numbers (2)"),
    { .name = "activation",
      .choice = &o->activation,
      .choices = lvm_activation_names,
      .help = "of the hidden units (tanh)" },
    option_count (
        "epochs", "E", &o->epochs, 1, 1e6,
        "how often to go through DATA, with what was before --resume (20)"),
    option_count ("batch", "B", &o->batch, 1, 65536, "points of a step (128)"),
    { .name = "learning-rate",
      .argument = "R",
      .real = &o->learning_rate,
      .least = 1e-12,
      .most = 1e6,
      .help = "of Adam (0.001)" },
    lvm_option_seed (&o->seed),
    lvm_option_threads (&o->threads),
    lvm_option_threshold (&o->threshold),
    lvm_option_label (&o->label),
    option_file ("model", &o->model, "write the model"),
    option_file ("resume", &o->resume,
                 "go on with training from this model; it may be --model itself"),
    option_file ("validation", &o->validation,
                 "points held out, of which the bound goes to the trace"),
    option_file ("trace", &o->trace, "write a table with a row for each epoch"),
    lvm_option_format (&o->format),
  };
  memcpy (table, own, sizeof own);
  return sizeof own / sizeof own[0];
}

/* Of encode, decode, score and sample.  */
static size_t
add_other_options (options *o, lvm_option table[])
{
  size_t n = 0;
  table[n++] = option_file (
      "model", &o->model, "the model, as `train' writes it; '-' is standard input");
  if (o->command == SCORE)
    {
      table[n++] = option_count ("samples", "S", &o->samples, 1, 1e6,
                                 "draws for each point (100)");
      table[n++] = option_flag ("each", &o->each, "write a row for each point");
    }
  if (o->command == SAMPLE)
    {
      table[n++] =
          option_count ("count", "N", &o->count, 1, 1e12, "how many points (1000)");
      table[n++] = option_flag ("probabilities", &o->probabilities,
                                "write the pixels' probabilities instead of draws");
    }
  if (o->command == SAMPLE || o->command == DECODE)
    table[n++] = option_flag (
        "idx", &o->idx,
        "write IDX images instead of a table, gzipped if FILE ends in .gz; "
        "probabilities are greys from 0 to 255 there");
  if (o->command == SAMPLE || o->command == SCORE)
    table[n++] = lvm_option_seed (&o->seed);
  if (o->command == ENCODE || o->command == SCORE)
    table[n++] = lvm_option_threshold (&o->threshold);
  if (o->command != SAMPLE)
    table[n++] = lvm_option_label (&o->label);
  table[n++] = lvm_option_output (&o->output);
  table[n++] = lvm_option_format (&o->format);
  table[n++] = lvm_option_threads (&o->threads);
  return n;
}

static void
fill_table (options *o, lvm_option table[])
{
  size_t n = 2;
  if (o->command == TRAIN)
    n = add_train_options (o, table);
  else if (o->command != EXPERIMENT)
    n = add_other_options (o, table);
  else
    {
      table[0] = lvm_option_book (&o->book);
      table[1] = lvm_option_quick (&o->quick);
    }
  table[n] = (lvm_option){ .name = NULL };
}

static int
check_command_line (const options *o, lvm_error *error)
{
  const bool train = o->command == TRAIN;
  const lvm_place places[] = {
    { .name = o->command == DECODE ? "CODES" : "DATA", .path = o->data },
    { .name = "--resume", .path = o->resume },
    { .name = "--validation", .path = o->validation },
    { .name = "--model",
      .path = o->model,
      .written = train,
      .replaces = train ? "--resume" : NULL },
    { .name = "--output", .path = o->output, .written = true },
    { .name = "--trace", .path = o->trace, .written = true },
  };
  if (o->command == EXPERIMENT)
    return LVM_OK;
  if (o->data == NULL && o->command != SAMPLE)
    return lvm_fail (error, LVM_USAGE, "%s is missing", places[0].name);
  if (o->model == NULL)
    return lvm_fail (error, LVM_USAGE, "option '--model' is needed");
  return lvm_check_places (places, sizeof places / sizeof places[0], error);
}

bool
read_command_line (int argc, char *argv[], options *o, lvm_error *error)
{
  static const char *const names[] = { "train", "encode", "decode",
                                       "score", "sample", NULL };
  const command c = (command) lvm_command_find (names, argc, argv);
  const int word = c != EXPERIMENT;
  lvm_option table[20];
  lvm_program program = programs[c];
  *o = (options){ .command = c,
                  .program = program.name,
                  .threshold = -1,
                  .activation = -1,
                  .epochs = 20,
                  .seed = c == TRAIN ? SIZE_MAX : 1,
                  .threads = lvm_count_processors (),
                  .samples = 100,
                  .count = 1000 };
  fill_table (o, table);
  program.options = table;
  if (!word && argc > 1 && *argv[1] != '-')
    lvm_fail (
        error, LVM_USAGE,
        "the first word has to be train, encode, decode, score or sample, not "
        "'%.100s'",
        argv[1]);
  else if (!lvm_command_read (&program, argc - word, argv + word,
                              c < SAMPLE ? &o->data : NULL, error))
    return false;
  return error->status == LVM_OK && check_command_line (o, error) == LVM_OK;
}
