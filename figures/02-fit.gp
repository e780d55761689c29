# Old Faithful: the fit at some iterations.
# Columns: iteration, component, x, y.  Blocks: an iteration each (ellipses), the last one the points (responsibility in column 2).
stats table using 1 nooutput
last = STATS_blocks - 1
array iteration[last]
do for [i = 1:last] {
  stats table index i - 1 using 1 nooutput name 'at'
  iteration[i] = at_max
}
size = narrow ? '400,680' : '760,560'
set terminal svg size @size @svg
columns = narrow ? 2 : 3
panels = narrow ? 'layout 3,2 margins 0.16,0.98,0.115,0.93 spacing 0.05,0.07' : 'layout 2,3 margins 0.092,0.985,0.145,0.905 spacing 0.035,0.115'
set multiplot @panels
set xrange [1:5.6]
set xtics 1
set yrange [35:105]
set key off
do for [i = 0:last - 1] {
  set title sprintf(i == last - 1 ? 'end (%d)' : 'iteration %d', iteration[i + 1])
  set xlabel (i < last - columns ? '' : 'eruption, min')
  set ylabel (i % columns == 0 ? 'waiting, min' : '') offset 1
  set format x (i < last - columns ? '' : '%g')
  set format y (i % columns == 0 ? '%g' : '')
  plot table index last using 3:4 with points pointtype 7 pointsize 0.3 linecolor rgb '#777777', \
       '' index i using ($2 == 0 ? $3 : NaN):4 with lines linestyle 1, \
       '' index i using ($2 == 1 ? $3 : NaN):4 with lines linestyle 2
}
unset multiplot
