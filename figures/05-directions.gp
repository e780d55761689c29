# A correlated Gaussian and the best factorised q in each direction.  Columns: radius, x, y.
# Blocks: p; q of least KL(q, p); q of least KL(p, q).
set size ratio -1
set xrange [-2.3:(narrow ? 2.3 : 5.3)]
set yrange [-2.3:2.3]
set xtics -2,1,2
set ytics 1
set xlabel '{/:Italic z}_1'
set ylabel '{/:Italic z}_2' offset 1
if (!narrow) set key top right
plot table index 0 using 2:3 with lines linestyle 10 title 'posterior {/:Italic p}', \
     '' index 1 using 2:3 with lines linestyle 1 title 'least KL({/:Italic q}, {/:Italic p})', \
     '' index 2 using 2:3 with lines linestyle 2 title 'least KL({/:Italic p}, {/:Italic q})'
