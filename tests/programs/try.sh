#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Black-box tests of `./build.sh try`: what it says of right, wrong and broken files.

set -u
# The limits on memory are off where the sanitizers need it, and the variants judge the same code.
case ${BUILD:-build} in
  build | build/quick) ;;
  *) echo "try: not run in ${BUILD}"; exit 0 ;;
esac
place=$(mktemp -d /tmp/lvm-try-XXXXXX)
trap 'rm -rf "$place"' EXIT
passed=0 failed=0

# judge NAME CODE PATTERN: the file on standard input must give the exit code and a line with the pattern.
judge () {
  cat > "$place/reader.c"
  tests/try.sh "$place/reader.c" > "$place/out" 2>&1
  local code=$?
  if [ $code = "$2" ] && grep -q -- "$3" "$place/out"; then
    passed=$((passed + 1))
    echo "ok     $1"
  else
    failed=$((failed + 1))
    echo "FAILED $1: exit code $code"
    cat "$place/out"
  fi
}

judge "a right softmax" 0 "Every claim accepts it" << 'END'
#include <math.h>
void
softmax (size_t n, const double l[], double r[])
{
  double m = l[0], s = 0;
  for (size_t k = 1; k < n; k++)
    m = fmax (m, l[k]);
  for (size_t k = 0; k < n; k++)
    s += r[k] = exp (l[k] - m);
  for (size_t k = 0; k < n; k++)
    r[k] /= s;
}
END

judge "a softmax without the shift" 1 'the mistake "exp-over-sum"' < chapters/00-how-to-read/try-softmax.c

judge "a false log-sum-exp" 1 'the mistake "largest-plus-log-n"' << 'END'
#include <math.h>
double
log_sum_exp (size_t n, const double l[])
{
  double m = -INFINITY;
  for (size_t k = 0; k < n; k++)
    m = fmax (m, l[k]);
  return m + log (n);
}
END

judge "responsibilities that forget ln K" 1 'the mistake "evidence-without-log-k"' << 'END'
#include <math.h>
int
responsibilities (size_t K, const double l[], const double log_prior[], double r[], double *log_evidence)
{
  double m = -INFINITY, s = 0;
  for (size_t k = 0; k < K; k++)
    {
      r[k] = l[k] + (log_prior ? log_prior[k] : 0);
      m = fmax (m, r[k]);
    }
  for (size_t k = 0; k < K; k++)
    s += r[k] = exp (r[k] - m);
  for (size_t k = 0; k < K; k++)
    r[k] /= s;
  *log_evidence = m + log (s);
  return 0;
}
END

judge "a mistake the book does not know" 1 "none of the mistakes" << 'END'
void
softmax (size_t n, const double l[], double r[])
{
  for (size_t k = 0; k < n; k++)
    r[k] = l[k] * 0 + 1. / (double) (n + 1);
}
END

judge "an E-step for Bernoullis" 0 "Every claim accepts it" < chapters/03-bernoulli-mixture/try-e-step.c

judge "an E-step that forgets pixels that are off" 1 'the mistake "off-pixels-forgotten"' \
  < <(sed 's/log1p (-mean\[k \* D + d\])/0/' chapters/03-bernoulli-mixture/try-e-step.c)

judge "a crash" 1 "CRASHED" << 'END'
void
softmax (size_t n, const double l[], double r[])
{
  *(volatile int *) 0 = (int) (l[0] + r[0]) + (int) n;
}
END

judge "an exit" 1 "CRASHED" << 'END'
#include <stdlib.h>
void
softmax (size_t n, const double l[], double r[])
{
  exit ((int) n * 0 * (int) (l[0] + r[0]));
}
END

judge "too much memory" 1 "CRASHED" << 'END'
#include <stdlib.h>
#include <string.h>
void
softmax (size_t n, const double l[], double r[])
{
  char *p = malloc (4UL << 30);
  memset (p, (int) l[0], n);
  r[0] = p[0];
}
END

judge "the wrong arguments" 2 "conflicting types" << 'END'
void
softmax (int n, const float *l, float *r)
{
  r[0] = l[0] + (float) n;
}
END

judge "a file that does not compile" 2 "error" << 'END'
void softmax (
END

judge "no function of ours" 2 "These are the names: .*softmax" << 'END'
int
something_else (void)
{
  return 1;
}
END

echo "$passed passed, $failed failed"
[ $failed = 0 ]
