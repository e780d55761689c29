/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/ppca.h"

#include "../unit.h"

#include <math.h>

/* Eigenvalues 9, 4 and 1, 2 along the axes (1, 1, 0, 0) / sqrt 2, (1, -1, 0, 0) / sqrt 2
   and the last two.  */
static const double mean[4] = { 0.5, -1, 2, 3 },
                    covariance[16] = { 6.5, 2.5, 0, 0, 2.5, 6.5, 0, 0,
                                       0,   0,   1, 0, 0,   0,   0, 2 };

START_TEST (fits_by_hand)
{
  lvm_ppca *m = lvm_ppca_alloc (4, 2);
  ck_assert_int_eq (lvm_ppca_fit (m, mean, covariance), 0);
  ck_assert_double_eq_tol (m->variance, 1.5, 1e-14);
  for (size_t d = 0; d < 4; d++)
    ck_assert_double_eq (m->mean[d], mean[d]);
  const double first = sqrt (7.5 / 2), second = sqrt (2.5 / 2);
  ck_assert_double_eq_tol (fabs (m->loading[0]), first, 1e-14);
  ck_assert_double_eq_tol (m->loading[2], m->loading[0], 1e-14);
  ck_assert_double_eq_tol (fabs (m->loading[1]), second, 1e-14);
  ck_assert_double_eq_tol (m->loading[3], -m->loading[1], 1e-14);
  for (size_t i = 4; i < 8; i++)
    ck_assert_double_eq_tol (m->loading[i], 0, 1e-14);
  /* C has the eigenvalues 9, 4, 1.5, 1.5, and tr(C^-1 S) is four.  */
  ck_assert_double_eq_tol (lvm_ppca_log_likelihood (m, covariance),
                           -(4 * log (2 * M_PI) + log (9 * 4 * 1.5 * 1.5) + 4) / 2,
                           1e-13);
  lvm_ppca_free (m);
}
END_TEST

/* A model that is not the best: C = [[1.25, 0.5], [0.5, 2.25]] + ... by hand.  */
START_TEST (likelihood_of_any_model)
{
  lvm_ppca *m = lvm_ppca_alloc (2, 1);
  const double s[4] = { 2, 0.3, 0.3, 0.7 };
  m->loading[0] = 0.5;
  m->loading[1] = -1;
  m->variance = 0.8;
  const double a = 0.25 + 0.8, b = -0.5, c = 1 + 0.8, det = a * c - b * b,
               trace = (c * s[0] - 2 * b * s[1] + a * s[3]) / det;
  ck_assert_double_eq_tol (lvm_ppca_log_likelihood (m, s),
                           -(2 * log (2 * M_PI) + log (det) + trace) / 2, 1e-14);
  lvm_ppca_free (m);
}
END_TEST

START_TEST (without_noise_it_is_unbounded)
{
  lvm_ppca *m = lvm_ppca_alloc (2, 1);
  const double flat[4] = { 4, 0, 0, 0 };
  ck_assert_int_eq (lvm_ppca_fit (m, mean, flat), 1);
  lvm_ppca_free (m);
  lvm_ppca_free (NULL);
}
END_TEST

UNIT_MAIN ("model/ppca", fits_by_hand, likelihood_of_any_model,
           without_noise_it_is_unbounded)
