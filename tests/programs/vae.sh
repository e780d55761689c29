#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Black-box tests of the program `vae' on a reader's data.

# shellcheck source=tests/programs/judge.bash
. "$(dirname "$0")/judge.bash"

# A cell of the only row of a table: cell FILE COLUMN
cell () {
  awk -v c="$2" '!/^#/ && NF { print $c }' "$1"
}

# The average of a column: average FILE COLUMN
average () {
  awk -v c="$2" '!/^#/ && NF { s += $c; n++ } END { printf "%.9g", s / n }' "$1"
}

mnist=$root/chapters/03-bernoulli-mixture/mnist-test-images.idx.gz

# --- images: a training that takes a second

accept 'training' train "$mnist" --hidden 40 --batch 100 --seed 3 --epochs 3 --model m.vae --trace t.tsv --validation "$mnist"
judge 'nothing on stdout' test ! -s out
judge 'one sentence on stderr' grep -qE '^vae train: epoch 3, bound -[0-9.]+ = -[0-9.]+ - [0-9.]+, [0-9]+ images/s, seed 3$' err
judge 'only one' same 1 "$(wc -l < err)"
judge 'the trace: columns' same $'# epoch\tbound\treconstruction\tkl\tvalidation_bound' "$(head -n 1 t.tsv)"
judge 'the trace: a row an epoch' same '1 2 3' "$(awk '!/^#/ { print $1 }' t.tsv | xargs)"
judge 'the trace: the bound is its parts' same 0 "$(awk '!/^#/ && ($2 - $3 + $4) ^ 2 > 1e-16' t.tsv | wc -l)"
judge 'the bound rises' same 0 "$(awk '!/^#/ { if (NR > 2 && $2 <= before) n++; before = $2 } END { print n + 0 }' t.tsv)"
judge 'it is above that of a fair coin for each pixel' test "$(awk '!/^#/ { b = $2 } END { print (b > -784 * log (2)) }' t.tsv)" = 1
judge 'the first words of a model' same 'LVM-VAE' "$(head -c 7 m.vae)"
judge 'its size' same $((120 + 12 * (784 * 40 + 40 + 2 * (40 * 2 + 2) + 2 * 40 + 40 + 40 * 784 + 784) + 4)) "$(wc -c < m.vae)"

accept 'a score' score "$mnist" --model m.vae --samples 20
judge 'score: columns' same $'# points\tbound\tbound_error\treconstruction\tkl\tlog_evidence\tlog_evidence_error' "$(head -n 1 out)"
judge 'score: points' same 10000 "$(cell out 1)"
judge 'score: the bound is its parts' near "$(cell out 2)" "$(awk '!/^#/ { printf "%.12g", $4 - $5 }' out)" 1e-9
judge 'score: the estimate is above the bound' test "$(awk '!/^#/ { print ($6 > $2) }' out)" = 1
judge 'score: near the validation of training' near "$(cell out 2)" "$(awk '!/^#/ { v = $5 } END { print v }' t.tsv)" 0.5
cp out score.tsv
accept 'a score of each' score "$mnist" --model m.vae --samples 20 --each
judge 'each: a row a point' same 7x10000 "$(shape out)"
for column in 2 4 5 6; do
  judge "each: column $column has the same average" near "$(average out $column)" "$(cell score.tsv $column)" 1e-4
done
accept 'one draw' score "$mnist" --model m.vae --samples 1
judge 'one draw: the estimate is form (3) of the bound' near "$(cell out 6)" "$(cell out 2)" 0.1
judge 'one draw: no standard error' same 'nan nan' "$(cell out 3) $(cell out 7)"

accept 'codes' encode "$mnist" --model m.vae -o codes.tsv
judge 'codes: columns' same $'# mean_1\tmean_2\tlog_variance_1\tlog_variance_2' "$(head -n 1 codes.tsv)"
judge 'codes: rows' same 4x10000 "$(shape codes.tsv)"
judge 'their KL is that of the score' near \
  "$(awk '!/^#/ { for (l = 1; l <= 2; l++) s += (exp ($(l + 2)) + $l ^ 2 - 1 - $(l + 2)) / 2; n++ } END { printf "%.9g", s / n }' codes.tsv)" "$(cell score.tsv 5)" 1e-4
