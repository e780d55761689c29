# The gap of the importance-weighted bound against the number of draws.  Columns: draws, gap, predicted, error (of a gap by drawing).
# Blocks: a correlation each; the last one by drawing.
set xlabel 'draws {/:Italic S} in one bound'
set ylabel 'gap, nats'
set logscale xy
set format x '10^{%T}'
set format y '10^{%T}'
set xrange [0.8:1.3e6]
set yrange [3e-8:3]
if (!narrow) set key bottom left
plot for [k = 1:4] table index k - 1 using 1:2 with lines linestyle k title 'correlation '.word('0.3 0.45 0.6 0.8', k), \
     for [k = 1:4] table index k - 1 using 1:3 with lines linestyle 11 linewidth 1.2 notitle, \
     table index 4 using 1:2 with points linecolor rgb '#111111' pointtype 7 pointsize 0.6 title 'by drawing'
