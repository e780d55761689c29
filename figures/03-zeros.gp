# Ten components: theta from 0 (paper) to 1 (ink); -1 never on, -2 zero in double, -3 zero in double alone.  Columns: a line of pixels.
size = narrow ? '400,182' : '760,330'
set terminal svg size @size @svg
unset border
unset tics
unset grid
unset key
set xrange [-1:153]
set yrange [61:-2]
red(v) = v == -2 ? 230 : v == -3 ? 0 : 17
green(v) = v == -2 ? 159 : v == -3 ? 114 : 17
blue(v) = v == -2 ? 0 : v == -3 ? 178 : 17
alpha(v) = v == -1 ? 40 : v < 0 ? 255 : 255 * v
plot table matrix using 1:2:(red($3)):(green($3)):(blue($3)):(alpha($3)) with rgbalpha
