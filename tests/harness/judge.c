/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "harness/judge.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "num/compare.h"

#include <gsl/gsl_cdf.h>

const char *const kind_names[LVM_KINDS] = { "exact",     "identity",   "inequality",
                                            "optimum",   "derivative", "quadrature",
                                            "reduction", "statistical" };

struct lvm_judge
{
  const check *check;
  verdict *v;
  int failures, failures_not_finite;
  unsigned long fresh; /* 0: the book's own draws */
  gsl_rng *cases, *noise;
  struct
  {
    unsigned char *bytes;
    size_t size; /* the caller's; CANARY bytes follow */
  } * taken;
  size_t n_taken;
  size_t room; /* of v->values */
};

static void *
enough (void *p)
{
  if (p == NULL)
    {
      fputs ("out of memory\n", stderr);
      abort ();
    }
  return p;
}

/* --- cases ------------------------------------------------------------------ */

/* Every label has draws of its own, so that a new claim leaves the others'
   cases as they were (FNV-1a).  */
static unsigned long
seed_of (const char *label, int number)
{
  unsigned long h = 2166136261UL;
  for (; *label != '\0'; label++)
    h = ((h ^ (unsigned char) *label) * 16777619UL) & 0xffffffffUL;
  return (LVM_SEED ^ h) + (unsigned long) number;
}

gsl_rng *
lvm_cases (lvm_judge *j)
{
  return j->cases;
}

gsl_rng *
lvm_noise (lvm_judge *j)
{
  return j->noise;
}

/* Behind each piece of memory stand bytes that nobody may change.  */
enum
{
  CANARY = 16,
  CANARY_BYTE = 0xa5
};

void *
lvm_take (lvm_judge *j, size_t count, size_t size)
{
  unsigned char *bytes = enough (calloc (count * size + CANARY, 1));
  memset (bytes + count * size, CANARY_BYTE, CANARY);
  j->taken = enough (realloc (j->taken, (j->n_taken + 1) * sizeof *j->taken));
  j->taken[j->n_taken].bytes = bytes;
  j->taken[j->n_taken++].size = count * size;
  return bytes;
}

void
lvm_undrawn (lvm_judge *j)
{
  j->v->undrawn++;
}

/* The cases stay those of the book; fresh draws are the estimator's (splitmix, so that
   neighbouring numbers have nothing in common).  */
static unsigned long
noise_seed (const lvm_judge *j, int number)
{
  const unsigned long own = seed_of (j->check->label, number);
  uint64_t x = (uint64_t) own + j->fresh * UINT64_C (0x9e3779b97f4a7c15);
  if (j->fresh == 0)
    return own ^ 0x5bd1e995UL;
  x = (x ^ x >> 30) * UINT64_C (0xbf58476d1ce4e5b9);
  x = (x ^ x >> 27) * UINT64_C (0x94d049bb133111eb);
  return (unsigned long) ((x ^ x >> 31) & UINT32_MAX);
}

static void
begin_case (lvm_judge *j, int number)
{
  gsl_rng_set (j->cases, seed_of (j->check->label, number));
  gsl_rng_set (j->noise, noise_seed (j, number));
  j->v->cases++;
}

/* --- comparisons -------------------------------------------------------------- */

static void
record (lvm_judge *j, const char *what, double a, double misfit)
{
  verdict *v = j->v;
  v->comparisons++;
  if (v->n_values == j->room)
    {
      j->room = 2 * j->room + 256;
      v->values = enough (realloc (v->values, j->room * sizeof *v->values));
    }
  v->values[v->n_values++] = (judged_value){ a, misfit, !(misfit <= 1) };
  if (!(misfit <= 1))
    {
      j->failures++;
      j->failures_not_finite += !isfinite (misfit);
    }
  if (isfinite (misfit) && (misfit > v->worst || v->worst_what[0] == '\0'))
    {
      v->worst = misfit;
      snprintf (v->worst_what, sizeof v->worst_what, "%s", what);
    }
}

