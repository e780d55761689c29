/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_PROOFS_02_H
#define LVM_PROOFS_02_H

#include <stddef.h>

#include "harness/claim.h"

/* Where the lines of the bound are evaluated: one point, K components, the
   logarithms of its joint probabilities, and any distribution over components.
   Zeros of q are allowed; 0 ln 0 = 0.  */
typedef struct
{
  size_t K;
  const double *log_joint; /* [K] ln p(x, z = k) */
  const double *q;         /* [K] >= 0, sum 1    */
} discrete;

/* ln p(x), written in four ways.  */
enum
{
  EM_EVIDENCE,
  EM_PRODUCT,
  EM_SPLIT,
  EM_GAP,
  EM_LINES
};
extern const lvm_interface gap_lines;
extern const char *const gap_labels[EM_LINES];

/* The bound, written in two ways.  */
enum
{
  EM_BOUND_DEF,
  EM_Q_ENTROPY,
  EM_BOUND_LINES
};
extern const lvm_interface bound_lines;
extern const char *const bound_labels[EM_BOUND_LINES];

/* Matrix derivatives of Q, and the density of a component that collapses:
   formulas of the text, to be judged against differences and limits.

   Given  N points x [N x D], their responsibilities r [N] for one component,
          its mean [D] and the inverse of its covariance [D x D].  */
typedef struct
{
  void (*mean_gradient) (size_t N, size_t D, const double x[], const double r[],
                         const double mean[], const double inverse[],
                         double gradient[]);
  void (*covariance_gradient) (size_t N, size_t D, const double x[],
                               const double r[], const double mean[],
                               const double inverse[], double gradient[]);
  double (*collapsed_log_density) (size_t D, double sigma);
} derivative_ops;
extern const lvm_interface derivative_interface;

#endif
