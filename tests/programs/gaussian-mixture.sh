#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Black-box tests of the program `gaussian-mixture` on a reader's data.

# shellcheck source=tests/programs/judge.bash
. "$(dirname "$0")/judge.bash"

# --- Old Faithful, and what a fit writes

cp "$root/chapters/02-gaussian-mixture/faithful.csv" .
accept 'Old Faithful' fit faithful.csv --model m.json --responsibilities r.tsv --trace t.tsv
judge 'its log-likelihood is -1130.264' near "$(field m.json log_likelihood)" -1130.264 0.0005
judge 'its weights are 0.644 and 0.356' same '0.356 0.644' "$(tail -n +2 out | awk '{ printf "%.3f\n", $2 }' | sort | xargs)"
judge 'the table on stdout' same $'# component\tweight\tmean_eruptions\tmean_waiting' "$(head -n 1 out)"
judge 'one row a component' same 4x2 "$(shape out)"
judge 'one sentence on stderr' grep -qE '^gaussian-mixture fit: log-likelihood -1130\.26396, [0-9]+ iterations, converged, 0 of 10 restarts degenerate, seed 1$' err
judge 'only one' same 1 "$(wc -l < err)"
judge 'the objective is the log-likelihood' same "$(field m.json log_likelihood)" "$(field m.json objective)"
judge 'converged' same true "$(field m.json converged)"
judge 'the kind' same '"full"' "$(field m.json covariance)"
judge 'the seed' same 1 "$(field m.json seed)"
judge 'responsibilities: columns' same $'# r_1\tr_2\tlog_evidence\targmax' "$(head -n 1 r.tsv)"
judge 'responsibilities: rows' same 4x272 "$(shape r.tsv)"
judge 'responsibilities sum to 1' same 0 "$(awk '!/^#/ && ($1 + $2 - 1) ^ 2 > 1e-28' r.tsv | wc -l)"
judge 'the evidence sums to the log-likelihood' near "$(awk '!/^#/ { s += $3 } END { printf "%.12g", s }' r.tsv)" "$(field m.json log_likelihood)" 1e-8
judge 'argmax is that of the row' same 0 "$(awk '!/^#/ && $4 != ($1 >= $2 ? 1 : 2)' r.tsv | wc -l)"
judge 'trace: columns' same $'# restart\titeration\tlog_likelihood\tobjective' "$(head -n 1 t.tsv)"
judge 'trace: ten restarts' same 10 "$(awk '!/^#/ && NF { print $1 }' t.tsv | sort -u | wc -l)"
judge 'trace: no step loses anything' same 0 "$(awk '!/^#/ && NF { if ($2 > 0 && $4 < before - 1e-9) n++; before = $4 } END { print n + 0 }' t.tsv)"
judge 'trace: iterations count from 0' same 0 "$(awk '!/^#/ && NF { if ($2 != ($1 == restart ? last + 1 : 0)) n++; restart = $1; last = $2 } END { print n + 0 }' t.tsv)"
judge 'trace: the best end is the one kept' same "$(field m.json objective | cut -c1-17)" "$(awk '!/^#/ && NF { print $4 }' t.tsv | sort -g | tail -n 1 | cut -c1-17)"
cp out components.tsv

accept 'an option before the operand' fit --seed=1 faithful.csv
judge 'gives the same' cmp -s out components.tsv
accept 'standard input' fit - < faithful.csv
judge 'standard input gives the same' cmp -s out components.tsv
accept '--model - is stdout' fit faithful.csv --model -
judge 'and takes the place of the table' cmp -s out m.json
accept '--trace - is stdout' fit faithful.csv --trace -
judge 'the same trace' cmp -s out t.tsv
accept '--format json' fit faithful.csv --format json
judge 'the table as JSON' same '{"columns": ["component", "weight", "mean_eruptions", "mean_waiting"],' "$(head -n 1 out)"

