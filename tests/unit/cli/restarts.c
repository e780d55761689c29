/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/restarts.h"

#include "../unit.h"

#include <math.h>

static lvm_error error;
static char folder[64], trace[256], model[256], text[4096];

/* A fit of three restarts of ten points.  */
static lvm_mixture_options
begin (void)
{
  unit_make_folder (folder);
  unit_path (trace, folder, "trace");
  unit_path (model, folder, "model");
  error = (lvm_error){ 0 };
  return (lvm_mixture_options){ .program = "mix fit",
                                .restarts = 3,
                                .tolerance = 0.1,
                                .iterations = 4,
                                .seed = 7,
                                .trace = trace,
                                .model = model };
}

/* Runs through objectives, of which NaN says that the restart is degenerate; a restart
   ends there or by the test.  Value: how many were used.  */
static size_t
run (lvm_restarts *r, const double objectives[])
{
  for (size_t t = 0;; t++)
    {
      if (isnan (objectives[t]))
        {
          ck_assert (!lvm_restarts_better (r, false));
          return t;
        }
      r->now.objective = objectives[t];
      r->now.log_likelihood = 2 * objectives[t];
      if (lvm_restarts_test (r, t))
        return t;
    }
}

/* Ten points and a tolerance of 0.1: a change of 1 is enough.  */
START_TEST (the_best_is_kept)
{
  static const double first[] = { -100, -50, -48.5, -47.5 },
                      second[] = { -90, NAN },
                      third[] = { -100, -50, -40, -30, -20, 0 };
  const lvm_mixture_options o = begin ();
  lvm_restarts r;
  ck_assert_int_eq (lvm_restarts_open (&r, &o, 10, &error), LVM_OK);

  ck_assert (lvm_restarts_next (&r));
  ck_assert_uint_eq (run (&r, first), 3);
  ck_assert (lvm_restarts_better (&r, true));
  ck_assert (r.best.converged);
  ck_assert (lvm_restarts_next (&r));
  ck_assert_uint_eq (run (&r, second), 1);
  ck_assert_double_eq (r.best.objective, -47.5);
  ck_assert (lvm_restarts_next (&r));
  ck_assert_uint_eq (run (&r, third), 4);
  ck_assert (lvm_restarts_better (&r, true));
  ck_assert (!lvm_restarts_next (&r));

  ck_assert_double_eq (r.best.objective, -20);
  ck_assert_double_eq (r.best.log_likelihood, -40);
  ck_assert_uint_eq (r.best.iterations, 4);
  ck_assert (!r.best.converged);
  ck_assert_uint_eq (r.best.seed, 7);
  ck_assert_uint_eq (r.degenerate, 1);
  ck_assert_int_eq (lvm_restarts_check (&r, "", &error), LVM_OK);
  ck_assert_int_eq (lvm_restarts_commit (&r, &error), LVM_OK);
  ck_assert_str_eq (unit_read (trace, text),
                    "# restart\titeration\tlog_likelihood\tobjective\n"
                    "1\t0\t-200\t-100\n1\t1\t-100\t-50\n1\t2\t-97\t-48.5\n"
                    "1\t3\t-95\t-47.5\n"
                    "\n\n2\t0\t-180\t-90\n"
                    "\n\n3\t0\t-200\t-100\n3\t1\t-100\t-50\n3\t2\t-80\t-40\n"
                    "3\t3\t-60\t-30\n3\t4\t-40\t-20\n");
  ck_assert_int_eq (unit_count_files (folder), 2);
  unit_remove_folder (folder);
}
END_TEST

/* An objective may begin at -inf, and the first restart that ends well is kept
   whatever its objective.  */
START_TEST (objectives_of_minus_infinity)
{
  static const double objectives[] = { -INFINITY, -INFINITY, -50, -50 };
  lvm_mixture_options o = begin ();
  lvm_restarts r;
  lvm_restarts_open (&r, &o, 10, &error);
  lvm_restarts_next (&r);
  ck_assert_uint_eq (run (&r, objectives), 3);
  lvm_restarts_better (&r, false);
  o.iterations = 0;
  lvm_restarts_next (&r);
  ck_assert_uint_eq (run (&r, objectives), 0);
  ck_assert (lvm_restarts_better (&r, true));
  lvm_restarts_next (&r);
  run (&r, objectives);
  ck_assert (!lvm_restarts_better (&r, true));
  lvm_restarts_discard (&r);
  ck_assert_int_eq (unit_count_files (folder), 0);
  unit_remove_folder (folder);
}
END_TEST

