# What the neighbours of a test image's latent call it.  Columns: digit, called, share.
size = narrow ? '400,380' : '720,560'
set terminal svg size @size @svg
unset border
unset grid
unset key
set xrange [-0.6:9.6]
set yrange [9.6:-0.6]
set xtics 0,1,9 scale 0
set ytics 0,1,9 scale 0
set format '%.0f'
set xlabel 'called'
set ylabel 'digit'
percent(v) = v > 0.005 ? sprintf('%.0f', 100 * v) : ''
plot table using 2:1:(0):(114):(178):(200 * $3) with rgbalpha pixels, \
     '' using 2:1:(percent($3)) with labels textcolor rgb '#111111'
