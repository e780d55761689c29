/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The judge is judged: on claims that must pass, fail, crash, hang or say nothing.  */

#include "harness/judge.h"

#include "../unit.h"

#include <float.h>
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
  for (int i = 0; i < 21; i++)
    ck_assert_double_eq (a.values[i].value, b.values[i].value);
  for (int i = 0; i < 21; i++)
    ck_assert (c.values[i].value == a.values[i].value
               || c.values[i].value == a.values[i].value + 1);
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

/* --- the perturbation of lines ------------------------------------------------- */

static tracked
line_definition (const void *at, size_t i)
{
  (void) i;
  return given (*(const double *) at + 1);
}

/* 1 + x, and an operation that no disturbance changes: 0 times something.  */
static tracked
line_with_a_blind_spot (const void *at, size_t i)
{
  (void) i;
  return plus (plus (given (1), given (*(const double *) at)),
               times (given (0), given (3)));
}

static tracked
line_without (const void *at, size_t i)
{
  (void) i;
  return plus (given (1), given (*(const double *) at));
}

static void *
draw_line (lvm_judge *j, int corner)
{
  double *x = lvm_take (j, 1, sizeof *x);
  *x = corner >= 0 ? 2.5 : 1 + gsl_rng_uniform (lvm_cases (j));
  return x;
}

static size_t
one (const void *at)
{
  (void) at;
  return 1;
}

static verdict
judged_line (lvm_line *const lines[3], size_t step)
{
  static const char *const labels[] = { "definition", "first", "second" };
  const lvm_interface f = { "lines", 3, labels, lines };
  const lvm_derivation d = { &f, labels, draw_line, one, 1, 4, LVM_HERE };
  const check c = {
    .label = labels[step], .interface = &f, .derivation = &d, .step = step
  };
  verdict v = judge_here (&c, lines);
  free (v.values);
  return v;
}

START_TEST (every_operation_is_disturbed)
{
  lvm_line *const sound[3] = { line_definition, line_without, line_without };
  lvm_line *const blind[3] = { line_definition, line_with_a_blind_spot,
                               line_without };
  const verdict a = judged_line (sound, 1), b = judged_line (blind, 1);
  ck_assert_int_eq (a.outcome, ACCEPTED);
  ck_assert_int_eq (a.perturbations, 3);
  ck_assert_int_eq (a.noticed, 3);
  /* of nine, these change nothing: 0 x 3 with its sign turned, doubled, or without its 3;
     the last sum without, or with the other sign of, that 0 */
  ck_assert_int_eq (b.perturbations, 9);
  ck_assert_int_eq (b.noticed, 4);
}
END_TEST

static tracked
line_off (const void *at, size_t i)
{
  (void) i;
  return plus (given (1.5), given (*(const double *) at));
}

/* The line before is looked at, too: here it is the one that is wrong.  */
START_TEST (the_line_before_counts)
{
  lvm_line *const lines[3] = { line_definition, line_off, line_without };
  ck_assert_int_eq (judged_line (lines, 2).outcome, REJECTED);
}
END_TEST

/* --- memory ---------------------------------------------------------------------- */

static int beyond;

static void
writes (lvm_judge *j, const void *o, int corner)
{
  double *x = lvm_take (j, 3, sizeof *x);
  (void) o;
  (void) corner;
  x[2] = 1;
  if (beyond)
    ((volatile double *) x)[3] = 1;
  lvm_exactly (j, "x", x[2], 1);
}

START_TEST (writing_beyond_is_noticed)
{
  const lvm_claim w = { "w", LVM_EXACT, &face, 1, 0, 0, writes, LVM_HERE };
  const check c = { .label = "w", .interface = &face, .claim = &w };
  for (beyond = 0; beyond < 2; beyond++)
    {
      verdict v = judge_here (&c, &reference);
      free (v.values);
      ck_assert_int_eq (v.outcome, beyond ? NOT_FINITE : ACCEPTED);
    }
}
END_TEST

static void
leave (void)
{
  _exit (7);
}

static double
right_and_then_gone (double x)
{
  static int registered;
  if (!registered++)
    atexit (leave);
  return 2 * x;
}

static double
leaves (double x)
{
  _exit ((int) (0 * x));
}

static double
sleeps (double x)
{
  sleep (60);
  return 2 * x;
}

START_TEST (an_answer_cut_short_is_a_crash)
{
  ck_assert_int_eq (judged (right_and_then_gone).outcome, CRASHED);
  ck_assert_int_eq (judged (leaves).outcome, CRASHED);
  ck_assert_int_eq (judged (sleeps).outcome, TIMED_OUT);
}
END_TEST

/* --- comparisons, one at a time ------------------------------------------------------- */

static int compared;

static void
compare_one (lvm_judge *j, const void *o, int corner)
{
  static const double second[] = { 1, 0.25, 0.0625, 0.015625 },
                      settled[] = { 3e-3, 1e-12, 7.5e-4, 9.4e-4, 9.8e-4 },
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
      lvm_agree (j, "agree", (tracked){ 1, 1e-12 }, (tracked){ 1 + 4e-12, 2e-12 });
      break;
    case 15:
      lvm_agree (j, "agree", (tracked){ 1, 2e-12 }, (tracked){ 1 + 2e-12, 1e-12 });
      break;
    case 16: lvm_exactly (j, "infinity", 1, INFINITY); break;
    case 17: lvm_exactly (j, "infinity", INFINITY, INFINITY); break;
    case 18: lvm_exactly (j, "below a power", nextafter (1, 0), 1); break;
    case 19: lvm_exactly (j, "zeros", -0.0, 0); break;
    case 20: lvm_exactly (j, "largest", 0, DBL_MAX); break;
    case 21: lvm_exactly (j, "largest", DBL_MAX, DBL_MAX); break;
    case 22: lvm_equal (j, "no bound", 1, 2, INFINITY); break;
    case 23: lvm_mean (j, "mean", -4.5, 1, 0); break;
    case 24: lvm_order (j, "order", 5, settled, 2, 1e-12); break;
    case 25: lvm_at_most (j, "at most", 1, 1, 0); break;
    case 26: lvm_agree (j, "loose", (tracked){ 1, 1e-3 }, (tracked){ 1, 0 }); break;
    case 27:
      lvm_agree (j, "tight", (tracked){ 1, 1e-15 }, (tracked){ 1, 0 });
      break;
    case 28: lvm_mean (j, "no error", 1, INFINITY, 0); break;
    case 29: lvm_mean (j, "mean", 0, 0, 0); break;
    default: abort ();
    }
}

/* Even numbers must fail, odd ones pass.  */
START_TEST (comparisons)
{
  const lvm_claim one = { "one", LVM_EXACT, &face, 1, 0, 0, compare_one, LVM_HERE };
  const check c = { .label = "one", .interface = &face, .claim = &one };
  for (compared = 0; compared < 30; compared++)
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
           every_operation_is_disturbed, the_line_before_counts,
           writing_beyond_is_noticed, an_answer_cut_short_is_a_crash, comparisons)
