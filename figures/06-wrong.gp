# Four programs in training.  Columns: epoch, believed (bound), bound (as it is), divergence.  Blocks: right; exp (ln variance) as deviation; KL by pixels; mean for sum.
size = narrow ? '400,700' : '760,400'
set terminal svg size @size @svg
panels = narrow ? stacked : 'layout 1,2 margins 0.122,0.985,0.17,0.88 spacing 0.07,0'
set multiplot @panels
set xlabel 'epoch' offset 0,0.3
set ylabel 'nats a test image'
set yrange [-240:-155]
set key inside right bottom noreverse Right
set title 'what the program prints'
plot for [k = 1:4] table index k - 1 using 1:2 with lines linestyle k dashtype k title word('right deviation pixels mean', k)
set title 'the bound'
if (!narrow) set ylabel ''
set key off
plot for [k = 1:4] table index k - 1 using 1:3 with lines linestyle k dashtype k
unset multiplot
