/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_CLAIMS_03_H
#define LVM_CLAIMS_03_H

#include <stddef.h>

/* Interface "bernoulli em": the steps of EM for a mixture of K products of D Bernoullis,
   on N images.  A reader may fill it.
   x [N x D], each 0 or 1; weight [K], mean [K x D]: the theta of the text; r [N x K].  */
typedef void bernoulli_e_step_slot (size_t N, size_t D, size_t K,
                                    const unsigned char x[], const double weight[],
                                    const double mean[], double r[]);
typedef void bernoulli_m_step_slot (size_t N, size_t D, size_t K,
                                    const unsigned char x[], const double r[],
                                    double weight[], double mean[]);
typedef double bernoulli_log_likelihood_slot (size_t N, size_t D, size_t K,
                                              const unsigned char x[],
                                              const double weight[],
                                              const double mean[]);

typedef struct
{
  bernoulli_e_step_slot *e_step;
  bernoulli_m_step_slot *m_step;
  bernoulli_log_likelihood_slot *log_likelihood;
} bernoulli_ops;

/* Interface "bernoulli em with a prior": the M-step with a prior of so many points, and
   the log density of that prior, without its constant.  */
typedef void bernoulli_map_step_slot (size_t N, size_t D, size_t K,
                                      const unsigned char x[], const double r[],
                                      double strength, double weight[],
                                      double mean[]);
typedef double bernoulli_log_prior_slot (size_t K, size_t D, const double mean[],
                                         double strength);

typedef struct
{
  bernoulli_map_step_slot *map_step;
  bernoulli_log_prior_slot *log_prior;
} bernoulli_map_ops;

#ifdef LVM_READER
bernoulli_e_step_slot bernoulli_e_step;
bernoulli_m_step_slot bernoulli_m_step;
bernoulli_log_likelihood_slot bernoulli_log_likelihood;
bernoulli_map_step_slot bernoulli_map_step;
bernoulli_log_prior_slot bernoulli_log_prior;
#else
#include <gsl/gsl_rng.h>
#include <stdint.h>

#include "harness/claim.h"
#include "model/bmm.h"

/* Interface "bernoulli em, fast": one whole iteration, E-step and M-step, by so many
   threads.
   Returned  g after the M-step; r [N x K] and the log-likelihood before it.  */
typedef struct
{
  double (*iteration) (int threads, lvm_bmm *g, const lvm_bits *x, double r[]);
} bernoulli_fast_ops;

/* Interface "bernoulli draws".  */
typedef struct
{
  size_t (*draw) (const lvm_bmm *g, gsl_rng *rng, uint8_t x[]);
} bernoulli_draw_ops;

extern const lvm_interface bernoulli_interface, bernoulli_map_interface,
    bernoulli_fast_interface, bernoulli_draw_interface;

/* Bytes, one a pixel, as bits.  Release with lvm_bits_free.  */
lvm_bits *bits_of (size_t N, size_t D, const unsigned char x[]);
#endif

#endif
