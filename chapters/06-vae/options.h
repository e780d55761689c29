/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_CHAPTER_06_OPTIONS_H
#define LVM_CHAPTER_06_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/options.h"

/* The command line of the program `vae'.  */

typedef enum
{
  TRAIN,
  ENCODE,
  DECODE,
  SCORE,
  SAMPLE,
  EXPERIMENT, /* no command: that of the chapter */
  COMMANDS
} command;

/* What the command line does not say is 0, NULL, or as written here.  */
typedef struct
{
  command command;
  const char *program; /* such as "vae train" */
  const char *data;    /* points, or codes for `decode' */
  const char *label;
  double threshold; /* -1: all have to be 0 or 1 */
  size_t hidden, latent, batch, epochs;
  int activation; /* -1 */
  double learning_rate;
  size_t seed; /* SIZE_MAX */
  size_t threads, samples, count;
  const char *model; /* written by `train', read by the others */
  const char *resume, *validation, *trace;
  bool each, idx, probabilities;
  const char *output; /* NULL for standard output */
  int format;         /* an lvm_format */
  const char *book;   /* the folder of the experiment's tables and values */
  bool quick;         /* a small experiment */
} options;

extern const lvm_program programs[COMMANDS]; /* without their options */

/* Reads the whole command line, and checks it.
   Value  whether there is work to do.  */
bool read_command_line (int argc, char *argv[], options *o, lvm_error *error);

#endif
