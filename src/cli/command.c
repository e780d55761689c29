/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"

#include <sched.h>
#include <string.h>

#include "cli/table.h"

bool
lvm_command_read (const lvm_program *program, int argc, char *argv[],
                  const char **file, lvm_error *error)
{
  const int taken = file != NULL;
  int operand;
  bool go_on;
  if (lvm_options_read (program, argc, argv, &operand, &go_on, error) != LVM_OK
      || !go_on)
    return false;
  if (file != NULL)
    *file = operand < argc ? argv[operand] : NULL;
  if (argc - operand > taken)
    lvm_fail (error, LVM_USAGE, "'%.100s' is one file too many",
              argv[operand + taken]);
  return error->status == LVM_OK;
}

size_t
lvm_command_find (const char *const names[], int argc, char *argv[])
{
  size_t i = 0;
  while (names[i] != NULL && (argc < 2 || strcmp (argv[1], names[i]) != 0))
    i++;
  return i;
}

size_t
lvm_count_processors (void)
{
  cpu_set_t set;
  return sched_getaffinity (0, sizeof set, &set) == 0 ? (size_t) CPU_COUNT (&set)
                                                      : 1;
}

lvm_option
lvm_option_format (int *format)
{
  return (lvm_option){ .name = "format",
                       .letter = 'f',
                       .choice = format,
                       .choices = lvm_format_names,
                       .help = "how to write tables (tsv)" };
}

lvm_option
lvm_option_output (const char **output)
{
  return (lvm_option){
    .name = "output",
    .letter = 'o',
    .argument = "FILE",
    .string = output,
    .help = "where to write; '-' is standard output, as is this option's absence"
  };
}

lvm_option
lvm_option_seed (size_t *seed)
{
  return (lvm_option){
    .name = "seed",
    .letter = 's',
    .argument = "S",
    .count = seed,
    .least = 0,
    .most = 9007199254740992,
    .help = "the seed of all random numbers (1): the same seed, the same bits"
  };
}

lvm_option
lvm_option_threads (size_t *threads)
{
  return (lvm_option){
    .name = "threads",
    .letter = 't',
    .argument = "T",
    .count = threads,
    .least = 1,
    .most = 1024,
    .help = "how many threads to use (all processors); results are the same to "
            "the bit whatever T"
  };
}

lvm_option
lvm_option_label (const char **label)
{
  return (lvm_option){
    .name = "label",
    .argument = "NAME",
    .string = label,
    .help = "leave out the column of this name, such as one of class labels"
  };
}

lvm_option
lvm_option_threshold (double *threshold)
{
  return (lvm_option){
    .name = "threshold",
    .argument = "T",
    .real = threshold,
    .least = 0,
    .most = 1e300,
    .help = "a number or pixel of DATA greater than T is 1, any other 0; without "
            "this option all have to be 0 or 1 (in images, 0 or one other value)"
  };
}

lvm_option
lvm_option_book (const char **dir)
{
  return (lvm_option){ .name = "book",
                       .argument = "DIR",
                       .string = dir,
                       .help =
                           "where the experiment writes its tables and values" };
}

lvm_option
lvm_option_quick (bool *quick)
{
  return (lvm_option){ .name = "quick",
                       .flag = quick,
                       .help = "run a small version of the experiment" };
}
