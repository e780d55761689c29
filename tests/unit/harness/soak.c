/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "harness/soak.h"

#include "../unit.h"

#include <gsl/gsl_randist.h>
#include <math.h>

typedef struct
{
  double scale; /* of what is claimed to be standard normal */
} ops;

static const ops right = { 1 }, wrong = { 1.3 };
static const char *const slots[] = { "scale" };
static const lvm_interface face = { "scale", 1, slots, &right },
                           bad_face = { "scale", 1, slots, &wrong };

static void
normal (lvm_judge *j, const void *p, int corner)
{
  (void) corner;
  for (int i = 0; i < 100; i++)
    lvm_mean (j, "x", ((const ops *) p)->scale * gsl_ran_ugaussian (lvm_noise (j)),
              1, 0);
}

static void
not_a_number (lvm_judge *j, const void *p, int corner)
{
  (void) p;
  (void) corner;
  lvm_mean (j, "x", NAN, 1, 0);
}

static check
claim (const lvm_interface *f, enum lvm_kind kind,
       void (*judge) (lvm_judge *, const void *, int))
{
  static lvm_claim room[8];
  static int used;
  lvm_claim *c = &room[used++];
  *c = (lvm_claim){ "normal", kind, f, 0, 20, 20, judge, LVM_HERE };
  return (check){ .label = c->label, .kind = kind, .interface = f, .claim = c };
}

static const lvm_suite suite = { "99-test", NULL, 0, NULL, 0 };

/* Of 100 tests at level 0.05, P (X >= 10) = 0.0282, P (X <= 1) = 0.0371.  */
START_TEST (chances_are_binomial)
{
  ck_assert_double_eq_tol (soak_chance (100, 10, 0.05), 2 * 0.0281883, 1e-6);
  ck_assert_double_eq_tol (soak_chance (100, 1, 0.05), 2 * 0.0370812, 1e-6);
  ck_assert_double_eq (soak_chance (100, 5, 0.05), 1);
  ck_assert_double_eq (soak_chance (1000, 0, 1e-6), 1);
  ck_assert (soak_chance (1000, 2, 1e-6) < 2e-6);
}
END_TEST

START_TEST (alarms_are_counted)
{
  judged_value v[4] = { { .misfit = 0.3 },
                        { .misfit = 1.1, .wrong = 1 },
                        { .misfit = NAN, .wrong = 1 },
                        { .misfit = 0.6 } };
  const verdict w = { .n_values = 4, .values = v };
  soak_count c = { 0 };
  soak_add (&c, &w); /* |z| = 1.47, 5.4, NaN, 2.9 */
  ck_assert_uint_eq (c.tests, 4);
  ck_assert_uint_eq (c.alarms[0], 3);
  ck_assert_uint_eq (c.alarms[1], 3);
  ck_assert_uint_eq (c.alarms[2], 2);
  ck_assert_uint_eq (c.alarms[SOAK_LEVELS - 1], 2);
}
END_TEST

START_TEST (right_and_wrong_programs)
{
  const int out = unit_redirect (STDOUT_FILENO, STDERR_FILENO);
  const check good = claim (&face, LVM_STATISTICAL, normal),
              bad = claim (&bad_face, LVM_STATISTICAL, normal),
              none = claim (&face, LVM_STATISTICAL, not_a_number),
              other = claim (&face, LVM_IDENTITY, normal);
  const int a = soak (&suite, &good, 1, 0, 5), b = soak (&suite, &bad, 1, 0, 5),
            c = soak (&suite, &none, 1, 0, 5), d = soak (&suite, &other, 1, 0, 5);
  unit_restore (STDOUT_FILENO, out);
  ck_assert_int_eq (a, 0);
  ck_assert_int_eq (b, 1);
  ck_assert_int_eq (c, 1);
  ck_assert_int_eq (d, 77);
}
END_TEST

/* The book's draws do not change; fresh ones do, and can be had again.  */
START_TEST (draws_are_fresh)
{
  const check c = claim (&face, LVM_STATISTICAL, normal);
  verdict v[4] = { judge_here (&c, &right), judge_here (&c, &right),
                   judge_fresh (&c, &right, 1), judge_fresh (&c, &right, 2) };
  ck_assert_double_eq (v[0].values[0].value, v[1].values[0].value);
  ck_assert_double_ne (v[0].values[0].value, v[2].values[0].value);
  ck_assert_double_ne (v[2].values[0].value, v[3].values[0].value);
  for (int i = 0; i < 4; i++)
    free (v[i].values);
}
END_TEST

UNIT_MAIN ("harness/soak", chances_are_binomial, alarms_are_counted,
           right_and_wrong_programs, draws_are_fresh)
