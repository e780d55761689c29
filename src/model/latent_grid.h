/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_MODEL_LATENT_GRID_H
#define LVM_MODEL_LATENT_GRID_H

#include <stddef.h>

/* A grid over two latent numbers with a standard normal prior (chapter 6): side x side
   points, the middles of square cells that fill [-reach, reach]^2.  A function on it is an
   array [side x side], the first latent number along the rows.

   Sums over the grid times the area of a cell are the trapezoidal rule.  For Gaussians of
   deviation sigma >= step its error is below 1e-8 of the integral, and falls like
   exp(-2 pi^2 sigma^2 / step^2); what lies beyond the reach is missing: with reach 6 it is
   4e-9 of the prior.  */
typedef struct
{
  size_t side;  /* >= 1 */
  double reach; /* > 0  */
} lvm_latent_grid;

/* The width of a cell, and the i-th coordinate, 0 <= i < side.  */
double lvm_latent_step (const lvm_latent_grid *g);
double lvm_latent_at (const lvm_latent_grid *g, size_t i);

/* Returned  z [side x side x 2], all points, for a decoder.  */
void lvm_latent_points (const lvm_latent_grid *g, double z[]);

/* ln p(x) = ln int p(z) p(x | z) dz, in nats: vae-exact.
   Given     log_likelihood [side x side]: ln p(x | z) at the points
   Returned  posterior [side x side], the probability of each cell given x, of sum one;
             or NULL: not wanted
   Cost      side^2 exponentials, twice with posterior  */
double lvm_latent_evidence (const lvm_latent_grid *g, const double log_likelihood[],
                            double posterior[]);

/* The aggregate (1/N) sum_n N(z | mean_n, diag exp log_variance_n) at the points:
   agg-def.
   Given     N >= 1; mean, log_variance [N x 2]
   Returned  density [side x side]
   Cost      2 N side exponentials, N side^2 products (BLAS); allocates some 512 side
             numbers  */
void lvm_latent_aggregate (const lvm_latent_grid *g, size_t N, const double mean[],
                           const double log_variance[], double density[]);

/* int density ln (density / prior), in nats.
   Given     density [side x side]: of a distribution whose mass the grid holds  */
double lvm_latent_divergence (const lvm_latent_grid *g, const double density[]);

/* - int density ln density, in nats.  */
double lvm_latent_entropy (const lvm_latent_grid *g, const double density[]);

/* The hole of a density: the points where it is below `ratio' times the prior.
   Returned  the prior's mass of the hole; *own: the density's  */
double lvm_latent_hole (const lvm_latent_grid *g, const double density[],
                        double ratio, double *own);

#endif
