/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/gmm_file.h"

#include "../unit.h"

#include <gsl/gsl_errno.h>
#include <math.h>

/* --- there and back ---------------------------------------------------------- */

static void
write_model (const char *path, const lvm_gmm *g, const lvm_mixture_record *record)
{
  lvm_error error = { 0 };
  lvm_output *output = lvm_output_open (path, &error);
  ck_assert_int_eq (lvm_gmm_write (output, g, record, &error), LVM_OK);
  ck_assert_int_eq (lvm_output_commit (output, &error), LVM_OK);
}

/* A mixture of the kind with no round numbers, for K = 3 and D = 2.  */
static lvm_gmm *
odd_mixture (lvm_covariance kind)
{
  lvm_gmm *g = lvm_gmm_alloc (3, 2, kind);
  g->weight[0] = 0.1 + 0.2;
  g->weight[1] = 1 / 3.;
  g->weight[2] = 1 - g->weight[0] - g->weight[1];
  for (size_t i = 0; i < 6; i++)
    g->mean[i] = (double) i * sqrt (2) * (i % 2 == 0 ? 1e-300 : -1e200);
  for (size_t k = 0; k < 3; k++)
    {
      const double a = kind == LVM_TIED ? M_PI : M_PI / (double) (k + 1);
      double *s = g->covariance + 4 * k;
      s[0] = a;
      s[3] = kind == LVM_SPHERICAL ? a : nextafter (2 * a, 7);
      s[1] = s[2] = kind == LVM_FULL || kind == LVM_TIED ? -a / 7 : 0;
    }
  return g;
}

START_TEST (every_bit_comes_back)
{
  char folder[64], path[256];
  unit_make_folder (folder);
  unit_path (path, folder, "m.json");
  for (int kind = LVM_FULL; kind <= LVM_TIED; kind++)
    {
      const lvm_mixture_record record = { -1130.2639602049194, -M_PI * 1e10, 29,
                                          kind == 2, UINT64_C (9007199254740992) };
      lvm_mixture_record again;
      lvm_gmm *g = odd_mixture ((lvm_covariance) kind), *h;
      lvm_error error = { 0 };
      write_model (path, g, &record);
      ck_assert_int_eq (lvm_gmm_read (&h, &again, path, &error), LVM_OK);
      ck_assert_str_eq (error.message, "");
      ck_assert (h->K == 3 && h->D == 2 && (int) h->kind == kind);
      ck_assert_int_eq (memcmp (g->weight, h->weight, 3 * sizeof (double)), 0);
      ck_assert_int_eq (memcmp (g->mean, h->mean, 6 * sizeof (double)), 0);
      ck_assert_int_eq (memcmp (g->covariance, h->covariance, 12 * sizeof (double)),
                        0);
      ck_assert_double_eq (again.log_likelihood, record.log_likelihood);
      ck_assert_double_eq (again.objective, record.objective);
      ck_assert_uint_eq (again.iterations, 29);
      ck_assert_int_eq (again.converged, record.converged);
      ck_assert_uint_eq (again.seed, record.seed);
      lvm_gmm_free (g);
      lvm_gmm_free (h);
    }
  unit_remove_folder (folder);
}
END_TEST

START_TEST (numbers_that_are_not_finite_are_not_written)
{
  const lvm_mixture_record good = { -1, -1, 1, true, 1 },
                           bad = { -1, NAN, 1, true, 1 };
  for (int fault = 0; fault < 4; fault++)
    {
      lvm_error error = { 0 };
      lvm_gmm *g = odd_mixture (LVM_FULL);
      lvm_output *output = lvm_output_open ("/dev/null", &error);
      double *const place[] = { g->weight, g->mean + 1, g->covariance + 3 };
      if (fault > 0)
        *place[fault - 1] = fault == 1 ? (double) NAN : (double) INFINITY;
      ck_assert_int_eq (
          lvm_gmm_write (output, g, fault == 0 ? &bad : &good, &error), LVM_DATA);
      ck_assert_str_eq (error.message,
                        "the mixture has a number that is not finite");
      lvm_output_discard (output);
      lvm_gmm_free (g);
    }
}
END_TEST

/* --- reading by hand --------------------------------------------------------- */

/* The keys of a file, of which a test replaces some; "" leaves a key out.  */
typedef struct
{
  const char *covariance, *weights, *means, *covariances, *rest;
} keys;

static const keys good = { "\"full\"", "[0.25, 0.75]", "[[1, 2], [3, 4]]",
                           "[[[2, 1], [1, 2]], [[1, 0], [0, 1]]]", "" };

static void
add_key (char **text, const char *key, const char *value)
{
  if (*value != '\0')
    *text += sprintf (*text, "\"%s\": %s, ", key, value);
}

/* Reads such a file; its status, and the message without the folder.  */
static lvm_gmm *
read_keys (keys k, lvm_mixture_record *record, char message[512])
{
  char folder[64], path[256], text[1024] = "{", *end = text + 1;
  lvm_error error = { 0 };
  lvm_gmm *g;
  gsl_set_error_handler_off ();
  unit_make_folder (folder);
  add_key (&end, "covariance", k.covariance);
  add_key (&end, "weights", k.weights);
  add_key (&end, "means", k.means);
  add_key (&end, "covariances", k.covariances);
  sprintf (end, "%s\"remark\": null}", k.rest);
  unit_write (unit_path (path, folder, "m.json"), text);
  const int status = lvm_gmm_read (&g, record, path, &error);
  ck_assert_int_eq (status, error.status);
  ck_assert (status == LVM_OK ? g != NULL : g == NULL && status == LVM_DATA);
  const char *slash = strrchr (error.message, '/');
  strcpy (message, slash == NULL ? error.message : slash + 1);
  unit_remove_folder (folder);
  return g;
}

