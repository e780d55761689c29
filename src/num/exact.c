/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "num/exact.h"

#include <mpfr.h>

enum
{
  BITS = 320
};

/* sum = sum_k exp l_k.  The caller clears it.  */
static void
sum_of_exp (mpfr_t sum, size_t n, const double l[])
{
  mpfr_t term;
  mpfr_set_emin (mpfr_get_emin_min ()); /* exp (-1e15) is a number here */
  mpfr_set_emax (mpfr_get_emax_max ());
  mpfr_init2 (term, BITS);
  mpfr_init2 (sum, BITS);
  mpfr_set_zero (sum, 1);
  for (size_t k = 0; k < n; k++)
    {
      mpfr_set_d (term, l[k], MPFR_RNDN);
      mpfr_exp (term, term, MPFR_RNDN);
      mpfr_add (sum, sum, term, MPFR_RNDN);
    }
  mpfr_clear (term);
}

static double
rounded (mpfr_t x)
{
  const double d = mpfr_get_d (x, MPFR_RNDN);
  mpfr_clear (x);
  return d;
}

double
lvm_exact_log_sum_exp (size_t n, const double l[])
{
  mpfr_t y;
  sum_of_exp (y, n, l);
  mpfr_log (y, y, MPFR_RNDN);
  return rounded (y);
}

double
lvm_exact_log_sum_exp_error (size_t n, const double l[], double y)
{
  mpfr_t e;
  sum_of_exp (e, n, l);
  mpfr_log (e, e, MPFR_RNDN);
  mpfr_sub_d (e, e, y, MPFR_RNDN);
  mpfr_abs (e, e, MPFR_RNDN);
  return rounded (e);
}

/* r = exp l_k / sum_j exp l_j.  The caller clears it.  */
static void
softmax (mpfr_t r, size_t n, const double l[], size_t k)
{
  mpfr_t sum;
  sum_of_exp (sum, n, l);
  sum_of_exp (r, 1, &l[k]);
  mpfr_div (r, r, sum, MPFR_RNDN);
  mpfr_clear (sum);
}

double
lvm_exact_softmax (size_t n, const double l[], size_t k)
{
  mpfr_t r;
  softmax (r, n, l, k);
  return rounded (r);
}

double
lvm_exact_softmax_error (size_t n, const double l[], size_t k, double r)
{
  mpfr_t exact, e;
  softmax (exact, n, l, k);
  mpfr_init2 (e, BITS);
  mpfr_set_d (e, r, MPFR_RNDN);
  mpfr_sub (e, e, exact, MPFR_RNDN);
  mpfr_div (e, e, exact, MPFR_RNDN);
  mpfr_abs (e, e, MPFR_RNDN);
  mpfr_clear (exact);
  return rounded (e);
}
