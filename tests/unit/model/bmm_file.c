/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/bmm_file.h"

#include "../unit.h"

#include <math.h>

static const lvm_mixture_record record = { -1130.2639602049194, -M_PI * 1e10, 29,
                                           true, 7 };

/* A mixture with no round numbers, for K = 2 and D = 6.  */
static lvm_bmm *
odd_mixture (void)
{
  lvm_bmm *g = lvm_bmm_alloc (2, 6);
  g->weight[0] = 0.1 + 0.2;
  g->weight[1] = 1 - g->weight[0];
  for (size_t i = 0; i < 12; i++)
    g->mean[i] = exp (-(double) (i * i * i));
  g->mean[4] = nextafter (1, 0);
  g->mean[7] = 0;
  return g;
}

static int
write_model (const char *path, const lvm_bmm *g, lvm_shape shape, lvm_error *error)
{
  lvm_output *output = lvm_output_open (path, error);
  lvm_bmm_write (output, g, shape, &record, error);
  return lvm_output_end (output, error);
}

START_TEST (every_bit_comes_back)
{
  char folder[64], path[256];
  const lvm_shape shapes[] = { { 0, 0 }, { 2, 3 } };
  lvm_bmm *g = odd_mixture (), *h;
  unit_make_folder (folder);
  unit_path (path, folder, "m.json");
  for (int i = 0; i < 2; i++)
    {
      lvm_mixture_record again;
      lvm_shape shape;
      lvm_error error = { 0 };
      ck_assert_int_eq (write_model (path, g, shapes[i], &error), LVM_OK);
      ck_assert_int_eq (lvm_bmm_read (&h, &shape, &again, path, &error), LVM_OK);
      ck_assert (h->K == 2 && h->D == 6);
      ck_assert_int_eq (memcmp (g->weight, h->weight, 2 * sizeof (double)), 0);
      ck_assert_int_eq (memcmp (g->mean, h->mean, 12 * sizeof (double)), 0);
      ck_assert_uint_eq (shape.height, shapes[i].height);
      ck_assert_uint_eq (shape.width, shapes[i].width);
      ck_assert_double_eq (again.log_likelihood, record.log_likelihood);
      ck_assert_uint_eq (again.seed, 7);
      lvm_bmm_free (h);
      ck_assert_int_eq (lvm_bmm_read (&h, NULL, NULL, path, &error), LVM_OK);
      lvm_bmm_free (h);
    }
  lvm_bmm_free (g);
  unit_remove_folder (folder);
}
END_TEST

START_TEST (numbers_that_are_not_finite_are_not_written)
{
  lvm_error error = { 0 };
  lvm_bmm *g = odd_mixture ();
  g->mean[11] = NAN;
  ck_assert_int_eq (write_model ("/dev/null", g, (lvm_shape){ 0 }, &error),
                    LVM_DATA);
  ck_assert_str_eq (error.message, "the mixture has a number that is not finite");
  lvm_bmm_free (g);
}
END_TEST

/* Reads a file of this text.  Value: the message without the folder, "" where there is
   a mixture.  */
static const char *
read_text (const char *text, lvm_shape *shape)
{
  static lvm_error error;
  char folder[64], path[256];
  lvm_bmm *g;
  error = (lvm_error){ 0 };
  unit_make_folder (folder);
  unit_write (unit_path (path, folder, "m.json"), text);
  ck_assert_int_eq (lvm_bmm_read (&g, shape, NULL, path, &error), error.status);
  ck_assert ((error.status == LVM_OK) == (g != NULL));
  lvm_bmm_free (g);
  unit_remove_folder (folder);
  const char *slash = strrchr (error.message, '/');
  return slash == NULL ? error.message : slash + 1;
}

START_TEST (what_may_be_missing)
{
  lvm_shape shape = { 9, 9 };
  ck_assert_str_eq (
      read_text ("{\"weights\": [1], \"means\": [[0, 1, 0.5]]}", &shape), "");
  ck_assert_uint_eq (shape.height, 0);
}
END_TEST

#define GOOD "{\"weights\": [0.25, 0.75], \"means\": [[0.5, 0.25], [1, 0]]"

static const struct
{
  const char *text, *message;
} faults[] = {
  { "{\"weights\": [1]}", "m.json: 'means' is missing" },
  { "{\"weights\": [0.25, 0.75], \"means\": [[0, 0.5], [1.5, 0]]}",
    "m.json: component 2: the mean of dimension 1 is 1.5, not from 0 to 1" },
  { "{\"weights\": [0.25, 0.75], \"means\": [[0, -0.5], [1, 0]]}",
    "m.json: component 1: the mean of dimension 2 is -0.5, not from 0 to 1" },
  { "{\"weights\": [0.25, 0.5], \"means\": [[0, 0.5], [1, 0]]}",
    "m.json: the weights sum to 0.75, not 1" },
  { GOOD ", \"covariances\": []}",
    "m.json: a mixture of Gaussians: it has 'covariances'" },
  { GOOD ", \"shape\": [2]}", "m.json: 'shape' is not a height and a width" },
  { GOOD ", \"shape\": [2, 1, 1]}", "m.json: 'shape' is not a height and a width" },
  { GOOD ", \"shape\": [-2, -1]}", "m.json: 'shape' is not a height and a width" },
  { GOOD ", \"shape\": [2, 0]}", "m.json: 'shape' is not a height and a width" },
  { GOOD ", \"shape\": [2, 1.5]}", "m.json: 'shape' is not a height and a width" },
  { GOOD ", \"shape\": \"2x1\"}", "m.json: 'shape' is not a height and a width" },
  { GOOD ", \"shape\": [1, 1]}",
    "m.json: 'shape' is 1 x 1, but there are 2 means" },
  { GOOD ", \"shape\": [4, 1]}",
    "m.json: 'shape' is 4 x 1, but there are 2 means" },
  { GOOD ", \"seed\": -1}", "m.json: 'seed' is not a whole number from 0" },
  { GOOD, "m.json:1: not JSON as it should be: '}' expected near end of file" },
};

START_TEST (each_fault_is_named)
{
  for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
    ck_assert_str_eq (read_text (faults[i].text, NULL), faults[i].message);
}
END_TEST

UNIT_MAIN ("model/bmm_file", every_bit_comes_back,
           numbers_that_are_not_finite_are_not_written, what_may_be_missing,
           each_fault_is_named)
