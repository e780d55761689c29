/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The lines of proofs/03-bernoulli-mixture.md, each computed as it is written.  */

#include "03-bernoulli-mixture.h"

/* --- the log joint of one image and one component ---------------------------- */

/* 1 - a  */
static tracked
rest (double a)
{
  return minus (given (1), given (a));
}

/* ln (pi prod_d theta_d^x_d (1 - theta_d)^(1 - x_d))  */
static tracked
bmm_joint (const void *p, size_t i)
{
  const image *at = p;
  tracked product = given (at->weight);
  (void) i;
  for (size_t d = 0; d < at->D; d++)
    product =
        times (product, at->x[d] == 1 ? given (at->theta[d]) : rest (at->theta[d]));
  return ln (product);
}

/* ln pi + sum_d (x_d ln theta_d + (1 - x_d) ln (1 - theta_d))  */
static tracked
bmm_logs (const void *p, size_t i)
{
  const image *at = p;
  tracked sum = ln (given (at->weight));
  (void) i;
  for (size_t d = 0; d < at->D; d++)
    sum = plus (sum, plus (times (given (at->x[d]), ln (given (at->theta[d]))),
                           times (rest (at->x[d]), ln (rest (at->theta[d])))));
  return sum;
}

/* ln pi + sum_d ln (1 - theta_d)  */
static tracked
offset (const image *at)
{
  tracked sum = ln (given (at->weight));
  for (size_t d = 0; d < at->D; d++)
    sum = plus (sum, ln (rest (at->theta[d])));
  return sum;
}

/* The offset + sum_d x_d (ln theta_d - ln (1 - theta_d))  */
static tracked
bmm_collect (const void *p, size_t i)
{
  const image *at = p;
  tracked sum = offset (at);
  (void) i;
  for (size_t d = 0; d < at->D; d++)
    sum = plus (sum, times (given (at->x[d]), minus (ln (given (at->theta[d])),
                                                     ln (rest (at->theta[d])))));
  return sum;
}

/* b + sum_d eta_d x_d, with eta_d = ln (theta_d / (1 - theta_d))  */
static tracked
bmm_affine (const void *p, size_t i)
{
  const image *at = p;
  tracked sum = offset (at);
  (void) i;
  for (size_t d = 0; d < at->D; d++)
    sum = plus (sum, times (ln (over (given (at->theta[d]), rest (at->theta[d]))),
                            given (at->x[d])));
  return sum;
}

const char *const joint_labels[BMM_JOINT_LINES] = { "bmm-joint", "bmm-logs",
                                                    "bmm-collect", "bmm-affine" };
static lvm_line *const joint[BMM_JOINT_LINES] = { bmm_joint, bmm_logs, bmm_collect,
                                                  bmm_affine };
const lvm_interface joint_lines = { "the log joint, line by line", BMM_JOINT_LINES,
                                    joint_labels, joint };

/* --- the expected complete log-likelihood ------------------------------------- */

/* sum_n sum_k r_nk ln p(x_n, z_n = k), each joint multiplied out  */
static tracked
bmm_q (const void *p, size_t i)
{
  const expectation *at = p;
  tracked sum = given (0);
  for (size_t n = 0; n < at->N; n++)
    for (size_t k = 0; k < at->K; k++)
      {
        const image one = { at->D, at->weight[k], at->theta + k * at->D,
                            at->x + n * at->D };
        sum = plus (sum, times (given (at->r[n * at->K + k]), bmm_joint (&one, i)));
      }
  return sum;
}

/* sum_n sum_k r_nk (ln pi_k + sum_d (x_nd ln theta_kd + (1 - x_nd) ln (1 - theta_kd)))  */
static tracked
bmm_q_pixels (const void *p, size_t i)
{
  const expectation *at = p;
  tracked sum = given (0);
  for (size_t n = 0; n < at->N; n++)
    for (size_t k = 0; k < at->K; k++)
      {
        const image one = { at->D, at->weight[k], at->theta + k * at->D,
                            at->x + n * at->D };
        sum = plus (sum, times (given (at->r[n * at->K + k]), bmm_logs (&one, i)));
      }
  return sum;
}

/* N_k = sum_n r_nk  */
static tracked
count_of (const expectation *at, size_t k)
{
  tracked sum = given (at->r[k]);
  for (size_t n = 1; n < at->N; n++)
    sum = plus (sum, given (at->r[n * at->K + k]));
  return sum;
}

