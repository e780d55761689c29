# The estimators' distributions.  Columns: estimate, pathwise, best, score (densities).
set xrange [-1:5]
set yrange [0:2.2]
set xlabel 'estimate of the gradient from 100 samples'
set ylabel 'density'
if (!narrow) set key right top
plot table using 1:2 with steps linestyle 1 title 'pathwise', \
     '' using 1:3 with steps linestyle 3 title 'score, best baseline', \
     '' using 1:4 with steps linestyle 2 title 'score'
