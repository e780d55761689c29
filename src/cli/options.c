/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/options.h"

#include "data/number.h"
#include "data/output.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* getopt_long's own tables, made from ours. An option's value there is its place
   here plus FIRST, beyond all characters. */
enum
{
  FIRST = 256,
  MARGIN = 29, /* where the help of an option begins */
  WIDTH = 79
};

static const lvm_option standard[] = {
  { .name = "help", .help = "say this and do nothing else" },
  { .name = "version", .help = "say which version this is and do nothing else" }
};

static size_t
count_options (const lvm_program *program)
{
  size_t n = 0;

  while (program->options[n].name != NULL)
    n++;
  return n;
}

static bool
takes_argument (const lvm_option *option)
{
  return option->string != NULL || option->count != NULL || option->real != NULL
         || option->choice != NULL;
}

static void
make_tables (const lvm_program *program, size_t n, struct option *longs,
             char *shorts)
{
  *shorts++ =
      ':'; /* getopt shall tell a missing argument apart, and print nothing */
  for (size_t i = 0; i < n + 2; i++)
    {
      const lvm_option *option = i < n ? &program->options[i] : &standard[i - n];

      longs[i].name = option->name;
      longs[i].has_arg = takes_argument (option) ? required_argument : no_argument;
      longs[i].flag = NULL;
      longs[i].val = FIRST + (int) i;
      if (option->letter != 0)
        *shorts++ = option->letter;
      if (option->letter != 0 && takes_argument (option))
        *shorts++ = ':';
    }
  longs[n + 2] = (struct option){ 0 };
  *shorts = '\0';
}

/* Prints words from column `at` on, new lines indented by `indent`. */
static void
print_wrapped (const char *text, int at, int indent)
{
  while (*text != '\0')
    {
      int word = (int) strcspn (text, " ");

      if (at > indent && at + 1 + word > WIDTH)
        {
          printf ("\n%*s", indent, "");
          at = indent;
        }
      else if (at > indent)
        at += printf (" ");
      at += printf ("%.*s", word, text);
      text += word;
      text += strspn (text, " ");
    }
  putchar ('\n');
}

static void
print_option (const lvm_option *option)
{
  int at =
      option->letter != 0 ? printf ("  -%c, ", option->letter) : printf ("      ");

  at += printf ("--%s", option->name);
  if (option->argument != NULL)
    at += printf ("=%s", option->argument);
  for (size_t i = 0; option->choices != NULL && option->choices[i] != NULL; i++)
    at += printf ("%c%s", i == 0 ? '=' : '|', option->choices[i]);
  if (at + 2 > MARGIN)
    {
      putchar ('\n');
      at = 0;
    }
  printf ("%*s", MARGIN - at, "");
  print_wrapped (option->help, MARGIN, MARGIN);
}

/* Writes to stdout; a full disk is an error here as elsewhere. */
static int
print_help (const lvm_program *program, lvm_error *error)
{
  printf ("Usage: %s %s\n\n", program->name, program->usage);
  print_wrapped (program->purpose, 0, 0);
  printf ("\nOptions:\n");
  for (const lvm_option *option = program->options; option->name != NULL; option++)
    print_option (option);
  print_option (&standard[0]);
  print_option (&standard[1]);
  if (program->notes != NULL)
    printf ("\n%s\n", program->notes);
  return lvm_output_commit (lvm_output_open (NULL, error), error);
}

static int
print_version (const lvm_program *program, lvm_error *error)
{
  printf ("%s (Latent) %s\n"
          "Licence GPLv3+: GNU GPL version 3 or later "
          "<https://gnu.org/licenses/gpl.html>.\n"
          "This is free software: you are free to change and redistribute it.\n"
          "There is NO WARRANTY, to the extent permitted by law.\n",
          program->name, LVM_VERSION);
  return lvm_output_commit (lvm_output_open (NULL, error), error);
}

static bool
out_of_range (const lvm_option *option, double x)
{
  bool limited = option->least < option->most;

  return !isfinite (x) || (limited && (x < option->least || x > option->most));
}

static int
range_fail (const lvm_option *option, const char *text, const char *what,
            lvm_error *error)
{
  char least[LVM_NUMBER_SIZE], most[LVM_NUMBER_SIZE];

  lvm_number_write (option->least, least);
  lvm_number_write (option->most, most);
  if (option->least < option->most)
    return lvm_fail (error, LVM_USAGE,
                     "option '--%s' takes %s from %s to %s, not '%.100s'",
                     option->name, what, least, most, text);
  return lvm_fail (error, LVM_USAGE, "option '--%s' takes %s, not '%.100s'",
                   option->name, what, text);
}

