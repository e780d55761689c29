/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/bmm_fast.h"

#include "../unit.h"
#include "bits.h"

#include <float.h>
#include <math.h>

#include "num/compare.h"
#include "num/error.h"

/* Data, and a mixture that is not that of the data.  */
typedef struct
{
  lvm_bits *x;
  lvm_bmm *g;
} problem;

/* Means of all sizes; with `boundary', one in five is 0 or 1.  */
static problem
draw (size_t N, size_t D, size_t K, bool boundary)
{
  static const double odd[8] = { 1e-300, 5e-324,    1e-17, 1 - DBL_EPSILON / 2,
                                 0.5,    1 - 1e-10, 1e-9,  0.9999 };
  const problem p = { .x = draw_bits (N, D, K), .g = lvm_bmm_alloc (K, D) };
  gsl_rng *rng = lvm_stream_alloc (K, D);
  double total = 0;
  for (size_t i = 0; i < K * D; i++)
    {
      const size_t choice = i * 7919 % 10;
      p.g->mean[i] = boundary && choice < 2 ? (double) (i * 104729 % 3 == 0)
                     : choice == 2          ? odd[i % 8]
                                            : gsl_rng_uniform_pos (rng);
    }
  for (size_t k = 0; k < K; k++)
    total += p.g->weight[k] = 0.2 + gsl_rng_uniform (rng);
  for (size_t k = 0; k < K; k++)
    p.g->weight[k] /= total;
  gsl_rng_free (rng);
  return p;
}

static void
discard (problem p)
{
  lvm_bits_free (p.x);
  lvm_bmm_free (p.g);
}

/* What an iteration gives.  */
typedef struct
{
  double *r, *evidence, log_likelihood;
  lvm_bmm *g;
} outcome;

static outcome
empty_outcome (const problem *p)
{
  const size_t N = p->x->N, K = p->g->K;
  outcome o = { .r = lvm_alloc (N * K, sizeof *o.r),
                .evidence = lvm_alloc (N, sizeof *o.evidence),
                .g = lvm_bmm_alloc (K, p->g->D) };
  lvm_bmm_copy (o.g, p->g);
  return o;
}

static void
discard_outcome (outcome o)
{
  free (o.r);
  free (o.evidence);
  lvm_bmm_free (o.g);
}

static outcome
plain (const problem *p, double strength)
{
  outcome o = empty_outcome (p);
  lvm_bmm_logits *w = lvm_bmm_logits_alloc (p->g->K, p->g->D);
  lvm_bmm_logits_set (p->g, w);
  o.log_likelihood = lvm_bmm_e_step (p->g, w, p->x, o.r, o.evidence);
  lvm_bmm_m_step (o.g, p->x, o.r, strength);
  lvm_bmm_logits_free (w);
  return o;
}

static outcome
fast (const problem *p, double strength, int threads)
{
  outcome o = empty_outcome (p);
  lvm_bmm_fast *w = lvm_bmm_fast_alloc (p->g->K, p->x, threads);
  lvm_bmm_fast_e_step (w, p->g, o.r, o.evidence, &o.log_likelihood);
  lvm_bmm_fast_m_step (w, o.g, strength);
  lvm_bmm_fast_free (w);
  return o;
}

/* max_k of how far the log joints of point n may be apart: u times the magnitudes that
   were added up, and how often, in both.  */
static double
log_joint_bound (const problem *p, size_t n)
{
  const size_t D = p->g->D;
  double most = 0;
  for (size_t k = 0; k < p->g->K; k++)
    {
      double sum = fabs (log (p->g->weight[k]));
      for (size_t d = 0; d < D; d++)
        {
          const double mean = p->g->mean[k * D + d];
          if (mean != 0 && mean != 1)
            sum += 2 * fabs (log1p (-mean))
                   + (lvm_bit (p->x, n, d) ? fabs (log (mean)) : 0);
        }
      most = isfinite (sum) ? fmax (most, sum) : most;
    }
  return (3 * (double) D + (double) D / 8 + 20) * DBL_EPSILON / 2 * most;
}

