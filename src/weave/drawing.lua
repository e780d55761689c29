-- A figure that gnuplot drew, made to stand alone as a file: type of the book, crisp pixels.

local M = {}

function M.alone(svg, ground)
  svg = svg:gsub('font%-family="[^"]*"', 'font-family="Linux Biolinum O, Linux Biolinum, sans-serif"')
  svg = svg:gsub('<image ', '<image image-rendering="optimizeSpeed" ')
  if ground then svg = svg:gsub('(<svg.->)', '%1<rect width="100%%" height="100%%" fill="white"/>', 1) end
  return svg
end

return M
