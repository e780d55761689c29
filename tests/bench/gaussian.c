/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Our side of the bench of EM for mixtures of Gaussians (tests/bench/gaussian.sh).

     gaussian make FOLDER N D K      draws data and a start
     gaussian run FOLDER N D K M     M iterations from the start; prints seconds
                                     an iteration and the final log-likelihood
     gaussian compare FOLDER K D     how far the peers' means are from ours, in
                                     standard deviations: the largest
     gaussian dgemm                  the machine's own rate, in flop/s

   Files in FOLDER are plain doubles: `data' [N x D]; `start' and the results
   `ours', `sklearn' and `armadillo': weights [K], means [K x D], covariances
   [K x D x D].  */

#include <gsl/gsl_blas.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <string.h>

#include "bench.h"
#include "model/gmm_fast.h"
#include "num/compare.h"

/* From OpenBLAS's cblas.h, which cannot be included beside that of GSL.  */
void openblas_set_num_threads (int threads);

static void
read_mixture (const char *folder, const char *name, lvm_gmm *g)
{
  FILE *f = open_in (folder, name, "rb");
  read_numbers (f, g->K, g->weight);
  read_numbers (f, g->K * g->D, g->mean);
  read_numbers (f, g->K * g->D * g->D, g->covariance);
  fclose (f);
}

static void
write_mixture (const char *folder, const char *name, const lvm_gmm *g)
{
  FILE *f = open_in (folder, name, "wb");
  fwrite (g->weight, sizeof (double), g->K, f);
  fwrite (g->mean, sizeof (double), g->K * g->D, f);
  fwrite (g->covariance, sizeof (double), g->K * g->D * g->D, f);
  fclose (f);
}

/* K overlapping clusters with correlated coordinates; the start has the true
   means, moved by a tenth, and unit covariances.  */
static void
make (const char *folder, size_t N, size_t D, size_t K)
{
  gsl_rng *rng = gsl_rng_alloc (gsl_rng_mt19937);
  lvm_gmm *g = lvm_gmm_alloc (K, D, LVM_FULL);
  double *mix = lvm_alloc (K * D * D, sizeof *mix), *z = lvm_alloc (D, sizeof *z);
  const double apart = 3 / sqrt ((double) D);
  for (size_t i = 0; i < K * D; i++)
    g->mean[i] = gsl_ran_gaussian (rng, apart);
  for (size_t i = 0; i < K * D * D; i++)
    mix[i] = (i % (D * D) % (D + 1) == 0)
             + gsl_ran_gaussian (rng, 0.5 / sqrt ((double) D));
  FILE *f = open_in (folder, "data", "wb");
  for (size_t n = 0; n < N; n++)
    {
      const size_t k = gsl_rng_uniform_int (rng, K);
      for (size_t d = 0; d < D; d++)
        z[d] = gsl_ran_gaussian_ziggurat (rng, 1);
      for (size_t i = 0; i < D; i++)
        {
          double x = g->mean[k * D + i];
          for (size_t j = 0; j < D; j++)
            x += mix[(k * D + i) * D + j] * z[j];
          fwrite (&x, sizeof x, 1, f);
        }
    }
  fclose (f);
  for (size_t i = 0; i < K * D; i++)
    g->mean[i] += gsl_ran_gaussian (rng, 0.1);
  write_mixture (folder, "start", g);
  lvm_gmm_free (g);
  gsl_rng_free (rng);
  free (mix);
  free (z);
}

static double *
read_data (const char *folder, size_t N, size_t D)
{
  double *x = lvm_alloc (N * D, sizeof *x);
  FILE *f = open_in (folder, "data", "rb");
  read_numbers (f, N * D, x);
  fclose (f);
  return x;
}

static int
run (const char *folder, size_t N, size_t D, size_t K, int iterations)
{
  const lvm_gmm_prior none = { .strength = 0 };
  lvm_gmm *g = lvm_gmm_alloc (K, D, LVM_FULL);
  double *x = read_data (folder, N, D), log_likelihood = NAN;
  int status = 0;
  read_mixture (folder, "start", g);
  const double start = seconds ();
  lvm_gmm_fast *w = lvm_gmm_fast_alloc (K, D, LVM_FULL, N, THREADS);
  for (int i = 0; i < iterations && status == 0; i++)
    {
      status = lvm_gmm_fast_e_step (w, g, x, NULL, NULL, &log_likelihood);
      lvm_gmm_fast_m_step (w, g, &none);
    }
  const double end = seconds ();
  status |= lvm_gmm_fast_e_step (w, g, x, NULL, NULL, &log_likelihood);
  printf ("%.6f %.17g\n", (end - start) / iterations, log_likelihood);
  write_mixture (folder, "ours", g);
  lvm_gmm_fast_free (w);
  lvm_gmm_free (g);
  free (x);
  return status;
}

/* A NaN is larger than anything.  */
static void
compare (const char *folder, size_t K, size_t D)
{
  const char *const peers[] = { "sklearn", "armadillo" };
  lvm_gmm *ours = lvm_gmm_alloc (K, D, LVM_FULL),
          *other = lvm_gmm_alloc (K, D, LVM_FULL);
  double worst = 0;
  read_mixture (folder, "ours", ours);
  for (size_t peer = 0; peer < 2; peer++)
    {
      read_mixture (folder, peers[peer], other);
      for (size_t k = 0; k < K; k++)
        for (size_t d = 0; d < D; d++)
          worst = lvm_larger (
              worst, lvm_misfit (ours->mean[k * D + d], other->mean[k * D + d],
                                 sqrt (other->covariance[(k * D + d) * D + d])));
    }
  printf ("%.3g\n", worst);
  lvm_gmm_free (ours);
  lvm_gmm_free (other);
}

/* A large matrix product, with THREADS threads: the best of a few.  */
static void
dgemm (void)
{
  const int n = 1536;
  const size_t size = (size_t) n * (size_t) n;
  double *a = lvm_alloc (3 * size, sizeof *a), best = 0;
  for (size_t i = 0; i < 3 * size; i++)
    a[i] = 1e-3 * (double) (i % 1021);
  openblas_set_num_threads (THREADS);
  for (int i = 0; i < 5; i++)
    {
      const double start = seconds ();
      cblas_dgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, a, n,
                   a + size, n, 0, a + 2 * size, n);
      best = fmax (best, 2 * (double) size * n / (seconds () - start));
    }
  printf ("%.4g\n", best);
  free (a);
}

int
main (int argc, char *argv[])
{
  const char *const command = argc > 1 ? argv[1] : "";
  gsl_set_error_handler_off ();
  if (strcmp (command, "dgemm") == 0 && argc == 2)
    dgemm ();
  else if (strcmp (command, "make") == 0 && argc == 6)
    make (argv[2], number (argv[3]), number (argv[4]), number (argv[5]));
  else if (strcmp (command, "compare") == 0 && argc == 5)
    compare (argv[2], number (argv[3]), number (argv[4]));
  else if (strcmp (command, "run") == 0 && argc == 7)
    return run (argv[2], number (argv[3]), number (argv[4]), number (argv[5]),
                (int) number (argv[6]));
  else
    return LVM_USAGE;
  return 0;
}