/* The largest error, as a fraction of its bound.  */
static double
error_of_e_step (const problem *p, const outcome *a, const outcome *b)
{
  const size_t K = p->g->K;
  const double ulp = DBL_EPSILON / 2;
  double worst = 0, total = 0;
  for (size_t n = 0; n < p->x->N; n++)
    {
      const double of_joint = log_joint_bound (p, n),
                   of_sum = ulp * (fabs (b->evidence[n]) + 4 * (double) K + 32);
      total += of_joint + of_sum + ulp * (double) p->x->N * fabs (b->evidence[n]);
      if (b->evidence[n] == -INFINITY)
        ck_assert_double_eq (a->evidence[n], -INFINITY);
      else
        worst = lvm_larger (
            worst, lvm_misfit (a->evidence[n], b->evidence[n], of_joint + of_sum));
      for (size_t i = n * K; i < (n + 1) * K; i++)
        if (b->evidence[n] == -INFINITY)
          ck_assert_double_nan (a->r[i]);
        else
          worst = lvm_larger (
              worst, lvm_misfit (a->r[i], b->r[i],
                                 b->r[i] * (2 * of_joint + of_sum + 760 * ulp)
                                     + 2 * DBL_TRUE_MIN));
    }
  return isfinite (b->log_likelihood)
             ? lvm_larger (worst,
                           lvm_misfit (a->log_likelihood, b->log_likelihood, total))
             : lvm_larger (worst, a->log_likelihood == b->log_likelihood ? 0 : NAN);
}

/* Of both M-steps, each from its own E-step's responsibilities, to `tolerance'.  */
static void
check_m_step (const problem *p, const outcome *a, const outcome *b,
              double tolerance)
{
  const size_t D = p->g->D;
  for (size_t k = 0; k < p->g->K; k++)
    {
      ck_assert_double_le (fabs (a->g->weight[k] - b->g->weight[k]), tolerance);
      for (size_t i = k * D; i < (k + 1) * D; i++)
        {
          ck_assert (a->g->mean[i] >= 0 && a->g->mean[i] <= 1);
          ck_assert ((a->g->mean[i] == 0) == (b->g->mean[i] == 0));
          ck_assert (lvm_misfit (a->g->mean[i], b->g->mean[i],
                                 tolerance * b->g->mean[i] + 4 * DBL_TRUE_MIN)
                     <= 1);
        }
    }
}

/* Both steps against the plain form.  Where points are impossible there is no
   M-step.  */
static void
check_equal (problem p, double strength)
{
  const outcome a = fast (&p, strength, 2), b = plain (&p, strength);
  const double e = error_of_e_step (&p, &a, &b);
  if (getenv ("SHOW") != NULL)
    printf ("N %zu D %zu K %zu: E %.2g\n", p.x->N, p.g->D, p.g->K, e);
  ck_assert_msg (e <= 1, "N %zu D %zu K %zu: error %.3g", p.x->N, p.g->D, p.g->K,
                 e);
  if (isfinite (b.log_likelihood))
    check_m_step (&p, &a, &b, 1e-10);
  discard_outcome (a);
  discard_outcome (b);
  discard (p);
}

static const size_t dimensions[] = { 1, 2, 7, 8, 9, 63, 64, 65, 130, 784 };
static const size_t components[] = { 1, 2, 3, 7, 8, 9, 16, 17, 24, 25, 40 };
enum
{
  DIMENSIONS = sizeof dimensions / sizeof dimensions[0],
  COMPONENTS = sizeof components / sizeof components[0]
};

START_TEST (as_the_plain_form)
{
  for (size_t i = 0; i < DIMENSIONS; i++)
    for (size_t j = 0; j < COMPONENTS; j++)
      check_equal (draw (60, dimensions[i], components[j], false),
                   (double) (j % 3));
}
END_TEST

