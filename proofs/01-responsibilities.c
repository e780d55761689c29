/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The lines of proofs/01-responsibilities.md, each computed as it is written,
   on urns.  The definition counts; no line after it does.  */

#include "01-responsibilities.h"

#include <math.h>

/* How many equally likely (ticket, ball) of urn k show the colour x.  */
static double
atoms (const urns *u, size_t k)
{
  unsigned long count = 0;
  for (unsigned t = 0; t < u->tickets[k]; t++)
    for (unsigned b = 0; b < u->balls[k * u->colours + u->x]; b++)
      count++;
  return (double) count;
}

static double
atoms_of_all (const urns *u)
{
  double count = 0;
  for (size_t k = 0; k < u->K; k++)
    count += atoms (u, k);
  return count;
}

static double
tickets_of_all (const urns *u)
{
  double count = 0;
  for (size_t k = 0; k < u->K; k++)
    count += u->tickets[k];
  return count;
}

/* p(z = k)  */
static tracked
prior (const urns *u, size_t k)
{
  return over (given (u->tickets[k]), given (tickets_of_all (u)));
}

static tracked
one_over_K (const urns *u)
{
  return over (given (1), given ((double) u->K));
}

/* p(x | z = k)  */
static tracked
likelihood (const urns *u, size_t k)
{
  return over (given (u->balls[k * u->colours + u->x]), given (u->size));
}

/* l_k = ln p(x | z = k)  */
static tracked
log_likelihood (const urns *u, size_t k)
{
  return ln (likelihood (u, k));
}

/* Any number near max_j l_j serves as a shift: rounded once, then exact.  */
static double
largest_log_likelihood (const urns *u)
{
  double m = -INFINITY;
  for (size_t k = 0; k < u->K; k++)
    m = fmax (m, log (u->balls[k * u->colours + u->x] / (double) u->size));
  return m;
}

/* sum_j f(j)  */
static tracked
sum_over_urns (const urns *u, tracked (*f) (const urns *, size_t))
{
  tracked sum = f (u, 0);
  for (size_t j = 1; j < u->K; j++)
    sum = plus (sum, f (u, j));
  return sum;
}

static tracked
joint (const urns *u, size_t k)
{
  return times (prior (u, k), likelihood (u, k));
}

static tracked
e_to_log_likelihood (const urns *u, size_t k)
{
  return e_to (log_likelihood (u, k));
}

/* p(z = k, x) / p(x): of all atoms that show x, those of urn k.  */
static tracked
resp_posterior (const void *p, size_t k)
{
  return over (given (atoms (p, k)), given (atoms_of_all (p)));
}

/* p(z = k) p(x | z = k) / sum_j p(z = j) p(x | z = j)  */
static tracked
resp_bayes (const void *p, size_t k)
{
  return over (joint (p, k), sum_over_urns (p, joint));
}

/* (1/K) p(x | z = k) / ((1/K) sum_j p(x | z = j))  */
static tracked
resp_factor (const void *p, size_t k)
{
  const urns *u = p;
  return over (times (one_over_K (u), likelihood (u, k)),
               times (one_over_K (u), sum_over_urns (u, likelihood)));
}

/* p(x | z = k) / sum_j p(x | z = j)  */
static tracked
resp_ratio (const void *p, size_t k)
{
  return over (likelihood (p, k), sum_over_urns (p, likelihood));
}

/* e^{l_k} / sum_j e^{l_j}  */
static tracked
resp_softmax (const void *p, size_t k)
{
  return over (e_to_log_likelihood (p, k), sum_over_urns (p, e_to_log_likelihood));
}

/* e^{l_k - m} / sum_j e^{l_j - m}, m = max_j l_j  */
static tracked
resp_stable (const void *p, size_t k)
{
  const urns *u = p;
  const tracked m = given (largest_log_likelihood (u));
  tracked sum = given (0);
  for (size_t j = 0; j < u->K; j++)
    sum = plus (sum, e_to (minus (log_likelihood (u, j), m)));
  return over (e_to (minus (log_likelihood (u, k), m)), sum);
}

/* ln p(x): of all atoms, those that show x.  */
static tracked
evidence_def (const void *p, size_t i)
{
  const urns *u = p;
  (void) i;
  return ln (over (given (atoms_of_all (u)), given (tickets_of_all (u) * u->size)));
}

/* ln ((1/K) sum_k e^{l_k})  */
static tracked
evidence_uniform (const void *p, size_t i)
{
  const urns *u = p;
  (void) i;
  return ln (over (sum_over_urns (u, e_to_log_likelihood), given ((double) u->K)));
}

/* LSE(l) - ln K  */
static tracked
resp_evidence (const void *p, size_t i)
{
  const urns *u = p;
  (void) i;
  return minus (ln (sum_over_urns (u, e_to_log_likelihood)),
                ln (given ((double) u->K)));
}

const char *const bayes_labels[BAYES_LINES] = { "resp-posterior", "resp-bayes" };
static lvm_line *const bayes[BAYES_LINES] = { resp_posterior, resp_bayes };
const lvm_interface bayes_lines = { "Bayes' rule, line by line", BAYES_LINES,
                                    bayes_labels, bayes };

const char *const posterior_labels[RESP_LINES] = { "resp-posterior", "resp-factor",
                                                   "resp-ratio", "resp-softmax",
                                                   "resp-stable" };
static lvm_line *const posterior[RESP_LINES] = { resp_posterior, resp_factor,
                                                 resp_ratio, resp_softmax,
                                                 resp_stable };
const lvm_interface posterior_lines = { "the uniform posterior, line by line",
                                        RESP_LINES, posterior_labels, posterior };

const char *const evidence_labels[EVIDENCE_LINES] = { "evidence-def",
                                                      "evidence-uniform",
                                                      "resp-evidence" };
static lvm_line *const evidence[EVIDENCE_LINES] = { evidence_def, evidence_uniform,
                                                    resp_evidence };
const lvm_interface evidence_lines = { "the evidence, line by line", EVIDENCE_LINES,
                                       evidence_labels, evidence };
