/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "num/hermite.h"

#include "../unit.h"

#include <math.h>

enum
{
  MOST = 64
};

static double
moment (size_t n, int power)
{
  double eps[MOST], weight[MOST], sum = 0;
  ck_assert_int_eq (lvm_gauss_hermite (n, eps, weight), 0);
  for (size_t i = 0; i < n; i++)
    sum += weight[i] * pow (eps[i], power);
  return sum;
}

/* n nodes are exact below degree 2 n, and not at 2 n.  */
START_TEST (moments_of_a_normal_number)
{
  ck_assert_double_eq_tol (moment (1, 0), 1, 1e-15);
  ck_assert_double_eq_tol (moment (3, 2), 1, 1e-14);
  ck_assert_double_eq_tol (moment (3, 4), 3, 1e-13);
  ck_assert_double_eq_tol (moment (4, 6), 15, 1e-12);
  ck_assert_double_eq_tol (moment (4, 5), 0, 1e-12);
  ck_assert_double_eq_tol (moment (3, 6), 9, 1e-12);
}
END_TEST

/* E[cos eps] = exp (-1/2), which no polynomial gives exactly.  */
START_TEST (a_smooth_function)
{
  double eps[MOST], weight[MOST], sum = 0;
  ck_assert_int_eq (lvm_gauss_hermite (24, eps, weight), 0);
  for (size_t i = 0; i < 24; i++)
    sum += weight[i] * cos (eps[i]);
  ck_assert_double_eq_tol (sum, exp (-0.5), 1e-14);
  ck_assert_double_lt (eps[0], eps[1]);
}
END_TEST

UNIT_MAIN ("num/hermite", moments_of_a_normal_number, a_smooth_function)
