# Ten test images, and ten samples of 1, 10 and 200 components.  Columns: a line of pixels, 0 or 1.
size = narrow ? '400,182' : '760,330'
set terminal svg size @size @svg
unset border
unset tics
unset grid
unset key
set xrange [-40:307]
set yrange [123:-3]
set label 1 'data' at -8,14 right
set label 2 '{/:Italic K} = 1' at -8,45 right
set label 3 '{/:Italic K} = 10' at -8,76 right
set label 4 '{/:Italic K} = 200' at -8,107 right
plot table matrix using 1:2:(17):(17):(17):(255 * $3) with rgbalpha
