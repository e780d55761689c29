/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Known wrong ways to log-sum-exp and softmax.  */

#include <math.h>

#include "../../proofs/00-how-to-read.h"
#include "claims/00-how-to-read.h"
#include "num/log_sum_exp.h"

/* --- the small false identity of the chapter ------------------------------- */

static double
largest_plus_log_n (size_t n, const double l[])
{
  return n == 0 ? -INFINITY : l[lvm_argmax (n, l)] + log ((double) n);
}

/* --- without the shift ----------------------------------------------------- */

static double
log_of_sum (size_t n, const double l[])
{
  double sum = 0;
  for (size_t k = 0; k < n; k++)
    sum += exp (l[k]);
  return log (sum);
}

static void
exp_over_sum (size_t n, const double l[], double r[])
{
  double sum = 0;
  for (size_t k = 0; k < n; k++)
    sum += exp (l[k]);
  for (size_t k = 0; k < n; k++)
    r[k] = exp (l[k]) / sum;
}

/* --- with the wrong shift -------------------------------------------------- */

static double
shifted_by (double c, size_t n, const double l[])
{
  double sum = 0;
  for (size_t k = 0; k < n; k++)
    sum += exp (l[k] - c);
  return c + log (sum);
}

static double
shift_by_first (size_t n, const double l[])
{
  return n == 0 ? -INFINITY : shifted_by (l[0], n, l);
}

static double
shift_by_mean (size_t n, const double l[])
{
  double mean = 0;
  for (size_t k = 0; k < n; k++)
    mean += l[k] / (double) n;
  return shifted_by (mean, n, l);
}

static double
shift_forgotten_at_the_end (size_t n, const double l[])
{
  const double m = l[lvm_argmax (n, l)];
  return shifted_by (m, n, l) - m;
}

/* The shift is right, but -inf - (-inf) is not looked after.  */
static double
nothing_is_nan (size_t n, const double l[])
{
  return n == 0 ? -INFINITY : shifted_by (l[lvm_argmax (n, l)], n, l);
}

/* --- softmax --------------------------------------------------------------- */

static void
exp_minus_lse (size_t n, const double l[], double r[])
{
  const double lse = lvm_log_sum_exp (n, l);
  for (size_t k = 0; k < n; k++)
    r[k] = exp (l[k] - lse);
}

static void
divided_by_largest (size_t n, const double l[], double r[])
{
  const double m = l[lvm_argmax (n, l)];
  for (size_t k = 0; k < n; k++)
    r[k] = exp (l[k] - m);
}

static void
in_single_precision (size_t n, const double l[], double r[])
{
  const double m = l[lvm_argmax (n, l)];
  float sum = 0;
  for (size_t k = 0; k < n; k++)
    sum += expf ((float) (l[k] - m));
  for (size_t k = 0; k < n; k++)
    r[k] = expf ((float) (l[k] - m)) / sum;
}

/* --- lines ----------------------------------------------------------------- */

/* ln (e^c sum) = ln sum, the factor lost.  */
static tracked
factor_lost (const void *p, size_t i)
{
  const logs *at = p;
  tracked sum = given (0);
  (void) i;
  for (size_t k = 0; k < at->n; k++)
    sum = plus (sum, e_to (minus (given (at->l[k]), given (at->shift))));
  return ln (sum);
}

static lvm_line *const factor_lost_lines[LSE_LINES] = { [LSE_SHIFT] = factor_lost };

const lvm_mistake lvm_chapter_mistakes[] = {
  { "largest-plus-log-n", &softmax_interface,
    &(softmax_ops){ .log_sum_exp = largest_plus_log_n }, "lse-error",
    "The upper bound max l + ln n is taken for the value. It is the value when all "
    "terms are equal, "
    "and nowhere else.",
    NULL, 0, LVM_HERE },
  { "log-of-sum", &softmax_interface, &(softmax_ops){ .log_sum_exp = log_of_sum },
    "lse-error",
    "The definition is computed as it stands. Far from zero every exponential is 0 "
    "or infinite; "
    "near -745 it has only a few bits left.",
    "rust-ml/linfa#443", 0, LVM_HERE },
  { "exp-over-sum", &softmax_interface, &(softmax_ops){ .softmax = exp_over_sum },
    "softmax-error",
    "Softmax is computed without a shift. The responsibilities of a far point "
    "become 0/0, and just "
    "before that they lose their digits.",
    "ldeecke/gmm-torch#13", 0, LVM_HERE },
  { "shift-by-first", &softmax_interface,
    &(softmax_ops){ .log_sum_exp = shift_by_first }, "lse-error",
    "Every shift is right on paper, but only the largest one keeps each "
    "exponential below 1. "
    "Shifted by the first term, the others may overflow or vanish.",
    NULL, 0, LVM_HERE },
  { "shift-by-mean", &softmax_interface,
    &(softmax_ops){ .log_sum_exp = shift_by_mean }, "lse-error",
    "The terms are shifted by their mean. A single far term is enough to overflow, "
    "and a single "
    "-inf makes the mean -inf.",
    NULL, 0, LVM_HERE },
  { "shift-not-restored", &softmax_interface,
    &(softmax_ops){ .log_sum_exp = shift_forgotten_at_the_end }, "lse-bounds",
    "The shift is taken off and not put back.", NULL, 0, LVM_HERE },
  { "nothing-is-nan", &softmax_interface,
    &(softmax_ops){ .log_sum_exp = nothing_is_nan }, "lse-limits",
    "When every term is -inf the shift itself is -inf, and -inf - (-inf) is NaN. "
    "The sum is 0 and "
    "its logarithm is -inf.",
    NULL, 1, LVM_HERE },
  { "exp-minus-lse", &softmax_interface, &(softmax_ops){ .softmax = exp_minus_lse },
    "softmax-error",
    "exp(l - LSE(l)) is equal to the softmax on paper. In floating point the "
    "rounding of LSE, "
    "half a unit in the last place of a number as large as |l|, becomes a relative "
    "error of every "
    "responsibility.",
    NULL, 0, LVM_HERE },
  { "divided-by-largest", &softmax_interface,
    &(softmax_ops){ .softmax = divided_by_largest }, "lse-gradient",
    "The terms are divided by the largest of them, not by their sum.", NULL, 0,
    LVM_HERE },
  { "single-precision", &softmax_interface,
    &(softmax_ops){ .softmax = in_single_precision }, "softmax-error",
    "The sum is kept in single precision: seven digits where sixteen are promised.",
    NULL, 0, LVM_HERE },
  { "factor-lost", &lse_lines, factor_lost_lines, "lse-shift",
    "The factor that was taken out of the sum is lost on the way out of the "
    "logarithm.",
    NULL, 0, LVM_HERE },
};
const size_t lvm_chapter_mistakes_count =
    sizeof lvm_chapter_mistakes / sizeof *lvm_chapter_mistakes;
