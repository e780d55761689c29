#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Judge a reader's functions in place of ours: tests/try.sh FILE.c
# Every function of FILE.c that is named like a slot (softmax, log_sum_exp,
# responsibilities, ...) is judged by the claims of the chapter that has it.
# Exit: 0 accepted; 1 rejected; 2 nothing to judge, or it does not compile.

build=${BUILD:-build}
[ $# = 1 ] && [ -f "$1" ] || { echo "usage: try FILE.c" >&2; exit 2; }

scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT

# The interfaces' prototypes come first, so that a wrong signature does not compile.
includes=$(ls tests/claims/[0-9]*.h | sed 's|^tests/|-include |')
gcc -std=c17 -D_GNU_SOURCE -DLVM_READER -O2 -Wall -Wextra -fPIC -shared -Wl,-Bsymbolic -Isrc -Itests $includes "$1" \
  -o "$scratch/reader.so" -lgsl -lopenblas -lm || exit 2

status=77
for claims in "$build"/tests/claims-*; do
  "$claims" --try "$scratch/reader.so"
  case $? in
    0) [ $status = 77 ] && status=0 ;;
    1) status=1 ;;
    77) ;;
    *) exit 2 ;;
  esac
done
if [ $status = 77 ]; then
  echo "$1 defines no function that the book judges. These are the names:" \
    "$(sed -n 's/^\([a-z_]*\)_slot \([a-z_]*\);$/\2/p' tests/claims/[0-9]*.h | paste -sd ' ')" >&2
  exit 2
fi
exit $status
