/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/gmm_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "num/cholesky.h"

int
lvm_gmm_write (lvm_output *output, const lvm_gmm *g,
               const lvm_mixture_record *record, lvm_error *error)
{
  const size_t size[] = { g->K, g->D, g->D };
  lvm_mixture_writer w;
  lvm_mixture_begin (&w, output);
  lvm_mixture_put (&w, "covariance", json_string (lvm_covariance_names[g->kind]));
  lvm_mixture_put_record (&w, record);
  lvm_mixture_put_array (&w, "weights", 1, size, g->weight);
  lvm_mixture_put_array (&w, "means", 2, size, g->mean);
  lvm_mixture_put_array (&w, "covariances", 3, size, g->covariance);
  return lvm_mixture_end (&w, error);
}

static int
check_symmetry (const lvm_mixture_reader *r, size_t k, size_t D, const double a[])
{
  for (size_t i = 0; i < D; i++)
    for (size_t j = 0; j < i; j++)
      {
        const double size = sqrt (fabs (a[i * D + i])) * sqrt (fabs (a[j * D + j]));
        if (!(fabs (a[i * D + j] - a[j * D + i]) <= 1e-9 * size))
          return lvm_mixture_fail (
              r,
              "component %zu: the covariance is not symmetric: %g in row "
              "%zu, column %zu, but %g across",
              k + 1, a[j * D + i], j + 1, i + 1, a[i * D + j]);
      }
  return LVM_OK;
}

static int
check_positive (const lvm_mixture_reader *r, size_t k, size_t D, const double a[])
{
  double *root = lvm_alloc (D * D, sizeof *root);
  memcpy (root, a, D * D * sizeof *root);
  const int singular = lvm_cholesky (D, root);
  free (root);
  if (singular)
    return lvm_mixture_fail (
        r, "component %zu: the covariance is not positive definite", k + 1);
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
read_covariance (const lvm_mixture_reader *r, const json_t *rows, size_t k,
                 lvm_gmm *g)
{
  const size_t D = g->D;
  double *a = g->covariance + k * D * D;
  char where[96];
  snprintf (where, sizeof where, "component %zu: the covariance", k + 1);
  if (lvm_mixture_check_size (r, rows, D, "rows", where) != LVM_OK)
    return LVM_DATA;
  for (size_t i = 0; i < D; i++)
    {
      snprintf (where, sizeof where, "component %zu: row %zu of the covariance",
                k + 1, i + 1);
      if (lvm_mixture_read_vector (r, json_array_get (rows, i), D, where, a + i * D)
          != LVM_OK)
        return LVM_DATA;
    }
  if (check_symmetry (r, k, D, a) != LVM_OK
      || check_positive (r, k, D, a) != LVM_OK)
    return LVM_DATA;
  const char *problem = contradiction (g, k);
  if (problem != NULL)
    return lvm_mixture_fail (
        r, "the kind is '%s', but the covariance of component %zu %s",
        lvm_covariance_names[g->kind], k + 1, problem);
  return LVM_OK;
}

static int
read_kind (const lvm_mixture_reader *r, lvm_covariance *kind)
{
  json_t *value;
  if (lvm_mixture_find (r, "covariance", &value) != LVM_OK)
    return LVM_DATA;
  for (int i = 0; lvm_covariance_names[i] != NULL && json_is_string (value); i++)
    if (strcmp (json_string_value (value), lvm_covariance_names[i]) == 0)
      {
        *kind = (lvm_covariance) i;
        return LVM_OK;
      }
  return lvm_mixture_fail (
      r, "'covariance' is none of \"full\", \"diagonal\", \"spherical\" and "
         "\"tied\"");
}

static int
read_covariances (const lvm_mixture_reader *r, lvm_gmm *g)
{
  json_t *covariances;
  if (lvm_mixture_find_components (r, "covariances", g->K, &covariances) != LVM_OK)
    return LVM_DATA;
  for (size_t k = 0; k < g->K; k++)
    if (read_covariance (r, json_array_get (covariances, k), k, g) != LVM_OK)
      return LVM_DATA;
  return LVM_OK;
}

/* The mixture, allocated once its kind and sizes are known.  */
static int
read_mixture (const lvm_mixture_reader *r, lvm_gmm **g)
{
  lvm_covariance kind = LVM_FULL;
  size_t K, D;
  if (read_kind (r, &kind) != LVM_OK
      || lvm_mixture_read_sizes (r, &K, &D) != LVM_OK)
    return LVM_DATA;
  *g = lvm_gmm_alloc (K, D, kind);
  if (lvm_mixture_read_parameters (r, K, D, (*g)->weight, (*g)->mean) != LVM_OK)
    return LVM_DATA;
  return read_covariances (r, *g);
}

int
lvm_gmm_read (lvm_gmm **g, lvm_mixture_record *record, const char *path,
              lvm_error *error)
{
  lvm_mixture_reader r;
  *g = NULL;
  if (lvm_mixture_load (&r, path, error) == LVM_OK
      && read_mixture (&r, g) == LVM_OK)
    lvm_mixture_read_record (&r, record);
  json_decref (r.root);
  if (error->status != LVM_OK)
    {
      lvm_gmm_free (*g);
      *g = NULL;
    }
  return error->status;
}
