/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/options.h"

#include "../unit.h"

#include <fcntl.h>
#include <math.h>

/* A program with one option of each sort, and where they go. */
typedef struct
{
  bool quick;
  const char *output;
  size_t components;
  size_t seed;
  double tolerance;
  double shift;
  int format;
  int operand;
  bool go_on;
  lvm_error error;
} outcome;

static const char *const formats[] = { "tsv", "json", NULL };

static void
fill_options (lvm_option options[8], outcome *o)
{
  const lvm_option all[] = {
    { .name = "quick", .letter = 'q', .flag = &o->quick, .help = "be quick" },
    { .name = "output",
      .letter = 'o',
      .argument = "FILE",
      .string = &o->output,
      .help = "where to write" },
    { .name = "components",
      .argument = "K",
      .count = &o->components,
      .least = 1,
      .most = 1000,
      .help = "how many" },
    { .name = "seed",
      .argument = "S",
      .count = &o->seed,
      .help = "what would end in column 80, as this does, goes far down" },
    { .name = "tolerance",
      .letter = 't',
      .argument = "T",
      .real = &o->tolerance,
      .least = 0,
      .most = 0.5,
      .help = "how close; this help is long enough to be broken into several "
              "lines, which begin "
              "below one another" },
    { .name = "shift", .argument = "X", .real = &o->shift, .help = "a number" },
    { .name = "format",
      .choice = &o->format,
      .choices = formats,
      .help = "how to write" },
    { .name = NULL }
  };

  memcpy (options, all, sizeof all);
}

/* Reads a command line, given as words with single blanks between. */
static int
read_line (const char *line, outcome *o)
{
  static char words[256]; /* the strings read point into it */
  char *argv[32];
  int argc = 0;
  lvm_option options[8];
  lvm_program program = { .name = "fit",
                          .usage = "[OPTION]... [FILE]",
                          .purpose = "Fit.",
                          .options = options };

  *o = (outcome){ .components = 3, .tolerance = 0.125, .operand = -1 };
  fill_options (options, o);
  strcpy (words, line);
  for (char *word = strtok (words, " "); word != NULL; word = strtok (NULL, " "))
    argv[argc++] = word;
  argv[argc] = NULL;
  return lvm_options_read (&program, argc, argv, &o->operand, &o->go_on, &o->error);
}

static void
assert_refused (const char *line, const char *message)
{
  outcome o;

  ck_assert_int_eq (read_line (line, &o), LVM_USAGE);
  ck_assert_int_eq (o.error.status, LVM_USAGE);
  ck_assert_str_eq (o.error.message, message);
}

START_TEST (defaults_stay)
{
  outcome o;

  ck_assert_int_eq (read_line ("fit", &o), LVM_OK);
  ck_assert (o.go_on && !o.quick);
  ck_assert_ptr_null (o.output);
  ck_assert_uint_eq (o.components, 3);
  ck_assert_double_eq (o.tolerance, 0.125);
  ck_assert_int_eq (o.operand, 1);
}
END_TEST

START_TEST (every_sort_is_read)
{
  outcome o;

  ck_assert_int_eq (read_line ("fit data.csv --quick --output=a.tsv --components "
                               "1000 --tol 0.5 --shift -2.385 "
                               "--format json --seed 18446744073709551615 - more",
                               &o),
                    LVM_OK);
  ck_assert (o.go_on && o.quick);
  ck_assert_str_eq (o.output, "a.tsv");
  ck_assert_uint_eq (o.components, 1000);
  ck_assert_double_eq (o.tolerance, 0.5);
  ck_assert_double_eq (o.shift, -2.385);
  ck_assert_int_eq (o.format, 1);
  ck_assert_uint_eq (o.seed, SIZE_MAX);
  ck_assert_int_eq (o.operand, 13); /* data.csv, - and more have moved to the end */
}
END_TEST

START_TEST (short_letters)
{
  outcome o;

  ck_assert_int_eq (read_line ("fit -qo a.tsv -t0.25 -- -x", &o), LVM_OK);
  ck_assert (o.quick);
  ck_assert_str_eq (o.output, "a.tsv");
  ck_assert_double_eq (o.tolerance, 0.25);
  ck_assert_int_eq (o.operand, 5);
}
END_TEST

