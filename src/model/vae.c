/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/vae.h"

const char *const lvm_activation_names[] = { "tanh", "relu", NULL };

lvm_vae_places
lvm_vae_place (lvm_vae_shape s)
{
  lvm_vae_places p = { .W1 = 0 };
  p.b1 = p.W1 + s.D * s.H;
  p.Wm = p.b1 + s.H;
  p.bm = p.Wm + s.H * s.L;
  p.Ws = p.bm + s.L;
  p.bs = p.Ws + s.H * s.L;
  p.W2 = p.bs + s.L;
  p.b2 = p.W2 + s.L * s.H;
  p.W3 = p.b2 + s.H;
  p.b3 = p.W3 + s.H * s.D;
  p.n = p.b3 + s.D;
  return p;
}

typedef float real;
#define MATRIX(name) gsl_matrix_float_##name
#define GEMM gsl_blas_sgemm
#include "model/vae_kernel.h"
