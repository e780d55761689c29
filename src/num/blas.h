/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_NUM_BLAS_H
#define LVM_NUM_BLAS_H

/* How many threads BLAS may use by itself.  OpenBLAS's pthread variant has a number
   of its own, its OpenMP variant asks for OpenMP's on every call outside parallel
   regions: both are set.  Where neither is linked nothing happens.

   BLAS's own threads can change the bits of a Cholesky factor, and for matrices as
   small as those here they cost more than they gain.  */
typedef struct
{
  int of_openblas, of_openmp;
} lvm_blas_threads;

/* From now on one: a program's own parallel regions say how many threads they want
   (num_threads).
   Value  what was before, for lvm_blas_restore.  */
lvm_blas_threads lvm_blas_serial (void);

void lvm_blas_restore (lvm_blas_threads before);

#endif
