#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Ten million samples of the pathwise and of the score terms of chapter 4, against NumPy: seconds,
# two threads each, medians of alternating rounds.  ./build.sh bench gradients calls it.  Each side
# draws its own numbers, so the means may differ by their standard errors: it fails where they
# differ by more than six.  That a ratio falls short of its target is printed only, since machines
# differ.

set -u
. "$(dirname "$0")/common.bash"
S=10000000

#      family      f (0: z^2, 1: sin z)  at least so many times as fast
cases="gaussian    0                     5
       gaussian    1                     5
       exponential 1                     5"

need python3-numpy
build_ours gradients

seed=1
run() { # run NAME FAMILY SHAPE
  local name=$1; shift
  seed=$((seed + 1))
  case $name in
    ours) "$ours" "$@" "$S" "$seed" ;;
    numpy) /usr/bin/python3 tests/bench/gradients.py "$@" "$S" "$seed" ;;
  esac
}

printf '# seconds for %d samples of both terms, two threads, median.  ratio: NumPy over ours, and what it should be.\n' $S
printf '# pathwise, score: difference of the last means, in standard errors.\n'
printf '#family\tf\trounds\tours\tnumpy\tratio\ttarget\tpathwise\tscore\n'
status=0
while read -r family shape target; do
  rm -f "$folder"/*
  alternate "ours numpy" "$family" "$shape"
  paste -d ' ' <(tail -n 1 "$folder/ours.log") <(tail -n 1 "$folder/numpy.log") |
    awk -v family="$family" -v shape="$shape" -v target="$target" -v round=$round -v ours="$(seconds_of ours)" \
      -v numpy="$(seconds_of numpy)" '{
        t = ($2 - $7) / sqrt ($3 ^ 2 + $8 ^ 2); s = ($4 - $9) / sqrt ($5 ^ 2 + $10 ^ 2)
        printf "%s\t%s\t%d\t%.4g\t%.4g\t%.1f\t%g\t%.2f\t%.2f\n", family, shape ? "sin z" : "z^2", round, ours, numpy,
          numpy / ours, target, t, s
        if (!(t * t <= 36 && s * s <= 36)) { print "the results differ" > "/dev/stderr"; exit 1 } }' || status=1
done <<< "$cases"
exit $status
