# A likelihood without a maximum.  Columns: iteration, log_likelihood, with_prior, two, three
# (the best ordinary ends of so many components).
set xrange [0:10]
set xlabel 'iteration'
set ylabel 'log-likelihood, nats'
if (!narrow) set key right top
plot table using 1:2 with linespoints linestyle 2 title 'maximum likelihood', \
     '' using 1:3 with lines linestyle 1 title 'with the prior', \
     '' using 1:4 with lines linestyle 11 notitle, \
     '' using 1:5 with lines linestyle 11 notitle
