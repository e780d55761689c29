/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_MODEL_BMM_FAST_H
#define LVM_MODEL_BMM_FAST_H

#include <stddef.h>

#include "data/bits.h"
#include "model/bmm.h"

/* EM for the mixture of Bernoullis over tables of bytes (chapter 3): the steps of
   model/bmm.h, to the rounding stated below, many times faster.  */

typedef struct lvm_bmm_fast lvm_bmm_fast;

/* Borrows x, which must not change.  Release with lvm_bmm_fast_free.  */
lvm_bmm_fast *lvm_bmm_fast_alloc (size_t K, const lvm_bits *x, int threads);
void lvm_bmm_fast_free (lvm_bmm_fast *w);

/* As lvm_bmm_e_step; keeps what the M-step needs.
   Returned  r [N x K], or NULL; log_evidence [N], or NULL; log_likelihood.  */
void lvm_bmm_fast_e_step (lvm_bmm_fast *w, const lvm_bmm *g, double r[],
                          double log_evidence[], double *log_likelihood);

/* As lvm_bmm_m_step, with the responsibilities of the last E-step.  */
void lvm_bmm_fast_m_step (lvm_bmm_fast *w, lvm_bmm *g, double strength);

#endif
