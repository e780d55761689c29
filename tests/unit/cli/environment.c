/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/environment.h"

#include "../unit.h"

/* Kernels that are no fallback stay; for the fallback there are better ones where the
   processor has AVX2.  */
START_TEST (better_kernels)
{
  ck_assert_ptr_null (lvm_openblas_better ("SkylakeX"));
  ck_assert_ptr_null (lvm_openblas_better ("Zen"));
#ifdef __x86_64__
  const char *better = lvm_openblas_better ("Prescott");
  if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma"))
    ck_assert (strcmp (better, "Haswell") == 0 || strcmp (better, "SkylakeX") == 0);
  else
    ck_assert_ptr_null (better);
#endif
}
END_TEST

/* What the user has set stands: the program is not begun anew.  */
START_TEST (choices_that_are_made)
{
  char *argv[] = { NULL };
  setenv ("OPENBLAS_CORETYPE", "Nehalem", 1);
  setenv ("OMP_WAIT_POLICY", "active", 1);
  unsetenv ("GOMP_SPINCOUNT");
  lvm_environment_choose (argv);
  ck_assert_str_eq (getenv ("OPENBLAS_CORETYPE"), "Nehalem");
  ck_assert_ptr_null (getenv ("GOMP_SPINCOUNT"));
}
END_TEST

UNIT_MAIN ("cli/environment", better_kernels, choices_that_are_made)
