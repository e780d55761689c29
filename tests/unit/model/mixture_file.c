/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/mixture_file.h"

#include "../unit.h"

#include <math.h>

/* --- writing ------------------------------------------------------------------- */

static const lvm_mixture_record some = { -1130.25, -M_PI * 1e10, 29, true,
                                         UINT64_C (9007199254740992) };

START_TEST (what_is_written)
{
  static const double v[] = { 1, 2.5, -3, 0.1, 1e300, 0 };
  static const size_t size[] = { 2, 3 };
  char folder[64], path[256], text[4096];
  lvm_error error = { 0 };
  lvm_mixture_writer w;
  unit_make_folder (folder);
  lvm_output *output = lvm_output_open (unit_path (path, folder, "a"), &error);
  lvm_mixture_begin (&w, output);
  lvm_mixture_put (&w, "kind", json_string ("round"));
  lvm_mixture_put_record (&w, &some);
  lvm_mixture_put_array (&w, "weights", 1, size, v);
  lvm_mixture_put_array (&w, "means", 2, size, v);
  ck_assert_int_eq (lvm_mixture_end (&w, &error), LVM_OK);
  lvm_output_commit (output, &error);
  ck_assert_str_eq (
      unit_read (path, text),
      "{\n \"kind\": \"round\",\n"
      " \"log_likelihood\": -1130.25,\n \"objective\": -31415926535.89793,\n"
      " \"iterations\": 29,\n \"converged\": true,\n \"seed\": 9007199254740992,\n"
      " \"weights\": [1.0, 2.5],\n"
      " \"means\": [[1.0, 2.5, -3.0], [0.10000000000000001, "
      "1.0000000000000001e300, "
      "0.0]]\n}\n");
  unit_remove_folder (folder);
}
END_TEST

START_TEST (numbers_that_are_not_finite)
{
  static const double nan_[] = { 1, NAN };
  static const size_t size[] = { 1, 2 };
  const lvm_mixture_record infinite = { -1, -INFINITY, 1, true, 1 };
  for (int fault = 0; fault < 3; fault++)
    {
      lvm_error error = { 0 };
      lvm_mixture_writer w;
      lvm_output *output = lvm_output_open ("/dev/null", &error);
      lvm_mixture_begin (&w, output);
      if (fault == 0)
        lvm_mixture_put_array (&w, "weights", 1, size + 1, nan_);
      if (fault == 1)
        lvm_mixture_put_array (&w, "means", 2, size, nan_);
      lvm_mixture_put_record (&w, fault == 2 ? &infinite : &some);
      ck_assert_int_eq (lvm_mixture_end (&w, &error), LVM_DATA);
      ck_assert_str_eq (error.message,
                        "the mixture has a number that is not finite");
      lvm_output_discard (output);
    }
}
END_TEST

/* --- reading ------------------------------------------------------------------- */

/* What was read: K = D = 2 where nothing is wrong.  */
static struct
{
  size_t K, D;
  double weight[2], mean[4];
  lvm_mixture_record record;
} found;

/* Reads all there is in a file.  Value: the message without the folder.  */
static const char *
read_file (const char *path)
{
  static lvm_error error;
  lvm_mixture_reader r;
  error = (lvm_error){ 0 };
  if (lvm_mixture_load (&r, path, &error) == LVM_OK
      && lvm_mixture_read_sizes (&r, &found.K, &found.D) == LVM_OK)
    {
      ck_assert (found.K == 2 && found.D == 2);
      if (lvm_mixture_read_parameters (&r, 2, 2, found.weight, found.mean)
          == LVM_OK)
        {
          ck_assert_int_eq (lvm_mixture_read_record (&r, NULL), error.status);
          lvm_mixture_read_record (&r, &found.record);
        }
    }
  ck_assert (error.status == LVM_OK ? *error.message == '\0'
                                    : error.status == LVM_DATA);
  json_decref (r.root);
  const char *slash = strrchr (error.message, '/');
  return slash == NULL ? error.message : slash + 1;
}

