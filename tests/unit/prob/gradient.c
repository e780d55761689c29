/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "prob/gradient.h"

#include "../unit.h"

#include <float.h>
#include <math.h>

static const double coefficient[4] = { 0.5, -1.25, 0.75, 0.125 };
static const lvm_integrand shapes[LVM_SHAPES] = {
  { LVM_POLYNOMIAL, 4, coefficient, 0, 0 },
  { LVM_SINE, 0, NULL, 1.7, 0 },
  { LVM_EXP, 0, NULL, -0.3, 0 },
  { LVM_STEP, 0, NULL, 0.6, 0 },
  { LVM_BUMP, 0, NULL, 0.4, 0.25 },
};

START_TEST (values_and_slopes)
{
  const double z[1] = { 0.9 };
  static const double value[LVM_SHAPES] = { 0.5 - 1.125 + 0.6075 + 0.091125,
                                            0.99916795, 0.76337949, 1, 0.13533528 };
  for (int i = 0; i < LVM_SHAPES; i++)
    {
      const lvm_integrand *h = &shapes[i];
      double f[3], slope;
      lvm_integrand_value (h, 3, (double[]){ 0.9, 0.9 + 1e-6, 0.9 - 1e-6 }, f);
      lvm_integrand_slope (h, 1, z, &slope);
      ck_assert_double_eq_tol (f[0], value[i], 1e-8);
      ck_assert_double_eq_tol (slope, (f[1] - f[2]) / 2e-6, 1e-8);
    }
}
END_TEST

/* What each base makes of the uniform numbers of a stream, by the textbook's formulas.  */
START_TEST (noise_of_uniform_numbers)
{
  const int half = LVM_NOISE_BLOCK / 2;
  double u[LVM_NOISE_BLOCK], eps[LVM_NOISE_BLOCK];
  lvm_gradient_noise (LVM_BERNOULLI, 123456789012345, 987654321, u);
  for (lvm_family f = 0; f < LVM_BERNOULLI; f++)
    {
      lvm_gradient_noise (f, 123456789012345, 987654321, eps);
      for (int k = 0; k < LVM_NOISE_BLOCK; k++)
        {
          const double radius = sqrt (-2 * log (u[k % half])),
                       angle = 2 * M_PI * u[k % half + half],
                       x = f == LVM_LOGISTIC ? log (u[k]) - log1p (-u[k])
                           : f == LVM_EXPONENTIAL || f == LVM_WEIBULL ? -log (u[k])
                           : k < half ? radius * cos (angle)
                                      : radius * sin (angle);
          ck_assert_double_eq_tol (eps[k], x, 1e-14 * (1 + fabs (x)));
          if (f == LVM_EXPONENTIAL) /* near 0, too */
            ck_assert_double_eq_tol (eps[k], x, 4 * DBL_EPSILON * x);
        }
    }
}
END_TEST

/* The same sums, number by number.  */
static lvm_gradient_sums
plainly (const lvm_gradient_problem *q, uint64_t seed, uint64_t first, size_t S)
{
  static double eps[3][LVM_NOISE_BLOCK];
  lvm_gradient_sums x = { 0 };
  for (size_t n = 0; n < S; n++)
    {
      const size_t k = n % LVM_NOISE_BLOCK;
      double z, f = 0, h, s, slope, dz;
      for (size_t d = q->D; d-- > 0;)
        {
          if (k == 0)
            lvm_gradient_noise (q->family, seed,
                                (first + n / LVM_NOISE_BLOCK) * q->D + d, eps[d]);
          lvm_family_transform (q->family, q->phi, 1, &eps[d][k], &z);
          lvm_integrand_value (&q->h, 1, &z, &h);
          f += h;
        }
      lvm_family_score (q->family, q->phi, q->parameter, 1, &z, &s);
      lvm_family_tangent (q->family, q->phi, q->parameter, 1, &eps[0][k], &z, &dz);
      lvm_integrand_slope (&q->h, 1, &z, &slope);
      x.count++;
      x.t += slope * dz;
      x.tt += pow (slope * dz, 2);
      x.f += f;
      x.ff += f * f;
      x.s += s;
      x.ss += s * s;
      x.fs += f * s;
      x.fss += f * s * s;
      x.ffss += pow (f * s, 2);
    }
  return x;
}

