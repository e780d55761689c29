/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The names of model/vae_real.h in double precision.  Included once it renames,
   included again it takes that back.  */
#ifndef lvm_vae
#define lvm_vae lvm_vae_double
#define lvm_vae_alloc lvm_vae_double_alloc
#define lvm_vae_free lvm_vae_double_free
#define lvm_vae_init lvm_vae_double_init
#define lvm_vae_work lvm_vae_double_work
#define lvm_vae_work_alloc lvm_vae_double_work_alloc
#define lvm_vae_work_free lvm_vae_double_work_free
#define lvm_vae_encode lvm_vae_double_encode
#define lvm_vae_reparameterise lvm_vae_double_reparameterise
#define lvm_vae_decode lvm_vae_double_decode
#define lvm_vae_reconstruction lvm_vae_double_reconstruction
#define lvm_vae_kl lvm_vae_double_kl
#define lvm_vae_forward lvm_vae_double_forward
#define lvm_vae_backward lvm_vae_double_backward
#define lvm_vae_log_weights lvm_vae_double_log_weights
#define lvm_vae_log_ratio lvm_vae_double_log_ratio
#define lvm_vae_noise lvm_vae_double_noise
#define lvm_adam lvm_adam_double
#define lvm_adam_alloc lvm_adam_double_alloc
#define lvm_adam_free lvm_adam_double_free
#define lvm_adam_step lvm_adam_double_step
#else
#undef lvm_vae
#undef lvm_vae_alloc
#undef lvm_vae_free
#undef lvm_vae_init
#undef lvm_vae_work
#undef lvm_vae_work_alloc
#undef lvm_vae_work_free
#undef lvm_vae_encode
#undef lvm_vae_reparameterise
#undef lvm_vae_decode
#undef lvm_vae_reconstruction
#undef lvm_vae_kl
#undef lvm_vae_forward
#undef lvm_vae_backward
#undef lvm_vae_log_weights
#undef lvm_vae_log_ratio
#undef lvm_vae_noise
#undef lvm_adam
#undef lvm_adam_alloc
#undef lvm_adam_free
#undef lvm_adam_step
#endif
