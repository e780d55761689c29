/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/linear_vae.h"

#include "../unit.h"

#include <math.h>

#include "num/streams.h"

enum
{
  D = 4,
  L = 2,
  WORK = L * (D + 2 * L + 1)
};

static const double mean[D] = { 0.5, -1, 2, 3 },
                    covariance[D * D] = { 6.5, 2.5, 0, 0, 2.5, 6.5, 0, 0,
                                          0,   0,   1, 0, 0,   0,   0, 2 };

/* One of each: x = w z + s e, q = N(v x, t), data of variance c:
   E(x - w z)^2 = c (1 - w v)^2 + w^2 t.  */
START_TEST (bound_by_hand)
{
  lvm_linear_vae *v = lvm_linear_vae_alloc (1, 1);
  double work[4];
  const double w = 0.7, s2 = 0.4, b = 0.9, t = 0.3, c = 1.7;
  v->model->loading[0] = w;
  v->model->variance = s2;
  v->encoder[0] = b;
  v->q_variance[0] = t;
  const double residual = c * (1 - w * b) * (1 - w * b) + w * w * t,
               kl = (b * b * c + t - log (t) - 1) / 2;
  ck_assert_double_eq_tol (lvm_linear_vae_bound (v, &c, work),
                           -(log (2 * M_PI * s2) + residual / s2) / 2 - kl, 1e-14);
  lvm_linear_vae_free (v);
  lvm_linear_vae_free (NULL);
}
END_TEST

/* From a random start to the likelihood of principal components, never downwards.  */
START_TEST (climbs_to_ppca)
{
  gsl_rng *rng = lvm_stream_alloc (7, 0);
  lvm_linear_vae *v = lvm_linear_vae_alloc (D, L);
  lvm_ppca *m = lvm_ppca_alloc (D, L);
  double work[WORK], before = -INFINITY;
  lvm_linear_vae_init (v, mean, covariance, rng);
  for (int i = 0; i < 400; i++)
    {
      lvm_linear_vae_iterate (v, covariance, work);
      const double bound = lvm_linear_vae_bound (v, covariance, work);
      ck_assert_double_ge (bound, before - 1e-13);
      before = bound;
    }
  lvm_ppca_fit (m, mean, covariance);
  ck_assert_double_eq_tol (before, lvm_ppca_log_likelihood (m, covariance), 1e-12);
  ck_assert_double_eq_tol (v->model->variance, m->variance, 1e-10);
  for (size_t d = 0; d < D; d++)
    ck_assert_double_eq (v->model->mean[d], mean[d]);
  lvm_ppca_free (m);
  lvm_linear_vae_free (v);
  gsl_rng_free (rng);
}
END_TEST

/* With no loading the encoder says nothing, and it stays so.  */
START_TEST (zero_is_a_saddle)
{
  lvm_linear_vae *v = lvm_linear_vae_alloc (D, L);
  double work[WORK];
  for (int i = 0; i < 5; i++)
    lvm_linear_vae_iterate (v, covariance, work);
  for (size_t i = 0; i < D * L; i++)
    ck_assert_double_eq (v->model->loading[i], 0);
  ck_assert_double_eq_tol (v->model->variance, 4, 1e-14);
  lvm_linear_vae_free (v);
}
END_TEST

UNIT_MAIN ("model/linear_vae", bound_by_hand, climbs_to_ppca, zero_is_a_saddle)
