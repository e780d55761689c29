# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
#
# What the black-box tests of the programs have in common. To be sourced by
# tests/programs/PROGRAM.sh, which ends with `finish': it finds the program in $BUILD
# (default: build), makes a folder and goes there. One line a check; the last line counts.

set -u
name=$(basename "$0" .sh)
program=${BUILD:-build}/bin/$name
[ -x "$program" ] || { echo "$program: not built"; exit 1; }
program=$(realpath "$program")
root=$(realpath "$(dirname "$0")/../..")
place=$(mktemp -d /tmp/lvm-programs-XXXXXX)
trap 'rm -rf "$place"' EXIT
cd "$place" || exit 1
passed=0
failed=0

# Counts a check: judge NAME CONDITION...
judge () {
  local what=$1
  shift
  if "$@"; then
    echo "ok     $what"
    passed=$((passed + 1))
  else
    echo "FAILED $what"
    sed 's/^/         /' err | head -n 5
    failed=$((failed + 1))
  fi
}

# Runs the program; leaves its output in out and err, its exit code in code.
run () {
  "$program" "$@" > out 2> err
  code=$?
}

# Who speaks: the program, or its command if the first argument is one: speaker ARGUMENTS...
speaker () {
  case ${1:-} in
    fit | predict | score | sample | train | encode | decode) echo "$name $1" ;;
    *) echo "$name" ;;
  esac
}

# A run that must fail with a code and, as the first line, a message, and write nothing:
# refuse NAME CODE MESSAGE ARGUMENTS...
refuse () {
  local what=$1 expected=$2 message=$3
  shift 3
  run "$@"
  judge "$what" same "$expected $(speaker "$@"): $message" "$code $(head -n 1 err)"
  judge "$what: nothing on stdout" test ! -s out
}

# The same, where the sentence only has to contain some words.
refuse_with () {
  local what=$1 expected=$2 words=$3
  shift 3
  run "$@"
  judge "$what: code" same "$expected" "$code"
  judge "$what: the sentence" grep -qF -- "$words" err
  judge "$what: nothing on stdout" test ! -s out
}

# A run that must succeed: accept NAME ARGUMENTS...
accept () {
  local what=$1
  shift
  run "$@"
  judge "$what" test "$code" = 0
}

same () {
  [ "$1" = "$2" ] || { printf '  expected: %s\n  is:       %s\n' "$1" "$2" | tee -a err; return 1; }
}

# Whether a number is within some distance of another: near IS SHOULD DISTANCE
near () {
  awk -v a="$1" -v b="$2" -v d="$3" 'BEGIN { exit !((a - b) ^ 2 <= d ^ 2) }'
}

# A number of a JSON file: field FILE KEY
field () {
  sed -n "s/^ \"$2\": \(.*[^,]\),*\$/\1/p" "$1"
}

# The shape of the table in a file, as COLUMNSxROWS, without '#' and blank lines.
shape () {
  awk -F'\t' '!/^#/ && NF { rows++; columns[NF] = 1 } END { for (c in columns) printf "%s", c; print "x" rows + 0 }' "$1"
}

finish () {
  echo "$passed passed, $failed failed"
  [ $failed = 0 ]
}