START_TEST (tails_of_chunks)
{
  const size_t N[] = { 1, 2, 1023, 1024, 1025, 2500 };
  for (size_t i = 0; i < 6; i++)
    check_equal (draw (N[i], 19, 3, false), 0);
}
END_TEST

/* Means of 0 and 1: impossible components, and impossible points.  */
START_TEST (at_the_boundary)
{
  size_t impossible = 0;
  for (size_t i = 0; i < DIMENSIONS; i++)
    for (size_t j = 0; j < COMPONENTS; j++)
      {
        const problem p = draw (60, dimensions[i], components[j], true);
        const outcome b = plain (&p, 0);
        impossible += b.log_likelihood == -INFINITY;
        discard_outcome (b);
        check_equal (p, 0);
      }
  ck_assert_uint_gt (impossible, 10);
  ck_assert_uint_lt (impossible, DIMENSIONS * COMPONENTS - 10);
}
END_TEST

/* A bit that is on in all points: its mean is 1 to the bit, and remains so.  */
START_TEST (a_bit_always_on)
{
  problem p = draw (700, 30, 5, false);
  for (size_t n = 0; n < 700; n++)
    lvm_bit_set (p.x, n, 21);
  const outcome a = fast (&p, 0, 1);
  for (size_t k = 0; k < 5; k++)
    ck_assert_double_eq (a.g->mean[k * 30 + 21], 1);
  lvm_bmm_copy (p.g, a.g);
  discard_outcome (a);
  check_equal (p, 0);
}
END_TEST

START_TEST (without_weight)
{
  problem p = draw (300, 20, 4, false);
  p.g->weight[1] = 0;
  const outcome a = fast (&p, 0, 2), b = plain (&p, 0);
  ck_assert_double_eq (a.g->weight[1], 0);
  ck_assert_int_eq (memcmp (a.g->mean + 20, p.g->mean + 20, 20 * sizeof (double)),
                    0);
  ck_assert (error_of_e_step (&p, &a, &b) <= 1);
  discard_outcome (a);
  discard_outcome (b);
  check_equal (p, 2.5);
}
END_TEST

/* Points whose second responsibility falls from 1e-297 to below the smallest double: it is
   0 from where the plain form has it, and its bits' means with it.  */
START_TEST (responsibilities_that_underflow)
{
  enum
  {
    N = 90,
    D = 90
  };
  const problem p = { .x = lvm_bits_alloc (N, D), .g = lvm_bmm_alloc (2, D) };
  for (size_t d = 0; d < D; d++)
    {
      p.g->mean[d] = 1. / D;
      p.g->mean[D + d] = exp (-660. - (double) d);
      lvm_bit_set (p.x, d, d);
    }
  p.g->weight[0] = 1;
  p.g->weight[1] = exp (-30);
  const outcome a = fast (&p, 0, 1), b = plain (&p, 0);
  size_t zeros = 0, tiny = 0;
  for (size_t n = 0; n < N; n++)
    {
      const double r = a.r[2 * n + 1];
      zeros += r == 0;
      tiny += r > 0 && r < DBL_MIN;
      ck_assert (
          lvm_misfit (r, b.r[2 * n + 1], 1e-9 * b.r[2 * n + 1] + DBL_TRUE_MIN)
          <= 1);
    }
  ck_assert_uint_gt (zeros, 20);
  ck_assert_uint_gt (tiny, 20);
  check_m_step (&p, &a, &b, 1e-9);
  discard_outcome (a);
  discard_outcome (b);
  discard (p);
}
END_TEST

static bool
same_bits (const problem *p, const outcome *a, const outcome *b)
{
  const size_t K = p->g->K, D = p->g->D, N = p->x->N, size = sizeof (double);
  return memcmp (&a->log_likelihood, &b->log_likelihood, size) == 0
         && memcmp (a->r, b->r, N * K * size) == 0
         && memcmp (a->evidence, b->evidence, N * size) == 0
         && memcmp (a->g->weight, b->g->weight, K * size) == 0
         && memcmp (a->g->mean, b->g->mean, K * D * size) == 0;
}

