#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Arrows point down only: a file of src/ includes files of its own layer and of those
# below it, and nothing else of the project.  Prints file:line: of each that does not.

awk '
BEGIN { n = split ("num data prob model cli", layer, " "); for (i = 1; i <= n; i++) rank[layer[i]] = i }
FNR == 1 { split (FILENAME, path, "/"); own = path[2] }
/^#include "/ {
  split ($2, part, /["\/]/); to = part[2]
  if (!(to in rank)) { printf "%s:%d: includes %s, which is no layer of src/\n", FILENAME, FNR, $2; bad = 1 }
  else if (rank[to] > rank[own]) { printf "%s:%d: layer %s includes %s, which lies above it\n", FILENAME, FNR, own, $2; bad = 1 }
}
END { exit bad }' "$@" $(find src -name "*.[ch]" -path "src/*/*" ! -path "src/weave/*" | sort) >&2
