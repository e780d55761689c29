#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The data of chapter 3 are what their README says, and only the canonical files replace them.
# (That these give the same bytes again is not tested: they are not in the repository.)

set -u
folder=chapters/03-bernoulli-mixture
place=$(mktemp -d /tmp/lvm-programs-XXXXXX)
trap 'rm -rf "$place"' EXIT
passed=0
failed=0

# Counts a check: judge NAME CONDITION...
judge () {
  local name=$1
  shift
  if "$@" > "$place/out" 2>&1; then
    echo "ok     $name"
    passed=$((passed + 1))
  else
    echo "FAILED $name"
    sed 's/^/         /' "$place/out"
    failed=$((failed + 1))
  fi
}

# The script must fail with a code and a message that holds these words: refuse NAME CODE WORDS ARGUMENTS...
refuse () {
  local name=$1 code=$2 words=$3
  shift 3
  "$place/regenerate.sh" "$@" 2> "$place/err"
  judge "$name" test $? = "$code"
  judge "$name: says why" grep -qF -- "$words" "$place/err"
}

grep -E '^    [0-9a-f]{64}  mnist-' $folder/README.md | sed 's/^ *//' > "$place/sums"
judge "the README has a checksum for each file" \
  diff <(cd $folder && ls -- *.gz) <(awk '{ print $2 }' "$place/sums" | LC_ALL=C sort)
judge "the files have the checksums of the README" env -C $folder sha256sum --strict -c "$place/sums"

# A copy, whose data must survive.
cp $folder/README.md $folder/regenerate.sh "$place"
echo data > "$place/mnist-train-images.idx.gz"
mkdir "$place/canonical"
refuse "regenerate: no folder" 2 "usage: "
refuse "regenerate: no such folder" 2 "usage: " "$place/none"
refuse "regenerate: an empty folder" 3 "train-images-idx3-ubyte: missing" "$place/canonical"
cp $folder/mnist-train-images.idx.gz "$place/canonical/train-images-idx3-ubyte.gz"
refuse "regenerate: another file of that name" 3 "not the canonical file (md5 6bbc9ace" "$place/canonical"
judge "regenerate: nothing was replaced" grep -qx data "$place/mnist-train-images.idx.gz"
judge "regenerate: nothing is left behind" test -z "$(ls -d "$place"/.new-* 2> /dev/null)"

echo "$passed passed, $failed failed"
[ $failed = 0 ]
