#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Black-box tests of the program `gradients` on a reader's problem, and of the soak.
# BUILD names the build folder (default: build). One line a check; the last line counts.

set -u
build=$(realpath "${BUILD:-build}")
program=$build/bin/gradients
[ -x "$program" ] || { echo "$program: not built"; exit 1; }
root=$(pwd)
place=$(mktemp -d /tmp/lvm-programs-XXXXXX)
trap 'rm -rf "$place"' EXIT
cd "$place" || exit 1
passed=0
failed=0

# Counts a check: judge NAME CONDITION...
judge () {
  local name=$1
  shift
  if "$@"; then
    echo "ok     $name"
    passed=$((passed + 1))
  else
    echo "FAILED $name"
    sed 's/^/         /' err | head -n 5
    failed=$((failed + 1))
  fi
}

# Runs the program; leaves its output in out and err, its exit code in code.
run () {
  "$program" "$@" > out 2> err
  code=$?
}

# refuse NAME MESSAGE ARGUMENTS...
refuse () {
  local name=$1 message=$2
  shift 2
  run "$@"
  judge "$name" same "2 gradients: $message" "$code $(head -n 1 err)"
  judge "$name: nothing on stdout" test ! -s out
}

same () {
  [ "$1" = "$2" ] || { printf '  expected: %s\n  is:       %s\n' "$1" "$2" | tee -a err; return 1; }
}

# The number in a row and column: cell ROW COLUMN.
cell () {
  awk -F'\t' -v row="$1" -v column="$2" '$1 == row { print $column }' out
}

# Whether two numbers agree: near A B TOLERANCE.
near () {
  awk -v a="$1" -v b="$2" -v t="$3" 'BEGIN { exit !(a != "" && a - b <= t && b - a <= t) }' ||
    { printf '  expected: %s\n  is:       %s\n' "$2" "$1" | tee -a err; return 1; }
}

# --- what it computes

run gaussian --parameters 1,2 --by deviation
judge 'z^2 by the deviation' test "$code" = 0
judge 'columns are named' same $'# estimator\tmean\tstandard_error\tz\tvariance\texact_variance' "$(head -n 1 out)"
judge 'the gradient is 4' near "$(cell exact 2)" 4 1e-9
judge 'pathwise variance is 36' near "$(cell pathwise 6)" 36 1e-8
judge 'score variance is 356.5' near "$(cell score 6)" 356.5 1e-7
judge 'pathwise mean' near "$(cell pathwise 2)" 4 0.05
judge 'leave-one-out mean' near "$(cell score-leave-one-out 2)" 4 0.1
judge 'the seed is said' grep -q 'seed 20240229' err
cp out first
run gaussian --parameters 1,2 --by deviation --threads 1
judge 'one thread, the same bits' cmp -s out first
run gaussian --parameters 1,2 --by deviation --seed 7
judge 'another seed, other bits' test "$(cell pathwise 2)" != "$(awk -F'\t' '$1 == "pathwise" { print $2 }' first)"

run gaussian --dimensions 5
judge 'five dimensions: 63, 14 and 4' same '63 14 4' \
  "$(printf '%.0f %.0f %.0f' "$(cell score 6)" "$(cell score-best 6)" "$(cell pathwise 6)")"
run gaussian --integrand step --at 0.5
judge 'a step: pathwise is zero, and not verified' same '0 0' "$code $(cell pathwise 2)"
judge 'a step: it says so' grep -q 'pathwise estimate is not verified' err
judge 'a step: the density' near "$(cell exact 2)" 0.3520653267642995 1e-9
run bernoulli --parameters 0.3 --coefficients 0.5,0,-2
judge 'a coin has no pathwise estimate' same '0 ' "$code $(cell pathwise 2)"
judge 'a coin: f (1) - f (0)' near "$(cell exact 2)" -2 1e-14
run exponential --parameters 2 --coefficients 0,1 --format json --output answer.json
judge 'JSON to a file' test "$code" = 0 -a ! -s out -a -s answer.json
judge 'JSON has the columns' grep -q '"columns": \["estimator"' answer.json

# --- what it refuses

refuse 'no such family' "no family 'cauchy': there are gaussian, logistic, exponential, weibull, log-normal and bernoulli" cauchy
refuse 'a deviation below zero' 'there is no gaussian distribution with mean 0 and this deviation' gaussian --parameters=0,-1
refuse 'one parameter of two' '--parameters of weibull: scale,shape' weibull --parameters 1
refuse 'a parameter too many' '--parameters of exponential: mean' exponential --parameters 1,2
refuse 'no such parameter' '--by: exponential has mean' exponential --by shape
refuse 'text for coefficients' '--coefficients takes up to 64 numbers between commas' gaussian --coefficients 1,x
refuse 'coefficients of a sine' "option '--coefficients' goes with --integrand polynomial" gaussian --integrand sine --coefficients 1
refuse 'no expectation' 'the expectation of this integrand does not exist under this distribution, or cannot be integrated' exponential --integrand exponential
refuse 'two families' 'one FAMILY at a time, not 2' gaussian logistic
refuse 'an option without a family' "option '--by' goes with FAMILY" --by mean
refuse 'the book with a family' "option '--book' goes without FAMILY" gaussian --book .
run --help
judge '--help' test "$code" = 0 -a -s out

# --- without arguments

run
judge 'the experiment holds' test "$code" = 0
judge 'it says so' grep -q 'identities verified' err

# --- soak

claims=$build/tests/claims-04-gradients
"$claims" --soak 0 12345 > out 2> err
judge 'a short soak is consistent' test $? = 0
judge 'it counts every test' grep -qE '^all +71 ' out
"$build/tests/claims-00-how-to-read" --soak 1 > out 2> err
judge 'a chapter without statistical claims' test $? = 77
(cd "$root" && BUILD=$build tests/soak.sh) > out 2> err
judge 'a soak needs its seconds' test $? = 2

echo "$passed passed, $failed failed"
[ $failed = 0 ]
