/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The evidence lower bound of one datum, three times:

     F(q) = E_q[ln p(x | z)] - KL(q, p(z))
          = E_q[ln p(x, z)] + H(q)
          = E_q[ln p(x, z) - ln q(z)]

   for a z of K states, given as a table with one state a row, or for the linear Gaussian
   model of one number, given by numbers.  Each form exactly and from draws, with the
   variance of one draw; the evidence; the gap; and the importance-weighted bound.
   Without a model the program runs the experiment of chapter 5 (experiment.c).  */

#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/book.h"
#include "cli/command.h"
#include "cli/places.h"
#include "cli/table.h"
#include "data/csv.h"
#include "data/output.h"
#include "num/compare.h"
#include "num/log_sum_exp.h"
#include "num/streams.h"
#include "prob/categorical.h"
#include "prob/elbo.h"
#include "prob/families.h"
#include "prob/importance.h"
#include "prob/linear.h"

struct options
{
  const char *table; /* prior, likelihood and q of each state; NULL: not given */
  bool logs;         /* prior and likelihood are logarithms */
  bool gaussian;
  lvm_linear model;
  double q_mean, q_sd; /* NAN: the posterior's */
  size_t draws;
  size_t importance; /* S of the importance-weighted bound */
  size_t seed;
  const char *output; /* NULL for standard output */
  int format;         /* an lvm_format */
  const char *book;   /* the folder of the experiment's tables and values */
  bool quick;         /* a small experiment */
};

/* What a model has to say, whichever it is.  Points are the states, or the nodes of a
   quadrature over q.  */
struct answer
{
  lvm_elbo_moments exact;
  lvm_elbo_estimate drawn;
  double evidence, gap;
  double importance;     /* F^(S) */
  double drawn_evidence; /* ln of the mean weight of all draws */
};

/* --- from draws ------------------------------------------------------------- */

/* The three estimates, and the logarithm of the mean weight.
   Given     the log densities at the draws [S]; log_q is overwritten with ln w  */
static void
estimate (size_t S, const double log_likelihood[], const double log_prior[],
          double log_q[], struct answer *a)
{
  const double kl = a->exact.mean[LVM_Q] - a->exact.mean[LVM_PRIOR],
               entropy = -a->exact.mean[LVM_Q];
  lvm_elbo_monte_carlo (S, log_likelihood, log_prior, log_q, kl, entropy,
                        &a->drawn);
  for (size_t i = 0; i < S; i++)
    log_q[i] = log_likelihood[i] + log_prior[i] - log_q[i];
  a->drawn_evidence = lvm_importance_bound (S, log_q);
}

/* --- a z of K states ----------------------------------------------------------- */

static int
check_column (const lvm_table *t, size_t d, bool logs, lvm_error *error)
{
  double sum = 0;
  for (size_t n = 0; n < t->rows; n++)
    {
      double *cell = &t->x[n * t->columns + d];
      if (isnan (*cell) || *cell == INFINITY || (!logs && *cell < 0))
        return lvm_table_fail (t, n, d, error, "%g is no %s", *cell,
                               logs ? "logarithm of a probability" : "probability");
      sum += logs ? exp (*cell) : *cell;
      if (!logs && d < 2)
        *cell = log (*cell);
    }
  if (d != 1 && !(fabs (sum - 1) <= 1e-6))
    return lvm_fail (error, LVM_DATA, "%.200s: the %s add up to %.9g, not to one",
                     t->file, d == 0 ? "prior probabilities" : "values of q", sum);
  return LVM_OK;
}

/* Columns to arrays: log_prior, log_likelihood, q, ln q, each [K].  */
static double *
columns_of (const lvm_table *t)
{
  const size_t K = t->rows;
  double *x = lvm_alloc (4 * K, sizeof *x);
  for (size_t k = 0; k < K; k++)
    {
      for (size_t d = 0; d < 3; d++)
        x[d * K + k] = t->x[k * 3 + d];
      x[3 * K + k] = log (x[2 * K + k]);
    }
  return x;
}

