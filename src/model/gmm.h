/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_MODEL_GMM_H
#define LVM_MODEL_GMM_H

#include <stddef.h>

/* The mixture of K Gaussians in D dimensions (chapter 2),

     p(x) = sum_k weight_k N(x | mean_k, covariance_k).

   Parameters, data and workspace are three things; none owns another.  The
   steps here are the plain ones of the chapter: loops over points.
   model/gmm_fast.h has the same steps in blocks.  */

/* What the covariances are restricted to.  They are stored as full matrices
   whatever the kind; tied ones are K equal copies.  */
typedef enum
{
  LVM_FULL,
  LVM_DIAGONAL,
  LVM_SPHERICAL,
  LVM_TIED
} lvm_covariance;

/* "full", "diagonal", "spherical", "tied", NULL: for the choices of an option.  */
extern const char *const lvm_covariance_names[];

typedef struct
{
  size_t K, D;
  lvm_covariance kind;
  double *weight;     /* [K] >= 0, sum 1                        */
  double *mean;       /* [K x D]                                */
  double *covariance; /* [K x D x D] symmetric positive definite */
} lvm_gmm;

/* A mixture of equal weights, means zero and identity covariances.  */
lvm_gmm *lvm_gmm_alloc (size_t K, size_t D, lvm_covariance kind);
void lvm_gmm_free (lvm_gmm *g);

/* Given  two mixtures of the same K and D.  */
void lvm_gmm_copy (lvm_gmm *to, const lvm_gmm *from);

/* How many numbers are free: for AIC and BIC.  */
size_t lvm_gmm_parameters (size_t K, size_t D, lvm_covariance kind);

/* The conjugate prior of the covariances, as if `strength' points with the
   covariance `scale' had been seen beforehand: in each component, for the kinds
   with a covariance for each; once, for tied.  Its log density in Sigma is

     -(strength / 2) (ln det Sigma + tr (scale Sigma^-1)) + constant,

   an inverse Wishart with nu + D + 1 = strength and Psi = strength scale
   (gmm-prior).  Strength 0 is maximum likelihood.  */
typedef struct
{
  double strength;     /* >= 0, points                  */
  const double *scale; /* [D x D], NULL where strength is 0 */
} lvm_gmm_prior;

/* The sum of these log densities, without the constant, in nats: added to the
   log-likelihood it is the objective of MAP.
   Returned  NaN where a covariance is not positive definite.
   Memory    allocates D x D numbers.  */
double lvm_gmm_log_prior (const lvm_gmm *g, const lvm_gmm_prior *p);

/* Lower Cholesky factors and log determinants of the covariances.  */
typedef struct
{
  size_t K, D;
  double *root;    /* [K x D x D] */
  double *log_det; /* [K]         */
  double *work;    /* [D + K]     */
} lvm_gmm_roots;

lvm_gmm_roots *lvm_gmm_roots_alloc (size_t K, size_t D);
void lvm_gmm_roots_free (lvm_gmm_roots *w);

/* Status  0; 1 where a covariance is not positive definite.  */
int lvm_gmm_factorise (const lvm_gmm *g, lvm_gmm_roots *w);

/* E-step: the responsibilities of all points under the parameters (gmm-e-step).
   Given     g, factorised into w; x [N x D]
   Returned  r [N x K], or NULL: not wanted; log_evidence [N]: ln p(x_n), or
             NULL; the value is their sum, the log-likelihood, in nats.  NaN or
             -inf where a point is possible under no component.
   Cost      N K D^2 / 2 operations, N K exponentials.  */
double lvm_gmm_e_step (const lvm_gmm *g, lvm_gmm_roots *w, size_t N,
                       const double x[], double r[], double log_evidence[]);

/* M-step: the parameters that maximise the expected complete log-likelihood,
   plus the log prior (gmm-m-weight, gmm-m-mean, gmm-m-covariance, gmm-m-map).
   Given     g: its K, D and kind; x [N x D]; r [N x K], >= 0
   Returned  g: weight, mean, covariance.  A component of no responsibility gets
             weight 0 and keeps its mean, and its covariance too unless there is
             a prior.
   Cost      N K D^2 operations, two passes.  */
void lvm_gmm_m_step (lvm_gmm *g, size_t N, const double x[], const double r[],
                     const lvm_gmm_prior *p);

/* The last part of every M-step: covariances of the mixture's kind from scatter
   matrices around the new means.
   Given     count [K]: N_k; scatter [K x D x D]: N_k S_k
   Returned  g: weight, covariance.  */
void lvm_gmm_set_from_scatter (lvm_gmm *g, const double count[],
                               const double scatter[], const lvm_gmm_prior *p);

/* Mean and covariance (with N below the line) of the data, as the scale of the
   prior, in the form of the kind: full or tied, its diagonal, its trace / D.
   Returned  mean [D], or NULL; scale [D x D].  */
void lvm_gmm_scale (size_t N, size_t D, const double x[], lvm_covariance kind,
                    double mean[], double scale[]);

#endif
