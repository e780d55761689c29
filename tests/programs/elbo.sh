#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Black-box tests of the program `elbo` on a reader's models.

# shellcheck source=tests/programs/judge.bash
. "$(dirname "$0")/judge.bash"

# cell ROW COLUMN: of the table in out.
cell () { awk -F'\t' -v row="$1" -v column="$2" '$1 == row { print $column }' out; }

# Two bags: prior 2/3, 1/3, likelihood 1/5, 3/5, q one half each (chapter 5, by hand).
printf 'prior,likelihood,q\n0.66666666666667,0.2,0.5\n0.33333333333333,0.6,0.5\n' > bags.csv
run bags.csv
judge "two bags" test "$code" = 0
for form in form_1 form_2 form_3; do
  judge "two bags: $form" near "$(cell $form 2)" -1.1190232859282372 1e-12
  judge "two bags: $form by drawing" near "$(cell $form 3)" -1.119 0.03
done
judge "two bags: variance of form 1" near "$(cell form_1 5)" 0.3017372402 1e-9
judge "two bags: variance of form 3" near "$(cell form_3 5)" 0.0411004885 1e-9
judge "two bags: evidence" near "$(cell evidence 2)" -1.0986122886681098 1e-12
judge "two bags: gap" near "$(cell gap 2)" 0.0204109973 1e-9
judge "two bags: the importance-weighted bound lies between" \
  awk -v b="$(cell importance_weighted 2)" 'BEGIN { exit !(b > -1.119 && b < -1.0986) }'

# The same in logarithms, from standard input, as JSON.
printf 'a\tb\tq\n-0.4054651081081644\t-1.6094379124341003\t0.5\n-1.0986122886681098\t-0.5108256237659907\t0.5\n' > logs.tsv
"$program" --logs --format json - < logs.tsv > out 2> err
judge "logarithms, standard input, JSON" grep -q '"form_1", *-1.119023285928' out
run --output again.tsv bags.csv
judge "an output file" test -s again.tsv -a ! -s out
cp again.tsv first.tsv
run --output again.tsv bags.csv
judge "the same seed, the same bits" cmp -s first.tsv again.tsv
run --seed 7 bags.csv
cp out other.tsv
judge "another seed, other draws" sh -c '! cmp -s other.tsv first.tsv'

# The linear model at its posterior: no gap, and no noise in the third form.
run --gaussian --x 1 --noise-sd 0.5
judge "at the posterior" near "$(cell gap 2)" 0 1e-12
judge "at the posterior: evidence" near "$(cell evidence 2)" -1.4305103088617774 1e-12
judge "at the posterior: variance of form 3" near "$(cell form_3 5)" 0 1e-12
run --gaussian --x 1 --noise-sd 0.5 --q-mean 0.8 --q-sd 0.3 --importance 1
judge "one draw in the importance-weighted bound is the bound" near "$(cell importance_weighted 2)" "$(cell form_3 2)" 1e-10

# q visits what the model excludes.
printf '0.5,0.2,0.5\n0.5,0,0.5\n' > excluded.csv
run excluded.csv
judge "a visit to the impossible" test "$code $(cell form_1 2) $(cell gap 2)" = "0 -inf inf"

refuse "no such file" 3 "no.csv: No such file or directory" no.csv
printf '0.5,0.2,0.5\n0.6,0.1,0.5\n' > sum.csv
refuse "a prior that does not add up" 3 "sum.csv: the prior probabilities add up to 1.1, not to one" sum.csv
printf '0.5,0,0.5\n0.5,0,0.5\n' > none.csv
refuse "an impossible datum" 3 "none.csv: no state can have made the datum: its evidence is zero" none.csv
printf '1,2\n' > two.csv
refuse "two columns" 3 "two.csv: 2 columns, but three are needed: prior, likelihood and q" two.csv
refuse "two models" 2 "option '--gaussian' goes without TABLE" --gaussian bags.csv
refuse "output on the input" 2 "TABLE and --output are the same file, bags.csv" --output bags.csv bags.csv
refuse "logarithms of nothing" 2 "option '--logs' goes with TABLE" --logs
printf '0.5,-1,0.5\n0.5,0.1,0.5\n' > minus.csv
run minus.csv
judge "a negative likelihood is named with its place" grep -q '^elbo: minus.csv:1: column 2' err
run --help
judge "help" test "$code" = 0

finish
