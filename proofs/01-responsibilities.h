/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_PROOFS_01_H
#define LVM_PROOFS_01_H

#include <stddef.h>

#include "harness/claim.h"

/* Urns: the smallest mixture.  An urn is drawn by ticket, then a ball from it.
   All urns hold the same number of balls, so every (ticket, ball) is equally
   likely, and every probability is a ratio of two counts.  The prior is uniform
   where all urns have the same number of tickets.  */
typedef struct
{
  size_t K; /* urns: the components                          */
  size_t colours;
  const unsigned *balls;   /* [K x colours] balls of each colour            */
  unsigned size;           /* balls in an urn, the same for all             */
  const unsigned *tickets; /* [K] of each urn in the draw */
  size_t x;                /* the colour that was seen                      */
} urns;

/* Bayes' rule, with any prior.  */
enum
{
  BAYES_POSTERIOR,
  BAYES_RULE,
  BAYES_LINES
};
extern const lvm_interface bayes_lines;
extern const char *const bayes_labels[BAYES_LINES];

/* What follows under the uniform prior.  */
enum
{
  RESP_POSTERIOR,
  RESP_FACTOR,
  RESP_RATIO,
  RESP_SOFTMAX,
  RESP_STABLE,
  RESP_LINES
};
extern const lvm_interface posterior_lines;
extern const char *const posterior_labels[RESP_LINES];

enum
{
  EVIDENCE_DEF,
  EVIDENCE_UNIFORM,
  EVIDENCE_LSE,
  EVIDENCE_LINES
};
extern const lvm_interface evidence_lines;
extern const char *const evidence_labels[EVIDENCE_LINES];

#endif
