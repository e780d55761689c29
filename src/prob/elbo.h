/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_PROB_ELBO_H
#define LVM_PROB_ELBO_H

#include <stddef.h>

/* The evidence lower bound of one datum x, for a latent z and any distribution q(z)
   (chapter 5), in nats:

     F(q) = E_q[ln p(x | z)] - KL(q, p(z))        the first form,  elbo-form-1
          = E_q[ln p(x, z)] + H(q)                the second,      elbo-form-2
          = E_q[ln p(x, z) - ln q(z)]             the third,       elbo-def  */
typedef enum
{
  LVM_FIRST,
  LVM_SECOND,
  LVM_THIRD,
  LVM_FORMS
} lvm_elbo_form;

/* --- z one of K states --------------------------------------------------------- */

/* F(q), computed as each form says.  A state with q_k = 0 contributes nothing, whatever
   the others say of it.
   Given     q [K] >= 0, of sum one; log_prior [K] = ln p(z = k), log_likelihood [K] =
             ln p(x | z = k), in nats, -inf allowed
   Returned  nats; -inf where q_k > 0 for a state that cannot have made x
   Cost      K logarithms, but for the first form 2 K  */
double lvm_elbo_first (size_t K, const double q[], const double log_prior[],
                       const double log_likelihood[]);
double lvm_elbo_second (size_t K, const double q[], const double log_prior[],
                        const double log_likelihood[]);
double lvm_elbo_third (size_t K, const double q[], const double log_prior[],
                       const double log_likelihood[]);

/* KL(q, p(z | x)): what the bound lacks, elbo-decomposition.  The arguments are those
   above; work [K] is overwritten.
   Returned  nats; +inf where q_k > 0 for a state that cannot have made x; NaN where no
             state can  */
double lvm_elbo_gap (size_t K, const double q[], const double log_prior[],
                     const double log_likelihood[], double work[]);

/* --- the divergence of a variational auto-encoder ---------------------------------- */

/* KL(N(mean, diag exp log_variance), N(0, I)): gauss-kl-standard.
   Given     mean, log_variance [L]
   Returned  nats, summed over the L numbers  */
double lvm_kl_standard (size_t L, const double mean[], const double log_variance[]);

/* --- any z: averages of three log densities --------------------------------------- */

/* All three forms are averages of the same three numbers.  Under q they have a mean and
   a covariance, whatever z is.  */
enum
{
  LVM_LIKELIHOOD, /* ln p(x | z) */
  LVM_PRIOR,      /* ln p(z)     */
  LVM_Q,          /* ln q(z)     */
  LVM_TERMS
};

typedef struct
{
  double mean[LVM_TERMS];
  double covariance[LVM_TERMS][LVM_TERMS];
} lvm_elbo_moments;

/* Means and covariances over n points z_i: the states of a finite z (weight = q), the
   nodes of a quadrature, or draws from q (weight NULL: 1/n each).
   Given     weight [n] of sum one, or NULL; the log densities at z_i [n]: points of
             weight zero are skipped
   Returned  moments, the covariance with n (not n - 1) below the line
   Cost      two passes  */
void lvm_elbo_average (size_t n, const double weight[],
                       const double log_likelihood[], const double log_prior[],
                       const double log_q[], lvm_elbo_moments *moments);

/* A form's value from the means alone: the first with KL(q, p(z)) = mean ln q - mean
   ln p(z), the second with H(q) = -mean ln q.  */
double lvm_elbo_value (const lvm_elbo_moments *m, lvm_elbo_form form);

/* The variance under q of what a form averages over draws, elbo-estimators: ln p(x | z),
   ln p(x, z), or ln p(x, z) - ln q(z).  Its divergence or entropy is known and adds none.  */
double lvm_elbo_variance (const lvm_elbo_moments *m, lvm_elbo_form form);

/* The three estimates from the same S draws of q.
   Given     the log densities at the draws [S]; kl = KL(q, p(z)) and entropy = H(q), in
             closed form
   Returned  value [3], their standard errors [3] and the sample variances [3]  */
typedef struct
{
  double value[LVM_FORMS];
  double error[LVM_FORMS];
  double variance[LVM_FORMS];
} lvm_elbo_estimate;

void lvm_elbo_monte_carlo (size_t S, const double log_likelihood[],
                           const double log_prior[], const double log_q[],
                           double kl, double entropy, lvm_elbo_estimate *estimate);

#endif
