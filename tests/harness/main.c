/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The runner of one chapter's claims.

     claims-NN-name --list          label, kind, file, line of every claim
     claims-NN-name LEDGER_DIR      run them under Check, write the ledger
     claims-NN-name --try LIB.so    judge a reader's functions
     claims-NN-name --soak SECONDS [SEED]
                                    statistical claims with fresh draws, counted

   Exit: 0 all hold; 1 some do not; 2 usage; 77 (--try, --soak) nothing here to judge.  */

#include <check.h>
#include <gsl/gsl_errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "harness/judge.h"
#include "harness/ledger.h"
#include "harness/reader.h"
#include "harness/soak.h"

static const char *ledger_dir;
static check *checks;
static size_t n_checks;

/* Mistakes run everywhere in release; under the sanitizers, which are there for
   the reference's sake, each runs on the claim it names.  */
#ifdef __SANITIZE_ADDRESS__
enum
{
  NAMED_ONLY = 1,
  SECONDS = 120
};
#else
enum
{
  NAMED_ONLY = 0,
  SECONDS = 30
};
#endif

/* Empty where the claim does what it should on this mistake.  */
static const char *
complaint (const lvm_mistake *m, int named, const verdict *v)
{
  if (!named)
    return "";
  if (v->outcome == ACCEPTED)
    return "is not rejected";
  if (v->outcome != REJECTED && !m->not_finite)
    return "shows only as NaN, infinity or a crash: nothing is learned about the "
           "bound";
  return "";
}

/* Returned  how many mistakes this claim was shown to reject.  */
static int
judge_mistakes (const check *c, json_t *entry, char *trouble, size_t size)
{
  int rejected = 0;
  for (size_t i = 0; i < lvm_chapter_mistakes_count; i++)
    {
      const lvm_mistake *m = &lvm_chapter_mistakes[i];
      const int named = strcmp (m->rejected_by, c->label) == 0;
      if (m->interface != c->interface || (NAMED_ONLY && !named))
        continue;
      const void *ops = with_reference (m->interface, m->ops);
      verdict v = judge_in_child (c, ops, SECONDS);
      ledger_implementation (entry, m, named, &v);
      rejected += v.outcome != ACCEPTED;
      if (*complaint (m, named, &v) != '\0')
        snprintf (trouble, size, "%s:%d: mistake %s %s by claim %s", m->file,
                  m->line, m->name, complaint (m, named, &v), c->label);
      free (v.values);
      free ((void *) ops);
    }
  return rejected;
}

/* What is wrong with the claim on the reference; "" where nothing is.  */
static void
describe_failure (const verdict *v, char *how, size_t size)
{
  *how = '\0';
  if (v->outcome == REJECTED)
    snprintf (how, size, "does not hold: error %.3g times its bound at \"%s\"",
              v->worst, v->worst_what);
  else if (v->outcome == NOT_FINITE)
    snprintf (how, size, "yields NaN or infinity");
  else if (v->outcome != ACCEPTED)
    snprintf (how, size, "crashed or ran out of time");
  else if (v->comparisons == 0 || v->undrawn == v->cases)
    snprintf (how, size, "compared nothing");
  else if (v->noticed < v->perturbations)
    snprintf (how, size, "does not notice a disturbed line: %s", v->unnoticed);
}

START_TEST (claim_holds)
{
  const check *c = &checks[_i];
  char trouble[512] = "", how[160], path[PATH_MAX];
  verdict v = judge_in_child (c, c->interface->reference, SECONDS);
  json_t *entry = ledger_claim (c, &v);
  const int rejected = judge_mistakes (c, entry, trouble, sizeof trouble);
  describe_failure (&v, how, sizeof how);
  if (*how == '\0' && *trouble == '\0' && !NAMED_ONLY && rejected == 0
      && v.perturbations == 0)
    snprintf (how, sizeof how,
              "rejects no mistake, so nothing shows that it can fail");
  if (*how != '\0')
    snprintf (trouble, sizeof trouble, "%s:%d: claim %s %s", c->file, c->line,
              c->label, how);
  ledger_part (ledger_dir, c->label, path);
  ck_assert_msg (json_dump_file (entry, path, JSON_COMPACT) == 0,
                 "%s: cannot be written", path);
  json_decref (entry);
  free (v.values);
  ck_assert_msg (trouble[0] == '\0', "\n%s", trouble);
}
END_TEST

/* A mistake that names a claim there is not would never be judged.  */
START_TEST (mistake_names_a_claim)
{
  const lvm_mistake *m = &lvm_chapter_mistakes[_i];
  size_t i = 0;
  while (
      i < n_checks
      && (checks[i]
                  .interface != m->interface || strcmp (checks[i].label, m->rejected_by) != 0))
    i++;
  ck_assert_msg (i < n_checks,
                 "\n%s:%d: mistake %s names the claim %s, which its interface %s "
                 "does not have",
                 m->file, m->line, m->name, m->rejected_by, m->interface->name);
}
END_TEST

static int
run_suite (void)
{
  Suite *s = suite_create (lvm_chapter_suite.chapter);
  TCase *claims = tcase_create ("claims"), *mistakes = tcase_create ("mistakes");
  tcase_set_timeout (claims, 600);
  tcase_add_loop_test (claims, claim_holds, 0, (int) n_checks);
  tcase_add_loop_test (mistakes, mistake_names_a_claim, 0,
                       (int) lvm_chapter_mistakes_count);
  suite_add_tcase (s, claims);
  suite_add_tcase (s, mistakes);
  SRunner *r = srunner_create (s);
  srunner_run_all (r, CK_NORMAL);
  const int failed = srunner_ntests_failed (r);
  srunner_free (r);
  return failed;
}

static int
list (void)
{
  for (size_t i = 0; i < n_checks; i++)
    printf ("%s\t%s\t%s\t%d\n", checks[i].label, kind_names[checks[i].kind],
            checks[i].file, checks[i].line);
  return 0;
}

static int
run (void)
{
  const int failed = run_suite ();
  json_t *doc = ledger_gather (ledger_dir, &lvm_chapter_suite, checks, n_checks);
  if (doc == NULL)
    return 1;
  ledger_print (doc);
  json_decref (doc);
  return failed != 0;
}

int
main (int argc, char **argv)
{
  int status = 2;
  gsl_set_error_handler_off ();
  checks = checks_of (&lvm_chapter_suite, &n_checks);
  if (argc == 2 && strcmp (argv[1], "--list") == 0)
    status = list ();
  else if (argc == 3 && strcmp (argv[1], "--try") == 0)
    status = try_reader (argv[2], checks, n_checks);
  else if ((argc == 3 || argc == 4) && strcmp (argv[1], "--soak") == 0)
    status = soak (&lvm_chapter_suite, checks, n_checks, atof (argv[2]),
                   argc == 4 ? strtoul (argv[3], NULL, 10)
                             : (unsigned long) time (NULL) * 65536);
  else if (argc == 2)
    {
      ledger_dir = argv[1];
      status = run ();
    }
  else
    fprintf (
        stderr,
        "usage: %s --list | --try LIB.so | --soak SECONDS [SEED] | LEDGER_DIR\n",
        argv[0]);
  free (checks);
  return status;
}
