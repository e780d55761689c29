/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/output.h"

#include "../unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* Stands in front of the C library's open, so that a file system without nameless files can be
 * played. */
static bool no_nameless_files;

int
open (const char *path, int flags, ...)
{
  va_list list;
  mode_t mode;

  va_start (list, flags);
  mode = va_arg (list, mode_t);
  va_end (list);
  if (no_nameless_files && (flags & O_TMPFILE) == O_TMPFILE)
    {
      errno = EOPNOTSUPP;
      return -1;
    }
  return (int) syscall (SYS_openat, AT_FDCWD, path, flags, mode);
}

/* Writes a text to a path; returns the status. */
static int
write_text (const char *path, const char *text, lvm_error *error)
{
  lvm_output *output = lvm_output_open (path, error);

  if (output == NULL)
    return error->status;
  fputs (text, lvm_output_stream (output));
  return lvm_output_commit (output, error);
}

static void
assert_text (const char *path, const char *expected)
{
  char text[4096];

  ck_assert_str_eq (unit_read (path, text), expected);
}

static mode_t
mode_of (const char *path)
{
  struct stat s;

  ck_assert_int_eq (stat (path, &s), 0);
  return s.st_mode & 07777;
}

static void
check_new_and_replaced (const char *folder)
{
  char path[256];
  lvm_error error = { 0 };
  mode_t mask = umask (027);

  unit_path (path, folder, "a.tsv");
  ck_assert_msg (write_text (path, "one\n", &error) == LVM_OK, "%s", error.message);
  umask (mask);
  assert_text (path, "one\n");
  ck_assert_uint_eq (mode_of (path), 0640);
  chmod (path, 0604);
  ck_assert_int_eq (write_text (path, "two\n", &error), LVM_OK);
  assert_text (path, "two\n");
  ck_assert_uint_eq (mode_of (path), 0604);
  ck_assert_int_eq (unit_count_files (folder), 1);
  unlink (path);
}

static void
check_discarded (const char *folder, const char *name)
{
  char path[256];
  lvm_error error = { 0 };
  lvm_output *output;

  unit_write (unit_path (path, folder, name), "old\n");
  output = lvm_output_open (path, &error);
  fputs ("new\n", lvm_output_stream (output));
  fflush (lvm_output_stream (output));
  assert_text (path, "old\n");
  lvm_output_discard (output);
  assert_text (path, "old\n");
  ck_assert_int_eq (unit_count_files (folder), 1);
  unlink (path);
}

/* A file size limit plays the full disk. Room that is made again before the end does not help. */
static void
check_full_disk (const char *folder, const char *name, bool room_again)
{
  uint32_t random = 2385;
  char path[256], expected[512];
  lvm_error error = { 0 };
  struct rlimit all, few;
  lvm_output *output;
  void (*old) (int) = signal (SIGXFSZ, SIG_IGN);

  getrlimit (RLIMIT_FSIZE, &all);
  few = (struct rlimit){ .rlim_cur = 100, .rlim_max = all.rlim_max };
  unit_write (unit_path (path, folder, name), "old\n");
  setrlimit (RLIMIT_FSIZE, &few);
  output = lvm_output_open (path, &error);
  for (int i = 0; i < 20000; i++)
    fprintf (lvm_output_stream (output), "%u\n",
             random = random * 1664525 + 1013904223);
  if (room_again)
    setrlimit (RLIMIT_FSIZE, &all);
  ck_assert_int_eq (lvm_output_commit (output, &error), LVM_DATA);
  setrlimit (RLIMIT_FSIZE, &all);
  signal (SIGXFSZ, old);
  snprintf (expected, sizeof expected, "%s: cannot be written", path);
  ck_assert (strncmp (error.message, expected, strlen (expected)) == 0);
  assert_text (path, "old\n");
  ck_assert_int_eq (unit_count_files (folder), 1);
  unlink (path);
}

