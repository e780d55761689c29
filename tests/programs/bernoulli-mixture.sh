#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Black-box tests of the program `bernoulli-mixture` on a reader's data.

# shellcheck source=tests/programs/judge.bash
. "$(dirname "$0")/judge.bash"

# The log-likelihood of a table of 0 and 1 under the components that `fit' prints, added up here:
# likelihood COMPONENTS TABLE
likelihood () {
  awk '
    /^#/ { next }
    FNR == NR { K++; w[K] = $2; D = NF - 2; for (d = 1; d <= D; d++) m[K, d] = $(d + 2); next }
    { s = 0
      for (k = 1; k <= K; k++) { p = w[k]; for (d = 1; d <= D; d++) p *= $d ? m[k, d] : 1 - m[k, d]; s += p }
      l += log (s) }
    END { printf "%.12g", l }' "$1" "$2"
}

# An IDX file of N images of 2 x 3: its header, for printf.
images () {
  printf '\\0\\0\\010\\3\\0\\0\\0\\%o\\0\\0\\0\\2\\0\\0\\0\\3' "$1"
}

# --- two prototypes, and what a fit writes

cat > true.json << 'END'
{ "weights": [0.3, 0.7],
  "means": [[0.9, 0.8, 0.9, 0.1, 0.2, 0.1, 0.5, 0.9], [0.1, 0.2, 0.1, 0.7, 0.9, 0.8, 0.4, 0.1]] }
END
accept 'a model by hand is sampled' sample --model true.json --count 3000 --seed 5 -o a.tsv
judge 'sample: shape' same 8x3000 "$(shape a.tsv)"
judge 'sample: bits' same '0 1' "$(tail -n +2 a.tsv | tr '\t' '\n' | sort -u | xargs)"
accept 'a fit' fit a.tsv --model m.json --responsibilities r.tsv --trace t.tsv
cp out components.tsv
judge 'the weights come back' same '0.3 0.7' "$(tail -n +2 out | awk '{ printf "%.1f\n", $2 }' | sort | xargs)"
judge 'the means come back' same '0.9 0.8 0.9 0.1 0.2 0.1 0.5 0.9' \
  "$(awk '!/^#/ && $2 < 0.5 { for (d = 3; d <= NF; d++) printf "%.1f\n", $d }' out | xargs)"
judge 'its log-likelihood, added up here' near "$(field m.json log_likelihood)" "$(likelihood out a.tsv)" 1e-6
judge 'it is above that of the truth' test "$(awk -v a="$(field m.json log_likelihood)" -v b="$(
  printf '# c\tw\n1\t0.3\t0.9\t0.8\t0.9\t0.1\t0.2\t0.1\t0.5\t0.9\n2\t0.7\t0.1\t0.2\t0.1\t0.7\t0.9\t0.8\t0.4\t0.1\n' > c
  likelihood c a.tsv)" 'BEGIN { print (a > b) }')" = 1
judge 'the table on stdout' same $'# component\tweight\tmean_x_1\tmean_x_2\tmean_x_3' "$(head -n 1 out | cut -f1-5)"
judge 'one row a component' same 10x2 "$(shape out)"
judge 'one sentence on stderr' grep -qE '^bernoulli-mixture fit: log-likelihood -[0-9.]+, [0-9]+ iterations, converged, 0 of 10 restarts degenerate, seed 1$' err
judge 'only one' same 1 "$(wc -l < err)"
judge 'the objective is the log-likelihood' same "$(field m.json log_likelihood)" "$(field m.json objective)"
judge 'converged' same true "$(field m.json converged)"
judge 'the seed' same 1 "$(field m.json seed)"
judge 'no shape' same '' "$(field m.json shape)"
judge 'responsibilities: columns' same $'# r_1\tr_2\tlog_evidence\targmax' "$(head -n 1 r.tsv)"
judge 'responsibilities: rows' same 4x3000 "$(shape r.tsv)"
judge 'responsibilities sum to 1' same 0 "$(awk '!/^#/ && ($1 + $2 - 1) ^ 2 > 1e-28' r.tsv | wc -l)"
judge 'the evidence sums to the log-likelihood' near "$(awk '!/^#/ { s += $3 } END { printf "%.12g", s }' r.tsv)" "$(field m.json log_likelihood)" 1e-7
judge 'argmax is that of the row' same 0 "$(awk '!/^#/ && $4 != ($1 >= $2 ? 1 : 2)' r.tsv | wc -l)"
judge 'trace: columns' same $'# restart\titeration\tlog_likelihood\tobjective' "$(head -n 1 t.tsv)"
judge 'trace: ten restarts' same 10 "$(awk '!/^#/ && NF { print $1 }' t.tsv | sort -u | wc -l)"
judge 'trace: no step loses anything' same 0 "$(awk '!/^#/ && NF { if ($2 > 0 && $4 < before - 1e-8) n++; before = $4 } END { print n + 0 }' t.tsv)"
judge 'trace: iterations count from 0' same 0 "$(awk '!/^#/ && NF { if ($2 != ($1 == restart ? last + 1 : 0)) n++; restart = $1; last = $2 } END { print n + 0 }' t.tsv)"
judge 'trace: the best end is the one kept' same "$(field m.json objective | cut -c1-16)" "$(awk '!/^#/ && NF { print $4 }' t.tsv | sort -g | tail -n 1 | cut -c1-16)"

