/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_CLAIMS_00_H
#define LVM_CLAIMS_00_H

#include <stddef.h>

/* Interface "softmax": what a reader may put in the place of ours.  The
   contracts are those of lvm_log_sum_exp and lvm_softmax.  */
typedef double log_sum_exp_slot (size_t n, const double l[]);
typedef void softmax_slot (size_t n, const double l[], double r[]);

typedef struct
{
  log_sum_exp_slot *log_sum_exp;
  softmax_slot *softmax;
} softmax_ops;

#ifdef LVM_READER
log_sum_exp_slot log_sum_exp;
softmax_slot softmax;
#else
#include "harness/claim.h"
extern const lvm_interface softmax_interface;
#endif

#endif
