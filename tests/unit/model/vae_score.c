/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/vae_score.h"

#include "../unit.h"
#include "bits.h"

#include <math.h>

#include "num/streams.h"

enum
{
  N = 7,
  D = 20,
  S = 2000
};

static const lvm_vae_shape shape = { D, 6, 2, LVM_TANH };

/* A random network; with a log variance and a mean that depend on nothing, if
   wanted.  */
static lvm_vae *
network (bool prior)
{
  const lvm_vae_places p = lvm_vae_place (shape);
  lvm_vae *v = lvm_vae_alloc (shape);
  gsl_rng *rng = lvm_stream_alloc (4, 0);
  lvm_vae_init (v, rng);
  for (size_t i = p.Wm; i < p.W2 && prior; i++)
    v->theta[i] = 0;
  gsl_rng_free (rng);
  return v;
}

/* With q = p(z) the KL is 0 and a weight is p(x | z) alone.  */
START_TEST (encoder_that_says_the_prior)
{
  lvm_bits *x = draw_bits (N, D, 2);
  lvm_vae *v = network (true);
  lvm_vae_fast *w = lvm_vae_fast_alloc (shape, 16, 2);
  lvm_vae_score y[N];
  lvm_vae_score_images (w, v, x, 0, N, S, 3, y);
  for (size_t n = 0; n < N; n++)
    {
      ck_assert_double_eq (y[n].kl, 0);
      ck_assert_double_gt (y[n].log_evidence, y[n].reconstruction);
      ck_assert_double_gt (y[n].reconstruction_error, 0);
      ck_assert_double_gt (y[n].log_evidence_error, 0);
    }
  lvm_vae_fast_free (w);
  lvm_vae_free (v);
  lvm_bits_free (x);
}
END_TEST

/* ln p(x) by the trapezoidal rule over z: the integrand falls like exp (-z^2 / 2),
   and the network is smooth on the scale of the step.  */
static double
log_evidence_by_grid (const lvm_vae *v, const lvm_bits *x, size_t n)
{
  lvm_vae_work *w = lvm_vae_work_alloc (shape, 1);
  const double h = 0.25;
  double sum = 0, l;
  for (int i = -32; i <= 32; i++)
    for (int j = -32; j <= 32; j++)
      {
        w->z[0] = (float) (h * i);
        w->z[1] = (float) (h * j);
        lvm_vae_decode (v, 1, w);
        lvm_vae_reconstruction (v, x, &n, 1, w, &l);
        sum += h * h * exp (l - h * h * (i * i + j * j) / 2.) / (2 * M_PI);
      }
  lvm_vae_work_free (w);
  return log (sum);
}

/* Within five standard errors of the estimate, at fixed seeds; the bound is
   below.  */
START_TEST (estimates_meet_the_grid)
{
  lvm_bits *x = draw_bits (N, D, 2);
  lvm_vae *v = network (false);
  lvm_vae_fast *w = lvm_vae_fast_alloc (shape, 16, 1);
  lvm_vae_score y[N];
  lvm_vae_score_images (w, v, x, 0, N, S, 3, y);
  for (size_t n = 0; n < N; n++)
    {
      const double exact = log_evidence_by_grid (v, x, n);
      ck_assert_double_le (fabs (y[n].log_evidence - exact),
                           5 * y[n].log_evidence_error);
      ck_assert_double_lt (y[n].reconstruction - y[n].kl,
                           exact + 5 * y[n].reconstruction_error);
      ck_assert_double_lt (y[n].log_evidence_error, 0.1);
    }
  lvm_vae_fast_free (w);
  lvm_vae_free (v);
  lvm_bits_free (x);
}
END_TEST

/* An image's draws are its own, whichever images are scored with it; one draw has
   no standard error.  */
START_TEST (images_one_by_one)
{
  lvm_bits *x = draw_bits (N, D, 2);
  lvm_vae *v = network (false);
  lvm_vae_fast *w = lvm_vae_fast_alloc (shape, 16, 1);
  lvm_vae_score all[N], one;
  lvm_vae_score_images (w, v, x, 0, N, 3, 8, all);
  for (size_t n = 0; n < N; n++)
    {
      lvm_vae_score_images (w, v, x, n, 1, 3, 8, &one);
      ck_assert_double_eq_tol (one.reconstruction, all[n].reconstruction, 1e-4);
      ck_assert_double_eq_tol (one.log_evidence, all[n].log_evidence, 1e-4);
    }
  lvm_vae_score_images (w, v, x, 0, 1, 1, 8, &one);
  ck_assert_double_nan (one.reconstruction_error);
  ck_assert_double_nan (one.log_evidence_error);
  lvm_vae_fast_free (w);
  lvm_vae_free (v);
  lvm_bits_free (x);
}
END_TEST

START_TEST (means)
{
  const lvm_vae_score y[2] = { { -3, 0.3, 1, -2, 0.6 }, { -5, 0.4, 2, -4, 0.8 } },
                      mean = lvm_vae_score_mean (2, y);
  ck_assert_double_eq (mean.reconstruction, -4);
  ck_assert_double_eq (mean.kl, 1.5);
  ck_assert_double_eq (mean.log_evidence, -3);
  ck_assert_double_eq_tol (mean.reconstruction_error, 0.25, 1e-15);
  ck_assert_double_eq_tol (mean.log_evidence_error, 0.5, 1e-15);
}
END_TEST

UNIT_MAIN ("model/vae_score", encoder_that_says_the_prior, estimates_meet_the_grid,
           images_one_by_one, means)