accept 'an option before the operand' fit --seed=1 a.tsv
judge 'gives the same' cmp -s out components.tsv
accept 'standard input' fit - < a.tsv
judge 'standard input gives the same' cmp -s out components.tsv
gzip -k a.tsv
accept 'a gzipped table' fit a.tsv.gz
judge 'gives the same' cmp -s out components.tsv
accept '--model - is stdout' fit a.tsv --model -
judge 'and takes the place of the table' cmp -s out m.json
accept '--trace - is stdout' fit a.tsv --trace -
judge 'the same trace' cmp -s out t.tsv
accept '--format json' fit a.tsv --format json
judge 'the table as JSON' same '{"columns": ["component", "weight", "mean_x_1", "mean_x_2", "mean_x_3",' "$(head -n 1 out | cut -d' ' -f1-6)"
tail -n +2 a.tsv > bare.tsv
accept 'without a header' fit bare.tsv
judge 'columns are numbered' same $'# component\tweight\tmean_1\tmean_2' "$(head -n 1 out | cut -f1-4)"
judge 'the same numbers' same "$(tail -n +2 components.tsv)" "$(tail -n +2 out)"
awk 'NR == 1 { print $0 "\tkind" } NR > 1 { print $0 "\t" ($1 ? "left" : "right") }' a.tsv | sed 's/^# //' > labels.tsv
accept 'a column of labels' fit labels.tsv --label kind
judge 'is left out' cmp -s out components.tsv
refuse 'labels taken for numbers' 3 "labels.tsv:2: column 9 (kind): 'right' is not a number; if the column holds labels, leave it out by --label" fit labels.tsv

# K = 1: the means are the data's, and the log-likelihood is -N times the sum of their entropies.
accept 'one component' fit a.tsv -k 1 --model one.json
judge 'one component is found at once' test "$(field one.json iterations)" -le 2
judge 'its means are those of the columns' near 0 "$(awk '!/^#/ { if (FNR == NR) { for (d = 1; d <= 8; d++) s[d] += $d; n++ } else for (d = 1; d <= 8; d++) e += (s[d] / n - $(d + 2)) ^ 2 } END { print e }' a.tsv out)" 1e-20
judge 'its log-likelihood is that of entropies' near "$(field one.json log_likelihood)" \
  "$(awk '!/^#/ { for (d = 1; d <= 8; d++) s[d] += $d; n++ } END { for (d = 1; d <= 8; d++) { p = s[d] / n; l += n * (p * log (p) + (1 - p) * log (1 - p)) } printf "%.12g", l }' a.tsv)" 1e-6
run score a.tsv --model one.json
judge 'K = 1: eight parameters' same 8 "$(awk '!/^#/ { print $4 }' out)"
judge 'AIC and BIC' same 0 "$(awk '!/^#/ { a = 2 * $4 - 2 * $2; b = $4 * log ($1) - 2 * $2; print (($3 * $1 - $2) ^ 2 + (a - $5) ^ 2 + (b - $6) ^ 2 > 1e-14) }' out)"

# --- images

mnist=$root/chapters/03-bernoulli-mixture/mnist-test-images.idx.gz
gzip -dc "$mnist" > t10k.idx
accept 'images' fit "$mnist" -k 3 -r 1 --tolerance 0 --max-iterations 3 --model i.json --responsibilities i.tsv
judge 'images: no means on stdout' same $'# component\tweight' "$(head -n 1 out)"
judge 'images: one row a component' same 2x3 "$(shape out)"
judge 'images: their shape' same '[28, 28]' "$(field i.json shape)"
judge 'images: their responsibilities' same 5x10000 "$(shape i.tsv)"
judge 'images: weights sum to 1' near "$(awk '!/^#/ { s += $2 } END { print s }' out)" 1 1e-12
for input in "$mnist" - t10k.idx; do
  run fit "$input" -k 3 -r 1 --tolerance 0 --max-iterations 3 --model j.json < "$mnist"
  judge "images from $(basename -- "$input"): the same model" cmp -s i.json j.json
done
run fit - -k 3 -r 1 --tolerance 0 --max-iterations 3 --model j.json < t10k.idx
judge 'images not gzipped from standard input: the same model' cmp -s i.json j.json
accept 'images: --threshold 0 changes nothing' fit t10k.idx -k 3 -r 1 --tolerance 0 --max-iterations 3 --model j.json --threshold 0
judge 'images: the same model' cmp -s i.json j.json
refuse 'all images black' 3 't10k.idx: 1 distinct points, too few for 2 components' fit t10k.idx --threshold 1

