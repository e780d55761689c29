/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/vae_score.h"

#include <math.h>
#include <stdlib.h>

#include "num/error.h"
#include "num/streams.h"
#include "prob/importance.h"

enum
{
  PAIRS = 1024 /* of an image and a draw at a time, or one image's S */
};

/* Streams that training does not reach, one an image.  */
static const uint64_t first_stream = UINT64_C (1) << 63;

/* Draws of some images, S of each.  */
typedef struct
{
  size_t images, S;
  size_t *row;                /* [images S] */
  float *mean, *log_variance; /* [images L] */
  float *eps, *z;             /* [images S L] */
  double *kl;                 /* [images] */
  double *reconstruction;     /* [images S] */
  double *log_w;              /* [S] */
} draws;

static draws
draws_alloc (size_t images, size_t S, size_t L)
{
  return (draws){ .images = images,
                  .S = S,
                  .row = lvm_alloc (images * S, sizeof (size_t)),
                  .mean = lvm_alloc (images * L, sizeof (float)),
                  .log_variance = lvm_alloc (images * L, sizeof (float)),
                  .eps = lvm_alloc (images * S * L, sizeof (float)),
                  .z = lvm_alloc (images * S * L, sizeof (float)),
                  .kl = lvm_alloc (images, sizeof (double)),
                  .reconstruction = lvm_alloc (images * S, sizeof (double)),
                  .log_w = lvm_alloc (S, sizeof (double)) };
}

static void
draws_free (draws d)
{
  free (d.row);
  free (d.mean);
  free (d.log_variance);
  free (d.eps);
  free (d.z);
  free (d.kl);
  free (d.reconstruction);
  free (d.log_w);
}

/* The z of image i of some, which is image n of all.  */
static void
draw (const draws *d, size_t L, size_t i, size_t n, uint64_t seed, gsl_rng *rng)
{
  const size_t S = d->S;
  const float *mean = d->mean + i * L, *log_variance = d->log_variance + i * L;
  float *eps = d->eps + i * S * L, *z = d->z + i * S * L;
  lvm_stream_set (rng, seed, first_stream + n);
  lvm_vae_noise (rng, S * L, eps);
  for (size_t s = 0; s < S; s++)
    {
      d->row[i * S + s] = n;
      for (size_t l = 0; l < L; l++)
        z[s * L + l] = mean[l] + expf (log_variance[l] / 2) * eps[s * L + l];
    }
}

static lvm_vae_score
summarise (const draws *d, size_t L, size_t i)
{
  const double S = (double) d->S, *reconstruction = d->reconstruction + i * d->S;
  const float *log_variance = d->log_variance + i * L;
  lvm_vae_score y = { .kl = d->kl[i] };
  double squares = 0;
  for (size_t s = 0; s < d->S; s++)
    {
      const size_t at = (i * d->S + s) * L;
      y.reconstruction += reconstruction[s] / S;
      d->log_w[s] = reconstruction[s]
                    + lvm_vae_log_ratio (L, d->z + at, d->eps + at, log_variance);
    }
  for (size_t s = 0; s < d->S; s++)
    squares += pow (reconstruction[s] - y.reconstruction, 2);
  y.reconstruction_error = sqrt (squares / (S - 1) / S);
  y.log_evidence = lvm_importance_bound (d->S, d->log_w);
  y.log_evidence_error = lvm_importance_error (d->S, d->log_w);
  return y;
}

void
lvm_vae_score_images (lvm_vae_fast *w, const lvm_vae *v, const lvm_bits *x,
                      size_t first, size_t M, size_t S, uint64_t seed,
                      lvm_vae_score score[])
{
  const size_t L = v->shape.L, images = S < PAIRS ? PAIRS / S : 1;
  gsl_rng *rng = lvm_stream_alloc (seed, 0);
  const draws d = draws_alloc (images, S, L);
  const lvm_vae_work q = { .mean = d.mean, .log_variance = d.log_variance };
  for (size_t done = 0, now; done < M; done += now)
    {
      now = M - done < images ? M - done : images;
      for (size_t i = 0; i < now; i++)
        d.row[i] = first + done + i;
      lvm_vae_fast_encode (w, v, x, d.row, now, d.mean, d.log_variance);
      for (size_t i = 0; i < now; i++)
        draw (&d, L, i, first + done + i, seed, rng);
      lvm_vae_kl (v, now, &q, d.kl);
      lvm_vae_fast_reconstruction (w, v, x, d.row, now * S, d.z, d.reconstruction);
      for (size_t i = 0; i < now; i++)
        score[done + i] = summarise (&d, L, i);
    }
  draws_free (d);
  gsl_rng_free (rng);
}

lvm_vae_score
lvm_vae_score_mean (size_t N, const lvm_vae_score score[])
{
  const double n = (double) N;
  lvm_vae_score y = { 0 };
  for (size_t i = 0; i < N; i++)
    {
      y.reconstruction += score[i].reconstruction / n;
      y.reconstruction_error += pow (score[i].reconstruction_error / n, 2);
      y.kl += score[i].kl / n;
      y.log_evidence += score[i].log_evidence / n;
      y.log_evidence_error += pow (score[i].log_evidence_error / n, 2);
    }
  y.reconstruction_error = sqrt (y.reconstruction_error);
  y.log_evidence_error = sqrt (y.log_evidence_error);
  return y;
}
