#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The front door of the workbook.  Thin: it installs what is missing and calls make.

set -u
cd "$(dirname "$0")" || exit 1
jobs=-j$(nproc)
export EDITION=full

usage() {
  cat <<'TEXT'
Usage: ./build.sh [--quick] [COMMAND] [--edition full|student]

  (none)          install what is missing, build, verify, draw and render the workbook
  test            the same, then every test
  book            render the workbook
  pdf             the workbook on paper; installs LaTeX (about 250 MB)
  epub            the workbook for e-readers
  chapter N       render it and print the path of chapter N
  figures         draw every figure
  figure NAME     draw one figure (figures/NAME.gp) anew
  try FILE.c      judge your own functions in place of ours, and name the mistake
  soak [SECONDS]  the statistical claims with fresh draws: are alarms as rare as stated?
  bench NAME      measure against peers, which it installs; NAME is bernoulli, gaussian, gradients or vae
  proofs          the formal proofs, checked by Coq, which it installs
  reproducible    two quick builds from nothing give the same bytes
  seal            say that every claim's statement has been read beside its check
  asan            claims and tests under the address and undefined-behaviour sanitizers
  valgrind        programs and unit tests under valgrind
  coverage        line coverage of src/ by the unit tests
  browser         the pages in Chromium: links, search, previews, accessibility
  lint            layers, format, text
  clean           delete everything that was built
  help            this text

  --quick         small versions of the long experiments, in build/quick
  --edition       of book, pdf and epub: full (the default), or student, without the solutions
TEXT
}

say() { printf '%s\n' "$*"; }

# --- what must be installed ---------------------------------------------------------

# To build and read: a compiler, the libraries, the plotter, the renderer, type.
packages="gcc libc6-dev make pkg-config libgsl-dev libopenblas-openmp-dev libjansson-dev libmpfr-dev zlib1g-dev
check gnuplot-nox pngquant pandoc lua5.3 lua-dkjson nodejs katex fonts-katex libjs-lunr fonts-linuxlibertine
fonts-jetbrains-mono fonttools python3-brotli python3-munkres python3-unicodedata2"
# To check the formal proofs. Large, so nothing else asks for it.
proof_packages="coq libcoq-coquelicot"
# To make the book for paper and for e-readers, besides: what these two commands install.
pdf_packages="texlive-luatex texlive-latex-recommended librsvg2-bin"
epub_packages="zip"
# To test, besides.
test_packages="clang-format valgrind gcovr locales chromium zip unzip epubcheck poppler-utils"
# Node from elsewhere than Debian brings its npm.
command -v npm > /dev/null || test_packages="$test_packages npm"

missing() {
  dpkg-query -W -f='${Package} ${db:Status-Status}\n' "$@" 2>/dev/null |
    awk '$2 == "installed" { print $1 }' | sort -u > /tmp/lvm-installed.$$
  printf '%s\n' "$@" | sort -u | comm -23 - /tmp/lvm-installed.$$ | paste -sd ' '
  rm -f /tmp/lvm-installed.$$
}

need() {
  local lacking
  command -v dpkg-query > /dev/null || { say "This script installs Debian packages; here is no dpkg. It needs: $*" >&2; exit 1; }
  lacking=$(missing "$@")
  [ -z "$lacking" ] && return
  if [ "$(id -u)" != 0 ]; then
    say "These Debian packages are missing. Install them with this command as root, then run ./build.sh again:" >&2
    say "  apt-get update && apt-get install --no-install-recommends $(missing $packages $test_packages "$@")" >&2
    exit 1
  fi
  say "Installing Debian packages that the workbook is built with (about a minute): $lacking"
  export DEBIAN_FRONTEND=noninteractive
  local log; log=$(mktemp)
  { apt-get update -q && apt-get install -q -y --no-install-recommends $lacking; } > "$log" 2>&1 ||
    { tail -n 20 "$log" >&2; say "apt-get failed; its whole output is in $log" >&2; exit 1; }
  rm -f "$log"
}

run_make() { make --no-print-directory $jobs --output-sync=target "$@"; }

# --- commands --------------------------------------------------------------------------

