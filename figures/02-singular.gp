# A likelihood without a maximum.  Columns: iteration, log_likelihood, with_prior.
set xrange [0:10]
set xlabel 'iteration'
set ylabel 'log-likelihood, nats'
set key right top
set arrow 1 from graph 0, first -1130.264 to graph 1, first -1130.264 nohead linestyle 11
plot table using 1:2 with linespoints linestyle 2 title 'maximum likelihood', \
     '' using 1:3 with lines linestyle 1 title 'with the prior'
