/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_TESTS_UNIT_UNIT_H
#define LVM_TESTS_UNIT_UNIT_H

/* What the unit tests share: one executable a source file, each with

     UNIT_MAIN ("data/csv", reads_header, refuses_text)

   at its end, naming its tests. */

#define CK_FLOATING_DIG 17 /* else Check prints six digits */
#include <check.h>

#include <dirent.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static inline int
unit_run (const char *name, const TTest *const tests[], size_t n)
{
  Suite *suite = suite_create (name);
  TCase *tests_of_file = tcase_create (name);
  SRunner *runner = srunner_create (suite);
  int failed;

  tcase_set_timeout (tests_of_file, 120); /* valgrind is slow */
  for (size_t i = 0; i < n; i++)
    tcase_add_test (tests_of_file, tests[i]);
  suite_add_tcase (suite, tests_of_file);
  srunner_run_all (runner, CK_ENV);
  failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#define UNIT_MAIN(name, ...)                                                       \
  int main (void)                                                                  \
  {                                                                                \
    const TTest *const tests[] = { __VA_ARGS__ };                                  \
    return unit_run (name, tests, sizeof tests / sizeof tests[0]);                 \
  }

/* An empty folder of the test's own. */
static inline void
unit_make_folder (char folder[64])
{
  strcpy (folder, "/tmp/lvm-unit-XXXXXX");
  ck_assert_ptr_nonnull (mkdtemp (folder));
}

/* The number of files in a folder, hidden ones included. */
static inline int
unit_count_files (const char *folder)
{
  DIR *d = opendir (folder);
  int n = 0;

  for (struct dirent *entry; (entry = readdir (d)) != NULL;)
    n += strcmp (entry->d_name, ".") != 0 && strcmp (entry->d_name, "..") != 0;
  closedir (d);
  return n;
}

static inline void
unit_remove_folder (const char *folder)
{
  char command[128];

  snprintf (command, sizeof command, "rm -r '%s'", folder);
  ck_assert_int_eq (system (command), 0);
}

static inline const char *
unit_path (char path[256], const char *folder, const char *name)
{
  snprintf (path, 256, "%s/%s", folder, name);
  return path;
}

static inline void
unit_write (const char *path, const char *text)
{
  FILE *f = fopen (path, "w");

  ck_assert_ptr_nonnull (f);
  fputs (text, f);
  ck_assert_int_eq (fclose (f), 0);
}

/* A file's text, cut to what fits. */
static inline const char *
unit_read (const char *path, char text[4096])
{
  FILE *f = fopen (path, "r");

  ck_assert_ptr_nonnull (f);
  text[fread (text, 1, 4095, f)] = '\0';
  fclose (f);
  return text;
}

/* Sends a descriptor elsewhere; returns what unit_restore needs to bring it back. */
static inline int
unit_redirect (int descriptor, int to)
{
  int saved = dup (descriptor);

  fflush (NULL);
  dup2 (to, descriptor);
  return saved;
}

static inline void
unit_restore (int descriptor, int saved)
{
  fflush (NULL);
  dup2 (saved, descriptor);
  close (saved);
}

/* Switches to a locale with a decimal comma, made in the folder. False where that cannot be done.
 */
static inline bool
unit_decimal_comma (const char *folder)
{
  char command[256];

  snprintf (command, sizeof command,
            "localedef -i de_DE -f UTF-8 %s/de_DE.UTF-8 >%s/log 2>&1", folder,
            folder);
  setenv ("LOCPATH", folder, 1);
  if (system (command) == 0 && setlocale (LC_ALL, "de_DE.UTF-8") != NULL
      && strcmp (localeconv ()->decimal_point, ",") == 0)
    return true;
  fprintf (stderr, "no locale with a decimal comma can be made here: not run\n");
  return false;
}

#endif