accept 'images are drawn' sample -m i.json --count 20 --idx -o draw.idx
judge 'their header' same '00 00 08 03 00 00 00 14 00 00 00 1c 00 00 00 1c' "$(head -c 16 draw.idx | od -An -tx1 | xargs)"
judge 'their size' same $((16 + 20 * 784)) "$(wc -c < draw.idx)"
accept 'images are drawn, gzipped' sample -m i.json --count 20 --idx -o draw.idx.gz
judge 'gzipped, the same' same "$(md5sum < draw.idx)" "$(gzip -dc draw.idx.gz | md5sum)"
accept 'images to stdout' sample -m i.json --count 20 --idx
judge 'to stdout, the same' cmp -s out draw.idx
accept 'the same draws as a table' sample -m i.json --count 20 -o draw.tsv
judge 'the same bits' same "$(tail -n +2 draw.tsv | tr '\t' '\n' | md5sum)" "$(tail -c +17 draw.idx | od -An -v -tu1 -w1 | tr -d ' ' | md5sum)"
accept 'drawn images are read' predict draw.idx.gz -m i.json -o 1.tsv
accept 'and the drawn table' predict draw.tsv -m i.json -o 2.tsv
judge 'and both say the same' cmp -s 1.tsv 2.tsv
accept 'a fit to the table' fit draw.tsv -k 2 -r 3 --model j.json
judge 'means of a table on stdout' same 786x2 "$(shape out)"
accept 'a fit to the images' fit draw.idx -k 2 -r 3 --model k.json
judge 'the same but for the shape' same "$(grep -v shape k.json)" "$(cat j.json)"

# shellcheck disable=SC2059 # the bytes of an image file
{
  printf "$(images 4)"'\0\144\310\310\0\0\144\144\144\0\310\310\0\0\0\0\0\377\1\2\3\4\5\6' > grey.idx
  printf "$(images 4)"'\0\0\1\1\0\0\0\0\0\0\1\1\0\0\0\0\0\1\0\0\0\0\0\0' > black.idx
  printf "$(images 2)"'\0\0\377\377\0\0\0\0\0\0\0\377' > white.idx
}
refuse 'grey images' 3 'grey.idx: image 1, row 1, column 3 is 200, where pixels before it are 0 or 100: grey images need --threshold' fit grey.idx
accept 'grey images with a threshold' fit grey.idx -k 1 --threshold 100 --model g.json
run fit black.idx -k 1 --model b.json
judge 'are black and white' cmp -s g.json b.json
accept 'a threshold with a fraction' fit grey.idx -k 1 --threshold 100.5 --model g.json
judge 'is the same for bytes' cmp -s g.json b.json
accept '0 and 255 are black and white' fit white.idx -k 1
printf '0.2,7\n0.3,-1\n0.1,5\n0.9,0\n' > real.csv
refuse 'a table of other numbers' 3 'real.csv:1: column 1: 0.2 is neither 0 nor 1: other numbers need --threshold=T, and are 1 where greater than T' fit real.csv -k 1
accept 'with a threshold' fit real.csv -k 1 --threshold 0.2
judge 'greater than the threshold is 1' same $'1\t1\t0.5\t0.5' "$(tail -n 1 out)"

# --- the same bits

for threads in 1 2 3 7; do
  run fit a.tsv -k 3 --threads $threads --model $threads.json --responsibilities $threads.tsv --trace $threads.trace
  cp out $threads.out
  run fit "$mnist" -k 12 -r 2 --tolerance 0 --max-iterations 4 -t $threads --model i$threads.json --responsibilities i$threads.tsv --trace i$threads.trace
  run predict "$mnist" -m i1.json -t $threads -o p$threads.tsv
  run score "$mnist" -m i1.json -t $threads -o s$threads.tsv
done
for threads in 2 3 7; do
  judge "$threads threads: same model" cmp -s 1.json $threads.json
  judge "$threads threads: same responsibilities" cmp -s 1.tsv $threads.tsv
  judge "$threads threads: same trace" cmp -s 1.trace $threads.trace
  judge "$threads threads: same table" cmp -s 1.out $threads.out
  judge "$threads threads: same model of images" cmp -s i1.json i$threads.json
  judge "$threads threads: same responsibilities of images" cmp -s i1.tsv i$threads.tsv
  judge "$threads threads: same trace of images" cmp -s i1.trace i$threads.trace
  judge "$threads threads: same prediction" cmp -s p1.tsv p$threads.tsv
  judge "$threads threads: same score" cmp -s s1.tsv s$threads.tsv
done
judge 'the prediction is what the fit wrote' cmp -s p1.tsv i1.tsv

