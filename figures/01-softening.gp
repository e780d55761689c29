# The responsibility of the middle of three components.  Columns: x, sigma, r; a block for each sigma.
set xlabel '{/:Italic x}'
set ylabel 'responsibility of the middle component'
set yrange [0:1.02]
set xrange [-4:6]
set key off
set label 1 'width σ = 3' at 4.7,0.34 center textcolor linestyle 1
set label 2 '1.5' at (narrow ? 2.5 : 2.3),0.5 center textcolor linestyle 2
set label 3 '0.8' at 0.4,0.92 center textcolor linestyle 3
set label 4 '0.4' at (narrow ? -1.6 : -1.42),0.86 center textcolor linestyle 4
set label 5 '0.1' at (narrow ? 2 : 1.72),0.95 center textcolor linestyle 5
stats table using 2 nooutput
plot for [k = 0:STATS_blocks - 1] table index k using 1:3 with lines linestyle k + 1
