/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_MODEL_GMM_FAST_H
#define LVM_MODEL_GMM_FAST_H

#include <stddef.h>

#include "model/gmm.h"

/* EM for the mixture of Gaussians in blocks of points (chapter 2): the steps of
   model/gmm.h, to the rounding stated below, several times faster.  The E-step
   sums up all that the M-step needs, so no N x K array exists unless the caller
   asks for one.

     lvm_gmm_fast *w = lvm_gmm_fast_alloc (K, D, kind, N, threads);
     while (...)
       if (lvm_gmm_fast_e_step (w, g, x, NULL, NULL, &log_likelihood) == 0)
         lvm_gmm_fast_m_step (w, g, &prior);

   The result has the same bits for any number of threads.  It has not the same
   bits on processors of different vector widths.  */

typedef struct lvm_gmm_fast lvm_gmm_fast;

/* The workspace.
   Given     K, D, N >= 1; threads >= 1
   Memory    (C + 2) K D^2 numbers and a few blocks for each thread, where the
             number of chunks C is between 4 and 64 and such that the chunks take
             at most a tenth of the data, if four do.  No more than C threads are
             of use.  */
lvm_gmm_fast *lvm_gmm_fast_alloc (size_t K, size_t D, lvm_covariance kind, size_t N,
                                  int threads);
void lvm_gmm_fast_free (lvm_gmm_fast *w);

/* How many of so many threads have enough to do in an iteration: the result does not
   depend on them, but waiting for one another costs time.
   Value  from 1 to threads.  */
int lvm_gmm_fast_threads (size_t K, size_t D, size_t N, int threads);

/* E-step, and the sums for the M-step.
   Given     g, of the workspace's K, D and kind; x [N x D]
   Returned  r [N x K], or NULL; log_evidence [N], or NULL; log_likelihood, as
             lvm_gmm_e_step has them.
   Status    0; 1 where a covariance is not positive definite.
   Accuracy  with u = 2^-53, L the Cholesky factor, kappa = || |L^-1| |L| || in
             the maximum norm and q = |z|^2 the squared distance: the error of z
             is at most 2 (D + 2) u kappa max |z|, twice that of substitution;
             from there on as log_sum_exp.h says, with 4 units in the last place
             for exp and log.  A responsibility below 1e-304 is 0.
   Cost      N K D^2 multiplications and additions in all, about half of them for
             the M-step (4 N K D for diagonal and spherical), N K exponentials.  */
int lvm_gmm_fast_e_step (lvm_gmm_fast *w, const lvm_gmm *g, const double x[],
                         double r[], double log_evidence[], double *log_likelihood);

/* M-step from the sums of the last E-step; lvm_gmm_m_step has the contract.
   Returned  g: weight, mean, covariance.  */
void lvm_gmm_fast_m_step (lvm_gmm_fast *w, lvm_gmm *g, const lvm_gmm_prior *p);

/* How many components the last E-step gave to triangular solves, because kappa
   (above) was more than 2^20 or their inverse factor overflowed.  */
size_t lvm_gmm_fast_solved (const lvm_gmm_fast *w);

#endif
