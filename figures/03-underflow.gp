# By how much EM in double and EM in logarithms differ.  Columns: iteration, difference; a block a start.
set xlabel 'iteration'
set ylabel 'difference of {/:Italic L} / {/:Italic N}, nats'
set logscale y
set format y '10^{%T}'
set yrange [1e-15:1]
set xrange [0:60]
set key off
plot for [b = 0:3] table index b using 1:($2 > 0 ? $2 : 1e-15) with lines linestyle b + 1
