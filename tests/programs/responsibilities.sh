#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Black-box tests of the program `responsibilities` on a reader's data.

# shellcheck source=tests/programs/judge.bash
. "$(dirname "$0")/judge.bash"

# --- what it computes

printf 'cat,dog\n-1,-2\n-3,-3\n' > good.csv
accept 'a table with a header' good.csv
judge 'columns are named' same $'# r_cat\tr_dog\tlog_evidence\targmax' "$(head -n 1 out)"
judge 'responsibilities, evidence, argmax' same $'0.7310585786300049\t0.2689414213699951\t-1.3798854930417224\t1' "$(sed -n 2p out)"
judge 'a tie goes to the first' same $'0.5\t0.5\t-3\t1' "$(sed -n 3p out)"
judge 'nothing on stderr' test ! -s err
cp out good.tsv

printf -- '-1;-2\n-3;-3\n' > plain.csv
accept 'a table without a header' plain.csv
judge 'columns are numbered' same $'# r_1\tr_2\tlog_evidence\targmax' "$(head -n 1 out)"

accept 'standard input' - < good.csv
judge 'standard input gives the same' cmp -s out good.tsv
accept '--output' --output=written.tsv good.csv
judge '--output gives the same' cmp -s written.tsv good.tsv
judge '--output leaves stdout alone' test ! -s out
accept '--output=-' -o - good.csv
judge '--output=- is stdout' cmp -s out good.tsv

accept '--format json' --format=json good.csv
judge 'it is JSON' same '{"columns": ["r_cat", "r_dog", "log_evidence", "argmax"],' "$(head -n 1 out)"
judge 'with a row a line' same '  [0.5, 0.5, -3, 1]' "$(sed -n 4p out)"

printf '1e3,0\n' > prior.csv
accept '--log-prior, one row, not normalised' --log-prior prior.csv good.csv
judge 'a vast prior decides' same $'1\t0\t-3\t1' "$(sed -n 3p out)"
printf 'prior\n-0.5\n-0.5\n' > prior.csv
accept '--log-prior, one column with a header' --log-prior prior.csv good.csv
judge 'an equal prior is the uniform one' same 0 "$(paste out good.tsv | awk 'NR > 1 { for (k = 1; k <= 4; k++) if (($k - $(k + 4)) ^ 2 > 1e-28) n++ } END { print n + 0 }')"
printf '0,-inf\n' > prior.csv
accept '--log-prior with -inf' --log-prior prior.csv good.csv
judge '-inf excludes a hypothesis' same $'1\t0\t-1\t1' "$(sed -n 2p out)"
accept '--log-prior from standard input' --log-prior - good.csv < prior.csv

printf 'a,b,c\n-inf,-1,-inf\n' > part.csv
accept '-inf in part of a row' part.csv
judge '-inf is impossible' same $'0\t1\t0\t-2.09861228866811\t2' "$(sed -n 2p out)"

printf 'only\n-5\n-7\n' > one.csv
accept 'one column' one.csv
judge 'one column: r is 1' same $'1\t-5\t1' "$(sed -n 2p out)"
judge 'one column: a note' same 'responsibilities: note: one.csv has one column, so that every responsibility is 1' "$(cat err)"

printf -- '-1e5,-1e5\n-1e300,-2e300\n1e300,1e300\n-745.2,0\n' > far.csv
accept 'far-away points' far.csv
judge 'no NaN, no infinity' test -z "$(grep -iE 'nan|inf' out)"

# --- its own output is read back

accept 'its own TSV is read back' good.tsv
judge 'with its names' same '# r_r_cat	r_r_dog	r_log_evidence	r_argmax	log_evidence	argmax' "$(head -n 1 out)"
printf '"a\tb";"#x";" say ""hi"" "\n1;2;3\n' > names.csv
accept 'odd names' --output=names.tsv names.csv
accept 'odd names are read back' names.tsv
judge 'odd names are the same' same 3 "$(head -n 1 out | grep -oE $'a\tb|r_#x| say ""hi"" ' | wc -l)"
printf 'a\xE4,b\n-1,-2\n' > latin.csv
accept 'a name in Latin-1' -o latin.tsv latin.csv
judge 'a name in Latin-1 stays what it was' grep -qa $'^# r_a\xE4\tr_b' latin.tsv
run --format json -o latin.json latin.csv
judge 'JSON has to be UTF-8' same '3 responsibilities: a text in the table is not UTF-8, as JSON has to be' "$code $(cat err)"
judge 'and no JSON is left' test ! -e latin.json
awk 'BEGIN { srand (7); for (n = 0; n < 1000; n++) printf "%.15g,%.15g,%.15g\n", -1000 * rand (), -0.001 * rand (), -rand () }' > random.csv
accept 'a thousand rows' -o 1.tsv random.csv
cut -f4 1.tsv > evidence.tsv
accept 'a thousand rows, read back' -o 2.tsv evidence.tsv
judge 'a thousand rows, no digit lost' same "$(tail -n +2 evidence.tsv)" "$(tail -n +2 2.tsv | cut -f2)"

