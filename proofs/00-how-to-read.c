/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The lines of proofs/00-how-to-read.md, each computed as it is written.  */

#include "00-how-to-read.h"

#include <float.h>
#include <math.h>

#include "num/exact.h"
#include "num/log_sum_exp.h"

/* One correctly rounded number.  */
static tracked
rounded (double x)
{
  return (tracked){ x, DBL_EPSILON / 2 * fabs (x) };
}

/* e^{l_k - c}  */
static tracked
shifted (const logs *at, size_t k, double c)
{
  return e_to (minus (given (at->l[k]), given (c)));
}

static tracked
sum_shifted (const logs *at, double c)
{
  tracked sum = shifted (at, 0, c);
  for (size_t k = 1; k < at->n; k++)
    sum = plus (sum, shifted (at, k, c));
  return sum;
}

/* LSE(l) = ln sum_k e^{l_k}, in high precision.  */
static tracked
lse_def (const void *p, size_t i)
{
  const logs *at = p;
  (void) i;
  return rounded (lvm_exact_log_sum_exp (at->n, at->l));
}

/* ln (e^c sum_k e^{l_k - c})  */
static tracked
lse_factor (const void *p, size_t i)
{
  const logs *at = p;
  (void) i;
  return ln (times (e_to (given (at->shift)), sum_shifted (at, at->shift)));
}

/* c + ln sum_k e^{l_k - c}  */
static tracked
lse_shift (const void *p, size_t i)
{
  const logs *at = p;
  (void) i;
  return plus (given (at->shift), ln (sum_shifted (at, at->shift)));
}

/* m + ln (1 + sum_{k != top} e^{l_k - m})  */
static tracked
lse_stable (const void *p, size_t i)
{
  const logs *at = p;
  const size_t top = lvm_argmax (at->n, at->l);
  tracked rest = given (0);
  (void) i;
  for (size_t k = 0; k < at->n; k++)
    if (k != top)
      rest = plus (rest, shifted (at, k, at->l[top]));
  return plus (given (at->l[top]), ln (plus (given (1), rest)));
}

/* e^{l_i} / sum_j e^{l_j}, in high precision.  */
static tracked
softmax_def (const void *p, size_t i)
{
  const logs *at = p;
  return rounded (lvm_exact_softmax (at->n, at->l, i));
}

/* e^{l_i - c} / sum_j e^{l_j - c}  */
static tracked
softmax_shift (const void *p, size_t i)
{
  const logs *at = p;
  return over (shifted (at, i, at->shift), sum_shifted (at, at->shift));
}

/* The same at c = max l.  */
static tracked
softmax_stable (const void *p, size_t i)
{
  const logs *at = p;
  const double m = at->l[lvm_argmax (at->n, at->l)];
  return over (shifted (at, i, m), sum_shifted (at, m));
}

const char *const lse_labels[LSE_LINES] = { "lse-def", "lse-factor", "lse-shift",
                                            "lse-stable" };
static lvm_line *const lse[LSE_LINES] = { lse_def, lse_factor, lse_shift,
                                          lse_stable };
const lvm_interface lse_lines = { "log-sum-exp, line by line", LSE_LINES,
                                  lse_labels, lse };

const char *const softmax_labels[SOFTMAX_LINES] = { "softmax-def", "softmax-shift",
                                                    "softmax-stable" };
static lvm_line *const softmax[SOFTMAX_LINES] = { softmax_def, softmax_shift,
                                                  softmax_stable };
const lvm_interface softmax_lines = { "softmax, line by line", SOFTMAX_LINES,
                                      softmax_labels, softmax };
