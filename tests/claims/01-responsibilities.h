/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_CLAIMS_01_H
#define LVM_CLAIMS_01_H

#include <stddef.h>

/* Interface "responsibilities", which a reader may fill: the contract is that
   of lvm_responsibilities.  */
typedef int responsibilities_slot (size_t K, const double l[],
                                   const double log_prior[], double r[],
                                   double *log_evidence);

typedef struct
{
  responsibilities_slot *responsibilities;
} responsibilities_ops;

/* Interface "gaussian": lvm_gaussian_log_density.  */
typedef double gaussian_log_density_slot (size_t D, const double x[],
                                          const double mean[], const double l[],
                                          double work[]);

typedef struct
{
  gaussian_log_density_slot *gaussian_log_density;
} gaussian_ops;

#ifdef LVM_READER
responsibilities_slot responsibilities;
gaussian_log_density_slot gaussian_log_density;
#else
#include "harness/claim.h"
extern const lvm_interface responsibilities_interface, gaussian_interface;
#endif

#endif
