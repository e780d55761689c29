#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# tests/book/editions.sh epub|pdf...: a student's edition holds no sentence of a solution, in no
# format, and the full edition holds every one that is looked for.

set -u
export LC_ALL=C
cd "$(dirname "$0")/../.." || exit 1
book=${BOOK:-build/book}
place=$(mktemp -d /tmp/lvm-editions-XXXXXX)
trap 'rm -rf "$place"' EXIT

for edition in full student; do
  make --no-print-directory EDITION=$edition book "$@" > "$place/log" 2>&1 || { cat "$place/log"; exit 1; }
done
for b in "$book" "$book-student"; do
  to=$place/$(basename "$b")
  find "$b" -type f ! -name '*.pdf' ! -name '*.epub' ! -path '*/assets/fonts/*' -exec cat {} + > "$to"
  case " $* " in *" epub "*) unzip -p "$b/latent.epub" 'book/*.xhtml' >> "$to" || exit 1 ;; esac
  case " $* " in *" pdf "*) pdftotext "$b/latent.pdf" - >> "$to" || exit 1 ;; esac
done
# What is not a letter is as good as a space, in every format.
words() { sed 's/<[^>]*>/ /g' "$1" | tr -cs 'A-Za-z' ' ' | tr 'A-Z' 'a-z'; }
holds() { words "$place/$(basename "$1")" | grep -oFf "$place/phrases" | sort -u; }
lua5.3 tests/book/solutions.lua "$book/md" | sort -u > "$place/phrases" || exit 1
[ -s "$place/phrases" ] || { echo "no phrase of a solution is found"; exit 1; }
holds "$book" | comm -23 "$place/phrases" - | sed 's/^/FAILED the full edition lacks/' > "$place/faults"
holds "$book-student" | sed 's/^/FAILED the student edition holds/' >> "$place/faults"
cat "$place/faults"
failed=$(wc -l < "$place/faults")
echo "$(($(wc -l < "$place/phrases") - failed)) passed, $failed failed"
[ "$failed" = 0 ]