# --- other ways to write the same table

printf 'cat,dog\r\n-1,-2\r\n-3,-3\r\n' > crlf.csv
accept 'CRLF' crlf.csv
judge 'CRLF gives the same' cmp -s out good.tsv
printf '\xEF\xBB\xBFcat,dog\n-1,-2\n-3,-3\n' > bom.csv
accept 'byte order mark' bom.csv
judge 'byte order mark gives the same' cmp -s out good.tsv
printf '# a remark\n"cat"\t"dog"\n\n-1\t-2\n\n# another\n-3\t-3' > odd.tsv
accept 'tabs, quotes, blank lines, remarks, no last line end' odd.tsv
judge 'tabs and all that give the same' cmp -s out good.tsv

mkdir locale
if localedef -i de_DE -f UTF-8 locale/de_DE.UTF-8 > log 2>&1; then
  LOCPATH=$place/locale LC_ALL=de_DE.UTF-8 "$program" good.csv > out 2> err
  judge 'a locale with a decimal comma gives the same' cmp -s out good.tsv
else
  echo 'not run: a locale with a decimal comma cannot be made here'
fi
LC_ALL=no_SUCH.locale "$program" good.csv > out 2> err
judge 'a locale that does not exist gives the same' cmp -s out good.tsv

# --- bad data

refuse 'missing file' 3 'none.csv: No such file or directory' none.csv
refuse 'a directory' 3 '/tmp: Is a directory' /tmp
printf '' > bad.csv
refuse 'empty file' 3 'bad.csv: the file is empty' bad.csv
printf 'a,b\n' > bad.csv
refuse 'header only' 3 'bad.csv: the file has a header but no rows' bad.csv
printf 'a,b\n1,2\n3\n' > bad.csv
refuse 'ragged rows' 3 'bad.csv:3: 1 cell, but line 1 has 2' bad.csv
printf 'a,b\n1,2\n3,\n' > bad.csv
refuse 'missing cell' 3 'bad.csv:3: column 2 (b): the cell is empty' bad.csv
printf 'a,b\n1,2\n\n3,four\n' > bad.csv
refuse 'text in a cell' 3 "bad.csv:4: column 2 (b): 'four' is not a number" bad.csv
printf '1,2\nnan,4\n' > bad.csv
refuse 'NaN' 3 'bad.csv:2: column 1: a log-likelihood cannot be nan' bad.csv
printf 'a,b\n1,+inf\n' > bad.csv
refuse '+inf' 3 'bad.csv:2: column 2 (b): a log-likelihood cannot be inf' bad.csv
printf 'a,b\n1,2\n-inf,-inf\n' > bad.csv
refuse '-inf in a whole row' 3 'bad.csv:3: every log-likelihood is -inf: no hypothesis can have made this point' bad.csv
printf '1,2\n3,1e999\n' > bad.csv
refuse 'too large a number' 3 "bad.csv:2: column 2: '1e999' is too large for a double" bad.csv
printf '1,2\n3,\0\n' > bad.csv
refuse 'NUL byte' 3 'bad.csv:2: a NUL byte: this is not a table in plain text (ASCII, UTF-8)' bad.csv
head -c 100000 "$program" > bad.csv
run bad.csv
judge 'a program as data' test "$code" = 3
refuse 'empty standard input' 3 'standard input: the file is empty' - < /dev/null
printf 'only\n-5\n-inf2\n' > bad.csv
refuse 'text in the one column' 3 "standard input:3: column 1 (only): '-inf2' is not a number" - < bad.csv
"$program" - <&- > out 2> err
judge 'closed standard input' same 3 $?

printf '0,-inf\n' > prior.csv
printf 'a,b\n-1,-2\n-inf,-2\n' > bad.csv
refuse 'a row the prior excludes' 3 'bad.csv:3: every log-likelihood plus log prior is -inf: no hypothesis can have made this point' -p prior.csv bad.csv
printf '0,0,0\n' > prior.csv
refuse 'too many log priors' 3 'prior.csv: 1 x 3 log priors, but there are 2 columns of log-likelihoods: one row or one column of 2 is needed' -p prior.csv good.csv
printf -- '-inf,-inf\n' > prior.csv
refuse 'an impossible prior' 3 'prior.csv:1: every log prior is -inf: no hypothesis is possible' -p prior.csv good.csv
printf '0,nan\n' > prior.csv
refuse 'NaN in the prior' 3 'prior.csv:1: column 2: a log prior cannot be nan' -p prior.csv good.csv
refuse 'missing prior' 3 'none.csv: No such file or directory' -p none.csv good.csv

