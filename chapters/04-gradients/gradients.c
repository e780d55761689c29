/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Gradients of expectations: how d/dphi E[f(z)] comes out of samples of z ~ q(z | phi).

     z = g (eps, phi)                                  a sample
     t = f'(z) dg/dphi                                 pathwise
     (f(z) - b) s,  s = d ln q(z | phi) / dphi         score, with a baseline b

   For a family, its parameters and a function of the reader's choice this program
   prints what each estimator gives beside the exact gradient.  Without a family it
   runs the experiment of chapter 4 (experiment.c).  */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/book.h"
#include "cli/options.h"
#include "cli/table.h"
#include "data/number.h"
#include "data/output.h"
#include "prob/gradient.h"

enum
{
  MOST_COEFFICIENTS = 64,
  TOLERATED = 6 /* standard errors: by chance once in 5e8 estimates */
};

struct options
{
  const char *family, *parameters, *by, *coefficients, *output, *book;
  int integrand, format;
  double at, width;
  size_t samples, dimensions, seed, threads;
  bool quick;
};

/* --- the problem -------------------------------------------------------------- */

/* Numbers between commas.  Returned: how many; 0 where the text is none.  */
static size_t
read_list (const char *text, size_t most, double x[])
{
  for (size_t n = 0; n < most; text++)
    {
      if (lvm_number_read (text, &x[n], &text) != LVM_OK || !isfinite (x[n]))
        return 0;
      n++;
      if (*text == '\0')
        return n;
      if (*text != ',')
        return 0;
    }
  return 0;
}

static int
read_family (const struct options *o, lvm_gradient_problem *q, lvm_error *error)
{
  int f = 0;
  while (f < LVM_FAMILIES && strcmp (lvm_family_names[f], o->family) != 0)
    f++;
  if (f == LVM_FAMILIES)
    return lvm_fail (
        error, LVM_USAGE,
        "no family '%.100s': there are gaussian, logistic, exponential, "
        "weibull, log-normal and bernoulli",
        o->family);
  q->family = (lvm_family) f;
  return LVM_OK;
}

/* The parameters, and which of them the derivative is by.  */
static int
read_parameters (const struct options *o, lvm_gradient_problem *q, lvm_error *error)
{
  const size_t n = lvm_family_parameters (q->family);
  const char *const first = lvm_family_parameter (q->family, 0),
                    *const second = lvm_family_parameter (q->family, 1);
  q->phi[0] = q->family == LVM_BERNOULLI ? 0.5 : q->family == LVM_GAUSSIAN ? 0 : 1;
  q->phi[1] = 1;
  if (o->parameters != NULL && read_list (o->parameters, n, q->phi) != n)
    return lvm_fail (error, LVM_USAGE, "--parameters of %s: %s%s%s", o->family,
                     first, n == 2 ? "," : "", n == 2 ? second : "");
  if (!lvm_family_valid (q->family, q->phi))
    return lvm_fail (error, LVM_USAGE, "there is no %s distribution with %s %g%s%s",
                     o->family, first, q->phi[0], n == 2 ? " and this " : "",
                     n == 2 ? second : "");
  if (o->by == NULL || strcmp (o->by, first) == 0)
    q->parameter = 0;
  else if (n == 2 && strcmp (o->by, second) == 0)
    q->parameter = 1;
  else
    return lvm_fail (error, LVM_USAGE, "--by: %s has %s%s%s", o->family, first,
                     n == 2 ? " and " : "", n == 2 ? second : "");
  return LVM_OK;
}

/* coefficient [MOST_COEFFICIENTS], which q keeps.  */
static int
read_integrand (const struct options *o, double coefficient[],
                lvm_gradient_problem *q, lvm_error *error)
{
  q->h = (lvm_integrand){ .shape = (lvm_shape) o->integrand,
                          .terms = 3,
                          .coefficient = coefficient,
                          .a = o->at,
                          .b = o->width };
  memcpy (coefficient, (double[]){ 0, 0, 1 }, 3 * sizeof *coefficient);
  if (o->coefficients != NULL && o->integrand != LVM_POLYNOMIAL)
    return lvm_fail (error, LVM_USAGE,
                     "option '--coefficients' goes with --integrand polynomial");
  if (o->coefficients != NULL)
    q->h.terms = read_list (o->coefficients, MOST_COEFFICIENTS, coefficient);
  if (q->h.terms == 0)
    return lvm_fail (error, LVM_USAGE,
                     "--coefficients takes up to %d numbers between commas",
                     MOST_COEFFICIENTS);
  return LVM_OK;
}

static int
read_problem (const struct options *o, double coefficient[],
              lvm_gradient_problem *q, lvm_error *error)
{
  *q = (lvm_gradient_problem){ .D = o->dimensions };
  if (read_family (o, q, error) != LVM_OK
      || read_parameters (o, q, error) != LVM_OK)
    return error->status;
  return read_integrand (o, coefficient, q, error);
}

