/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/mnist.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "data/idx.h"

/* One half: "train" or "test".  */
static int
read_half (lvm_bits **images, int **labels, const char *dir, const char *half,
           lvm_error *error)
{
  char path[PATH_MAX];
  size_t height, width, N;
  snprintf (path, sizeof path, "%s/mnist-%s-images.idx.gz", dir, half);
  if (lvm_idx_read_images (images, &height, &width, path, -1, error) != LVM_OK)
    return error->status;
  if (height != 28 || width != 28)
    return lvm_fail (error, LVM_DATA, "%s: images of 28 x 28 pixels are expected",
                     path);
  snprintf (path, sizeof path, "%s/mnist-%s-labels.idx.gz", dir, half);
  if (lvm_idx_read_labels (labels, &N, path, error) != LVM_OK)
    return error->status;
  if (N != (*images)->N)
    return lvm_fail (error, LVM_DATA, "%s: %zu labels for %zu images", path, N,
                     (*images)->N);
  for (size_t n = 0; n < N; n++)
    if ((*labels)[n] > 9)
      return lvm_fail (error, LVM_DATA, "%s: label %zu is %d, not a digit", path,
                       n + 1, (*labels)[n]);
  return LVM_OK;
}

int
lvm_mnist_read (lvm_mnist *m, const char *dir, lvm_error *error)
{
  *m = (lvm_mnist){ NULL, NULL, NULL, NULL };
  if (read_half (&m->train, &m->train_label, dir, "train", error) != LVM_OK)
    return error->status;
  return read_half (&m->test, &m->test_label, dir, "test", error);
}

void
lvm_mnist_free (lvm_mnist *m)
{
  lvm_bits_free (m->train);
  lvm_bits_free (m->test);
  free (m->train_label);
  free (m->test_label);
  *m = (lvm_mnist){ NULL, NULL, NULL, NULL };
}