"$program" fit a.tsv -k 4 -i random --model 1.json > 1.out 2> err
"$program" fit a.tsv -k 4 -i random --model 2.json > 2.out 2> err
judge 'the same seed, the same bits' cmp -s 1.json 2.json
"$program" fit a.tsv -k 4 -i random --seed 2 --trace 2.tsv > 2.out 2> err
judge 'another seed, another way' test "$(cmp 1.out 2.out | wc -l)" = 1
judge 'the seed is said' grep -q 'seed 2$' err
run fit a.tsv -k 4 -i random --seed 2 --restarts 3 --trace 3.tsv
judge 'restart r is the same whatever their number' same "$(cat 3.tsv)" "$(awk '/^#/ || $1 <= 3' 2.tsv | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}')"

# --- starts, the prior

for how in kmeans random; do
  accept "from $how" fit a.tsv -i $how -k 2 -r 5 --model k.json --trace k.tsv
  judge "from $how: climbs" same 0 "$(awk '!/^#/ && NF { if ($2 > 0 && $4 < before - 1e-8) n++; before = $4 } END { print n + 0 }' k.tsv)"
  accept "from $how: score" score a.tsv --model k.json
  judge "from $how: the score is the fit's" near "$(awk '!/^#/ { print $2 }' out)" "$(field k.json log_likelihood)" 1e-7
  accept "from $how: begun at its end" fit a.tsv --initialise k.json --model l.json
  judge "from $how: stays there" test "$(field l.json iterations)" -le 2
done

accept '--regularise' fit a.tsv --regularise 50 --model p.json --trace p.tsv
judge 'the objective is said' grep -q ', objective -' err
judge 'the objective has the prior' test "$(field p.json objective)" != "$(field p.json log_likelihood)"
judge 'the objective climbs' same 0 "$(awk '!/^#/ && NF { if ($2 > 0 && $4 < before - 1e-8) n++; before = $4 } END { print n + 0 }' p.tsv)"
judge 'the likelihood pays for it' test "$(awk -v a="$(field p.json log_likelihood)" -v b="$(field m.json log_likelihood)" 'BEGIN { print a < b }')" = 1
accept '--regularise, one component' fit black.idx -k 1 --regularise 4 --model p.json
judge 'means are (sum + 2) / (N + 4)' same '[[0.25, 0.25, 0.375, 0.375, 0.375, 0.5]]' "$(field p.json means)"
judge 'the objective is l + 2 sum ln m (1 - m)' near \
  "$(awk -v l="$(field p.json log_likelihood)" 'BEGIN { printf "%.15g", l + 2 * (2 * log (0.25 * 0.75) + 3 * log (0.375 * 0.625) + log (0.25)) }')" "$(field p.json objective)" 1e-9

accept '--tolerance 0 makes all iterations' fit a.tsv --tolerance 0 --max-iterations 37 --model z.json
judge 'all 37' same 37 "$(field z.json iterations)"
judge 'and says so' grep -q '37 iterations, as many as asked for' err
accept 'none at all' fit a.tsv --tolerance 0 --max-iterations 0 --restarts 1 --model start.json
judge 'the start itself' same 0 "$(field start.json iterations)"
accept 'from the start in a file' fit a.tsv --initialise start.json --model s.json
run fit a.tsv --restarts 1 --model s2.json
judge 'the same as straight through' same "$(field s.json means)" "$(field s2.json means)"
run fit a.tsv --max-iterations 2 --restarts 2 --model n.json --responsibilities n.tsv --trace nt.tsv
judge 'no convergence is exit 1' same 1 "$code"
judge 'no convergence: the model is there' same false "$(field n.json converged)"
judge 'no convergence: the responsibilities are there' same 4x3000 "$(shape n.tsv)"
judge 'no convergence: the trace is there' same 4x6 "$(shape nt.tsv)"
judge 'no convergence: the table is there' same 10x2 "$(shape out)"
judge 'no convergence: two sentences' same 'bernoulli-mixture fit: no convergence within 2 iterations: what was written is as far as they went' "$(tail -n +2 err)"
accept 'a model takes the place of its start' fit a.tsv --initialise n.json --model n.json
judge 'it converged now' same true "$(field n.json converged)"

# --- predict, score, sample; everything is read back

