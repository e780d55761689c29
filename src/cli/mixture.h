/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_CLI_MIXTURE_H
#define LVM_CLI_MIXTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/options.h"
#include "cli/table.h"
#include "data/output.h"

/* What the programs on mixtures have in common: four commands, their options, and the
   tables that they write.  */

typedef enum
{
  LVM_FIT,       /* find a mixture                     */
  LVM_PREDICT,   /* write responsibilities             */
  LVM_SCORE,     /* write the log-likelihood, AIC, BIC */
  LVM_SAMPLE,    /* draw points                        */
  LVM_EXPERIMENT /* no command: that of the chapter    */
} lvm_mixture_command;

enum
{
  LVM_MIXTURE_COMMANDS = LVM_EXPERIMENT + 1,
  LVM_MIXTURE_DEFAULT_K = 2,
  LVM_MIXTURE_DEFAULT_RESTARTS = 10
};

typedef struct
{
  lvm_mixture_command command;
  const char *program;    /* such as "gaussian-mixture fit" */
  const char *data;       /* the points; NULL for sample */
  const char *file;       /* the same, for messages */
  const char *label;      /* a column of DATA that is left out */
  size_t components;      /* K; 0: not given */
  const char *initialise; /* kmeans, random or a model file */
  int how;                /* place of the former in their names; -1: a file */
  size_t restarts;        /* 0: not given */
  double tolerance;
  size_t iterations; /* at most */
  double regularise; /* the strength of the prior, in points */
  size_t seed;
  size_t threads;
  size_t count;
  bool with_component;
  const char *model;            /* written by `fit', read by the others */
  const char *responsibilities; /* where `fit' writes them, or NULL */
  const char *trace;            /* the same */
  const char *output;           /* of the others; NULL for standard output */
  int format;                   /* an lvm_format */
  const char *book; /* the folder of the experiment's tables and values */
  bool quick;       /* a small experiment */
} lvm_mixture_options;

/* Reads the whole command line, and checks it.
   Given     programs [LVM_MIXTURE_COMMANDS], without usage; options: the program's
             own, or NULL; those above come before them
             hows: names of the ways to begin, ended by NULL
             argc, argv: as of main
   Returned  o, the own options' destinations; error
   Value     whether there is work to do.  */
bool lvm_mixture_read (const lvm_program programs[], const char *const hows[],
                       int argc, char *argv[], lvm_mixture_options *o,
                       lvm_error *error);

/* What --help says last: of the columns written, of the exit status, of the commands.  */
#define LVM_PREDICT_NOTES                                                          \
  "Columns written: r_1 .. r_K, the responsibilities; log_evidence, ln p(x);\n"    \
  "argmax, the component of the greatest responsibility, counted from 1.\n"
#define LVM_SCORE_NOTES                                                            \
  "Columns written: points, N; log_likelihood, l, summed over them, in nats;\n"    \
  "mean, l / N; parameters, p, how many numbers are free; aic, 2 p - 2 l; bic,\n"  \
  "p ln N - 2 l. Of both criteria less is better; they are meant for the points\n" \
  "that the mixture was fitted to.\n"
#define LVM_FIT_EXIT_NOTES                                                         \
  "Exit status: 0 done; 1 no convergence, or every restart degenerate; 2 wrong\n"  \
  "usage; 3 bad data."
#define LVM_EXIT_NOTES "Exit status: 0 done; 2 wrong usage; 3 bad data."
#define LVM_COMMAND_NOTES(program)                                                 \
  "Commands; `" program " COMMAND --help' tells more:\n"                           \
  "  fit      find a mixture of K components for the points of DATA\n"             \
  "  predict  write the responsibilities of a mixture for each point\n"            \
  "  score    write log-likelihood, AIC and BIC of points under a mixture\n"       \
  "  sample   draw points from a mixture\n"                                        \
  "\n"                                                                             \
  "Exit status: 0 done; 1 a check failed, or no convergence; 2 wrong usage;\n"     \
  "3 bad data."

/* --- what is read ---------------------------------------------------------- */

/* After a failure to read DATA: a column of text is most likely one of labels, and
   the message says so.
   Status  the error's.  */
int lvm_mixture_hint_at_labels (lvm_error *error);

/* A start from a file has its own K, and is one.
   Given  K of the file.  */
int lvm_mixture_check_start (const lvm_mixture_options *o, size_t K,
                             lvm_error *error);

/* Given  columns: of the points; model, D: of the mixture.  */
int lvm_mixture_check_dimensions (const lvm_mixture_options *o, size_t columns,
                                  const char *model, size_t D, lvm_error *error);

/* Given  how many points are distinct, counted up to K.  */
int lvm_mixture_check_distinct (const lvm_mixture_options *o, size_t N,
                                size_t distinct, size_t K, lvm_error *error);

/* --- what is written ------------------------------------------------------- */

/* r_NAME (or r_1 .. r_K), log_evidence, argmax: the component of the greatest
   responsibility, from 1; 0 where ln p(x) = -inf and there is none.
   Given  names [K], or NULL; r [N x K]; log_evidence [N].  */
int lvm_write_responsibilities (lvm_output *output, lvm_format format, size_t N,
                                size_t K, char *const names[], const double r[],
                                const double log_evidence[], lvm_error *error);

/* The same, to o->output.  */
int lvm_mixture_write_prediction (const lvm_mixture_options *o, size_t N, size_t K,
                                  const double r[], const double log_evidence[],
                                  lvm_error *error);

/* The result of a fit, for the eye, to standard output: component, weight, means.
   Nothing where standard output holds another output.
   Given  names [D], or NULL; weight [K]; mean [K x D].  */
int lvm_mixture_write_components (const lvm_mixture_options *o, size_t K, size_t D,
                                  char *const names[], const double weight[],
                                  const double mean[], lvm_error *error);

/* One row to o->output, with Akaike's and Schwarz's criterion in the form in which
   less is better.
   Given  l: the log-likelihood, in nats; p: how many numbers are free.  */
int lvm_mixture_write_score (const lvm_mixture_options *o, size_t N, double l,
                             size_t p, lvm_error *error);

/* Begins the table of draws: x_1 .. x_D, and component if asked for.  */
void lvm_mixture_begin_sample (const lvm_mixture_options *o, size_t D,
                               lvm_output *output, lvm_table_writer *writer);

/* One sentence on stderr about a sample that was written.  */
void lvm_mixture_say_sample (const lvm_mixture_options *o);

/* The stream of random numbers of `sample', which no restart of `fit' reaches.  */
#define LVM_SAMPLE_STREAM UINT64_MAX

#endif
