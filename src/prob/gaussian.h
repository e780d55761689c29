/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_PROB_GAUSSIAN_H
#define LVM_PROB_GAUSSIAN_H

#include <stddef.h>

/* The Gaussian density in D dimensions, N(x | mu, Sigma), with Sigma = L L'.  */

/* ln N(x | mu, L L'), in nats: gaussian-density.
   Given     x [D], mean [D]; l [D x D], lower, from lvm_cholesky;
             work [D], overwritten.
   Cost      D^2 / 2 operations and D logarithms.  */
double lvm_gaussian_log_density (size_t D, const double x[], const double mean[],
                                 const double l[], double work[]);

/* The maximum likelihood estimate from the points of one class: their mean,
   and their covariance with N (not N - 1) below the line.
   Given     x [N x D]; class [N], or NULL for all points; which: the class.
   Returned  mean [D], covariance [D x D]; the number of points is the value.
             Zero points leave both at NaN.
   Cost      N D^2 operations, two passes.  */
size_t lvm_gaussian_estimate (size_t N, size_t D, const double x[],
                              const int class[], int which, double mean[],
                              double covariance[]);

#endif
