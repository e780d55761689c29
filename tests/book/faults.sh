#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Nothing fails softly: faults are planted one at a time in a copy of the built tree.
# Each must stop the build, and the message must name the file and the line.

set -u
place=$(mktemp -d /tmp/lvm-faults-XXXXXX)
trap 'rm -rf "$place"' EXIT
passed=0 failed=0
zero=chapters/00-how-to-read/chapter.md
one=chapters/01-responsibilities/chapter.md

# fault NAME FILE SED PATTERN [TARGET]: apply SED to FILE; the build must fail with PATTERN, in
# which AT stands for FILE and the number of the first line that SED changed.
fault() {
  local name=$1 file=$2 edit=$3 pattern=$4 target=${5:-book} line
  rm -rf "$place/tree"
  mkdir "$place/tree"
  cp -a Makefile chapters proofs src tests figures .clang-format "$place/tree"
  mkdir "$place/tree/build"
  for part in obj bin run tests ledger values tables figures out book labels files liblvm.a $(cd build && ls -d proofs 2> /dev/null); do
    cp -a "build/$part" "$place/tree/build" || exit 1
  done
  if [ "$edit" = delete ]; then
    rm "$place/tree/$file"
    line=
  else
    sed -i "$edit" "$place/tree/$file"
    cmp -s "$file" "$place/tree/$file" && { echo "FAILED $name: nothing was planted"; failed=$((failed + 1)); return; }
    line=$(diff "$file" "$place/tree/$file" | sed -n '1s/^\([0-9]*\).*[acd]\([0-9]*\).*/\2/p')
  fi
  pattern=${pattern//AT/$file:$line:}
  if (cd "$place/tree" && make --no-print-directory -j2 "$target") > "$place/log" 2>&1; then
    echo "FAILED $name: the build went through"
    failed=$((failed + 1))
  elif ! grep -qE -- "$pattern" "$place/log"; then
    echo "FAILED $name: no line matches $pattern"
    tail -n 5 "$place/log"
    failed=$((failed + 1))
  else
    echo "ok     $name: $(grep -E -- "$pattern" "$place/log" | head -n 1)"
    passed=$((passed + 1))
  fi
}

# --- in the text
fault "an unknown label" $zero 's/\[\](#lse-shift), further/[](#lse-shfit), further/' 'AT.*lse-shfit'
fault "an unused label" $one '/^## Further reading/i ::: {#nobody-asks .definition}\n$$a = b$$\n:::\n' \
  "$one:[0-9]+:.*nobody-asks"
fault "a missing value" $zero 's/{{hand-sum}} = {{hand-log}}/{{hand-summ}} = {{hand-log}}/' 'AT.*hand-summ'
fault "TeX outside the subset" $zero 's/\$N\$, \$D\$, \$K\$ |/$N$, $\\eqref{D}$, $K$ |/' 'AT.*eqref'
fault "an equation without a label" $one 's/^The bags are more than an example/$$x = 1$$\n\n&/' 'AT'
fault "a typed result" $one 's/{{iris-own}} of/0.977 of/' 'AT.*0\.977'
fault "a decimal comma" $one 's/{{iris-own}} of/0,977 of/' 'AT.*0,977'
fault "a footnote" $zero 's/^You read an equation/&[^1]/' 'AT.*footnote'
fault "a table without its rule" $zero '/^|:--|:---/d' "$zero:[0-9]+:.*rules it"
fault "a cell too many" $zero 's/\$N\$, \$D\$, \$K\$ |/$N$, $D$ | $K$ |/' 'AT.*cells'
fault "a figure without words" $one '0,/alt="[^"]*/s//alt="/' "$one:[0-9]+:.*alt"
fault "a proof of a claim that nobody states" proofs/responsibilities.v 's/claim: resp-sum /claim: resp-summ /' 'AT.*resp-summ'
fault "a theorem without an instance" proofs/responsibilities.v 's/Example resp_sum_instance/Example resp_sums/' \
  'proofs/responsibilities\.v:[0-9]+:.*resp_sum has no'
fault "a claim with no theorem below" proofs/responsibilities.v 's/^(\* claim: resp-sum \*)$/&\n(** lost *)/' \
  'proofs/responsibilities\.v:[0-9]+:.*resp-sum is named, but no theorem follows'
fault "a theorem that does not exist" $zero 's/function=resp_sum/function=resp_summ/' 'AT.*theorem resp_summ is not in'
fault "an unclosed fence" $zero '/^Two hypotheses explain/i ::: {.note}' "$zero:[0-9]+:"
fault "a citation of nothing" $zero 's/@blanchard2021/@blanchard2012/' 'AT.*blanchard2012'
fault "a kind that differs" proofs/01-responsibilities.md 's/#resp-sum .claim kind=identity/#resp-sum .claim kind=exact/' 'AT.*resp-sum'
fault "raw HTML" $zero 's/^You read an equation/<b>You<\/b> read an equation/' 'AT'
fault "an exercise without a solution" $zero '/^Take out .-2000/,/^::: {.solution}/s/^::: {.solution}/::: {.hint}/' "$zero:[0-9]+:.*solution"

fault "a sign in a statement" proofs/01-responsibilities.md 's/= \\operatorname{LSE}(l) - \\ln K\$\$/= \\operatorname{LSE}(l) + \\ln K$$/' \
  "proofs/01-responsibilities.md:[0-9]+: claim resp-evidence is not worded"

# --- in the programs
fault "a renamed function" src/num/log_sum_exp.c 's/^lvm_softmax (/lvm_soft_max (/; s/^lvm_log_sum_exp (/lvm_softmax (/; s/^lvm_soft_max (/lvm_log_sum_exp (/' \
  "src/num/log_sum_exp.c:[0-9]+:"
fault "a function the text shows is gone" $zero 's/function=lvm_log_sum_exp/function=lvm_logsumexp/' 'AT.*lvm_logsumexp'
fault "an unknown label in a comment" src/num/log_sum_exp.c 's|^/\* Shift and divide\.|/* Shift and divide (softmax-stabel).|' 'AT.*softmax-stabel'
fault "an include that points up" src/num/log_sum_exp.c 's/^#include <math.h>/&\n#include "prob\/gaussian.h"/' 'AT.*above' lint
fault "a deleted figure" figures/01-far.gp delete "$one:[0-9]+:.*01-far"
fault "a figure that warns" figures/01-far.gp 's/^plot table/set nonsense\n&/' 'AT'
fault "a figure that nobody shows" $one 's/src=01-far/src=01-plane/' 'figures/01-far.gp:1:'
fault "a table without its program" chapters/01-responsibilities/experiment.c 's/"01-far", 3/"01-fra", 3/' 'figures/01-far.gp:1:.*01-far.tsv'

# --- in the claims
fault "a removed claim" tests/claims/01-responsibilities.c '/ON_LOGS ("resp-argmax"/d; s/^resp_argmax (/__attribute__ ((unused)) &/' "proofs/01-responsibilities.md:[0-9]+:.*resp-argmax"
fault "a claim that is stated nowhere" proofs/01-responsibilities.md 's/{#resp-argmax .claim kind=exact}/{#resp-agrmax .claim kind=exact}/' \
  "tests/claims/01-responsibilities.c:[0-9]+:.*resp-argmax"
fault "a claim that always accepts" tests/claims/01-responsibilities.c 's/lvm_equal (j, "r_1", r\[0\], expected,/lvm_equal (j, "r_1", expected, expected,/' \
  "tests/mistakes/01-responsibilities.c:[0-9]+: mistake winner-takes-all is not rejected"
fault "a claim that compares nothing" tests/claims/01-responsibilities.c 's/lvm_at_most (j, "r_k, at most that of the most likely".*/lvm_undrawn (j);/; s/^ *DBL_MIN);$//' \
  "tests/claims/01-responsibilities.c:[0-9]+: claim resp-argmax compared nothing"
fault "a mistake that nothing rejects" tests/mistakes/01-responsibilities.c 's/  return status;\n}/&/; s/\*log_evidence += log_prior == NULL ? log ((double) K) : 0;/(void) K;/' \
  "tests/mistakes/01-responsibilities.c:[0-9]+: mistake evidence-without-log-k is not rejected"
fault "a mistake that names no claim" tests/mistakes/01-responsibilities.c 's/"resp-log-odds",/"resp-log-ods",/' \
  "tests/mistakes/01-responsibilities.c:[0-9]+: mistake .* names the claim resp-log-ods"
fault "a sign in the library" src/prob/responsibilities.c 's/lse - log ((double) K)/lse + log ((double) K)/' "the bags: twelve of thirty balls are red"
fault "a sign in a derivation" proofs/01-responsibilities.c 's/return minus (ln (sum_over_urns/return plus (ln (sum_over_urns/' \
  "tests/claims/01-responsibilities.c:[0-9]+: claim resp-evidence does not hold"
fault "an identity of the experiment" chapters/01-responsibilities/experiment.c 's|red\[k\] / 12,|red[k] / 13,|' "the bags"

echo "$passed passed, $failed failed"
[ $failed = 0 ]
