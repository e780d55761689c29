# The likelihood against the iteration, from many random starts.  Columns: iteration, log_likelihood; a block a run.
stats table using 1 nooutput
set xlabel 'iteration'
set ylabel 'log-likelihood, nats'
set xrange [0:120]
set yrange [-1150:-1104]
set key off
plot for [i = 0:STATS_blocks - 1] table index i using 1:2 with lines linestyle (i % 6) + 1 linewidth 1.1
