/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/vae.h"

/* The functions of model/vae.c in double precision.  */
#include "model/vae_names.h"
typedef double real;
#define MATRIX(name) gsl_matrix_##name
#define GEMM gsl_blas_dgemm
#include "model/vae_kernel.h"
