/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Our side of the bench of EM for mixtures of Bernoullis (tests/bench/bernoulli.sh).

     bernoulli make FOLDER K     unpacks MNIST's training images, and makes a start
     bernoulli run FOLDER K M    M iterations from the start; prints seconds an
                                 iteration and the final log-likelihood
     bernoulli compare FOLDER K  how far NumPy's means are from ours: the largest

   Files in FOLDER: `data', a byte for each bit [N x D]; plain doubles in `start' and the
   results `ours' and `numpy': weights [K], means [K x D].  */

#include <math.h>
#include <string.h>

#include "bench.h"
#include "data/idx.h"
#include "model/bmm_fast.h"
#include "num/compare.h"

/* The prior: half a point on and half a point off, so that no mean is 0.  A product of
   matrices cannot have the logit of 0.  */
static const double strength = 1;

static lvm_bits *
read_images (void)
{
  lvm_bits *x;
  lvm_error error;
  if (lvm_idx_read_images (
          &x, NULL, NULL, "chapters/03-bernoulli-mixture/mnist-train-images.idx.gz",
          -1, &error)
      != LVM_OK)
    {
      fprintf (stderr, "%s\n", error.message);
      exit (LVM_DATA);
    }
  return x;
}

static void
read_mixture (const char *folder, const char *name, lvm_bmm *g)
{
  FILE *f = open_in (folder, name, "rb");
  read_numbers (f, g->K, g->weight);
  read_numbers (f, g->K * g->D, g->mean);
  fclose (f);
}

static void
write_mixture (const char *folder, const char *name, const lvm_bmm *g)
{
  FILE *f = open_in (folder, name, "wb");
  fwrite (g->weight, sizeof (double), g->K, f);
  fwrite (g->mean, sizeof (double), g->K * g->D, f);
  fclose (f);
}

/* The start: images far from one another in the file, halfway to 1/2.  */
static void
make (const char *folder, const lvm_bits *x, size_t K)
{
  lvm_bmm *g = lvm_bmm_alloc (K, x->D);
  FILE *f = open_in (folder, "data", "wb");
  for (size_t n = 0; n < x->N; n++)
    for (size_t d = 0; d < x->D; d++)
      putc (lvm_bit (x, n, d), f);
  fclose (f);
  for (size_t k = 0; k < K; k++)
    for (size_t d = 0; d < x->D; d++)
      g->mean[k * x->D + d] = 0.25 + 0.5 * lvm_bit (x, k * x->N / K, d);
  write_mixture (folder, "start", g);
  lvm_bmm_free (g);
}

static void
run (const char *folder, const lvm_bits *x, size_t K, int iterations)
{
  lvm_bmm *g = lvm_bmm_alloc (K, x->D);
  double log_likelihood;
  read_mixture (folder, "start", g);
  lvm_bmm_fast *w = lvm_bmm_fast_alloc (K, x, THREADS);
  const double start = seconds ();
  for (int i = 0; i < iterations; i++)
    {
      lvm_bmm_fast_e_step (w, g, NULL, NULL, &log_likelihood);
      lvm_bmm_fast_m_step (w, g, strength);
    }
  const double end = seconds ();
  lvm_bmm_fast_e_step (w, g, NULL, NULL, &log_likelihood);
  printf ("%.6f %.17g\n", (end - start) / iterations, log_likelihood);
  write_mixture (folder, "ours", g);
  lvm_bmm_fast_free (w);
  lvm_bmm_free (g);
}

/* A NaN is larger than anything.  */
static void
compare (const char *folder, size_t D, size_t K)
{
  lvm_bmm *ours = lvm_bmm_alloc (K, D), *other = lvm_bmm_alloc (K, D);
  double worst = 0;
  read_mixture (folder, "ours", ours);
  read_mixture (folder, "numpy", other);
  for (size_t i = 0; i < K * D; i++)
    worst = lvm_larger (worst, fabs (ours->mean[i] - other->mean[i]));
  printf ("%.3g\n", worst);
  lvm_bmm_free (ours);
  lvm_bmm_free (other);
}

int
main (int argc, char *argv[])
{
  const char *const command = argc > 1 ? argv[1] : "";
  lvm_bits *x = read_images ();
  if (strcmp (command, "make") == 0 && argc == 4)
    make (argv[2], x, number (argv[3]));
  else if (strcmp (command, "compare") == 0 && argc == 4)
    compare (argv[2], x->D, number (argv[3]));
  else if (strcmp (command, "run") == 0 && argc == 5)
    run (argv[2], x, number (argv[3]), (int) number (argv[4]));
  else
    return LVM_USAGE;
  lvm_bits_free (x);
  return 0;
}