static void
draw_states (size_t S, size_t K, const double columns[], uint64_t seed,
             struct answer *a)
{
  double *x = lvm_alloc (3 * S, sizeof *x);
  gsl_rng *rng = lvm_stream_alloc (seed, 0);
  for (size_t i = 0; i < S; i++)
    {
      const size_t k =
          lvm_categorical_draw (K, columns + 2 * K, gsl_rng_uniform (rng));
      x[i] = columns[K + k];
      x[S + i] = columns[k];
      x[2 * S + i] = columns[3 * K + k];
    }
  estimate (S, x, x + S, x + 2 * S, a);
  gsl_rng_free (rng);
  free (x);
}

static int
of_states (const struct options *o, struct answer *a, lvm_error *error)
{
  lvm_table t;
  int status = lvm_csv_read (&t, o->table, NULL, error);
  if (status == LVM_OK && t.columns != 3)
    status = lvm_fail (error, LVM_DATA,
                       "%.200s: %zu columns, but three are needed: prior, "
                       "likelihood and q",
                       t.file, t.columns);
  for (size_t d = 0; d < 3 && status == LVM_OK; d++)
    status = check_column (&t, d, o->logs && d < 2, error);
  if (status == LVM_OK)
    {
      const size_t K = t.rows;
      double *x = columns_of (&t), *joint = lvm_alloc (2 * K, sizeof *joint);
      for (size_t k = 0; k < K; k++)
        joint[k] = x[k] + x[K + k];
      a->evidence = lvm_log_sum_exp (K, joint);
      a->gap = lvm_elbo_gap (K, x + 2 * K, x, x + K, joint + K);
      lvm_elbo_average (K, x + 2 * K, x + K, x, x + 3 * K, &a->exact);
      for (size_t k = 0; k < K; k++)
        joint[k] -= x[2 * K + k] > 0 ? x[3 * K + k] : 0;
      a->importance = lvm_importance_expected (o->importance, K, x + 2 * K, joint);
      draw_states (o->draws, K, x, o->seed, a);
      if (isinf (a->evidence))
        status = lvm_fail (error, LVM_DATA,
                           "%.200s: no state can have made the datum: its evidence "
                           "is zero",
                           t.file);
      free (joint);
      free (x);
    }
  lvm_table_free (&t);
  return status;
}

/* --- the linear Gaussian model -------------------------------------------------------- */

/* The trapezoidal rule over eps from -38 to 38 is exact to rounding for such weights.  */
static void
of_gaussian (const struct options *o, struct answer *a)
{
  enum
  {
    NODES = 3801
  };
  double mean, sd;
  lvm_linear_posterior (&o->model, &mean, &sd);
  const double q[2] = { isnan (o->q_mean) ? mean : o->q_mean,
                        isnan (o->q_sd) ? sd : o->q_sd },
               posterior[2] = { mean, sd };
  a->evidence = lvm_linear_evidence (&o->model);
  a->gap = lvm_family_kl (LVM_GAUSSIAN, q, posterior);
  lvm_linear_moments (&o->model, q[0], q[1], &a->exact);
  const size_t S = o->draws, n = S > NODES ? S : NODES;
  double *x = lvm_alloc (4 * n, sizeof *x), *l = x + n, *p = l + n, *log_q = p + n;
  for (size_t i = 0; i < NODES; i++)
    x[i] = ((double) i - (NODES - 1) / 2) / 50;
  lvm_linear_log_densities (&o->model, q[0], q[1], NODES, x, l, p, log_q);
  for (size_t i = 0; i < NODES; i++)
    {
      l[i] += p[i] - log_q[i];
      p[i] = gsl_ran_ugaussian_pdf (x[i]) / 50;
    }
  a->importance = lvm_importance_expected (o->importance, NODES, p, l);
  gsl_rng *rng = lvm_stream_alloc (o->seed, 0);
  for (size_t i = 0; i < S; i++)
    x[i] = gsl_ran_ugaussian (rng);
  lvm_linear_log_densities (&o->model, q[0], q[1], S, x, l, p, log_q);
  estimate (S, l, p, log_q, a);
  gsl_rng_free (rng);
  free (x);
}

/* --- the answer ---------------------------------------------------------------------- */

