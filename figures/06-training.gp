# The training of the book's network.  Columns: epoch, train and test (the bound), reconstruction and divergence (test images), second moment.
size = narrow ? '400,700' : '760,380'
set terminal svg size @size @svg
panels = narrow ? stacked : 'layout 1,2 margins 0.12,0.985,0.2,0.97 spacing 0.13,0'
set multiplot @panels
set xlabel 'epoch' offset 0,0.3
set ylabel 'bound, nats an image'
set key inside right bottom noreverse Right
plot table using 1:2 with lines linestyle 1 title 'training images', \
     '' using 1:3 with lines linestyle 2 title 'test images'
set ylabel 'second moment of a latent number'
set yrange [0.9:*]
set key off
plot 1 with lines linestyle 11, table using 1:6 with lines linestyle 3
unset multiplot