/* s_kd = sum_n r_nk x_nd  */
static tracked
on_of (const expectation *at, size_t k, size_t d)
{
  tracked sum = times (given (at->r[k]), given (at->x[d]));
  for (size_t n = 1; n < at->N; n++)
    sum = plus (sum,
                times (given (at->r[n * at->K + k]), given (at->x[n * at->D + d])));
  return sum;
}

/* sum_k N_k ln pi_k + sum_k sum_d (s_kd ln theta_kd + (N_k - s_kd) ln (1 - theta_kd))  */
static tracked
bmm_q_counts (const void *p, size_t i)
{
  const expectation *at = p;
  tracked sum = given (0);
  (void) i;
  for (size_t k = 0; k < at->K; k++)
    {
      const tracked count = count_of (at, k);
      sum = plus (sum, times (count, ln (given (at->weight[k]))));
      for (size_t d = 0; d < at->D; d++)
        {
          const double theta = at->theta[k * at->D + d];
          const tracked on = on_of (at, k, d);
          sum = plus (sum, plus (times (on, ln (given (theta))),
                                 times (minus (count, on), ln (rest (theta)))));
        }
    }
  return sum;
}

const char *const q_labels[BMM_Q_LINES] = { "bmm-q", "bmm-q-pixels",
                                            "bmm-q-counts" };
static lvm_line *const q[BMM_Q_LINES] = { bmm_q, bmm_q_pixels, bmm_q_counts };
const lvm_interface q_lines = { "Q, line by line", BMM_Q_LINES, q_labels, q };

/* --- what the best probability of a pixel gains --------------------------------- */

/* s ln t + (N_k - s) ln (1 - t)  */
static tracked
pixel_q (const pixel *at, tracked t)
{
  return plus (
      times (given (at->on), ln (t)),
      times (minus (given (at->count), given (at->on)), ln (minus (given (1), t))));
}

static tracked
best (const pixel *at)
{
  return over (given (at->on), given (at->count));
}

/* Q (t*) - Q (theta), with t* = s / N_k  */
static tracked
bmm_loss (const void *p, size_t i)
{
  const pixel *at = p;
  (void) i;
  return minus (pixel_q (at, best (at)), pixel_q (at, given (at->theta)));
}

/* N_k (t* ln (t* / theta) + (1 - t*) ln ((1 - t*) / (1 - theta)))  */
static tracked
bmm_divergence (const void *p, size_t i)
{
  const pixel *at = p;
  const tracked t = best (at), off = minus (given (1), best (at));
  (void) i;
  return times (given (at->count),
                plus (times (t, ln (over (t, given (at->theta)))),
                      times (off, ln (over (off, rest (at->theta))))));
}

const char *const loss_labels[BMM_LOSS_LINES] = { "bmm-loss", "bmm-divergence" };
static lvm_line *const loss[BMM_LOSS_LINES] = { bmm_loss, bmm_divergence };
const lvm_interface loss_lines = { "the loss of one pixel, line by line",
                                   BMM_LOSS_LINES, loss_labels, loss };

/* --- the covariance of the mixture ----------------------------------------------- */

/* p(x) of image number `bits': pixel d is bit d.  */
static tracked
probability (const mixture *g, size_t bits)
{
  tracked sum = given (0);
  for (size_t k = 0; k < g->K; k++)
    {
      tracked product = given (g->weight[k]);
      for (size_t d = 0; d < g->D; d++)
        product = times (product, bits >> d & 1 ? given (g->theta[k * g->D + d])
                                                : rest (g->theta[k * g->D + d]));
      sum = plus (sum, product);
    }
  return sum;
}

/* E[x_d x_e], a sum over all 2^D images; E[x_d] where d = e.  */
static tracked
expectation_of (const mixture *g, size_t d, size_t e)
{
  tracked sum = given (0);
  for (size_t bits = 0; bits < (size_t) 1 << g->D; bits++)
    if ((bits >> d & 1) && (bits >> e & 1))
      sum = plus (sum, probability (g, bits));
  return sum;
}

/* E[x_d x_e] - E[x_d] E[x_e]  */
static tracked
bmm_covariance_def (const void *p, size_t i)
{
  const mixture *g = p;
  const size_t d = i / g->D, e = i % g->D;
  return minus (expectation_of (g, d, e),
                times (expectation_of (g, d, d), expectation_of (g, e, e)));
}

