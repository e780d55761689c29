# Variance of one term against D.  Columns: D, score, score_exact, best, best_exact, pathwise, pathwise_exact.
set xlabel 'dimensions'
set ylabel 'variance of one term'
set logscale xy
set xrange [0.9:300]
set yrange [2:200000]
set format y '10^{%T}'
if (!narrow) set key left top
plot table using 1:2 with points linestyle 2 title 'score', '' using 1:3 with lines linestyle 2 linewidth 1.2 notitle, \
     '' using 1:4 with points linestyle 3 title 'score, best baseline', '' using 1:5 with lines linestyle 3 linewidth 1.2 notitle, \
     '' using 1:6 with points linestyle 1 title 'pathwise', '' using 1:7 with lines linestyle 1 linewidth 1.2 notitle