accept 'predict' predict a.tsv --model m.json
judge 'predict gives what fit wrote' cmp -s out r.tsv
accept 'predict --label' predict labels.tsv --label kind --model m.json -o p.tsv
judge 'gives the same' cmp -s p.tsv r.tsv
accept 'predict as JSON' predict a.tsv -m m.json --format json
judge 'it is JSON' same '{"columns": ["r_1", "r_2", "log_evidence", "argmax"],' "$(head -n 1 out)"
accept 'the model from standard input' predict a.tsv --model - < m.json
judge 'from standard input: the same' cmp -s out r.tsv
accept 'score' score a.tsv --model m.json
judge 'score: columns' same $'# points\tlog_likelihood\tmean\tparameters\taic\tbic' "$(head -n 1 out)"
judge 'score: points and parameters' same '3000 17' "$(awk '!/^#/ { print $1, $4 }' out)"
judge 'score: nothing on stderr' test ! -s err
accept 'score --output' score a.tsv --model m.json --output score.tsv
judge 'score --output leaves stdout alone' test ! -s out
accept 'sample' sample --model m.json --count 20000 --seed 7
judge 'sample: the seed is said' same 'bernoulli-mixture sample: 20000 points, seed 7' "$(cat err)"
cp out sample.tsv
accept 'sample again' sample --model m.json --count 20000 --seed 7
judge 'the same draws' cmp -s out sample.tsv
accept 'sample, another seed' sample --model m.json --count 20000 --seed 8
judge 'other draws' test "$(cmp out sample.tsv | wc -l)" = 1
accept 'sample fewer' sample --model m.json --count 10 --seed 7
judge 'the first of them' same "$(head -n 11 sample.tsv)" "$(cat out)"
accept 'sample with components' sample --model m.json --count 20000 --seed 7 --with-component -o c.tsv
judge 'the same points' same "$(tail -n +2 sample.tsv | md5sum)" "$(tail -n +2 c.tsv | cut -f1-8 | md5sum)"
accept 'a sample is fitted' fit c.tsv --label component --model again.json
judge 'the weights come back once more' near "$(field again.json weights | tr -d '[],' | tr ' ' '\n' | sort | tail -n 1)" 0.7 0.03
accept 'the fit is sampled' sample --model again.json --format json --count 5
judge 'nothing half is left' test -z "$(find . -name '.lvm*')"

# --- the boundary: pixels that are never on, points that are impossible

printf 'a,b,c\n1,0,0\n1,1,0\n0,1,0\n0,0,0\n1,1,0\n' > off.csv
printf 'a,b,c\n1,0,0\n1,0,1\n0,1,1\n' > new.csv
accept 'a column that is never on' fit off.csv -k 1 --model off.json
judge 'has the mean 0' same '[[0.59999999999999998, 0.59999999999999998, 0.0]]' "$(field off.json means)"
judge 'its log-likelihood is finite' near "$(field off.json log_likelihood)" "$(awk 'BEGIN { printf "%.15g", 2 * (3 * log (0.6) + 2 * log (0.4)) }')" 1e-12
accept 'impossible points are predicted' predict new.csv -m off.json
judge 'and called so' same $'nan\t-inf\t0 nan\t-inf\t0' "$(sed -n 3,4p out | paste -sd ' ')"
judge 'the others are as they were' same 1 "$(sed -n 2p out | cut -f3)"
judge 'how many they are' same 'bernoulli-mixture predict: note: 2 of 3 points are impossible under the mixture' "$(cat err)"
accept 'the same as JSON' predict new.csv -m off.json -f json
judge 'is JSON' same '  ["nan", "-inf", 0]' "$(tail -n 2 out | head -n 1)"
accept 'impossible points are scored' score new.csv -m off.json
judge 'their log-likelihood is -inf' same $'3\t-inf\t-inf\t3\tinf\tinf' "$(tail -n 1 out)"
judge 'score: how many they are' same 'bernoulli-mixture score: note: 2 of 3 points are impossible under the mixture' "$(cat err)"
accept 'with a prior nothing is impossible' fit off.csv -k 1 --regularise 1 --model map.json
accept 'so that all are scored' score new.csv -m map.json
judge 'finite' same 1 "$(awk '!/^#/ { print ($2 < 0 && $2 > -100) }' out)"
judge 'and nothing is noted' test ! -s err
accept 'a start on the boundary, and a prior' fit off.csv -i off.json --regularise 1 --model map2.json --trace b.tsv
judge 'leaves it' same "$(field map.json means)" "$(field map2.json means)"
judge 'its objective begins at -inf' same -inf "$(sed -n 2p b.tsv | cut -f4)"
refuse_with 'a start under which points are impossible' 1 'the fit is degenerate: a component of the start has no points, or a point is impossible under all of them' fit new.csv -i off.json --trace d.tsv --model d.json
judge 'no model of it' test ! -e d.json
judge 'but its trace' test -e d.tsv
sed 's/"weights.*/"weights": [1, 0],/' m.json > bad.json
refuse_with 'a start without weight' 1 'the fit is degenerate' fit a.tsv -i bad.json
printf '1,0,1\n1,0,1\n1,0,1\n' > one.csv
accept 'one point many times, K = 1' fit one.csv -k 1 --model one.json
judge 'is certain' same '[[1.0, 0.0, 1.0]]' "$(field one.json means)"
judge 'its log-likelihood is 0' near "$(field one.json log_likelihood)" 0 0
accept 'a certain model is sampled' sample -m one.json --count 3
judge 'and draws the point' same "$(cat one.csv)" "$(tail -n +2 out | tr '\t' ',')"
accept 'one bit' fit <(printf '1\n0\n1\n') -k 2
accept 'a constant column beside others' fit off.csv -k 2

