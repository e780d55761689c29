/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Claims of chapter 0: log-sum-exp and softmax.  The other side of every
   comparison is the definition in 320 bits, or a number known in advance.  */

#include "claims/00-how-to-read.h"

#include <float.h>
#include <gsl/gsl_randist.h>
#include <math.h>

#include "../../proofs/00-how-to-read.h"
#include "claims/draw.h"
#include "num/exact.h"
#include "num/log_sum_exp.h"

static const double u = DBL_EPSILON / 2;

static const softmax_ops reference = { lvm_log_sum_exp, lvm_softmax };
static const char *const slots[] = { "log_sum_exp", "softmax" };
const lvm_interface softmax_interface = { "softmax", 2, slots, &reference };

static double
largest (size_t n, const double l[])
{
  double m = -INFINITY;
  for (size_t k = 0; k < n; k++)
    m = fmax (m, l[k]);
  return m;
}

/* --- the lines of the derivations ------------------------------------------ */

/* One, ties, duplicates.  Few terms, and none so far that exp over- or
   underflows: each operation of a line should matter.  */
enum
{
  LINE_CORNERS = 3
};

static void *
draw_point (lvm_judge *j, int corner)
{
  logs *at = lvm_take (j, 1, sizeof *at);
  double *l = draw_logs (j, corner, &at->n);
  at->n = at->n > 4 ? 4 : at->n;
  for (size_t k = 0; k < at->n; k++)
    l[k] = fmax (-250, fmin (250, l[k]));
  at->l = l;
  at->shift = 1.5 + gsl_ran_gaussian (lvm_cases (j), 3);
  return at;
}

static size_t
scalar (const void *at)
{
  (void) at;
  return 1;
}

static size_t
component_each (const void *at)
{
  return ((const logs *) at)->n;
}

static const lvm_derivation derivations[] = {
  { &lse_lines, lse_labels, draw_point, scalar, LINE_CORNERS, 60, LVM_HERE },
  { &softmax_lines, softmax_labels, draw_point, component_each, LINE_CORNERS, 60,
    LVM_HERE }
};

/* --- claims ---------------------------------------------------------------- */

/* max l <= LSE(l) <= max l + ln n, and the upper bound is reached by ties only.  */
static void
lse_bounds (lvm_judge *j, const void *ops, int corner)
{
  const softmax_ops *f = ops;
  size_t n;
  const double *l = draw_logs (j, corner, &n);
  const double m = largest (n, l), y = f->log_sum_exp (n, l),
               room = log ((double) n);
  lvm_at_least (j, "at least the largest", y, m, 0);
  lvm_at_most (j, "at most the largest + ln n", y, m + room,
               u * (fabs (m) + 3 * room + (double) n));
}

/* |computed - LSE(l)| <= u (|LSE(l)| + n + 3 ln n)  */
static void
lse_error (lvm_judge *j, const void *ops, int corner)
{
  const softmax_ops *f = ops;
  size_t n;
  const double *l = draw_logs (j, corner, &n);
  const double y = f->log_sum_exp (n, l), size = (double) n;
  lvm_off (j, "log-sum-exp", y, lvm_exact_log_sum_exp_error (n, l, y),
           u * (fabs (lvm_exact_log_sum_exp (n, l)) + size + 3 * log (size)));
}

/* Where the sum itself is 0, infinite or beyond all numbers.  */
static void
lse_limits (lvm_judge *j, const void *ops, int corner)
{
  const softmax_ops *f = ops;
  static const struct
  {
    const char *what;
    size_t n;
    double l[3], y;
  } known[] = { { "empty", 0, { 0 }, -INFINITY },
                { "all -inf", 3, { -INFINITY, -INFINITY, -INFINITY }, -INFINITY },
                { "one +inf", 3, { 1, INFINITY, 2 }, INFINITY },
                { "one finite", 3, { -INFINITY, 2.385, -INFINITY }, 2.385 },
                { "1e308", 3, { 1e308, 1e308, -1e308 }, 1e308 },
                { "-1e308", 2, { -1e308, -1e308 }, -1e308 },
                { "whole range", 2, { -DBL_MAX, DBL_MAX }, DBL_MAX } };
  if (corner >= 0)
    lvm_exactly (j, known[corner].what,
                 f->log_sum_exp (known[corner].n, known[corner].l),
                 known[corner].y);
}

