# What a second buys.  Columns: D, pathwise, best, score (variance times nanoseconds a sample),
# time_pathwise, time_best, time_score (seconds to the target).
size = narrow ? '400,700' : '760,420'
set terminal svg size @size @svg
panels = narrow ? stacked : 'layout 1,2 margins 0.085,0.985,0.18,0.88 spacing 0.1'
set multiplot @panels
set logscale xy
set xlabel 'dimensions'
set xrange [3.5:150]
set format y '10^{%T}'
set key inside left top vertical
set yrange [10:1e10]
set title 'variance × nanoseconds'
plot table using 1:2 with linespoints linestyle 1 title 'pathwise', \
     '' using 1:3 with linespoints linestyle 3 title 'score, best baseline', \
     '' using 1:4 with linespoints linestyle 2 title 'score'
set yrange [1e-6:1e-1]
set title 'seconds to the target'
set key off
plot table using 1:5 with linespoints linestyle 1, \
     '' using 1:6 with linespoints linestyle 3, \
     '' using 1:7 with linespoints linestyle 2
unset multiplot