# --- bad data: tables

printf 'a,b\n1,0\n0,1\n1,1\n0,0\n1,0\n' > small.csv
refuse 'missing file' 3 'none.csv: No such file or directory' fit none.csv
refuse 'a folder' 3 '/tmp: Is a directory' fit /tmp
refuse 'K > N' 3 'small.csv: 4 distinct points, too few for 6 components' fit small.csv -k 6
printf '1,0\n0,1\n' > two.csv
refuse 'K > N, all distinct' 3 'two.csv: 2 points, too few for 3 components' fit two.csv -k 3
refuse 'one point, K = 2' 3 'one.csv: 1 distinct points, too few for 2 components' fit one.csv
for value in 2 -1 0.5 1e300 inf -inf; do
  printf 'a,b\n1,0\n1,%s\n' $value > bad.csv
  shown=${value/1e300/1e+300}
  refuse "$value in a cell" 3 "bad.csv:3: column 2 (b): $shown is neither 0 nor 1: other numbers need --threshold=T, and are 1 where greater than T" fit bad.csv
  refuse "$value in a cell, predict" 3 "bad.csv:3: column 2 (b): $shown is neither 0 nor 1: other numbers need --threshold=T, and are 1 where greater than T" predict bad.csv -m m.json
done
printf 'a,b\n1,0\n1,nan\n' > bad.csv
refuse 'nan in a cell' 3 'bad.csv:3: column 2 (b): nan is no place for a point' fit bad.csv
refuse 'nan in a cell, whatever the threshold' 3 'bad.csv:3: column 2 (b): nan is no place for a point' fit bad.csv --threshold 0.5
printf '1,0\n0\n' > bad.csv
refuse 'ragged rows' 3 'bad.csv:2: 1 cell, but line 1 has 2' fit bad.csv
printf '1,0\n0,\n' > bad.csv
refuse 'a missing cell' 3 'bad.csv:2: column 2: the cell is empty' fit bad.csv
printf '' > bad.csv
refuse 'an empty file' 3 'bad.csv: the file is empty' fit bad.csv
refuse 'empty standard input' 3 'standard input: the file is empty' fit - < /dev/null
refuse 'no such label' 3 "small.csv: the file has no column 'kind'" fit small.csv --label kind
refuse 'points of another dimension' 3 'small.csv has 2 columns, but the mixture of m.json has 8 dimensions' predict small.csv -m m.json
refuse 'points of another dimension, score' 3 'small.csv has 2 columns, but the mixture of m.json has 8 dimensions' score small.csv -m m.json
refuse 'a start of another dimension' 3 'small.csv has 2 columns, but the mixture of m.json has 8 dimensions' fit small.csv -i m.json
gzip -c a.tsv | head -c 500 > bad.tsv.gz
refuse 'a gzipped table cut short' 3 'bad.tsv.gz: the gzip stream is cut short' fit bad.tsv.gz

# --- bad data: images

ln -s "${mnist/images/labels}" labels.idx.gz
refuse 'labels for images' 3 'labels.idx.gz: IDX of one dimension, such as labels: images have two or more' fit labels.idx.gz
head -c 1000 t10k.idx > bad.idx
refuse 'cut short' 3 'bad.idx: cut short in image 2 of 10000' fit bad.idx
refuse 'cut short, score' 3 'bad.idx: cut short in image 2 of 10000' score bad.idx -m i.json
refuse 'cut short in standard input' 3 'standard input: cut short in image 2 of 10000' fit - < bad.idx
head -c 10 t10k.idx > bad.idx
refuse 'cut short in the header' 3 'bad.idx: cut short in the header' fit bad.idx
{ cat black.idx; printf x; } > bad.idx
refuse 'bytes left over' 3 'bad.idx: more bytes follow than the sizes in the header say' fit bad.idx
printf '\0\1\10\3' > bad.idx
refuse 'wrong magic' 3 'bad.idx: not an IDX file: it does not begin with two zero bytes' fit bad.idx
printf '\0\0\15\3\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\0' > bad.idx
refuse 'wrong type' 3 'bad.idx: IDX of type 0x0D: only unsigned bytes (0x08) are read' fit bad.idx
printf '\0\0\10\3\0\0\0\0\0\0\0\2\0\0\0\3' > bad.idx
refuse 'no images' 3 'bad.idx: size 1 of 3 in the header is zero' fit bad.idx
printf '\0\0\10\3\377\377\377\377\0\0\377\377\0\0\377\377\1' > bad.idx
refuse 'a header that lies' 3 'bad.idx: cut short in image 1 of 4294967295' fit bad.idx
head -c 5000 "$mnist" > bad.idx.gz
refuse 'gzip cut short' 3 'bad.idx.gz: the gzip stream is cut short' fit bad.idx.gz
{ head -c 5000 "$mnist"; tail -c +6000 "$mnist"; } > bad.idx.gz
refuse 'gzip broken' 3 'bad.idx.gz: the gzip stream is broken' predict bad.idx.gz -m i.json
refuse 'a label of images' 2 "option '--label' goes with a table, but black.idx holds images" fit black.idx --label kind
refuse 'images of another shape' 3 'black.idx has images of 2 x 3, but the mixture of i.json is of 28 x 28' predict black.idx -m i.json
sed 's/"shape": .*/"shape": [3, 2],/' b.json > turned.json
refuse 'images of another shape, but as many pixels' 3 'black.idx has images of 2 x 3, but the mixture of turned.json is of 3 x 2' score black.idx -m turned.json
refuse 'images for a start of another shape' 3 'black.idx has images of 2 x 3, but the mixture of turned.json is of 3 x 2' fit black.idx -i turned.json
refuse 'images for a mixture of a table' 3 'black.idx has 6 columns, but the mixture of m.json has 8 dimensions' predict black.idx -m m.json
refuse 'images of a mixture of a table' 3 "m.json has no 'shape', as mixtures fitted to images have: '--idx' writes images" sample -m m.json --idx
refuse 'images with components' 2 "option '--with-component' adds a column, and goes without '--idx'" sample -m i.json --idx --with-component
refuse 'too many images' 2 'an IDX file holds 4294967295 images at most' sample -m i.json --idx -n 4294967296

