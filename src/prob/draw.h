/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_PROB_DRAW_H
#define LVM_PROB_DRAW_H

#include <gsl/gsl_rng.h>
#include <stddef.h>

/* A place from 0 to N - 1, each with the same probability.  Given  N >= 1.  */
size_t lvm_draw_place (gsl_rng *rng, size_t N);

/* A place of n, with probability weight_i / total.  The last place of positive weight
   takes what rounding leaves over; one without weight is never drawn.
   Given  weight [n], >= 0, not all 0; total: their sum.  */
size_t lvm_draw_from (gsl_rng *rng, size_t n, const double weight[], double total);

#endif
