# SPDX-License-Identifier: GPL-3.0-or-later
#
# What the benches share; each sources it.  Seconds for one iteration, two threads each,
# medians of alternating rounds, from the same start.

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
B=${B:-build}
rounds=${ROUNDS:-5} # as many as fit into `seconds' for each case, one at least
seconds=100
# Threads that wait sleep, as under make: neither NumPy nor we are faster otherwise, and both are
# slower where the machine has other work.
export OMP_NUM_THREADS=2 OPENBLAS_NUM_THREADS=2 OMP_WAIT_POLICY=passive

die() { printf '%s\n' "$*" >&2; exit 1; }

# Debian's packages of the peers.
need() {
  local lacking
  lacking=$(for p in "$@"; do
    dpkg-query -W -f='${db:Status-Status}' "$p" 2> /dev/null | grep -q '^installed' || echo "$p"; done)
  [ -z "$lacking" ] && return
  [ "$(id -u)" = 0 ] || die "The peers are missing. Install them with: sudo apt-get install --no-install-recommends" $lacking
  echo "Installing the peers:" $lacking
  { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $lacking; } > /dev/null ||
    die "apt-get failed"
}

# ours: our side, from tests/bench/NAME.c; folder: an empty one, for this run.
build_ours() {
  make --no-print-directory -j"$(nproc)" "B=$B" "$B/liblvm.a" > /dev/null || exit 1
  mkdir -p "$B/tests/bench"
  ours=$B/tests/bench/$1
  gcc -std=c17 -D_GNU_SOURCE -O2 -Isrc "tests/bench/$1.c" "$B/liblvm.a" -fopenmp -lgsl -lopenblas -lz -lm -o "$ours" || exit 1
  folder=$(mktemp -d) || exit 1
  trap 'rm -rf "$folder"' EXIT
}

# Calls the bench's run NAME ARGUMENT... for each name in turn, again and again; its line goes to
# NAME.log.  Sets `round', how often.
alternate() { # alternate "NAMES" ARGUMENT...
  local names=$1 name end=$((SECONDS + seconds)); shift
  round=0
  while [ $round -lt "$rounds" ] && { [ $round = 0 ] || [ $SECONDS -lt $end ]; }; do
    for name in $names; do
      run "$name" "$@" >> "$folder/$name.log" || die "$name failed for $*"
    done
    round=$((round + 1))
  done
}

median() { sort -g | awk '{ v[NR] = $1 } END { print (v[int((NR + 1) / 2)] + v[int((NR + 2) / 2)]) / 2 }'; }
seconds_of() { awk '{ print $1 }' "$folder/$1.log" | median; }

# The largest relative difference of the log-likelihoods, the second column of NAME.log ..., from
# the first one.
spread() {
  (cd "$folder" && awk '$2 !~ /^-?[0-9.]+(e[-+]?[0-9]+)?$/ { worst = "nan"; exit }
    NR == 1 { first = $2 }
    { d = ($2 - first) / first; if (d < 0) d = -d; if (d > worst) worst = d } END { print worst + 0 == worst ? worst + 0 : "nan" }' "${@/%/.log}")
}

# Whether a <= b, two numbers; a NaN is none.
at_most() { [[ $1 =~ ^[-+0-9.e]+$ ]] && awk -v a="$1" -v b="$2" 'BEGIN { exit !(a <= b) }'; }

# Whether every peer came to our result.
agree() { # agree LIKELIHOOD ITS_TOLERANCE MEANS ITS_TOLERANCE
  at_most "$1" "$2" && at_most "$3" "$4" && return
  echo "the results differ" >&2
  return 1
}
