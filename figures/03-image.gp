# One image.  Columns: x, y, value.  Blocks: the image, the prototypes of its two components, what each pixel says for the first, in nats.
size = narrow ? '400,130' : '760,235'
set terminal svg size @size @svg
unset border
unset tics
unset grid
unset key
set xrange [-1:126]
set yrange [29:-6]
set label 1 'the image' at 14,-3 center
set label 2 'prototype A' at 46,-3 center
set label 3 'prototype B' at 78,-3 center
set label 4 'for A or for B' at 110,-3 center
red(v) = v > 0 ? 0 : 213
green(v) = v > 0 ? 114 : 94
blue(v) = v > 0 ? 178 : 0
alpha(v) = 255 * (abs(v) > 1.5 ? 1 : abs(v) / 1.5)
plot for [b = 0:2] table index b using ($1 + 32 * b):2:(17):(17):(17):(255 * $3) with rgbalpha, \
     table index 3 using ($1 + 96):2:(red($3)):(green($3)):(blue($3)):(alpha($3)) with rgbalpha
