/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "num/blas.h"

#include <stddef.h>

/* NULL where they are not linked.  */
void openblas_set_num_threads (int) __attribute__ ((weak));
int openblas_get_num_threads (void) __attribute__ ((weak));
void omp_set_num_threads (int) __attribute__ ((weak));
int omp_get_max_threads (void) __attribute__ ((weak));

void
lvm_blas_restore (lvm_blas_threads before)
{
  if (openblas_set_num_threads != NULL)
    openblas_set_num_threads (before.of_openblas);
  if (omp_set_num_threads != NULL)
    omp_set_num_threads (before.of_openmp);
}

lvm_blas_threads
lvm_blas_serial (void)
{
  lvm_blas_threads before = { 1, 1 };
  if (openblas_get_num_threads != NULL)
    before.of_openblas = openblas_get_num_threads ();
  if (omp_get_max_threads != NULL)
    before.of_openmp = omp_get_max_threads ();
  lvm_blas_restore ((lvm_blas_threads){ 1, 1 });
  return before;
}
