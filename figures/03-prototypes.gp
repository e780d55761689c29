# Prototypes of 10, 20 and 50 components, a block each.  Columns: a line of pixels, from 0 (paper) to 1 (ink).
size = narrow ? '400,381' : '760,690'
set terminal svg size @size @svg
unset border
unset tics
unset grid
unset key
set xrange [-1:306]
set yrange [282:-12]
set label 1 '10 components' at 0,-5
set label 2 '20' at 0,35
set label 3 '50' at 0,106
array top[3] = [0, 40, 111]
plot for [b = 1:3] table matrix index b - 1 using 1:($2 + top[b]):(17):(17):(17):(255 * $3) with rgbalpha
