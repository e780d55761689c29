/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_CLI_RESTARTS_H
#define LVM_CLI_RESTARTS_H

#include "cli/mixture.h"
#include "cli/progress.h"
#include "model/mixture_file.h"

/* The bookkeeping of a fit: which restart is the best, what is written of each, when
   it has converged, what is said at the end.  The fit itself is the program's:

     while (lvm_restarts_next (r))
       {
         initialise
         for (size_t t = 0;; t++)
           {
             E-step -> r->now.log_likelihood, r->now.objective
             if (lvm_restarts_test (r, t))
               break;
             M-step
           }
         if (lvm_restarts_better (r, well))
           copy the mixture
       }  */
typedef struct
{
  const lvm_mixture_options *o;
  size_t N;
  size_t count;      /* R */
  size_t begun;      /* how many have been */
  size_t degenerate; /* how many of them count for nothing */
  lvm_mixture_record now, best;
  double previous;                              /* objective, in this restart */
  double first_change;                          /* of it */
  lvm_output *model, *responsibilities, *trace; /* NULL: not asked for */
  lvm_table_writer table;                       /* of the trace */
  lvm_progress progress;
} lvm_restarts;

/* Opens the outputs: before the work, so that a wrong path shows at once.
   Given     o stays the caller's; N
   Returned  r, to be released with lvm_restarts_discard, after a failure too.  */
int lvm_restarts_open (lvm_restarts *r, const lvm_mixture_options *o, size_t N,
                       lvm_error *error);

/* The next restart.  Value: false after the last.  */
bool lvm_restarts_next (lvm_restarts *r);

/* The test after the E-step of iteration t, of which a row goes to the trace.
   Given  r->now: log_likelihood, objective
   Value  whether the restart ends here: the objective changed by no more than
          N tolerance, or all iterations were made.  */
bool lvm_restarts_test (lvm_restarts *r, size_t t);

/* The end of a restart.
   Given  well: false where it is degenerate
   Value  whether it is the best so far, by the objective.  */
bool lvm_restarts_better (lvm_restarts *r, bool well);

/* After the last.  Where all were degenerate, the trace is written, which shows how
   it went.
   Given   why: how it can come to that, and what to try
   Status  LVM_FAILED where all were degenerate.  */
int lvm_restarts_check (lvm_restarts *r, const char *why, lvm_error *error);

/* Finishes the outputs, where nothing has gone wrong so far.  */
int lvm_restarts_commit (lvm_restarts *r, lvm_error *error);

/* One sentence on stderr about the best.
   Status  LVM_FAILED where it did not converge.  */
int lvm_restarts_say (const lvm_restarts *r, lvm_error *error);

/* Gives up what is not committed.  */
void lvm_restarts_discard (lvm_restarts *r);

#endif
