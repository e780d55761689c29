/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"

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