START_TEST (bad_options)
{
  assert_refused ("fit --nothing", "unknown or ambiguous option '--nothing'");
  assert_refused ("fit --s 1", "unknown or ambiguous option '--s'");
  assert_refused ("fit -x", "unknown or ambiguous option '-x'");
  assert_refused ("fit -qx", "unknown or ambiguous option '-x'");
  assert_refused ("fit --quick=yes", "option '--quick' takes no argument");
  assert_refused ("fit --output", "option '--output' needs an argument");
  assert_refused ("fit -o", "option '-o' needs an argument");
}
END_TEST

START_TEST (bad_arguments)
{
  assert_refused (
      "fit --components 0",
      "option '--components' takes a whole number from 1 to 1000, not '0'");
  assert_refused (
      "fit --components 1001",
      "option '--components' takes a whole number from 1 to 1000, not '1001'");
  assert_refused (
      "fit --components -1",
      "option '--components' takes a whole number from 1 to 1000, not '-1'");
  assert_refused (
      "fit --components 2x",
      "option '--components' takes a whole number from 1 to 1000, not '2x'");
  assert_refused (
      "fit --components=",
      "option '--components' takes a whole number from 1 to 1000, not ''");
  assert_refused (
      "fit --seed 18446744073709551616",
      "option '--seed' takes a whole number, not '18446744073709551616'");
  assert_refused ("fit --tolerance 0.6",
                  "option '--tolerance' takes a number from 0 to 0.5, not '0.6'");
  assert_refused ("fit --tolerance -0.1",
                  "option '--tolerance' takes a number from 0 to 0.5, not '-0.1'");
  assert_refused ("fit --tolerance x",
                  "option '--tolerance' takes a number from 0 to 0.5, not 'x'");
  assert_refused ("fit --tolerance nan",
                  "option '--tolerance' takes a number from 0 to 0.5, not 'nan'");
  assert_refused ("fit --shift inf", "option '--shift' takes a number, not 'inf'");
  assert_refused ("fit --shift 1,5", "option '--shift' takes a number, not '1,5'");
  assert_refused ("fit --shift 1e999",
                  "option '--shift' takes a number, not '1e999'");
  assert_refused ("fit --format xml",
                  "option '--format' takes one of tsv, json, not 'xml'");
}
END_TEST

/* What a command line prints to stdout. */
static const char *
printed_by (const char *line, char text[4096], int *status, outcome *o)
{
  FILE *f = tmpfile ();
  int saved = unit_redirect (STDOUT_FILENO, fileno (f));
  size_t n;

  *status = read_line (line, o);
  unit_restore (STDOUT_FILENO, saved);
  rewind (f);
  n = fread (text, 1, 4095, f);
  text[n] = '\0';
  fclose (f);
  return text;
}

START_TEST (help_comes_from_the_table)
{
  char text[4096];
  int status;
  outcome o;

  printed_by ("fit --help --nothing", text, &status, &o);
  ck_assert_int_eq (status, LVM_OK);
  ck_assert (!o.go_on);
  ck_assert_str_eq (text,
                    "Usage: fit [OPTION]... [FILE]\n"
                    "\n"
                    "Fit.\n"
                    "\n"
                    "Options:\n"
                    "  -q, --quick                be quick\n"
                    "  -o, --output=FILE          where to write\n"
                    "      --components=K         how many\n"
                    "      --seed=S               what would end in column 80, "
                    "as this does, goes\n"
                    "                             far down\n"
                    "  -t, --tolerance=T          how close; this help is long "
                    "enough to be broken\n"
                    "                             into several lines, which "
                    "begin below one another\n"
                    "      --shift=X              a number\n"
                    "      --format=tsv|json      how to write\n"
                    "      --help                 say this and do nothing else\n"
                    "      --version              say which version this is and "
                    "do nothing else\n");
}
END_TEST