static void
assert_refused (keys k, const char *should)
{
  char message[512];
  lvm_gmm *g = read_keys (k, NULL, message);
  ck_assert_ptr_null (g);
  ck_assert_str_eq (message, should);
}

START_TEST (the_record_may_be_missing)
{
  lvm_mixture_record record;
  char message[512];
  lvm_gmm *g = read_keys (good, &record, message);
  ck_assert_str_eq (message, "");
  ck_assert_double_eq (g->mean[3], 4);
  ck_assert_double_eq (g->covariance[1], 1);
  ck_assert_double_nan (record.log_likelihood);
  ck_assert_double_nan (record.objective);
  ck_assert (record.iterations == 0 && record.seed == 0 && !record.converged);
  lvm_gmm_free (g);
}
END_TEST

/* In a file of KEY: VALUE; the other keys are good.  */
static const struct
{
  size_t place; /* of the key in keys */
  const char *value, *message;
} faults[] = {
  { 0, "", "m.json: 'covariance' is missing" },
  { 0, "7",
    "m.json: 'covariance' is none of \"full\", \"diagonal\", \"spherical\" and "
    "\"tied\"" },
  { 0, "\"round\"",
    "m.json: 'covariance' is none of \"full\", \"diagonal\", \"spherical\" and "
    "\"tied\"" },
  { 1, "[]", "m.json: 'weights' is empty" },
  { 2, "[[1, 2], [3]]", "m.json: component 2: the mean has 1 numbers, not 2" },
  { 3, "", "m.json: 'covariances' is missing" },
  { 3, "[[[2, 1], [1, 2]]]",
    "m.json: 'covariances' is for 1 components, but there are 2 weights" },
  { 3, "[[[2, 1], [1, 2]], [[1, 0]]]",
    "m.json: component 2: the covariance has 1 rows, not 2" },
  { 3, "[[[2, 1], [1, 2]], 1]",
    "m.json: component 2: the covariance is not an array" },
  { 3, "[[[2, 1], [1]], [[1, 0], [0, 1]]]",
    "m.json: component 1: row 2 of the covariance has 1 numbers, not 2" },
  { 3, "[[[2, 1], [1, 2]], [[1, 0.5], [0, 1]]]",
    "m.json: component 2: the covariance is not symmetric: 0.5 in row 1, column 2, "
    "but "
    "0 across" },
  { 3, "[[[2, 1], [1, 2]], [[1, 2], [2, 1]]]",
    "m.json: component 2: the covariance is not positive definite" },
  { 3, "[[[0, 0], [0, 2]], [[1, 0], [0, 1]]]",
    "m.json: component 1: the covariance is not positive definite" },
  { 0, "\"diagonal\"",
    "m.json: the kind is 'diagonal', but the covariance of component 1 is not zero "
    "beside its diagonal" },
  { 0, "\"tied\"",
    "m.json: the kind is 'tied', but the covariance of component 2 differs from "
    "that "
    "of component 1" },
  { 4, "\"seed\": \"x\", ", "m.json: 'seed' is not a whole number from 0" },
};

START_TEST (each_fault_is_named)
{
  for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
    {
      keys k = good;
      const char **const place[] = { &k.covariance, &k.weights, &k.means,
                                     &k.covariances, &k.rest };
      *place[faults[i].place] = faults[i].value;
      assert_refused (k, faults[i].message);
    }
}
END_TEST

START_TEST (unequal_variances_are_not_spherical)
{
  keys k = good;
  k.covariance = "\"spherical\"";
  k.covariances = "[[[2, 0], [0, 2]], [[1, 0], [0, 1.5]]]";
  assert_refused (
      k, "m.json: the kind is 'spherical', but the covariance of component "
         "2 has unequal variances");
}
END_TEST

START_TEST (asymmetry_of_rounding_passes)
{
  keys k = good;
  char message[512];
  k.covariances = "[[[2e8, 1e8], [100000000.01, 2e8]], [[1, 0], [0, 1]]]";
  lvm_gmm *g = read_keys (k, NULL, message);
  ck_assert_str_eq (message, "");
  ck_assert_double_eq (g->covariance[2], 100000000.01);
  lvm_gmm_free (g);
}
END_TEST

START_TEST (files_that_cannot_be_read)
{
  lvm_error error = { 0 };
  lvm_gmm *g;
  ck_assert_int_eq (lvm_gmm_read (&g, NULL, "/no/such.json", &error), LVM_DATA);
  ck_assert_str_eq (error.message, "/no/such.json: No such file or directory");
  ck_assert_ptr_null (g);
}
END_TEST

UNIT_MAIN ("model/gmm_file", every_bit_comes_back,
           numbers_that_are_not_finite_are_not_written, the_record_may_be_missing,
           each_fault_is_named, unequal_variances_are_not_spherical,
           asymmetry_of_rounding_passes, files_that_cannot_be_read)
