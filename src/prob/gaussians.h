/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_PROB_GAUSSIANS_H
#define LVM_PROB_GAUSSIANS_H

#include <stddef.h>

/* Gaussians over D numbers, made from D standard normal ones (chapter 4):

     diagonal  z_d = mean_d + sigma_d eps_d
     full      z = mean + L eps,  covariance L L'

   L is lower triangular with a positive diagonal ([D x D], zeros above), as lvm_cholesky
   makes it; sigma_d > 0.  The density of the full one is in prob/gaussian.h.  */

/* --- diagonal ------------------------------------------------------------------ */

/* Given  mean, sigma, eps [D].  Returned  z [D], which may be eps.  */
void lvm_diagonal_transform (size_t D, const double mean[], const double sigma[],
                             const double eps[], double z[]);

/* ln N(z | mean, diag sigma^2), in nats.  */
double lvm_diagonal_log_density (size_t D, const double mean[],
                                 const double sigma[], const double z[]);

/* The scores with respect to the means and to the deviations.
   Returned  by_mean [D], by_sigma [D] */
void lvm_diagonal_score (size_t D, const double mean[], const double sigma[],
                         const double z[], double by_mean[], double by_sigma[]);

/* H = sum_d ln sigma_d + D/2 ln (2 pi e), in nats.  */
double lvm_diagonal_entropy (size_t D, const double sigma[]);

/* KL(N(mean, sigma^2), N(other_mean, other_sigma^2)), in nats.  */
double lvm_diagonal_kl (size_t D, const double mean[], const double sigma[],
                        const double other_mean[], const double other_sigma[]);

/* --- full ------------------------------------------------------------------------ */

/* z = mean + L eps: grad-cholesky.
   Given     mean, eps [D]; l [D x D]
   Returned  z [D], not eps */
void lvm_full_transform (size_t D, const double mean[], const double l[],
                         const double eps[], double z[]);

/* One sample's pathwise gradient with respect to L: slope_i eps_j on and below the
   diagonal, zero above.  That with respect to the mean is the slope itself.
   Given     slope [D], the gradient of f at z; eps [D]
   Returned  by_l [D x D] */
void lvm_full_pathwise (size_t D, const double slope[], const double eps[],
                        double by_l[]);

/* The scores of one z: L^-T y and, on and below the diagonal, (L^-T y)_i y_j -
   [i = j] / L_ii, where L y = z - mean.
   Given     mean, z [D]; l [D x D]
   Returned  by_mean [D], by_l [D x D]; work [D] is overwritten (y) */
void lvm_full_score (size_t D, const double mean[], const double l[],
                     const double z[], double by_mean[], double by_l[],
                     double work[]);

/* H = sum_d ln L_dd + D/2 ln (2 pi e), in nats.  */
double lvm_full_entropy (size_t D, const double l[]);

/* KL(N(mean, L L'), N(other_mean, M M')), in nats.
   Given     work [D x D + D], overwritten
   Cost      D^3 / 6 products */
double lvm_full_kl (size_t D, const double mean[], const double l[],
                    const double other_mean[], const double m[], double work[]);

#endif
