/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_PROB_RESPONSIBILITIES_H
#define LVM_PROB_RESPONSIBILITIES_H

#include <stddef.h>

/* The posterior over K components of one observation (chapter 1):
   resp-softmax, and resp-evidence for the evidence.
   Given     K >= 1; l [K]: ln p(x | z = k), in nats, -inf allowed;
             log_prior [K]: ln p(z = k), or NULL for the uniform prior 1/K.
   Returned  r [K], which may be l itself: p(z = k | x);
             *log_evidence: ln p(x), in nats.
   Status    0; 1 where the posterior does not exist, since every joint
             probability is zero, or one is NaN or infinite (r and the
             evidence are then NaN or the infinite value itself).
   Accuracy  that of lvm_softmax and lvm_log_sum_exp, on l + log_prior.
   Cost      2 K exponentials, one logarithm.  */
int lvm_responsibilities (size_t K, const double l[], const double log_prior[],
                          double r[], double *log_evidence);

#endif
