# The relative error of the softmax against the size of the logarithms.  Columns: size, subtracted, divided.
set xlabel 'size of the logarithms, |{/:Italic l}|'
set ylabel 'relative error'
set logscale xy
set format xy '10^{%T}'
set yrange [1e-17:10]
set xrange [1:1e15]
if (!narrow) set key left top
plot table using 1:2 with linespoints linestyle 2 title 'exp({/:Italic l} − LSE({/:Italic l}))', \
     '' using 1:3 with linespoints linestyle 1 title 'shift and divide'