tail -n +2 faithful.csv > bare.csv
accept 'without a header' fit bare.csv
judge 'columns are numbered' same $'# component\tweight\tmean_1\tmean_2' "$(head -n 1 out)"
judge 'the same numbers' same "$(tail -n +2 components.tsv)" "$(tail -n +2 out)"
awk -F, 'NR == 1 { print "\"eruptions\",kind,\"waiting\"" } NR > 1 { print $1 "," ($1 > 3 ? "long" : "short") "," $2 }' faithful.csv > labels.csv
accept 'a column of labels' fit labels.csv --label kind
judge 'is left out' cmp -s out components.tsv
refuse 'labels taken for numbers' 3 "labels.csv:2: column 2 (kind): 'long' is not a number; if the column holds labels, leave it out by --label" fit labels.csv

# --- the same bits

for kind in full diagonal spherical tied; do
  "$program" fit faithful.csv -c $kind -k 3 --threads 1 --model 1.json --responsibilities 1.tsv --trace 1.trace > 1.out 2> err
  for threads in 2 3; do
    "$program" fit faithful.csv -c $kind -k 3 --threads $threads --model 2.json --responsibilities 2.tsv --trace 2.trace > 2.out 2> err
    judge "$kind, $threads threads: same model" cmp -s 1.json 2.json
    judge "$kind, $threads threads: same responsibilities" cmp -s 1.tsv 2.tsv
    judge "$kind, $threads threads: same trace" cmp -s 1.trace 2.trace
    judge "$kind, $threads threads: same table" cmp -s 1.out 2.out
  done
done
accept 'a large sample' sample --model m.json --count 200000 -o large.tsv
for threads in 1 2 3; do
  run fit large.tsv -k 3 -r 1 --tolerance 0 --max-iterations 5 -t $threads --model $threads.json --responsibilities $threads.tsv
done
judge '200,000 points, 2 threads: same model' cmp -s 1.json 2.json
judge '200,000 points, 3 threads: same model' cmp -s 1.json 3.json
judge '200,000 points, 2 threads: same responsibilities' cmp -s 1.tsv 2.tsv
judge '200,000 points, 3 threads: same responsibilities' cmp -s 1.tsv 3.tsv

"$program" fit faithful.csv -k 4 -i random --model 1.json > 1.out 2> err
"$program" fit faithful.csv -k 4 -i random --model 2.json > 2.out 2> err
judge 'the same seed, the same bits' cmp -s 1.json 2.json
"$program" fit faithful.csv -k 4 -i random --seed 2 --trace 2.tsv > 2.out 2> err
judge 'another seed, another way' test "$(cmp 1.out 2.out | wc -l)" = 1
judge 'the seed is said' grep -q 'seed 2$' err
run fit faithful.csv -k 4 -i random --seed 2 --restarts 3 --trace 3.tsv
judge 'restart r is the same whatever their number' same "$(cat 3.tsv)" "$(awk '/^#/ || $1 <= 3' 2.tsv | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}')"

# --- memory

# At most 1.3 times the data and two numbers a point, the program itself included. The sanitizers
# take more.
if ! grep -q __asan_init "$program"; then
  run sample --model m.json --count 1000000 -o million.tsv
  python3 -c 'import resource, subprocess, sys
