/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_PROOFS_03_H
#define LVM_PROOFS_03_H

#include <stddef.h>

#include "harness/claim.h"

/* Where the log joint of one image and one component is evaluated.  */
typedef struct
{
  size_t D;
  double weight;       /* in (0, 1)            */
  const double *theta; /* [D] in (0, 1)        */
  const double *x;     /* [D] each 0 or 1      */
} image;

/* ln p(x, z = k), written in four ways.  */
enum
{
  BMM_JOINT,
  BMM_LOGS,
  BMM_COLLECT,
  BMM_AFFINE,
  BMM_JOINT_LINES
};
extern const lvm_interface joint_lines;
extern const char *const joint_labels[BMM_JOINT_LINES];

/* Where the expected complete log-likelihood is evaluated.  */
typedef struct
{
  size_t N, D, K;
  const double *x;              /* [N x D] each 0 or 1 */
  const double *r;              /* [N x K] >= 0        */
  const double *weight, *theta; /* [K], [K x D] in (0, 1) */
} expectation;

/* Q, written in three ways.  */
enum
{
  BMM_Q,
  BMM_Q_PIXELS,
  BMM_Q_COUNTS,
  BMM_Q_LINES
};
extern const lvm_interface q_lines;
extern const char *const q_labels[BMM_Q_LINES];

/* One pixel of one component: a probability theta against the best one.  */
typedef struct
{
  double count, on; /* N_k > 0; 0 < s < N_k */
  double theta;     /* in (0, 1)            */
} pixel;

/* What the best theta gains in Q, written in two ways.  */
enum
{
  BMM_LOSS,
  BMM_DIVERGENCE,
  BMM_LOSS_LINES
};
extern const lvm_interface loss_lines;
extern const char *const loss_labels[BMM_LOSS_LINES];

/* A mixture, without data.  */
typedef struct
{
  size_t K, D;
  const double *weight; /* [K] sum 1 exactly   */
  const double *theta;  /* [K x D] in [0, 1]   */
} mixture;

/* The covariance of the mixture, entry i = d D + e, written in three ways.  */
enum
{
  BMM_COVARIANCE_DEF,
  BMM_COVARIANCE,
  BMM_WITHIN_BETWEEN,
  BMM_COVARIANCE_LINES
};
extern const lvm_interface covariance_lines;
extern const char *const covariance_labels[BMM_COVARIANCE_LINES];

/* Formulas of the text, to be judged against differences and enumeration.  */
typedef struct
{
  /* The first two derivatives of Q by one theta_kd, from N_k and s_kd.  */
  double (*pixel_gradient) (double count, double on, double theta);
  double (*pixel_curvature) (double count, double on, double theta);
  /* The part of the covariance between components, c [D x D].  */
  void (*between) (const mixture *g, double c[]);
  /* Two components of weight 1/2 in two pixels with the means m, whose covariance is c
     whatever t is: theta [2 x 2].  */
  void (*two_pixels) (const double m[2], double c, double t, double theta[4]);
} formula_ops;
extern const lvm_interface formula_interface;

#endif
