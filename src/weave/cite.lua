-- Which functions say that they compute an equation of the book. A comment of the library or of a
-- chapter's program cites labels in parentheses, as in "the affine form (bmm-affine)", and the
-- function it stands in, or whose declaration it precedes, implements what is cited. A comment that
-- belongs to no function speaks for its file.

local code = require 'code'
local files = require 'files'

local M = {}

-- The comments of a file: text, first and last line.
local function comments(lines)
  local out, open = {}, nil
  for i, line in ipairs(lines) do
    local text = open and line or line:match '/%*.*$' or line:match '//.*$'
    if text then
      open = open or { text = {}, first = i }
      open.text[#open.text + 1] = text
      if text:match '^//' or text:match '%*/' then
        out[#out + 1] = { text = table.concat(open.text, '\n'), first = open.first, last = i }
        open = nil
      end
    end
  end
  return out
end

-- The labels in parentheses, each with its line; nothing else may stand in the parentheses.
local function cited(comment, each)
  for at, inside in comment.text:gmatch '()%(([a-z][a-z0-9, \n-]*)%)' do
    local _, down = comment.text:sub(1, at):gsub('\n', '')
    local words, labels = 0, {}
    for word in inside:gmatch '[^,%s]+' do
      words = words + 1
      if word:match '^[a-z][a-z0-9]*%-[a-z0-9-]*%w$' then labels[#labels + 1] = word end
    end
    if words == #labels then
      for _, label in ipairs(labels) do each(label, comment.first + down) end
    end
  end
end

-- What is declared after a line of a header: a function, or the type that a brace ends.
local function declared(lines, from)
  local text = ''
  for i = from, #lines do
    text = text .. ' ' .. lines[i]
    local name = text:match '([%w_]+)%s*%(' or text:match '}%s*([%w_]+)%s*;'
    if name then return name, i end
    if lines[i]:match ';' and not text:match '[{}]' then return nil end
  end
end

-- What a comment that cites a label speaks of: a function or type, or else the file as a whole.
local function owner(path, lines, comment, line)
  for _, f in ipairs(code.functions(path)) do
    if line >= f.first and line <= f.last then return f end
  end
  local name, at
  if path:match '%.h$' then name, at = declared(lines, comment.last + 1) end
  if not name then return { name = path:match '[^/]*$', file = path, line = line } end
  local body = (path:gsub('%.h$', '.c'))
  return code.functions(body)[name] or { name = name, file = path, line = at }
end

-- A word that begins like the labels of the book must be one; "(row-major)" is no citation.
local function families(labels)
  local known = {}
  for id in pairs(labels) do known[id:match '^[^-]*'] = true end
  return known
end

-- The implementations of each label, and the labels that each function ("file:name") implements.
function M.read(labels, report)
  local of, by, family = {}, {}, families(labels)
  for _, path in ipairs(files.find({ 'src/num', 'src/data', 'src/prob', 'src/model', 'chapters' }, { 'c', 'h' })) do
    local lines = files.lines(path)
    for _, comment in ipairs(comments(lines)) do
      cited(comment, function(label, line)
        if not labels[label] then
          if family[label:match '^[^-]*'] then report(path, line, ('unknown label %s'):format(label)) end
          return
        end
        local f = owner(path, lines, comment, line)
        local key = f.file .. ':' .. f.name
        of[label], by[key] = of[label] or {}, by[key] or {}
        if not of[label][key] then
          of[label][key] = true
          table.insert(of[label], f)
          table.insert(by[key], label)
        end
      end)
    end
  end
  return of, by
end

return M
