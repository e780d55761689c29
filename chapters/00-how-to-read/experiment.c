/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The experiment of chapter 0: how large are the rounding errors of log-sum-exp and
   softmax, and where does the definition fail when it is computed as it stands?  */

#include <float.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdio.h>

#include "cli/book.h"
#include "num/compare.h"
#include "num/exact.h"
#include "num/log_sum_exp.h"

enum
{
  SEED = 20240229,
  DRAWS = 20000,
  QUICK_DRAWS = 2000,
  MOST = 40
};

/* --- the formulas that the book compares ----------------------------------- */

/* The definition, as it stands.  */
static double
naive_log_sum_exp (size_t n, const double l[])
{
  double sum = 0;
  for (size_t k = 0; k < n; k++)
    sum += exp (l[k]);
  return log (sum);
}

/* The bound of lse-error, in nats.  */
static double
bound_of (size_t n, double lse)
{
  return DBL_EPSILON / 2 * (fabs (lse) + (double) n + 3 * log ((double) n));
}

/* l = s + base  */
static void
moved (size_t n, const double base[], double s, double l[])
{
  for (size_t k = 0; k < n; k++)
    l[k] = base[k] + s;
}

/* The largest x in [low, high] with still (x), a property that is lost on the way
 * up.  */
static double
last_where (int (*still) (double), double low, double high)
{
  for (int i = 0; i < 200; i++)
    {
      const double middle = (low + high) / 2;
      if (still (middle))
        low = middle;
      else
        high = middle;
    }
  return low;
}

static int
is_finite (double x)
{
  return isfinite (exp (x));
}

static int
is_zero (double x)
{
  return exp (x) == 0;
}

static int
is_subnormal (double x)
{
  return exp (x) < DBL_MIN;
}

static void
range_of_exp (lvm_book *b)
{
  lvm_book_value (b, "exp-last-finite", last_where (is_finite, 0, 1000), "%.2f");
  lvm_book_value (b, "exp-first-subnormal", last_where (is_subnormal, -1000, 0),
                  "%.2f");
  lvm_book_value (b, "exp-last-positive", last_where (is_zero, -1000, 0), "%.2f");
}

static void
false_identity (lvm_book *b)
{
  const double ties[2] = { 0, 0 }, l[2] = { 0, 1 };
  lvm_book_value (b, "false-left-ties", lvm_log_sum_exp (2, ties), "%.4f");
  lvm_book_value (b, "false-left", lvm_log_sum_exp (2, l), "%.4f");
  lvm_book_value (b, "false-right", 1 + log (2), "%.4f");
  lvm_book_check (b, "the false identity at ties", lvm_log_sum_exp (2, ties),
                  log (2), bound_of (2, 1));
}

/* The chapter's example, and the first exercise.  */
static void
by_hand (lvm_book *b)
{
  const double l[2] = { -1000, -1001 },
               three[3] = { -2000, log (2) - 2000, log (5) - 2000 };
  double r[3];
  lvm_softmax (2, l, r);
  lvm_book_value (b, "naive-at-1000", exp (-1000), "%g");
  lvm_book_value (b, "hand-sum", 1 + exp (-1), "%.4f");
  lvm_book_value (b, "hand-log", log1p (exp (-1)), "%.4f");
  lvm_book_value (b, "hand-lse", lvm_log_sum_exp (2, l), "%.4f");
  lvm_book_value (b, "hand-first", r[0], "%.4f");
  lvm_book_value (b, "hand-second", r[1], "%.4f");
  lvm_book_check (b, "the example by hand", lvm_log_sum_exp (2, l),
                  -1000 + log1p (exp (-1)), bound_of (2, 1000));
  lvm_softmax (3, three, r);
  lvm_book_value (b, "ex-three-lse", lvm_log_sum_exp (3, three), "%.4f");
  lvm_book_value (b, "ex-three-1", r[0], "%.3f");
  lvm_book_value (b, "ex-three-2", r[1], "%.3f");
  lvm_book_value (b, "ex-three-3", r[2], "%.3f");
  lvm_book_check (b, "the first exercise", lvm_log_sum_exp (3, three),
                  -2000 + log (8), 2 * bound_of (3, 2000));
}

/* Figure 00-naive: both forms, as the common size of the terms moves.  */
static void
against_size (lvm_book *b)
{
  static const char *const names[] = { "size", "naive", "stable", "bound" };
  const double base[5] = { 0, -0.3, -1, -2, -4 };
  double l[5];
  lvm_table_writer *t = lvm_book_table_begin (b, "00-naive", 4, names);
  for (double s = -800; s <= 800; s += s < -700 && s > -750 ? 0.25 : 4)
    {
      moved (5, base, s, l);
      const double y = lvm_log_sum_exp (5, l), bound = bound_of (5, y);
      const double error = lvm_exact_log_sum_exp_error (5, l, y);
      const double naive = naive_log_sum_exp (5, l);
      lvm_book_check (b, "lse-error", error, 0, bound);
      lvm_table_number (t, s);
      lvm_table_number (t, isfinite (naive)
                               ? lvm_exact_log_sum_exp_error (5, l, naive)
                               : INFINITY);
      lvm_table_number (t, error);
      lvm_table_number (t, bound);
    }
  lvm_book_table_end (b);
  moved (5, base, -740, l);
  lvm_book_value (b, "naive-error-740",
                  lvm_exact_log_sum_exp_error (5, l, naive_log_sum_exp (5, l)),
                  "%.1e");
}

