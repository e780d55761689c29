-- Code drawn from the real sources: a function, a marked region, or a whole file.

local files = require 'files'

local M = {}

local cache = {}
local function source(path)
  if cache[path] == nil then cache[path] = files.lines(path) or false end
  return cache[path]
end

local function plain(name) return (name:gsub('%W', '%%%0')) end

-- A definition has its opening brace in column 0 before any line that ends a declaration.
local function body_end(lines, at)
  for i = at, #lines do
    if lines[i]:match '^{' then
      for j = i, #lines do
        if lines[j]:match '^}' then return j end
      end
      return nil
    end
    if lines[i]:match ';%s*$' or (i > at and lines[i]:match '^%s*$') then return nil end
  end
end

-- The return type, and the comment directly above it, belong to the function.
local function head_start(lines, at)
  local first = at
  while first > 1 and lines[first - 1]:match '^[%a_][^;{}#]*$' do first = first - 1 end
  if first > 1 and lines[first - 1]:match '%*/%s*$' then
    local i = first - 1
    while i > 1 and not lines[i]:match '^%s*/%*' do i = i - 1 end
    if lines[i]:match '^/%*' and not lines[i]:match 'region' then first = i end
  end
  while first > 1 and lines[first - 1]:match '^//' do first = first - 1 end
  return first
end

-- A theorem's statement, without its proof.
local function find_theorem(lines, name)
  for i, line in ipairs(lines) do
    if line:match('^Theorem ' .. plain(name) .. '%f[^%w_]') then
      local last = i
      while not lines[last]:match '%.%s*$' do last = last + 1 end
      return i, last, i
    end
  end
end

local known = {}

-- The functions that a file defines, in its order and by name: each with its first and last line,
-- the line of its name, and whether other files see it.
function M.functions(path)
  if known[path] then return known[path] end
  local found, lines = {}, source(path) or {}
  for i, line in ipairs(lines) do
    local name = line:match '^([%a_][%w_]*)%s*%('
    local last = name and body_end(lines, i)
    if last then
      local f = { name = name, file = path, first = head_start(lines, i), last = last, line = i }
      f.public = not lines[i - 1]:match '^static'
      found[#found + 1], found[name] = f, f
    end
  end
  known[path] = found
  return found
end

-- First and last line of a function or a theorem, and the line of its name.
function M.find_function(path, name)
  if path:match '%.v$' then return find_theorem(source(path) or {}, name) end
  local f = M.functions(path)[name]
  if f then return f.first, f.last, f.line end
end

local function find_region(path, name)
  local lines = source(path)
  for i, line in ipairs(lines) do
    if line:match('/%*%s*region:%s*' .. plain(name) .. '%s*%*/') then
      for j = i + 1, #lines do
        if lines[j]:match '/%*%s*end region%s*%*/' then return i + 1, j - 1 end
      end
    end
  end
end

local function dedent(lines)
  local least
  for _, line in ipairs(lines) do
    local indent = line:match '^( *)%S'
    if indent and (not least or #indent < #least) then least = indent end
  end
  for i, line in ipairs(lines) do lines[i] = line:sub(#(least or '') + 1) end
  return lines
end

-- The text and its first line's number, or nil and what is wrong.
function M.draw(path, name, region)
  local lines = source(path)
  if not lines then return nil, ('file %s is not there'):format(path) end
  local first, last = 1, #lines
  if name then
    first, last = M.find_function(path, name)
    if not first then return nil, ('%s %s is not in %s'):format(path:match '%.v$' and 'theorem' or 'function', name, path) end
  elseif region then
    first, last = find_region(path, region)
    if not first then return nil, ('region %s is not in %s'):format(region, path) end
  end
  local drawn = table.move(lines, first, last, 1, {})
  if region then drawn = dedent(drawn) end
  return table.concat(drawn, '\n'), first
end

return M
