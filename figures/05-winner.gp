# Which estimator has the least variance, over the scale and the shift of q.
# Columns: scale (log2), from, to (shift), winner 0..2, width of half a column.
# Blocks: the value; the gradient.
set terminal svg size 760,460 @svg
set multiplot layout 1,2 margins 0.085,0.985,0.17,0.9 spacing 0.085
set xrange [-2:2]
set yrange [-4:4]
set xtics ('1/4' -2, '1/2' -1, '1' 0, '2' 1, '4' 2)
set key off
unset grid
set xlabel 'deviation of q / deviation of the posterior'
set style fill solid 0.45 noborder
set label 10 at 0,0 point pointtype 2 pointsize 1.2 linecolor rgb '#111111' front
set title 'the value'
set ylabel 'shift of q, posterior deviations' offset 1
set label 1 'form 3' at 0.45,-1.2 center textcolor rgb '#111111' front
set label 2 'form 2' at -1.25,-0.8 center textcolor rgb '#111111' front
set label 3 'form 1' at 0,2.7 center textcolor rgb '#111111' front
plot for [k = 0:2] table index 0 using ($4 == k ? $1 : NaN):2:($1 - $5):($1 + $5):2:3 with boxxyerror linestyle k + 1 linewidth 0
set title 'the gradient'
set ylabel ''
set label 1 'form 3' at 0.37,-1.2
set label 2 'form 2' at -1.45,-0.8
plot for [k = 0:2] table index 1 using ($4 == k ? $1 : NaN):2:($1 - $5):($1 + $5):2:3 with boxxyerror linestyle k + 1 linewidth 0
unset multiplot
