/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_DATA_MNIST_H
#define LVM_DATA_MNIST_H

#include "data/bits.h"
#include "num/error.h"

/* The thresholded images of handwritten digits that are part of the book, 28 x 28 pixels each
   (chapters/03-bernoulli-mixture/README.md), with the digits that they show.  */
typedef struct
{
  lvm_bits *train, *test;        /* [60000 x 784], [10000 x 784] */
  int *train_label, *test_label; /* from 0 to 9 */
} lvm_mnist;

/* Reads all four files.
   Given     dir   where mnist-train-images.idx.gz and the others are
   Returned  m, to be released with lvm_mnist_free, after a failure too
   Status    LVM_OK or LVM_DATA: a file that cannot be read, images of another shape, or not as
             many labels as images */
int lvm_mnist_read (lvm_mnist *m, const char *dir, lvm_error *error);
void lvm_mnist_free (lvm_mnist *m);

#endif
