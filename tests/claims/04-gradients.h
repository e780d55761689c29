/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_CLAIMS_04_H
#define LVM_CLAIMS_04_H

#include <stddef.h>

/* Interface "estimators": gradients of E[f(z)] for z Gaussian with a mean and a standard
   deviation sigma, from S samples.  A reader may fill it.

   gaussian_sample  z [S] from standard normal eps [S]
   pathwise_terms   one term a sample, to be averaged: by_mean, by_sigma [S]; slope [S]
                    holds f'(z) of each
   score_terms      the same from f [S], the values f(z)
   best_baseline    the baseline of least variance, estimated from values f [S] and
                    scores s [S]
   batch_mean       the score estimate with the mean of all f as the baseline
   leave_one_out    the score estimate in which each sample's baseline is the mean of the
                    others' f  */
typedef void gaussian_sample_slot (size_t S, const double eps[], double mean,
                                   double sigma, double z[]);
typedef void pathwise_terms_slot (size_t S, const double eps[], double mean,
                                  double sigma, const double slope[],
                                  double by_mean[], double by_sigma[]);
typedef void score_terms_slot (size_t S, const double z[], double mean,
                               double sigma, const double f[], double by_mean[],
                               double by_sigma[]);
typedef double best_baseline_slot (size_t S, const double f[], const double s[]);
typedef double batch_mean_slot (size_t S, const double f[], const double s[]);
typedef double leave_one_out_slot (size_t S, const double f[], const double s[]);

typedef struct
{
  gaussian_sample_slot *gaussian_sample;
  pathwise_terms_slot *pathwise_terms;
  score_terms_slot *score_terms;
  best_baseline_slot *best_baseline;
  batch_mean_slot *batch_mean;
  leave_one_out_slot *leave_one_out;
} estimator_ops;

#ifdef LVM_READER
gaussian_sample_slot gaussian_sample;
pathwise_terms_slot pathwise_terms;
score_terms_slot score_terms;
best_baseline_slot best_baseline;
batch_mean_slot batch_mean;
leave_one_out_slot leave_one_out;
#else
#include <stdint.h>

#include "harness/claim.h"
#include "prob/gradient.h"

/* Interface "families": prob/families.h.  */
typedef struct
{
  void (*transform) (lvm_family f, const double phi[], size_t n, const double eps[],
                     double z[]);
  void (*tangent) (lvm_family f, const double phi[], size_t i, size_t n,
                   const double eps[], const double z[], double dz[]);
  void (*log_density) (lvm_family f, const double phi[], size_t n, const double z[],
                       double l[]);
  void (*score) (lvm_family f, const double phi[], size_t i, size_t n,
                 const double z[], double s[]);
  double (*entropy) (lvm_family f, const double phi[]);
  double (*kl) (lvm_family f, const double phi[], const double other[]);
} family_ops;

/* Interface "full Gaussian": prob/gaussians.h.  */
typedef struct
{
  void (*transform) (size_t D, const double mean[], const double l[],
                     const double eps[], double z[]);
  void (*pathwise) (size_t D, const double slope[], const double eps[],
                    double by_l[]);
  void (*score) (size_t D, const double mean[], const double l[], const double z[],
                 double by_mean[], double by_l[], double work[]);
} full_ops;

/* Interface "bulk": samples by the million.  */
typedef struct
{
  void (*sample) (const lvm_gradient_problem *q, int which, uint64_t seed,
                  uint64_t first, uint64_t S, int threads, lvm_gradient_sums *sums);
  void (*noise) (lvm_family f, uint64_t seed, uint64_t stream, double eps[]);
} bulk_ops;

extern const lvm_interface estimator_interface, family_interface, full_interface,
    bulk_interface;
#endif

#endif
