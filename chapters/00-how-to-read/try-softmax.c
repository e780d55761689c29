#include <math.h>

/* The definition, as it stands.  */
void
softmax (size_t n, const double l[], double r[])
{
  double sum = 0;
  for (size_t k = 0; k < n; k++)
    sum += exp (l[k]);
  for (size_t k = 0; k < n; k++)
    r[k] = exp (l[k]) / sum;
}
