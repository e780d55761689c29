/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_NUM_EXACT_H
#define LVM_NUM_EXACT_H

#include <stddef.h>

/* The definitions, evaluated as they stand in 320 bits (MPFR), to measure the
   errors of the double versions.  No shift, no trick: a route of its own.
   Given  l [n], -inf allowed, |l_k| <= 1e15 where it is finite.  */

/* ln sum_k exp l_k, rounded once.  */
double lvm_exact_log_sum_exp (size_t n, const double l[]);

/* |y - ln sum_k exp l_k|.  */
double lvm_exact_log_sum_exp_error (size_t n, const double l[], double y);

/* exp l_k / sum_j exp l_j, rounded once.  */
double lvm_exact_softmax (size_t n, const double l[], size_t k);

/* |r - r_k| / r_k for the exact r_k.  */
double lvm_exact_softmax_error (size_t n, const double l[], size_t k, double r);

#endif
