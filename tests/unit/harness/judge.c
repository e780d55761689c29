/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The judge is judged: on claims that must pass, fail, crash, hang or say nothing.  */

#include "harness/judge.h"

#include "../unit.h"

#include <math.h>
#include <signal.h>

typedef struct
{
  double (*twice) (double);
} ops;

static double
right (double x)
{
  return 2 * x;
}

static double
wrong (double x)
{
  return 2 * x + (x > 0.5 ? 1 : 0);
}

static double
not_a_number (double x)
{
  return x > 0.5 ? NAN : 2 * x;
}

static double
crashes (double x)
{
  raise (SIGSEGV);
  return x;
}

static double
hangs (double x)
{
  for (volatile double y = x;;)
    y = y + 1;
  return x;
}

static const ops reference = { right };
static const char *const slots[] = { "twice" };
static const lvm_interface face = { "twice", 1, slots, &reference };

static void
twice (lvm_judge *j, const void *o, int corner)
{
  const ops *f = o;
  const double x = corner >= 0 ? 0.25 : gsl_rng_uniform (lvm_cases (j));
  lvm_equal (j, "twice", f->twice (x), x + x, 1e-15);
}

static void
silent (lvm_judge *j, const void *o, int corner)
{
  (void) o;
  (void) corner;
  lvm_undrawn (j);
}

static const lvm_claim claim = { "twice", LVM_IDENTITY, &face,   1, 20,
                                 0,       twice,        LVM_HERE };
static const check twice_check = { .label = "twice",
                                   .interface = &face,
                                   .claim = &claim };

static verdict
judged (double (*f) (double))
{
  const ops o = { f };
  verdict v = judge_in_child (&twice_check, &o, 1);
  free (v.values);
  return v;
}

START_TEST (accepts_the_right)
{
  const verdict v = judged (right);
  ck_assert_int_eq (v.outcome, ACCEPTED);
  ck_assert_int_eq (v.cases, 21);
  ck_assert_int_eq (v.comparisons, 21);
  ck_assert_double_eq (v.worst, 0);
}
END_TEST

START_TEST (tells_the_wrong_apart)
{
  const verdict v = judged (wrong);
  ck_assert_int_eq (v.outcome, REJECTED);
  ck_assert_double_gt (v.worst, 1e14);
  ck_assert_str_eq (v.worst_what, "twice");
  ck_assert_int_eq (judged (not_a_number).outcome, NOT_FINITE);
  ck_assert_int_eq (judged (crashes).outcome, CRASHED);
}
END_TEST

START_TEST (a_hang_ends)
{
  ck_assert_int_eq (judged (hangs).outcome, TIMED_OUT);
}
END_TEST

START_TEST (same_cases_for_everyone)
{
  const ops right_ops = { right }, wrong_ops = { wrong };
  verdict a = judge_here (&twice_check, &right_ops),
          b = judge_here (&twice_check, &right_ops),
          c = judge_here (&twice_check, &wrong_ops);
  ck_assert_uint_eq (a.n_values, 21);
  ck_assert_mem_eq (a.values, b.values, 21 * sizeof (double));
  for (int i = 0; i < 21; i++)
    ck_assert (c.values[i] == a.values[i] || c.values[i] == a.values[i] + 1);
  free (a.values);
  free (b.values);
  free (c.values);
}
END_TEST

START_TEST (silence_is_counted)
{
  const lvm_claim quiet = { "quiet", LVM_EXACT, &face, 2, 3, 0, silent, LVM_HERE };
  const check c = { .label = "quiet", .interface = &face, .claim = &quiet };
  const verdict v = judge_here (&c, &reference);
  ck_assert_int_eq (v.comparisons, 0);
  ck_assert_int_eq (v.undrawn, 5);
}
END_TEST

START_TEST (empty_slots_inherit)
{
  const ops none = { NULL };
  const ops *all = with_reference (&face, &none);
  ck_assert (all->twice == right);
  free ((void *) all);
}
END_TEST

/* --- comparisons, one at a time ------------------------------------------------------- */

static int compared;

static void
compare_one (lvm_judge *j, const void *o, int corner)
{
  static const double second[] = { 1, 0.25, 0.0625, 0.015625 },
                      first[] = { 1, 0.5, 0.25, 0.125 }, tiny[] = { 1e-14, 1e-14 },
                      broken[] = { 1, NAN };
  (void) o;
  (void) corner;
  switch (compared)
    {
    case 0: lvm_exactly (j, "bits", 2.385, nextafter (2.385, 3)); break;
    case 1: lvm_exactly (j, "bits", 2.385, 2.385); break;
    case 2: lvm_at_most (j, "at most", 2, 1, 0.5); break;
    case 3: lvm_at_most (j, "at most", 1, 2, 0); break;
    case 4: lvm_at_least (j, "at least", 1, 2, 0.5); break;
    case 5: lvm_at_least (j, "at least", 2, 1, 0); break;
    case 6: lvm_off (j, "error", 7, 3, 1); break;
    case 7: lvm_off (j, "error", 7, 0.5, 1); break;
    case 8: lvm_mean (j, "mean", 5.5, 1, 0); break;
    case 9: lvm_mean (j, "mean", 4.5, 1, 0); break;
    case 10: lvm_order (j, "order", 4, first, 2, 1e-12); break;
    case 11: lvm_order (j, "order", 4, second, 2, 1e-12); break;
    case 12: lvm_order (j, "order", 2, broken, 2, 1e-12); break;
    case 13: lvm_order (j, "order", 2, tiny, 2, 1e-12); break;
    case 14:
      lvm_agree (j, "agree", (tracked){ 1, 0.1 }, (tracked){ 1.4, 0.2 });
      break;
    case 15:
      lvm_agree (j, "agree", (tracked){ 1, 0.2 }, (tracked){ 1.2, 0.1 });
      break;
    case 16: lvm_exactly (j, "infinity", 1, INFINITY); break;
    case 17: lvm_exactly (j, "infinity", INFINITY, INFINITY); break;
    default: abort ();
    }
}

/* Even numbers must fail, odd ones pass.  */
START_TEST (comparisons)
{
  const lvm_claim one = { "one", LVM_EXACT, &face, 1, 0, 0, compare_one, LVM_HERE };
  const check c = { .label = "one", .interface = &face, .claim = &one };
  for (compared = 0; compared < 18; compared++)
    {
      verdict v = judge_here (&c, &reference);
      free (v.values);
      ck_assert_msg ((v.outcome == ACCEPTED) == (compared % 2 == 1),
                     "comparison %d", compared);
    }
}
END_TEST

UNIT_MAIN ("harness/judge", accepts_the_right, tells_the_wrong_apart, a_hang_ends,
           same_cases_for_everyone, silence_is_counted, empty_slots_inherit,
           comparisons)
