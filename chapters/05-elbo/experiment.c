/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The experiment of chapter 5: two bags by hand, the bound as q moves, the variances of
   the three estimators and of their gradients, who wins where, annealing, an energy, the
   two directions of the divergence, and the importance-weighted bound on both sides of
   its threshold.  */

#include <float.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sf_bessel.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/book.h"
#include "num/hermite.h"
#include "num/streams.h"
#include "prob/elbo.h"
#include "prob/families.h"
#include "prob/gaussians.h"
#include "prob/importance.h"
#include "prob/linear.h"

enum
{
  SEED = 20240229
};

/* The model of the figures: a standard normal latent, seen with little noise.  */
static const lvm_linear model = { 0, 1, 1, 0, 0.5, 1 };

static void
row (lvm_table_writer *t, int n, const double x[])
{
  for (int i = 0; i < n; i++)
    lvm_table_number (t, x[i]);
}

/* --- two bags by hand --------------------------------------------------------- */

static void
two_bags (lvm_book *b)
{
  const double q[2] = { 0.5, 0.5 }, prior[2] = { log (2. / 3), log (1. / 3) },
               l[2] = { log (1. / 5), log (3. / 5) },
               log_q[2] = { log (0.5), log (0.5) };
  double work[2];
  lvm_elbo_moments m;
  lvm_elbo_average (2, q, l, prior, log_q, &m);
  const double f = lvm_elbo_third (2, q, prior, l),
               gap = lvm_elbo_gap (2, q, prior, l, work);
  lvm_book_check (b, "two bags: form 1", lvm_elbo_first (2, q, prior, l),
                  log (8. / 75) / 2, 8 * DBL_EPSILON);
  lvm_book_check (b, "two bags: form 2", lvm_elbo_second (2, q, prior, l),
                  log (8. / 75) / 2, 8 * DBL_EPSILON);
  lvm_book_check (b, "two bags: form 3", f, log (8. / 75) / 2, 8 * DBL_EPSILON);
  lvm_book_check (b, "two bags: gap", gap, log (25. / 24) / 2, 8 * DBL_EPSILON);
  lvm_book_check (b, "two bags: evidence", f + gap, log (1. / 3), 8 * DBL_EPSILON);
  lvm_book_value (b, "elbo-hand-f", f, "%.4f");
  lvm_book_value (b, "elbo-hand-evidence", log (1. / 3), "%.4f");
  lvm_book_value (b, "elbo-hand-gap", gap, "%.4f");
  lvm_book_value (b, "elbo-hand-reconstruction", m.mean[LVM_LIKELIHOOD], "%.4f");
  lvm_book_value (b, "elbo-hand-kl", m.mean[LVM_Q] - m.mean[LVM_PRIOR], "%.4f");
  lvm_book_value (b, "elbo-hand-joint", m.mean[LVM_LIKELIHOOD] + m.mean[LVM_PRIOR],
                  "%.4f");
  lvm_book_value (b, "elbo-hand-entropy", -m.mean[LVM_Q], "%.4f");
  lvm_book_value (b, "elbo-hand-var-1", lvm_elbo_variance (&m, LVM_FIRST), "%.3f");
  lvm_book_value (b, "elbo-hand-var-3", lvm_elbo_variance (&m, LVM_THIRD), "%.3f");
  lvm_book_value (b, "elbo-hand-turned",
                  lvm_elbo_gap (2, (double[]){ 0.6, 0.4 }, prior, l, work), "%.4f");
}

/* --- the bound as q moves -------------------------------------------------------- */