head -n 4 codes.tsv > three.tsv
accept 'codes are decoded' decode three.tsv --model m.vae -o p.tsv
judge 'decoded: columns' same $'# p_1\tp_2' "$(head -n 1 p.tsv | cut -f1-2)"
judge 'decoded: rows' same 784x3 "$(shape p.tsv)"
judge 'decoded: probabilities' same 0 "$(awk '!/^#/ { for (d = 1; d <= 784; d++) if (!($d >= 0 && $d <= 1)) n++ } END { print n + 0 }' p.tsv)"
cut -f1-2 three.tsv > means.tsv
accept 'means alone are codes, too' decode - --model m.vae < means.tsv
judge 'the same probabilities' cmp -s out p.tsv
accept 'codes to images' decode three.tsv --model m.vae --idx -o p.idx
judge 'their header' same '00 00 08 03 00 00 00 03 00 00 00 1c 00 00 00 1c' "$(head -c 16 p.idx | od -An -tx1 | xargs)"
judge 'greys are 255 times the probabilities' same "$(tail -n +2 p.tsv | tr '\t' '\n' | awk '{ printf "%d\n", 255 * $1 + 0.5 }' | md5sum)" \
  "$(tail -c +17 p.idx | od -An -v -tu1 -w1 | tr -d ' ' | md5sum)"

accept 'samples' sample --model m.vae --count 3000 -o x.tsv
judge 'samples: the seed' same 'vae sample: 3000 points, seed 1' "$(cat err)"
judge 'samples: shape' same 784x3000 "$(shape x.tsv)"
judge 'samples: bits' same '0 1' "$(head -n 20 x.tsv | tail -n +2 | tr '\t' '\n' | sort -u | xargs)"
accept 'samples as images' sample --model m.vae --count 3000 --idx -o x.idx.gz
judge 'the same bits' same "$(tail -n +2 x.tsv | tr '\t' '\n' | md5sum)" "$(gzip -dc x.idx.gz | tail -c +17 | od -An -v -tu1 -w1 | tr -d ' ' | md5sum)"
accept 'probabilities of samples' sample --model m.vae --count 3000 --probabilities -o q.tsv
judge 'their average is that of the draws' near \
  "$(tail -n +2 x.tsv | tr '\t' '\n' | awk '{ s += $1 } END { print s / NR }')" "$(tail -n +2 q.tsv | tr '\t' '\n' | awk '{ s += $1 } END { print s / NR }')" 0.002
accept 'samples are points' score x.idx.gz --model m.vae --samples 2

# --- the same bits

for threads in 1 2 3 7; do
  run train "$mnist" --hidden 70 --latent 3 --activation relu --epochs 1 --threads $threads --model $threads.vae --trace $threads.tsv
  run score "$mnist" --model 1.vae --samples 2 --threads $threads -o s$threads.tsv
done
for threads in 2 3 7; do
  judge "$threads threads: same model" cmp -s 1.vae $threads.vae
  judge "$threads threads: same trace" cmp -s 1.tsv $threads.tsv
  judge "$threads threads: same score" cmp -s s1.tsv s$threads.tsv
done
accept 'another seed' train "$mnist" --hidden 70 --latent 3 --activation relu --epochs 1 --seed 2 --model 2.vae
judge 'another model' test "$(cmp 1.vae 2.vae | wc -l)" = 1

accept 'a part of training' train "$mnist" --hidden 40 --batch 100 --seed 3 --epochs 1 --model r.vae
accept 'resumed' train "$mnist" --resume r.vae --epochs 3 --model r.vae --trace r.tsv --threads 1
judge 'resumed: the same bits as at one go' cmp -s m.vae r.vae
judge 'resumed: the trace goes on' same "$(tail -n 2 t.tsv | cut -f1-4)" "$(tail -n 2 r.tsv)"
refuse 'no more epochs than there were' 2 "option '--epochs' counts those before '--resume', and r.vae has 3" train "$mnist" --resume r.vae --epochs 3 --model s.vae
refuse 'another network' 2 "option '--hidden' is not what r.vae has; without it training goes on as it began" train "$mnist" --resume r.vae --epochs 4 --hidden 41 --model s.vae
accept 'the same network' train "$mnist" --resume r.vae --epochs 4 --hidden 40 --seed 3 --batch 100 --learning-rate 0.001 --activation tanh --latent 2 --model s.vae

# An interrupt comes while an epoch runs: that epoch is finished, and the model written.
"$program" train "$mnist" --hidden 40 --batch 100 --seed 3 --epochs 1000 --model i.vae --trace i.tsv 2> err &
sleep 2
kill -INT $!
wait $!
judge 'interrupted: the code' same 1 $?
judge 'interrupted: says so' grep -qE "^vae train: interrupted; '--resume i.vae' goes on from epoch [0-9]+ of 1000$" err
last=$(awk '!/^#/ { e = $1 } END { print e }' i.tsv)
accept 'interrupted: resumed' train "$mnist" --resume i.vae --epochs $((last + 1)) --model i.vae
accept 'at one go' train "$mnist" --hidden 40 --batch 100 --seed 3 --epochs $((last + 1)) --model j.vae
judge 'interrupted and resumed: the same bits' cmp -s i.vae j.vae

