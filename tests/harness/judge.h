/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_HARNESS_JUDGE_H
#define LVM_HARNESS_JUDGE_H

#include "harness/claim.h"

/* The inside of the harness: one check is judged on one implementation, and a
   verdict comes out.  claim.h is what the book's claims see.  */

/* A claim, or one line of a derivation.  */
typedef struct
{
  const char *label;
  enum lvm_kind kind;
  const lvm_interface *interface;
  const char *file;
  int line;
  const lvm_claim *claim; /* NULL: a line of a derivation */
  const lvm_derivation *derivation;
  size_t step;
} check;

enum outcome
{
  ACCEPTED,
  REJECTED,   /* by a finite margin                             */
  NOT_FINITE, /* only NaN or infinity gave it away              */
  CRASHED,
  TIMED_OUT
};

/* What an implementation produced in one comparison, and whether that was wrong.  */
typedef struct
{
  double value;
  double misfit; /* the error as a fraction of its bound; wrong unless <= 1 */
  int wrong;
} judged_value;

typedef struct
{
  enum outcome outcome;
  int cases, undrawn, comparisons, operations;
  double worst; /* largest finite error, as a fraction of its bound */
  char worst_what[64];
  int perturbations, noticed; /* lines of a derivation only */
  char unnoticed[64];
  size_t n_values;
  judged_value *values; /* [n_values], one a comparison; the caller frees it */
} verdict;

extern const char *const kind_names[LVM_KINDS];

/* The checks of the chapter, claims first, in the order of their tables.
   Returned  an array of *n; the caller frees it.  */
check *checks_of (const lvm_suite *, size_t *n);

/* Judge in this process, every case.  ops: a struct without empty slots.  */
verdict judge_here (const check *, const void *ops);

/* The same on other draws than those of the book, each number `fresh' > 0 with its own; no line
   is disturbed.  */
verdict judge_fresh (const check *, const void *ops, unsigned long fresh);

/* The same in a child, so that a crash, a hang and a disturbed heap stay there.  */
verdict judge_in_child (const check *, const void *ops, unsigned seconds);

/* The |z| beyond which one statistical test is an alarm.  */
double statistical_quantile (void);

/* Limits for a process that runs code not ours: time, memory, files, stdout.  */
void limit_child (unsigned seconds);

/* Fill the empty slots of `ops' from the reference.  The caller frees it.  */
const void *with_reference (const lvm_interface *, const void *ops);

#endif
