# Posteriors of six test images, and the encoder's q at one and two deviations.  Columns: z_1, z_2, density (of its highest value; of an oval: its radius).
# Blocks: for each image its posterior, and the ovals.
size = narrow ? '400,560' : '760,580'
set terminal svg size @size @svg
unset key
set contour base
unset surface
set cntrparam levels discrete exp(-0.5), exp(-2)
do for [p = 0:5] { eval sprintf("set table $c%d; splot table index %d using 1:2:3; unset table", p, 2 * p) }
unset contour
set datafile separator whitespace
set surface
set xtics autofreq font ',16'
set ytics autofreq font ',16'
set size ratio -1
panels = narrow ? 'layout 3,2 margins 0.11,0.985,0.06,0.99 spacing 0.13,0.07' : 'layout 2,3 margins 0.065,0.99,0.07,0.99 spacing 0.075,0.085'
set multiplot @panels
do for [p = 0:5] {
  set autoscale
  stats table index 2 * p using 1:2 nooutput
  set xrange [STATS_min_x:STATS_max_x]
  set yrange [STATS_min_y:STATS_max_y]
  wide = STATS_max_x - STATS_min_x
  step = wide > 3 ? 1 : wide > 1.5 ? 0.5 : wide > 0.7 ? 0.2 : 0.1
  set xtics step
  set ytics step
  eval sprintf("plot $c%d using 1:2 with lines linestyle 1, table index %d using 1:2 with lines linestyle 2", p, 2 * p + 1)
}
unset multiplot