quick=
if [ "${1:-}" = --quick ]; then quick=1; shift; fi
command=${1:-all}
[ $# -gt 0 ] && shift
if [ -n "$quick" ]; then export QUICK=1 B=build/quick; fi
B=${B:-build}

# What is asked for is looked at before anything is installed.
wrong() { say "$*" >&2; say "Try './build.sh help'." >&2; exit 2; }
names() { printf '%s\n' "$@" | sed 's|/$||; s|.*/||; s|\.gp$||' | paste -sd ' '; }

case $command in
  help | --help | -h) usage; exit 0 ;;
  clean) rm -rf build; exit ;;
  book | pdf | epub)
    if [ "${1:-}" = --edition ]; then
      case ${2:-} in full | student) export EDITION=$2 ;; *) wrong "--edition takes full or student" ;; esac
      shift 2
    fi
    [ $# = 0 ] || wrong "$command takes --edition and no other argument"
    ;;
  all | figures | test | reproducible | proofs | seal | asan | valgrind | coverage | browser | lint) [ $# = 0 ] || wrong "$command takes no argument" ;;
  chapter)
    case ${1:-} in '' | *[!0-9]*) n=-1 ;; *) n=$(printf '%02d' "$((10#$1))") ;; esac
    chapter=$(names chapters/"$n"-*/)
    [ $# = 1 ] && [ -d "chapters/$chapter" ] || wrong "chapter takes the number of one of: $(names chapters/[0-9]*/)"
    ;;
  soak) [ $# = 0 ] || { [ $# = 1 ] && [[ $1 =~ ^[1-9][0-9]{0,6}$ ]]; } || wrong "soak takes a number of seconds" ;;
  bench) [ $# = 1 ] && [ -f "tests/bench/$1.sh" ] || wrong "bench takes one of: $(names tests/bench/*.sh | sed 's/\.sh//g')" ;;
  figure) [ $# = 1 ] && [ -f "figures/$1.gp" ] || wrong "figure takes one of: $(names figures/[0-9]*.gp)" ;;
  try)
    [ $# = 1 ] || wrong "try takes one C file"
    [ -f "$1" ] || wrong "$1: no such file"
    case $1 in *.c) ;; *) wrong "$1: not a C file" ;; esac
    ;;
  *) wrong "$command: no such command" ;;
esac

book=$B/book
[ "$EDITION" = full ] || book=$book-$EDITION
need $packages
case $command in
  all | book)
    run_make book || exit
    say "The workbook is at $book/index.html"
    ;;
  pdf | epub)
    if [ "$command" = pdf ]; then need $packages $pdf_packages; else need $packages $epub_packages; fi
    run_make "$command" || exit
    say "The workbook is at $book/latent.$command"
    ;;
  chapter)
    run_make book || exit
    say "The chapter is at $B/book/$chapter.html"
    ;;
  figures) run_make figures ;;
  figure)
    rm -f "$B/figures/$1.svg"
    run_make "$B/figures/$1.svg" && say "The figure is at $B/figures/$1.svg"
    ;;
  try)
    run_make claims > /dev/null || exit 2
    BUILD=$B tests/try.sh "$1"
    ;;
  test) need $packages $test_packages ${PAPER:+$pdf_packages}; exec tests/all.sh ;;
  reproducible) need $packages $test_packages; exec tests/book/reproducible.sh whole ;;
  proofs) need $packages $proof_packages; B=$B exec tests/proofs.sh ;;
  asan) need $packages $test_packages; exec tests/asan.sh ;;
  valgrind) need $packages $test_packages; exec tests/valgrind.sh ;;
  coverage) need $packages $test_packages; exec tests/coverage.sh ;;
  browser) need $packages $test_packages; run_make book && BUILD=$B exec tests/book/browser.sh ;;
  lint) need $packages $test_packages; run_make lint ;;
  soak) run_make claims > /dev/null && BUILD=$B exec tests/soak.sh "${1:-60}" ;;
  bench) B=$B exec "tests/bench/$1.sh" ;;
  seal) lua5.3 src/weave/scan.lua seal ;;
esac