/* --- the estimates ---------------------------------------------------------------- */

struct row
{
  const char *name;
  lvm_estimate e;
  double exact_variance;
  bool promised; /* its mean is the gradient, and its variance finite */
};

/* Off by so many standard errors; 0 where both agree to the last digits.  */
static double
z_score (const lvm_estimate *e, const lvm_gradient_truth *y)
{
  const double off = e->mean - y->gradient,
               slack = y->error + 1e-12 * fabs (y->gradient);
  return fabs (off) <= slack ? 0 : off / e->error;
}

static int
write_rows (const struct options *o, const struct row rows[], size_t n,
            const lvm_gradient_truth *y, lvm_error *error)
{
  static const char *const names[] = { "estimator", "mean",     "standard_error",
                                       "z",         "variance", "exact_variance" };
  lvm_output *output = lvm_output_open (o->output, error);
  lvm_table_writer w;
  if (output == NULL)
    return error->status;
  lvm_table_begin (&w, output, (lvm_format) o->format, 6, names);
  lvm_table_text (&w, "exact");
  lvm_table_number (&w, y->gradient);
  lvm_table_number (&w, y->error);
  for (int i = 0; i < 3; i++)
    lvm_table_number (&w, 0);
  for (size_t i = 0; i < n; i++)
    {
      lvm_table_text (&w, rows[i].name);
      lvm_table_number (&w, rows[i].e.mean);
      lvm_table_number (&w, rows[i].e.error);
      lvm_table_number (&w, z_score (&rows[i].e, y));
      lvm_table_number (&w, rows[i].e.variance);
      lvm_table_number (&w, rows[i].exact_variance);
    }
  if (lvm_table_end (&w, error) != LVM_OK)
    {
      lvm_output_discard (output);
      return error->status;
    }
  return lvm_output_commit (output, error);
}

/* Every estimate whose mean should be the gradient must be near it.  */
static int
verify (const struct options *o, const struct row rows[], size_t n,
        const lvm_gradient_truth *y, lvm_error *error)
{
  int verified = 0;
  for (size_t i = 0; i < n; i++)
    if (rows[i].promised)
      {
        if (!(fabs (z_score (&rows[i].e, y)) <= TOLERATED))
          return lvm_fail (error, LVM_FAILED,
                           "the %s estimate is %.3g standard errors off (seed %zu)",
                           rows[i].name, z_score (&rows[i].e, y), o->seed);
        verified++;
      }
    else
      fprintf (
          stderr,
          "gradients: note: the %s estimate is not verified: its mean need not be "
          "the gradient, or its variance is not finite here\n",
          rows[i].name);
  fprintf (stderr,
           "%d estimates verified: within %d standard errors of the gradient; seed "
           "%zu.\n",
           verified, TOLERATED, o->seed);
  return LVM_OK;
}

/* The samples, and a row for each estimator.  The best baseline is the exact one.  */
static int
estimate (const struct options *o, const lvm_gradient_problem *q, lvm_error *error)
{
  lvm_gradient_truth y;
  lvm_gradient_sums x;
  struct row rows[6];
  size_t n = 0;
  if (lvm_gradient_exact (q, &y) != 0)
    return lvm_fail (error, LVM_USAGE,
                     "the expectation of this integrand does not exist under this "
                     "distribution, or cannot be integrated");
  lvm_gradient_sample (q, LVM_PATHWISE | LVM_SCORE, o->seed, 0, o->samples,
                       (int) o->threads, &x);
  const bool finite = isfinite (y.score);
  if (lvm_family_reparameterised (q->family))
    rows[n++] = (struct row){ "pathwise", lvm_gradient_pathwise (&x), y.pathwise,
                              q->h.shape != LVM_STEP && isfinite (y.pathwise) };
  rows[n++] = (struct row){ "score", lvm_gradient_score (&x, 0), y.score, finite };
  if (finite)
    rows[n++] = (struct row){ "score-best", lvm_gradient_score (&x, y.baseline),
                              y.best, true };
  rows[n++] = (struct row){ "score-leave-one-out", lvm_gradient_leave_one_out (&x),
                            NAN, finite && o->samples >= 100 };
  rows[n++] = (struct row){ "score-batch-mean", lvm_gradient_batch_mean (&x), NAN,
                            finite && o->samples >= 10000 };
  if (write_rows (o, rows, n, &y, error) != LVM_OK)
    return error->status;
  return verify (o, rows, n, &y, error);
}

/* --- the command line ------------------------------------------------------------------ */

static int
check_options (const struct options *o, int operands, lvm_error *error)
{
  const bool own = o->family != NULL;
  const char *stray = own && o->book != NULL            ? "--book"
                      : own && o->quick                 ? "--quick"
                      : !own && o->parameters != NULL   ? "--parameters"
                      : !own && o->by != NULL           ? "--by"
                      : !own && o->coefficients != NULL ? "--coefficients"
                      : !own && o->output != NULL       ? "--output"
                                                        : NULL;
  if (operands > 1)
    return lvm_fail (error, LVM_USAGE, "one FAMILY at a time, not %d", operands);
  if (stray != NULL)
    return lvm_fail (error, LVM_USAGE, "option '%s' goes %s FAMILY", stray,
                     own ? "without" : "with");
  return LVM_OK;
}

