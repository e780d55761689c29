#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# tests/book/paper.sh epub|pdf...: the book in one file says what the pages say.

set -u
cd "$(dirname "$0")/../.." || exit 1
book=${BOOK:-build/book}
place=$(mktemp -d /tmp/lvm-paper-XXXXXX)
trap 'rm -rf "$place"' EXIT
passed=0 failed=0

# check SENTENCE COMMAND...: what the command prints is shown when it fails.
check() {
  local sentence=$1
  shift
  if "$@" > "$place/log" 2>&1; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED $sentence"
    head -n 20 "$place/log"
  fi
}

# Which number each label has, one a line, as each format shows it.
in_pages() {
  grep -ohE '<a class="number" href="#[^"]+">[^<]*</a>' "$book"/[0-9]*.html |
    sed -E 's/.*href="#([^"]+)">[^0-9]*([0-9]+\.[0-9]+).*/\1 \2/' | sort
}
in_epub() {
  cat "$book"/epub/book/[0-9]*.xhtml | perl -0777 -ne \
    'print "$1 $2\n" while /class="(?:statement|figure|table|listing|exercise)" id="([^"]+)">.*?class="number">\D*([\d.]+)/sg' | sort
}
in_pdf() { sed -nE 's/^\\newlabel\{([^}]+)\}\{\{([0-9]+\.[0-9]+)\}.*/\1 \2/p' "$book/tex/latent.aux" | sort; }

same_numbers() {
  "$1" > "$place/numbers"
  [ -s "$place/pages" ] && join -j 1 -v 1 "$place/pages" "$place/numbers" | sed 's/^/lacks /'
  join -j 1 "$place/pages" "$place/numbers" | awk '$2 != $3 { print "differs: " $0 } $2 == $3 { n++ } END { exit !n }' &&
    ! join -j 1 "$place/pages" "$place/numbers" | awk '$2 != $3' | grep . && [ -z "$(join -j 1 -v 1 "$place/pages" "$place/numbers")" ]
}

titles() { sed -n '/^  \["chapters"\]/,/^  }/s/^ *\["title"\] = "\(.*\)",*$/\1/p' "$book/index.lua"; }

test_epub() {
  check "epubcheck accepts the EPUB" java -jar /usr/bin/epubcheck "$book/latent.epub"
  check "EPUB: the numbers are those of the pages" same_numbers in_epub
  check "EPUB: no formula is left in TeX" sh -c "! grep -l 'class=\"math ' $book/epub/book/*.xhtml"
  check "EPUB: a sign is no subtraction" sh -c "! grep -hoE '<mo[^>]*>[=(,]</mo><mo>−</mo>' $book/epub/book/*.xhtml"
  check "EPUB: a letter of script is one without a style" sh -c "! grep -ho 'mathvariant=\"script\"' $book/epub/book/*.xhtml"
  check "pages and EPUB: a formula in lines has all its signs" node tests/book/formulas.js "$book"
  check "EPUB: nothing is wider than a column of 360 px" node tests/book/column.js "$book/epub/book"
  check "EPUB: every picture has words in its place" sh -c "! grep -hoE '<img [^>]*>' $book/epub/book/*.xhtml | grep -v ' alt=\"[^\"]\\{20,\\}\"'"
}

test_pdf() {
  pdftotext -layout "$book/latent.pdf" "$place/pdf.txt" || { echo "FAILED pdftotext"; failed=$((failed + 1)); return; }
  tr -s ' \n\f' ' ' < "$place/pdf.txt" > "$place/pdf.words"
  check "the PDF opens" pdfinfo "$book/latent.pdf"
  check "PDF: the numbers are those of the pages" same_numbers in_pdf
  check "PDF: no reference is open" sh -c "! grep -n '??' $place/pdf.words"
  while read -r title; do
    check "PDF: the chapter \"$title\"" grep -qF "$title" "$place/pdf.words"
  done < <(titles)
  while read -r label number; do
    check "PDF: the number $number of $label" grep -qF "$number" "$place/pdf.words"
  done < "$place/pages"
}

case " $* " in *" epub "*) . tests/book/tools.sh ;; esac
for format; do make --no-print-directory "$format" > "$place/log" 2>&1 || { cat "$place/log"; exit 1; }; done
in_pages > "$place/pages"
for format; do "test_$format"; done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