/* The keys of a file, of which a test replaces some; "" leaves a key out.  */
typedef struct
{
  const char *weights, *means, *rest;
} keys;

static const keys good = { "[0.25, 0.75]", "[[1, 2], [3, 4]]", "" };

static void
add_key (char **text, const char *key, const char *value)
{
  if (*value != '\0')
    *text += sprintf (*text, "\"%s\": %s, ", key, value);
}

static const char *
read_keys (keys k)
{
  char folder[64], path[256], text[1024] = "{", *end = text + 1;
  unit_make_folder (folder);
  add_key (&end, "weights", k.weights);
  add_key (&end, "means", k.means);
  sprintf (end, "%s\"remark\": null}", k.rest);
  unit_write (unit_path (path, folder, "m.json"), text);
  const char *message = read_file (path);
  unit_remove_folder (folder);
  return message;
}

START_TEST (the_record_may_be_missing)
{
  ck_assert_str_eq (read_keys (good), "");
  ck_assert_double_eq (found.mean[3], 4);
  ck_assert_double_nan (found.record.log_likelihood);
  ck_assert_double_nan (found.record.objective);
  ck_assert (found.record.iterations == 0 && found.record.seed == 0
             && !found.record.converged);
}
END_TEST

START_TEST (the_record)
{
  keys k = good;
  k.rest = "\"log_likelihood\": -2.385, \"objective\": -3, \"iterations\": 5, "
           "\"converged\": true, \"seed\": 9007199254740992, ";
  ck_assert_str_eq (read_keys (k), "");
  ck_assert_double_eq (found.record.log_likelihood, -2.385);
  ck_assert_double_eq (found.record.objective, -3);
  ck_assert_uint_eq (found.record.iterations, 5);
  ck_assert (found.record.converged);
  ck_assert_uint_eq (found.record.seed, UINT64_C (9007199254740992));
}
END_TEST

START_TEST (weights_of_zero_and_almost_one)
{
  keys k = good;
  k.weights = "[0, 1.0000000009]";
  ck_assert_str_eq (read_keys (k), "");
  ck_assert_double_eq (found.weight[1], 1.0000000009);
}
END_TEST

/* In a file of KEY: VALUE; the other keys are good.  */
static const struct
{
  size_t place; /* of the key in keys */
  const char *value, *message;
} faults[] = {
  { 0, "", "m.json: 'weights' is missing" },
  { 0, "1", "m.json: 'weights' is not an array" },
  { 0, "[]", "m.json: 'weights' is empty" },
  { 0, "[0.5, \"a\"]",
    "m.json: 'weights': what stands at place 2 is not a number" },
  { 0, "[-0.5, 1.5]", "m.json: component 1: the weight -0.5 is negative" },
  { 0, "[0.25, 0.7]", "m.json: the weights sum to 0.95, not 1" },
  { 0, "[0.25, 0.750000002]", "m.json: the weights sum to 1.000000002, not 1" },
  { 0, "[1e308, 1e308]", "m.json: the weights sum to inf, not 1" },
  { 0, "[0.25, 1e999]",
    "m.json:1: not JSON as it should be: real number overflow near '1e999'" },
  { 0, "[0.25, nan]",
    "m.json:1: not JSON as it should be: invalid token near 'nan'" },
  { 1, "", "m.json: 'means' is missing" },
  { 1, "{}", "m.json: 'means' is not an array" },
  { 1, "[[1, 2]]", "m.json: 'means' is for 1 components, but there are 2 weights" },
  { 1, "[[], []]", "m.json: component 1: the mean is not an array of numbers" },
  { 1, "[1, 2]", "m.json: component 1: the mean is not an array of numbers" },
  { 1, "[[1, 2], [3]]", "m.json: component 2: the mean has 1 numbers, not 2" },
  { 1, "[[1, 2], 3]", "m.json: component 2: the mean is not an array" },
  { 1, "[[1, 2], [3, null]]",
    "m.json: component 2: the mean: what stands at place 2 is not a number" },
  { 2, "\"log_likelihood\": \"high\", ",
    "m.json: 'log_likelihood' is not a number" },
  { 2, "\"objective\": [], ", "m.json: 'objective' is not a number" },
  { 2, "\"iterations\": -1, ",
    "m.json: 'iterations' is not a whole number from 0" },
  { 2, "\"iterations\": 2.5, ",
    "m.json: 'iterations' is not a whole number from 0" },
  { 2, "\"seed\": \"x\", ", "m.json: 'seed' is not a whole number from 0" },
  { 2, "\"converged\": 1, ", "m.json: 'converged' is neither true nor false" },
  { 2, "\"means\": [], ",
    "m.json:1: not JSON as it should be: duplicate object key near '\"means\"'" },
};

