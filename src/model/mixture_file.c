/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/mixture_file.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "data/input.h"

/* --- writing ------------------------------------------------------------- */

void
lvm_mixture_begin (lvm_mixture_writer *w, lvm_output *output)
{
  *w = (lvm_mixture_writer){ .stream = lvm_output_stream (output) };
}

void
lvm_mixture_put (lvm_mixture_writer *w, const char *key, json_t *value)
{
  fprintf (w->stream, "%s \"%s\": ", w->keys++ == 0 ? "{\n" : ",\n", key);
  if (value == NULL)
    w->bad = true;
  json_dumpf (value, w->stream, JSON_ENCODE_ANY | JSON_REAL_PRECISION (17));
  json_decref (value);
}

/* The next numbers of *v as arrays of arrays; NULL, which jansson passes on, where
   one is not finite.  */
static json_t *
to_json (size_t rank, const size_t size[], const double **v)
{
  if (rank == 0)
    return json_real (*(*v)++);
  json_t *array = json_array ();
  for (size_t i = 0; i < size[0]; i++)
    if (json_array_append_new (array, to_json (rank - 1, size + 1, v)) != 0)
      {
        json_decref (array);
        return NULL;
      }
  return array;
}

void
lvm_mixture_put_array (lvm_mixture_writer *w, const char *key, size_t rank,
                       const size_t size[], const double v[])
{
  lvm_mixture_put (w, key, to_json (rank, size, &v));
}

void
lvm_mixture_put_record (lvm_mixture_writer *w, const lvm_mixture_record *record)
{
  lvm_mixture_put (w, "log_likelihood", json_real (record->log_likelihood));
  lvm_mixture_put (w, "objective", json_real (record->objective));
  lvm_mixture_put (w, "iterations", json_integer ((json_int_t) record->iterations));
  lvm_mixture_put (w, "converged", json_boolean (record->converged));
  lvm_mixture_put (w, "seed", json_integer ((json_int_t) record->seed));
}

int
lvm_mixture_end (lvm_mixture_writer *w, lvm_error *error)
{
  fputs ("\n}\n", w->stream);
  return w->bad ? lvm_fail (error, LVM_DATA,
                            "the mixture has a number that is not finite")
                : LVM_OK;
}

/* --- reading ------------------------------------------------------------- */

int
lvm_mixture_fail (const lvm_mixture_reader *r, const char *format, ...)
{
  char sentence[256];
  va_list list;
  va_start (list, format);
  vsnprintf (sentence, sizeof sentence, format, list);
  va_end (list);
  return lvm_fail (r->error, LVM_DATA, "%.200s: %s", r->file, sentence);
}

int
lvm_mixture_load (lvm_mixture_reader *r, const char *path, lvm_error *error)
{
  lvm_input *input = lvm_input_open (path, error);
  json_error_t e;
  *r = (lvm_mixture_reader){ .file =
                                 strcmp (path, "-") == 0 ? "standard input" : path,
                             .error = error };
  if (input == NULL)
    return LVM_DATA;
  error->status = LVM_OK;
  r->root = json_loadf (lvm_input_stream (input), JSON_REJECT_DUPLICATES, &e);
  if (lvm_input_check (input, error) != LVM_OK)
    r->error->status = LVM_DATA;
  else if (r->root == NULL)
    lvm_fail (error, LVM_DATA, "%.200s:%d: not JSON as it should be: %.150s",
              r->file, e.line, e.text);
  else if (!json_is_object (r->root))
    lvm_mixture_fail (r, "not a mixture: it should begin with '{'");
  lvm_input_close (input);
  return error->status;
}

int
lvm_mixture_find (const lvm_mixture_reader *r, const char *key, json_t **value)
{
  *value = json_object_get (r->root, key);
  return *value != NULL ? LVM_OK : lvm_mixture_fail (r, "'%s' is missing", key);
}

/* An array under a key, not empty.  */
static int
find_array (const lvm_mixture_reader *r, const char *key, json_t **array)
{
  if (lvm_mixture_find (r, key, array) != LVM_OK)
    return LVM_DATA;
  if (!json_is_array (*array))
    return lvm_mixture_fail (r, "'%s' is not an array", key);
  if (json_array_size (*array) == 0)
    return lvm_mixture_fail (r, "'%s' is empty", key);
  return LVM_OK;
}

int
lvm_mixture_find_components (const lvm_mixture_reader *r, const char *key, size_t K,
                             json_t **array)
{
  if (find_array (r, key, array) != LVM_OK)
    return LVM_DATA;
  if (json_array_size (*array) != K)
    return lvm_mixture_fail (
        r, "'%s' is for %zu components, but there are %zu weights", key,
        json_array_size (*array), K);
  return LVM_OK;
}

