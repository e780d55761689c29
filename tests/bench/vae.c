/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Our side of the bench of the variational auto-encoder (tests/bench/vae.sh).

     vae make FOLDER SEED E   unpacks MNIST, and makes a start, orders and noise
     vae run FOLDER E         E epochs; prints seconds an epoch and the bound of the test images
     vae core                 prints a better name for OpenBLAS's kernels, or nothing
     vae sgemm                prints seconds that this machine's sgemm takes for as many products as
                              an epoch of a dense network needs

   Files in FOLDER: `train' and `test', a byte for each pixel; `start', theta;
   `order', E times 60000 32-bit numbers; `noise', for each of them L floats;
   `test-noise', for each test image.  */

#include <gsl/gsl_blas.h>
#include <math.h>
#include <string.h>

#include "bench.h"
#include "cli/environment.h"
#include "data/idx.h"
#include "model/vae_fast.h"
#include "model/vae_file.h"
#include "num/blas.h"
#include "num/streams.h"

enum
{
  BATCH = 128,
  SQUARE = 2048
};

static const lvm_vae_shape shape = { 784, 500, 2, LVM_TANH };

static lvm_bits *
read_images (const char *which)
{
  char path[128];
  lvm_bits *x;
  lvm_error error;
  snprintf (path, sizeof path,
            "chapters/03-bernoulli-mixture/mnist-%s-images.idx.gz", which);
  if (lvm_idx_read_images (&x, NULL, NULL, path, -1, &error) != LVM_OK)
    {
      fprintf (stderr, "%s\n", error.message);
      exit (LVM_DATA);
    }
  return x;
}

static void
put (const char *folder, const char *name, size_t size, size_t n, const void *data)
{
  FILE *f = open_in (folder, name, "wb");
  fwrite (data, size, n, f);
  fclose (f);
}

static void
take (const char *folder, const char *name, size_t size, size_t n, void *data)
{
  FILE *f = open_in (folder, name, "rb");
  if (fread (data, size, n, f) != n)
    exit (LVM_DATA);
  fclose (f);
}

static void
put_images (const char *folder, const char *name, const lvm_bits *x)
{
  FILE *f = open_in (folder, name, "wb");
  for (size_t n = 0; n < x->N; n++)
    for (size_t d = 0; d < x->D; d++)
      putc (lvm_bit (x, n, d), f);
  fclose (f);
}

static void
put_noise (const char *folder, const char *name, gsl_rng *rng, size_t n)
{
  float *eps = lvm_alloc (n, sizeof *eps);
  lvm_vae_noise (rng, n, eps);
  put (folder, name, sizeof *eps, n, eps);
  free (eps);
}

static void
make (const char *folder, size_t seed, size_t epochs)
{
  lvm_bits *x = read_images ("train"), *test = read_images ("test");
  lvm_vae_training t;
  gsl_rng *rng = lvm_stream_alloc (seed, 0);
  size_t *row = lvm_alloc (x->N, sizeof *row);
  uint32_t *order = lvm_alloc (epochs * x->N, sizeof *order);
  lvm_vae_training_begin (&t, shape, (lvm_shape){ 28, 28 }, seed, BATCH, 1e-3);
  for (size_t e = 0; e < epochs; e++)
    {
      lvm_vae_order (&t, e + 1, rng, x->N, row);
      for (size_t n = 0; n < x->N; n++)
        order[e * x->N + n] = (uint32_t) row[n];
    }
  put_images (folder, "train", x);
  put_images (folder, "test", test);
  put (folder, "start", sizeof (float), t.v->n, t.v->theta);
  put (folder, "order", sizeof *order, epochs * x->N, order);
  put_noise (folder, "noise", rng, epochs * x->N * shape.L);
  put_noise (folder, "test-noise", rng, test->N * shape.L);
}

static double
test_bound (const char *folder, lvm_vae_fast *w, const lvm_vae *v)
{
  lvm_bits *x = read_images ("test");
  const size_t n = x->N * shape.L;
  float *memory = lvm_alloc (3 * n, sizeof *memory), *eps = memory + 2 * n;
  lvm_vae_work q = { .mean = memory, .log_variance = memory + n, .z = eps };
  double *reconstruction = lvm_alloc (x->N, sizeof *reconstruction),
         *kl = lvm_alloc (x->N, sizeof *kl), sum = 0;
  take (folder, "test-noise", sizeof *eps, n, eps);
  lvm_vae_fast_encode (w, v, x, NULL, x->N, q.mean, q.log_variance);
  lvm_vae_reparameterise (v, x->N, eps, &q);
  lvm_vae_fast_reconstruction (w, v, x, NULL, x->N, q.z, reconstruction);
  lvm_vae_kl (v, x->N, &q, kl);
  for (size_t i = 0; i < x->N; i++)
    sum += reconstruction[i] - kl[i];
  return sum / (double) x->N;
}

static void
run (const char *folder, size_t epochs)
{
  lvm_bits *x = read_images ("train");
  const size_t N = x->N;
  lvm_vae *v = lvm_vae_alloc (shape);
  lvm_adam *adam = lvm_adam_alloc (v->n, 1e-3);
  lvm_vae_fast *w = lvm_vae_fast_alloc (shape, BATCH, THREADS);
  uint32_t *order = lvm_alloc (epochs * N, sizeof *order);
  float *noise = lvm_alloc (epochs * N * shape.L, sizeof *noise);
  double reconstruction[BATCH], kl[BATCH];
  size_t row[BATCH];
  take (folder, "start", sizeof *v->theta, v->n, v->theta);
  take (folder, "order", sizeof *order, epochs * N, order);
  take (folder, "noise", sizeof *noise, epochs * N * shape.L, noise);
  const double begin = seconds ();
  for (size_t e = 0; e < epochs; e++)
    for (size_t n = 0; n < N; n += BATCH)
      {
        const size_t B = N - n < BATCH ? N - n : BATCH, at = e * N + n;
        for (size_t i = 0; i < B; i++)
          row[i] = order[at + i];
        lvm_vae_fast_step (w, v, adam, x, row, B, noise + at * shape.L,
                           reconstruction, kl);
      }
  const double end = seconds ();
  printf ("%.6f %.9g\n", (end - begin) / (double) epochs,
          test_bound (folder, w, v));
}

char *openblas_get_corename (void);

static void
core (void)
{
  const char *better = lvm_openblas_better (openblas_get_corename ());
  puts (better != NULL ? better : "");
}

/* Forward, the weights' gradient and, but for the first layer, the input's
   gradient: each weight is used three times, those of the first layer twice.  */
static double
products_of_epoch (void)
{
  const double D = (double) shape.D, H = (double) shape.H, L = (double) shape.L;
  return 60000 * (2 * D * H + 3 * (2 * H * L + L * H + H * D));
}

/* As long as an epoch, so that other work on the machine slows both alike.  */
static void
sgemm (void)
{
  gsl_matrix_float *a = gsl_matrix_float_alloc (SQUARE, SQUARE),
                   *b = gsl_matrix_float_alloc (SQUARE, SQUARE),
                   *c = gsl_matrix_float_alloc (SQUARE, SQUARE);
  const double square = pow (SQUARE, 3), wanted = products_of_epoch ();
  double done = 0;
  gsl_matrix_float_set_all (a, 0.7F);
  gsl_matrix_float_set_all (b, 0.3F);
  lvm_blas_restore ((lvm_blas_threads){ THREADS, THREADS });
  gsl_blas_sgemm (CblasNoTrans, CblasNoTrans, 1, a, b, 0, c); /* threads begin */
  const double begin = seconds ();
  for (; done < wanted; done += square)
    gsl_blas_sgemm (CblasNoTrans, CblasNoTrans, 1, a, b, 0, c);
  printf ("%.6f\n", (seconds () - begin) * wanted / done);
}

int
main (int argc, char *argv[])
{
  const char *const command = argc > 1 ? argv[1] : "";
  if (strcmp (command, "make") == 0 && argc == 5)
    make (argv[2], number (argv[3]), number (argv[4]));
  else if (strcmp (command, "run") == 0 && argc == 4)
    run (argv[2], number (argv[3]));
  else if (strcmp (command, "core") == 0 && argc == 2)
    core ();
  else if (strcmp (command, "sgemm") == 0 && argc == 2)
    sgemm ();
  else
    return LVM_USAGE;
  return 0;
}
