/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Our side of the bench of gradient estimators (tests/bench/gradients.sh).

     gradients FAMILY SHAPE S SEED   S samples of the pathwise and of the score terms, by the
                                     family's first parameter; prints seconds, and both
                                     means with their standard errors

   FAMILY is a name of prob/families.h with parameters 0.3 and 0.8; SHAPE is 0 for z^2,
   1 for sin z.  */

#include <string.h>

#include "bench.h"
#include "prob/gradient.h"

int
main (int argc, char *argv[])
{
  static const double square[3] = { 0, 0, 1 };
  lvm_gradient_problem q = { .phi = { 0.3, 0.8 }, .D = 1 };
  lvm_gradient_sums x;
  int f = 0;
  if (argc != 5)
    return LVM_USAGE;
  while (f < LVM_FAMILIES && strcmp (lvm_family_names[f], argv[1]) != 0)
    f++;
  if (f == LVM_FAMILIES)
    return LVM_USAGE;
  q.family = (lvm_family) f;
  q.h = number (argv[2]) == 0 ? (lvm_integrand){ LVM_POLYNOMIAL, 3, square, 0, 0 }
                              : (lvm_integrand){ LVM_SINE, 0, NULL, 1, 0 };
  const size_t S = number (argv[3]), seed = number (argv[4]);
  const int both = LVM_PATHWISE | LVM_SCORE;
  lvm_gradient_sample (&q, both, seed + 1, 0, 100000, THREADS,
                       &x); /* threads begin */
  const double begin = seconds ();
  lvm_gradient_sample (&q, both, seed, 0, S, THREADS, &x);
  const double took = seconds () - begin;
  const lvm_estimate t = lvm_gradient_pathwise (&x), s = lvm_gradient_score (&x, 0);
  printf ("%.6f %.17g %.17g %.17g %.17g\n", took, t.mean, t.error, s.mean, s.error);
  return LVM_OK;
}
