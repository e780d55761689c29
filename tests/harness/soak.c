/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "harness/soak.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

const double soak_level[SOAK_LEVELS - 1] = { 0.05, 0.01, 1e-3, 1e-4 };

/* What a right program may be told, wrongly, once in a thousand soaks; Sidak's share of it for
   each level of each chapter.  */
static const double soak_alarm = 1e-3;

static double
level_of (int i)
{
  return i < SOAK_LEVELS - 1 ? soak_level[i]
                             : 2 * gsl_cdf_ugaussian_Q (statistical_quantile ());
}

void
soak_add (soak_count *count, const verdict *v)
{
  for (size_t k = 0; k < v->n_values; k++)
    {
      const double z = v->values[k].misfit * statistical_quantile ();
      count->tests++;
      for (int i = 0; i < SOAK_LEVELS; i++)
        count->alarms[i] += !(z <= gsl_cdf_ugaussian_Qinv (level_of (i) / 2));
    }
}

double
soak_chance (unsigned long tests, unsigned long alarms, double level)
{
  const unsigned n = (unsigned) tests, k = (unsigned) alarms;
  const double below = gsl_cdf_binomial_P (k, level, n),
               above = k == 0 ? 1 : gsl_cdf_binomial_Q (k - 1, level, n);
  return fmin (1, 2 * fmin (below, above));
}

static double
now (void)
{
  struct timespec t;
  clock_gettime (CLOCK_MONOTONIC, &t);
  return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

static int
report (const char *name, const soak_count *count, double share)
{
  int bad = 0;
  for (int i = 0; i < SOAK_LEVELS; i++)
    {
      const double level = level_of (i),
                   chance = soak_chance (count->tests, count->alarms[i], level);
      printf ("%-26s %10lu %9.2g %12.4g %8lu %9.3g%s\n", name, count->tests, level,
              level * (double) count->tests, count->alarms[i], chance,
              chance < share ? "  INCONSISTENT" : "");
      bad |= chance < share;
    }
  return bad;
}

/* One round: each statistical claim once.  Returned: 1 where one could not be judged.  */
static int
round_of (const check *c, size_t n, unsigned long fresh, soak_count count[])
{
  for (size_t i = 0; i < n; i++)
    if (c[i].kind == LVM_STATISTICAL)
      {
        verdict v = judge_fresh (&c[i], c[i].interface->reference, fresh);
        soak_add (&count[i], &v);
        if (v.outcome == REJECTED)
          printf ("alarm: %s, draws number %lu: %s, %.2f times its bound\n",
                  c[i].label, fresh, v.worst_what, v.worst);
        const int broken = v.outcome != ACCEPTED && v.outcome != REJECTED;
        free (v.values);
        if (broken)
          {
            printf ("%s, draws number %lu: no number came out\n", c[i].label,
                    fresh);
            return 1;
          }
      }
  return 0;
}

int
soak (const lvm_suite *suite, const check *c, size_t n, double seconds,
      unsigned long seed)
{
  soak_count all = { 0 }, *count = calloc (n + 1, sizeof *count);
  size_t claims = 0;
  unsigned long rounds = 0;
  int bad = 0;
  for (size_t i = 0; i < n; i++)
    claims += c[i].kind == LVM_STATISTICAL;
  if (claims == 0 || count == NULL)
    {
      free (count);
      return claims == 0 ? 77 : 1;
    }
  const double end = now () + seconds;
  do
    bad |= round_of (c, n, seed + ++rounds, count);
  while (!bad && now () < end);
  printf ("# %s: %zu statistical claims, %lu rounds, seed %lu\n", suite->chapter,
          claims, rounds, seed);
  printf ("# %-24s %10s %9s %12s %8s %9s\n", "claim", "tests", "level", "expected",
          "alarms", "chance");
  const double share = soak_alarm / (double) ((claims + 1) * SOAK_LEVELS);
  for (size_t i = 0; i < n; i++)
    if (c[i].kind == LVM_STATISTICAL)
      {
        bad |= report (c[i].label, &count[i], share);
        all.tests += count[i].tests;
        for (int k = 0; k < SOAK_LEVELS; k++)
          all.alarms[k] += count[i].alarms[k];
      }
  bad |= report ("all", &all, share);
  free (count);
  return bad;
}