# --- usage

refuse 'unknown option' 2 "unknown or ambiguous option '--nothing'" --nothing good.csv
judge 'where help is to be had' same "Try 'responsibilities --help' for more information." "$(tail -n 1 err)"
refuse 'unknown format' 2 "option '--format' takes one of tsv, json, not 'xml'" --format xml good.csv
refuse 'missing argument' 2 "option '--output' needs an argument" good.csv --output
refuse 'two files' 2 "'good.csv' is one file too many" good.csv good.csv
refuse '--book with data' 2 "option '--book' goes without LOGLIK.csv" --book x good.csv
refuse '--quick with data' 2 "option '--quick' goes without LOGLIK.csv" --quick good.csv
refuse '--log-prior without data' 2 "option '--log-prior' goes with LOGLIK.csv" --log-prior x
refuse '--output without data' 2 "option '--output' goes with LOGLIK.csv" --output x
cp good.csv same.csv
refuse 'the output onto the data' 2 'LOGLIK.csv and --output are the same file, ./same.csv' same.csv -o ./same.csv
refuse 'standard input twice' 2 'LOGLIK.csv and --log-prior cannot both be standard input' --log-prior - -
accept '--help' --help
judge '--help tells the usage' same 'Usage: responsibilities [OPTION]... [LOGLIK.csv]' "$(head -n 1 out)"
judge '--help fits a terminal' test "$(awk '{ print length }' out | sort -n | tail -n 1)" -le 80
for option in log-prior format output book quick help version; do
  judge "--help names --$option" grep -q -- "--$option" out
done
accept '--version' --version
judge '--version tells name and number' grep -qE '^responsibilities \(Latent\) [0-9.]+$' out

# --- outputs that fail

for target in '' '--format=json' '--help' '--version'; do
  # shellcheck disable=SC2086 # no option at all in the first round
  "$program" $target good.csv > /dev/full 2> err
  judge "full disk${target:+ with $target}" same '3 responsibilities: standard output: cannot be written: No space left on device' "$? $(cat err)"
done
"$program" good.csv >&- 2> err
judge 'closed standard output' same '3 responsibilities: standard output: cannot be written: Bad file descriptor' "$? $(cat err)"
"$program" good.csv --output=quiet.tsv >&- 2>&- <&-
judge 'all three descriptors closed' same 0 $?
judge 'all three descriptors closed: the file is whole' cmp -s quiet.tsv good.tsv
"$program" one.csv --output=quiet.tsv >&- 2>&- <&-
judge 'the note does not land in the file' same '# r_only' "$(head -n 1 quiet.tsv | cut -f1)"
run good.csv --output=none/out.tsv
judge 'output into no folder' same '3 responsibilities: none/out.tsv: cannot be written: No such file or directory' "$code $(cat err)"
run good.csv --output=/dev/full
judge 'output to /dev/full' same '3 responsibilities: /dev/full: cannot be written: No space left on device' "$code $(cat err)"

echo old > kept.tsv
printf '1,2\n3\n' > bad.csv
run bad.csv --output=kept.tsv
judge 'bad data leave the old output' same old "$(cat kept.tsv)"
run part.csv --output=kept.tsv
judge 'good data replace it' test "$code" = 0

# --- a million rows; killed runs

awk 'BEGIN { srand (1); for (n = 0; n < 1000000; n++) printf "%.6f,%.6f,%.6f\n", -700 * rand (), -9 * rand (), -rand () }' > million.csv
accept 'a million rows' --output=million.tsv million.csv
judge 'a million rows come out' same 5x1000000 "$(shape million.tsv)"
sed '500000s/,.*/,x,1/' million.csv > bad.csv
run bad.csv
judge 'a bad cell in line 500,000' same "3 responsibilities: bad.csv:500000: column 2: 'x' is not a number" "$code $(cat err)"
judge 'a bad cell in line 500,000: nothing on stdout' test ! -s out

mkdir killed
echo old > killed/out.tsv
for delay in 0.2 0.5 0.8 1.1; do
  "$program" --output=killed/out.tsv million.csv 2> err &
  pid=$!
  sleep $delay
  kill -KILL $pid 2> log
  wait $pid 2> log
  judge "killed after $delay s: the old file or the whole new one" test "$(wc -l < killed/out.tsv)" = 1 -o "$(wc -l < killed/out.tsv)" = 1000001
  judge "killed after $delay s: nothing beside it" same 1 "$(find killed -type f | wc -l)"
done
"$program" million.csv 2> err | head -n 2 > out
judge 'a reader that goes away' same '2 ' "$(wc -l < out) $(cat err)"

finish
