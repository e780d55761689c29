/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_NUM_COMPARE_H
#define LVM_NUM_COMPARE_H

/* The one comparator of the book.  Programs and checks ask the same question:
   how large is an error, as a fraction of the bound it was promised?  The
   answer is accepted when it is at most one.  Ask `!(misfit <= 1)', never
   `misfit > 1': a NaN must fail.  */

/* |a - b| / bound.
   Given     a, b: the two sides; bound >= 0, in their unit.
   Returned  0 where a equals b (equal infinities too); a positive fraction
             otherwise; infinity where they differ and the bound is zero, or
             where one of them is infinite; NaN where a or b is NaN, or where the
             bound is NaN, negative or infinite: such a bound says nothing.  */
double lvm_misfit (double a, double b, double bound);

/* The same, one-sided: by what fraction of the slack a exceeds b.
   Returned  0 where a <= b; otherwise as lvm_misfit.  */
double lvm_excess (double a, double b, double slack);

/* The larger of two errors, NaN where one is NaN: fmax would lose it.  */
double lvm_larger (double a, double b);

#endif
