/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/openblas.h"

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

void
lvm_openblas_choose (char *argv[])
{
  static const char variable[] = "OPENBLAS_CORETYPE";
  if (openblas_get_corename == NULL || getenv (variable) != NULL)
    return;
  const char *better = lvm_openblas_better (openblas_get_corename ());
  if (better != NULL && setenv (variable, better, 1) == 0)
    execv ("/proc/self/exe", argv);
}
