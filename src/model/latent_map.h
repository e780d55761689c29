/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_MODEL_LATENT_MAP_H
#define LVM_MODEL_LATENT_MAP_H

/* Maps of two latent numbers that leave a standard normal prior as it is (chapter 6).  A
   decoder that first undoes such a map gives every x the same p(x): map-evidence.  */

/* w = z turned by `turn' times |z| (radians), counter-clockwise: swirl-def.  The same with
   -turn undoes it.  w may be z.  */
void lvm_swirl (double turn, const double z[2], double w[2]);

/* w = z turned by an angle (radians), counter-clockwise.  w may be z.  */
void lvm_turn (double angle, const double z[2], double w[2]);

/* How far below ln p(x) the best Gaussian q with independent coordinates stays when the
   posterior is Gaussian with these two precisions along its axes, and they make this angle
   with the coordinates: turn-price, in nats.  It is zero at multiples of a right angle, and
   largest at 45 degrees.
   Given  precisions > 0; angle in radians  */
double lvm_turn_price (double first, double second, double angle);

#endif
