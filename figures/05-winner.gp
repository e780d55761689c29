# Which estimator has the least variance, over the scale and the shift of q.
# Columns: scale (log2), from_2, to_2, from_3, to_3: the shifts that the second and the third form win.
# Blocks: the value; the gradient.
size = narrow ? '400,700' : '760,460'
set terminal svg size @size @svg
panels = narrow ? stacked : 'layout 1,2 margins 0.085,0.985,0.17,0.885 spacing 0.085'
set multiplot @panels
set xrange [-2:2]
set yrange [-4:4]
set xtics ('1/4' -2, '1/2' -1, '1' 0, '2' 1, '4' 2)
set key off
set xlabel 'deviation of {/:Italic q} / deviation of the posterior'
set label 10 at 0,0 point pointtype 2 pointsize 1.2 linecolor rgb '#111111' front
set label 1 'form 1' at 0,2.8 center textcolor linestyle 1 front
set label 2 'form 2' at -1.3,-0.8 center textcolor rgb '#111111' front
set label 3 'form 3' at 0.4,-1.2 center textcolor rgb '#111111' front
set title 'the value'
set ylabel 'shift of {/:Italic q}, posterior deviations' offset 1
plot for [k = 1:2] table index 0 using 1:(column(2*k)):(column(2*k + 1)) with filledcurves linestyle k + 1 fillstyle solid 0.4 noborder
set title 'the gradient'
if (!narrow) set ylabel ''
set label 2 'form 2' at -1.5,-0.8
plot for [k = 1:2] table index 1 using 1:(column(2*k)):(column(2*k + 1)) with filledcurves linestyle k + 1 fillstyle solid 0.4 noborder
unset multiplot
