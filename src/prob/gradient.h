/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_PROB_GRADIENT_H
#define LVM_PROB_GRADIENT_H

#include <stddef.h>
#include <stdint.h>

#include "prob/families.h"
#include "prob/integrand.h"

/* Gradients of expectations (chapter 4).  With z_1 .. z_D independent members of one
   family and f(z) = h(z_1) + ... + h(z_D), what is wanted is

     d/dphi_i E[f(z)],   where phi_i is the parameter of z_1 alone

   and two estimators average, over S samples,

     pathwise  t = h'(z_1) dz_1/dphi_i
     score     (f(z) - b) s,  s = d ln q(z_1)/dphi_i,  b a baseline.

   All of them, with any baseline, need only nine sums over the samples.  */
typedef struct
{
  lvm_family family;
  double phi[LVM_MOST_PARAMETERS];
  size_t parameter;
  lvm_integrand h;
  size_t D;
} lvm_gradient_problem;

enum
{
  LVM_PATHWISE = 1,
  LVM_SCORE = 2
};

/* Sums over the samples.  */
typedef struct
{
  double count, t, tt;                /* pathwise */
  double f, s, ss, fs, fss, ffss, ff; /* score */
} lvm_gradient_sums;

/* The estimate of a gradient, the variance of one sample's term, and the standard
   error of the estimate.  */
typedef struct
{
  double mean, variance, error;
} lvm_estimate;

/* Numbers in a block of noise.  */
enum
{
  LVM_NOISE_BLOCK = 1024
};

/* Samples in bulk.

   Block b of coordinate d takes its noise from stream b D + d of the seed
   (num/streams.h), so any block can be made without those before it: blocks are
   shared among threads, and their sums are added in order.  The result has the same
   bits for any number of threads, on one machine.

   Given     q; which: LVM_PATHWISE, LVM_SCORE or both (the other sums stay 0);
             seed; first: the number of the first block; S >= 1 samples, from there on;
             threads >= 1
   Returned  sums, over these S samples
   Accuracy  terms to some units in the last place (libmvec's functions are good to
             four), sums to S / 1024 + 10 roundings of their magnitudes
   Memory    ten numbers for each of up to 4096 blocks at a time  */
void lvm_gradient_sample (const lvm_gradient_problem *q, int which, uint64_t seed,
                          uint64_t first, uint64_t S, int threads,
                          lvm_gradient_sums *sums);

/* The noise that lvm_gradient_sample uses: a block of one coordinate.

   The first 32 words of 64 bits of the stream, the upper half first, are the states of
   eight generators xoshiro256++: word 8 j + l is word j of the state of generator l.
   Uniform number k is made of number k / 8 of generator k mod 8: with n its upper 52 bits,
   (n + 1/2) / 2^52.  So none is 0 or 1, and normal numbers end at 8.57.

   Given     stream = b D + d
   Returned  eps [LVM_NOISE_BLOCK]: uniform numbers u for a Bernoulli variable,
             -ln u for an exponential or Weibull one, ln (u / (1 - u)) for a logistic one;
             for the others entries k and k + 512 are sqrt (-2 ln u) times the cosine and
             the sine of 2 pi v, with u and v the uniform numbers k and k + 512 (Box and
             Muller's method)
   Accuracy  to some units in the last place, as functions of u and v */
void lvm_gradient_noise (lvm_family family, uint64_t seed, uint64_t stream,
                         double eps[]);

/* The pathwise estimate: grad-pathwise.  Given  sums of two samples or more.  */
lvm_estimate lvm_gradient_pathwise (const lvm_gradient_sums *sums);

/* The score estimate with a constant baseline, chosen without looking at these
   samples: score-baseline.  */
lvm_estimate lvm_gradient_score (const lvm_gradient_sums *sums, double baseline);

/* b* = E[f s^2] / E[s^2], from sums: baseline-best.  Taken from the samples that it is
   then used on, it biases the estimate.  */
double lvm_gradient_best_baseline (const lvm_gradient_sums *sums);

/* The score estimate with the mean of the *other* samples' f as each sample's baseline:
   unbiased, leave-one-out.  variance: of (f - mean f) s; the error counts the terms of the
   order 1 / S^2 as well.  */
lvm_estimate lvm_gradient_leave_one_out (const lvm_gradient_sums *sums);

/* The same with the mean of all samples' f, the sample's own included: smaller by the
   factor 1 - 1/S, batch-mean-bias.  */
lvm_estimate lvm_gradient_batch_mean (const lvm_gradient_sums *sums);

/* E[h^a s^b t^c] of one coordinate, by quadrature over the base; the sum of z = 0 and
   z = 1 for the Bernoulli family.
   Given     q (D and all but z_1 are ignored); a, b, c >= 0, c = 0 for a Bernoulli
   Returned  the value; error >= 0, the integrator's own estimate of its error
   Status    0; 1 where the integral does not converge: the expectation may not exist.  */
int lvm_gradient_moment (const lvm_gradient_problem *q, int a, int b, int c,
                         double *value, double *error);

/* What the estimators should give: the gradient, and the variances of one sample's
   term, pathwise, score, and score with the best baseline; and that baseline.
   A variance that is infinite, or for which the quadrature fails, is NaN.
   Status    0; 1 where the gradient itself cannot be had.  */
typedef struct
{
  double gradient, error; /* error: of the quadrature */
  double pathwise, score, best, baseline;
} lvm_gradient_truth;
int lvm_gradient_exact (const lvm_gradient_problem *q, lvm_gradient_truth *truth);

#endif
