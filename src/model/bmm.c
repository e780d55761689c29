/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/bmm.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "num/error.h"
#include "num/log_sum_exp.h"

/* --- parameters ------------------------------------------------------------ */

lvm_bmm *
lvm_bmm_alloc (size_t K, size_t D)
{
  lvm_bmm *g = lvm_alloc (1, sizeof *g);
  *g = (lvm_bmm){ .K = K,
                  .D = D,
                  .weight = lvm_alloc (K, sizeof (double)),
                  .mean = lvm_alloc (K * D, sizeof (double)) };
  for (size_t k = 0; k < K; k++)
    g->weight[k] = 1 / (double) K;
  for (size_t i = 0; i < K * D; i++)
    g->mean[i] = 0.5;
  return g;
}

void
lvm_bmm_free (lvm_bmm *g)
{
  if (g == NULL)
    return;
  free (g->weight);
  free (g->mean);
  free (g);
}

void
lvm_bmm_copy (lvm_bmm *to, const lvm_bmm *from)
{
  memcpy (to->weight, from->weight, from->K * sizeof (double));
  memcpy (to->mean, from->mean, from->K * from->D * sizeof (double));
}

size_t
lvm_bmm_parameters (size_t K, size_t D)
{
  return K - 1 + K * D;
}

double
lvm_bmm_log_prior (const lvm_bmm *g, double strength)
{
  double sum = 0;
  if (strength == 0)
    return 0; /* also at the boundary: not 0 times -inf */
  for (size_t i = 0; i < g->K * g->D; i++)
    sum += log (g->mean[i]) + log1p (-g->mean[i]);
  return strength / 2 * sum;
}

/* --- logits ---------------------------------------------------------------- */

lvm_bmm_logits *
lvm_bmm_logits_alloc (size_t K, size_t D)
{
  lvm_bmm_logits *w = lvm_alloc (1, sizeof *w);
  *w = (lvm_bmm_logits){ .K = K,
                         .D = D,
                         .constant = lvm_alloc (K, sizeof (double)),
                         .logit = lvm_alloc (K * D, sizeof (double)),
                         .zero = lvm_bits_alloc (K, D),
                         .one = lvm_bits_alloc (K, D),
                         .boundary = lvm_alloc (K, sizeof (bool)),
                         .work = lvm_alloc (K, sizeof (double)) };
  return w;
}

void
lvm_bmm_logits_free (lvm_bmm_logits *w)
{
  if (w == NULL)
    return;
  free (w->constant);
  free (w->logit);
  lvm_bits_free (w->zero);
  lvm_bits_free (w->one);
  free (w->boundary);
  free (w->work);
  free (w);
}

/* At the boundary the logit is infinite; the bit is noted in a mask instead, so that
   no infinity ever meets another.  */
void
lvm_bmm_logits_set_one (const lvm_bmm *g, size_t k, lvm_bmm_logits *w)
{
  const size_t D = g->D;
  memset (w->zero->bytes + k * w->zero->stride, 0, w->zero->stride);
  memset (w->one->bytes + k * w->one->stride, 0, w->one->stride);
  w->constant[k] = log (g->weight[k]);
  w->boundary[k] = false;
  for (size_t d = 0; d < D; d++)
    {
      const double mean = g->mean[k * D + d], log_off = log1p (-mean);
      const bool inside = mean != 0 && mean != 1;
      w->logit[k * D + d] = inside ? log (mean) - log_off : 0;
      w->constant[k] += inside ? log_off : 0;
      w->boundary[k] = w->boundary[k] || !inside;
      if (mean == 0)
        lvm_bit_set (w->zero, k, d);
      if (mean == 1)
        lvm_bit_set (w->one, k, d);
    }
}

void
lvm_bmm_logits_set (const lvm_bmm *g, lvm_bmm_logits *w)
{
  for (size_t k = 0; k < g->K; k++)
    lvm_bmm_logits_set_one (g, k, w);
}

/* --- the steps ------------------------------------------------------------- */

/* Whether point n has a bit that component k makes impossible.  */
static bool
is_impossible (const lvm_bmm_logits *w, size_t k, const lvm_bits *x, size_t n)
{
  for (size_t d = 0; d < w->D && w->boundary[k]; d++)
    if (lvm_bit (x, n, d) ? lvm_bit (w->zero, k, d) : lvm_bit (w->one, k, d))
      return true;
  return false;
}

/* ln (weight_k p(x_n | k)) for every k.  */
static void
log_joint (const lvm_bmm_logits *w, const lvm_bits *x, size_t n, double l[])
{
  for (size_t k = 0; k < w->K; k++)
    {
      l[k] = w->constant[k];
      for (size_t d = 0; d < w->D; d++)
        if (lvm_bit (x, n, d))
          l[k] += w->logit[k * w->D + d];
      if (is_impossible (w, k, x, n))
        l[k] = -INFINITY;
    }
}

double
lvm_bmm_e_step (const lvm_bmm *g, lvm_bmm_logits *w, const lvm_bits *x, double r[],
                double log_evidence[])
{
  const size_t K = g->K;
  double sum = 0, *l = w->work;
  for (size_t n = 0; n < x->N; n++)
    {
      log_joint (w, x, n, l);
      const double evidence = lvm_log_sum_exp (K, l);
      sum += evidence;
      if (log_evidence != NULL)
        log_evidence[n] = evidence;
      if (r != NULL)
        lvm_softmax (K, l, r + n * K);
    }
  return sum;
}

/* N_k and sum_n r_nk x_n.  Both add the same numbers in the same order, the second
   some zeros among them; rounding keeps order, so no partial sum, and no bit's sum,
   exceeds N_k.  */
static double
add_up (const lvm_bits *x, size_t K, const double r[], double on[])
{
  double count = 0;
  for (size_t d = 0; d < x->D; d++)
    on[d] = 0;
  for (size_t n = 0; n < x->N; n++)
    {
      count += r[n * K];
      for (size_t d = 0; d < x->D; d++)
        if (lvm_bit (x, n, d))
          on[d] += r[n * K];
    }
  return count;
}

void
lvm_bmm_m_step (lvm_bmm *g, const lvm_bits *x, const double r[], double strength)
{
  const size_t K = g->K, D = g->D;
  double *count = lvm_alloc (K, sizeof *count), *on = lvm_alloc (K * D, sizeof *on);
  for (size_t k = 0; k < K; k++)
    count[k] = add_up (x, K, r + k, on + k * D);
  lvm_bmm_set_from_sums (g, count, on, strength);
  free (count);
  free (on);
}

/* Means lie in [0, 1] by construction: on <= count, and adding and dividing keep
   order.  Where every point counts that has the bit on, on is count to the bit.  */
void
lvm_bmm_set_from_sums (lvm_bmm *g, const double count[], const double on[],
                       double strength)
{
  double total = 0;
  for (size_t k = 0; k < g->K; k++)
    total += count[k];
  for (size_t k = 0; k < g->K; k++)
    {
      g->weight[k] = count[k] / total;
      for (size_t i = k * g->D; i < (k + 1) * g->D && count[k] + strength > 0; i++)
        g->mean[i] = (on[i] + strength / 2) / (count[k] + strength);
    }
}
