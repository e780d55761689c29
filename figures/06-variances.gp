# Variance of one draw of the first and of the third form, a point an image.  Columns: first, second, third.
size = narrow ? '400,400' : '720,500'
set terminal svg size @size @svg
set size ratio -1
set logscale xy
set xlabel 'variance of form 1'
set ylabel 'variance of form 3'
set xrange [0.05:1000]
set yrange [0.05:1000]
set format '10^{%T}'
set key off
plot x with lines linestyle 11, table using 1:3 with points linestyle 1
