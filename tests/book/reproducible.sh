#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The same sources give the same bytes.
#
#   tests/book/reproducible.sh        what build/ holds is drawn and woven again, in another place
#   tests/book/reproducible.sh whole  two --quick builds from nothing, in two places: values, tables,
#                                     ledger, figures, pages, EPUB, and the PDF where LaTeX is installed
#
# What the clock decides is listed in clock.tsv.  Everything else must agree; then the second build
# is given the times of the first, as one more input, and what is made from them must agree, too.

set -u
cd "$(dirname "$0")/../.." || exit 1
here=$PWD
place=$(mktemp -d /tmp/lvm-reproducible-XXXXXX)
trap 'rm -rf "$place"' EXIT
passed=0 failed=0
formats=epub
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2> /dev/null || echo 0) && export SOURCE_DATE_EPOCH # the copies have no history
command -v lualatex > /dev/null && command -v rsvg-convert > /dev/null && formats="epub pdf"

# in_tree TREE TARGET...
in_tree() {
  local tree=$1
  shift
  (cd "$tree" && make --no-print-directory -j"$(nproc)" "$@") > "$place/log" 2>&1 || { tail -n 20 "$place/log"; echo "$passed passed, $((failed + 1)) failed"; exit 1; }
}

sources() { mkdir -p "$1" && cp -a Makefile chapters proofs src tests figures "$1"; }

# same WHAT A B: each file of the first folder is in the second, too.
same() {
  local names differ
  names=$(cd "$2" && find . -type f | sort)
  differ=$(for f in $names; do cmp "$2/$f" "$3/$f" 2>&1; done | sed "s|$place/||g; s|$here/||g")
  if [ -z "$differ" ] && [ -n "$names" ]; then
    passed=$((passed + $(echo "$names" | wc -l)))
  else
    failed=$((failed + $(echo "$differ" | wc -l)))
    echo "FAILED $1:"
    echo "$differ" | head -n 20
  fi
}

# What the clock decides is taken out of two builds, which must hold it.
without_times() {
  local file value why build
  while IFS=$'\t' read -r file value why; do
    case $file in '' | '#'*) continue ;; esac
    for build; do
      if [ "$value" = - ]; then
        rm "$build/$file" || failed=$((failed + 1))
      else
        grep -q "^  \"$value\": {" "$build/$file" || { echo "FAILED $file has no $value"; failed=$((failed + 1)); }
        sed -i "/^  \"$value\": {/,/^  }/d" "$build/$file"
      fi
    done
  done < tests/book/clock.tsv
}

# The times of build A, in build B.
give_times() {
  local file value why
  while IFS=$'\t' read -r file value why; do
    case $file in '' | '#'*) ;; *) cp "$1/$file" "$2/$file" ;; esac
  done < tests/book/clock.tsv
}

woven() {
  in_tree . book epub
  sources "$place/tree"
  mkdir "$place/tree/build"
  for part in obj bin run tests ledger values tables out labels files liblvm.a $(cd build && ls -d proofs 2> /dev/null); do
    cp -a "build/$part" "$place/tree/build" || exit 1
  done
  in_tree "$place/tree" book
  # A home page that leads to a PDF is compared with one that does, too.
  [ ! -f build/book/latent.pdf ] || cp build/book/latent.pdf "$place/tree/build/book"
  in_tree "$place/tree" epub
  same figures "$place/tree/build/figures" build/figures
  same "pages and EPUB" "$place/tree/build/book" build/book
}

whole() {
  local a=$place/a b=$place/b
  export QUICK=1
  sources "$a"
  cp -a "$a" "$b"
  for tree in "$a" "$b"; do
    in_tree "$tree" experiments ledger
    mkdir "$tree/plain"
    cp -a "$tree"/build/{values,tables,ledger} "$tree/plain"
    rm -f "$tree"/plain/ledger/*.txt
  done
  without_times "$a/plain" "$b/plain"
  same "values, tables and ledger" "$a/plain" "$b/plain"
  give_times "$a/build" "$b/build"
  for tree in "$a" "$b"; do in_tree "$tree" book $formats; done
  for part in figures book; do same "$part" "$a/build/$part" "$b/build/$part"; done
}

case ${1:-woven} in
  woven | whole) "${1:-woven}" ;;
  *) echo "usage: tests/book/reproducible.sh [whole]"; exit 2 ;;
esac
echo "$passed passed, $failed failed"
[ $failed = 0 ]
