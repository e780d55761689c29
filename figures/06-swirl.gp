# The latent samples after a swirl, and the images over the quantiles of the prior from the decoder that undoes it.
# Columns: a line of pixels, as in 06-latent.  06-swirl-pictures: a line of pixels, from 0 (paper) to 1 (ink).
size = narrow ? '400,740' : '760,410'
set terminal svg size @size @svg
pictures = table[1:strlen(table) - 12].'06-swirl-pictures.tsv'
array R[10] = [0, 213, 0, 204, 230, 86, 140, 110, 130, 170]
array G[10] = [114, 94, 158, 121, 159, 180, 86, 110, 80, 165]
array B[10] = [178, 0, 115, 167, 0, 233, 75, 110, 190, 20]
d(v) = v < 1 ? 1 : int(v)
at(i) = -4.5 + (i + 0.5) * 9 / 431.
unset key
set multiplot
set lmargin at screen (narrow ? 0.08 : 0.045)
set rmargin at screen (narrow ? 0.97 : 0.505)
set bmargin at screen (narrow ? 0.535 : 0.1)
set tmargin at screen (narrow ? 0.985 : 0.953)
set xrange [-4.5:4.5]
set yrange [-4.5:4.5]
set xtics -4,2,4
set ytics -4,2,4
unset grid
plot table matrix using (at($1)):(at($2)):(R[d($3)]):(G[d($3)]):(B[d($3)]):(255 * ($3 - int($3))) with rgbalpha
set lmargin at screen (narrow ? 0.08 : 0.54)
set rmargin at screen (narrow ? 0.97 : 1)
if (narrow) {
  set bmargin at screen 0.01
  set tmargin at screen 0.48
}
unset border
unset tics
set xrange [-1:392]
set yrange [392:-1]
plot pictures matrix using 1:2:(17):(17):(17):(255 * $3) with rgbalpha
unset multiplot
