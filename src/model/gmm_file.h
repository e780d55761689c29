/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_MODEL_GMM_FILE_H
#define LVM_MODEL_GMM_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "data/output.h"
#include "model/gmm.h"
#include "num/error.h"

/* A mixture of Gaussians as a JSON file,

     { "covariance": "full",              the kind
       "log_likelihood": -1130.26, "objective": -1130.26,
       "iterations": 29, "converged": true, "seed": 1,
       "weights": [w, ...],               [K]
       "means": [[m, ...], ...],          [K][D]
       "covariances": [[[s, ...], ...], ...]   [K][D][D], full whatever the kind }

   with 17 digits, so that what is written reads back to the bit.  */

/* How a mixture was found.  */
typedef struct
{
  double log_likelihood; /* of its data, summed over the points, in nats  */
  double objective;      /* the same plus the log prior                   */
  size_t iterations;
  bool converged;
  uint64_t seed; /* below 2^63 */
} lvm_gmm_record;

/* Writes a mixture.  Whether all reached the disk is for lvm_output_commit to say.
   Given     g; record, its two reals finite
   Status    LVM_OK; LVM_DATA where a number is not finite.
   Memory    allocates some 50 bytes a number.  */
int lvm_gmm_write (lvm_output *output, const lvm_gmm *g,
                   const lvm_gmm_record *record, lvm_error *error);

/* Reads a mixture and checks it: sizes that fit together, weights >= 0 of sum 1 to
   1e-9, covariances symmetric to 1e-9, positive definite and of the kind that
   the file names.  Needed are weights, means, covariances and covariance; of
   the record, what is missing is NaN, 0 or false.  Other keys are passed over.
   Given     path, "-" for standard input; record, or NULL
   Returned  g, to be released with lvm_gmm_free, NULL after a failure; error
             such as "old.json: component 2: the covariance is not positive
             definite"
   Status    LVM_OK or LVM_DATA.
   Memory    allocates some 50 bytes a number.  */
int lvm_gmm_read (lvm_gmm **g, lvm_gmm_record *record, const char *path,
                  lvm_error *error);

#endif
