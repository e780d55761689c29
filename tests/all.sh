#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Every test, one after the other; the last line counts.  ./build.sh test calls it.
# With PROOFS=1 the formal proofs, too.

set -u
passed=0 failed=0
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT

# Adds up what Check and the scripts of tests/ report.
count() {
  local p f
  read -r p f < <(awk '
    /^[0-9]+%: Checks: / { gsub (",", ""); bad = $5 + $7; p += $3 - bad; f += bad }
    /^[0-9]+ passed, [0-9]+ failed/ { p += $1; f += $3 }
    END { print p + 0, f + 0 }' "$log")
  passed=$((passed + p)) failed=$((failed + f))
  [ "$1" = 0 ] || [ "$f" -gt 0 ] || failed=$((failed + 1))
  [ "$1" != 0 ] || [ "$p" -gt 0 ] || passed=$((passed + 1))
}

# step SENTENCE COMMAND...
step() {
  local sentence=$1 start=$SECONDS status
  shift
  printf '%-66s' "$sentence"
  "$@" > "$log" 2>&1
  status=$?
  count $status
  if [ $status = 0 ]; then
    printf 'ok, %d s\n' $((SECONDS - start))
  else
    printf 'FAILED\n'
    grep -nE -A3 'FAILED|:[FE]:|\*\*\*|error:|^[a-z0-9/._-]+:[0-9]+: ' "$log" | head -n 60
    echo "  ... the end of its output:"
    tail -n 15 "$log"
  fi
}

quietly() { make --no-print-directory -j"$(nproc)" "$@"; }

# Before the book, whose marks say what was proved. Coq is large, so only on request.
[ -z "${PROOFS:-}" ] || step "formal proofs, checked by Coq" ./build.sh proofs
step "layers and format" quietly lint
step "the whole book: claims, figures, pages (a few minutes)" quietly book
cat build/ledger/*.txt
[ $failed = 0 ] && step "one sentence changed, one page rendered" tests/book/incremental.sh
[ $failed = 0 ] && step "pages in a browser, by keyboard and by axe-core" tests/book/browser.sh
step "drawn and woven again elsewhere, the same bytes" tests/book/reproducible.sh
# The PDF needs LaTeX, which is large, so only on request.
step "in one file: epubcheck, links, the numbers of the pages" tests/book/paper.sh epub ${PAPER:+pdf}
step "a student's edition without a sentence of a solution" tests/book/editions.sh epub ${PAPER:+pdf}
step "unit tests" quietly unit
step "programs, from outside" quietly program-tests
step "faults planted in the book must stop the build" tests/book/faults.sh
step "claims, unit tests, programs under the sanitizers" tests/asan.sh
step "unit tests and programs under valgrind" tests/valgrind.sh
step "line coverage of src/ above 95 %" tests/coverage.sh
grep -h '^TOTAL' build/coverage/report.txt 2> /dev/null

echo "$passed passed, $failed failed"
[ $failed = 0 ]
