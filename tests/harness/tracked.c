/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "harness/tracked.h"

#include <float.h>
#include <math.h>

/* Unit roundoff, and the absolute error of a result that underflows.  */
static const double u = DBL_EPSILON / 2, tiny = DBL_TRUE_MIN;

/* The one state of this file: which operation is to go wrong, and how.  It is
   a global so that the lines of the book read as mathematics; every judged
   implementation runs in a process of its own.  */
static int counted, target;
static enum disturbance how;

void
tracked_disturb (int operation, enum disturbance d)
{
  counted = 0;
  target = operation;
  how = d;
}

int
tracked_operations (void)
{
  return counted;
}

static enum disturbance
this_operation (void)
{
  return counted++ == target ? how : UNDISTURBED;
}

static tracked
negated (tracked a)
{
  return (tracked){ -a.value, a.error };
}

static tracked
doubled_if (enum disturbance d, tracked a)
{
  return d == DOUBLED ? (tracked){ 2 * a.value, 2 * a.error } : a;
}

static tracked
sum (tracked a, tracked b)
{
  const double v = a.value + b.value;
  return (tracked){ v, isinf (v) ? 0 : a.error + b.error + u * fabs (v) };
}

tracked
given (double x)
{
  return (tracked){ x, 0 };
}

tracked
plus (tracked a, tracked b)
{
  const enum disturbance d = this_operation ();
  if (d == DROPPED)
    return a;
  return doubled_if (d, sum (a, d == TURNED ? negated (b) : b));
}

tracked
minus (tracked a, tracked b)
{
  return plus (a, negated (b));
}

tracked
times (tracked a, tracked b)
{
  const enum disturbance d = this_operation ();
  if (d == DROPPED)
    return a;
  const double v = a.value * b.value;
  const tracked c = { v, fabs (a.value) * b.error + fabs (b.value) * a.error
                             + a.error * b.error + u * fabs (v) + tiny };
  return d == TURNED ? negated (c) : doubled_if (d, c);
}

/* The exact denominator may be as small as |b| - error.  */
tracked
over (tracked a, tracked b)
{
  const enum disturbance d = this_operation ();
  if (d == DROPPED)
    return a;
  const double v = a.value / b.value, least = fabs (b.value) - b.error;
  const tracked c = { v, (least > 0 ? (a.error + fabs (v) * b.error) / least
                                    : INFINITY)
                             + u * fabs (v) + tiny };
  return d == TURNED ? negated (c) : doubled_if (d, c);
}

tracked
e_to (tracked a)
{
  const enum disturbance d = this_operation ();
  if (d == DROPPED)
    return a;
  const double v = exp (a.value);
  const tracked c = { v, v * expm1 (a.error) + 2 * u * v + tiny };
  return d == TURNED ? negated (c) : doubled_if (d, c);
}

tracked
ln (tracked a)
{
  const enum disturbance d = this_operation ();
  if (d == DROPPED)
    return a;
  const double v = log (a.value), share = a.error == 0 ? 0 : a.error / a.value;
  const tracked c = {
    v, isinf (v) ? 0 : (share < 1 ? -log1p (-share) : INFINITY) + 2 * u * fabs (v)
  };
  return d == TURNED ? negated (c) : doubled_if (d, c);
}