int
lvm_mixture_check_size (const lvm_mixture_reader *r, const json_t *array, size_t n,
                        const char *what, const char *where)
{
  if (!json_is_array (array))
    return lvm_mixture_fail (r, "%s is not an array", where);
  if (json_array_size (array) != n)
    return lvm_mixture_fail (r, "%s has %zu %s, not %zu", where,
                             json_array_size (array), what, n);
  return LVM_OK;
}

/* jansson has refused what is too large for a double.  */
int
lvm_mixture_read_vector (const lvm_mixture_reader *r, const json_t *array, size_t n,
                         const char *where, double v[])
{
  if (lvm_mixture_check_size (r, array, n, "numbers", where) != LVM_OK)
    return LVM_DATA;
  for (size_t i = 0; i < n; i++)
    {
      const json_t *number = json_array_get (array, i);
      if (!json_is_number (number))
        return lvm_mixture_fail (r, "%s: what stands at place %zu is not a number",
                                 where, i + 1);
      v[i] = json_number_value (number);
    }
  return LVM_OK;
}

int
lvm_mixture_read_sizes (const lvm_mixture_reader *r, size_t *K, size_t *D)
{
  json_t *weights, *means;
  if (find_array (r, "weights", &weights) != LVM_OK
      || lvm_mixture_find_components (r, "means", json_array_size (weights), &means)
             != LVM_OK)
    return LVM_DATA;
  *K = json_array_size (weights);
  *D = json_array_size (json_array_get (means, 0));
  if (*D == 0)
    return lvm_mixture_fail (r, "component 1: the mean is not an array of numbers");
  return LVM_OK;
}

static int
read_weights (const lvm_mixture_reader *r, size_t K, double weight[])
{
  const json_t *array = json_object_get (r->root, "weights");
  double sum = 0;
  if (lvm_mixture_read_vector (r, array, K, "'weights'", weight) != LVM_OK)
    return LVM_DATA;
  for (size_t k = 0; k < K; k++)
    {
      if (weight[k] < 0)
        return lvm_mixture_fail (r, "component %zu: the weight %g is negative",
                                 k + 1, weight[k]);
      sum += weight[k];
    }
  if (!(fabs (sum - 1) <= 1e-9))
    return lvm_mixture_fail (r, "the weights sum to %.12g, not 1", sum);
  return LVM_OK;
}

int
lvm_mixture_read_parameters (const lvm_mixture_reader *r, size_t K, size_t D,
                             double weight[], double mean[])
{
  json_t *means;
  if (read_weights (r, K, weight) != LVM_OK
      || lvm_mixture_find_components (r, "means", K, &means) != LVM_OK)
    return LVM_DATA;
  for (size_t k = 0; k < K; k++)
    {
      char where[64];
      snprintf (where, sizeof where, "component %zu: the mean", k + 1);
      if (lvm_mixture_read_vector (r, json_array_get (means, k), D, where,
                                   mean + k * D)
          != LVM_OK)
        return LVM_DATA;
    }
  return LVM_OK;
}

static int
read_real (const lvm_mixture_reader *r, const char *key, double *x)
{
  const json_t *value = json_object_get (r->root, key);
  *x = value == NULL ? NAN : json_number_value (value);
  if (value != NULL && !json_is_number (value))
    return lvm_mixture_fail (r, "'%s' is not a number", key);
  return LVM_OK;
}

static int
read_count (const lvm_mixture_reader *r, const char *key, uint64_t *n)
{
  const json_t *value = json_object_get (r->root, key);
  *n = (uint64_t) json_integer_value (value);
  if (value != NULL && (!json_is_integer (value) || json_integer_value (value) < 0))
    return lvm_mixture_fail (r, "'%s' is not a whole number from 0", key);
  return LVM_OK;
}

int
lvm_mixture_read_record (const lvm_mixture_reader *r, lvm_mixture_record *record)
{
  const json_t *converged = json_object_get (r->root, "converged");
  lvm_mixture_record found;
  uint64_t iterations;
  if (read_real (r, "log_likelihood", &found.log_likelihood) != LVM_OK
      || read_real (r, "objective", &found.objective) != LVM_OK
      || read_count (r, "iterations", &iterations) != LVM_OK
      || read_count (r, "seed", &found.seed) != LVM_OK)
    return LVM_DATA;
  found.iterations = iterations;
  found.converged = json_is_true (converged);
  if (converged != NULL && !json_is_boolean (converged))
    return lvm_mixture_fail (r, "'converged' is neither true nor false");
  if (record != NULL)
    *record = found;
  return LVM_OK;
}
