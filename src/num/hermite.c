/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "num/hermite.h"

#include <gsl/gsl_integration.h>

/* GSL's weight function is exp (-b (x - a)^2); its weights sum to sqrt (pi / b).  */
int
lvm_gauss_hermite (size_t n, double eps[], double weight[])
{
  gsl_integration_fixed_workspace *w =
      gsl_integration_fixed_alloc (gsl_integration_fixed_hermite, n, 0, 0.5, 0, 0);
  if (w == NULL)
    return 1;
  double sum = 0;
  for (size_t i = 0; i < n; i++)
    {
      eps[i] = gsl_integration_fixed_nodes (w)[i];
      sum += weight[i] = gsl_integration_fixed_weights (w)[i];
    }
  for (size_t i = 0; i < n; i++)
    weight[i] /= sum;
  gsl_integration_fixed_free (w);
  return 0;
}
