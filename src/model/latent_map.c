/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/latent_map.h"

#include <math.h>

void
lvm_turn (double angle, const double z[2], double w[2])
{
  const double c = cos (angle), s = sin (angle), a = z[0], b = z[1];
  w[0] = c * a - s * b;
  w[1] = s * a + c * b;
}

void
lvm_swirl (double turn, const double z[2], double w[2])
{
  lvm_turn (turn * hypot (z[0], z[1]), z, w);
}

double
lvm_turn_price (double first, double second, double angle)
{
  const double s = (first - second) * sin (2 * angle);
  return log1p (s * s / (4 * first * second)) / 2;
}
