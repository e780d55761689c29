/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The lines of proofs/04-gradients.md, each computed as it is written.  */

#include "04-gradients.h"

#include <math.h>

/* --- the score, line by line ------------------------------------------------- */

static tracked
weight (const outcomes *at, size_t k)
{
  return e_to (given (at->logit[k]));
}

static tracked
total (const outcomes *at)
{
  tracked sum = weight (at, 0);
  for (size_t k = 1; k < at->K; k++)
    sum = plus (sum, weight (at, k));
  return sum;
}

/* sum_k f_k ([k = i] e^a_k T - e^a_k e^a_i) / T^2,  T = sum_j e^a_j  */
static tracked
score_finite (const void *p, size_t i)
{
  const outcomes *at = p;
  const tracked T = total (at), square = times (T, T);
  tracked sum = given (0);
  for (size_t k = 0; k < at->K; k++)
    {
      const tracked both = times (weight (at, k), weight (at, i));
      const tracked above = k == i ? minus (times (weight (at, k), T), both)
                                   : minus (given (0), both);
      sum = plus (sum, times (given (at->f[k]), over (above, square)));
    }
  return sum;
}

/* q_k ([k = i] - q_i)  */
static tracked
slope_of_q (const outcomes *at, size_t k, size_t i)
{
  const tracked T = total (at), q_k = over (weight (at, k), T),
                q_i = over (weight (at, i), T);
  return times (q_k, minus (given (k == i), q_i));
}

static tracked
score_log_trick (const void *p, size_t i)
{
  const outcomes *at = p;
  tracked sum = given (0);
  for (size_t k = 0; k < at->K; k++)
    sum = plus (sum, times (slope_of_q (at, k, i), given (at->f[k])));
  return sum;
}

static tracked
score_baseline (const void *p, size_t i)
{
  const outcomes *at = p;
  tracked sum = given (0);
  for (size_t k = 0; k < at->K; k++)
    sum = plus (sum, times (slope_of_q (at, k, i),
                            minus (given (at->f[k]), given (at->baseline))));
  return sum;
}

const char *const score_labels[SCORE_LINES] = { "score-finite", "score-log-trick",
                                                "score-baseline" };
static lvm_line *const score[SCORE_LINES] = { score_finite, score_log_trick,
                                              score_baseline };
const lvm_interface score_lines = { "the score, line by line", SCORE_LINES,
                                    score_labels, score };

/* --- the variance with a baseline, line by line ---------------------------------- */

/* sum_k p_k f_k^m s_k^n  */
static tracked
moment (const weighted *at, int m, int n)
{
  tracked sum = given (0);
  for (size_t k = 0; k < at->K; k++)
    {
      tracked term = given (at->p[k]);
      for (int i = 0; i < m; i++)
        term = times (term, given (at->f[k]));
      for (int i = 0; i < n; i++)
        term = times (term, given (at->s[k]));
      sum = plus (sum, term);
    }
  return sum;
}

static tracked
gradient_squared (const weighted *at)
{
  const tracked G = moment (at, 1, 1);
  return times (G, G);
}

/* sum_k p_k (f_k - b)^2 s_k^2 - G^2  */
static tracked
baseline_variance (const void *p, size_t i)
{
  const weighted *at = p;
  tracked sum = given (0);
  (void) i;
  for (size_t k = 0; k < at->K; k++)
    {
      const tracked y =
          times (minus (given (at->f[k]), given (at->baseline)), given (at->s[k]));
      sum = plus (sum, times (given (at->p[k]), times (y, y)));
    }
  return minus (sum, gradient_squared (at));
}

/* E[f^2 s^2] - 2 b E[f s^2] + b^2 E[s^2] - G^2  */
static tracked
baseline_expand (const void *p, size_t i)
{
  const weighted *at = p;
  const tracked b = given (at->baseline), two_b = times (given (2), b);
  (void) i;
  return minus (plus (minus (moment (at, 2, 2), times (two_b, moment (at, 1, 2))),
                      times (times (b, b), moment (at, 0, 2))),
                gradient_squared (at));
}

/* E[f^2 s^2] - G^2 + E[s^2] ((b - b*)^2 - b*^2),  b* = E[f s^2] / E[s^2]  */
static tracked
baseline_square (const void *p, size_t i)
{
  const weighted *at = p;
  const tracked best = over (moment (at, 1, 2), moment (at, 0, 2)),
                off = minus (given (at->baseline), best);
  (void) i;
  return plus (
      minus (moment (at, 2, 2), gradient_squared (at)),
      times (moment (at, 0, 2), minus (times (off, off), times (best, best))));
}

const char *const baseline_labels[BASELINE_LINES] = { "baseline-variance",
                                                      "baseline-expand",
                                                      "baseline-square" };
static lvm_line *const baseline[BASELINE_LINES] = { baseline_variance,
                                                    baseline_expand,
                                                    baseline_square };
const lvm_interface baseline_lines = { "the baseline, line by line", BASELINE_LINES,
                                       baseline_labels, baseline };

/* --- formulas ----------------------------------------------------------------------- */

/* t^3 e^((1 - t^2) eps)  */
static double
counter_g (double eps, double t)
{
  return t * t * t * exp ((1 - t * t) * eps);
}

/* t^2 (3 - 2 t^2 eps) e^((1 - t^2) eps)  */
static double
counter_slope (double eps, double t)
{
  return t * t * (3 - 2 * t * t * eps) * exp ((1 - t * t) * eps);
}

/* N(c | mean, sigma^2)  */
static double
step_gradient (double c, double mean, double sigma)
{
  const double y = (c - mean) / sigma;
  return exp (-y * y / 2) / (sqrt (2 * M_PI) * sigma);
}

/* score-finite, in plain numbers.  */
static double
finite_gradient (size_t K, const double a[], const double f[], size_t i)
{
  double T = 0, sum = 0;
  for (size_t k = 0; k < K; k++)
    T += exp (a[k]);
  for (size_t k = 0; k < K; k++)
    sum += f[k] * ((k == i) * exp (a[k]) * T - exp (a[k]) * exp (a[i])) / (T * T);
  return sum;
}

/* E[f s] + f(phi) / phi  */
static double
moving_gradient (double phi, double score_route, double at_the_end)
{
  return score_route + at_the_end / phi;
}

static double
bump_ratio (double w)
{
  const double v = w * w / (1 + w * w), c = pow (w * w / (2 + w * w), 1.5);
  return 1 + v * (1 - 2 * v) / c;
}

static double
sine_pathwise (double omega)
{
  const double w = omega * omega;
  return w / 2 * (1 + exp (-2 * w)) - w * exp (-w);
}

static double
sine_score (double omega)
{
  const double w = omega * omega;
  return 0.5 - (1 - 4 * w) / 2 * exp (-2 * w) - w * exp (-w);
}

static const formula_ops reference = { counter_g,       counter_slope,
                                       step_gradient,   finite_gradient,
                                       moving_gradient, bump_ratio,
                                       sine_pathwise,   sine_score };
static const char *const slots[] = { "counter_g",       "counter_slope",
                                     "step_gradient",   "finite_gradient",
                                     "moving_gradient", "bump_ratio",
                                     "sine_pathwise",   "sine_score" };
const lvm_interface formula_interface = { "formulas of gradients", 8, slots,
                                          &reference };
