/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_HARNESS_CLAIM_H
#define LVM_HARNESS_CLAIM_H

#include <gsl/gsl_rng.h>
#include <stddef.h>

#include "harness/tracked.h"

/* Claims and what they are run on.

   An *interface* is a struct of function pointers, its slots.  An
   *implementation* fills some of them; an empty slot inherits the reference.
   A *claim* is one labelled statement of the book: a function that draws a
   case, calls the slots, computes the other side by an independent route and
   hands both to a comparison.  The comparison records; it never stops the
   case.  So every implementation meets the same cases, and what it produced
   can be compared value for value with what a known mistake produced.  */

enum lvm_kind
{
  LVM_EXACT,       /* equality, to the bit                                     */
  LVM_IDENTITY,    /* within the rounding bound of both sides                  */
  LVM_INEQUALITY,  /* one-sided, slack the rounding bound                      */
  LVM_OPTIMUM,     /* nothing nearby is better, an unrelated optimiser agrees  */
  LVM_DERIVATIVE,  /* the error falls by the method's order                    */
  LVM_QUADRATURE,  /* within the integrator's own error estimate               */
  LVM_REDUCTION,   /* a special case or a limit, as an identity or by its rate */
  LVM_STATISTICAL, /* z or chi-square, at a false-alarm rate fixed in advance  */
  LVM_KINDS
};

/* Statistical claims: the chance that a suite of correct programs raises any
   alarm, with fresh seeds, is LVM_FAMILY_LEVEL.  Sidak's correction shares it
   among LVM_FAMILY_TESTS tests; the book may not make more.  */
#define LVM_FAMILY_LEVEL 1e-3
#define LVM_FAMILY_TESTS 1000
#define LVM_SEED 20240229UL

typedef void lvm_slot (void);

typedef struct
{
  const char *name;
  size_t n; /* slots                                                */
  const char *const
      *slot;             /* [n] their names, those of a reader's functions too   */
  const void *reference; /* the struct of n function pointers of src/            */
} lvm_interface;

typedef struct
{
  const char *name;
  const lvm_interface *interface;
  const void *ops; /* a struct like the reference; NULL slots inherit      */
  const char
      *rejected_by;   /* label of the claim that must reject it               */
  const char *why;    /* one sentence                                         */
  const char *source; /* where somebody published it, or NULL                 */
  int not_finite;     /* it shows only as NaN, infinity or a crash            */
  const char *file;
  int line;
} lvm_mistake;

#define LVM_HERE .file = __FILE__, .line = __LINE__

typedef struct lvm_judge lvm_judge; /* one (claim, implementation) being judged */

typedef struct
{
  const char *label; /* of the statement in chapters/ or proofs/               */
  enum lvm_kind kind;
  const lvm_interface *interface;
  int corners; /* named hard cases, drawn first: corner = 0, 1, ...             */
  int random;  /* cases after those: corner = -1                                */
  int tests;   /* statistical tests it counts for                               */
  void (*judge) (lvm_judge *, const void *ops, int corner);
  const char *file;
  int line;
} lvm_claim;

/* A derivation is an interface whose slots are its lines.  Line 0 is the
   definition by brute force; each line is judged against it and against the
   line before.  */
typedef tracked lvm_line (const void *at, size_t i);

typedef struct
{
  const lvm_interface *interface;
  const char *const *label; /* [interface->n]; label[0] is the definition       */
  void *(*draw) (lvm_judge *, int corner);
  size_t (*size) (const void *at); /* components of every line at this point    */
  int corners, random;
  const char *file;
  int line;
} lvm_derivation;

/* What a chapter's claims file and mistakes file give to the runner.  */
typedef struct
{
  const char *chapter;
  const lvm_claim *claims;
  size_t n_claims;
  const lvm_derivation *derivations;
  size_t n_derivations;
} lvm_suite;

extern const lvm_suite lvm_chapter_suite;        /* tests/claims/NN-name.c   */
extern const lvm_mistake lvm_chapter_mistakes[]; /* tests/mistakes/NN-name.c */
extern const size_t lvm_chapter_mistakes_count;

/* --- for the body of a claim ------------------------------------------------ */

/* Draws that shape the case: the same for every implementation.  */
gsl_rng *lvm_cases (lvm_judge *);

/* An estimator's own draws.  */
gsl_rng *lvm_noise (lvm_judge *);

/* Memory, zeroed, freed after the case.  */
void *lvm_take (lvm_judge *, size_t count, size_t size);

/* This case could not be drawn: it counts as not run.  */
void lvm_undrawn (lvm_judge *);

/* Comparisons.  a is the implementation's number and is recorded; b is the
   independent route's.  `what' names the quantity in reports.  */
void lvm_equal (lvm_judge *, const char *what, double a, double b, double bound);
void lvm_exactly (lvm_judge *, const char *what, double a, double b);
void lvm_at_most (lvm_judge *, const char *what, double a, double b, double slack);
void lvm_at_least (lvm_judge *, const char *what, double a, double b, double slack);

/* a, whose error was measured elsewhere (in higher precision, say).  */
void lvm_off (lvm_judge *, const char *what, double a, double error, double bound);

/* a against b, both with the rounding bounds they carry.  */
void lvm_agree (lvm_judge *, const char *what, tracked a, tracked b);

/* A mean with its standard error against the truth: |z| against the quantile
   that Sidak's correction leaves to one test.  */
void lvm_mean (lvm_judge *, const char *what, double mean, double se, double truth);

/* The order of a method: error[i] belongs to step h / 2^i.  Passed when the
   errors fall as h^order at one halving at least, within a quarter of the
   order, and have fallen by that order in all since their largest, within a
   factor of four, before rounding (floor) takes over.  */
void lvm_order (lvm_judge *, const char *what, size_t n, const double error[],
                double order, double floor);

#endif
