#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# EM for mixtures of Gaussians against scikit-learn and Armadillo: seconds for one iteration
# (E-step and M-step), two threads each, medians of alternating rounds, from the same start.
# ./build.sh bench gaussian calls it.  It fails where the results differ; that a ratio falls
# short of its target is printed only, since machines differ.

set -u
. "$(dirname "$0")/common.bash"
tolerance_likelihood=1e-9 # relative
tolerance_means=1e-6      # in standard deviations

#      N       D  K  iterations  at least so many times as fast
cases="1000000 2  3  20          15
       200000  16 16 4           8
       100000  64 16 2           4
       10000   64 64 3           4"

need g++ libarmadillo-dev python3-sklearn
build_ours gaussian
armadillo=$B/tests/bench/gaussian-armadillo
# The peer gets what would be said of it to a user: -O3 -march=native, OpenMP, no checks.
g++ -O3 -march=native -fopenmp -DARMA_NO_DEBUG tests/bench/gaussian_armadillo.cpp -larmadillo -o "$armadillo" || exit 1

run() { # run NAME N D K M
  local name=$1; shift
  case $name in
    ours) "$ours" run "$folder" "$@" ;;
    armadillo) "$armadillo" "$folder" "$@" ;;
    sklearn) /usr/bin/python3 tests/bench/gaussian.py "$folder" "$@" ;;
    dgemm) "$ours" dgemm ;;
  esac
}

printf '# seconds: one iteration, two threads, median.  ratio: the faster peer over ours, and what it should be.\n'
printf '# dgemm: 2 N K D (D + 1) operations a second, as a share of what dgemm does here (flop/s, median).\n'
printf '#N\tD\tK\trounds\tours\tsklearn\tarmadillo\tratio\ttarget\tdgemm\tshare\tlikelihood\tmeans\n'
status=0
while read -r N D K M target; do
  rm -f "$folder"/*
  "$ours" make "$folder" "$N" "$D" "$K" || exit 1
  alternate "ours sklearn armadillo dgemm" "$N" "$D" "$K" "$M"
  likelihood=$(spread ours sklearn armadillo) means=$("$ours" compare "$folder" "$K" "$D") || exit 1
  awk -v N="$N" -v D="$D" -v K="$K" -v target="$target" -v round=$round -v ours="$(seconds_of ours)" \
    -v sklearn="$(seconds_of sklearn)" -v armadillo="$(seconds_of armadillo)" -v dgemm="$(seconds_of dgemm)" \
    -v likelihood="$likelihood" -v means="$means" 'BEGIN {
      peer = sklearn < armadillo ? sklearn : armadillo
      printf "%d\t%d\t%d\t%d\t%.4g\t%.4g\t%.4g\t%.1f\t%g\t%.3g\t%.2f\t%s\t%s\n", N, D, K, round, ours, sklearn,
        armadillo, peer / ours, target, dgemm, 2 * N * K * D * (D + 1) / ours / dgemm, likelihood, means }'
  agree "$likelihood" $tolerance_likelihood "$means" $tolerance_means || status=1
done <<< "$cases"
exit $status
