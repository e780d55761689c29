/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/gmm_file.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "num/cholesky.h"

/* --- writing ------------------------------------------------------------- */

/* NULL, which jansson passes on, where a number is not finite.  */
static json_t *
vector_to_json (size_t n, const double v[])
{
  json_t *array = json_array ();
  for (size_t i = 0; i < n; i++)
    if (json_array_append_new (array, json_real (v[i])) != 0)
      {
        json_decref (array);
        return NULL;
      }
  return array;
}

static json_t *
rows_to_json (size_t rows, size_t columns, const double m[])
{
  json_t *array = json_array ();
  for (size_t i = 0; i < rows; i++)
    if (json_array_append_new (array, vector_to_json (columns, m + i * columns))
        != 0)
      {
        json_decref (array);
        return NULL;
      }
  return array;
}

static json_t *
matrices_to_json (size_t K, size_t D, const double s[])
{
  json_t *array = json_array ();
  for (size_t k = 0; k < K; k++)
    if (json_array_append_new (array, rows_to_json (D, D, s + k * D * D)) != 0)
      {
        json_decref (array);
        return NULL;
      }
  return array;
}

/* One key and its value on a line of its own.  Status: 0; 1 where there is no
   value.  */
static int
put (FILE *stream, const char *key, const char *end, json_t *value)
{
  if (value == NULL)
    return 1;
  fprintf (stream, " \"%s\": ", key);
  json_dumpf (value, stream, JSON_ENCODE_ANY | JSON_REAL_PRECISION (17));
  fputs (end, stream);
  json_decref (value);
  return 0;
}

int
lvm_gmm_write (lvm_output *output, const lvm_gmm *g, const lvm_gmm_record *record,
               lvm_error *error)
{
  FILE *f = lvm_output_stream (output);
  const size_t K = g->K, D = g->D;
  const char *const next = ",\n";
  int bad = 0;
  fputs ("{\n", f);
  bad |= put (f, "covariance", next, json_string (lvm_covariance_names[g->kind]));
  bad |= put (f, "log_likelihood", next, json_real (record->log_likelihood));
  bad |= put (f, "objective", next, json_real (record->objective));
  bad |=
      put (f, "iterations", next, json_integer ((json_int_t) record->iterations));
  bad |= put (f, "converged", next, json_boolean (record->converged));
  bad |= put (f, "seed", next, json_integer ((json_int_t) record->seed));
  bad |= put (f, "weights", next, vector_to_json (K, g->weight));
  bad |= put (f, "means", next, rows_to_json (K, D, g->mean));
  bad |= put (f, "covariances", "\n", matrices_to_json (K, D, g->covariance));
  fputs ("}\n", f);
  if (bad)
    return lvm_fail (error, LVM_DATA,
                     "the mixture has a number that is not finite");
  return LVM_OK;
}

/* --- reading ------------------------------------------------------------- */

typedef struct
{
  const char *file; /* for messages */
  const json_t *root;
  lvm_error *error;
} reader;

static int __attribute__ ((format (printf, 2, 3)))
fail (const reader *r, const char *format, ...)
{
  char sentence[256];
  va_list list;
  va_start (list, format);
  vsnprintf (sentence, sizeof sentence, format, list);
  va_end (list);
  return lvm_fail (r->error, LVM_DATA, "%.200s: %s", r->file, sentence);
}

/* A part of component k, in a message: "component 2: row 1 of the covariance".  */
typedef struct
{
  char text[64];
} place;

static place
name_part (size_t k, const char *part)
{
  place p;
  snprintf (p.text, sizeof p.text, "component %zu: %s", k + 1, part);
  return p;
}

static place
name_row (size_t k, size_t i)
{
  place p;
  snprintf (p.text, sizeof p.text, "component %zu: row %zu of the covariance",
            k + 1, i + 1);
  return p;
}

static int
find (const reader *r, const char *key, json_t **value)
{
  *value = json_object_get (r->root, key);
  return *value != NULL ? LVM_OK : fail (r, "'%s' is missing", key);
}

/* An array under a key, not empty.  */
static int
find_array (const reader *r, const char *key, json_t **array)
{
  if (find (r, key, array) != LVM_OK)
    return LVM_DATA;
  if (!json_is_array (*array))
    return fail (r, "'%s' is not an array", key);
  return json_array_size (*array) > 0 ? LVM_OK : fail (r, "'%s' is empty", key);
}

/* One array for each component under a key.  */
static int
find_components (const reader *r, const char *key, size_t K, json_t **array)
{
  if (find_array (r, key, array) != LVM_OK)
    return LVM_DATA;
  if (json_array_size (*array) != K)
    return fail (r, "'%s' is for %zu components, but there are %zu weights", key,
                 json_array_size (*array), K);
  return LVM_OK;
}