# --- bad models

# A model with one line replaced: spoil KEY VALUE
spoil () {
  sed "s/^ \"$1\": .*[^,]/ \"$1\": $2/; s/,,/,/" b.json > bad.json
}
printf 'not json\n' > bad.json
refuse_with 'not JSON' 3 'bad.json:1: not JSON as it should be' sample -m bad.json
refuse 'no model' 3 'none.json: No such file or directory' predict a.tsv -m none.json
refuse 'a folder as a model' 3 '/tmp: Is a directory' predict a.tsv -m /tmp
printf '[1]' > bad.json
refuse 'an array' 3 "bad.json: not a mixture: it should begin with '{'" sample -m bad.json
sed 's/"means"/"mean"/' m.json > bad.json
refuse 'no means' 3 "bad.json: 'means' is missing" score a.tsv -m bad.json
spoil weights '[1.1]'
refuse 'weights' 3 'bad.json: the weights sum to 1.1, not 1' score black.idx -m bad.json
spoil means '[[0.5, 0.5, 0.5, 1.5, 0.5, 0.5]]'
refuse 'a mean above 1' 3 'bad.json: component 1: the mean of dimension 4 is 1.5, not from 0 to 1' score black.idx -m bad.json
refuse 'a mean above 1, as a start' 3 'bad.json: component 1: the mean of dimension 4 is 1.5, not from 0 to 1' fit black.idx -i bad.json
spoil shape '[2, 2]'
refuse 'a shape of another size' 3 "bad.json: 'shape' is 2 x 2, but there are 6 means" sample -m bad.json
spoil shape '"2 x 3"'
refuse 'no shape' 3 "bad.json: 'shape' is not a height and a width" sample -m bad.json
printf '{"covariance": "full", "weights": [1], "means": [[0.5]], "covariances": [[[1]]]}' > bad.json
refuse 'a mixture of Gaussians' 3 "bad.json: a mixture of Gaussians: it has 'covariances'" sample -m bad.json

# --- usage