START_TEST (tolerance_zero_makes_all_iterations)
{
  static const double same[] = { -5, -5, -5, -5, -5, -5 };
  lvm_mixture_options o = begin ();
  lvm_restarts r;
  o.tolerance = 0;
  lvm_restarts_open (&r, &o, 10, &error);
  lvm_restarts_next (&r);
  ck_assert_uint_eq (run (&r, same), 4);
  ck_assert (!r.now.converged);
  lvm_restarts_discard (&r);
  unit_remove_folder (folder);
}
END_TEST

START_TEST (how_many_restarts)
{
  lvm_mixture_options o = { .how = 0 };
  lvm_restarts r;
  error = (lvm_error){ 0 };
  lvm_restarts_open (&r, &o, 10, &error);
  ck_assert_uint_eq (r.count, 10);
  o.how = -1;
  lvm_restarts_open (&r, &o, 10, &error);
  ck_assert_uint_eq (r.count, 1);
  o.restarts = 4;
  lvm_restarts_open (&r, &o, 10, &error);
  ck_assert_uint_eq (r.count, 4);
  o.model = "/no/such/folder/x";
  ck_assert_int_eq (lvm_restarts_open (&r, &o, 10, &error), LVM_DATA);
  lvm_restarts_discard (&r);
}
END_TEST

/* The trace is written all the same, and is whole; nothing else is.  */
START_TEST (every_restart_degenerate)
{
  static const double bad[] = { -1, NAN };
  for (int format = LVM_TSV; format <= LVM_JSON; format++)
    {
      lvm_mixture_options o = begin ();
      lvm_restarts r;
      o.format = format;
      o.restarts = format == LVM_TSV ? 2 : 1;
      lvm_restarts_open (&r, &o, 10, &error);
      while (lvm_restarts_next (&r))
        run (&r, bad);
      ck_assert_int_eq (lvm_restarts_check (&r, "why", &error), LVM_FAILED);
      ck_assert_str_eq (
          error.message,
          format == LVM_TSV
              ? "every restart ended in a degenerate fit: why (seed 7)"
              : "the fit is degenerate: why (seed 7)");
      lvm_restarts_discard (&r);
      ck_assert_int_eq (unit_count_files (folder), 1);
      ck_assert_str_eq (
          unit_read (trace, text),
          format == LVM_TSV
              ? "# "
                "restart\titeration\tlog_likelihood\tobjective\n1\t0\t-2\t-1\n\n\n"
                "2\t0\t-2\t-1\n"
              : "{\"columns\": [\"restart\", \"iteration\", \"log_likelihood\", "
                "\"objective\"],\n \"rows\": [\n  [1, 0, -2, -1]\n]}\n");
      unit_remove_folder (folder);
    }
}
END_TEST

static const char *
sentence (const lvm_restarts *r)
{
  char path[256];
  FILE *file = fopen (unit_path (path, folder, "err"), "w");
  const int saved = unit_redirect (STDERR_FILENO, fileno (file));
  error = (lvm_error){ 0 };
  lvm_restarts_say (r, &error);
  unit_restore (STDERR_FILENO, saved);
  fclose (file);
  return unit_read (path, text);
}

START_TEST (what_is_said)
{
  lvm_mixture_options o = begin ();
  lvm_restarts r = { .o = &o, .count = 1, .best = { -12.5, -13.5, 1, true, 7 } };
  ck_assert_str_eq (sentence (&r),
                    "mix fit: log-likelihood -12.5, 1 iteration, converged, 0 of 1 "
                    "restart degenerate, seed 7\n");
  ck_assert_int_eq (error.status, LVM_OK);
  o.regularise = 1;
  r.best.converged = false;
  r.best.iterations = 4;
  r.count = 3;
  ck_assert_str_eq (sentence (&r),
                    "mix fit: log-likelihood -12.5, objective -13.5, 4 iterations, "
                    "not converged, 0 of 3 restarts degenerate, seed 7\n");
  ck_assert_int_eq (error.status, LVM_FAILED);
  ck_assert_str_eq (error.message, "no convergence within 4 iterations: what was "
                                   "written is as far as they went");
  o.tolerance = 0;
  ck_assert_ptr_nonnull (strstr (sentence (&r), "as many as asked for"));
  ck_assert_int_eq (error.status, LVM_OK);
  unit_remove_folder (folder);
}
END_TEST

UNIT_MAIN ("cli/restarts", the_best_is_kept, objectives_of_minus_infinity,
           tolerance_zero_makes_all_iterations, how_many_restarts,
           every_restart_degenerate, what_is_said)