START_TEST (same_bits_for_any_number_of_threads)
{
  const size_t D[] = { 9, 64, 784 }, N[] = { 5000, 4100, 3001 };
  const int threads[] = { 2, 3, 7 };
  for (size_t i = 0; i < 3; i++)
    for (size_t K = 5; K <= 40; K += 35)
      {
        const problem p = draw (N[i], D[i], K, false);
        const outcome one = fast (&p, 0, 1);
        for (size_t t = 0; t < 3; t++)
          {
            const outcome many = fast (&p, 0, threads[t]);
            ck_assert (same_bits (&p, &one, &many));
            discard_outcome (many);
          }
        discard_outcome (one);
        discard (p);
      }
}
END_TEST

/* The log-likelihood does not depend on what else is asked for, and EM by the fast steps
   alone climbs, judged by the plain form, from a workspace that was used for
   something else before.  */
START_TEST (iterations)
{
  const problem p = draw (2000, 30, 3, false);
  lvm_bmm_fast *w = lvm_bmm_fast_alloc (3, p.x, 2);
  int *owner = lvm_alloc (2000, sizeof *owner);
  double *nearest = lvm_alloc (2000, sizeof *nearest), value, before = -INFINITY;
  for (int i = 0; i < 20; i++)
    {
      const outcome o = plain (&p, 0);
      if (i < 3)
        lvm_bmm_fast_nearest (w, p.g->mean, owner, nearest);
      lvm_bmm_fast_e_step (w, p.g, NULL, NULL, &value);
      ck_assert (lvm_misfit (value, o.log_likelihood, 1e-9) <= 1);
      ck_assert_double_ge (o.log_likelihood, before - 1e-9);
      before = o.log_likelihood;
      lvm_bmm_fast_m_step (w, p.g, 0);
      discard_outcome (o);
    }
  free (owner);
  free (nearest);
  lvm_bmm_fast_free (w);
  lvm_bmm_fast_free (NULL);
  discard (p);
}
END_TEST

/* --- nearest centres --------------------------------------------------------- */

/* Centres K - 1 and 0 are equal: the first counts.  */
START_TEST (nearest_centres)
{
  for (size_t i = 0; i < DIMENSIONS; i++)
    for (size_t K = 2; K <= 18; K += 8)
      {
        const size_t N = 50, D = dimensions[i];
        const problem p = draw (N, D, K, true);
        double *centre = p.g->mean, nearest[50];
        int owner[50];
        lvm_bmm_fast *w = lvm_bmm_fast_alloc (K, p.x, 3);
        memcpy (centre + (K - 1) * D, centre, D * sizeof *centre);
        lvm_bmm_fast_nearest (w, centre, owner, nearest);
        for (size_t n = 0; n < N; n++)
          {
            const double bound =
                2 * (2 * (double) D + 16) * (double) D * DBL_EPSILON;
            for (size_t k = 0; k < K; k++)
              {
                double square = 0;
                for (size_t d = 0; d < D; d++)
                  square += pow (lvm_bit (p.x, n, d) - centre[k * D + d], 2);
                ck_assert_double_ge (square, nearest[n] - bound);
                if ((int) k == owner[n])
                  ck_assert_double_le (square, nearest[n] + bound);
              }
            ck_assert_int_lt (owner[n], (int) K - 1);
            ck_assert_double_ge (nearest[n], 0);
          }
        lvm_bmm_fast_free (w);
        discard (p);
      }
}
END_TEST

UNIT_MAIN ("model/bmm_fast", as_the_plain_form, tails_of_chunks, at_the_boundary,
           a_bit_always_on, without_weight, responsibilities_that_underflow,
           same_bits_for_any_number_of_threads, iterations, nearest_centres)
