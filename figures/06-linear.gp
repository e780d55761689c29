# How far the linear auto-encoder's bound is below the likelihood's maximum.  Columns: iteration, gap; a block a start.
set xlabel 'iteration'
set ylabel 'below the maximum, nats a datum'
set logscale xy
set xrange [1:3000]
set yrange [1e-12:30]
set format y '10^{%T}'
set format x '%g'
if (!narrow) set key left bottom
plot for [b = 0:3] table index b using 1:($2 > 1e-12 ? $2 : 1e-12) with lines linestyle b + 1 dashtype b + 1 title sprintf('start %d', b + 1)
