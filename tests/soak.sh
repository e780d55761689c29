#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The statistical claims of every chapter with fresh draws for so many seconds, shared by the
# chapters that have some: tests/soak.sh SECONDS [SEED].  Counts alarms at several levels and
# compares them, by the exact binomial law, with what the levels say.
# Exit: 0 consistent; 1 not; 2 usage.

build=${BUILD:-build}
[ $# -ge 1 ] && [ $# -le 2 ] || { echo "usage: soak SECONDS [SEED]" >&2; exit 2; }

with=
for claims in "$build"/tests/claims-*; do
  case $claims in *.d | *.o) continue ;; esac
  "$claims" --list | grep -q "	statistical	" && with="$with $claims"
done
[ -n "$with" ] || { echo "no chapter has a statistical claim" >&2; exit 1; }
set -- "$1" "${2:-}" $with
seconds=$1 seed=$2
shift 2
share=$(((seconds + $# - 1) / $#)) status=0
for claims; do
  "$claims" --soak "$share" $seed || status=1
done
[ $status = 0 ] && echo "Every count is one that its level explains." || echo "Some counts are not what their levels say." >&2
exit $status