/* |computed - r_k| <= u (max l - l_k + n + ln n + 5) r_k, where r_k is normal.  */
static void
softmax_error (lvm_judge *j, const void *ops, int corner)
{
  const softmax_ops *f = ops;
  size_t n;
  const double *l = draw_logs (j, corner, &n);
  const double m = largest (n, l), size = (double) n;
  double *r = lvm_take (j, n, sizeof *r);
  f->softmax (n, l, r);
  for (size_t k = 0; k < n; k++)
    if (lvm_exact_softmax (n, l, k) >= DBL_MIN)
      lvm_off (j, "r_k", r[k], lvm_exact_softmax_error (n, l, k, r[k]),
               u * (m - l[k] + size + log (size) + 5));
    else
      {
        lvm_at_most (j, "a vanishing r_k", r[k], DBL_MIN, 0);
        lvm_at_least (j, "a vanishing r_k", r[k], 0, 0);
      }
}

/* sum_k r_k (max l - l_k) + LSE(l) - max l <= ln n: an entropy.  Ties reach the bound.  */
static void
softmax_spread (lvm_judge *j, const void *ops, int corner)
{
  const softmax_ops *f = ops;
  size_t n;
  const double *l = draw_logs (j, corner, &n);
  const double m = largest (n, l), room = log ((double) n);
  double *r = lvm_take (j, n, sizeof *r), spread = 0;
  f->softmax (n, l, r);
  for (size_t k = 0; k < n; k++)
    spread += isfinite (l[k]) ? r[k] * (m - l[k]) : 0;
  const double y = f->log_sum_exp (n, l);
  lvm_at_most (j, "entropy", spread + (y - m), room,
               2 * u * (fabs (y) + (double) n * (1 + room)));
}

/* The gradient of LSE is softmax: central differences of the exact LSE approach
   what the implementation calls its softmax, with order two.  */
static void
lse_gradient (lvm_judge *j, const void *ops, int corner)
{
  const softmax_ops *f = ops;
  size_t n;
  double *l = draw_logs (j, corner, &n), error[8];
  double *r = lvm_take (j, n, sizeof *r), *moved = lvm_take (j, n, sizeof *moved);
  const size_t k = gsl_rng_uniform_int (lvm_cases (j), n);
  for (size_t i = 0; i < n; i++)
    moved[i] = l[i] = fmax (-20, fmin (20, l[i]));
  f->softmax (n, l, r);
  for (int i = 0; i < 8; i++)
    {
      const double h = ldexp (0.5, -i);
      moved[k] = l[k] + h;
      const double up = lvm_exact_log_sum_exp (n, moved);
      moved[k] = l[k] - h;
      error[i] = fabs ((up - lvm_exact_log_sum_exp (n, moved)) / (2 * h) - r[k]);
    }
  lvm_order (j, "order of central differences", 8, error, 2, 1e-12);
}

/* 0 <= T LSE(l / T) - max l <= T ln n, so it tends to the largest as T -> 0.  */
static void
lse_temperature (lvm_judge *j, const void *ops, int corner)
{
  const softmax_ops *f = ops;
  size_t n;
  const double *l = draw_logs (j, corner, &n);
  double *cold = lvm_take (j, n, sizeof *cold);
  const double m = largest (n, l), size = (double) n;
  for (double T = 1; T > 1e-6; T /= 10)
    {
      for (size_t k = 0; k < n; k++)
        cold[k] = l[k] / T;
      const double y = T * f->log_sum_exp (n, cold),
                   slack = 4 * u * (fabs (m) + T * (size + 4));
      lvm_at_least (j, "at least the largest", y, m, slack);
      lvm_at_most (j, "at most T ln n above it", y, m + T * log (size), slack);
    }
}

#define ON_LOGS(label, kind, random, judge)                                        \
  {                                                                                \
    label, kind, &softmax_interface, LOG_CORNERS, random, 0, judge, LVM_HERE       \
  }

static const lvm_claim claims[] = {
  ON_LOGS ("lse-bounds", LVM_INEQUALITY, 200, lse_bounds),
  ON_LOGS ("lse-error", LVM_INEQUALITY, 400, lse_error),
  { "lse-limits", LVM_EXACT, &softmax_interface, 7, 0, 0, lse_limits, LVM_HERE },
  ON_LOGS ("softmax-error", LVM_INEQUALITY, 200, softmax_error),
  ON_LOGS ("softmax-spread", LVM_INEQUALITY, 200, softmax_spread),
  ON_LOGS ("lse-gradient", LVM_DERIVATIVE, 100, lse_gradient),
  ON_LOGS ("lse-temperature", LVM_REDUCTION, 100, lse_temperature)
};

const lvm_suite lvm_chapter_suite = { "00-how-to-read", claims,
                                      sizeof claims / sizeof *claims, derivations,
                                      sizeof derivations / sizeof *derivations };
