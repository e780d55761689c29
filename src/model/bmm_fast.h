/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_MODEL_BMM_FAST_H
#define LVM_MODEL_BMM_FAST_H

#include <stddef.h>

#include "data/bits.h"
#include "model/bmm.h"

/* EM for the mixture of Bernoullis over tables of bytes (chapter 3): the steps of
   model/bmm.h, to the rounding stated below, many times faster.

     lvm_bmm_fast *w = lvm_bmm_fast_alloc (K, x, threads);
     while (...)
       {
         lvm_bmm_fast_e_step (w, g, NULL, NULL, &log_likelihood);
         lvm_bmm_fast_m_step (w, g, strength);
       }

   The result has the same bits for any number of threads.  It has not the same
   bits on processors of different vector widths.  */

typedef struct lvm_bmm_fast lvm_bmm_fast;

/* The workspace, for one set of data.
   Given     K >= 1; x [N x D], N >= 1, borrowed: it must stay as it is;
             threads >= 1
   Cost      two passes over the bytes of x
   Memory    N K numbers, 4 bytes for every byte of x that is not 0, and K numbers
             for every value that a byte takes at its place in a row, of which there
             are at most 32 D.  K is rounded up to a multiple of 8.  */
lvm_bmm_fast *lvm_bmm_fast_alloc (size_t K, const lvm_bits *x, int threads);
void lvm_bmm_fast_free (lvm_bmm_fast *w);

/* E-step.  The responsibilities stay in the workspace for the M-step.
   Given     g, of the workspace's K and D
   Returned  r [N x K], or NULL; log_evidence [N], or NULL; log_likelihood, as
             lvm_bmm_e_step has them.
   Accuracy  with u = 2^-53 and M_k as in bmm.h, the error of the log joint is at
             most (D + D / 8 + 16) u M_k, that of the plain form (2 D + 4) u M_k:
             both add up the same numbers, here each in a table of at most 8 and
             then with at most D / 8 others, and -inf stands in the same places.
             From there on as log_sum_exp.h says, with 4 units in the last place for
             exp and log.
   Cost      K additions for every byte that is not 0, N K exponentials.  */
void lvm_bmm_fast_e_step (lvm_bmm_fast *w, const lvm_bmm *g, double r[],
                          double log_evidence[], double *log_likelihood);

/* M-step with the responsibilities of the last E-step; lvm_bmm_m_step has the
   contract.
   Returned  g: weight, mean.  A mean is 0 in the same places as the plain form has it
             from the same responsibilities, and 1 where a bit is on in all points.
             Where a bit is off only in points of no responsibility it may be
             less than 1 by rounding.
   Accuracy  relative error of the numerator and of N_k, (N + 256) u each: sums of
             numbers none of which is negative.
   Cost      K additions for every byte that is not 0.  */
void lvm_bmm_fast_m_step (lvm_bmm_fast *w, lvm_bmm *g, double strength);

/* The same tables for k-means: the nearest of K centres to every point, the first of
   several.  What the last E-step left for an M-step is lost.
   Given     centre [K x D]
   Returned  owner [N]: which it is; nearest [N]: its squared distance
   Accuracy  (2 D + 16) u (D + |centre|^2), |error| of a squared distance
   Cost      K additions for every byte that is not 0, N K comparisons.  */
void lvm_bmm_fast_nearest (lvm_bmm_fast *w, const double centre[], int owner[],
                           double nearest[]);

#endif
