/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_NUM_LOG_SUM_EXP_H
#define LVM_NUM_LOG_SUM_EXP_H

#include <stddef.h>

/* Log-sum-exp and softmax (chapter 0).  u = 2^-53 is the unit roundoff; exp
   and log1p are taken to be good to one unit in the last place.  */

/* The first place where l is largest, or the first NaN where there is one.
   Given  n >= 1; l [n].  */
size_t lvm_argmax (size_t n, const double l[]);

/* ln sum_k exp l_k, in nats: lse-def, computed by lse-stable.
   Given     l [n], any values.
   Returned  -inf for n = 0 and where every l_k is -inf; +inf where one is;
             NaN where one is.
   Accuracy  |error| <= u (|LSE| + n + 3 ln n): lse-error.
   Cost      n - 1 exponentials, one logarithm.  */
double lvm_log_sum_exp (size_t n, const double l[]);

/* r_k = exp l_k / sum_j exp l_j: softmax-def, computed by softmax-stable.
   Given     n >= 1; l [n]; r [n], which may be l itself.
   Returned  r [n]; NaN throughout where the ratio has no meaning: every l_k
             is -inf, or one is +inf or NaN.
   Accuracy  relative error of r_k <= u (max l - l_k + n + ln n + 5), while
             r_k does not underflow: softmax-error.
   Cost      n exponentials.  */
void lvm_softmax (size_t n, const double l[], double r[]);

#endif