/* Figure 05-bound: a block as the mean moves, one as the deviation does.  */
static void
bound_moves (lvm_book *b, int steps)
{
  static const char *const names[] = { "at", "bound", "evidence", "reconstruction",
                                       "divergence" };
  lvm_table_writer *t = lvm_book_table_begin (b, "05-bound", 5, names);
  const double evidence = lvm_linear_evidence (&model);
  double best[2];
  lvm_linear_posterior (&model, &best[0], &best[1]);
  for (int block = 0; block < 2; block++)
    {
      for (int i = 0; i <= steps; i++)
        {
          const double share = (double) i / steps,
                       at = block == 0 ? -0.4 + 2.4 * share : 0.08 + 1.12 * share,
                       q[2] = { block == 0 ? at : best[0],
                                block == 0 ? best[1] : at };
          lvm_elbo_moments m;
          lvm_linear_moments (&model, q[0], q[1], &m);
          const double f = lvm_elbo_value (&m, LVM_THIRD);
          lvm_book_check (b, "bound and gap are the evidence",
                          f + lvm_family_kl (LVM_GAUSSIAN, q, best), evidence,
                          1e-12);
          row (t, 5,
               (double[]){ at, f, evidence, m.mean[LVM_LIKELIHOOD],
                           m.mean[LVM_Q] - m.mean[LVM_PRIOR] });
        }
      if (block == 0)
        lvm_table_block (t);
    }
  lvm_book_table_end (b);
  lvm_book_value (b, "linear-evidence", evidence, "%.3f");
  lvm_book_value (b, "linear-mean", best[0], "%.1f");
  lvm_book_value (b, "linear-sd", best[1], "%.3f");
  lvm_book_value (b, "winner-prior", (model.prior_mean - best[0]) / best[1],
                  "%.2f");
  lvm_book_value (b, "winner-datum", (model.x - best[0]) / best[1], "%.2f");
  const double entropy = lvm_family_entropy (LVM_GAUSSIAN, best),
               unit[2] = { 0, 1 }, small[2] = { 100 * best[0], 100 * best[1] },
               wide[2] = { 0, 100 };
  lvm_book_value (b, "linear-entropy", entropy, "%.3f");
  lvm_book_value (b, "linear-entropy-hundredths",
                  lvm_family_entropy (LVM_GAUSSIAN, small), "%.3f");
  lvm_book_value (b, "ln-hundred", log (100), "%.3f");
  lvm_book_value (b, "linear-kl", lvm_family_kl (LVM_GAUSSIAN, best, unit), "%.3f");
  lvm_book_check (b, "the divergence does not know the unit",
                  lvm_family_kl (LVM_GAUSSIAN, small, wide),
                  lvm_family_kl (LVM_GAUSSIAN, best, unit), 1e-13);
}

/* --- variances --------------------------------------------------------------------- */

/* The exact variances against those of S draws.  */
static void
check_by_draws (lvm_book *b, const double q[2], const lvm_elbo_moments *m, size_t S,
                gsl_rng *rng)
{
  double *x = lvm_alloc (4 * S, sizeof *x);
  lvm_elbo_estimate e;
  for (size_t i = 0; i < S; i++)
    x[i] = gsl_ran_ugaussian (rng);
  lvm_linear_log_densities (&model, q[0], q[1], S, x, x + S, x + 2 * S, x + 3 * S);
  lvm_elbo_monte_carlo (S, x + S, x + 2 * S, x + 3 * S,
                        m->mean[LVM_Q] - m->mean[LVM_PRIOR], -m->mean[LVM_Q], &e);
  for (int form = 0; form < LVM_FORMS; form++)
    {
      const double variance = lvm_elbo_variance (m, (lvm_elbo_form) form);
      lvm_book_check (b, "the mean of an estimator", e.value[form],
                      lvm_elbo_value (m, LVM_THIRD), 6 * e.error[form] + 1e-12);
      lvm_book_check (b, "the variance of an estimator", e.variance[form], variance,
                      25 * variance / sqrt ((double) S) + 1e-12);
    }
  free (x);
}

/* Table 05-variances: for some q, the variance of each estimator and of each gradient.  */
static void
variances (lvm_book *b, size_t S)
{
  static const char *const names[] = { "q is",          "gap",     "value 1",
                                       "value 2",       "value 3", "gradient 1",
                                       "gradient 2, 3", "landing" };
  static const struct
  {
    const char *name;
    double shift, scale; /* in posterior deviations */
  } rows[] = { { "the posterior", 0, 1 },        { "half as wide", 0, 0.5 },
               { "twice as wide", 0, 2 },        { "one deviation above", 1, 1 },
               { "one deviation below", -1, 1 }, { "the prior", 0, 0 } };
  lvm_table_writer *t = lvm_book_table_begin (b, "05-variances", 8, names);
  gsl_rng *rng = lvm_stream_alloc (SEED, 0);
  double best[2];
  lvm_linear_posterior (&model, &best[0], &best[1]);
  printf ("# variance of    form 1   form 2   form 3\n");
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    {
      const int prior = rows[i].scale == 0;
      const double q[2] = { prior ? 0 : best[0] + rows[i].shift * best[1],
                            prior ? 1 : best[1] * rows[i].scale };
      lvm_elbo_moments m;
      lvm_linear_moments (&model, q[0], q[1], &m);
      check_by_draws (b, q, &m, S, rng);
      lvm_table_text (t, rows[i].name);
      lvm_table_number (t,
                        round (1e3 * lvm_family_kl (LVM_GAUSSIAN, q, best)) / 1e3);
      printf ("%-15.15s", rows[i].name);
      for (int form = 0; form < LVM_FORMS; form++)
        {
          const double v = lvm_elbo_variance (&m, (lvm_elbo_form) form);
          lvm_table_number (t, round (1e3 * v) / 1e3);
          printf (" %8.4f", v);
        }
      printf ("\n");
      for (int path = 0; path < LVM_PATHS; path++)
        if (path != LVM_PATH_THIRD)
          lvm_table_number (
              t, round (1e3
                        * lvm_linear_gradient_variance (&model, q[0], q[1],
                                                        (lvm_linear_path) path))
                     / 1e3);
    }
  lvm_book_table_end (b);
  gsl_rng_free (rng);
}

