/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_NUM_HERMITE_H
#define LVM_NUM_HERMITE_H

#include <stddef.h>

/* Gauss-Hermite quadrature for a standard normal variable: E[f(eps)] is close to
   sum_i weight_i f(eps_i), and equal to it for polynomials of degree below 2 n.
   Given     1 <= n <= 300 (weights of more nodes underflow)
   Returned  eps [n], increasing; weight [n], positive, of sum one
   Status    0; 1 where GSL cannot find the nodes
   Cost      n^2 operations; memory for the nodes during the call  */
int lvm_gauss_hermite (size_t n, double eps[], double weight[]);

#endif