subprocess.run (sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
print (resource.getrusage (resource.RUSAGE_CHILDREN).ru_maxrss)' \
    "$program" fit million.tsv -k 3 -r 3 -t 2 --tolerance 0 --max-iterations 2 > out 2> err
  judge "a million points are fitted in 35937 kB: $(cat out)" test "$(cat out)" -le 35937
  rm million.tsv
fi

# --- kinds, starts, the prior

for kind in full diagonal spherical tied; do
  for how in kmeans random; do
    accept "$kind from $how" fit faithful.csv -c $kind -i $how -k 3 -r 5 --model k.json --trace k.tsv
    judge "$kind from $how: climbs" same 0 "$(awk '!/^#/ && NF { if ($2 > 0 && $4 < before - 1e-9) n++; before = $4 } END { print n + 0 }' k.tsv)"
  done
  accept "$kind: score" score faithful.csv --model k.json
  judge "$kind: the score is the fit's" near "$(awk '!/^#/ { print $2 }' out)" "$(field k.json log_likelihood)" 1e-8
  accept "$kind: begun at its end" fit faithful.csv --initialise k.json --model l.json
  judge "$kind: stays there" test "$(field l.json iterations)" -le 2
  accept "$kind: one component" fit faithful.csv -c $kind -k 1 --model one.json
  judge "$kind: one component is found at once" test "$(field one.json iterations)" -le 2
done
run fit faithful.csv -k 1 --model one.json
run score faithful.csv --model one.json
judge 'K = 1: five parameters' same 5 "$(awk '!/^#/ { print $4 }' out)"
judge 'AIC and BIC' same 0 "$(awk '!/^#/ { a = 2 * $4 - 2 * $2; b = $4 * log ($1) - 2 * $2; print (($3 * $1 - $2) ^ 2 + (a - $5) ^ 2 + (b - $6) ^ 2 > 1e-16) }' out)"

accept '--regularise' fit faithful.csv --regularise 5 --model p.json --trace p.tsv
judge 'the objective is said' grep -q ', objective -' err
judge 'the objective has the prior' test "$(field p.json objective)" != "$(field p.json log_likelihood)"
judge 'the objective climbs' same 0 "$(awk '!/^#/ && NF { if ($2 > 0 && $4 < before - 1e-9) n++; before = $4 } END { print n + 0 }' p.tsv)"
judge 'the likelihood pays for it' test "$(awk -v a="$(field p.json log_likelihood)" 'BEGIN { print a < -1130.264 }')" = 1

accept '--tolerance 0 makes all iterations' fit faithful.csv --tolerance 0 --max-iterations 37 --model z.json
judge 'all 37' same 37 "$(field z.json iterations)"
judge 'and says so' grep -q '37 iterations, as many as asked for' err
accept 'none at all' fit faithful.csv --tolerance 0 --max-iterations 0 --restarts 1 --model start.json
judge 'the start itself' same 0 "$(field start.json iterations)"
accept 'from the start in a file' fit faithful.csv --initialise start.json --model s.json
run fit faithful.csv --restarts 1 --model s2.json
judge 'the same as straight through' same "$(field s.json weights)" "$(field s2.json weights)"
run fit faithful.csv --max-iterations 2 --restarts 2 --model n.json --responsibilities n.tsv --trace nt.tsv
judge 'no convergence is exit 1' same 1 "$code"
judge 'no convergence: the model is there' same false "$(field n.json converged)"
judge 'no convergence: the responsibilities are there' same 4x272 "$(shape n.tsv)"
judge 'no convergence: the trace is there' same 4x6 "$(shape nt.tsv)"
judge 'no convergence: the table is there' same 4x2 "$(shape out)"
judge 'no convergence: two sentences' same 'gaussian-mixture fit: no convergence within 2 iterations: what was written is as far as they went' "$(tail -n +2 err)"

accept 'a model takes the place of its start' fit faithful.csv --initialise n.json --model n.json
judge 'it converged now' same true "$(field n.json converged)"

# --- predict, score, sample; everything is read back

accept 'predict' predict faithful.csv --model m.json
judge 'predict gives what fit wrote' cmp -s out r.tsv
accept 'predict --label' predict labels.csv --label kind --model m.json -o p.tsv
judge 'gives the same' cmp -s p.tsv r.tsv
accept 'predict as JSON' predict faithful.csv -m m.json --format json
judge 'it is JSON' same '{"columns": ["r_1", "r_2", "log_evidence", "argmax"],' "$(head -n 1 out)"
accept 'the model from standard input' predict faithful.csv --model - < m.json
judge 'from standard input: the same' cmp -s out r.tsv
accept 'score' score faithful.csv --model m.json
judge 'score: columns' same $'# points\tlog_likelihood\tmean\tparameters\taic\tbic' "$(head -n 1 out)"
judge 'score: log-likelihood and parameters' same '272 -1130.26396 11' "$(awk '!/^#/ { printf "%d %.5f %d", $1, $2, $4 }' out)"
accept 'score --output' score faithful.csv --model m.json --output score.tsv
judge 'score --output leaves stdout alone' test ! -s out
accept 'sample' sample --model m.json --count 20000 --seed 7
judge 'sample: shape' same 2x20000 "$(shape out)"
judge 'sample: the seed is said' same 'gaussian-mixture sample: 20000 points, seed 7' "$(cat err)"
cp out sample.tsv
accept 'sample again' sample --model m.json --count 20000 --seed 7
judge 'the same draws' cmp -s out sample.tsv
accept 'sample, another seed' sample --model m.json --count 20000 --seed 8
judge 'other draws' test "$(cmp out sample.tsv | wc -l)" = 1
accept 'sample fewer' sample --model m.json --count 10 --seed 7
judge 'the first of them' same "$(head -n 11 sample.tsv)" "$(cat out)"
accept 'sample with components' sample --model m.json --count 20000 --seed 7 --with-component -o c.tsv
judge 'the same points' same "$(tail -n +2 sample.tsv | md5sum)" "$(tail -n +2 c.tsv | cut -f1,2 | md5sum)"
accept 'a sample is fitted' fit c.tsv --label component --model again.json
judge 'the weights come back' near "$(field again.json weights | tr -d '[],' | tr ' ' '\n' | sort | tail -n 1)" 0.644 0.02
accept 'the fit is sampled' sample --model again.json --format json --count 5
accept 'responsibilities are data again' fit r.tsv -c spherical -k 2
judge 'trace and JSON have nothing half' test -z "$(find . -name '.lvm*')"
awk 'BEGIN { srand (5); for (n = 0; n < 400; n++) print (n % 2 ? 1e3 : -1e3) + rand () + rand () "," rand () - rand () }' > apart.csv
accept 'components thousands of deviations apart' fit apart.csv -c full
judge 'half and half' same '0.500 0.500' "$(tail -n +2 out | awk '{ printf "%.3f\n", $2 }' | xargs)"
awk -F, 'NR > 1 { printf "%.3f,%d\n", $1 + 1e6, $2 + 1e8 }' faithful.csv > shifted.csv
run fit shifted.csv --model shifted.json
judge 'shifted by a million: the same likelihood' near "$(field shifted.json log_likelihood)" -1130.264 0.001

# --- bad data

printf 'a,b\n1,2\n3,5\n2,2\n4,1\n5,3\n' > small.csv
refuse 'missing file' 3 'none.csv: No such file or directory' fit none.csv
refuse 'K > N' 3 'small.csv: 5 points, too few for 6 components' fit small.csv -k 6
printf '1,2\n1,2\n3,4\n1,2\n3,4\n' > twice.csv
refuse 'fewer distinct points than K' 3 'twice.csv: 2 distinct points, too few for 3 components' fit twice.csv -k 3
printf 'a,b\n1,2\n1,2\n1,2\n' > one.csv
refuse 'one point many times, K = 1' 3 'one.csv: column 1 (a) is constant: its variance is 0, and the likelihood has no bound; leave the column out, or use --covariance=spherical' fit one.csv -k 1
refuse 'the same, spherical' 3 'one.csv: all points are the same' fit one.csv -k 1 -c spherical
awk -F, 'NR == 1 { print $0 ",z" } NR > 1 { print $0 ",5" }' faithful.csv > constant.csv
for kind in full diagonal tied; do
  refuse "a constant column, $kind" 3 'constant.csv: column 3 (z) is constant: its variance is 0, and the likelihood has no bound; leave the column out, or use --covariance=spherical' fit constant.csv -c $kind --regularise 1
done
accept 'a constant column, spherical' fit constant.csv -c spherical
awk -F, 'NR > 1 { print $1 "," $2 "," $1 - 2 * $2 }' faithful.csv > dependent.csv
for kind in full tied; do
  refuse_with "a dependent column, $kind" 3 'dependent.csv: column 3 is a linear combination of those before it (to 1e-8 of its variance)' fit dependent.csv -c $kind
done
accept 'a dependent column, diagonal' fit dependent.csv -c diagonal
awk -F, 'NR == 1 { print "label," $0 ",z" } NR > 1 { print "x," $0 ",5" }' faithful.csv > constant.csv
refuse_with 'columns are counted with the label' 3 'constant.csv: column 4 (z) is constant' fit constant.csv --label label
printf '1,2,4,9\n3,5,1,2\n2,2,7,3\n' > wide.csv
refuse_with 'fewer points than dimensions' 3 'wide.csv: column 3 is a linear combination of those before it' fit wide.csv -k 1
accept 'fewer points than dimensions, spherical' fit wide.csv -c spherical -k 1
for value in nan inf -inf; do
  printf 'a,b\n1,2\n3,%s\n' $value > bad.csv
  refuse "$value in a cell" 3 "bad.csv:3: column 2 (b): $value is no place for a point" fit bad.csv
  refuse "$value in a cell, predict" 3 "bad.csv:3: column 2 (b): $value is no place for a point" predict bad.csv -m m.json
done
printf 'a,b\n1,2\n1e300,3\n2,2\n' > huge.csv
refuse 'values of 1e300' 3 'huge.csv:3: column 1 (a): 1e+300 is too large, its square would overflow: use a larger unit, so that values stay below 1e140' fit huge.csv
refuse 'values of 1e300, score' 3 'huge.csv:3: column 1 (a): 1e+300 is too large, its square would overflow: use a larger unit, so that values stay below 1e140' score huge.csv -m m.json
awk -F, 'NR > 1 { print $1 * 1e130 "," $2 * 1e-130 }' faithful.csv > wild.csv
accept 'values of 1e130 and 1e-130' fit wild.csv --model wild.json
judge 'give the same weights' same '0.356 0.644' "$(tail -n +2 out | awk '{ printf "%.3f\n", $2 }' | sort | xargs)"
awk -F, 'NR > 1 { print $1 "e-150," $2 }' faithful.csv > tiny.csv
refuse 'values of 1e-150' 3 'tiny.csv: column 1 varies so little that squares underflow: use a smaller unit' fit tiny.csv
printf '1,2\n3\n' > bad.csv
refuse 'ragged rows' 3 'bad.csv:2: 1 cell, but line 1 has 2' fit bad.csv
printf '1,2\n3,\n' > bad.csv
refuse 'a missing cell' 3 'bad.csv:2: column 2: the cell is empty' fit bad.csv
printf '' > bad.csv
refuse 'an empty file' 3 'bad.csv: the file is empty' fit bad.csv
refuse 'no such label' 3 "faithful.csv: the file has no column 'kind'" fit faithful.csv --label kind
printf '1,2,3\n4,5,6\n' > three.csv
refuse 'points of another dimension' 3 'three.csv has 3 columns, but the mixture of m.json has 2 dimensions' predict three.csv -m m.json
refuse 'points of another dimension, score' 3 'three.csv has 3 columns, but the mixture of m.json has 2 dimensions' score three.csv -m m.json
refuse 'a start of another dimension' 3 'three.csv has 3 columns, but the mixture of m.json has 2 dimensions' fit three.csv -i m.json

# Three points in a line and two away from it: with K = 3 something must shrink.
refuse_with 'every restart degenerate' 1 'every restart ended in a degenerate fit: a component shrank onto too few points, where the likelihood has no bound, or lost them all; try --regularise=1' fit small.csv -k 4 --trace d.tsv --model d.json
judge 'no model of it' test ! -e d.json
judge 'but its trace' grep -q '^10	' d.tsv
accept '--regularise cures it' fit small.csv -k 4 --regularise 1
refuse_with 'a degenerate start' 1 'the fit is degenerate' fit faithful.csv -i - < <(sed 's/"covariances.*/"covariances": [[[1e-12, 0], [0, 1]], [[1, 0], [0, 1]]]/' m.json)
refuse_with 'a start without weight' 1 'the fit is degenerate' fit faithful.csv -i - < <(sed 's/"weights.*/"weights": [1, 0],/' m.json)
refuse_with 'a start out of reach' 1 'the fit is degenerate' fit faithful.csv -i - < <(sed 's/"means.*/"means": [[1e200, 0], [1e200, 1]],/' m.json)

# --- bad models

# A model with one line replaced: spoil KEY VALUE
spoil () {
  sed "s/^ \"$1\": .*[^,]/ \"$1\": $2/; s/,,/,/" m.json > bad.json
}
printf 'not json\n' > bad.json
refuse_with 'not JSON' 3 'bad.json:1: not JSON as it should be' sample -m bad.json
refuse 'no model' 3 'none.json: No such file or directory' predict faithful.csv -m none.json
refuse 'a folder' 3 '/tmp: Is a directory' predict faithful.csv -m /tmp
printf '[1]' > bad.json
refuse 'an array' 3 "bad.json: not a mixture: it should begin with '{'" sample -m bad.json
grep -v '"means"' m.json > bad.json
refuse 'no means' 3 "bad.json: 'means' is missing" score faithful.csv -m bad.json
spoil weights '[0.7, 0.4]'
refuse 'weights' 3 'bad.json: the weights sum to 1.1, not 1' score faithful.csv -m bad.json
spoil covariances '[[[1, 0], [0, 1]], [[1, 2], [2, 1]]]'
refuse 'not positive definite' 3 'bad.json: component 2: the covariance is not positive definite' score faithful.csv -m bad.json
refuse 'not positive definite, as a start' 3 'bad.json: component 2: the covariance is not positive definite' fit faithful.csv -i bad.json
spoil covariance '"spherical"'
refuse 'a kind that the matrices contradict' 3 "bad.json: the kind is 'spherical', but the covariance of component 1 is not zero beside its diagonal" sample -m bad.json
sed 's/"means.*/"means": [[1e200, 0], [1e200, 1]],/' m.json > far.json
refuse 'points out of reach' 3 'faithful.csv:2: the point is so far from every component that no density is left' predict faithful.csv -m far.json

# --- usage

refuse 'K = 0' 2 "option '--components' takes a whole number from 1 to 1000000, not '0'" fit faithful.csv -k 0
refuse 'negative tolerance' 2 "option '--tolerance' takes a number from 0 to 1000000, not '-1'" fit faithful.csv --tolerance -1
refuse 'tolerance nan' 2 "option '--tolerance' takes a number from 0 to 1000000, not 'nan'" fit faithful.csv --tolerance nan
refuse 'negative prior' 2 "option '--regularise' takes a number from 0 to 1000000000, not '-1'" fit faithful.csv --regularise -1
refuse 'no threads' 2 "option '--threads' takes a whole number from 1 to 1024, not '0'" fit faithful.csv --threads 0
refuse 'no restarts' 2 "option '--restarts' takes a whole number from 1 to 1000000, not '0'" fit faithful.csv --restarts 0
refuse 'unknown kind' 2 "option '--covariance' takes one of full, diagonal, spherical, tied, not 'round'" fit faithful.csv --covariance round
refuse 'no data' 2 'DATA is missing' fit
judge 'where help is to be had' same "Try 'gaussian-mixture fit --help' for more information." "$(tail -n 1 err)"
refuse 'two files' 2 "'b.csv' is one file too many" fit a.csv b.csv
refuse 'data for sample' 2 "'b.csv' is one file too many" sample -m m.json b.csv
refuse 'no model' 2 "option '--model' is needed" predict faithful.csv
refuse 'another K than the start' 2 "option '--components' is 3, but m.json has 2" fit faithful.csv -i m.json -k 3
refuse 'another kind than the start' 2 "option '--covariance' is tied, but m.json is full" fit faithful.csv -i m.json -c tied
refuse 'restarts from one start' 2 "option '--restarts' is 2, but m.json is one start" fit faithful.csv -i m.json -r 2
refuse 'a start that is no file' 3 'kmean: No such file or directory' fit faithful.csv -i kmean
refuse 'standard input twice' 2 'DATA and --initialise cannot both be standard input' fit - -i -
refuse 'standard input twice, predict' 2 'DATA and --model cannot both be standard input' predict - -m -
refuse 'standard output twice' 2 '--model and --trace cannot both be standard output' fit faithful.csv -m - --trace -
cp faithful.csv same.csv
refuse 'the model onto the data' 2 'DATA and --model are the same file, ./same.csv' fit same.csv --model ./same.csv
refuse 'the trace onto the model' 2 '--model and --trace are the same file, new.tsv' fit same.csv --model new.tsv --trace new.tsv
refuse 'the output onto the data' 2 'DATA and --output are the same file, same.csv' predict same.csv -m m.json -o same.csv
refuse 'the output onto the model' 2 '--model and --output are the same file, m.json' sample -m m.json -o m.json
# shellcheck disable=SC2094 # that is the point
refuse 'the model onto the data in standard input' 2 'DATA and --model are the same file, same.csv' fit - --model same.csv < same.csv
judge 'the data are what they were' cmp -s same.csv faithful.csv
accept '/dev/null twice' fit faithful.csv --model /dev/null --trace /dev/null
run frob
judge 'unknown command' same "2 gaussian-mixture: the first word has to be fit, predict, score or sample, not 'frob'" "$code $(head -n 1 err)"
run --components 3 fit faithful.csv
judge 'an option before the command' same "2 gaussian-mixture: unknown or ambiguous option '--components'" "$code $(head -n 1 err)"
for command in '' fit predict score sample; do
  # shellcheck disable=SC2086 # no command at all in the first round
  accept "${command:-alone}: --help" $command --help
  judge "${command:-alone}: --help tells the usage" grep -q "^Usage: gaussian-mixture${command:+ $command} " out
  judge "${command:-alone}: --help fits a terminal" test "$(awk '{ print length }' out | sort -n | tail -n 1)" -le 80
done
run fit --help
for option in components covariance initialise restarts tolerance max-iterations regularise seed threads label model responsibilities trace format help version; do
  judge "fit --help names --$option" grep -q -- "--$option" out
done
accept '--version' --version
judge '--version tells name and number' grep -qE '^gaussian-mixture \(Latent\) [0-9.]+$' out

# --- outputs that fail

for command in 'fit faithful.csv' 'fit faithful.csv --model -' 'predict faithful.csv -m m.json' 'score faithful.csv -m m.json' 'sample -m m.json' 'fit --help'; do
  # shellcheck disable=SC2086 # a command of several words
  "$program" $command > /dev/full 2> err
  judge "full disk: $command" same "3 gaussian-mixture ${command%% *}: standard output: cannot be written: No space left on device" "$? $(grep -v log-likelihood err)"
done
for option in model responsibilities trace; do
  run fit faithful.csv --$option /dev/full
  judge "--$option to a full disk" same '3 gaussian-mixture fit: /dev/full: cannot be written: No space left on device' "$code $(cat err)"
  run fit faithful.csv --$option none/x
  judge "--$option into no folder" same '3 gaussian-mixture fit: none/x: cannot be written: No such file or directory' "$code $(cat err)"
done
for command in 'predict faithful.csv' 'score faithful.csv' sample; do
  # shellcheck disable=SC2086 # a command of several words
  run $command -m m.json -o none/x
  judge "output into no folder: ${command%% *}" same "3 gaussian-mixture ${command%% *}: none/x: cannot be written: No such file or directory" "$code $(cat err)"
done
printf 'a\xE4,b\n1,2\n3,5\n2,2\n4,1\n5,3\n' > latin.csv
accept 'a name in Latin-1' fit latin.csv -k 1
run fit latin.csv -k 1 --format json
judge 'JSON has to be UTF-8' same '3 gaussian-mixture fit: a text in the table is not UTF-8, as JSON has to be' "$code $(head -n 1 err)"
"$program" fit faithful.csv --model quiet.json >&- 2>&- <&-
judge 'all descriptors closed: stdout cannot be written' same 3 $?
judge 'all descriptors closed: the model is whole' cmp -s quiet.json m.json

mkdir killed
echo old > killed/m.json
echo old > killed/t.tsv
for delay in 0.1 0.4 0.8; do
  "$program" fit large.tsv -k 8 --tolerance 0 --model killed/m.json --trace killed/t.tsv > log 2> err &
  pid=$!
  sleep $delay
  kill -KILL $pid 2> log
  wait $pid 2> log
  judge "killed after $delay s: the old files" same 'old old' "$(cat killed/m.json killed/t.tsv | xargs)"
  judge "killed after $delay s: nothing beside them" same 2 "$(find killed -type f | wc -l)"
done
"$program" sample -m m.json -n 1000000 2> err | head -n 2 > out
judge 'a reader that goes away' same '2 ' "$(wc -l < out) $(cat err)"

finish