/* --- who wins where -------------------------------------------------------------------- */

/* 0, 1, 2: the first, the second, the third form (for the gradient: without q's score) has
   the smallest variance.  */
static int
winner (double shift, double log2_scale, int gradient)
{
  static const lvm_linear_path path[3] = { LVM_PATH_FIRST, LVM_PATH_SECOND,
                                           LVM_PATH_LANDING };
  double mean, sd, v[3];
  lvm_linear_posterior (&model, &mean, &sd);
  lvm_elbo_moments m;
  const double q_mean = mean + shift * sd, q_sd = sd * exp2 (log2_scale);
  lvm_linear_moments (&model, q_mean, q_sd, &m);
  for (int i = 0; i < 3; i++)
    v[i] = gradient ? lvm_linear_gradient_variance (&model, q_mean, q_sd, path[i])
                    : lvm_elbo_variance (&m, (lvm_elbo_form) i);
  return v[0] < v[1] && v[0] < v[2] ? 0 : v[1] < v[2] ? 1 : 2;
}

/* Figure 05-winner: for each scale the run of shifts that the second form wins, and that of
   the third, if any; a block for the value, one for the gradient.  */
static void
winner_map (lvm_book *b, int columns)
{
  static const char *const names[] = { "scale", "from_2", "to_2", "from_3",
                                       "to_3" };
  lvm_table_writer *t = lvm_book_table_begin (b, "05-winner", 5, names);
  enum
  {
    FINE = 800
  };
  const double reach = 4, width = 2 * reach / FINE;
  double area[2][3] = { { 0 } };
  for (int gradient = 0; gradient < 2; gradient++)
    {
      for (int i = 0; i < columns; i++)
        {
          const double scale = -2 + 4 * (i + 0.5) / columns;
          double from[3], to[3];
          int cells[3] = { 0 };
          for (int k = 0; k < FINE; k++)
            {
              const double at = -reach + k * width;
              const int who = winner (at + width / 2, scale, gradient);
              from[who] = cells[who] == 0 ? at : from[who];
              to[who] = at + width;
              cells[who]++;
              area[gradient][who] += 1. / (FINE * columns);
            }
          lvm_table_number (t, scale);
          for (int who = 1; who < 3; who++)
            {
              lvm_table_number (t, cells[who] > 0 ? from[who] : INFINITY);
              lvm_table_number (t, cells[who] > 0 ? to[who] : INFINITY);
              if (cells[who] > 0)
                lvm_book_check (b, "what a form wins is one run",
                                cells[who] * width, to[who] - from[who], 1e-9);
            }
        }
      if (gradient == 0)
        lvm_table_block (t);
    }
  lvm_book_table_end (b);
  static const char *const values[2][3] = {
    { "winner-value-1", "winner-value-2", "winner-value-3" },
    { "winner-gradient-1", "winner-gradient-2", "winner-gradient-3" }
  };
  for (int gradient = 0; gradient < 2; gradient++)
    for (int i = 0; i < 3; i++)
      lvm_book_value (b, values[gradient][i], 100 * area[gradient][i], "%.1f");
}

/* --- annealing -------------------------------------------------------------------------- */

/* Table 05-annealed: the best q for a divergence that counts beta times.  It is the
   posterior under a likelihood raised to 1 / beta, that is, of noise sqrt (beta) as large.  */
