#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The formal proofs, checked by Coq: every file of proofs/ compiles within its time; no theorem rests
# on an axiom but those of Coq's classical real numbers; a second, smaller checker agrees; and
# statements that are wrong on purpose fail, each at the line that says so. Then the ledger of the
# proofs is written, from which the book takes its marks. ./build.sh proofs calls it.

set -u
B=${B:-build}
out=$B/proofs
passed=0 failed=0
mkdir -p "$out/scratch"
log=$out/scratch/log

bad() { failed=$((failed + 1)); echo "FAILED $1"; }
finish() { echo "$passed passed, $failed failed"; [ $failed = 0 ]; exit; }

# --- the files -------------------------------------------------------------------------

# A ledger says "proved" only after all that follows.
rm -f "$out/ledger.json"
BUILD=$B lua5.3 src/weave/prove.lua list > "$out/theorems.tsv" || { bad "the claims and instances in proofs/*.v"; finish; }
make --no-print-directory -j"$(nproc)" B="$B" formal || { bad "a file does not compile"; finish; }

# --- the axioms ------------------------------------------------------------------------

cat > "$out/scratch/allowed" <<'TEXT'
ClassicalDedekindReals.sig_forall_dec
ClassicalDedekindReals.sig_not_dec
FunctionalExtensionality.functional_extensionality_dep
Classical_Prop.classic
TEXT

# assumptions NAME...: prints the axioms that are not allowed under theorems, named module.theorem.
assumptions() {
  local name everything=tt
  for name in "$@"; do everything="(@$name, $everything)"; done
  { printf 'From Latent Require %s.\n' "${@%.*}" | sort -u
    printf 'Definition everything := %s.\nPrint Assumptions everything.\n' "$everything"; } > "$out/scratch/assumptions.v"
  coqc -q -w -ambiguous-paths -R "$out" Latent "$out/scratch/assumptions.v" > "$log" 2>&1 || { cat "$log"; return; }
  sed -nE '/^(Axioms:|Closed under)/d; s/^([A-Za-z_][A-Za-z0-9_.]*).*/\1/p' "$log" | grep -vxFf "$out/scratch/allowed"
}

# That nothing is found means something only if something can be found.
printf 'Axiom planted : False.\nTheorem wrong : False.\nProof. exact planted. Qed.\n' > "$out/scratch/planted.v"
coqc -q -w -ambiguous-paths -R "$out" Latent "$out/scratch/planted.v" > "$log" 2>&1
[[ $(assumptions scratch.planted.wrong) == *.planted ]] && passed=$((passed + 1)) || bad "a planted axiom is not seen"

mapfile -t names < <(awk -F '\t' '{ print $1 "." $2; print $1 "." $2 "_instance" }' "$out/theorems.tsv")
: > "$out/status.tsv"
more=$(assumptions "${names[@]}")
while IFS=$'\t' read -r module theorem file line; do
  # Only if something is wrong they are asked one by one.
  [ -z "$more" ] || more=$(assumptions "$module.$theorem" "$module.${theorem}_instance")
  if [ -z "$more" ]; then
    passed=$((passed + 1))
    printf '%s\tproved\n' "$theorem" >> "$out/status.tsv"
  else
    bad "$file:$line: $theorem rests on $(paste -sd ' ' <<< "$more")"
  fi
done < "$out/theorems.tsv"
echo "ok     $((passed - 1)) theorems, each with an instance, rest on nothing but the axioms of the reals"

# --- a second opinion ------------------------------------------------------------------

# The small kernel alone reads the compiled files again; the libraries of Debian are trusted.
mapfile -t modules < <(cd proofs && printf -- '-norec\nLatent.%s\n' *.v | sed 's/\.v$//')
if coqchk -silent -o -R "$out" Latent "${modules[@]}" > "$log" 2>&1 &&
  ! sed -n '/Axioms:/,$p' "$log" | grep -E '^ +Latent\.'; then
  passed=$((passed + 1))
  echo "ok     the independent checker agrees"
else
  tail -n 20 "$log"
  bad "coqchk"
fi

# --- wrong statements ------------------------------------------------------------------

# Each file proves a right statement, then tries a wrong one with the same proof. It must fail at
# the line that says so, and of a proof that does not go through, not of a slip of the pen.
wrong() {
  local file=$1 name expected said
  name=$(basename "$file" .v)
  expected=$(grep -n '(\* fails here \*)$' "$file" | cut -d: -f1)
  said=$(timeout 120 coqc -q -w -ambiguous-paths -R "$out" Latent -o "$out/scratch/$name.vo" "$file" 2>&1)
  if [ -z "$said" ]; then
    echo "FAILED $file: the wrong statement was proved"
  elif ! grep -q "line $expected, characters" <<< "$said" ||
    grep -qE 'Syntax error|not found in the current|Cannot find a|already used' <<< "$said"; then
    printf 'FAILED %s:%s: it should fail here. Coq says:\n%s\n' "$file" "$expected" "$said"
  else
    echo "ok     rejected at line $expected of $file: $(sed -n '2s/^(\* //; 2s/ \*)$//; 2p' "$file")"
  fi
}
export -f wrong
export out
while IFS= read -r verdict; do
  echo "$verdict"
  case $verdict in ok*) passed=$((passed + 1)) ;; FAILED*) failed=$((failed + 1)) ;; esac
done < <(printf '%s\0' tests/mistakes/proofs/*.v | xargs -0 -P "$(nproc)" -I{} bash -c 'wrong {}')

# --- the ledger, and pages to read -----------------------------------------------------

rm -rf "$out/html"
mkdir -p "$out/html"
cp proofs/*.v "$out"/*.glob "$out/html"
(cd "$out/html" && coqdoc -q --html --body-only --utf8 --no-externals --no-lib-name -s --no-index -R . Latent ./*.v) > "$log" 2>&1 ||
  { cat "$log"; bad "coqdoc"; }
if [ $failed = 0 ]; then
  BUILD=$B lua5.3 src/weave/prove.lua ledger "$out/status.tsv" || bad "the ledger"
fi

# The book says "proved" of these very files, and of no others.
stale=$out/scratch/stale
rm -rf "$stale"
mkdir -p "$stale/src" "$stale/build"
cp -r proofs "$stale"
cp -r src/weave "$stale/src"
mkdir "$stale/build/proofs"
cp "$out/ledger.json" "$stale/build/proofs"
echo '(* changed since *)' >> "$stale/proofs/sums.v"
now=$(BUILD=$B lua5.3 src/weave/prove.lua status | grep -c 'proved$')
later=$(cd "$stale" && BUILD=build lua5.3 src/weave/prove.lua status | grep -c 'not run$')
if [ $((2 * now)) = ${#names[@]} ] && [ "$later" = "$now" ]; then
  passed=$((passed + 1))
  echo "ok     the book may say proved, and no longer after a change"
else
  bad "$now theorems would be marked as proved, and after a change $later as not run"
fi
finish
