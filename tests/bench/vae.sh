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

run() { # run NAME
  case $1 in
    ours) "$ours" run "$folder" "$epochs" ;;
    torch) /usr/bin/python3 tests/bench/vae.py "$folder" "$epochs" $setting ;;
  esac
}

# OpenBLAS's kernels for this processor, which it may not know: for both sides.
core=$("$ours" core)
[ -n "$core" ] && export OPENBLAS_CORETYPE=$core

# PyTorch's best setting: how many threads, and whether Adam takes all parameters together.
"$ours" make "$folder" 1 1 || exit 1
setting=$(for s in '1 0' '1 1' '2 0' '2 1'; do
  echo "$(/usr/bin/python3 tests/bench/vae.py "$folder" 1 $s) $s"; done | sort -g | awk 'NR == 1 { print $3, $4 }')

rounds=1
for seed in $seeds; do
  "$ours" make "$folder" "$seed" "$epochs" || exit 1
  alternate "ours torch"
done
read -r rate products <<< "$("$ours" sgemm)"
bound_of() { awk '{ print $2 }' "$folder/$1.log" | median; }

printf '# seconds: an epoch, two threads, median.  ratio: PyTorch over ours.  share: of the sgemm rate, over a dense network.\n'
printf '#epochs\tours\ttorch\tratio\ttarget\tshare\ttarget\tbound\ttorch_bound\tthreads\tforeach\n'
ours_bound=$(bound_of ours) torch_bound=$(bound_of torch)
awk -v epochs="$epochs" -v ours="$(seconds_of ours)" -v torch="$(seconds_of torch)" -v rate="$rate" -v products="$products" \
  -v bound="$ours_bound" -v other="$torch_bound" -v setting="$setting" 'BEGIN {
    split(setting, s, " ")
    printf "%d\t%.3g\t%.3g\t%.2f\t2\t%.2f\t0.7\t%.2f\t%.2f\t%d\t%d\n", epochs, ours, torch, torch / ours, products / ours / rate, bound, other, s[1], s[2] }'
at_most "$(awk -v a="$ours_bound" -v b="$torch_bound" 'BEGIN { print a > b ? a - b : b - a }')" $tolerance && exit 0
echo "the results differ" >&2
exit 1