static int
check_size (const reader *r, const json_t *array, size_t n, const char *what,
            const char *where)
{
  if (!json_is_array (array))
    return fail (r, "%s is not an array", where);
  if (json_array_size (array) != n)
    return fail (r, "%s has %zu %s, not %zu", where, json_array_size (array), what,
                 n);
  return LVM_OK;
}

/* n numbers.  jansson has refused what is too large for a double.  */
static int
read_vector (const reader *r, const json_t *array, size_t n, const char *where,
             double v[])
{
  if (check_size (r, array, n, "numbers", where) != LVM_OK)
    return LVM_DATA;
  for (size_t i = 0; i < n; i++)
    {
      const json_t *number = json_array_get (array, i);
      if (!json_is_number (number))
        return fail (r, "%s: what stands at place %zu is not a number", where,
                     i + 1);
      v[i] = json_number_value (number);
    }
  return LVM_OK;
}

static int
read_weights (const reader *r, const json_t *array, lvm_gmm *g)
{
  double sum = 0;
  if (read_vector (r, array, g->K, "'weights'", g->weight) != LVM_OK)
    return LVM_DATA;
  for (size_t k = 0; k < g->K; k++)
    {
      if (g->weight[k] < 0)
        return fail (r, "component %zu: the weight %g is negative", k + 1,
                     g->weight[k]);
      sum += g->weight[k];
    }
  if (!(fabs (sum - 1) <= 1e-9))
    return fail (r, "the weights sum to %.12g, not 1", sum);
  return LVM_OK;
}

static int
read_means (const reader *r, const json_t *array, lvm_gmm *g)
{
  for (size_t k = 0; k < g->K; k++)
    if (read_vector (r, json_array_get (array, k), g->D,
                     name_part (k, "the mean").text, g->mean + k * g->D)
        != LVM_OK)
      return LVM_DATA;
  return LVM_OK;
}

static int
check_symmetry (const reader *r, size_t k, size_t D, const double a[])
{
  for (size_t i = 0; i < D; i++)
    for (size_t j = 0; j < i; j++)
      {
        const double size = sqrt (fabs (a[i * D + i])) * sqrt (fabs (a[j * D + j]));
        if (!(fabs (a[i * D + j] - a[j * D + i]) <= 1e-9 * size))
          return fail (r,
                       "component %zu: the covariance is not symmetric: %g in row "
                       "%zu, column %zu, but %g across",
                       k + 1, a[j * D + i], j + 1, i + 1, a[i * D + j]);
      }
  return LVM_OK;
}

static int
check_positive (const reader *r, size_t k, size_t D, const double a[])
{
  double *root = lvm_alloc (D * D, sizeof *root);
  memcpy (root, a, D * D * sizeof *root);
  const int singular = lvm_cholesky (D, root);
  free (root);
  if (singular)
    return fail (r, "component %zu: the covariance is not positive definite",
                 k + 1);
  return LVM_OK;
}

/* What contradicts the kind in the covariance of component k, or NULL.  */
static const char *
contradiction (const lvm_gmm *g, size_t k)
{
  const size_t D = g->D;
  const double *a = g->covariance + k * D * D;
  const bool diagonal = g->kind == LVM_DIAGONAL || g->kind == LVM_SPHERICAL;
  for (size_t i = 0; i < D * D; i++)
    {
      if (g->kind == LVM_TIED && a[i] != g->covariance[i])
        return "differs from that of component 1";
      if (diagonal && i % (D + 1) != 0 && a[i] != 0)
        return "is not zero beside its diagonal";
      if (g->kind == LVM_SPHERICAL && i % (D + 1) == 0 && a[i] != a[0])
        return "has unequal variances";
    }
  return NULL;
}

static int
read_covariance (const reader *r, const json_t *rows, size_t k, lvm_gmm *g)
{
  const size_t D = g->D;
  double *a = g->covariance + k * D * D;
  if (check_size (r, rows, D, "rows", name_part (k, "the covariance").text)
      != LVM_OK)
    return LVM_DATA;
  for (size_t i = 0; i < D; i++)
    if (read_vector (r, json_array_get (rows, i), D, name_row (k, i).text,
                     a + i * D)
        != LVM_OK)
      return LVM_DATA;
  if (check_symmetry (r, k, D, a) != LVM_OK
      || check_positive (r, k, D, a) != LVM_OK)
    return LVM_DATA;
  const char *problem = contradiction (g, k);
  if (problem != NULL)
    return fail (r, "the kind is '%s', but the covariance of component %zu %s",
                 lvm_covariance_names[g->kind], k + 1, problem);
  return LVM_OK;
}

