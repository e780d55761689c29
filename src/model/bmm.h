/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_MODEL_BMM_H
#define LVM_MODEL_BMM_H

#include <stddef.h>

#include "data/bits.h"

/* The mixture of K products of D Bernoullis (chapter 3),

     p(x) = sum_k weight_k prod_d mean_kd^x_d (1 - mean_kd)^(1 - x_d).

   Parameters, data and workspace are three things; none owns another.  The
   steps here are the plain ones of the chapter: loops over points and pixels.
   model/bmm_fast.h has the same steps over tables.  */

typedef struct
{
  size_t K, D;
  double *weight; /* [K] >= 0, sum 1    */
  double *mean;   /* [K x D] in [0, 1]  */
} lvm_bmm;

/* Equal weights, all means 1/2.  */
lvm_bmm *lvm_bmm_alloc (size_t K, size_t D);
void lvm_bmm_free (lvm_bmm *g);

/* Given  two mixtures of the same K and D.  */
void lvm_bmm_copy (lvm_bmm *to, const lvm_bmm *from);

/* How many numbers are free: for AIC and BIC.  */
size_t lvm_bmm_parameters (size_t K, size_t D);

/* The conjugate prior of every mean, Beta (1 + strength / 2, 1 + strength / 2), as
   if `strength' points had been seen beforehand in each component, every bit on in
   half of them.  Its log density is

     (strength / 2) sum_kd (ln mean_kd + ln (1 - mean_kd)) + constant  (bmm-prior).

   Strength 0 is maximum likelihood.

   Returned  the log density without the constant, in nats: added to the
             log-likelihood it is the objective of MAP.  0 where strength is 0;
             otherwise -inf where a mean is 0 or 1.  */
double lvm_bmm_log_prior (const lvm_bmm *g, double strength);

/* The affine map of the E-step,

     ln (weight_k p(x | k)) = constant_k + sum_d x_d logit_kd,
     constant_k = ln weight_k + sum_d ln (1 - mean_kd)            (bmm-affine),

   which holds for 0 < mean < 1.  A mean of 0 or 1 adds nothing to either sum.  A
   point whose bit is otherwise is impossible under the component: its log joint is
   -inf.  */
typedef struct
{
  size_t K, D;
  double *constant; /* [K]; -inf where the weight is 0    */
  double *logit;    /* [K x D], 0 where the mean is 0 or 1 */
  lvm_bits *zero;   /* [K x D]: the mean is 0: the bit must be off */
  lvm_bits *one;    /* [K x D]: the mean is 1: the bit must be on  */
  bool *boundary;   /* [K]: whether there is any such bit */
  double *work;     /* [K] */
} lvm_bmm_logits;

lvm_bmm_logits *lvm_bmm_logits_alloc (size_t K, size_t D);
void lvm_bmm_logits_free (lvm_bmm_logits *w);
void lvm_bmm_logits_set (const lvm_bmm *g, lvm_bmm_logits *w);

/* The same for component k alone.  */
void lvm_bmm_logits_set_one (const lvm_bmm *g, size_t k, lvm_bmm_logits *w);

/* E-step: the responsibilities of all points under the parameters (bmm-e-step).
   Given     w, set from g; x [N x D]
   Returned  r [N x K], or NULL: not wanted; log_evidence [N]: ln p(x_n), or
             NULL; the value is their sum, the log-likelihood, in nats.  A point
             impossible under all components has log evidence -inf and
             responsibilities NaN.
   Accuracy  with u = 2^-53 and
               M_k = |ln weight_k| + sum_d (2 |ln (1 - mean_kd)| + x_d |ln mean_kd|)
             the error of the log joint is at most (2 D + 4) u M_k, log and log1p
             being good to one unit in the last place; from there on as
             log_sum_exp.h says.
   Cost      N K D additions, N K exponentials.  */
double lvm_bmm_e_step (const lvm_bmm *g, lvm_bmm_logits *w, const lvm_bits *x,
                       double r[], double log_evidence[]);

/* M-step: the parameters that maximise the expected complete log-likelihood, plus
   the log prior (bmm-m-weight, bmm-m-mean, bmm-m-map),

     weight_k = N_k / sum_j N_j,
     mean_kd  = (sum_n r_nk x_nd + strength / 2) / (N_k + strength).

   Given     g: its K and D; x [N x D]; r [N x K], >= 0; strength >= 0
   Returned  g: weight, mean, which lies in [0, 1]; it is 0 or 1 where the bit
             is off or on in all points of positive responsibility and strength is 0.  A
             component of no responsibility gets weight 0 and keeps its means, unless
             there is a prior: then they are 1/2.
   Accuracy  relative error of the numerator and of N_k, N u each.
   Cost      N K D additions.  */
void lvm_bmm_m_step (lvm_bmm *g, const lvm_bits *x, const double r[],
                     double strength);

/* The last part of every M-step.
   Given     count [K]: N_k; on [K x D]: sum_n r_nk x_nd, at most N_k to the bit
   Returned  g: weight, mean.  */
void lvm_bmm_set_from_sums (lvm_bmm *g, const double count[], const double on[],
                            double strength);

#endif
