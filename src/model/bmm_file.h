/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_MODEL_BMM_FILE_H
#define LVM_MODEL_BMM_FILE_H

#include "data/binary.h"
#include "model/bmm.h"
#include "model/mixture_file.h"

/* A mixture of Bernoullis as a JSON file: what all mixtures have
   (model/mixture_file.h), means from 0 to 1, and, where its points are images,

     "shape": [28, 28]     height and width, whose product is D  */

/* Writes a mixture.  Whether all reached the disk is for lvm_output_commit to say.
   Given     g; shape; record, its two reals finite
   Status    LVM_OK; LVM_DATA where a number is not finite.
   Memory    allocates some 50 bytes a number.  */
int lvm_bmm_write (lvm_output *output, const lvm_bmm *g, lvm_shape shape,
                   const lvm_mixture_record *record, lvm_error *error);

/* Reads a mixture and checks it: sizes that fit together, weights >= 0 of sum 1 to
   1e-9, means from 0 to 1, a shape of D pixels; a mixture of Gaussians is refused.
   Needed are weights and means; of the record, what is missing is NaN, 0 or
   false.  Other keys are passed over.
   Given     path, "-" for standard input; shape, record, or NULL: not wanted
   Returned  g, to be released with lvm_bmm_free, NULL after a failure; error such
             as "old.json: component 2: the mean of dimension 5 is 1.5, not from 0
             to 1"
   Status    LVM_OK or LVM_DATA.
   Memory    allocates some 50 bytes a number.  */
int lvm_bmm_read (lvm_bmm **g, lvm_shape *shape, lvm_mixture_record *record,
                  const char *path, lvm_error *error);

#endif
