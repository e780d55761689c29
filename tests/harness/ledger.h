/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_HARNESS_LEDGER_H
#define LVM_HARNESS_LEDGER_H

#include <jansson.h>

#include "harness/judge.h"

/* The ledger: what this build ran.  One JSON file a chapter,

     schema             1
     chapter            "01-responsibilities"
     seed               of the cases
     family_level       the chance of any false alarm among the statistical
     family_tests       claims, and how many tests share it
     claims [ label, kind, interface, file, line,
              cases, undrawn, comparisons, tests,
              worst, worst_what     the reference's largest error, as a
                                    fraction of its bound, and where
              passed
              sensitivity           null, or { perturbations, noticed }
              implementations [ name, named, outcome, margin, what ] ]
     mistakes [ name, interface, rejected_by, why, source, file, line ]

   outcome is accepted, rejected (by a finite margin), nan (only a NaN or an
   infinity gave it away), crash or timeout; margin is the largest finite error
   as a fraction of the bound; named: this claim is the one that the mistake
   names as its judge.

   Check runs every claim in a process of its own, so each leaves its entry in
   a file, and the parent gathers them.  */

json_t *ledger_claim (const check *, const verdict *reference);

void ledger_implementation (json_t *claim, const lvm_mistake *, int named,
                            const verdict *);

/* Where the entry of one claim waits to be gathered.  PATH_MAX bytes.  */
void ledger_part (const char *dir, const char *label, char path[]);

/* All entries, in the order of the checks, into dir/CHAPTER.json.
   Returned  the document; NULL where an entry is missing (named on stderr).  */
json_t *ledger_gather (const char *dir, const lvm_suite *, const check *, size_t n);

/* The claims with their errors, and the matrix claim x implementation.  */
void ledger_print (const json_t *document);

#endif
