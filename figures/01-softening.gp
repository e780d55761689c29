# The responsibility of the middle of three components.  Columns: x, sigma, r; a block for each sigma.
set xlabel 'x'
set ylabel 'responsibility of the middle component'
set yrange [0:1.02]
set xrange [-4:6]
set key right top reverse Left title 'width σ'
stats table using 2 nooutput
plot for [k = 0:STATS_blocks - 1] table index k using 1:3 with lines linestyle k + 1 \
     title sprintf('%g', word('3 1.5 0.8 0.4 0.1', k + 1) + 0)
