# BIC against the number of components.  Columns: components, full, diagonal, spherical, tied.
set xlabel 'components'
set ylabel 'BIC'
set yrange [2300:2600]
if (!narrow) set key right top
set xtics 1
# Spherical covariances depend on the units and are far above the frame.
plot table using 1:2 with linespoints linestyle 1 title 'full', \
     '' using 1:3 with linespoints linestyle 2 title 'diagonal', \
     '' using 1:5 with linespoints linestyle 3 title 'tied'
