#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# EM for mixtures of Bernoullis on MNIST, 60,000 binary images of 784 pixels, against NumPy in
# single precision on the same BLAS: seconds for one iteration (E-step and M-step), two threads
# each, medians of alternating rounds, from the same start.  ./build.sh bench bernoulli calls it.
# It fails where the results differ; that a ratio falls short of its target is printed only, since
# machines differ.

set -u
. "$(dirname "$0")/common.bash"
# Those of single precision: a log joint of some hundred nats is good to 1e-4, so is a
# responsibility, and an iteration of EM hands that on.
tolerance_likelihood=1e-6 # relative
tolerance_means=1e-3

#      K   iterations  at least so many times as fast
cases="10  40          12
       50  5           6
       100 4           5"

need python3-numpy
build_ours bernoulli

run() { # run NAME K M
  local name=$1; shift
  case $name in
    ours) "$ours" run "$folder" "$@" ;;
    numpy) /usr/bin/python3 tests/bench/bernoulli.py "$folder" "$@" ;;
  esac
}

printf '# seconds: one iteration, two threads, median.  ratio: NumPy over ours, and what it should be.\n'
printf '#K\trounds\tours\tnumpy\tratio\ttarget\tlikelihood\tmeans\n'
status=0
while read -r K M target; do
  rm -f "$folder"/*
  "$ours" make "$folder" "$K" || exit 1
  alternate "ours numpy" "$K" "$M"
  likelihood=$(spread ours numpy) means=$("$ours" compare "$folder" "$K") || exit 1
  awk -v K="$K" -v target="$target" -v round=$round -v ours="$(seconds_of ours)" -v numpy="$(seconds_of numpy)" \
    -v likelihood="$likelihood" -v means="$means" 'BEGIN {
      printf "%d\t%d\t%.4g\t%.4g\t%.1f\t%g\t%s\t%s\n", K, round, ours, numpy, numpy / ours, target, likelihood, means }'
  agree "$likelihood" $tolerance_likelihood "$means" $tolerance_means || status=1
done <<< "$cases"
exit $status