/* The target has become a folder in the meantime. */
static void
check_rename_fails (const char *folder)
{
  char path[256];
  lvm_error error = { 0 };
  lvm_output *output = lvm_output_open (unit_path (path, folder, "a.tsv"), &error);

  mkdir (path, 0700);
  ck_assert_int_eq (lvm_output_commit (output, &error), LVM_DATA);
  ck_assert_ptr_nonnull (strstr (error.message, "Is a directory"));
  ck_assert_int_eq (unit_count_files (folder), 1);
  rmdir (path);
}

/* Two at once, and names that somebody else has taken. */
static void
check_names_in_use (const char *folder, int taken, bool works)
{
  char path[256], name[64];
  lvm_error error = { 0 };
  lvm_output *first, *second = NULL;
  int status = LVM_DATA;

  for (int i = 0; i < taken; i++)
    {
      sprintf (name, ".lvm-%d-%d", (int) getpid (), i);
      unit_write (unit_path (path, folder, name), "theirs");
    }
  first = lvm_output_open (unit_path (path, folder, "a.tsv"), &error);
  if (first != NULL)
    second = lvm_output_open (unit_path (path, folder, "b.tsv"), &error);
  if (second != NULL)
    {
      fputs ("second\n", lvm_output_stream (second));
      fputs ("first\n", lvm_output_stream (first));
      status = lvm_output_commit (first, &error);
      ck_assert_int_eq (lvm_output_commit (second, &error), status);
    }
  ck_assert_int_eq (status, works ? LVM_OK : LVM_DATA);
  ck_assert_int_eq (unit_count_files (folder), works ? taken + 2 : taken);
  if (works)
    {
      assert_text (unit_path (path, folder, "a.tsv"), "first\n");
      assert_text (unit_path (path, folder, "b.tsv"), "second\n");
    }
}

static void
check_all (bool nameless)
{
  char folder[64];

  no_nameless_files = !nameless;
  unit_make_folder (folder);
  check_new_and_replaced (folder);
  check_discarded (folder, "a.tsv");
  check_discarded (folder, "a.tsv.gz");
  for (int room_again = 0; room_again < 2; room_again++)
    {
      check_full_disk (folder, "a.tsv", room_again);
      check_full_disk (folder, "a.tsv.gz", room_again);
    }
  check_rename_fails (folder);
  check_names_in_use (folder, 3, true);
  unit_remove_folder (folder);
  unit_make_folder (folder);
  check_names_in_use (folder, 1000, false);
  unit_remove_folder (folder);
  no_nameless_files = false;
}

START_TEST (with_nameless_files)
{
  check_all (true);
}
END_TEST

START_TEST (without_nameless_files)
{
  check_all (false);
}
END_TEST

START_TEST (killed_run_leaves_the_target)
{
  char folder[64], path[256];
  int status;
  pid_t child;

  unit_make_folder (folder);
  unit_write (unit_path (path, folder, "a.tsv"), "old\n");
  child = fork ();
  if (child == 0)
    {
      lvm_error error = { 0 };
      lvm_output *output = lvm_output_open (path, &error);

      for (int i = 0; i < 20000; i++)
        fputs ("2.385\n", lvm_output_stream (output));
      raise (SIGKILL);
    }
  waitpid (child, &status, 0);
  ck_assert (WIFSIGNALED (status));
  assert_text (path, "old\n");
  /* nothing beside it, unless the file system knows no nameless files */
  ck_assert_int_le (unit_count_files (folder), 2);
  unit_remove_folder (folder);
}
END_TEST

