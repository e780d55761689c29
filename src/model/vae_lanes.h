/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LVM_MODEL_VAE_LANES_H
#define LVM_MODEL_VAE_LANES_H

#include <stddef.h>
#include <stdint.h>

/* The loops over single numbers that model/vae_fast.c needs besides products of
   matrices, compiled for the vectors of each sort of processor.  tanh, exp and
   log1p are those of glibc's libmvec where there is one: good to 4 units in the
   last place.  */
typedef struct
{
  /* h = tanh h.  h [n].  */
  void (*tanh) (size_t n, float h[]);

  /* Of one image or n of its pixels: the sum of x a - softplus (a), and
     d_a = share (sigmoid (a) - x), for which d_a may be a.
     Given  bits, of which the first n are x; a [n]  */
  double (*pixels) (size_t n, const uint8_t bits[], float share, const float a[],
                    float d_a[]);

  /* y = the sum of some rows of W.
     Given  row [count]; n <= 64 columns, W's rows `stride' numbers apart; y [n]  */
  void (*sum_rows) (size_t count, const uint32_t row[], size_t stride,
                    const float W[], size_t n, float y[]);

  /* Some columns of W, side by side.
     Given  W as above [rows x n]; y [rows x 64]  */
  void (*pack_columns) (size_t rows, size_t stride, const float W[], size_t n,
                        float y[]);

  /* lvm_adam_step, from the rates that it makes of its step.  All [n].  */
  void (*adam) (const float rate[5], size_t n, const float gradient[], float m[],
                float v[], float theta[]);
} lvm_vae_lanes;

/* Those for this processor.  */
const lvm_vae_lanes *lvm_vae_lanes_choose (void);

#endif
