# The one style of all figures.  Loaded before each script, with `table' set to the
# figure's table and the output open.  Each figure is drawn twice: `narrow' is 0 for a page
# and 1 for a telephone or an e-reader, where it is 400 units wide and panels stand in one column.
#
# The colours are names rather than colours: the weaver replaces each by a variable
# of the page's style sheet, so that a figure follows light and dark.
#   ink #111111, soft #777777, grid #dddddd, series 1..6 as below (Okabe and Ito's
#   palette, which readers with any colour vision can tell apart)

# For scripts of another size: size = narrow ? '400,...' : '...,...'; set terminal svg size @size @svg
set macros
svg = "dynamic enhanced font 'Linux Libertine O,".(narrow ? 15 : 17)."'"
size = narrow ? '400,400' : '720,440'
set terminal svg size @size @svg
stacked = 'layout 2,1 margins 0.18,0.97,0.1,0.94 spacing 0,0.17' # two panels in one column
set encoding utf8
set minussign
set datafile separator tab
set datafile missing 'inf'

set style line 1 linecolor rgb '#0072b2' linewidth 2.4 dashtype 1 pointtype 7 pointsize 0.5
set style line 2 linecolor rgb '#d55e00' linewidth 2.4 dashtype 1 pointtype 5 pointsize 0.5
set style line 3 linecolor rgb '#009e73' linewidth 2.4 dashtype 1 pointtype 9 pointsize 0.6
set style line 4 linecolor rgb '#cc79a7' linewidth 2.4 dashtype 1 pointtype 13 pointsize 0.6
set style line 5 linecolor rgb '#e69f00' linewidth 2.4 dashtype 1 pointtype 11 pointsize 0.6
set style line 6 linecolor rgb '#56b4e9' linewidth 2.4 dashtype 1 pointtype 6 pointsize 0.5
set style line 10 linecolor rgb '#111111' linewidth 2
set style line 11 linecolor rgb '#777777' linewidth 1.6 dashtype (6,5)
set style line 12 linecolor rgb '#dddddd' linewidth 1

set border 3 linecolor rgb '#777777' linewidth 1
set tics nomirror textcolor rgb '#111111'
set grid linestyle 12
set key textcolor rgb '#111111' samplen 2.5 spacing 1.2
# A narrow plot has its key above it: scripts place a key within the plot by `if (!narrow) set key ...'.
if (narrow) set key tmargin left vertical maxcols 1 Left reverse
set xlabel textcolor rgb '#111111'
set ylabel textcolor rgb '#111111' offset (narrow ? 1 : 0)
set title textcolor rgb '#111111'
set format y '%g'
