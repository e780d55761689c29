# By how much the best q stays below the best Gaussian q when the latent space is turned.  Columns: angle, gap, error, full, predicted.
set xlabel 'angle, degrees'
set ylabel 'lost, nats an image'
set xrange [-2:92]
set xtics 0,15,90
set yrange [-0.01:0.36]
if (!narrow) set key top center
plot table using 1:2:(2 * $3) with yerrorbars linestyle 1 pointsize 0.7 title 'independent coordinates', \
     '' using 1:5 with lines linestyle 11 title 'the same for Gaussian posteriors', \
     '' using 1:4 with lines linestyle 2 title 'full covariance'
