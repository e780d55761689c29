/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "num/error.h"

#include "../unit.h"

#include <stdint.h>
#include <sys/wait.h>

/* Running out of memory is tested for real; the sanitizer shall let it happen. */
const char *__asan_default_options (void);

const char *
__asan_default_options (void)
{
  return "allocator_may_return_null=1";
}

START_TEST (failure_is_recorded)
{
  lvm_error error = { 0 };

  ck_assert_int_eq (lvm_fail (&error, LVM_DATA, "%s:%d: %s", "a.csv", 3, "no"), 3);
  ck_assert_int_eq (error.status, LVM_DATA);
  ck_assert_str_eq (error.message, "a.csv:3: no");
}
END_TEST

START_TEST (long_message_is_cut)
{
  lvm_error error = { 0 };

  lvm_fail (&error, LVM_USAGE, "%0700d", 1);
  ck_assert_uint_eq (strlen (error.message), sizeof error.message - 1);
}
END_TEST

START_TEST (statuses_are_exit_codes)
{
  ck_assert_int_eq (LVM_OK, 0);
  ck_assert_int_eq (LVM_FAILED, 1);
  ck_assert_int_eq (LVM_USAGE, 2);
  ck_assert_int_eq (LVM_DATA, 3);
  ck_assert_int_eq (LVM_SKIPPED, 77);
}
END_TEST

START_TEST (memory_is_given_and_grows)
{
  char *text = lvm_alloc (6, 1);
  void *nothing = lvm_alloc (0, 8);

  strcpy (text, "2.385");
  text = lvm_realloc (text, 100000, 1);
  ck_assert_str_eq (text, "2.385");
  ck_assert_ptr_nonnull (nothing);
  free (nothing);
  free (text);
}
END_TEST

/* Lines of 64 bytes, all zeros. */
START_TEST (lines_of_zeros)
{
  for (size_t n = 0; n < 40; n++)
    {
      float *x = lvm_alloc_lines (n, sizeof *x);

      ck_assert_uint_eq ((uintptr_t) x % 64, 0);
      for (size_t i = 0; i < n; i++)
        ck_assert (x[i] == 0);
      free (x);
    }
}
END_TEST

/* Of the count of 16 bytes that no memory has. */
static void
run_out_of (void *alloc (size_t, size_t))
{
  volatile size_t count = SIZE_MAX;
  char message[256];
  int ends[2];
  int status;
  pid_t child;
  ssize_t n;

  ck_assert_int_eq (pipe (ends), 0);
  child = fork ();
  if (child == 0)
    {
      dup2 (ends[1], STDERR_FILENO);
      free (alloc (count, 16));
      _exit (0);
    }
  close (ends[1]);
  ck_assert_int_eq (waitpid (child, &status, 0), child);
  ck_assert (WIFEXITED (status));
  ck_assert_int_eq (WEXITSTATUS (status), LVM_DATA);
  n = read (ends[0], message, sizeof message - 1);
  ck_assert_int_gt (n, 0);
  message[n] = '\0';
  ck_assert_ptr_nonnull (
      strstr (message, "out of memory: 18446744073709551615 elements of 16 bytes"));
  close (ends[0]);
}

START_TEST (lack_of_memory_ends_the_program)
{
  run_out_of (lvm_alloc);
  run_out_of (lvm_alloc_lines);
}
END_TEST

UNIT_MAIN ("num/error", failure_is_recorded, long_message_is_cut,
           statuses_are_exit_codes, memory_is_given_and_grows, lines_of_zeros,
           lack_of_memory_ends_the_program)
