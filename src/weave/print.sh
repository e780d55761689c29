#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# src/weave/print.sh BOOK: sets BOOK/tex/latent.tex, and stops at what LaTeX only warns of.

set -u
cd "$1/tex" || exit 1
export FORCE_SOURCE_DATE=1

for svg in figures/*.svg; do
  pdf=${svg%.svg}.pdf
  [ "$pdf" -nt "$svg" ] || rsvg-convert --format=pdf --output="$pdf" "$svg" || exit 1
done

# Again until no number moves: references and contents are those of the run before.
for run in 1 2 3 4 5; do
  before=$(cat latent.aux latent.toc 2> /dev/null | cksum)
  echo "paper, run $run"
  if ! lualatex -interaction=nonstopmode -halt-on-error -file-line-error latent.tex > latent.out.log 2>&1; then
    grep -nE -A8 '^\./latent\.tex:|^!' latent.out.log | head -n 20 >&2
    exit 1
  fi
  [ "$before" = "$(cat latent.aux latent.toc | cksum)" ] && break
done

faults=$(grep -E '^Overfull|^Missing character|undefined|multiply defined|same identifier|Rerun to get' latent.log)
if [ -n "$faults" ]; then
  echo "$1/tex/latent.log: what LaTeX warns of:" >&2
  echo "$faults" | head -n 20 >&2
  exit 1
fi
mv latent.pdf ../latent.pdf
