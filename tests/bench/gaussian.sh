#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# EM for mixtures of Gaussians against scikit-learn and Armadillo: seconds for one iteration
# (E-step and M-step), two threads each, medians of alternating rounds, from the same start.
# ./build.sh bench gaussian calls it.  It fails where the results differ; that a ratio falls
# short of its target is printed only, since machines differ.

set -u
cd "$(dirname "$0")/../.." || exit 1
B=${B:-build}
rounds=${ROUNDS:-5} # as many as fit into `seconds' for each case, one at least
seconds=100
tolerance_likelihood=1e-9 # relative
tolerance_means=1e-6      # in standard deviations
export OMP_NUM_THREADS=2 OPENBLAS_NUM_THREADS=2

#      N       D  K  iterations  at least so many times as fast
cases="1000000 2  3  20          15
       200000  16 16 4           8
       100000  64 16 2           4
       10000   64 64 3           4"

die() { printf '%s\n' "$*" >&2; exit 1; }

lacking=$(for p in g++ libarmadillo-dev python3-sklearn; do
  dpkg-query -W -f='${db:Status-Status}' $p 2> /dev/null | grep -q '^installed' || echo $p; done)
if [ -n "$lacking" ]; then
  [ "$(id -u)" = 0 ] || die "The peers are missing. Install them with: sudo apt-get install --no-install-recommends" $lacking
  echo "Installing the peers:" $lacking
  { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $lacking; } > /dev/null ||
    die "apt-get failed"
fi

folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
make --no-print-directory -j"$(nproc)" "B=$B" "$B/liblvm.a" > /dev/null || exit 1
mkdir -p "$B/tests/bench"
ours=$B/tests/bench/gaussian armadillo=$B/tests/bench/gaussian-armadillo
gcc -std=c17 -D_GNU_SOURCE -O2 -Isrc tests/bench/gaussian.c "$B/liblvm.a" -fopenmp -lgsl -lopenblas -lm -o "$ours" || exit 1
# The peer gets what would be said of it to a user: -O3 -march=native, OpenMP, no checks.
g++ -O3 -march=native -fopenmp -DARMA_NO_DEBUG tests/bench/gaussian_armadillo.cpp -larmadillo -o "$armadillo" || exit 1

run() { # run NAME N D K M: appends its line to NAME.log
  local name=$1; shift
  case $name in
    ours) "$ours" run "$folder" "$@" ;;
    armadillo) "$armadillo" "$folder" "$@" ;;
    sklearn) /usr/bin/python3 tests/bench/gaussian.py "$folder" "$@" ;;
  esac >> "$folder/$name.log" || die "$name failed for N, D, K = $1, $2, $3"
}

median() { sort -g | awk '{ v[NR] = $1 } END { print (v[int((NR + 1) / 2)] + v[int((NR + 2) / 2)]) / 2 }'; }
seconds_of() { awk '{ print $1 }' "$folder/$1.log" | median; }

printf '# seconds: one iteration, two threads, median.  ratio: the faster peer over ours, and what it should be.\n'
printf '# dgemm: 2 N K D (D + 1) operations a second, as a share of what dgemm does here (flop/s, median).\n'
printf '#N\tD\tK\trounds\tours\tsklearn\tarmadillo\tratio\ttarget\tdgemm\tshare\tlikelihood\tmeans\n'
status=0
while read -r N D K M target; do
  rm -f "$folder"/*
  "$ours" make "$folder" "$N" "$D" "$K" || exit 1
  end=$((SECONDS + seconds)) round=0
  while [ $round -lt "$rounds" ] && { [ $round = 0 ] || [ $SECONDS -lt $end ]; }; do
    for name in ours sklearn armadillo; do run $name "$N" "$D" "$K" "$M"; done
    "$ours" dgemm >> "$folder/dgemm.log" || exit 1
    round=$((round + 1))
  done
  means=$("$ours" compare "$folder" "$K" "$D") || exit 1
  awk -v N="$N" -v D="$D" -v K="$K" -v target="$target" -v round=$round -v ours="$(seconds_of ours)" \
    -v sklearn="$(seconds_of sklearn)" -v armadillo="$(seconds_of armadillo)" -v dgemm="$(seconds_of dgemm)" \
    -v means="$means" -v tl=$tolerance_likelihood -v tm=$tolerance_means '
    { if (FNR == NR && FNR == 1) first = $2
      d = ($2 - first) / first; if (d < 0) d = -d; if (!(d <= worst)) worst = d }
    END {
      peer = sklearn < armadillo ? sklearn : armadillo
      printf "%d\t%d\t%d\t%d\t%.4g\t%.4g\t%.4g\t%.1f\t%g\t%.3g\t%.2f\t%.1g\t%.1g\n", N, D, K, round, ours, sklearn,
        armadillo, peer / ours, target, dgemm, 2 * N * K * D * (D + 1) / ours / dgemm, worst, means
      if (!(worst <= tl) || !(means <= tm)) { print "the results differ" > "/dev/stderr"; exit 1 }
    }' "$folder/ours.log" "$folder/sklearn.log" "$folder/armadillo.log" || status=1
done <<< "$cases"
exit $status