static void
end_case (lvm_judge *j)
{
  while (j->n_taken > 0)
    {
      unsigned char *bytes = j->taken[--j->n_taken].bytes;
      for (size_t i = 0; i < CANARY; i++)
        if (bytes[j->taken[j->n_taken].size + i] != CANARY_BYTE)
          {
            record (j, "wrote beyond an array", NAN, NAN);
            break;
          }
      free (bytes);
    }
}

void
lvm_equal (lvm_judge *j, const char *what, double a, double b, double bound)
{
  record (j, what, a, lvm_misfit (a, b, bound));
}

/* In half units of the last place: whatever differs is twice the bound at least.  */
void
lvm_exactly (lvm_judge *j, const char *what, double a, double b)
{
  const double half_unit = (nextafter (fabs (b), INFINITY) - fabs (b)) / 2;
  double misfit = 0;
  if (isnan (a) || isnan (b))
    misfit = NAN;
  else if (a != b)
    misfit = isinf (a) || isinf (b)
                 ? INFINITY
                 : fmax (2, fabs (a - b) / fmax (half_unit, DBL_MIN));
  record (j, what, a, misfit);
}

void
lvm_at_most (lvm_judge *j, const char *what, double a, double b, double slack)
{
  record (j, what, a, lvm_excess (a, b, slack));
}

void
lvm_at_least (lvm_judge *j, const char *what, double a, double b, double slack)
{
  record (j, what, a, lvm_excess (b, a, slack));
}

void
lvm_off (lvm_judge *j, const char *what, double a, double error, double bound)
{
  record (j, what, a, lvm_misfit (error, 0, bound));
}

/* The bounds are themselves rounded: a part in 10^9 more covers that.  A bound that is
   not small beside the values, or beside one, says nothing.  */
void
lvm_agree (lvm_judge *j, const char *what, tracked a, tracked b)
{
  const double bound = (a.error + b.error) * (1 + 1e-9);
  lvm_equal (j, what, a.value, b.value,
             bound <= 1e-9 * fmax (1, fabs (b.value)) ? bound : NAN);
}

double
statistical_quantile (void)
{
  const double level = -expm1 (log1p (-LVM_FAMILY_LEVEL) / LVM_FAMILY_TESTS);
  return gsl_cdf_ugaussian_Qinv (level / 2);
}

void
lvm_mean (lvm_judge *j, const char *what, double mean, double se, double truth)
{
  lvm_equal (j, what, mean, truth, se * statistical_quantile ());
}

/* Two things are asked.  At one halving at least the error falls as it should (the first may be
   too coarse for that, the last too fine).  And from its largest value the error has fallen, at
   the end, by all halvings since, up to a factor of four, or to the floor: an error that stays is
   no error of the method.  */
void
lvm_order (lvm_judge *j, const char *what, size_t n, const double error[],
           double order, double floor)
{
  double best = error[0] <= floor ? order : 0;
  size_t top = 0;
  for (size_t i = 0; i < n; i++)
    {
      if (i + 1 < n && error[i] > floor)
        best = fmax (best, log2 (error[i] / fmax (error[i + 1], floor)));
      top = error[i] > error[top] ? i : top;
      if (!isfinite (error[i]))
        best = NAN;
    }
  const double fallen = 4 * error[top] * pow (2, -order * (double) (n - 1 - top));
  const double left = error[n - 1] / fmax (floor, fallen);
  record (j, what, best, lvm_larger (lvm_excess (order, best, order / 4), left));
}

/* --- checks ------------------------------------------------------------------- */

static void
judge_line (lvm_judge *j, const void *ops, int corner, int operation,
            enum disturbance d)
{
  const lvm_derivation *der = j->check->derivation;
  const size_t step = j->check->step;
  lvm_line *const *line = ops, *const *reference = der->interface->reference;
  const void *at = der->draw (j, corner);
  if (at == NULL)
    return;
  for (size_t i = 0; i < der->size (at); i++)
    {
      tracked_disturb (-1, UNDISTURBED);
      const tracked definition = reference[0](at, i),
                    before = reference[step - 1](at, i);
      tracked_disturb (operation, d);
      const tracked here = line[step](at, i);
      if (tracked_operations () > j->v->operations)
        j->v->operations = tracked_operations ();
      lvm_agree (j, "against the definition", here, definition);
      if (step > 1)
        lvm_agree (j, "against the line before", here, before);
    }
}

