/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "num/blas.h"

#include "../unit.h"

#include <omp.h>

int openblas_get_num_threads (void);

START_TEST (one_thread_and_back)
{
  const lvm_blas_threads three = { 3, 3 };
  lvm_blas_restore (three);
  ck_assert_int_eq (omp_get_max_threads (), 3);
  const lvm_blas_threads before = lvm_blas_serial ();
  ck_assert_int_eq (before.of_openmp, 3);
  ck_assert_int_eq (omp_get_max_threads (), 1);
  ck_assert_int_eq (openblas_get_num_threads (), 1);
  const lvm_blas_threads again = lvm_blas_serial ();
  ck_assert_int_eq (again.of_openmp, 1);
  ck_assert_int_eq (again.of_openblas, 1);
  lvm_blas_restore (before);
  ck_assert_int_eq (omp_get_max_threads (), 3);
  ck_assert_int_eq (openblas_get_num_threads (), before.of_openblas);
}
END_TEST

UNIT_MAIN ("num/blas", one_thread_and_back)
