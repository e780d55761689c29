# Boundaries between two components for three priors.  Columns: x, y, log odds with equal covariances, with unequal ones.
# With prior p of the first component the boundary is where the log odds are -ln (p / (1 - p)).
set contour base
unset surface
set cntrparam levels discrete 2.1972245773362196
set table $equal_1;   splot table using 1:2:3
set table $unequal_1; splot table using 1:2:4
set cntrparam levels discrete 0
set table $equal_2;   splot table using 1:2:3
set table $unequal_2; splot table using 1:2:4
set cntrparam levels discrete -2.1972245773362196
set table $equal_3;   splot table using 1:2:3
set table $unequal_3; splot table using 1:2:4
unset table

size = narrow ? '400,700' : '760,440'
set terminal svg size @size @svg
panels = narrow ? stacked : 'layout 1,2 margins 0.075,0.985,0.19,0.89 spacing 0.075'
set multiplot @panels
set datafile separator whitespace
set xrange [-4:7]
set yrange [-6:5]
set xlabel 'first coordinate'
set key off
set title 'equal covariances'
set ylabel 'second coordinate' offset 1
set label 1 'prior 1/10' at -2.2,-1.5 center textcolor linestyle 1
set label 2 '1/2' at 1.32,-4.5 center textcolor linestyle 2
set label 3 '9/10' at 3.6,-4.5 textcolor linestyle 3
$means << end
-1 -0.5
1 0.5
end
plot for [k = 1:3] '$equal_'.k using 1:2 with lines linestyle k, $means with points linestyle 10 pointtype 2 pointsize 0.7
set title 'unequal covariances'
if (!narrow) set ylabel ''
set label 1 '1/10' at 3.9,3.35 center textcolor linestyle 1
set label 2 '1/2' at 1.95,2.64 center textcolor linestyle 2
set label 3 '9/10' at 2.5,0.1 center textcolor linestyle 3
plot for [k = 1:3] '$unequal_'.k using 1:2 with lines linestyle k, $means with points linestyle 10 pointtype 2 pointsize 0.7
unset multiplot
