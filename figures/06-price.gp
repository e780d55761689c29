# What a hole costs.  Columns: mass (of the prior), price, threshold, empty (the price if nothing lay in it).  Blocks: an empty hole; those of the network.
set xlabel 'mass of the hole under the prior'
set ylabel 'price, nats'
set xrange [0:0.75]
set yrange [-0.08:1]
if (!narrow) set key left top Left reverse
plot table index 0 using 1:2 with lines linestyle 1 title 'an empty hole', \
     table index 1 using 1:2 with points linestyle 2 pointtype 7 pointsize 0.9 title 'the holes of the network', \
     '' index 1 using 1:2:(sprintf('%g', $3)) with labels left offset 0.8,-0.4 textcolor rgb '#777777' notitle
