-- A figure that gnuplot drew, made to stand in a page: it follows the page's theme, type and width.

local files = require 'files'

local M = {}

-- The sentinel colours of figures/style.gp and the variables of book.css that they stand for.
local palette = {
  ['#111111'] = 'ink', ['#dddddd'] = 'grid', ['#777777'] = 'soft', ['#fffffe'] = 'paper',
  ['#0072b2'] = '1', ['#d55e00'] = '2', ['#009e73'] = '3', ['#cc79a7'] = '4', ['#e69f00'] = '5', ['#56b4e9'] = '6',
}

local function variable(hex)
  local name = palette[hex:lower()]
  return name and ('var(--fig-%s)'):format(name)
end

local function colours(svg)
  svg = svg:gsub('rgb%(%s*(%d+),%s*(%d+),%s*(%d+)%s*%)', function(r, g, b)
    return variable(('#%02x%02x%02x'):format(r, g, b))
  end)
  svg = svg:gsub('#%x%x%x%x%x%x', variable)
  -- gnuplot's own black, which it writes for text and borders that name no colour
  return (svg:gsub('(%s)(fill)="black"', '%1%2="var(--fig-ink)"'):gsub('(%s)(stroke)="black"', '%1%2="var(--fig-ink)"'))
end

-- Two figures of one page may both have a gpPt0.
local function prefix_ids(svg, prefix)
  svg = svg:gsub('(%sid=")', '%1' .. prefix .. '-')
  svg = svg:gsub('(href=")#', '%1#' .. prefix .. '-')
  return (svg:gsub('url%(#', 'url(#' .. prefix .. '-'))
end

local function attribute(text)
  return (text:gsub('&', '&amp;'):gsub('<', '&lt;'):gsub('>', '&gt;'):gsub('"', '&quot;'))
end
M.attribute = attribute

-- A run of filled circles of one size and colour is one path of dots: a seventh of the bytes.
local function dots(svg)
  local out, run = {}, nil
  local function flush()
    if not run then return end
    out[#out + 1] = ('<path fill="none" stroke="%s" stroke-width="%g" stroke-linecap="round" d="%s"/>'):format(
      run.colour, 2 * run.size, table.concat(run))
    run = nil
  end
  for line in svg:gmatch '[^\n]+' do
    local x, y, size, colour = line:match '^%s*<use href="#gpPt6" transform="translate%(([%d.]+),([%d.]+)%) scale%(([%d.]+)%)" color="([^"]+)"/>$'
    if run and not (x and run.size == size and run.colour == colour) then flush() end
    if x then
      run = run or { size = size, colour = colour }
      run[#run + 1] = ('M%s,%sh0'):format(x, y)
    else
      out[#out + 1] = line
    end
  end
  flush()
  return table.concat(out, '\n')
end

local function tenths(text) return math.floor(tonumber(text) * 10 + 0.5) end

-- A long path in steps from point to point, to a tenth of a unit, which is less than a pixel shows.
local function steps(d)
  if #d < 100 or d:find '[^MLZ%d%s.,-]' then return d end
  local out, last, x, y = {}, nil, 0, 0
  for command, p, q in d:gmatch '([MLZ])%s*([-%d.]*),?([-%d.]*)' do
    local u, v = x, y
    if command ~= 'Z' then u, v = tenths(p), tenths(q) end
    if command == 'M' then
      out[#out + 1] = ('M%g,%g'):format(u / 10, v / 10)
    elseif command == 'Z' then
      out[#out + 1] = 'z'
    elseif u ~= x or v ~= y then
      out[#out + 1] = ('%s%g,%g'):format(last == 'L' and ' ' or 'l', (u - x) / 10, (v - y) / 10)
    else
      command = last
    end
    x, y, last = u, v, command
  end
  return table.concat(out)
end

-- What gnuplot writes and a browser does without: the default of an attribute, spaces, empty lines.
local function compact(svg)
  svg = svg:gsub('xlink:href', 'href'):gsub('(%d)%.00%f[^%d]', '%1')
    :gsub(' stroke%-linecap="butt" stroke%-linejoin="miter"', ''):gsub(' color="black"', ''):gsub(' stroke%-width="1"', '')
    :gsub('%s+', function(space) return space:match '\n' and '\n' or ' ' end)
  local empty
  repeat svg, empty = svg:gsub('<g[^>]*>%s*</g>', '') until empty == 0
  return dots((svg:gsub('( d=")([^"]*)"', function(open, d) return open .. steps(d) .. '"' end)))
end

-- The SVG's text for the page, or nil when the figure was not drawn as SVG.
function M.svg(name, label, alt)
  local svg = files.read(('%s/figures/%s.svg'):format(files.build, name))
  if not svg then return nil end
  svg = svg:gsub('<%?xml.-%?>', ''):gsub('<!DOCTYPE.->', ''):gsub('<!%-%-.-%-%->', '')
  svg = svg:gsub("=%s*'([^'\"]*)'", '="%1"') -- one sort of quotation mark, as in the rest of the page
  svg = svg:gsub('<title>.-</title>', ''):gsub('<desc>.-</desc>', '')
  svg = svg:gsub('%sfont%-family%s*=%s*"[^"]*"', '')
  svg = prefix_ids(compact(colours(svg)), label)
  local open, rest = svg:match '^%s*<svg(.-)>(.*)$'
  local box = open:match 'viewBox="(.-)"'
  return ('<svg viewBox="%s" role="img" aria-label="%s">%s'):format(box, attribute(alt), rest)
end

-- The figure for a narrow window, as a script that a page loads where it has one.
function M.narrow(name, id, alt)
  local svg = M.svg('narrow/' .. name, id .. '-narrow', alt)
  assert(svg, name .. ' has no narrow form')
  files.write(('%s/narrow/%s.js'):format(files.book, id), ('latentNarrow(%q, %q);\n'):format(id, (svg:gsub('\n', ' '))))
end

-- A part of a figure, small and without words: ids must differ from those of the figure itself.
function M.thumbnail(name, box)
  local svg = M.svg(name, 'cover-' .. name, '')
  if not svg then return nil end
  svg = svg:gsub('<g [^>]*><text>.-</text></g>', ''):gsub('<g [^>]*>%s*<text.-</text>%s*</g>', '')
  return (svg:gsub('^<svg viewBox="[^"]*" role="img" aria%-label=""', ('<svg viewBox="%s" preserveAspectRatio="xMidYMid slice" aria-hidden="true"'):format(box)))
end

local function copy(from, to)
  local text = files.read(from)
  if text then files.write(files.book .. '/' .. to, text) end
  return text ~= nil
end

-- A dense figure is a picture in two themes; the style sheet shows one of them.
function M.png(name, alt)
  local base = files.build .. '/figures/' .. name
  if not copy(base .. '.png', 'figures/' .. name .. '.png') then return nil end
  local img = '<img class="%s" src="figures/%s.png" alt="%s">'
  if not copy(base .. '-dark.png', 'figures/' .. name .. '-dark.png') then
    return img:format('any-theme', name, attribute(alt))
  end
  return img:format('light-theme', name, attribute(alt)) .. img:format('dark-theme', name .. '-dark', attribute(alt))
end

-- The table a figure or a table was made from, copied to the page's side; its address or nil.
function M.data(name)
  local to = 'data/' .. name .. '.tsv'
  return copy(('%s/tables/%s.tsv'):format(files.build, name), to) and to or nil
end

return M
