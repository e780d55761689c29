# Responsibilities over the plane of petal length and width.
# Columns: x, y, r1 r2 r3, lead1 lead2 lead3.
# Blocks: a grid with equal covariances, a grid with unequal ones, the flowers (x, y, species 0..2).

# Level lines of a column of a block, into a datablock each.
set contour base
unset surface
set cntrparam levels discrete 0
set table $equal_edge
splot table index 0 using 1:2:6, table index 0 using 1:2:7, table index 0 using 1:2:8
set table $unequal_edge
splot table index 1 using 1:2:6, table index 1 using 1:2:7, table index 1 using 1:2:8
set cntrparam levels discrete 0.9
set table $equal_1;   splot table index 0 using 1:2:3
set table $equal_2;   splot table index 0 using 1:2:4
set table $equal_3;   splot table index 0 using 1:2:5
set table $unequal_1; splot table index 1 using 1:2:3
set table $unequal_2; splot table index 1 using 1:2:4
set table $unequal_3; splot table index 1 using 1:2:5
unset table

size = narrow ? '400,700' : '760,440'
set terminal svg size @size @svg
panels = narrow ? stacked : 'layout 1,2 margins 0.105,0.985,0.19,0.89 spacing 0.075'
set multiplot @panels
set datafile separator whitespace
set xrange [-0.5:7.5]
set yrange [-1.25:3]
set xlabel 'petal length, cm'
set key off
set label 1 'setosa' at 1.5,-0.3 center textcolor linestyle 1
set label 2 'versicolor' at 4.5,0.75 center textcolor linestyle 2
set label 3 'virginica' at 5.6,2.72 center textcolor linestyle 3
set title 'one covariance for all'
set ylabel 'petal width, cm' offset 1.5
plot $equal_edge using 1:2 with lines linestyle 10, \
     $equal_1 using 1:2 with lines linestyle 1 linewidth 1.2, \
     $equal_2 using 1:2 with lines linestyle 2 linewidth 1.2, \
     $equal_3 using 1:2 with lines linestyle 3 linewidth 1.2, \
     for [k = 1:3] table index 2 using 1:($3 == k - 1 ? $2 : NaN) with points linestyle k
set label 2 'versicolor' at 2.05,1.6 center textcolor linestyle 2
$corner << end
0.5 2
end
set title 'a covariance for each'
if (!narrow) set ylabel ''
plot $unequal_edge using 1:2 with lines linestyle 10, \
     $unequal_1 using 1:2 with lines linestyle 1 linewidth 1.2, \
     $unequal_2 using 1:2 with lines linestyle 2 linewidth 1.2, \
     $unequal_3 using 1:2 with lines linestyle 3 linewidth 1.2, \
     for [k = 1:3] table index 2 using 1:($3 == k - 1 ? $2 : NaN) with points linestyle k, \
     $corner with points linestyle 10 pointtype 2 pointsize 0.8
unset multiplot
