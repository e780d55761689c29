/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_MODEL_GMM_FILE_H
#define LVM_MODEL_GMM_FILE_H

#include "model/gmm.h"
#include "model/mixture_file.h"

/* A mixture of Gaussians as a JSON file: what all mixtures have
   (model/mixture_file.h), and

     "covariance": "full",                   the kind
     "covariances": [[[s, ...], ...], ...]   [K][D][D], full whatever the kind  */

/* Writes a mixture.  Whether all reached the disk is for lvm_output_commit to say.
   Given     g; record, its two reals finite
   Status    LVM_OK; LVM_DATA where a number is not finite.
   Memory    allocates some 50 bytes a number.  */
int lvm_gmm_write (lvm_output *output, const lvm_gmm *g,
                   const lvm_mixture_record *record, lvm_error *error);

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
int lvm_gmm_read (lvm_gmm **g, lvm_mixture_record *record, const char *path,
                  lvm_error *error);

#endif
