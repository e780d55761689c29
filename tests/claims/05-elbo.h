/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_CLAIMS_05_H
#define LVM_CLAIMS_05_H

#include <stddef.h>

/* Interface "elbo": the three forms for a z that is one of K states.  q [K] >= 0, of sum
   one; log_prior [K] = ln p(z = k), log_likelihood [K] = ln p(x | z = k).  A state with
   q = 0 contributes nothing, even where a logarithm is -inf.  A reader may fill it.  */
typedef double elbo_first_slot (size_t K, const double q[],
                                const double log_prior[],
                                const double log_likelihood[]);
typedef double elbo_second_slot (size_t K, const double q[],
                                 const double log_prior[],
                                 const double log_likelihood[]);
typedef double elbo_third_slot (size_t K, const double q[],
                                const double log_prior[],
                                const double log_likelihood[]);

typedef struct
{
  elbo_first_slot *elbo_first;
  elbo_second_slot *elbo_second;
  elbo_third_slot *elbo_third;
} elbo_ops;

/* Interface "what an auto-encoder computes", of L numbers and N data: KL(N(mean, diag exp
   log_variance), N(0, I)); a draw z [L] from noise eps [L]; the loss, the average of -F
   over the data, from log_likelihood [N], one draw's ln p(x_n | z_n), mean and
   log_variance [N x L].  A reader may fill it.  */
typedef double kl_standard_slot (size_t L, const double mean[],
                                 const double log_variance[]);
typedef void reparameterise_slot (size_t L, const double mean[],
                                  const double log_variance[], const double eps[],
                                  double z[]);
typedef double vae_loss_slot (size_t N, size_t L, const double log_likelihood[],
                              const double mean[], const double log_variance[]);

typedef struct
{
  kl_standard_slot *kl_standard;
  reparameterise_slot *reparameterise;
  vae_loss_slot *vae_loss;
} encoder_ops;

/* Interface "importance": one draw of the importance-weighted bound from the logarithms of
   S weights, and one draw of its gradient with respect to one parameter of q: path [S] is
   the derivative of ln w(z_i) through z_i alone, score [S] that of ln q(z_i) with z_i
   kept.  A reader may fill it.  */
typedef double importance_bound_slot (size_t S, const double log_w[]);
typedef double importance_gradient_slot (size_t S, const double log_w[],
                                         const double path[], const double score[]);

typedef struct
{
  importance_bound_slot *importance_bound;
  importance_gradient_slot *importance_gradient;
  double (*doubly) (size_t S, const double log_w[], const double path[]);
  double (*expected) (size_t S, size_t n, const double p[], const double log_w[]);
} importance_ops;

#ifdef LVM_READER
elbo_first_slot elbo_first;
elbo_second_slot elbo_second;
elbo_third_slot elbo_third;
kl_standard_slot kl_standard;
reparameterise_slot reparameterise;
vae_loss_slot vae_loss;
importance_bound_slot importance_bound;
importance_gradient_slot importance_gradient;
#else
#include "harness/claim.h"
#include "prob/elbo.h"
#include "prob/linear.h"

/* Interface "around the bound": the gap KL(q, p(z | x)); the q that maximises F, and the
   q that maximises E_q[ln p(x | z)] - beta KL(q, p(z)); F summed over N data, q and
   log_likelihood [N x K].  */
typedef struct
{
  double (*gap) (size_t K, const double q[], const double log_prior[],
                 const double log_likelihood[]);
  void (*best) (size_t K, const double log_prior[], const double log_likelihood[],
                double q[]);
  void (*annealed) (size_t K, double beta, const double log_prior[],
                    const double log_likelihood[], double q[]);
  double (*total) (size_t N, size_t K, const double q[], const double log_prior[],
                   const double log_likelihood[]);
} bound_ops;

/* Interface "gaussian divergences": roots are lower Cholesky factors [D x D].  */
typedef struct
{
  double (*entropy) (size_t D, const double root[]);
  double (*kl) (size_t D, const double mean[], const double root[],
                const double other_mean[], const double other_root[]);
  double (*kl_diagonal) (size_t L, const double mean[], const double sd[],
                         const double other_mean[], const double other_sd[]);
} divergence_ops;

/* Interface "linear model": see prob/linear.h.  */
typedef struct
{
  void (*moments) (const lvm_linear *p, double mean, double sd,
                   lvm_elbo_moments *m);
  double (*variance) (const lvm_elbo_moments *m, lvm_elbo_form form);
  double (*evidence) (const lvm_linear *p);
  void (*posterior) (const lvm_linear *p, double *mean, double *sd);
  void (*gradient) (const lvm_linear *p, double mean, double sd,
                    lvm_linear_path path, double eps, double *by_mean,
                    double *by_sd);
  double (*gradient_variance) (const lvm_linear *p, double mean, double sd,
                               lvm_linear_path path);
} linear_ops;

/* Interface "em, half by half": a mixture of K Gaussians in one dimension (D = 1), or of
   K products of D Bernoullis, whose x are 0 and 1.  x [N x D], q [N x K], weight [K],
   mean [K x D], variance [K], or NULL for Bernoullis.  */
typedef struct
{
  size_t N, K, D;
  double *x, *q, *weight, *mean, *variance;
} halves_mixture;

typedef struct
{
  void (*e_half) (halves_mixture *m); /* q from the parameters */
  void (*m_half) (halves_mixture *m); /* the parameters from q */
} halves_ops;

extern const lvm_interface elbo_interface, encoder_interface, importance_interface,
    bound_interface, divergence_interface, linear_interface, halves_interface;
#endif

#endif