START_TEST (each_fault_is_named)
{
  for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
    {
      keys k = good;
      const char **const place[] = { &k.weights, &k.means, &k.rest };
      *place[faults[i].place] = faults[i].value;
      ck_assert_str_eq (read_keys (k), faults[i].message);
    }
}
END_TEST

START_TEST (arrays_of_other_sizes)
{
  lvm_error error = { 0 };
  const lvm_mixture_reader r = { .file = "m.json", .error = &error };
  json_t *array = json_pack ("[i,f]", 1, 2.385);
  double v[2];
  ck_assert_int_eq (lvm_mixture_read_vector (&r, array, 2, "it", v), LVM_OK);
  ck_assert_double_eq (v[0], 1);
  ck_assert_double_eq (v[1], 2.385);
  ck_assert_int_eq (lvm_mixture_read_vector (&r, array, 3, "it", v), LVM_DATA);
  ck_assert_str_eq (error.message, "m.json: it has 2 numbers, not 3");
  ck_assert_int_eq (lvm_mixture_check_size (&r, array, 1, "rows", "it"), LVM_DATA);
  ck_assert_str_eq (error.message, "m.json: it has 2 rows, not 1");
  ck_assert_int_eq (lvm_mixture_check_size (&r, NULL, 1, "rows", "it"), LVM_DATA);
  ck_assert_str_eq (error.message, "m.json: it is not an array");
  json_decref (array);
}
END_TEST

/* A file of this text; NULL: the folder itself.  */
static void
assert_unreadable (const char *text, const char *message)
{
  char folder[64], path[256];
  unit_make_folder (folder);
  unit_path (path, folder, "a.json");
  if (text != NULL)
    unit_write (path, text);
  ck_assert_ptr_nonnull (
      strstr (read_file (text == NULL ? folder : path), message));
  unit_remove_folder (folder);
}

START_TEST (files_that_cannot_be_read)
{
  assert_unreadable (NULL, ": Is a directory");
  assert_unreadable ("[1]", "a.json: not a mixture: it should begin with '{'");
  assert_unreadable ("", "a.json:1: not JSON as it should be: '[' or '{' expected");
  assert_unreadable ("{}\n{}", "a.json:2: not JSON as it should be: end of file");
  ck_assert_str_eq (read_file ("/no/such.json"),
                    "such.json: No such file or directory");
}
END_TEST

START_TEST (standard_input_is_read)
{
  char folder[64], path[256];
  unit_make_folder (folder);
  unit_write (unit_path (path, folder, "m.json"),
              "{\"weights\": [0.5, 0.5], \"means\": [[1, 2], [3, 2.385]]}");
  ck_assert_ptr_nonnull (freopen (path, "r", stdin));
  ck_assert_str_eq (read_file ("-"), "");
  ck_assert_double_eq (found.mean[3], 2.385);
  ck_assert_ptr_nonnull (strstr (read_file ("-"), "standard input:1: not JSON"));
  unit_remove_folder (folder);
}
END_TEST

UNIT_MAIN ("model/mixture_file", what_is_written, numbers_that_are_not_finite,
           the_record_may_be_missing, the_record, weights_of_zero_and_almost_one,
           each_fault_is_named, arrays_of_other_sizes, files_that_cannot_be_read,
           standard_input_is_read)