static void
annealing (lvm_book *b)
{
  static const char *const names[] = { "beta",           "mean",       "deviation",
                                       "reconstruction", "divergence", "bound" };
  static const double betas[] = { 0.25, 0.5, 1, 2, 4, 16 };
  lvm_table_writer *t = lvm_book_table_begin (b, "05-annealed", 6, names);
  for (size_t i = 0; i < sizeof betas / sizeof *betas; i++)
    {
      lvm_linear tempered = model;
      double q[2];
      lvm_elbo_moments m;
      tempered.noise_sd *= sqrt (betas[i]);
      lvm_linear_posterior (&tempered, &q[0], &q[1]);
      lvm_linear_moments (&model, q[0], q[1], &m);
      const double cells[] = { q[0], q[1], m.mean[LVM_LIKELIHOOD],
                               m.mean[LVM_Q] - m.mean[LVM_PRIOR],
                               lvm_elbo_value (&m, LVM_FIRST) };
      lvm_table_number (t, betas[i]);
      for (int k = 0; k < 5; k++)
        lvm_table_number (t, round (1e3 * cells[k]) / 1e3);
    }
  lvm_book_table_end (b);
}

/* --- an energy ------------------------------------------------------------------------------ */

static double
boltzmann (double z, void *p)
{
  (void) p;
  return exp (-z * z * z * z / 4);
}

/* p(x, z) = exp (-z^4 / 4), of which nobody need know the integral Z.  The second form under
   N(0, sigma^2) is -3 sigma^4 / 4 + H, largest for sigma^4 = 1/3, and a bound of ln Z.  */
static void
energy (lvm_book *b)
{
  double eps[12], weight[12], z_value, error, mean = 0;
  const double q[2] = { 0, pow (3, -0.25) };
  lvm_gauss_hermite (12, eps, weight);
  for (int i = 0; i < 12; i++)
    mean -= weight[i] * pow (q[1] * eps[i], 4) / 4;
  const double f = mean + lvm_family_entropy (LVM_GAUSSIAN, q);
  gsl_function g = { boltzmann, NULL };
  gsl_integration_workspace *w = gsl_integration_workspace_alloc (200);
  gsl_integration_qagi (&g, 0, 1e-10, 200, w, &z_value, &error);
  gsl_integration_workspace_free (w);
  lvm_book_check (b, "the energy's average", mean, -0.25, 1e-13);
  lvm_book_check (b, "the energy's integral", z_value,
                  gsl_sf_gamma (0.25) / sqrt (2), 1e-9);
  lvm_book_value (b, "energy-sd", q[1], "%.3f");
  lvm_book_value (b, "energy-bound", f, "%.4f");
  lvm_book_value (b, "energy-ln-z", log (z_value), "%.4f");
  lvm_book_value (b, "energy-gap", log (z_value) - f, "%.4f");
}

/* --- directions -------------------------------------------------------------------------------- */

/* Figure 05-directions: outlines of p at one and two deviations, then of the best
   factorised q in each direction, a block each.  */
static void
directions (lvm_book *b, double rho)
{
  static const char *const names[] = { "radius", "x", "y" };
  const double narrow = sqrt (1 - rho * rho);
  const double root[3][4] = { { 1, 0, rho, narrow },
                              { narrow, 0, 0, narrow },
                              { 1, 0, 0, 1 } };
  const double zero[2] = { 0, 0 };
  double work[6];
  lvm_table_writer *t = lvm_book_table_begin (b, "05-directions", 3, names);
  for (int i = 0; i < 3; i++)
    {
      for (int radius = 1; radius <= 2; radius++)
        {
          for (int k = 0; k <= 90; k++)
            {
              const double a = 2 * M_PI * k / 90, e0 = radius * cos (a),
                           e1 = radius * sin (a);
              row (t, 3,
                   (double[]){ radius, root[i][0] * e0,
                               root[i][2] * e0 + root[i][3] * e1 });
            }
          lvm_table_scan (t);
        }
      if (i < 2)
        lvm_table_block (t);
    }
  lvm_book_table_end (b);
  lvm_book_value (b, "directions-rho", rho, "%.1f");
  lvm_book_value (b, "directions-narrow", narrow, "%.2f");
  lvm_book_value (b, "directions-kl-reverse",
                  lvm_full_kl (2, zero, root[1], zero, root[0], work), "%.3f");
  lvm_book_value (b, "directions-kl-reverse-of-forward",
                  lvm_full_kl (2, zero, root[2], zero, root[0], work), "%.3f");
}

/* --- importance weighting ------------------------------------------------------------------------ */

enum
{
  MOST_NODES = 1024
};

/* ln w = ln (1 - rho^2) / 2 + rho t, where t is the product of two standard normal
   numbers, of density K_0(|t|) / pi; nodes at t = +-e^y.  */
