/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "harness/ledger.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *const outcome_names[] = { [ACCEPTED] = "accepted",
                                             [REJECTED] = "rejected",
                                             [NOT_FINITE] = "nan",
                                             [CRASHED] = "crash",
                                             [TIMED_OUT] = "timeout" };

json_t *
ledger_claim (const check *c, const verdict *v)
{
  json_t *sensitivity = v->perturbations > 0
                            ? json_pack ("{si si}", "perturbations",
                                         v->perturbations, "noticed", v->noticed)
                            : json_null ();
  return json_pack (
      "{ss ss ss ss si si si si si sf ss sb so s[]}", "label", c->label, "kind",
      kind_names[c->kind], "interface", c->interface->name, "file", c->file, "line",
      c->line, "cases", v->cases, "undrawn", v->undrawn, "comparisons",
      v->comparisons, "tests", c->claim != NULL ? c->claim->tests : 0, "worst",
      v->worst, "worst_what", v->worst_what, "passed", v->outcome == ACCEPTED,
      "sensitivity", sensitivity, "implementations");
}

void
ledger_implementation (json_t *claim, const lvm_mistake *m, int named,
                       const verdict *v)
{
  json_array_append_new (json_object_get (claim, "implementations"),
                         json_pack ("{ss sb ss sf ss}", "name", m->name, "named",
                                    named, "outcome", outcome_names[v->outcome],
                                    "margin", v->worst, "what", v->worst_what));
}

void
ledger_part (const char *dir, const char *label, char path[])
{
  snprintf (path, PATH_MAX, "%s/%s.part", dir, label);
}

static json_t *
gather_claims (const char *dir, const check *c, size_t n)
{
  json_t *claims = json_array ();
  char path[PATH_MAX];
  for (size_t i = 0; i < n; i++)
    {
      ledger_part (dir, c[i].label, path);
      json_t *entry = json_load_file (path, 0, NULL);
      if (entry == NULL)
        {
          fprintf (stderr, "%s:%d: claim %s did not run\n", c[i].file, c[i].line,
                   c[i].label);
          json_decref (claims);
          return NULL;
        }
      unlink (path);
      json_array_append_new (claims, entry);
    }
  return claims;
}

static json_t *
gather_mistakes (void)
{
  json_t *all = json_array ();
  for (size_t i = 0; i < lvm_chapter_mistakes_count; i++)
    {
      const lvm_mistake *m = &lvm_chapter_mistakes[i];
      json_array_append_new (
          all, json_pack ("{ss ss ss ss ss? ss si}", "name", m->name, "interface",
                          m->interface->name, "rejected_by", m->rejected_by, "why",
                          m->why, "source", m->source, "file", m->file, "line",
                          m->line));
    }
  return all;
}

json_t *
ledger_gather (const char *dir, const lvm_suite *s, const check *c, size_t n)
{
  char path[PATH_MAX];
  json_t *claims = gather_claims (dir, c, n);
  if (claims == NULL)
    return NULL;
  json_t *doc = json_pack (
      "{si ss sI sf si so so}", "schema", 1, "chapter", s->chapter, "seed",
      (json_int_t) LVM_SEED, "family_level", LVM_FAMILY_LEVEL, "family_tests",
      LVM_FAMILY_TESTS, "claims", claims, "mistakes", gather_mistakes ());
  snprintf (path, sizeof path, "%s/%s.json", dir, s->chapter);
  if (json_dump_file (doc, path, JSON_INDENT (1) | JSON_REAL_PRECISION (6)) != 0)
    {
      fprintf (stderr, "%s: cannot be written\n", path);
      json_decref (doc);
      return NULL;
    }
  return doc;
}

static const char *
text (const json_t *object, const char *key)
{
  return json_string_value (json_object_get (object, key));
}

static void
print_claims (const json_t *claims)
{
  size_t i;
  json_t *c;
  printf ("%-26s %-11s %6s %11s %10s  %s\n", "claim", "kind", "cases",
          "comparisons", "worst/bound", "at");
  json_array_foreach (claims, i, c)
  {
    const json_t *s = json_object_get (c, "sensitivity");
    printf ("%-26s %-11s %6d %11d %10.3g  %s", text (c, "label"), text (c, "kind"),
            (int) json_integer_value (json_object_get (c, "cases")),
            (int) json_integer_value (json_object_get (c, "comparisons")),
            json_real_value (json_object_get (c, "worst")), text (c, "worst_what"));
    if (json_is_object (s))
      printf (" (%d of %d perturbations noticed)",
              (int) json_integer_value (json_object_get (s, "noticed")),
              (int) json_integer_value (json_object_get (s, "perturbations")));
    putchar ('\n');
  }
}

/* One character a cell: a digit is the decimal logarithm of the margin, at
   most 9; the claim that a mistake names has its cell in brackets.  */
static void
print_cell (const json_t *claim, const char *mistake)
{
  size_t i;
  json_t *m;
  char mark = ' ';
  int named = 0;
  json_array_foreach (json_object_get (claim, "implementations"), i, m)
  {
    if (strcmp (text (m, "name"), mistake) != 0)
      continue;
    const char *o = text (m, "outcome");
    const double digits =
        floor (log10 (json_real_value (json_object_get (m, "margin"))));
    mark = *o == 'a'   ? '.'
           : *o == 'r' ? (char) ('0' + (int) fmin (9, fmax (0, digits)))
                       : *o;
    named = json_is_true (json_object_get (m, "named"));
  }
  printf (named ? "[%c]" : " %c ", mark);
}

void
ledger_print (const json_t *doc)
{
  const json_t *claims = json_object_get (doc, "claims"),
               *mistakes = json_object_get (doc, "mistakes");
  size_t i, k;
  json_t *c, *m;
  print_claims (claims);
  printf (
      "\nmistake x claim (claims in the order above): . accepted, digit: rejected "
      "by 10^digit "
      "bounds, n: NaN or infinity, c: crash, t: time, [ ]: the claim it names\n");
  json_array_foreach (mistakes, i, m)
  {
    printf ("%-26s", text (m, "name"));
    json_array_foreach (claims, k, c) print_cell (c, text (m, "name"));
    putchar ('\n');
  }
}
