# Left, how the aggregate differs from the prior; right, images from holes and from elsewhere.
# Columns: a line of cells of 0.03 in [-3.72, 3.72]^2, log2 (aggregate / prior).
# 06-holes-pictures: a line of pixels, from 0 (paper) to 1 (ink): three rows from holes, three from elsewhere.
size = narrow ? '400,760' : '760,440'
set terminal svg size @size @svg
pictures = table[1:strlen(table) - 12].'06-holes-pictures.tsv'
stats table matrix nooutput
n = STATS_size_x
at(i) = (i + 0.5 - n / 2.) * 7.44 / n
red(v) = v > 0 ? 0 : 213
green(v) = v > 0 ? 114 : 94
blue(v) = v > 0 ? 178 : 0
alpha(v) = 255 * (abs(v) > 3 ? 1 : abs(v) / 3.)
unset key
set samples 121
set multiplot
set lmargin at screen (narrow ? 0.08 : 0.045)
set rmargin at screen (narrow ? 0.97 : 0.545)
set bmargin at screen (narrow ? 0.535 : 0.09)
set tmargin at screen (narrow ? 0.985 : 0.955)
set xrange [-3.72:3.72]
set yrange [-3.72:3.72]
set xtics -3,1,3
set ytics -3,1,3
unset grid
plot table matrix using (at($1)):(at($2)):(red($3)):(green($3)):(blue($3)):(alpha($3)) with rgbalpha, \
     for [r = 1:3] [t = 0:2 * pi] '+' using (r * cos($1)):(r * sin($1)) with lines linecolor rgb '#777777' linewidth 1
set lmargin at screen (narrow ? 0.08 : 0.59)
set rmargin at screen (narrow ? 0.97 : 0.99)
if (narrow) {
  set bmargin at screen 0.01
  set tmargin at screen 0.48
}
unset border
unset tics
set xrange [-1:153]
set yrange [200:-12]
set label 1 'from holes' at 0,-6
set label 2 'from elsewhere' at 0,97
pictured(y) = y < 93 ? y : y + 11
plot pictures matrix using 1:(pictured($2)):(17):(17):(17):(255 * $3) every :::0::92 with rgbalpha, \
     pictures matrix using 1:(pictured($2)):(17):(17):(17):(255 * $3) every :::93::185 with rgbalpha
unset multiplot