/* The largest relative error of a softmax, computed by shift-and-divide and by exp
 * (l - LSE).  */
static void
softmax_errors (size_t n, const double l[], double *divided, double *subtracted)
{
  double r[MOST];
  const double lse = lvm_log_sum_exp (n, l);
  lvm_softmax (n, l, r);
  *divided = *subtracted = 0;
  for (size_t k = 0; k < n; k++)
    {
      *divided = lvm_larger (*divided, lvm_exact_softmax_error (n, l, k, r[k]));
      *subtracted = lvm_larger (
          *subtracted, lvm_exact_softmax_error (n, l, k, exp (l[k] - lse)));
    }
}

/* Figure 00-softmax: the error of both softmaxes against the size of the
   logarithms, the worst of twenty draws at each size.  */
static void
softmax_against_size (lvm_book *b, gsl_rng *g)
{
  static const char *const names[] = { "size", "subtracted", "divided" };
  lvm_table_writer *t = lvm_book_table_begin (b, "00-softmax", 3, names);
  for (int i = 0; i <= 60; i++)
    {
      const double size = pow (10, i / 4.);
      double divided = 0, subtracted = 0;
      for (int draw = 0; draw < 20; draw++)
        {
          double l[5], d, s;
          for (size_t k = 0; k < 5; k++)
            l[k] = -size - gsl_ran_flat (g, 0, 4);
          softmax_errors (5, l, &d, &s);
          divided = lvm_larger (divided, d);
          subtracted = lvm_larger (subtracted, s);
        }
      lvm_book_check (b, "softmax-error", divided, 0,
                      DBL_EPSILON / 2 * (4.5 + 5 + log (5) + 5));
      lvm_table_number (t, size);
      lvm_table_number (t, subtracted);
      lvm_table_number (t, divided);
      if (i == 24)
        {
          lvm_book_value (b, "exp-minus-lse-error", subtracted, "%.1e");
          lvm_book_value (b, "shift-divide-error", divided, "%.1e");
        }
    }
  lvm_book_table_end (b);
}

/* The largest error as a fraction of its bound, over random vectors of all sizes.
 */
static void
random_draws (lvm_book *b, gsl_rng *g, int draws)
{
  double worst = 0, l[MOST];
  for (int i = 0; i < draws; i++)
    {
      const size_t n = 1 + gsl_rng_uniform_int (g, MOST);
      const double scale = pow (10, gsl_ran_flat (g, -3, 5));
      for (size_t k = 0; k < n; k++)
        l[k] = gsl_ran_gaussian (g, scale);
      const double y = lvm_log_sum_exp (n, l),
                   error = lvm_exact_log_sum_exp_error (n, l, y);
      lvm_book_check (b, "lse-error", error, 0, bound_of (n, y));
      worst = lvm_larger (worst, error / bound_of (n, y));
    }
  lvm_book_value (b, "lse-draws", draws, "%d");
  lvm_book_value (b, "lse-worst", worst, "%.2f");
  lvm_book_value (b, "exact-bits", 320, "%d");
}

/* For a table to be read; what is too large for that, or no number, stays.  */
static double
to_six_decimals (double x)
{
  return fabs (x) < 1e9 ? round (x * 1e6) / 1e6 : x;
}

/* Table 00-corners, which is also what the program prints.  */
static void
corners (lvm_book *b)
{
  static const char *const names[] = { "l", "naive", "stable" };
  static const struct
  {
    const char *text;
    double l[3];
  } inputs[] = { { "0, 1, 2", { 0, 1, 2 } },
                 { "-740, -741, -742", { -740, -741, -742 } },
                 { "-1000, -1001, -1002", { -1000, -1001, -1002 } },
                 { "1000, 1001, 1002", { 1000, 1001, 1002 } },
                 { "1e308, 1e308, 0", { 1e308, 1e308, 0 } },
                 { "-1e308, -1e308, -1e308", { -1e308, -1e308, -1e308 } },
                 { "-inf, -inf, 5", { -INFINITY, -INFINITY, 5 } },
                 { "-inf, -inf, -inf", { -INFINITY, -INFINITY, -INFINITY } } };
  lvm_table_writer *t = lvm_book_table_begin (b, "00-corners", 3, names);
  printf ("# %-24s %22s %22s\n", "l", "naive", "stable");
  for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++)
    {
      const double naive = naive_log_sum_exp (3, inputs[i].l),
                   stable = lvm_log_sum_exp (3, inputs[i].l);
      printf ("%-26s %22.12g %22.12g\n", inputs[i].text, naive, stable);
      lvm_table_text (t, inputs[i].text);
      lvm_table_number (t, to_six_decimals (naive));
      lvm_table_number (t, to_six_decimals (stable));
    }
  lvm_book_table_end (b);
}

int
lvm_experiment (const char *dir, bool quick, lvm_error *error)
{
  lvm_book *b = lvm_book_open (dir, "00-how-to-read");
  gsl_rng *g = gsl_rng_alloc (gsl_rng_mt19937);
  gsl_rng_set (g, SEED);
  range_of_exp (b);
  false_identity (b);
  by_hand (b);
  against_size (b);
  softmax_against_size (b, g);
  random_draws (b, g, quick ? QUICK_DRAWS : DRAWS);
  corners (b);
  gsl_rng_free (g);
  fprintf (stderr, "Seed %d. ", SEED);
  return lvm_book_close (b, error);
}
