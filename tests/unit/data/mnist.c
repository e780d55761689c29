/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/mnist.h"

#include "../unit.h"

#include "data/idx.h"

START_TEST (the_book_s_images)
{
  lvm_mnist m;
  lvm_error error = { 0 };
  int count[10] = { 0 };
  ck_assert_int_eq (
      lvm_mnist_read (&m, LVM_ROOT "/chapters/03-bernoulli-mixture", &error),
      LVM_OK);
  ck_assert_uint_eq (m.train->N, 60000);
  ck_assert_uint_eq (m.test->N, 10000);
  ck_assert_uint_eq (m.train->D, 784);
  for (size_t n = 0; n < 10000; n++)
    count[m.test_label[n]]++;
  ck_assert_int_eq (m.train_label[0], 5);
  ck_assert_int_eq (m.test_label[0], 7);
  ck_assert_int_eq (count[0], 980);
  ck_assert_int_eq (count[1], 1135);
  lvm_mnist_free (&m);
  ck_assert_ptr_null (m.train);
}
END_TEST

/* Writes one half: N images of height x width, and so many labels.  */
static void
write_half (const char *folder, const char *half, size_t N, size_t height,
            size_t width, const int labels[], size_t L)
{
  char name[64], path[256];
  lvm_error error = { 0 };
  lvm_bits *x = lvm_bits_alloc (N, height * width);
  snprintf (name, sizeof name, "mnist-%s-images.idx.gz", half);
  lvm_output *o = lvm_output_open (unit_path (path, folder, name), &error);
  lvm_idx_write_images (o, x, height, width);
  lvm_output_commit (o, &error);
  snprintf (name, sizeof name, "mnist-%s-labels.idx.gz", half);
  o = lvm_output_open (unit_path (path, folder, name), &error);
  lvm_idx_write_labels (o, labels, L);
  lvm_output_commit (o, &error);
  ck_assert_int_eq (error.status, LVM_OK);
  lvm_bits_free (x);
}

static void
refused (const char *folder, const char *because)
{
  lvm_mnist m;
  lvm_error error = { 0 };
  ck_assert_int_eq (lvm_mnist_read (&m, folder, &error), LVM_DATA);
  ck_assert_msg (strstr (error.message, because) != NULL, "%s", error.message);
  lvm_mnist_free (&m);
}

START_TEST (what_is_refused)
{
  char folder[64];
  const int labels[3] = { 3, 1, 10 };
  unit_make_folder (folder);
  refused (folder, "mnist-train-images.idx.gz");
  write_half (folder, "train", 2, 28, 28, labels, 2);
  refused (folder, "mnist-test-images.idx.gz");
  write_half (folder, "test", 2, 14, 56, labels, 2);
  refused (folder, "28 x 28");
  write_half (folder, "test", 3, 28, 28, labels, 2);
  refused (folder, "2 labels for 3 images");
  write_half (folder, "test", 3, 28, 28, labels, 3);
  refused (folder, "label 3 is 10");
  unit_remove_folder (folder);
}
END_TEST

UNIT_MAIN ("data/mnist", the_book_s_images, what_is_refused)
