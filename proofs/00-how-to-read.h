/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_PROOFS_00_H
#define LVM_PROOFS_00_H

#include <stddef.h>

#include "harness/claim.h"

/* Where the lines of chapter 0 are evaluated: n logarithms l [n], and a shift.  */
typedef struct
{
  size_t n;
  const double *l;
  double shift;
} logs;

enum
{
  LSE_DEF,
  LSE_FACTOR,
  LSE_SHIFT,
  LSE_STABLE,
  LSE_LINES
};
extern const lvm_interface lse_lines;
extern const char *const lse_labels[LSE_LINES];

enum
{
  SOFTMAX_DEF,
  SOFTMAX_SHIFT,
  SOFTMAX_STABLE,
  SOFTMAX_LINES
};
extern const lvm_interface softmax_lines;
extern const char *const softmax_labels[SOFTMAX_LINES];

#endif