/* The forms agree, and with the gap they are the evidence.  */
static int
verify (const struct answer *a, lvm_error *error)
{
  double size = 1, error_of = 0;
  for (int i = 0; i < LVM_TERMS; i++)
    size += fabs (a->exact.mean[i]);
  const double third = lvm_elbo_value (&a->exact, LVM_THIRD), bound = 1e-12 * size;
  if (isinf (third))
    {
      fprintf (stderr,
               "elbo: q visits a state that cannot have made the datum: the "
               "bound is -inf\n");
      return LVM_OK;
    }
  for (int form = 0; form < LVM_FORMS; form++)
    error_of = lvm_larger (
        error_of, lvm_misfit (lvm_elbo_value (&a->exact, (lvm_elbo_form) form),
                              third, bound));
  error_of = lvm_larger (error_of, lvm_misfit (third + a->gap, a->evidence, bound));
  if (!(error_of <= 1))
    return lvm_fail (error, LVM_FAILED,
                     "the forms, the gap and the evidence do not fit together: "
                     "error %g times its bound",
                     error_of);
  fprintf (stderr,
           "elbo: verified that the three forms agree and that bound and gap "
           "add up to the evidence\n");
  return LVM_OK;
}

static void
write_row (lvm_table_writer *w, const char *name, double exact, double drawn,
           double error, double variance)
{
  lvm_table_text (w, name);
  lvm_table_number (w, exact);
  lvm_table_number (w, drawn);
  lvm_table_number (w, error);
  lvm_table_number (w, variance);
}

static int
write_answer (const struct options *o, const struct answer *a, lvm_error *error)
{
  static const char *const columns[] = { "quantity", "exact", "estimate",
                                         "standard_error", "variance" },
                           *const forms[] = { "form_1", "form_2", "form_3" };
  lvm_output *output = lvm_output_open (o->output, error);
  lvm_table_writer w;
  if (output == NULL)
    return error->status;
  lvm_table_begin (&w, output, (lvm_format) o->format, 5, columns);
  for (int form = 0; form < LVM_FORMS; form++)
    write_row (&w, forms[form], lvm_elbo_value (&a->exact, (lvm_elbo_form) form),
               a->drawn.value[form], a->drawn.error[form],
               lvm_elbo_variance (&a->exact, (lvm_elbo_form) form));
  write_row (&w, "importance_weighted", a->importance, NAN, NAN, NAN);
  write_row (&w, "evidence", a->evidence, a->drawn_evidence, NAN, NAN);
  write_row (&w, "gap", a->gap, a->drawn_evidence - a->drawn.value[LVM_THIRD], NAN,
             NAN);
  if (lvm_table_end (&w, error) == LVM_OK)
    return lvm_output_commit (output, error);
  lvm_output_discard (output);
  return error->status;
}

static void
bound (const struct options *o, lvm_error *error)
{
  struct answer a = { 0 };
  if (o->gaussian)
    of_gaussian (o, &a);
  else if (of_states (o, &a, error) != LVM_OK)
    return;
  if (verify (&a, error) == LVM_OK)
    {
      fprintf (stderr, "elbo: %zu draws from seed %zu\n", o->draws, o->seed);
      write_answer (o, &a, error);
    }
}

/* Finds what on the command line does not go together.  */
static int
check_options (const struct options *o, lvm_error *error)
{
  const bool model = o->gaussian || o->table != NULL;
  const char *stray = model && o->book != NULL      ? "--book"
                      : model && o->quick           ? "--quick"
                      : !model && o->output != NULL ? "--output"
                                                    : NULL;
  const lvm_place places[] = {
    { .name = "TABLE", .path = o->table },
    { .name = "--output", .path = o->output, .written = true },
  };
  if (o->gaussian && o->table != NULL)
    return lvm_fail (error, LVM_USAGE, "option '--gaussian' goes without TABLE");
  if (o->logs && o->table == NULL)
    return lvm_fail (error, LVM_USAGE, "option '--logs' goes with TABLE");
  if (stray != NULL)
    return lvm_fail (error, LVM_USAGE, "option '%s' goes %s a model", stray,
                     model ? "without" : "with");
  return lvm_check_places (places, 2, error);
}