static int
read_kind (const reader *r, lvm_covariance *kind)
{
  json_t *value;
  if (find (r, "covariance", &value) != LVM_OK)
    return LVM_DATA;
  for (int i = 0; lvm_covariance_names[i] != NULL && json_is_string (value); i++)
    if (strcmp (json_string_value (value), lvm_covariance_names[i]) == 0)
      {
        *kind = (lvm_covariance) i;
        return LVM_OK;
      }
  return fail (r,
               "'covariance' is none of \"full\", \"diagonal\", \"spherical\" and "
               "\"tied\"");
}

/* The mixture, allocated once its kind and sizes are known.  */
static int
read_mixture (const reader *r, lvm_gmm **g)
{
  json_t *weights, *means, *covariances;
  lvm_covariance kind = LVM_FULL;
  if (read_kind (r, &kind) != LVM_OK
      || find_array (r, "weights", &weights) != LVM_OK)
    return LVM_DATA;
  const size_t K = json_array_size (weights);
  if (find_components (r, "means", K, &means) != LVM_OK
      || find_components (r, "covariances", K, &covariances) != LVM_OK)
    return LVM_DATA;
  const json_t *first = json_array_get (means, 0);
  if (json_array_size (first) == 0)
    return fail (r, "component 1: the mean is not an array of numbers");
  *g = lvm_gmm_alloc (K, json_array_size (first), kind);
  if (read_weights (r, weights, *g) != LVM_OK
      || read_means (r, means, *g) != LVM_OK)
    return LVM_DATA;
  for (size_t k = 0; k < K; k++)
    if (read_covariance (r, json_array_get (covariances, k), k, *g) != LVM_OK)
      return LVM_DATA;
  return LVM_OK;
}

static int
read_real (const reader *r, const char *key, double *x)
{
  const json_t *value = json_object_get (r->root, key);
  *x = value == NULL ? NAN : json_number_value (value);
  if (value != NULL && !json_is_number (value))
    return fail (r, "'%s' is not a number", key);
  return LVM_OK;
}

static int
read_count (const reader *r, const char *key, uint64_t *n)
{
  const json_t *value = json_object_get (r->root, key);
  *n = (uint64_t) json_integer_value (value);
  if (value != NULL && (!json_is_integer (value) || json_integer_value (value) < 0))
    return fail (r, "'%s' is not a whole number from 0", key);
  return LVM_OK;
}

static int
read_record (const reader *r, lvm_gmm_record *record)
{
  const json_t *converged = json_object_get (r->root, "converged");
  uint64_t iterations;
  if (read_real (r, "log_likelihood", &record->log_likelihood) != LVM_OK
      || read_real (r, "objective", &record->objective) != LVM_OK
      || read_count (r, "iterations", &iterations) != LVM_OK
      || read_count (r, "seed", &record->seed) != LVM_OK)
    return LVM_DATA;
  record->iterations = iterations;
  record->converged = json_is_true (converged);
  if (converged != NULL && !json_is_boolean (converged))
    return fail (r, "'converged' is neither true nor false");
  return LVM_OK;
}

/* The file's JSON, or NULL.  */
static json_t *
load (const char *path, reader *r)
{
  const bool standard = strcmp (path, "-") == 0;
  errno = 0;
  FILE *stream = standard ? stdin : fopen (path, "re");
  json_error_t e;
  json_t *root = NULL;
  r->file = standard ? "standard input" : path;
  if (stream != NULL)
    root = json_loadf (stream, JSON_REJECT_DUPLICATES, &e);
  if (stream == NULL || ferror (stream))
    fail (r, "%s", strerror (errno));
  else if (root == NULL)
    lvm_fail (r->error, LVM_DATA, "%.200s:%d: not JSON as it should be: %.150s",
              r->file, e.line, e.text);
  else if (!json_is_object (root))
    fail (r, "not a mixture: it should begin with '{'");
  if (stream != NULL && !standard)
    fclose (stream);
  return root;
}

int
lvm_gmm_read (lvm_gmm **g, lvm_gmm_record *record, const char *path,
              lvm_error *error)
{
  reader r = { .error = error };
  lvm_gmm_record unwanted;
  *g = NULL;
  error->status = LVM_OK;
  json_t *root = load (path, &r);
  r.root = root;
  if (error->status == LVM_OK && read_mixture (&r, g) == LVM_OK)
    read_record (&r, record != NULL ? record : &unwanted);
  json_decref (root);
  if (error->status != LVM_OK)
    {
      lvm_gmm_free (*g);
      *g = NULL;
    }
  return error->status;
}
