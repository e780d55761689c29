# Left, latent samples of all training images, a colour a digit, with circles of the prior; right, images of samples of the prior.
# Columns: a line of pixels.  Blocks: the samples in [-4.5, 4.5]^2, digit + 1 + how much is covered; pictures, from 0 (paper) to 1 (ink).
# 06-latent-digits: digit, z_1, z_2, its densest place.
size = narrow ? '400,740' : '760,410'
set terminal svg size @size @svg
digits = table[1:strlen(table) - 13].'06-latent-digits.tsv'
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
set samples 121
plot table matrix index 0 using (at($1)):(at($2)):(R[d($3)]):(G[d($3)]):(B[d($3)]):(255 * ($3 - int($3))) with rgbalpha, \
     for [r = 1:3] [t = 0:2 * pi] '+' using (r * cos($1)):(r * sin($1)) with lines linecolor rgb '#777777' linewidth 1, \
     digits using 2:3:1 with labels font ',21' textcolor rgb '#111111'
set lmargin at screen (narrow ? 0.08 : 0.54)
set rmargin at screen (narrow ? 0.97 : 1)
if (narrow) {
  set bmargin at screen 0.01
  set tmargin at screen 0.48
}
unset border
unset tics
set xrange [-1:431]
set yrange [432:-2]
plot table matrix index 1 using 1:2:(17):(17):(17):(255 * $3) with rgbalpha
unset multiplot