int
main (int argc, char *argv[])
{
  struct options o = {
    .model = { .prior_sd = 1, .slope = 1, .noise_sd = 1, .x = 1 },
    .q_mean = NAN,
    .q_sd = NAN,
    .draws = 10000,
    .importance = 10,
    .seed = 20240229,
    .format = LVM_TSV
  };
  const double tiny = 1e-100, huge = 1e100;
  const lvm_option options[] = {
    { .name = "logs",
      .letter = 'l',
      .flag = &o.logs,
      .help = "the table's prior and likelihood are natural logarithms" },
    { .name = "gaussian",
      .letter = 'g',
      .flag = &o.gaussian,
      .help =
          "the linear Gaussian model, z ~ N(M, D^2), x = A z + B + noise, by the "
          "options that follow" },
    { .name = "x",
      .letter = 'x',
      .argument = "X",
      .real = &o.model.x,
      .least = -huge,
      .most = huge,
      .help = "the datum (1)" },
    { .name = "prior-mean",
      .argument = "M",
      .real = &o.model.prior_mean,
      .least = -huge,
      .most = huge,
      .help = "mean of z (0)" },
    { .name = "prior-sd",
      .argument = "D",
      .real = &o.model.prior_sd,
      .least = tiny,
      .most = huge,
      .help = "standard deviation of z (1)" },
    { .name = "slope",
      .argument = "A",
      .real = &o.model.slope,
      .least = -huge,
      .most = huge,
      .help = "how x follows z (1)" },
    { .name = "offset",
      .argument = "B",
      .real = &o.model.offset,
      .least = -huge,
      .most = huge,
      .help = "added to x (0)" },
    { .name = "noise-sd",
      .argument = "D",
      .real = &o.model.noise_sd,
      .least = tiny,
      .most = huge,
      .help = "standard deviation of the noise (1)" },
    { .name = "q-mean",
      .argument = "M",
      .real = &o.q_mean,
      .least = -huge,
      .most = huge,
      .help = "mean of q (the posterior's)" },
    { .name = "q-sd",
      .argument = "D",
      .real = &o.q_sd,
      .least = tiny,
      .most = huge,
      .help = "standard deviation of q (the posterior's)" },
    { .name = "draws",
      .letter = 'n',
      .argument = "N",
      .count = &o.draws,
      .least = 2,
      .most = 1e8,
      .help = "draws for the estimates (10000)" },
    { .name = "importance",
      .letter = 's',
      .argument = "S",
      .count = &o.importance,
      .least = 1,
      .most = 1e15,
      .help = "draws in one importance-weighted bound (10)" },
    { .name = "seed",
      .argument = "SEED",
      .count = &o.seed,
      .least = 0,
      .most = 9e15,
      .help = "of the draws (20240229)" },
    lvm_option_format (&o.format),
    lvm_option_output (&o.output),
    lvm_option_book (&o.book),
    lvm_option_quick (&o.quick),
    { .name = NULL }
  };
  const lvm_program program = {
    .name = "elbo",
    .usage = "[OPTION]... [TABLE | --gaussian]",
    .purpose =
        "The evidence lower bound of one datum in its three forms, exactly and "
        "from draws, with the evidence, the gap and the importance-weighted "
        "bound. TABLE has one state of z a row and three columns: prior p(z), "
        "likelihood p(x | z) and q(z); '-' is standard input. Without a model, "
        "run the experiment of chapter 5.",
    .notes =
        "Columns written: quantity; exact; estimate, from the draws;\n"
        "standard_error, of the estimate; variance, of one draw, exact. In nats.\n"
        "\n"
        "Exit status: 0 done and verified; 1 a check failed; 2 wrong usage; 3 bad "
        "data.",
    .options = options
  };
  lvm_error error = { 0 };

  gsl_set_error_handler_off ();
  if (lvm_command_read (&program, argc, argv, &o.table, &error)
      && check_options (&o, &error) == LVM_OK)
    {
      if (o.table != NULL || o.gaussian)
        bound (&o, &error);
      else
        lvm_experiment (o.book, o.quick, &error);
    }
  return lvm_report (&program, &error);
}
