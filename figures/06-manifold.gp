# Images over the quantiles of the prior.  Columns: a line of pixels, from 0 (paper) to 1 (ink).
size = narrow ? '400,400' : '720,720'
set terminal svg size @size @svg
unset border
unset tics
unset grid
unset key
set margins 0,0,0,0
set xrange [-0.5:559.5]
set yrange [559.5:-0.5]
plot table matrix using 1:2:(17):(17):(17):(255 * $3) with rgbalpha
