#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Makes the files mnist-*.idx.gz of this folder anew: regenerate.sh FOLDER
# FOLDER holds the four canonical files of MNIST, plain or gzipped.  Needs what every Debian has,
# gzip and coreutils.  Replaces nothing unless every checksum is right, before and after.

set -eu
[ $# = 1 ] && [ -d "$1" ] || { echo "usage: $0 FOLDER, which holds the four canonical files of MNIST" >&2; exit 2; }
folder=$1
here=$(cd "$(dirname "$0")" && pwd)
new=$(mktemp -d "$here/.new-XXXXXX")
trap 'rm -rf "$new"' EXIT

# canonical NAME MD5: unpacks that file (gzip -f lets plain bytes pass), and makes sure that it is the one.
canonical() {
  file=$folder/$1
  [ -f "$file" ] || file=$file.gz
  [ -f "$file" ] && gzip -dcf < "$file" > "$new/$1" && [ "$(md5sum < "$new/$1")" = "$2  -" ] ||
    { echo "$folder/$1: missing, or not the canonical file (md5 $2)" >&2; exit 3; }
}

# The header stays; bytes up to 127 become 0, those above 1.
threshold() { head -c 16 "$1"; tail -c +17 "$1" | LC_ALL=C tr '\000-\377' '[\000*128][\001*128]'; }

canonical train-images-idx3-ubyte 6bbc9ace898e44ae57da46a324031adb
canonical train-labels-idx1-ubyte a25bea736e30d166cdddb491f175f624
canonical t10k-images-idx3-ubyte 2646ac647ad5339dbf082846283269ea
canonical t10k-labels-idx1-ubyte 27ae3e4e09519cfbb04c329615203637
sed -n 's/^    \([0-9a-f]\{64\}  mnist-.*\)/\1/p' "$here/README.md" > "$new/sums"
cd "$new"
threshold train-images-idx3-ubyte | gzip -9n > mnist-train-images.idx.gz
threshold t10k-images-idx3-ubyte | gzip -9n > mnist-test-images.idx.gz
gzip -9n < train-labels-idx1-ubyte > mnist-train-labels.idx.gz
gzip -9n < t10k-labels-idx1-ubyte > mnist-test-labels.idx.gz
sha256sum -c sums >&2 || { echo "another gzip than 1.12 may pack the same data into other bytes" >&2; exit 1; }
mv mnist-*.idx.gz ..
