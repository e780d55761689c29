/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "harness/judge.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* The child answers through a pipe: the verdict, then its values.  An answer
   cut short is a crash, whatever the exit code says.  */

static int
send (int fd, const void *data, size_t size)
{
  const char *p = data;
  while (size > 0)
    {
      const ssize_t n = write (fd, p, size);
      if (n <= 0)
        return -1;
      p += n;
      size -= (size_t) n;
    }
  return 0;
}

static int
receive (int fd, void *data, size_t size)
{
  char *p = data;
  while (size > 0)
    {
      const ssize_t n = read (fd, p, size);
      if (n <= 0)
        return -1;
      p += n;
      size -= (size_t) n;
    }
  return 0;
}

/* No core, no files, nothing on stdout, a gigabyte, and so many seconds.  The sanitizers map more
   memory than that before they begin.  */
void
limit_child (unsigned seconds)
{
  signal (SIGALRM, SIG_DFL); /* Check's own would end the whole test */
  const int nowhere = open ("/dev/null", O_WRONLY);
  dup2 (nowhere, STDOUT_FILENO);
  close (nowhere);
  setrlimit (RLIMIT_CORE, &(struct rlimit){ 0, 0 });
  setrlimit (RLIMIT_CPU, &(struct rlimit){ seconds, seconds + 1 });
#if !defined(__SANITIZE_ADDRESS__) && !defined(LVM_COVERAGE)
  setrlimit (RLIMIT_AS, &(struct rlimit){ 1UL << 30, 1UL << 30 });
  setrlimit (RLIMIT_FSIZE, &(struct rlimit){ 0, 0 });
#endif
  alarm (2 * seconds + 1);
}

static void
child (int fd, const check *c, const void *ops, unsigned seconds)
{
  limit_child (seconds);
  verdict v = judge_here (c, ops);
  if (send (fd, &v, sizeof v) == 0)
    send (fd, v.values, v.n_values * sizeof *v.values);
  close (fd);
  free (v.values);
}

static enum outcome
how_it_ended (int status)
{
  if (WIFSIGNALED (status)
      && (WTERMSIG (status) == SIGALRM || WTERMSIG (status) == SIGXCPU))
    return TIMED_OUT;
  return CRASHED;
}

verdict
judge_in_child (const check *c, const void *ops, unsigned seconds)
{
  int fd[2], status;
  fflush (NULL);
  if (pipe (fd) != 0)
    abort ();
  const pid_t pid = fork ();
  if (pid < 0)
    abort ();
  if (pid == 0)
    {
      close (fd[0]);
      child (fd[1], c, ops, seconds);
      exit (0);
    }
  close (fd[1]);
  verdict v = { 0 };
  int whole = receive (fd[0], &v, sizeof v) == 0;
  if (whole)
    {
      v.values = malloc (v.n_values * sizeof *v.values + 1);
      whole = v.values != NULL
              && receive (fd[0], v.values, v.n_values * sizeof *v.values) == 0;
    }
  close (fd[0]);
  waitpid (pid, &status, 0);
  if (!whole || status != 0)
    {
      free (v.values);
      v = (verdict){ .outcome = how_it_ended (status) };
    }
  return v;
}
