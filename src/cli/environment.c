/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/environment.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* NULL where it is not linked.  */
char *openblas_get_corename (void) __attribute__ ((weak));

const char *
lvm_openblas_better (const char *core)
{
  if (strcmp (core, "Prescott") != 0)
    return NULL;
#if defined __x86_64__ && defined __GNUC__
  __builtin_cpu_init ();
  if (__builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512bw")
      && __builtin_cpu_supports ("avx512dq") && __builtin_cpu_supports ("avx512vl"))
    return "SkylakeX";
  if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma"))
    return "Haswell";
#endif
  return NULL;
}

/* Value: whether it was.  */
static bool
set (const char *variable, const char *value)
{
  return value != NULL && getenv (variable) == NULL
         && setenv (variable, value, 1) == 0;
}

void
lvm_environment_choose (char *argv[])
{
  const char *core =
      openblas_get_corename != NULL ? openblas_get_corename () : "none";
  bool anew = set ("OPENBLAS_CORETYPE", lvm_openblas_better (core));
  if (getenv ("OMP_WAIT_POLICY") == NULL)
    anew |= set ("GOMP_SPINCOUNT", "3000"); /* some ten microseconds */
  if (anew)
    execv ("/proc/self/exe", argv);
}
