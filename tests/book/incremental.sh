#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# One changed sentence renders one page, and nothing else is made again.

set -u
place=$(mktemp -d /tmp/lvm-incremental-XXXXXX)
trap 'rm -rf "$place"' EXIT
cp -a Makefile chapters proofs src tests figures "$place"
mkdir "$place/build"
for part in obj bin run tests ledger values tables figures out book labels files liblvm.a $(cd build && ls -d proofs 2> /dev/null); do
  cp -a "build/$part" "$place/build" || exit 1
done
cd "$place" || exit 1
# The home page leads to PDF and EPUB, which a change takes away: here there are none.
rm -f build/book/latent.*
touch src/weave/home.lua
make --no-print-directory book > log 2>&1 || { cat log; exit 1; }
touch before
make --no-print-directory book > log 2>&1 || { cat log; exit 1; }
again=$(find build -newer before -type f | head -n 3)
[ -z "$again" ] || { echo "made again without a change: $again"; echo "0 passed, 1 failed"; exit 1; }
sed -i 's/^The example holds the whole idea of the book\./This example holds the whole idea of the book./' chapters/00-how-to-read/chapter.md
touch now
make --no-print-directory book > log 2>&1 || { cat log; exit 1; }
changed=$(find build/book -maxdepth 1 -name '*.html' -newer now | sort | tr '\n' ' ')
compiled=$(find build/obj build/bin build/figures build/ledger build/values -newer now -type f | head -n 3)
if [ "$changed" = "build/book/00-how-to-read.html " ] && [ -z "$compiled" ]; then
  echo "2 passed, 0 failed"
else
  echo "rendered again: $changed; made again: $compiled"
  echo "1 passed, 1 failed"
  exit 1
fi
