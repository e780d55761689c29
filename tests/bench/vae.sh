#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Training a variational auto-encoder on MNIST, 60,000 binary images of 784 pixels, 784-500-2-500-784,
# batches of 128, Adam, against PyTorch on the same BLAS: seconds an epoch, two threads each, medians
# of five alternating rounds, each from a start, an order and noise of its own, the same for both.
# ./build.sh bench vae calls it.  It fails where the medians of the test bound differ by more than half
# a nat; that a ratio falls short of its target is printed only, since machines differ.

set -u
. "$(dirname "$0")/common.bash"
epochs=${EPOCHS:-5}
seeds="1 2 3 4 5"
tolerance=0.5

need python3-torch python3-numpy
build_ours vae

# Either side with E epochs, in a setting: how waiting threads wait, and, for PyTorch, how many threads
# there are and whether Adam takes all parameters together.
side() { # side NAME E WAIT [THREADS FOREACH]
  local waiting=OMP_WAIT_POLICY=$3
  [ "$3" = spin ] && waiting="-u OMP_WAIT_POLICY GOMP_SPINCOUNT=3000"
  case $1 in
    ours) env $waiting "$ours" run "$folder" "$2" ;;
    torch) env $waiting /usr/bin/python3 tests/bench/vae.py "$folder" "$2" "$4" "$5" ;;
  esac
}
run() { # run NAME
  if [ "$1" = sgemm ]; then
    "$ours" sgemm
  else
    side "$1" "$epochs" ${best[$1]}
  fi
}

# The setting in which one epoch takes the least.
choose() { # choose NAME SETTING...
  local name=$1 s; shift
  for s; do
    echo "$(timeout 60 bash -c "side $name 1 $s") $s"
  done | awk '$2 ~ /^-/' | sort -g | awk 'NR == 1 { $1 = $2 = ""; print }'
}

# OpenBLAS's kernels for this processor, which it may not know: for both sides.
core=$("$ours" core)
[ -n "$core" ] && export OPENBLAS_CORETYPE=$core

"$ours" make "$folder" 1 1 || exit 1
declare -A best
export ours folder
export -f side
best[ours]=$(choose ours spin active passive)
best[torch]=$(choose torch 'passive 1 0' 'passive 1 1' 'passive 2 0' 'passive 2 1' 'active 2 0' 'active 2 1' 'spin 2 0' 'spin 2 1')
[ -n "${best[ours]}" ] && [ -n "${best[torch]}" ] || die "an epoch takes more than a minute"

rounds=1
for seed in $seeds; do
  "$ours" make "$folder" "$seed" "$epochs" || exit 1
  alternate "ours sgemm torch"
done
bound_of() { awk '{ print $2 }' "$folder/$1.log" | median; }

printf '# seconds: an epoch, two threads, median.  ratio: PyTorch over ours.  share: of the rate of sgemm, were the network dense.\n'
printf '#epochs\tours\ttorch\tratio\ttarget\tshare\ttarget\tbound\ttorch_bound\tsettings\n'
ours_bound=$(bound_of ours) torch_bound=$(bound_of torch)
awk -v epochs="$epochs" -v ours="$(seconds_of ours)" -v torch="$(seconds_of torch)" -v sgemm="$(seconds_of sgemm)" \
  -v bound="$ours_bound" -v other="$torch_bound" -v settings="$(echo ours ${best[ours]}, torch ${best[torch]})" 'BEGIN {
    printf "%d\t%.3g\t%.3g\t%.2f\t2\t%.2f\t0.7\t%.2f\t%.2f\t%s\n", epochs, ours, torch, torch / ours, sgemm / ours, bound, other, settings }'
at_most "$(awk -v a="$ours_bound" -v b="$torch_bound" 'BEGIN { print (a > b ? a - b : b - a) }')" $tolerance && exit 0
echo "the results differ" >&2
exit 1
