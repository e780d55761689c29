/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_PROOFS_01_H
#define LVM_PROOFS_01_H

#include <stddef.h>

#include "harness/claim.h"

/* Urns: the smallest mixture.  An urn is drawn, then a ball from it.  All urns
   hold the same number of balls and have the same number of tickets in the
   draw, so every (ticket, ball) is equally likely, and every probability is a
   ratio of two counts.  */
typedef struct
{
  size_t K; /* urns: the components                          */
  size_t colours;
  const unsigned *balls; /* [K x colours] balls of each colour            */
  unsigned size;         /* balls in an urn, the same for all             */
  unsigned tickets;      /* of each urn in the draw                       */
  size_t x;              /* the colour that was seen                      */
} urns;

enum
{
  RESP_POSTERIOR,
  RESP_BAYES,
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