static int
read_count (const lvm_option *option, const char *text, lvm_error *error)
{
  static const char what[] = "a whole number";
  unsigned long long n;

  errno = 0;
  n = strtoull (text, NULL, 10);
  if (*text == '\0' || text[strspn (text, "0123456789")] != '\0' || errno != 0
      || n > SIZE_MAX || out_of_range (option, (double) n))
    return range_fail (option, text, what, error);
  *option->count = (size_t) n;
  return LVM_OK;
}

static int
read_real (const lvm_option *option, const char *text, lvm_error *error)
{
  const char *end;
  double x;

  if (lvm_number_read (text, &x, &end) != LVM_OK || *end != '\0'
      || out_of_range (option, x))
    return range_fail (option, text, "a number", error);
  *option->real = x;
  return LVM_OK;
}

static int
read_choice (const lvm_option *option, const char *text, lvm_error *error)
{
  char list[256] = "";
  size_t used = 0;

  for (int i = 0; option->choices[i] != NULL; i++)
    {
      if (strcmp (option->choices[i], text) == 0)
        {
          *option->choice = i;
          return LVM_OK;
        }
      if (used < sizeof list)
        used += (size_t) snprintf (list + used, sizeof list - used, "%s%s",
                                   i == 0 ? "" : ", ", option->choices[i]);
    }
  return lvm_fail (error, LVM_USAGE, "option '--%s' takes one of %s, not '%.100s'",
                   option->name, list, text);
}

static int
set_option (const lvm_option *option, const char *text, lvm_error *error)
{
  if (option->count != NULL)
    return read_count (option, text, error);
  if (option->real != NULL)
    return read_real (option, text, error);
  if (option->choice != NULL)
    return read_choice (option, text, error);
  if (option->string != NULL)
    *option->string = text;
  else
    *option->flag = true;
  return LVM_OK;
}

/* What getopt_long stumbled over. It knows an option by optopt where it knows it at
 * all. */
static int
stumble (const struct option *longs, int c, const char *given, lvm_error *error)
{
  char option[64];

  if (optopt >= FIRST)
    snprintf (option, sizeof option, "--%s", longs[optopt - FIRST].name);
  else if (optopt != 0)
    snprintf (option, sizeof option, "-%c", optopt);
  else
    snprintf (option, sizeof option, "%.60s", given);
  return lvm_fail (error, LVM_USAGE, "%s '%s'%s",
                   c == ':' || optopt >= FIRST ? "option"
                                               : "unknown or ambiguous option",
                   option,
                   c == ':'          ? " needs an argument"
                   : optopt >= FIRST ? " takes no argument"
                                     : "");
}

/* A descriptor of the three that is closed would be given to the next file opened,
   and messages or data written into it. What fills the gap here fails when used. */
static void
fill_closed_descriptors (void)
{
  for (int fd = 0; fd <= 2; fd++)
    if (fcntl (fd, F_GETFD) < 0
        && open ("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) < 0)
      return;
}

/* The place of the option that getopt_long returned as c. */
static size_t
find_option (const lvm_program *program, int c)
{
  size_t i = 0;

  if (c >= FIRST)
    return (size_t) (c - FIRST);
  while (program->options[i].letter != c)
    i++;
  return i;
}

static int
read_all (const lvm_program *program, int argc, char *argv[],
          const struct option *longs, const char *shorts, bool *go_on,
          lvm_error *error)
{
  size_t n = count_options (program);
  int status = LVM_OK;
  int c;

  *go_on = true;
  optind = 0; /* glibc: start afresh */
  while (status == LVM_OK && *go_on
         && (c = getopt_long (argc, argv, shorts, longs, NULL)) != -1)
    {
      size_t i = c == '?' || c == ':' ? 0 : find_option (program, c);

      if (c == '?' || c == ':')
        status = stumble (longs, c, argv[optind - 1], error);
      else if (i < n)
        status = set_option (&program->options[i], optarg, error);
      else
        {
          status =
              i == n ? print_help (program, error) : print_version (program, error);
          *go_on = false;
        }
    }
  return status;
}

int
lvm_options_read (const lvm_program *program, int argc, char *argv[], int *operand,
                  bool *go_on, lvm_error *error)
{
  size_t n = count_options (program);
  struct option *longs = lvm_alloc (n + 3, sizeof (struct option));
  char *shorts = lvm_alloc (2 * n + 2, 1);
  int status;

  fill_closed_descriptors ();
  make_tables (program, n, longs, shorts);
  status = read_all (program, argc, argv, longs, shorts, go_on, error);
  *operand = optind;
  free (longs);
  free (shorts);
  return status;
}

int
lvm_report (const lvm_program *program, const lvm_error *error)
{
  if (error->status != LVM_OK)
    fprintf (stderr, "%s: %s\n", program->name, error->message);
  if (error->status == LVM_USAGE)
    fprintf (stderr, "Try '%s --help' for more information.\n", program->name);
  return error->status;
}
