/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/restarts.h"

#include <math.h>

int
lvm_restarts_open (lvm_restarts *r, const lvm_mixture_options *o, size_t N,
                   lvm_error *error)
{
  static const char *const names[] = { "restart", "iteration", "log_likelihood",
                                       "objective" };
  *r = (lvm_restarts){ .o = o, .N = N, .count = o->restarts };
  if (r->count == 0)
    r->count = o->how < 0 ? 1 : LVM_MIXTURE_DEFAULT_RESTARTS;
  if (o->model != NULL)
    r->model = lvm_output_open (o->model, error);
  if (error->status == LVM_OK && o->responsibilities != NULL)
    r->responsibilities = lvm_output_open (o->responsibilities, error);
  if (error->status == LVM_OK && o->trace != NULL)
    r->trace = lvm_output_open (o->trace, error);
  if (r->trace != NULL)
    lvm_table_begin (&r->table, r->trace, (lvm_format) o->format, 4, names);
  return error->status;
}

bool
lvm_restarts_next (lvm_restarts *r)
{
  if (r->begun == 0)
    lvm_progress_begin (&r->progress, "fit");
  if (r->begun == r->count)
    {
      lvm_progress_end (&r->progress);
      return false;
    }
  r->begun++;
  return true;
}

/* How far this restart has come: by iterations, or, as the changes of the objective
   shrink by about the same factor each time, by their logarithm.  */
static void
show_progress (lvm_restarts *r, size_t t, double change, double goal)
{
  double share = (double) t / (double) r->o->iterations;
  if (t == 1)
    r->first_change = change;
  if (t > 1 && goal > 0 && change < r->first_change)
    share =
        fmax (share, log (r->first_change / change) / log (r->first_change / goal));
  lvm_progress_update (&r->progress, ((double) (r->begun - 1) + fmin (share, 1))
                                         / (double) r->count);
}

static void
write_trace (lvm_restarts *r, size_t t)
{
  if (r->trace == NULL)
    return;
  if (t == 0 && r->begun > 1)
    lvm_table_block (&r->table);
  lvm_table_number (&r->table, (double) r->begun);
  lvm_table_number (&r->table, (double) t);
  lvm_table_number (&r->table, r->now.log_likelihood);
  lvm_table_number (&r->table, r->now.objective);
}

bool
lvm_restarts_test (lvm_restarts *r, size_t t)
{
  const double enough = r->o->tolerance * (double) r->N,
               change = t == 0 ? INFINITY : fabs (r->now.objective - r->previous);
  write_trace (r, t);
  r->now.iterations = t;
  r->now.converged = enough > 0 && change <= enough;
  r->now.seed = r->o->seed;
  if (r->now.converged || t == r->o->iterations)
    return true;
  show_progress (r, t, change, enough);
  r->previous = r->now.objective;
  return false;
}

bool
lvm_restarts_better (lvm_restarts *r, bool well)
{
  const bool first = r->degenerate == r->begun - 1;
  if (!well)
    r->degenerate++;
  if (!well || !(first || r->now.objective > r->best.objective))
    return false;
  r->best = r->now;
  return true;
}

static int
commit (lvm_output **output, lvm_error *error)
{
  lvm_output *finished = *output;
  *output = NULL;
  return finished == NULL ? LVM_OK : lvm_output_commit (finished, error);
}

static int
commit_trace (lvm_restarts *r, lvm_error *error)
{
  if (r->trace != NULL && lvm_table_end (&r->table, error) != LVM_OK)
    return error->status;
  return commit (&r->trace, error);
}

int
lvm_restarts_check (lvm_restarts *r, const char *why, lvm_error *error)
{
  if (r->degenerate < r->count)
    return LVM_OK;
  lvm_fail (error, LVM_FAILED, "%s: %s (seed %zu)",
            r->count == 1 ? "the fit is degenerate"
                          : "every restart ended in a degenerate fit",
            why, r->o->seed);
  commit_trace (r, error);
  return error->status;
}

int
lvm_restarts_commit (lvm_restarts *r, lvm_error *error)
{
  if (error->status == LVM_OK && commit_trace (r, error) == LVM_OK
      && commit (&r->responsibilities, error) == LVM_OK)
    commit (&r->model, error);
  return error->status;
}

int
lvm_restarts_say (const lvm_restarts *r, lvm_error *error)
{
  const lvm_mixture_record *best = &r->best;
  fprintf (stderr, "%s: log-likelihood %.10g", r->o->program, best->log_likelihood);
  if (r->o->regularise > 0)
    fprintf (stderr, ", objective %.10g", best->objective);
  fprintf (stderr,
           ", %zu iteration%s, %s, %zu of %zu restart%s degenerate, seed %zu\n",
           best->iterations, best->iterations == 1 ? "" : "s",
           best->converged        ? "converged"
           : r->o->tolerance == 0 ? "as many as asked for"
                                  : "not converged",
           r->degenerate, r->count, r->count == 1 ? "" : "s", r->o->seed);
  if (best->converged || r->o->tolerance == 0)
    return LVM_OK;
  return lvm_fail (error, LVM_FAILED,
                   "no convergence within %zu iterations: what was written is as "
                   "far as they went",
                   r->o->iterations);
}

void
lvm_restarts_discard (lvm_restarts *r)
{
  lvm_output_discard (r->model);
  lvm_output_discard (r->responsibilities);
  lvm_output_discard (r->trace);
}
