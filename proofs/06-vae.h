/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_PROOFS_06_H
#define LVM_PROOFS_06_H

#include <stddef.h>

#include "harness/claim.h"

/* Where the log-likelihood of one image is evaluated.  */
typedef struct
{
  size_t D;
  const double *x; /* [D] 0 or 1 */
  const double *a; /* [D] logits */
} coins;

/* ln p(x | z), from probabilities to logits.  */
enum
{
  VAE_LIKELIHOOD,
  VAE_LIKELIHOOD_ODDS,
  VAE_LIKELIHOOD_LOGIT,
  LIKELIHOOD_LINES
};
extern const lvm_interface likelihood_lines;
extern const char *const likelihood_labels[LIKELIHOOD_LINES];

/* Where the average divergence is evaluated: N data, a z of K states.  */
typedef struct
{
  size_t N, K;
  const double *q;     /* [N x K] >= 0, rows of sum 1 */
  const double *prior; /* [K] > 0, sum 1              */
} clouds;

/* (1/N) sum_n KL(q_n, p), from the definition to its two parts.  */
enum
{
  AGG_KL,
  AGG_INSERT,
  AGG_SPLIT,
  SPLIT_LINES
};
extern const lvm_interface split_lines;
extern const char *const split_labels[SPLIT_LINES];

/* Interface "layers": the formulas of the forward and the backward pass, each by itself.
   Rows times matrices: W [in x out].  A reader may fill it: see tests/claims/06-vae.h.  */
#include "claims/06-vae.h"

/* Formulas of the text about distributions; images are J states here, z is K states.

   information   (1/N) sum_n KL(q_n, aggregate), q [N x K]: agg-information
   aggregate     sum_x data_x q(z | x), data [J], q [J x K]: agg-prior
   mean_bound    sum_x data_x F(q(z | x)), by the first form: agg-collapse, agg-joint
   joint         KL(data_x q(z | x), prior_k likelihood [K x J]): agg-joint
   closed        ln p_A(x) from prior [K], likelihood [K] of one x and what is in A:
                 hole-evidence
   closed_bound  F_A(q) from F(q) and the hole's prior mass: hole-bound
   two_events    the least divergence of a distribution with the mass `own' in A from a prior
                 with `mass' there: hole-divergence
   gain          what scaling latent numbers of second moments v [L] to one gains:
                 vae-rescale  */
typedef struct
{
  double (*information) (size_t N, size_t K, const double q[]);
  void (*aggregate) (size_t J, size_t K, const double data[], const double q[],
                     double out[]);
  double (*mean_bound) (size_t J, size_t K, const double data[],
                        const double prior[], const double likelihood[],
                        const double q[]);
  double (*joint) (size_t J, size_t K, const double data[], const double prior[],
                   const double likelihood[], const double q[]);
  double (*closed) (size_t K, const double prior[], const double likelihood[],
                    const int in_A[]);
  double (*closed_bound) (double bound, double mass);
  double (*two_events) (double own, double mass);
  double (*gain) (size_t L, const double v[]);
} formula_ops;
extern const lvm_interface formula_interface;

#endif
