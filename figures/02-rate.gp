# The error of EM against the iteration.  Columns: iteration, error, predicted; a block for each distance.
set xlabel 'iteration'
set ylabel 'distance from the fixed point'
set logscale y
set format y '10^{%T}'
set yrange [1e-13:2]
if (!narrow) set key right top
plot for [k = 1:3] table index k - 1 using 1:2 with points linestyle k title word('4 2.5 0.8', k).' apart', \
     for [k = 1:3] table index k - 1 using 1:3 with lines linestyle k linewidth 1.2 notitle