/* m_d = sum_k pi_k theta_kd  */
static tracked
mean_of (const mixture *g, size_t d)
{
  tracked sum = times (given (g->weight[0]), given (g->theta[d]));
  for (size_t k = 1; k < g->K; k++)
    sum = plus (sum, times (given (g->weight[k]), given (g->theta[k * g->D + d])));
  return sum;
}

/* theta_d (1 - theta_d) on the diagonal, 0 elsewhere  */
static tracked
within (const mixture *g, size_t k, size_t d, size_t e)
{
  const double theta = g->theta[k * g->D + d];
  return d == e ? times (given (theta), rest (theta)) : given (0);
}

/* sum_k pi_k (diag (theta_k (1 - theta_k)) + theta_k theta_k') - m m'  */
static tracked
bmm_covariance (const void *p, size_t i)
{
  const mixture *g = p;
  const size_t d = i / g->D, e = i % g->D;
  tracked sum = given (0);
  for (size_t k = 0; k < g->K; k++)
    sum = plus (sum, times (given (g->weight[k]),
                            plus (times (given (g->theta[k * g->D + d]),
                                         given (g->theta[k * g->D + e])),
                                  within (g, k, d, e))));
  return minus (sum, times (mean_of (g, d), mean_of (g, e)));
}

/* sum_k pi_k diag (theta_k (1 - theta_k)) + sum_k pi_k (theta_k - m)(theta_k - m)'  */
static tracked
bmm_within_between (const void *p, size_t i)
{
  const mixture *g = p;
  const size_t d = i / g->D, e = i % g->D;
  tracked sum = given (0);
  for (size_t k = 0; k < g->K; k++)
    sum = plus (
        sum,
        times (given (g->weight[k]),
               plus (times (minus (given (g->theta[k * g->D + d]), mean_of (g, d)),
                            minus (given (g->theta[k * g->D + e]), mean_of (g, e))),
                     within (g, k, d, e))));
  return sum;
}

const char *const covariance_labels[BMM_COVARIANCE_LINES] = {
  "bmm-covariance-def", "bmm-covariance", "bmm-within-between"
};
static lvm_line *const covariance[BMM_COVARIANCE_LINES] = { bmm_covariance_def,
                                                            bmm_covariance,
                                                            bmm_within_between };
const lvm_interface covariance_lines = { "the covariance, line by line",
                                         BMM_COVARIANCE_LINES, covariance_labels,
                                         covariance };

/* --- formulas ------------------------------------------------------------------------ */

/* (s - N_k theta) / (theta (1 - theta))  */
static double
pixel_gradient (double count, double on, double theta)
{
  return (on - count * theta) / (theta * (1 - theta));
}

/* -s / theta^2 - (N_k - s) / (1 - theta)^2  */
static double
pixel_curvature (double count, double on, double theta)
{
  return -on / (theta * theta) - (count - on) / ((1 - theta) * (1 - theta));
}

/* sum_k pi_k (theta_k - m)(theta_k - m)'  */
static void
between (const mixture *g, double c[])
{
  const size_t D = g->D;
  for (size_t i = 0; i < D * D; i++)
    c[i] = 0;
  for (size_t k = 0; k < g->K; k++)
    for (size_t i = 0; i < D * D; i++)
      {
        double md = 0, me = 0;
        for (size_t j = 0; j < g->K; j++)
          {
            md += g->weight[j] * g->theta[j * D + i / D];
            me += g->weight[j] * g->theta[j * D + i % D];
          }
        c[i] += g->weight[k] * (g->theta[k * D + i / D] - md)
                * (g->theta[k * D + i % D] - me);
      }
}

/* m + (t / 2, 2 c / t) and m - (t / 2, 2 c / t)  */
static void
two_pixels (const double m[2], double c, double t, double theta[4])
{
  theta[0] = m[0] + t / 2;
  theta[1] = m[1] + 2 * c / t;
  theta[2] = m[0] - t / 2;
  theta[3] = m[1] - 2 * c / t;
}

static const formula_ops reference = { pixel_gradient, pixel_curvature, between,
                                       two_pixels };
static const char *const slots[] = { "pixel_gradient", "pixel_curvature", "between",
                                     "two_pixels" };
const lvm_interface formula_interface = { "formulas of chapter 3", 4, slots,
                                          &reference };