START_TEST (links_are_followed)
{
  char folder[64], path[256], link[256], there[64];
  lvm_error error = { 0 };

  unit_make_folder (folder);
  unit_make_folder (there);
  unit_write (unit_path (path, there, "a.tsv"), "old\n");
  ck_assert_int_eq (symlink (path, unit_path (link, folder, "link")), 0);
  ck_assert_int_eq (write_text (link, "new\n", &error), LVM_OK);
  assert_text (path, "new\n");
  ck_assert_int_eq (readlink (link, path, sizeof path),
                    (ssize_t) strlen (there) + 6);
  ck_assert_int_eq (unit_count_files (folder), 1);

  unlink (unit_path (path, there, "a.tsv"));
  ck_assert_int_eq (write_text (link, "new\n", &error), LVM_DATA);
  ck_assert_ptr_nonnull (strstr (error.message, "No such file or directory"));
  ck_assert_int_eq (unit_count_files (there), 0);
  unit_remove_folder (folder);
  unit_remove_folder (there);
}
END_TEST

START_TEST (file_in_this_folder)
{
  char folder[64];
  lvm_error error = { 0 };
  int here = open (".", O_RDONLY);

  unit_make_folder (folder);
  ck_assert_int_eq (chdir (folder), 0);
  ck_assert_msg (write_text ("a.tsv", "text\n", &error) == LVM_OK, "%s",
                 error.message);
  assert_text ("a.tsv", "text\n");
  ck_assert_int_eq (unit_count_files ("."), 1);
  ck_assert_int_eq (fchdir (here), 0);
  close (here);
  unit_remove_folder (folder);
}
END_TEST

START_TEST (impossible_targets)
{
  char folder[64], path[256];
  lvm_error error = { 0 };

  unit_make_folder (folder);
  ck_assert_int_eq (write_text (folder, "x", &error), LVM_DATA);
  ck_assert_ptr_nonnull (strstr (error.message, "Is a directory"));
  ck_assert_int_eq (write_text (unit_path (path, folder, "no/a.tsv"), "x", &error),
                    LVM_DATA);
  ck_assert_ptr_nonnull (strstr (error.message, "No such file or directory"));
  ck_assert_int_eq (write_text ("", "x", &error), LVM_DATA);
  unit_write (unit_path (path, folder, "file"), "");
  ck_assert_int_eq (
      write_text (unit_path (path, folder, "file/a.tsv"), "x", &error), LVM_DATA);
  ck_assert_ptr_nonnull (strstr (error.message, "Not a directory"));
  unit_remove_folder (folder);
}
END_TEST

START_TEST (read_only_file_is_not_replaced)
{
  char folder[64], path[256];
  lvm_error error = { 0 };

  unit_make_folder (folder);
  chmod (folder, 0777);
  unit_write (unit_path (path, folder, "a.tsv"), "old\n");
  chmod (path, 0444);
  if (getuid () == 0) /* root may write anything */
    ck_assert_int_eq (setresuid (65534, 65534, 0), 0);
  ck_assert_int_eq (write_text (path, "new\n", &error), LVM_DATA);
  ck_assert_ptr_nonnull (strstr (error.message, "Permission denied"));
  assert_text (path, "old\n");
  setresuid (0, 0, 0); /* fails for all but root, who was changed above */
  unit_remove_folder (folder);
}
END_TEST

START_TEST (devices_and_pipes_are_written_straight)
{
  char folder[64], path[256], text[64] = "";
  lvm_error error = { 0 };
  int reader;

  ck_assert_int_eq (write_text ("/dev/null", "x", &error), LVM_OK);
  ck_assert_int_eq (write_text ("/dev/full", "x", &error), LVM_DATA);
  ck_assert_str_eq (error.message,
                    "/dev/full: cannot be written: No space left on device");

  unit_make_folder (folder);
  ck_assert_int_eq (mkfifo (unit_path (path, folder, "pipe"), 0600), 0);
  reader = open (path, O_RDONLY | O_NONBLOCK);
  ck_assert_int_eq (write_text (path, "through\n", &error), LVM_OK);
  ck_assert_int_eq (read (reader, text, sizeof text), 8);
  ck_assert_str_eq (text, "through\n");
  close (reader);
  ck_assert_int_eq (unit_count_files (folder), 1);
  unit_remove_folder (folder);
}
END_TEST

