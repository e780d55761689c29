/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_CLAIMS_02_H
#define LVM_CLAIMS_02_H

#include <stddef.h>

/* Interface "em": the steps of EM for a mixture of K Gaussians with full
   covariances in D dimensions, on N points.  A reader may fill it.
   x [N x D], weight [K], mean [K x D], covariance [K x D x D], r [N x K].  */
typedef void e_step_slot (size_t N, size_t D, size_t K, const double x[],
                          const double weight[], const double mean[],
                          const double covariance[], double r[]);
typedef void m_step_slot (size_t N, size_t D, size_t K, const double x[],
                          const double r[], double weight[], double mean[],
                          double covariance[]);
typedef double log_likelihood_slot (size_t N, size_t D, size_t K, const double x[],
                                    const double weight[], const double mean[],
                                    const double covariance[]);

typedef struct
{
  e_step_slot *e_step;
  m_step_slot *m_step;
  log_likelihood_slot *log_likelihood;
} em_ops;

#ifdef LVM_READER
e_step_slot e_step;
m_step_slot m_step;
log_likelihood_slot log_likelihood;
#else
#include "harness/claim.h"
#include "model/gmm.h"

/* Interface "em of every kind": the M-step of every kind, with its prior.  */
typedef struct
{
  void (*m_step) (lvm_gmm *g, size_t N, const double x[], const double r[],
                  const lvm_gmm_prior *p);
} kinds_ops;

/* Interface "em, fast": one whole iteration, E-step and M-step, by so many threads.
   Returned  g after the M-step; r [N x K] and the log-likelihood before it.  */
typedef struct
{
  double (*iteration) (int threads, lvm_gmm *g, size_t N, const double x[],
                       double r[]);
} fast_ops;

extern const lvm_interface em_interface, kinds_interface, fast_interface;
#endif

#endif
