# The error of log-sum-exp against the size of its terms.  Columns: size, naive, stable, bound.
set xlabel 'common size of the terms, {/:Italic s}'
set ylabel 'error, nats'
set logscale y
set format y '10^{%T}'
set yrange [1e-18:100]
set xrange [-800:800]
if (!narrow) set key at graph 0.5, 0.95 center top
# An error of exactly zero has no place on a logarithmic axis: it is drawn at the bottom.
at_least(y) = y > 1e-18 ? y : 1e-18
plot table using 1:(at_least($2)) with lines linestyle 2 linewidth 4 title 'the definition as it stands', \
     '' using 1:4 with lines linestyle 11 title 'bound', \
     '' using 1:(at_least($3)) with lines linestyle 1 linewidth 1.4 title 'shifted by the largest'