START_TEST (bulk_is_the_plain_loop)
{
  const double phi[LVM_FAMILIES][2] = { { -0.7, 1.6 },  { 0.45, 0.8 }, { 0.7, 0 },
                                        { 1.3, 2.385 }, { 0.2, 0.6 },  { 0.3, 0 } };
  for (lvm_family f = 0; f < LVM_FAMILIES; f++)
    for (int i = 0; i < LVM_SHAPES; i++)
      {
        const lvm_gradient_problem q = { f,
                                         { phi[f][0], phi[f][1] },
                                         (size_t) i % lvm_family_parameters (f),
                                         shapes[i],
                                         (size_t) (1 + i % 3) };
        lvm_gradient_sums bulk, plain = plainly (&q, 77, 5, 2500);
        lvm_gradient_sample (&q, LVM_PATHWISE | LVM_SCORE, 77, 5, 2500, 2, &bulk);
        const double *a = (const double *) &bulk, *b = (const double *) &plain;
        for (size_t k = 0; k < sizeof bulk / sizeof *a; k++)
          ck_assert_double_eq_tol (a[k], b[k], 1e-11 * (2500 + fabs (b[k])));
      }
}
END_TEST

/* A sine and its slope in one pass, and apart where its argument is too large for that.  */
START_TEST (sines)
{
  static const double a[] = { 1e-3, 1, 40, 7e3, 4e4, 1e5, 1e8 };
  for (size_t i = 0; i < sizeof a / sizeof *a; i++)
    for (uint64_t block = 0; block < 50; block++)
      {
        const lvm_gradient_problem q = {
          LVM_GAUSSIAN, { -0.7, 1.6 }, 0, { LVM_SINE, 0, NULL, a[i], 0 }, 1
        };
        lvm_gradient_sums x;
        double eps[LVM_NOISE_BLOCK];
        lvm_gradient_noise (LVM_GAUSSIAN, 8, block, eps);
        lvm_gradient_sample (&q, LVM_PATHWISE | LVM_SCORE, 8, block, 1, 1, &x);
        const double y = a[i] * (-0.7 + 1.6 * eps[0]),
                     size = 0.7 + 1.6 * fabs (eps[0]),
                     bound = 4 * DBL_EPSILON * (1 + a[i] * size);
        ck_assert_double_eq_tol (x.f, sin (y), bound);
        ck_assert_double_eq_tol (x.t, a[i] * cos (y), a[i] * bound);
      }
}
END_TEST

/* A power of two times the noise is exact, so that nothing excuses an error, however large the
   argument.  */
START_TEST (sines_of_large_arguments)
{
  for (int power = 0; power <= 60; power += 2)
    for (uint64_t block = 0; block < 50; block++)
      {
        const double a = ldexp (1, power);
        const lvm_gradient_problem q = {
          LVM_GAUSSIAN, { 0, 1 }, 0, { LVM_SINE, 0, NULL, a, 0 }, 1
        };
        lvm_gradient_sums x;
        double eps[LVM_NOISE_BLOCK];
        lvm_gradient_noise (LVM_GAUSSIAN, 8, block, eps);
        lvm_gradient_sample (&q, LVM_PATHWISE | LVM_SCORE, 8, block, 1, 1, &x);
        ck_assert_double_eq_tol (x.f, sin (a * eps[0]), 4 * DBL_EPSILON);
        ck_assert_double_eq_tol (x.t, a * cos (a * eps[0]), 4 * DBL_EPSILON * a);
      }
}
END_TEST

START_TEST (threads_and_parts)
{
  const lvm_gradient_problem q = { LVM_LOGISTIC, { 0.4, 1.1 }, 1, shapes[0], 2 };
  lvm_gradient_sums one, three, part;
  lvm_gradient_sample (&q, LVM_PATHWISE | LVM_SCORE, 3, 0, 1100000, 1, &one);
  lvm_gradient_sample (&q, LVM_PATHWISE | LVM_SCORE, 3, 0, 1100000, 3, &three);
  ck_assert_mem_eq (&one, &three, sizeof one);
  lvm_gradient_sample (&q, LVM_PATHWISE, 3, 0, 5, 1, &part);
  ck_assert_double_eq (part.count, 5);
  ck_assert_double_eq (part.fs, 0);
  lvm_gradient_sample (&q, LVM_SCORE, 3, 0, 5, 1, &part);
  ck_assert_double_eq (part.t, 0);
}
END_TEST