refuse 'K = 0' 2 "option '--components' takes a whole number from 1 to 1000000, not '0'" fit a.tsv -k 0
refuse 'negative tolerance' 2 "option '--tolerance' takes a number from 0 to 1000000, not '-1'" fit a.tsv --tolerance -1
refuse 'negative prior' 2 "option '--regularise' takes a number from 0 to 1000000000, not '-1'" fit a.tsv --regularise -1
refuse 'negative threshold' 2 "option '--threshold' takes a number from 0 to 1e300, not '-1'" fit a.tsv --threshold -1
refuse 'threshold nan' 2 "option '--threshold' takes a number from 0 to 1e300, not 'nan'" score a.tsv -m m.json --threshold nan
refuse 'no threads' 2 "option '--threads' takes a whole number from 1 to 1024, not '0'" fit a.tsv --threads 0
refuse 'no restarts' 2 "option '--restarts' takes a whole number from 1 to 1000000, not '0'" fit a.tsv --restarts 0
refuse 'a kind of covariance' 2 "unknown or ambiguous option '--covariance'" fit a.tsv --covariance full
refuse 'no data' 2 'DATA is missing' fit
judge 'where help is to be had' same "Try 'bernoulli-mixture fit --help' for more information." "$(tail -n 1 err)"
refuse 'two files' 2 "'b.csv' is one file too many" fit a.csv b.csv
refuse 'data for sample' 2 "'b.csv' is one file too many" sample -m m.json b.csv
refuse 'no model given' 2 "option '--model' is needed" predict a.tsv
refuse 'another K than the start' 2 "option '--components' is 3, but m.json has 2" fit a.tsv -i m.json -k 3
refuse 'restarts from one start' 2 "option '--restarts' is 2, but m.json is one start" fit a.tsv -i m.json -r 2
refuse 'a start that is no file' 3 'kmean: No such file or directory' fit a.tsv -i kmean
refuse 'standard input twice' 2 'DATA and --initialise cannot both be standard input' fit - -i -
refuse 'standard output twice' 2 '--model and --trace cannot both be standard output' fit a.tsv -m - --trace -
cp a.tsv same.csv
refuse 'the model onto the data' 2 'DATA and --model are the same file, ./same.csv' fit same.csv --model ./same.csv
refuse 'the output onto the data' 2 'DATA and --output are the same file, same.csv' predict same.csv -m m.json -o same.csv
refuse 'the output onto the model' 2 '--model and --output are the same file, m.json' sample -m m.json -o m.json
judge 'the data are what they were' cmp -s same.csv a.tsv
run frob
judge 'unknown command' same "2 bernoulli-mixture: the first word has to be fit, predict, score or sample, not 'frob'" "$code $(head -n 1 err)"
for command in '' fit predict score sample; do
  # shellcheck disable=SC2086 # no command at all in the first round
  accept "${command:-alone}: --help" $command --help
  judge "${command:-alone}: --help tells the usage" grep -q "^Usage: bernoulli-mixture${command:+ $command} " out
  judge "${command:-alone}: --help fits a terminal" test "$(awk '{ print length }' out | sort -n | tail -n 1)" -le 80
done
run fit --help
for option in components initialise restarts tolerance max-iterations regularise seed threads label threshold model responsibilities trace format help version; do
  judge "fit --help names --$option" grep -q -- "--$option" out
done
run predict --help
judge 'predict --help tells of impossible points' grep -q 'log_evidence is -inf' out
accept '--version' --version
judge '--version tells name and number' grep -qE '^bernoulli-mixture \(Latent\) [0-9.]+$' out

# --- outputs that fail

for command in 'fit a.tsv' 'fit a.tsv --model -' 'predict a.tsv -m m.json' 'score a.tsv -m m.json' 'sample -m m.json' 'sample -m i.json --idx' 'fit --help'; do
  # shellcheck disable=SC2086 # a command of several words
  "$program" $command > /dev/full 2> err
  judge "full disk: $command" same "3 bernoulli-mixture ${command%% *}: standard output: cannot be written: No space left on device" "$? $(grep -v log-likelihood err)"
done
for option in model responsibilities trace; do
  run fit a.tsv --$option /dev/full
  judge "--$option to a full disk" same '3 bernoulli-mixture fit: /dev/full: cannot be written: No space left on device' "$code $(cat err)"
  run fit a.tsv --$option none/x
  judge "--$option into no folder" same '3 bernoulli-mixture fit: none/x: cannot be written: No such file or directory' "$code $(cat err)"
done
for command in 'predict a.tsv -m m.json' 'score a.tsv -m m.json' 'sample -m m.json' 'sample -m i.json --idx'; do
  # shellcheck disable=SC2086 # a command of several words
  run $command -o none/x.gz
  judge "output into no folder: $command" same "3 bernoulli-mixture ${command%% *}: none/x.gz: cannot be written: No such file or directory" "$code $(cat err)"
done
"$program" fit a.tsv --model quiet.json >&- 2>&- <&-
judge 'all descriptors closed: stdout cannot be written' same 3 $?
judge 'all descriptors closed: the model is whole' cmp -s quiet.json m.json

mkdir killed
for file in m.json t.tsv draw.idx.gz; do echo old > killed/$file; done
for delay in 0.1 0.4 0.8; do
  "$program" fit "$mnist" -k 20 --tolerance 0 --model killed/m.json --trace killed/t.tsv > log 2> err &
  pid=$!
  "$program" sample -m i.json -n 3000000 --idx -o killed/draw.idx.gz > log 2> err &
  second=$!
  sleep $delay
  kill -KILL $pid $second 2> log
  wait $pid $second 2> log
  judge "killed after $delay s: the old files" same 'old old old' "$(cat killed/m.json killed/t.tsv killed/draw.idx.gz | xargs)"
  judge "killed after $delay s: nothing beside them" same 3 "$(find killed -type f | wc -l)"
done
"$program" sample -m m.json -n 1000000 2> err | head -n 2 > out
judge 'a reader that goes away' same '2 ' "$(wc -l < out) $(cat err)"

finish
