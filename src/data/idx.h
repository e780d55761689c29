/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_DATA_IDX_H
#define LVM_DATA_IDX_H

#include <stdbool.h>
#include <stddef.h>

#include "data/bits.h"
#include "data/input.h"
#include "data/output.h"
#include "num/error.h"

/* IDX, the format of MNIST's files (LeCun, Cortes and Burges): two zero bytes, the type (0x08:
   unsigned bytes, the only one taken here), the number of dimensions, each dimension's size in
   four bytes, highest first, and then the bytes themselves, the last dimension running fastest.
   Files may be gzipped (data/input.h). */

/* Whether what comes next is IDX rather than text: whether it begins with a zero byte. */
bool lvm_idx_is (lvm_input *input);

/* Reads images as binary vectors of D = height * width pixels, row by row.

   A file of two dimensions holds images of height 1; beyond three, the width takes the rest.

   Given:    path       a file, or "-" for standard input
             threshold  a pixel greater than it is one; or -1: the images must be binary, and hold
                        nothing but zeros and one other value, which is one
   Returned: images     [N x D], to be released with lvm_bits_free; NULL after a failure
             height, width    may be NULL
             error      such as "a.idx: image 3, row 6, column 13 is 18, where pixels before it are
                        0 or 3: grey images need --threshold"
   Status:   LVM_OK or LVM_DATA: no such file, a broken gzip stream, not IDX, another type, one
             dimension only (labels), a size of zero, bytes missing or left over, grey
   Cost:     3 ns a pixel, gzipped or not.
   Memory:   that of the bits, at most twice while it grows. What a header promises and the file
             does not hold is never asked for. */
int lvm_idx_read_images (lvm_bits **images, size_t *height, size_t *width,
                         const char *path, int threshold, lvm_error *error);

/* The same from an input of which nothing has been read. */
int lvm_idx_read_images_from (lvm_bits **images, size_t *height, size_t *width,
                              lvm_input *input, int threshold, lvm_error *error);

/* Reads labels: a file of one dimension.

   Returned: labels  [N] from 0 to 255, to be released with free; NULL after a failure
             N       at least 1
   Status:   as above. */
int lvm_idx_read_labels (int **labels, size_t *N, const char *path,
                         lvm_error *error);

/* Writes images [N x height x width] as bytes 0 and 1; gzipped, always to the same bytes, if the
   output's name ends in ".gz" (data/output.h).

   Given:    images   N x D bits, D = height * width; N, height and width from 1 to 2^32 - 1
             output   open; lvm_output_commit will say what could not be written */
void lvm_idx_write_images (lvm_output *output, const lvm_bits *images,
                           size_t height, size_t width);

/* Writes the header of N such images; their bytes are to follow, row by row, on
   lvm_output_stream (output). */
void lvm_idx_begin_images (lvm_output *output, size_t N, size_t height,
                           size_t width);

/* Writes labels [N], each from 0 to 255. */
void lvm_idx_write_labels (lvm_output *output, const int labels[], size_t N);

#endif
