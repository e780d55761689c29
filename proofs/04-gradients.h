/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_PROOFS_04_H
#define LVM_PROOFS_04_H

#include <stddef.h>

#include "harness/claim.h"

/* Where the lines of the score estimator are evaluated: a softmax over K outcomes, a
   value of f for each, and any baseline.  Component i is the derivative with respect to
   the i-th logit.  */
typedef struct
{
  size_t K;
  const double *logit, *f; /* [K] */
  double baseline;
} outcomes;

enum
{
  SCORE_FINITE,
  SCORE_LOG_TRICK,
  SCORE_BASELINE,
  SCORE_LINES
};
extern const lvm_interface score_lines;
extern const char *const score_labels[SCORE_LINES];

/* Where the variance of one term is evaluated: any probabilities, values and scores.  */
typedef struct
{
  size_t K;
  const double *p, *f, *s; /* [K] */
  double baseline;
} weighted;

enum
{
  BASELINE_VARIANCE,
  BASELINE_EXPAND,
  BASELINE_SQUARE,
  BASELINE_LINES
};
extern const lvm_interface baseline_lines;
extern const char *const baseline_labels[BASELINE_LINES];

/* Formulas of the text, to be judged against quadrature and differences.  */
typedef struct
{
  double (*counter_g) (double eps, double t);
  double (*counter_slope) (double eps, double t); /* dg/dt */
  double (*step_gradient) (double c, double mean, double sigma);
  double (*finite_gradient) (size_t K, const double a[], const double f[],
                             size_t i);
  double (*moving_gradient) (double phi, double score_route, double at_the_end);
  double (*bump_ratio) (double w);
  double (*sine_pathwise) (double omega);
  double (*sine_score) (double omega);
} formula_ops;
extern const lvm_interface formula_interface;

#endif
