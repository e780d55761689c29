# Fits with the prior.  Columns: components, train and test (mean log-likelihood of an image), purity (of the test images).
size = narrow ? '400,700' : '760,380'
set terminal svg size @size @svg
panels = narrow ? stacked : 'layout 1,2 margins 0.122,0.985,0.2,0.97 spacing 0.125,0'
set multiplot @panels
set xlabel 'components' offset 0,0.3
set logscale x
set xrange [0.85:235]
set xtics (1, 2, 5, 10, 20, 50, 100, 200)
set ylabel 'log-likelihood of an image, nats'
set key inside right bottom noreverse Right
plot table using 1:2 with linespoints linestyle 1 title 'training images', \
     '' using 1:3 with linespoints linestyle 2 title 'test images'
set ylabel 'in a component of their digit, percent'
set yrange [0:100]
set key off
plot table using 1:(100 * $4) with linespoints linestyle 3
unset multiplot