# --- a table: two patterns, which two-valued codes can tell apart

awk 'BEGIN { srand (4); print "a,b,c,d,kind"
  for (n = 0; n < 2000; n++) { k = rand () < 0.5
    for (d = 0; d < 4; d++) printf "%d,", rand () < (k == (d < 2) ? 0.95 : 0.05)
    print k ? "left" : "right" } }' > a.csv
accept 'a table' train a.csv --label kind --hidden 20 --latent 1 --epochs 30 --learning-rate 0.01 --model a.vae
run score a.csv --label kind --model a.vae --samples 200
# ln p of the truth, averaged over its own points: the most that any model can reach on average.
judge 'a table: the evidence comes near the truth' near "$(cell out 6)" \
  "$(awk -F, 'NR > 1 { p = 0; for (k = 0; k < 2; k++) { q = 0.5; for (d = 1; d <= 4; d++) { t = (k == (d < 3)) ? 0.95 : 0.05; q *= $d ? t : 1 - t }; p += q }; s += log (p); n++ } END { print s / n }' a.csv)" 0.1
accept 'a table is drawn' sample --model a.vae --count 4000 -o b.tsv
judge 'drawn: a and b go together' test "$(awk '!/^#/ { n += $1 == $2; m++ } END { print (n / m > 0.8) }' b.tsv)" = 1
refuse 'a table makes no images' 3 "a.vae was not trained on images, which '--idx' writes" sample --model a.vae --idx
run encode a.csv --label kind --model a.vae --format json
judge 'json' same '{"columns": ["mean_1", "log_variance_1"],' "$(head -n 1 out | cut -c1-42)"

# --- what is refused

refuse 'no DATA' 2 'DATA is missing' train --model x.vae
refuse 'no CODES' 2 'CODES is missing' decode --model m.vae
refuse 'no model' 2 "option '--model' is needed" train a.csv
refuse 'an unknown command' 2 "the first word has to be train, encode, decode, score or sample, not 'learn'" learn a.csv
refuse 'a model in the place of its data' 2 'DATA and --model are the same file, a.csv' train a.csv --label kind --model a.csv
refuse_with 'labels taken for numbers' 3 "is not a number; if the column holds labels, leave it out by --label" train a.csv --model x.vae
judge 'no model was begun' test ! -e x.vae
refuse 'no such model' 3 'n.vae: No such file or directory' score a.csv --label kind --model n.vae
refuse 'a table for a model' 3 'a.csv: no model of a variational auto-encoder' score a.csv --label kind --model a.csv
head -c 5000 m.vae > cut.vae
refuse 'a model cut short' 3 'cut.vae: cut short' sample --model cut.vae
{ head -c 5000 m.vae; printf '\377'; tail -c +5002 m.vae; } > bad.vae
refuse 'a damaged model' 3 'bad.vae: damaged: its checksum is another' sample --model bad.vae
{ cat m.vae; echo; } > long.vae
refuse 'a model too long' 3 'long.vae: bytes are left over' sample --model long.vae
refuse_with 'points of another sort' 3 'a.csv has points of 4 numbers in 0 rows, the model of 784 in 28' score a.csv --label kind --model m.vae
refuse_with 'codes of another sort' 3 'p.tsv: 784 columns, but the model has 2 latent numbers' decode p.tsv --model m.vae
printf '1\tnan\n' > nan.tsv
refuse_with 'a code that is no number' 3 'nan is no latent number' decode nan.tsv --model m.vae
refuse_with 'too large a learning rate' 1 'try a smaller --learning-rate' train a.csv --label kind --epochs 50 --learning-rate 1e6 --model x.vae
judge 'leaves no model' test ! -e x.vae
accept 'a model on standard output' train a.csv --label kind --hidden 3 --epochs 1 --model -
cp out c.vae
accept 'a model from standard input' sample --model - --count 2 < c.vae
accept 'a gzipped model' train a.csv --label kind --hidden 3 --epochs 1 --model c.vae.gz
gzip -dc c.vae.gz > d.vae
judge 'is the same' cmp -s c.vae d.vae
run sample --model c.vae.gz --count 2
judge 'and read' same 0 $code
refuse_with 'a full disk' 3 'No space left on device' encode "$mnist" --model m.vae -o /dev/full

for command in train encode decode score sample; do
  accept "help of $command" $command --help
  judge "help of $command: usage" grep -q "^Usage: vae $command" out
done
accept 'help' --help
judge 'help: the commands' same 5 "$(grep -cE '^  (train|encode|decode|score|sample) ' out)"

finish