static size_t
correlated_weights (double rho, double p[], double log_w[])
{
  const double step = 0.1;
  size_t n = 0;
  for (double y = -42; y < 6.5; y += step)
    {
      const double t = exp (y), density = gsl_sf_bessel_K0_scaled (t) * exp (-t)
                                          / M_PI * t * step;
      for (int side = -1; side <= 1 && density > 1e-300; side += 2)
        {
          p[n] = density;
          log_w[n++] = log1p (-rho * rho) / 2 + rho * side * t;
        }
    }
  return n;
}

/* The same by drawing: the mean of `repeats' bounds of S draws, and its error.  */
static double
drawn_gap (double rho, size_t S, size_t repeats, gsl_rng *rng, double *error)
{
  double *log_w = lvm_alloc (S, sizeof *log_w), sum = 0, square = 0;
  for (size_t r = 0; r < repeats; r++)
    {
      for (size_t i = 0; i < S; i++)
        log_w[i] = log1p (-rho * rho) / 2
                   + rho * gsl_ran_ugaussian (rng) * gsl_ran_ugaussian (rng);
      const double y = -lvm_importance_bound (S, log_w);
      sum += y;
      square += y * y;
    }
  free (log_w);
  sum /= (double) repeats;
  *error = sqrt ((square / (double) repeats - sum * sum) / (double) repeats);
  return sum;
}

/* Figure 05-importance: the gap against S by the integral and the slope that is predicted,
   a block for each correlation; last, what draws say.  */
static void
importance (lvm_book *b, int quick)
{
  static const char *const names[] = { "draws", "gap", "predicted", "error" };
  static const double rhos[] = { 0.3, 0.45, 0.6, 0.8 };
  static const char *const first[] = { "iw-first-a", "iw-first-b", "iw-first-c",
                                       "iw-first-d" },
                           *const thousand[] = { "iw-thousand-a", "iw-thousand-b",
                                                 "iw-thousand-c", "iw-thousand-d" };
  double p[MOST_NODES], log_w[MOST_NODES];
  lvm_table_writer *t = lvm_book_table_begin (b, "05-importance", 4, names);
  for (int i = 0; i < 4; i++)
    {
      const size_t n = correlated_weights (rhos[i], p, log_w);
      const double slope = rhos[i] < 0.5 ? -1 : 1 - 1 / rhos[i];
      const double last = -lvm_importance_expected (1 << 20, n, p, log_w),
                   anchor = last * (rhos[i] < 0.5 ? 1 : sqrt (20 * M_LN2));
      for (int k = 0; k <= 20; k++)
        {
          const double S = ldexp (1, k),
                       gap = -lvm_importance_expected ((size_t) S, n, p, log_w);
          row (t, 4,
               (double[]){ S, gap,
                           k < 8 ? INFINITY
                                 : anchor * pow (2, slope * (k - 20))
                                       / (rhos[i] < 0.5 ? 1 : sqrt (k * M_LN2)),
                           0 });
          if (k == 0)
            {
              lvm_book_check (b, "the gap of one draw", gap,
                              -log1p (-rhos[i] * rhos[i]) / 2, 1e-11);
              lvm_book_value (b, first[i], gap, "%.3f");
            }
          if (k == 10)
            lvm_book_value (b, thousand[i], gap, "%.5f");
        }
      lvm_table_block (t);
    }
  gsl_rng *rng = lvm_stream_alloc (SEED, 1);
  for (int i = 0; i < 4; i += 3)
    {
      const size_t n = correlated_weights (rhos[i], p, log_w);
      for (size_t S = 1; S <= 256; S *= 4)
        {
          double error;
          const double gap =
              drawn_gap (rhos[i], S, (quick ? 20000 : 200000) / S, rng, &error);
          lvm_book_check (b, "the gap by drawing", gap,
                          -lvm_importance_expected (S, n, p, log_w), 5 * error);
          if (error < gap / 5)
            row (t, 4, (double[]){ (double) S, gap, INFINITY, error });
        }
    }
  lvm_book_table_end (b);
  gsl_rng_free (rng);
}

/* ------------------------------------------------------------------------------------ */

int
lvm_experiment (const char *dir, bool quick, lvm_error *error)
{
  lvm_book *b = lvm_book_open (dir, "05-elbo");
  two_bags (b);
  bound_moves (b, quick ? 60 : 120);
  variances (b, quick ? 20000 : 200000);
  winner_map (b, quick ? 80 : 160);
  annealing (b);
  energy (b);
  directions (b, 0.8);
  importance (b, quick);
  return lvm_book_close (b, error);
}