int
main (int argc, char *argv[])
{
  struct options o = { .format = LVM_TSV,
                       .at = 1,
                       .width = 1,
                       .samples = 1000000,
                       .dimensions = 1,
                       .seed = 20240229,
                       .threads = 2 };
  const lvm_option options[] = {
    { .name = "parameters",
      .letter = 'p',
      .argument = "A[,B]",
      .string = &o.parameters,
      .help =
          "the parameters, in the order below (0 or 1 and 1; 0.5 for bernoulli)" },
    { .name = "by",
      .argument = "NAME",
      .string = &o.by,
      .help = "the parameter that the gradient is by (the first)" },
    { .name = "integrand",
      .letter = 'i',
      .choice = &o.integrand,
      .choices = lvm_shape_names,
      .help = "f of one coordinate: a polynomial, sin (at z), exp (at z), the step "
              "[z > "
              "at], or the bump exp (-(z - at)^2 / (2 width^2)) (polynomial)" },
    { .name = "coefficients",
      .letter = 'c',
      .argument = "C0,C1,...",
      .string = &o.coefficients,
      .help = "the polynomial, lowest power first (0,0,1)" },
    { .name = "at",
      .argument = "A",
      .real = &o.at,
      .least = -1e6,
      .most = 1e6,
      .help = "see --integrand (1)" },
    { .name = "width",
      .argument = "W",
      .real = &o.width,
      .least = 1e-6,
      .most = 1e6,
      .help = "of the bump (1)" },
    { .name = "dimensions",
      .letter = 'd',
      .argument = "D",
      .count = &o.dimensions,
      .least = 1,
      .most = 100000,
      .help =
          "f is summed over so many independent coordinates; the gradient is by a "
          "parameter of the first (1)" },
    { .name = "samples",
      .letter = 'n',
      .argument = "S",
      .count = &o.samples,
      .least = 2,
      .most = 1e12,
      .help = "how many samples (1000000)" },
    { .name = "seed",
      .letter = 's',
      .argument = "N",
      .count = &o.seed,
      .least = 0,
      .most = 9007199254740992,
      .help = "of the random numbers (20240229)" },
    { .name = "threads",
      .letter = 't',
      .argument = "T",
      .count = &o.threads,
      .least = 1,
      .most = 1024,
      .help = "how many threads; the result does not depend on it (2)" },
    { .name = "format",
      .letter = 'f',
      .choice = &o.format,
      .choices = lvm_format_names,
      .help = "how to write (tsv)" },
    { .name = "output",
      .letter = 'o',
      .argument = "FILE",
      .string = &o.output,
      .help =
          "where to write; '-' is standard output, as is this option's absence" },
    { .name = "book",
      .argument = "DIR",
      .string = &o.book,
      .help = "where the experiment writes its tables and values" },
    { .name = "quick",
      .flag = &o.quick,
      .help = "run a small version of the experiment" },
    { .name = NULL }
  };
  const lvm_program program = {
    .name = "gradients",
    .usage = "[OPTION]... [FAMILY]",
    .purpose =
        "Estimate the gradient of an expectation from samples, in several ways, "
        "and "
        "compare each with the exact gradient. FAMILY is gaussian (mean, "
        "deviation), "
        "logistic (location, scale), exponential (mean), weibull (scale, shape), "
        "log-normal (log-mean, log-deviation) or bernoulli (probability). Without "
        "FAMILY, "
        "run the experiment of chapter 4.",
    .notes =
        "Columns written: the estimator; its mean, standard error and distance "
        "from the\n"
        "exact gradient in standard errors; the variance of one sample's term as\n"
        "estimated and by quadrature (nan where there is none). The first row is "
        "the\n"
        "exact gradient and the error of its quadrature.\n"
        "\n"
        "Exit status: 0 done and verified; 1 a check failed; 2 wrong usage; 3 bad "
        "data.",
    .options = options
  };
  lvm_error error = { 0 };
  lvm_gradient_problem q;
  double coefficient[MOST_COEFFICIENTS];
  int operand;
  bool go_on;

  if (lvm_options_read (&program, argc, argv, &operand, &go_on, &error) != LVM_OK
      || !go_on)
    return lvm_report (&program, &error);
  o.family = operand < argc ? argv[operand] : NULL;
  if (check_options (&o, argc - operand, &error) != LVM_OK)
    return lvm_report (&program, &error);
  if (o.family == NULL)
    lvm_experiment (o.book, o.quick, &error);
  else if (read_problem (&o, coefficient, &q, &error) == LVM_OK)
    estimate (&o, &q, &error);
  return lvm_report (&program, &error);
}
