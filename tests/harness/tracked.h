/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_HARNESS_TRACKED_H
#define LVM_HARNESS_TRACKED_H

/* Arithmetic that keeps its own rounding bound.

   The lines of a derivation are written in these few operations.  Each result
   carries a running bound on how far it may be from the exact result of the
   exact operands (Higham, Accuracy and Stability of Numerical Algorithms,
   section 3.3; exp and log are taken to be good to one unit in the last
   place).  So the bound of an identity follows mechanically from its two sides.

   The harness can also disturb the m-th operation of a line: drop its second
   term or factor, turn its sign, double its result.  A line whose check does
   not notice that is a line that is not checked.  */
typedef struct
{
  double value;
  double error; /* bound on |value - exact value| */
} tracked;

tracked given (double x); /* exact: a datum */
tracked plus (tracked a, tracked b);
tracked minus (tracked a, tracked b);
tracked times (tracked a, tracked b);
tracked over (tracked a, tracked b);
tracked e_to (tracked a);
tracked ln (tracked a);

/* --- for the harness ---------------------------------------------------------- */

enum disturbance
{
  UNDISTURBED,
  DROPPED, /* the second operand of the operation; exp and log: the operation  */
  TURNED,  /* the sign of the second operand; exp and log: of the result       */
  DOUBLED, /* the result                                                       */
  DISTURBANCES
};

/* From here on, disturb operation number `operation' (from 0) of what follows.  */
void tracked_disturb (int operation, enum disturbance);

/* Operations counted since the last call of tracked_disturb.  */
int tracked_operations (void);

#endif
