/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "harness/reader.h"

#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum
{
  SECONDS = 20
};

/* What a reader's program produced, over all claims of the interface, beside
   what the reference and each mistake produced in the same places.  */
typedef struct
{
  size_t wrong;      /* values of the reader's that are not the reference's */
  size_t *explained; /* [mistakes] how many of these the mistake has too    */
} likeness;

static int
same (double a, double b)
{
  if (!isfinite (a) || !isfinite (b))
    return isnan (a) ? isnan (b) : a == b;
  return fabs (a - b) <= 1e-9 * fmax (fabs (a), fabs (b)) + 1e-300;
}

static void
compare (const verdict *reader, const verdict *reference, const verdict *mistake,
         size_t *wrong, size_t *explained)
{
  if (reader->n_values != reference->n_values
      || reader->n_values != mistake->n_values)
    return;
  for (size_t i = 0; i < reader->n_values; i++)
    if (!same (reader->values[i], reference->values[i]))
      {
        ++*wrong;
        *explained += same (reader->values[i], mistake->values[i]) ? 1 : 0;
      }
}

static void
liken (const check *c, const verdict *reader, likeness *l)
{
  verdict reference = judge_in_child (c, c->interface->reference, SECONDS);
  size_t none = 0;
  compare (reader, &reference, &reference, &l->wrong, &none);
  for (size_t i = 0; i < lvm_chapter_mistakes_count; i++)
    {
      const lvm_mistake *m = &lvm_chapter_mistakes[i];
      if (m->interface != c->interface)
        continue;
      const void *ops = with_reference (m->interface, m->ops);
      verdict v = judge_in_child (c, ops, SECONDS);
      size_t wrong = 0;
      compare (reader, &reference, &v, &wrong, &l->explained[i]);
      free (v.values);
      free ((void *) ops);
    }
  free (reference.values);
}

/* A mistake is named when it accounts for 95 of 100 wrong values at least.  */
static void
name_the_mistake (const likeness *l)
{
  size_t best = 0;
  for (size_t i = 1; i < lvm_chapter_mistakes_count; i++)
    if (l->explained[i] > l->explained[best])
      best = i;
  const lvm_mistake *m = &lvm_chapter_mistakes[best];
  if (lvm_chapter_mistakes_count == 0 || l->wrong == 0
      || 100 * l->explained[best] < 95 * l->wrong)
    {
      printf ("This is none of the mistakes the book knows.\n");
      return;
    }
  printf (
      "This is the mistake \"%s\": it has %zu of your %zu wrong values.\n  %s\n",
      m->name, l->explained[best], l->wrong, m->why);
  if (m->source != NULL)
    printf ("  It was published: %s\n", m->source);
}

static int
report (const check *c, const verdict *v)
{
  static const char *const words[] = { [ACCEPTED] = "accepted",
                                       [REJECTED] = "REJECTED",
                                       [NOT_FINITE] = "REJECTED",
                                       [CRASHED] = "CRASHED",
                                       [TIMED_OUT] = "OUT OF TIME" };
  printf ("  %-24s %-11s", c->label, words[v->outcome]);
  if (v->outcome == NOT_FINITE)
    printf (" NaN or infinity");
  else if (v->outcome == ACCEPTED || v->outcome == REJECTED)
    printf (" worst error %.3g of its bound, %s", v->worst, v->worst_what);
  printf ("\n");
  return v->outcome != ACCEPTED;
}

static void
trap (void)
{
  abort ();
}

/* Whether a claim calls the reader's slots at all: with a trap in their place
   it does not survive.  */
static int
concerns (const check *c, lvm_slot *const own[])
{
  lvm_slot **trapped = calloc (c->interface->n, sizeof *trapped);
  for (size_t i = 0; i < c->interface->n; i++)
    trapped[i] = own[i] != NULL ? trap : NULL;
  const void *ops = with_reference (c->interface, trapped);
  verdict v = judge_in_child (c, ops, SECONDS);
  free (v.values);
  free ((void *) ops);
  free (trapped);
  return v.outcome == CRASHED;
}

static int
try_interface (const lvm_interface *face, lvm_slot *const own[], const check *c,
               size_t n)
{
  int rejected = 0;
  likeness l = { 0, calloc (lvm_chapter_mistakes_count + 1, sizeof *l.explained) };
  const void *ops = with_reference (face, own);
  for (size_t i = 0; i < n; i++)
    if (c[i].interface == face && concerns (&c[i], own))
      {
        verdict v = judge_in_child (&c[i], ops, SECONDS);
        rejected += report (&c[i], &v);
        liken (&c[i], &v, &l);
        free (v.values);
      }
  if (rejected > 0)
    name_the_mistake (&l);
  else
    printf ("Every claim accepts it.\n");
  free (l.explained);
  free ((void *) ops);
  return rejected > 0;
}

/* Returned  the reader's slots, NULL where there is none at all.  */
static lvm_slot **
slots_in (void *library, const lvm_interface *face)
{
  size_t found = 0;
  lvm_slot **slot = calloc (face->n, sizeof *slot);
  for (size_t i = 0; i < face->n; i++)
    {
      void *symbol = dlsym (library, face->slot[i]);
      if (symbol != NULL)
        {
          memcpy (&slot[i], &symbol, sizeof symbol);
          printf ("%s%s", found++ == 0 ? "Judging your " : ", ", face->slot[i]);
        }
    }
  if (found == 0)
    {
      free (slot);
      return NULL;
    }
  printf (" (interface \"%s\"):\n", face->name);
  return slot;
}

int
try_reader (const char *path, const check *c, size_t n)
{
  void *library = dlopen (path, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL)
    {
      fprintf (stderr, "%s\n", dlerror ());
      return 2;
    }
  int status = 77;
  for (size_t i = 0; i < n; i++)
    {
      int seen = 0;
      for (size_t k = 0; k < i; k++)
        seen |= c[k].interface == c[i].interface;
      lvm_slot **own = seen || c[i].derivation != NULL
                           ? NULL
                           : slots_in (library, c[i].interface);
      if (own == NULL)
        continue;
      const int rejected = try_interface (c[i].interface, own, c, n);
      status = status == 1 || rejected ? 1 : 0;
      free (own);
    }
  dlclose (library);
  return status;
}
