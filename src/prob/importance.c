/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "prob/importance.h"

#include <float.h>
#include <math.h>

#include "num/log_sum_exp.h"

/* Computes (iw-def).  */
double
lvm_importance_bound (size_t S, const double log_w[])
{
  return lvm_log_sum_exp (S, log_w) - log ((double) S);
}

/* The ratio knows no scale, so the weights are taken relative to their mean.  */
double
lvm_importance_error (size_t S, const double log_w[])
{
  const double log_mean = lvm_importance_bound (S, log_w), n = (double) S;
  double sum = 0;
  for (size_t i = 0; i < S; i++)
    {
      const double excess = expm1 (log_w[i] - log_mean);
      sum += excess * excess;
    }
  return sqrt (sum / (n - 1) / n);
}

/* ln E[exp (-t w)], the Laplace transform of one weight of mean one.  */
static double
log_laplace (size_t n, const double p[], const double log_w[], double log_mean,
             double log_t)
{
  double sum = 0;
  for (size_t i = 0; i < n; i++)
    if (p[i] > 0)
      sum += p[i] * expm1 (-exp (log_t + log_w[i] - log_mean));
  return log1p (fmax (sum, -1));
}

/* ln E[w], or -inf where the bound is.  */
static double
log_mean_weight (size_t n, const double p[], const double log_w[])
{
  double largest = -INFINITY, sum = 0;
  for (size_t i = 0; i < n; i++)
    if (p[i] > 0)
      {
        if (log_w[i] == -INFINITY)
          return -INFINITY;
        largest = fmax (largest, log_w[i]);
      }
  for (size_t i = 0; i < n; i++)
    if (p[i] > 0)
      sum += p[i] * exp (log_w[i] - largest);
  return largest + log (sum);
}

/* ln a = int_0^inf (e^-t - e^-ta) dt / t.  With a the mean of S weights of mean one, and
   t = e^y, the gap is the integral over y of E[exp (-t w / S)]^S - e^-t.  That is analytic
   in a strip of half-width pi / 2 around the real line, so the step 1/4 leaves an error of
   about exp (-4 pi^2).  */
double
lvm_importance_expected (size_t S, size_t n, const double p[], const double log_w[])
{
  const double step = 0.25, least = -60, most = 800,
               log_mean = log_mean_weight (n, p, log_w);
  double gap = 0;
  if (!isfinite (log_mean))
    return log_mean;
  for (double y = least; y < most; y += step)
    {
      const double power =
          (double) S * log_laplace (n, p, log_w, log_mean, y - log ((double) S));
      const double t = exp (y);
      /* their difference, in the form that keeps its digits */
      gap += t < 1 ? exp (-t) * expm1 (power + t) : exp (power) - exp (-t);
      if (t > 50 && power < -50)
        break;
    }
  return log_mean - step * gap;
}

/* Computes (iw-gradient).  */
double
lvm_importance_gradient (size_t S, const double log_w[], const double path[],
                         const double score[], double work[])
{
  double sum = 0;
  lvm_softmax (S, log_w, work);
  for (size_t i = 0; i < S; i++)
    sum += work[i] * (path[i] - score[i]);
  return sum;
}

/* Computes (iw-doubly).  */
double
lvm_importance_gradient_doubly (size_t S, const double log_w[], const double path[],
                                double work[])
{
  double sum = 0;
  lvm_softmax (S, log_w, work);
  for (size_t i = 0; i < S; i++)
    sum += work[i] * work[i] * path[i];
  return sum;
}
