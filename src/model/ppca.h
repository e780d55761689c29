/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_MODEL_PPCA_H
#define LVM_MODEL_PPCA_H

#include <stddef.h>

/* Probabilistic principal components (chapter 6; Tipping and Bishop, Probabilistic
   principal component analysis, Journal of the Royal Statistical Society B 61, 1999):

     z ~ N(0, I) with L numbers,   x = loading z + mean + sqrt (variance) e,  e ~ N(0, I),

   so that x ~ N(mean, C) with C = loading loading' + variance I.  */
typedef struct
{
  size_t D, L;     /* 1 <= L < D                          */
  double *mean;    /* [D]                                 */
  double *loading; /* [D x L]                             */
  double variance; /* > 0, of the noise in each dimension */
} lvm_ppca;

/* Mean and loading zero, variance one.  */
lvm_ppca *lvm_ppca_alloc (size_t D, size_t L);
void lvm_ppca_free (lvm_ppca *m);

/* Maximum likelihood in closed form: ppca-ml.  The loading's columns are the L leading
   eigenvectors of the covariance, each times the root of its eigenvalue less the
   variance; the variance is the average of the other eigenvalues.
   Given     mean [D]; covariance [D x D] of the data, with N below the line
   Returned  m
   Status    0; 1 where the other eigenvalues are all zero: the likelihood is unbounded
   Cost      that of D x D eigenvectors; allocates 2 D x D numbers  */
int lvm_ppca_fit (lvm_ppca *m, const double mean[], const double covariance[]);

/* The average of ln p(x_n) over data with this covariance around m's mean, in nats.
   Given     covariance [D x D]: sum_n (x_n - mean) (x_n - mean)' / N
   Cost      D^2 L operations; allocates (D + L) L numbers  */
double lvm_ppca_log_likelihood (const lvm_ppca *m, const double covariance[]);

#endif
