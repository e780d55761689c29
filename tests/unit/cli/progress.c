/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/progress.h"

#include "../unit.h"

#include <fcntl.h>
#include <math.h>

/* Runs updates on a pseudo-terminal as stderr, with the work begun so many seconds ago. */
static const char *
drawn (double ago, int n, const double done[], char text[512])
{
  int terminal = posix_openpt (O_RDWR | O_NOCTTY);
  int other, saved;
  size_t length = 0;
  lvm_progress progress;

  ck_assert_int_ge (terminal, 0);
  grantpt (terminal);
  unlockpt (terminal);
  other = open (ptsname (terminal), O_RDWR | O_NOCTTY);
  ck_assert_int_ge (other, 0);
  saved = unit_redirect (STDERR_FILENO, other);
  lvm_progress_begin (&progress, "fit");
  progress.began -= ago;
  for (int i = 0; i < n; i++)
    lvm_progress_update (&progress, done[i]);
  lvm_progress_end (&progress);
  fputs (".", stderr); /* so that there is something to read */
  unit_restore (STDERR_FILENO, saved);
  while (length < 511 && (length == 0 || text[length - 1] != '.'))
    {
      ssize_t more = read (terminal, text + length, 511 - length);
      ck_assert_int_gt (more, 0);
      length += (size_t) more;
    }
  text[length] = '\0';
  close (other);
  close (terminal);
  return text;
}

START_TEST (line_appears_and_is_wiped)
{
  char text[512];

  /* the second update comes too soon after the first to be drawn */
  ck_assert_str_eq (drawn (10, 2, (const double[]){ 0.25, 0.3 }, text),
                    "\rfit: 25 %, 30 s left\033[K\r\033[K.");
  ck_assert_str_eq (drawn (200, 1, (const double[]){ 0.5 }, text),
                    "\rfit: 50 %, 3 min 20 s left\033[K\r\033[K.");
  ck_assert_str_eq (drawn (3700, 1, (const double[]){ 0.5 }, text),
                    "\rfit: 50 %, 1 h 1 min left\033[K\r\033[K.");
  ck_assert_str_eq (drawn (100, 1, (const double[]){ 1e-12 }, text),
                    "\rfit: 0 %, 99 h 59 min left\033[K\r\033[K.");
  ck_assert_str_eq (drawn (10, 1, (const double[]){ 0 }, text),
                    "\rfit: 0 %\033[K\r\033[K.");
}
END_TEST

START_TEST (short_work_shows_nothing)
{
  char text[512];

  ck_assert_str_eq (drawn (1, 1, (const double[]){ 0.25 }, text), ".");
}
END_TEST

START_TEST (no_terminal_no_line)
{
  FILE *f = tmpfile ();
  int saved = unit_redirect (STDERR_FILENO, fileno (f));
  lvm_progress progress;

  lvm_progress_begin (&progress, "fit");
  progress.began -= 10;
  lvm_progress_update (&progress, 0.25);
  lvm_progress_end (&progress);
  unit_restore (STDERR_FILENO, saved);
  fseek (f, 0, SEEK_END);
  ck_assert_int_eq (ftell (f), 0);
  fclose (f);
}
END_TEST

UNIT_MAIN ("cli/progress", line_appears_and_is_wiped, short_work_shows_nothing,
           no_terminal_no_line)
