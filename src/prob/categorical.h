/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_PROB_CATEGORICAL_H
#define LVM_PROB_CATEGORICAL_H

#include <stddef.h>

/* One of K outcomes, z = 0 .. K - 1, with probabilities that are the softmax of K
   logits, p_k = exp (a_k) / sum_j exp (a_j).  A sample jumps as the logits move, so it
   has no reparameterisation (chapter 4); it has a score.  */

/* The outcome whose interval of length p_k holds u.
   Given     p [K], u in [0, 1)
   Returned  z, K - 1 where rounding leaves u beyond the last interval */
size_t lvm_categorical_draw (size_t K, const double p[], double u);

/* d ln p_z / d a_k = [k = z] - p_k.
   Given     p [K], z < K
   Returned  s [K] */
void lvm_categorical_score (size_t K, const double p[], size_t z, double s[]);

/* H(p) = -sum_k p_k ln p_k, in nats; 0 ln 0 = 0.  */
double lvm_categorical_entropy (size_t K, const double p[]);

/* KL(p, q) = sum_k p_k ln (p_k / q_k), in nats; infinite where q_k = 0 < p_k.  */
double lvm_categorical_kl (size_t K, const double p[], const double q[]);

#endif
