# Networks of 1 to 20 latent numbers.  Columns: L, bound (test images), divergence, used (numbers of more than 0.01 nats).
# Blocks: a network each; for the largest, each number's divergence, in descending order.
size = narrow ? '400,700' : '760,380'
set terminal svg size @size @svg
panels = narrow ? stacked : 'layout 1,2 margins 0.1,0.985,0.2,0.97 spacing 0.125,0'
set multiplot @panels
set key off
set xlabel 'latent numbers {/:Italic L}' offset 0,0.3
set ylabel 'bound, nats a test image'
set logscale x
set xrange [0.85:24]
set xtics (1, 2, 5, 10, 20)
plot table index 0 using 1:2 with linespoints linestyle 1
unset logscale x
set xrange [0:21]
set yrange [0:*]
set xtics (1, 5, 10, 15, 20)
set xlabel 'latent number, {/:Italic L} = 20' offset 0,0.3
set ylabel 'its divergence, nats'
plot table index 1 using 1:3 with points linestyle 2 pointsize 0.9
unset multiplot
