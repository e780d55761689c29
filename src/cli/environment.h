/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_CLI_ENVIRONMENT_H
#define LVM_CLI_ENVIRONMENT_H

/* What libraries read from the environment before main begins.

   OPENBLAS_CORETYPE  OpenBLAS has kernels for each sort of processor, and does not
     know those made after it: for them it falls back on kernels of SSE3, several
     times slower.  (Debian 12's 0.3.21 does so on Intel's Xeons of 2023, where
     products of matrices then take 4.7 times as long.)
   GOMP_SPINCOUNT  how long a thread of OpenMP that waits keeps its processor.  By
     default that is some milliseconds, which is ruin where other programs want the
     processor; sleeping at once costs a tenth where none does.  */

/* The name of better kernels for OpenBLAS.
   Given  core: which are in use
   Value  such as "SkylakeX", by what the processor can; NULL where they are no
          fallback, or there are none better.  */
const char *lvm_openblas_better (const char *core);

/* Sets both, and begins the program anew with them.  What the user has set stands,
   for waiting OMP_WAIT_POLICY, too.  Where nothing is to be set, or /proc is
   missing, the program goes on.
   Given  argv, as of main: to be called first in it.  */
void lvm_environment_choose (char *argv[]);

#endif