/* f = 3, 1, 2 and s = 1, -2, 4, and t = 5, 2, -1.  */
START_TEST (estimates_by_hand)
{
  const lvm_gradient_sums x = { .count = 3,
                                .t = 6,
                                .tt = 30,
                                .f = 6,
                                .s = 3,
                                .ss = 21,
                                .fs = 9,
                                .fss = 39,
                                .ffss = 77,
                                .ff = 14 };
  lvm_estimate e = lvm_gradient_pathwise (&x);
  ck_assert_double_eq (e.mean, 2);
  ck_assert_double_eq (e.variance, 9);
  ck_assert_double_eq_tol (e.error, sqrt (3), 1e-15);
  e = lvm_gradient_score (&x, 0);
  ck_assert_double_eq (e.mean, 3);
  ck_assert_double_eq (e.variance, 25);
  e = lvm_gradient_score (&x, 2); /* 1, 2, 0 */
  ck_assert_double_eq (e.mean, 1);
  ck_assert_double_eq (e.variance, 1);
  e = lvm_gradient_batch_mean (&x);
  ck_assert_double_eq (e.mean, 1);
  /* (3 - 1.5) - 2 (1 - 2.5) + 4 (2 - 2), over 3 */
  e = lvm_gradient_leave_one_out (&x);
  ck_assert_double_eq (e.mean, 1.5);
  ck_assert_double_eq_tol (e.error, sqrt (1. / 3 + (2.25 + 9) / 6), 1e-15);
  ck_assert_double_eq (lvm_gradient_best_baseline (&x), 39. / 21);
}
END_TEST

START_TEST (truths_in_closed_form)
{
  const double square[3] = { 0, 0, 1 };
  lvm_gradient_truth y;
  for (size_t D = 1; D < 5; D += 3)
    {
      const double d = (double) D;
      const lvm_gradient_problem q = {
        LVM_GAUSSIAN, { 0, 1 }, 0, { LVM_POLYNOMIAL, 3, square, 0, 0 }, D
      };
      ck_assert_int_eq (lvm_gradient_exact (&q, &y), 0);
      ck_assert_double_eq_tol (y.gradient, 0, 1e-11);
      ck_assert_double_eq_tol (y.score, (d + 2) * (d + 4), 1e-9);
      ck_assert_double_eq_tol (y.best, 2 * (d + 2), 1e-9);
      ck_assert_double_eq_tol (y.baseline, d + 2, 1e-10);
      ck_assert_double_eq_tol (y.pathwise, 4, 1e-10);
    }
  const lvm_gradient_problem coin = { LVM_BERNOULLI, { 0.3 }, 0, shapes[0], 1 };
  ck_assert_int_eq (lvm_gradient_exact (&coin, &y), 0);
  ck_assert_double_eq_tol (y.gradient, -1.25 + 0.75 + 0.125, 1e-15);
  ck_assert_double_nan (y.pathwise);
  const lvm_gradient_problem jump = { LVM_EXPONENTIAL, { 1.5 }, 0, shapes[3], 1 };
  ck_assert_int_eq (lvm_gradient_exact (&jump, &y), 0);
  ck_assert_double_eq_tol (y.gradient, exp (-0.4) * 0.6 / 2.25, 1e-11);
  ck_assert_double_eq (y.pathwise, 0);
}
END_TEST

/* E exp (a z) exists for a times the scale below one, and so on; at the limit itself the
   integrand does not fall, and a quadrature over a finite range would not notice.  */
START_TEST (no_expectation_no_gradient)
{
  static const struct
  {
    lvm_family family;
    double phi[2], a;
    int status;
  } cases[] = {
    { LVM_GAUSSIAN, { 0, 1 }, 3, 0 },      { LVM_LOGISTIC, { 0, 0.5 }, 1.9, 0 },
    { LVM_LOGISTIC, { 0, 0.5 }, -2, 1 },   { LVM_EXPONENTIAL, { 1.5 }, 0.8, 1 },
    { LVM_EXPONENTIAL, { 1 }, 1, 1 },      { LVM_EXPONENTIAL, { 1 }, -7, 0 },
    { LVM_WEIBULL, { 1, 2 }, 2, 0 },       { LVM_WEIBULL, { 1, 1 }, 1, 1 },
    { LVM_WEIBULL, { 1, 0.9 }, 0.01, 1 },  { LVM_LOG_NORMAL, { 0, 0.1 }, 0.1, 1 },
    { LVM_LOG_NORMAL, { 0, 0.5 }, -1, 0 },
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    {
      const lvm_gradient_problem q = { cases[i].family,
                                       { cases[i].phi[0], cases[i].phi[1] },
                                       0,
                                       { LVM_EXP, 0, NULL, cases[i].a, 0 },
                                       1 };
      lvm_gradient_truth y;
      ck_assert_int_eq (lvm_gradient_exact (&q, &y), cases[i].status);
    }
}
END_TEST

UNIT_MAIN ("prob/gradient", values_and_slopes, noise_of_uniform_numbers,
           bulk_is_the_plain_loop, sines, sines_of_large_arguments,
           threads_and_parts, estimates_by_hand, truths_in_closed_form,
           no_expectation_no_gradient)
