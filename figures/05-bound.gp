# The bound, the gap and the evidence as q moves.  Columns: at, bound, evidence, reconstruction, divergence.
# Blocks: the mean of q moves; its standard deviation does.
size = narrow ? '400,700' : '760,440'
set terminal svg size @size @svg
panels = narrow ? stacked : 'layout 1,2 margins 0.085,0.985,0.17,0.885 spacing 0.085'
set multiplot @panels
set yrange [-5:0]
set key off
set title 'the mean of {/:Italic q} moves'
set xlabel 'mean of {/:Italic q}'
set ylabel 'nats' offset 1
set xrange [-0.4:2]
set label 1 'evidence' at -0.37,-1.22 left textcolor rgb '#111111'
set label 2 'gap' at -0.36,-2.1 textcolor rgb '#777777'
set label 3 'bound' at 0.8,-1.85 center textcolor linestyle 1
set label 4 'reconstruction' at 1.1,-0.4 center textcolor linestyle 2
plot table index 0 using 1:2:3 with filledcurves fillcolor rgb '#777777' fillstyle solid 0.18 noborder, \
     '' index 0 using 1:3 with lines linestyle 10, \
     '' index 0 using 1:2 with lines linestyle 1, \
     '' index 0 using 1:4 with lines linestyle 2 linewidth 1.4, \
     '' index 0 using 1:(-$5) with lines linestyle 3 linewidth 1.4
unset label
set title 'its standard deviation moves'
set xlabel 'standard deviation of {/:Italic q}'
if (!narrow) set ylabel ''
set xrange [0:1.2]
set label 5 'minus divergence' at 0.62,-0.12 textcolor linestyle 3
plot table index 1 using 1:2:3 with filledcurves fillcolor rgb '#777777' fillstyle solid 0.18 noborder, \
     '' index 1 using 1:3 with lines linestyle 10, \
     '' index 1 using 1:2 with lines linestyle 1, \
     '' index 1 using 1:4 with lines linestyle 2 linewidth 1.4, \
     '' index 1 using 1:(-$5) with lines linestyle 3 linewidth 1.4
unset multiplot
