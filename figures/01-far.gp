# The relative error of r_1 as the point moves away.  Columns: x, naive, stable.
set xlabel 'place of the point, {/:Italic x}'
set ylabel 'relative error of the first responsibility'
set logscale y
set mytics 1
set format y '10^{%T}'
set yrange [1e-18:10]
set xrange [0:60]
if (!narrow) set key left top samplen 1.5
at_least(y) = y > 1e-18 ? y : 1e-18
plot table using 1:(at_least($2)) with lines linestyle 2 title 'multiplied out', \
     '' using 1:(at_least($3)) with points linestyle 1 pointsize 0.25 notitle, \
     NaN with points linestyle 1 pointsize 0.8 title 'shifted by the largest'