START_TEST (version_names_program_and_licence)
{
  char text[4096];
  int status;
  outcome o;

  printed_by ("fit --version", text, &status, &o);
  ck_assert_int_eq (status, LVM_OK);
  ck_assert (!o.go_on);
  ck_assert_ptr_eq (strstr (text, "fit (Latent) " LVM_VERSION "\n"), text);
  ck_assert_ptr_nonnull (strstr (text, "GPL"));
}
END_TEST

/* Long names have their help on a line below; notes come last. */
START_TEST (help_of_a_long_option)
{
  const lvm_option options[] = { { .name = "initialise",
                                   .argument = "kmeans|random|MODEL",
                                   .help = "how to begin",
                                   .string = &(const char *){ NULL } },
                                 { .name = NULL } };
  const lvm_program program = { .name = "fit",
                                .usage = "",
                                .purpose = "Fit.",
                                .notes = "Good luck.",
                                .options = options };
  char *argv[] = { (char[]){ "fit" }, (char[]){ "--help" }, NULL };
  FILE *f = tmpfile ();
  int saved = unit_redirect (STDOUT_FILENO, fileno (f));
  char text[4096];
  int operand;
  bool go_on;
  lvm_error error = { 0 };
  int status = lvm_options_read (&program, 2, argv, &operand, &go_on, &error);

  unit_restore (STDOUT_FILENO, saved);
  rewind (f);
  text[fread (text, 1, 4095, f)] = '\0';
  fclose (f);
  ck_assert_int_eq (status, LVM_OK);
  ck_assert_ptr_nonnull (strstr (text,
                                 "      --initialise=kmeans|random|MODEL\n"
                                 "                             how to begin\n"));
  ck_assert_str_eq (text + strlen (text) - 12, "\nGood luck.\n");
}
END_TEST

START_TEST (help_into_a_full_disk_fails)
{
  int full = open ("/dev/full", O_WRONLY);
  int saved = unit_redirect (STDOUT_FILENO, full);
  outcome o;
  int status = read_line ("fit --help", &o);

  clearerr (stdout);
  unit_restore (STDOUT_FILENO, saved);
  close (full);
  ck_assert_int_eq (status, LVM_DATA);
}
END_TEST

START_TEST (closed_descriptors_are_filled)
{
  int saved = dup (STDIN_FILENO);
  outcome o;
  char c;

  close (STDIN_FILENO);
  ck_assert_int_eq (read_line ("fit", &o), LVM_OK);
  ck_assert_int_ge (fcntl (STDIN_FILENO, F_GETFD), 0);
  ck_assert_int_lt (read (STDIN_FILENO, &c, 1), 0); /* and reading from it fails */
  dup2 (saved, STDIN_FILENO);
  close (saved);
}
END_TEST

START_TEST (report_says_it_and_returns_the_status)
{
  const lvm_program program = { .name = "fit" };
  const lvm_error usage = { LVM_USAGE, "one FILE at a time" };
  const lvm_error data = { LVM_DATA, "a.csv:3: bad" };
  const lvm_error none = { 0 };
  FILE *f = tmpfile ();
  int saved = unit_redirect (STDERR_FILENO, fileno (f));
  int status[] = { lvm_report (&program, &usage), lvm_report (&program, &data),
                   lvm_report (&program, &none) };
  char text[256];

  unit_restore (STDERR_FILENO, saved);
  rewind (f);
  text[fread (text, 1, 255, f)] = '\0';
  fclose (f);
  ck_assert_int_eq (status[0], LVM_USAGE);
  ck_assert_int_eq (status[1], LVM_DATA);
  ck_assert_int_eq (status[2], LVM_OK);
  ck_assert_str_eq (text, "fit: one FILE at a time\n"
                          "Try 'fit --help' for more information.\n"
                          "fit: a.csv:3: bad\n");
}
END_TEST

UNIT_MAIN ("cli/options", defaults_stay, every_sort_is_read, short_letters,
           bad_options, bad_arguments, help_comes_from_the_table,
           version_names_program_and_licence, help_of_a_long_option,
           help_into_a_full_disk_fails, closed_descriptors_are_filled,
           report_says_it_and_returns_the_status)
