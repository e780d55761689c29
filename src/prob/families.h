/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_PROB_FAMILIES_H
#define LVM_PROB_FAMILIES_H

#include <gsl/gsl_rng.h>
#include <stddef.h>

/* Families of distributions over one number, q(z | phi), and how their samples are
   made from noise that knows no parameter (chapter 4):

     z = g (eps, phi),   eps from the family's base

     family       phi                  base                 g
     gaussian     mean, deviation      standard normal      phi0 + phi1 eps
     logistic     location, scale      standard logistic    phi0 + phi1 eps
     exponential  mean                 exponential, mean 1  phi0 eps
     weibull      scale, shape         exponential, mean 1  phi0 eps^(1 / phi1)
     log-normal   of ln z: mean, dev.  standard normal      exp (phi0 + phi1 eps)
     bernoulli    P (z = 1)            none                 none

   Every scale, shape and deviation is positive, 0 < P < 1.  All functions take
   arrays; the family is looked at once a call, never once a number.  For noise that
   knows the parameters differentiably there is no g of a Bernoulli variable: z jumps.

   D independent numbers, and D dependent Gaussian ones: prob/gaussians.h.  One of K
   outcomes: prob/categorical.h.  */
typedef enum
{
  LVM_GAUSSIAN,
  LVM_LOGISTIC,
  LVM_EXPONENTIAL,
  LVM_WEIBULL,
  LVM_LOG_NORMAL,
  LVM_BERNOULLI,
  LVM_FAMILIES
} lvm_family;

enum
{
  LVM_MOST_PARAMETERS = 2
};

extern const char
    *const lvm_family_names[]; /* [LVM_FAMILIES + 1], ends with NULL */

/* "mean", "scale", ...: the name of parameter i, or NULL where the family has none.  */
const char *lvm_family_parameter (lvm_family f, size_t i);

/* How many parameters: 1 or 2.  */
size_t lvm_family_parameters (lvm_family f);

/* 1 where phi is one of the family's, else 0.  Given  phi [parameters].  */
int lvm_family_valid (lvm_family f, const double phi[]);

/* 1 where the family has a g, that is all but the Bernoulli.  */
int lvm_family_reparameterised (lvm_family f);

/* Noise from the family's base; for the Bernoulli family uniform numbers in [0, 1).
   Given     rng
   Returned  eps [n] */
void lvm_family_base (lvm_family f, size_t n, gsl_rng *rng, double eps[]);

/* ln p(eps) of the base, in nats: -inf outside its support.
   Given     eps [n]
   Returned  l [n], which may be eps */
void lvm_family_base_log_density (lvm_family f, size_t n, const double eps[],
                                  double l[]);

/* z = g (eps, phi): grad-base.  For the Bernoulli family z = [eps < phi0], a sampler
   that is no reparameterisation.
   Given     phi, eps [n]
   Returned  z [n], which may be eps */
void lvm_family_transform (lvm_family f, const double phi[], size_t n,
                           const double eps[], double z[]);

/* dg / dphi_i.
   Given     phi, i < parameters; eps [n] and z [n] = g (eps, phi)
   Returned  dz [n], which may be eps or z; zeros for the Bernoulli family, whose
             sampler is flat wherever it does not jump */
void lvm_family_tangent (lvm_family f, const double phi[], size_t i, size_t n,
                         const double eps[], const double z[], double dz[]);

/* ln q(z | phi), in nats: -inf outside the support.
   Given     phi, z [n]
   Returned  l [n], which may be z */
void lvm_family_log_density (lvm_family f, const double phi[], size_t n,
                             const double z[], double l[]);

/* The score d ln q(z | phi) / dphi_i: score-def.
   Given     phi, i < parameters; z [n], in the support
   Returned  s [n], which may be z */
void lvm_family_score (lvm_family f, const double phi[], size_t i, size_t n,
                       const double z[], double s[]);

/* H(q) = E[-ln q], in nats: differential entropy, which depends on the unit of z, or
   that of a coin.  */
double lvm_family_entropy (lvm_family f, const double phi[]);

/* KL(q(. | phi), q(. | other)) of two members of one family, in nats; NaN for the
   logistic family, where no closed form is known.  */
double lvm_family_kl (lvm_family f, const double phi[], const double other[]);

#endif
