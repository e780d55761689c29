/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/bmm_file.h"

int
lvm_bmm_write (lvm_output *output, const lvm_bmm *g, lvm_shape shape,
               const lvm_mixture_record *record, lvm_error *error)
{
  const size_t size[] = { g->K, g->D };
  lvm_mixture_writer w;
  lvm_mixture_begin (&w, output);
  if (shape.height > 0)
    lvm_mixture_put (
        &w, "shape",
        json_pack ("[I,I]", (json_int_t) shape.height, (json_int_t) shape.width));
  lvm_mixture_put_record (&w, record);
  lvm_mixture_put_array (&w, "weights", 1, size, g->weight);
  lvm_mixture_put_array (&w, "means", 2, size, g->mean);
  return lvm_mixture_end (&w, error);
}

static int
check_means (const lvm_mixture_reader *r, const lvm_bmm *g)
{
  for (size_t i = 0; i < g->K * g->D; i++)
    if (!(g->mean[i] >= 0 && g->mean[i] <= 1))
      return lvm_mixture_fail (
          r, "component %zu: the mean of dimension %zu is %g, not from 0 to 1",
          i / g->D + 1, i % g->D + 1, g->mean[i]);
  return LVM_OK;
}

/* Two whole numbers whose product is D.  */
static int
read_shape (const lvm_mixture_reader *r, size_t D, lvm_shape *shape)
{
  const json_t *value = json_object_get (r->root, "shape");
  json_int_t height = 0, width = 0;
  *shape = (lvm_shape){ 0 };
  if (value == NULL)
    return LVM_OK;
  if (json_unpack ((json_t *) value, "[I,I!]", &height, &width) != 0 || height < 1
      || width < 1)
    return lvm_mixture_fail (r, "'shape' is not a height and a width");
  if (D % (size_t) height != 0 || D / (size_t) height != (size_t) width)
    return lvm_mixture_fail (r, "'shape' is %lld x %lld, but there are %zu means",
                             (long long) height, (long long) width, D);
  *shape = (lvm_shape){ (size_t) height, (size_t) width };
  return LVM_OK;
}

static int
read_mixture (const lvm_mixture_reader *r, lvm_bmm **g, lvm_shape *shape)
{
  size_t K, D;
  if (json_object_get (r->root, "covariances") != NULL)
    return lvm_mixture_fail (r, "a mixture of Gaussians: it has 'covariances'");
  if (lvm_mixture_read_sizes (r, &K, &D) != LVM_OK)
    return LVM_DATA;
  *g = lvm_bmm_alloc (K, D);
  if (lvm_mixture_read_parameters (r, K, D, (*g)->weight, (*g)->mean) != LVM_OK
      || check_means (r, *g) != LVM_OK)
    return LVM_DATA;
  return read_shape (r, D, shape);
}

int
lvm_bmm_read (lvm_bmm **g, lvm_shape *shape, lvm_mixture_record *record,
              const char *path, lvm_error *error)
{
  lvm_mixture_reader r;
  lvm_shape unwanted;
  *g = NULL;
  if (lvm_mixture_load (&r, path, error) == LVM_OK
      && read_mixture (&r, g, shape != NULL ? shape : &unwanted) == LVM_OK)
    lvm_mixture_read_record (&r, record);
  json_decref (r.root);
  if (error->status != LVM_OK)
    {
      lvm_bmm_free (*g);
      *g = NULL;
    }
  return error->status;
}
