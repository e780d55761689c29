/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_NUM_CHOLESKY_H
#define LVM_NUM_CHOLESKY_H

#include <stddef.h>

/* A = L L' in place.
   Given     D >= 1; a [D x D], symmetric; only its lower triangle is read.
   Returned  a: L in the lower triangle, zeros above.
   Status    0; 1 where A is not positive definite or not finite (a is then
             spoilt).  GSL's own routine aborts on the first unless its
             handler is off, and passes a NaN: both are looked for here.
   Cost      D^3 / 3 operations.  */
int lvm_cholesky (size_t D, double a[]);

/* ln det A = 2 sum_d ln L_dd.  Given  l [D x D], from lvm_cholesky.  */
double lvm_cholesky_log_det (size_t D, const double l[]);

/* L y = b in place.  Given  l [D x D]; y [D], holding b.  */
void lvm_cholesky_solve_lower (size_t D, const double l[], double y[]);

/* L L' y = b in place.  Given  l [D x D]; y [D], holding b.  */
void lvm_cholesky_solve (size_t D, const double l[], double y[]);

#endif
