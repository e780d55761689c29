/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_CLAIMS_DRAW_H
#define LVM_CLAIMS_DRAW_H

#include "harness/claim.h"

/* Cases that several chapters' claims draw.  */

/* Corners of a vector of logarithms.  */
enum
{
  ONE,        /* n = 1                                                       */
  TIES,       /* all equal, not zero                                         */
  DUPLICATES, /* two values, many times each                                 */
  FAR_BELOW,  /* near -745, where exp begins to underflow                    */
  FAR_ABOVE,  /* near +709, where exp is about to overflow                   */
  VERY_FAR,   /* near -10^6, differences of order one                        */
  SPREAD,     /* from -700 to 700                                            */
  IMPOSSIBLE, /* some, not all, are -inf                                     */
  NEAR_ZERO,  /* the result is close to 0                                    */
  LOG_CORNERS
};

/* l [*n], 1 <= *n <= 40, freed after the case.  corner: one of the above, or
   -1 for a random vector of a random scale.  */
double *draw_logs (lvm_judge *, int corner, size_t *n);

#endif
