/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "harness/reader.h"

#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum
{
  SECONDS = 20
};

/* How like a known mistake the reader's program is: of all comparisons over the
   claims of the interface, those that the reader got wrong, those that the mistake
   got wrong, and those in which both are wrong with the same value.  */
typedef struct
{
  size_t wrong;
  size_t *mistaken, *shared; /* [mistakes] */
} likeness;

static int
same (double a, double b)
{
  if (!isfinite (a) || !isfinite (b))
    return isnan (a) ? isnan (b) : a == b;
  return fabs (a - b) <= 1e-6 * fmax (fabs (a), fabs (b)) + 1e-300;
}

static void
compare (const verdict *reader, const verdict *mistake, size_t *mistaken,
         size_t *shared)
{
  for (size_t i = 0; i < mistake->n_values; i++)
    {
      const judged_value *m = &mistake->values[i], *r = &reader->values[i];
      *mistaken += m->wrong ? 1 : 0;
      if (i < reader->n_values && m->wrong && r->wrong && same (m->value, r->value))
        ++*shared;
    }
}

static void
liken (const check *c, const verdict *reader, likeness *l)
{
  for (size_t i = 0; i < reader->n_values; i++)
    l->wrong += reader->values[i].wrong ? 1 : 0;
  for (size_t i = 0; i < lvm_chapter_mistakes_count; i++)
    {
      const lvm_mistake *m = &lvm_chapter_mistakes[i];
      if (m->interface != c->interface)
        continue;
      const void *ops = with_reference (m->interface, m->ops);
      verdict v = judge_in_child (c, ops, SECONDS);
      compare (reader, &v, &l->mistaken[i], &l->shared[i]);
      free (v.values);
      free ((void *) ops);
    }
}

/* Shared wrong values as a part of all wrong values of the two.  */
static double
overlap (const likeness *l, size_t i)
{
  const size_t all = l->wrong + l->mistaken[i] - l->shared[i];
  return all == 0 ? 0 : (double) l->shared[i] / (double) all;
}

/* A mistake is named when the two are wrong in the same places, with the same values,
   nine times in ten.  */
static void
name_the_mistake (const likeness *l)
{
  size_t best = 0;
  for (size_t i = 1; i < lvm_chapter_mistakes_count; i++)
    if (overlap (l, i) > overlap (l, best))
      best = i;
  const lvm_mistake *m = &lvm_chapter_mistakes[best];
  if (lvm_chapter_mistakes_count == 0 || overlap (l, best) < 0.9)
    {
      printf ("This is none of the mistakes the book knows.\n");
      return;
    }
  printf (
      "This is the mistake \"%s\": it has %zu of your %zu wrong values.\n  %s\n",
      m->name, l->shared[best], l->wrong, m->why);
  if (m->source != NULL)
    printf ("  It was published: %s\n", m->source);
}

/* Fewer comparisons than the reference made: the claim could not ask all it wanted to.  */
static void
must_answer (const check *c, verdict *v)
{
  verdict reference = judge_in_child (c, c->interface->reference, SECONDS);
  if (v->outcome == ACCEPTED && 10 * v->comparisons < 9 * reference.comparisons)
    {
      v->outcome = REJECTED;
      snprintf (v->worst_what, sizeof v->worst_what, "answered %d of %d questions",
                v->comparisons, reference.comparisons);
    }
  free (reference.values);
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
  const size_t room = lvm_chapter_mistakes_count + 1;
  likeness l = { 0, calloc (room, sizeof (size_t)),
                 calloc (room, sizeof (size_t)) };
  const void *ops = with_reference (face, own);
  for (size_t i = 0; i < n; i++)
    if (c[i].interface == face && concerns (&c[i], own))
      {
        verdict v = judge_in_child (&c[i], ops, SECONDS);
        must_answer (&c[i], &v);
        rejected += report (&c[i], &v);
        liken (&c[i], &v, &l);
        free (v.values);
        if (v.outcome == TIMED_OUT)
          {
            printf ("  (the other claims are not tried)\n");
            break;
          }
      }
  if (rejected > 0)
    name_the_mistake (&l);
  else
    printf ("Every claim accepts it.\n");
  free (l.mistaken);
  free (l.shared);
  free ((void *) ops);
  return rejected > 0;
}

/* Slot by slot, so that two mistakes in one file get two names.
   Returned  77 where the library has none of the interface's slots, else 1 or 0 as
   some claim rejects or none.  */
static int
try_slots (void *library, const lvm_interface *face, const check *c, size_t n)
{
  int status = 77;
  for (size_t i = 0; i < face->n; i++)
    {
      void *symbol = dlsym (library, face->slot[i]);
      if (symbol == NULL)
        continue;
      lvm_slot **own = calloc (face->n, sizeof *own);
      memcpy (&own[i], &symbol, sizeof symbol);
      printf ("Judging your %s:\n", face->slot[i]);
      const int rejected = try_interface (face, own, c, n);
      status = status == 1 || rejected ? 1 : 0;
      free (own);
    }
  return status;
}

/* A library runs code while it is loaded, so it is loaded in a child first.  */
static int
loads (const char *path)
{
  int fd[2];
  char answer = 0;
  fflush (NULL);
  if (pipe (fd) != 0)
    return 0;
  const pid_t pid = fork ();
  if (pid == 0)
    {
      limit_child (5);
      void *library = dlopen (path, RTLD_NOW | RTLD_LOCAL);
      if (library == NULL)
        fprintf (stderr, "%s\n", dlerror ());
      else if (write (fd[1], "y", 1) != 1)
        abort ();
      _exit (0);
    }
  close (fd[1]);
  const int whole = read (fd[0], &answer, 1) == 1;
  close (fd[0]);
  waitpid (pid, NULL, 0);
  return whole && answer == 'y';
}

int
try_reader (const char *path, const check *c, size_t n)
{
  void *library = loads (path) ? dlopen (path, RTLD_NOW | RTLD_LOCAL) : NULL;
  int status = 77;
  if (library == NULL)
    {
      fprintf (stderr, "The compiled file could not be loaded.\n");
      return 2;
    }
  for (size_t i = 0; i < n; i++)
    {
      int seen = c[i].derivation != NULL;
      for (size_t k = 0; k < i; k++)
        seen |= c[k].interface == c[i].interface;
      const int own = seen ? 77 : try_slots (library, c[i].interface, c, n);
      status = own == 77 ? status : status == 1 || own == 1 ? 1 : 0;
    }
  dlclose (library);
  return status;
}
