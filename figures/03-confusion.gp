# What each component takes.  Columns: x, y, value.  Block 0: digit, component, share; then the prototypes, x and y in pixels.
size = narrow ? '400,380' : '720,560'
set terminal svg size @size @svg
unset border
unset grid
unset key
unset ytics
set xrange [-2:9.6]
set yrange [9.6:-0.6]
set x2range [-2:9.6]
set format x '%.0f'
set xtics 0,1,9 scale 0
set xlabel 'digit' offset 3.5
percent(v) = v > 0.005 ? sprintf('%.0f', 100 * v) : ''
plot table index 0 using 1:2:(0):(114):(178):(200 * $3) with rgbalpha pixels, \
     for [k = 0:9] table index k + 1 using (-1.45 + $1 / 31.):(k - 0.44 + $2 / 31.):(17):(17):(17):(255 * $3) with rgbalpha, \
     table index 0 using 1:2:(percent($3)) with labels textcolor rgb '#111111'
