/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_HARNESS_SOAK_H
#define LVM_HARNESS_SOAK_H

#include "harness/judge.h"

/* The statistical claims with fresh draws, again and again: are false alarms as frequent as
   their level says?  At the level of one test, about one in a million, a soak of minutes
   expects none; so each comparison's |z| is also counted at levels where alarms do come.  */

enum
{
  SOAK_LEVELS = 5
};

/* How often |z| of a right program is beyond each level's quantile.  */
extern const double soak_level[SOAK_LEVELS - 1]; /* the last is that of one test */

typedef struct
{
  unsigned long tests;
  unsigned long alarms[SOAK_LEVELS];
} soak_count;

/* Adds the comparisons of a verdict.  One that is NaN is an alarm at every level.  */
void soak_add (soak_count *, const verdict *);

/* The chance of a count at least as far out, on its side, as the one observed: twice the
   smaller tail of the exact binomial law, at most 1.  */
double soak_chance (unsigned long tests, unsigned long alarms, double level);

/* Runs the statistical claims among the checks for so many seconds, one round at least, and
   prints a line a level.  It ends early where an alarm is raised by no draw but by a crash.
   Given     seed: fresh draws begin there, so that a soak can be repeated
   Returned  0 where every count is one that its level explains, with a chance of one in a
             thousand to say otherwise of a right program; 1 where not; 77 where the chapter
             has no statistical claim.  */
int soak (const lvm_suite *, const check *, size_t n, double seconds,
          unsigned long seed);

#endif
