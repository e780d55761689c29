# Variance of one term against omega.  Columns: omega, pathwise_exact, score_exact, pathwise, score.
set xlabel '{/:Italic ω}'
set ylabel 'variance of one term'
set logscale xy
set xrange [0.1:10]
set yrange [0.000005:100]
set format y '10^{%T}'
if (!narrow) set key left top
plot table using 1:2 with lines linestyle 1 title 'pathwise', '' using 1:4 with points linestyle 1 notitle, \
     '' using 1:3 with lines linestyle 2 title 'score', '' using 1:5 with points linestyle 2 notitle