static verdict
judge_cases (const check *c, const void *ops, int operation, enum disturbance d,
             unsigned long fresh)
{
  verdict v = { .outcome = ACCEPTED };
  lvm_judge j = { .check = c, .v = &v, .fresh = fresh };
  j.cases = gsl_rng_alloc (gsl_rng_mt19937);
  j.noise = gsl_rng_alloc (gsl_rng_mt19937);
  const int corners = c->claim != NULL ? c->claim->corners : c->derivation->corners;
  const int random = c->claim != NULL ? c->claim->random : c->derivation->random;
  for (int i = 0; i < corners + random && (d == UNDISTURBED || j.failures == 0);
       i++)
    {
      const int corner = i < corners ? i : -1;
      begin_case (&j, i);
      if (c->claim != NULL)
        c->claim->judge (&j, ops, corner);
      else
        judge_line (&j, ops, corner, operation, d);
      end_case (&j);
    }
  if (j.failures > 0)
    v.outcome = j.failures > j.failures_not_finite ? REJECTED : NOT_FINITE;
  gsl_rng_free (j.cases);
  gsl_rng_free (j.noise);
  free (j.taken);
  return v;
}

/* Disturb every operation of a line in each of the ways there are.  */
static void
perturb (const check *c, verdict *v)
{
  static const char *const how[] = { "", "dropped", "turned", "doubled" };
  for (int m = 0; m < v->operations; m++)
    for (int d = DROPPED; d < DISTURBANCES; d++)
      {
        verdict w =
            judge_cases (c, c->interface->reference, m, (enum disturbance) d, 0);
        free (w.values);
        v->perturbations++;
        if (w.outcome != ACCEPTED)
          v->noticed++;
        else
          snprintf (v->unnoticed, sizeof v->unnoticed, "operation %d %s", m,
                    how[d]);
      }
}

verdict
judge_here (const check *c, const void *ops)
{
  verdict v = judge_cases (c, ops, -1, UNDISTURBED, 0);
  if (c->claim == NULL && ops == c->interface->reference)
    perturb (c, &v);
  return v;
}

verdict
judge_fresh (const check *c, const void *ops, unsigned long fresh)
{
  return judge_cases (c, ops, -1, UNDISTURBED, fresh);
}

const void *
with_reference (const lvm_interface *face, const void *ops)
{
  lvm_slot *const *own = ops, *const *reference = face->reference;
  lvm_slot **all = enough (calloc (face->n, sizeof *all));
  for (size_t i = 0; i < face->n; i++)
    all[i] = own[i] != NULL ? own[i] : reference[i];
  return all;
}

check *
checks_of (const lvm_suite *s, size_t *n)
{
  size_t room = s->n_claims;
  for (size_t i = 0; i < s->n_derivations; i++)
    room += s->derivations[i].interface->n;
  check *all = enough (calloc (room + 1, sizeof *all));
  *n = 0;
  for (size_t i = 0; i < s->n_derivations; i++)
    for (size_t step = 1; step < s->derivations[i].interface->n; step++)
      {
        const lvm_derivation *d = &s->derivations[i];
        all[(*n)++] = (check){ .label = d->label[step],
                               .kind = LVM_IDENTITY,
                               .interface = d->interface,
                               .file = d->file,
                               .line = d->line,
                               .derivation = d,
                               .step = step };
      }
  for (size_t i = 0; i < s->n_claims; i++)
    {
      const lvm_claim *k = &s->claims[i];
      all[(*n)++] = (check){ .label = k->label,
                             .kind = k->kind,
                             .interface = k->interface,
                             .file = k->file,
                             .line = k->line,
                             .claim = k };
    }
  return all;
}
