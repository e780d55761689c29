// SPDX-License-Identifier: GPL-3.0-or-later
//
// Armadillo's side of the bench of EM for mixtures of Gaussians: M iterations from a given start.
//
//   gaussian_armadillo FOLDER N D K M      (gaussian.c says what the files are)

#include <armadillo>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

static std::vector<double>
read (const std::string &path, size_t n)
{
  std::vector<double> x (n);
  FILE *f = fopen (path.c_str (), "rb");
  if (f == nullptr || fread (x.data (), sizeof (double), n, f) != n)
    exit (3);
  fclose (f);
  return x;
}

int
main (int argc, char *argv[])
{
  if (argc != 6)
    return 2;
  const std::string folder = argv[1];
  const size_t N = strtoul (argv[2], nullptr, 10), D = strtoul (argv[3], nullptr, 10),
               K = strtoul (argv[4], nullptr, 10), M = strtoul (argv[5], nullptr, 10);
  std::vector<double> x = read (folder + "/data", N * D),
                      start = read (folder + "/start", K + K * D + K * D * D);
  const arma::mat X (x.data (), D, N, false, true);
  const arma::rowvec weights (start.data (), K);
  const arma::mat means (start.data () + K, D, K);
  const arma::cube covariances (start.data () + K + K * D, D, D, K);

  arma::gmm_full g;
  g.set_params (means, covariances, weights);
  const auto begin = std::chrono::steady_clock::now ();
  const bool done
      = g.learn (X, K, arma::maha_dist, arma::keep_existing, 0, M, 1e-300, false);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now () - begin;
  if (!done)
    return 1;
  printf ("%.6f %.17g\n", seconds.count () / (double) M, g.sum_log_p (X));

  FILE *f = fopen ((folder + "/armadillo").c_str (), "wb");
  fwrite (g.hefts.memptr (), sizeof (double), K, f);
  fwrite (g.means.memptr (), sizeof (double), K * D, f);
  fwrite (g.fcovs.memptr (), sizeof (double), K * D * D, f);
  return fclose (f) == 0 ? 0 : 1;
}
