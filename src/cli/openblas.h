/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_CLI_OPENBLAS_H
#define LVM_CLI_OPENBLAS_H

/* OpenBLAS has kernels for each sort of processor, and does not know those made
   after it: for them it falls back on kernels of SSE3, several times slower.
   (Debian 12's 0.3.21 does so on Intel's Xeons of 2023, where products of matrices
   then take 4.7 times as long.)  Its variable OPENBLAS_CORETYPE names better ones,
   but is read before main.  */

/* The name of better kernels.
   Given  core: which are in use
   Value  such as "SkylakeX", by what the processor can; NULL where they are no
          fallback, or there are none better.  */
const char *lvm_openblas_better (const char *core);

/* Where there are better kernels, begins the program anew with them.  Nothing
   happens where OPENBLAS_CORETYPE is set already, OpenBLAS is not linked or /proc
   is missing.
   Given  argv, as of main: to be called first in it.  */
void lvm_openblas_choose (char *argv[]);

#endif