/* A pipe that has no name in any folder: standard output, or what a shell makes of >(command). */
START_TEST (nameless_pipes)
{
  char path[64], text[64] = "";
  lvm_error error = { 0 };
  int ends[2], saved, status;

  ck_assert_int_eq (pipe (ends), 0);
  sprintf (path, "/dev/fd/%d", ends[1]);
  ck_assert_msg (write_text (path, "one\n", &error) == LVM_OK, "%s", error.message);
  saved = unit_redirect (STDOUT_FILENO, ends[1]);
  status = write_text ("/dev/stdout", "two\n", &error);
  unit_restore (STDOUT_FILENO, saved);
  ck_assert_msg (status == LVM_OK, "%s", error.message);
  ck_assert_int_eq (read (ends[0], text, sizeof text), 8);
  ck_assert_str_eq (text, "one\ntwo\n");
  close (ends[0]);
  close (ends[1]);
}
END_TEST

/* Errors long past, with the buffer flushed since, are found too. */
START_TEST (early_errors_are_found)
{
  lvm_error error = { 0 };
  lvm_output *output = lvm_output_open ("/dev/full", &error);

  setvbuf (lvm_output_stream (output), NULL, _IONBF, 0);
  putc ('x', lvm_output_stream (output));
  ck_assert_int_eq (lvm_output_commit (output, &error), LVM_DATA);
  ck_assert_str_eq (error.message, "/dev/full: cannot be written");
}
END_TEST

START_TEST (standard_output)
{
  char folder[64], path[256];
  lvm_error error = { 0 };
  lvm_output *output;
  int file, saved;
  int status[3];

  unit_make_folder (folder);
  file = open (unit_path (path, folder, "a.tsv"), O_WRONLY | O_CREAT, 0600);
  saved = unit_redirect (STDOUT_FILENO, file);
  status[0] = write_text (NULL, "one\n", &error);
  status[1] = write_text ("-", "two\n", &error);
  status[2] = write_text ("/dev/stdout", "three\n", &error);
  output = lvm_output_open (NULL, &error);
  lvm_output_discard (output);
  unit_restore (STDOUT_FILENO, saved);
  close (file);
  ck_assert_int_eq (status[0] + status[1] + status[2], LVM_OK);
  assert_text (path, "one\ntwo\nthree\n");
  unit_remove_folder (folder);
  lvm_output_discard (NULL);
}
END_TEST

/* Committed only where nothing has gone wrong.  */
START_TEST (the_end_depends_on_the_error)
{
  char folder[64], path[256], text[4096];
  lvm_error error = { 0 };
  unit_make_folder (folder);
  unit_path (path, folder, "a");
  lvm_output *output = lvm_output_open (path, &error);
  fputs ("good", lvm_output_stream (output));
  ck_assert_int_eq (lvm_output_end (output, &error), LVM_OK);
  ck_assert_str_eq (unit_read (path, text), "good");
  output = lvm_output_open (path, &error);
  fputs ("bad", lvm_output_stream (output));
  lvm_fail (&error, LVM_FAILED, "something");
  ck_assert_int_eq (lvm_output_end (output, &error), LVM_FAILED);
  ck_assert_str_eq (error.message, "something");
  ck_assert_str_eq (unit_read (path, text), "good");
  ck_assert_int_eq (unit_count_files (folder), 1);
  ck_assert_int_eq (lvm_output_end (NULL, &error), LVM_FAILED);
  unit_remove_folder (folder);
}
END_TEST

/* Demands that gzip unpacks a file to that text. */
static void
assert_unpacks (const char *path, const char *expected)
{
  char command[512], text[4096] = "";
  FILE *f;

  snprintf (command, sizeof command, "gzip -dc < '%s'", path);
  f = popen (command, "r");
  text[fread (text, 1, 4095, f)] = '\0';
  ck_assert_int_eq (pclose (f), 0);
  ck_assert_str_eq (text, expected);
}

START_TEST (gzipped_by_name)
{
  char folder[64], path[256], first[4096], second[4096];
  lvm_error error = { 0 };

  unit_make_folder (folder);
  unit_path (path, folder, "a.tsv.gz");
  ck_assert_int_eq (write_text (path, "one\n", &error), LVM_OK);
  assert_unpacks (path, "one\n");
  ck_assert_int_eq (write_text (path, "", &error), LVM_OK);
  assert_unpacks (path, "");
  ck_assert_int_eq (unit_count_files (folder), 1);

  /* no name and no time in it: flags and the four bytes of the time are zero */
  ck_assert_int_eq (write_text (path, "two\n", &error), LVM_OK);
  unit_read (path, first);
  ck_assert (memcmp (first, "\x1F\x8B\x08\0\0\0\0\0", 8) == 0);
  sleep (1);
  unit_path (path, folder, "other.gz");
  ck_assert_int_eq (write_text (path, "two\n", &error), LVM_OK);
  unit_read (path, second);
  ck_assert (memcmp (first, second, 24) == 0);

  unit_path (path, folder, "gz");
  ck_assert_int_eq (write_text (path, "plain\n", &error), LVM_OK);
  assert_text (path, "plain\n");
  unit_remove_folder (folder);
}
END_TEST

/* A device that takes nothing, and standard output under such a name. */
START_TEST (gzipped_straight)
{
  char folder[64], path[256], link[256];
  lvm_error error = { 0 };
  int file, saved, status;

  unit_make_folder (folder);
  ck_assert_int_eq (symlink ("/dev/full", unit_path (link, folder, "full.gz")), 0);
  ck_assert_int_eq (write_text (link, "x", &error), LVM_DATA);
  ck_assert_ptr_nonnull (strstr (
      error.message, "full.gz: cannot be written: No space left on device"));
  file = open (unit_path (path, folder, "a.gz"), O_WRONLY | O_CREAT, 0600);
  saved = unit_redirect (STDOUT_FILENO, file);
  status = write_text (path, "through\n", &error);
  unit_restore (STDOUT_FILENO, saved);
  close (file);
  ck_assert_int_eq (status, LVM_OK);
  assert_unpacks (path, "through\n");
  unit_remove_folder (folder);
}
END_TEST

/* No descriptor is left for zlib: nothing is opened, nothing left behind. */
START_TEST (gzipped_without_descriptors)
{
  char folder[64], path[256];
  lvm_error error = { 0 };
  struct rlimit all, few;
  lvm_output *output;
  int next;

  unit_make_folder (folder);
  unit_path (path, folder, "a.gz");
  next = dup (STDIN_FILENO);
  close (next);
  getrlimit (RLIMIT_NOFILE, &all);
  few = (struct rlimit){ .rlim_cur = (rlim_t) next + 1, .rlim_max = all.rlim_max };
  setrlimit (RLIMIT_NOFILE, &few);
  output = lvm_output_open (path, &error);
  setrlimit (RLIMIT_NOFILE, &all);
  ck_assert_ptr_null (output);
  ck_assert_ptr_nonnull (strstr (error.message, "Too many open files"));
  ck_assert_int_eq (unit_count_files (folder), 0);
  unit_remove_folder (folder);
}
END_TEST

UNIT_MAIN ("data/output", with_nameless_files, without_nameless_files,
           killed_run_leaves_the_target, links_are_followed, file_in_this_folder,
           impossible_targets, read_only_file_is_not_replaced,
           devices_and_pipes_are_written_straight, nameless_pipes,
           early_errors_are_found, standard_output, gzipped_by_name,
           gzipped_straight, gzipped_without_descriptors,
           the_end_depends_on_the_error)
