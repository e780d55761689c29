-- The words of the book: checks each text, puts the values in, and writes the Markdown that pandoc reads.

local code = require 'code'
local files = require 'files'
local read = require 'read'
local structure = require 'structure'
local tex = require 'tex'
local values = require 'values'

local M = {}

local Words = {}
Words.__index = Words

-- `cites` are the keys of the bibliography, `mistakes` the names in the ledger, `values` the numbers;
-- `implementing` and `implemented` are what the sources cite (cite.lua).
function M.new(book, known, report)
  return setmetatable({
    book = book, known = known, report = report, used = {}, math = {}, sources = {},
  }, Words)
end

local function check_typed(self, text, file, line)
  for _, found in ipairs(read.typed_results(text)) do
    self.report(file, line + found.down,
      ('typed result %s: quote a value {{name}}, or mark it as given {{=%s}}'):format(found.text, found.text))
  end
end

function Words:quote(inside, file, line, set)
  local text, problem = values.quote(self.known.values, inside)
  if not text then
    self.report(file, line, problem)
    return '?'
  end
  return set(text)
end

function Words:tex(token, file, display)
  local line = token.line
  check_typed(self, token.s:gsub('{{.-}}', ''):gsub('\\\\%[[%d.]+%a+%]', '\\\\'), file, line)
  local bare = token.s:gsub('{{.-}}', '0')
  tex.check(bare, line, function(l, message) self.report(file, l, message) end)
  local text = token.s:gsub('{{(.-)}}', function(inside) return self:quote(inside, file, line, values.tex) end)
  self.math[#self.math + 1] = { tex = text, display = display, file = file, line = line }
  return text
end

-- A link into the sources: the page of the file, at the function's line.
function Words:source_link(target, file, line)
  local path, name = target:match '^([^#]+)#?(.*)$'
  if not files.read(path) then
    self.report(file, line, ('link to %s: no such file'):format(path))
    return target
  end
  self.sources[path] = true
  local at = ''
  if name ~= '' then
    local _, _, here = code.find_function(path, name)
    if here then at = '#L' .. here else self.report(file, line, ('function %s is not in %s'):format(name, path)) end
  end
  return 'source/' .. path .. '.html' .. at
end

function Words:target(target, file, line)
  if target:match '^%a+:' or target == 'ledger.html' or target == 'index.html' then return target end
  local label = target:match '^#(.+)$'
  if not label then return self:source_link(target, file, line) end
  self.used[label] = true
  if not self.book.labels[label] then self.report(file, line, ('unknown label %s'):format(label)) end
  return target
end

local write = {}
function write.code(_, token) return token.s end
function write.url(_, token) return token.s end
function write.math(self, token, file) return '$' .. self:tex(token, file, false) .. '$' end
function write.display(self, token, file) return '$$' .. self:tex(token, file, true) .. '$$' end
function write.value(self, token, file) return self:quote(token.s, file, token.line, values.prose) end
function write.target(self, token, file) return '](' .. self:target(token.s, file, token.line) .. ')' end
function write.cite(self, token, file)
  if not self.known.cites[token.s] then
    self.report(file, token.line, ('unknown citation key %s'):format(token.s))
  end
  return '@' .. token.s
end
function write.prose(self, token, file)
  check_typed(self, token.s, file, token.line)
  for at, comma in token.s:gmatch '()%f[%w](%d+,%d+)%f[%W]' do
    if not comma:match '^[1-9]%d?%d?,%d%d%d$' then
      local _, down = token.s:sub(1, at):gsub('\n', '')
      self.report(file, token.line + down, ('%s: a decimal number has a point, and a list spaces'):format(comma))
    end
  end
  return token.s
end

-- One text with its values put in. `on_display` judges where a display stands.
function Words:inline(text, file, line, on_display)
  local function complain(l, message) self.report(file, l, message) end
  local out = {}
  for _, token in ipairs(read.inline(text, line, complain)) do
    if token.t == 'display' then on_display(token) end
    out[#out + 1] = write[token.t](self, token, file)
  end
  return table.concat(out)
end

local function no_display(self, file)
  return function(token) self.report(file, token.line, 'a display stands in a caption or title') end
end

-- A caption, title or alternative text; the last is plain, the others are Markdown.
function Words:attribute(event, key)
  local text = event.attr.values[key]
  if not text then return nil end
  if key ~= 'alt' then return self:inline(text, event.file, event.line, no_display(self, event.file)) end
  check_typed(self, text:gsub('{{.-}}', ''), event.file, event.line)
  return (text:gsub('{{(.-)}}', function(inside) return self:quote(inside, event.file, event.line, values.prose) end))
end

-- The innermost statement or mistake around a display; a display elsewhere has no label to be checked by.
function Words:display(event, token)
  for i = #event.within, 1, -1 do
    local frame = event.within[i]
    if structure.statements[frame.event.class] or frame.event.class == 'mistake' then
      frame.displays = frame.displays + 1
      if frame.displays > 1 then
        self.report(event.file, token.line, ('a second display in .%s'):format(frame.event.class))
      end
      return
    end
  end
  self.report(event.file, token.line, 'a display stands outside .definition, .assumption, .claim and .mistake')
end

-- Markdown out ------------------------------------------------------------------------------------

local function quoted(text) return '"' .. text:gsub('\\', '\\\\'):gsub('"', '\\"') .. '"' end

local function braces(id, class, pairs_)
  local out = { '.' .. class }
  if id then table.insert(out, 1, '#' .. id) end
  for _, p in ipairs(pairs_) do
    if p[2] then out[#out + 1] = p[1] .. '=' .. quoted(tostring(p[2])) end
  end
  return '{' .. table.concat(out, ' ') .. '}'
end

function Words:check_drawn(event)
  local a = event.attr.values
  local function say(...) self.report(event.file, event.line, (...):format(select(2, ...))) end
  if event.class == 'figure' and a.src then
    local script = ('figures/%s.gp'):format(a.src)
    if not files.read(script) then return say('figure script %s is not there', script) end
    self.sources[script] = true
    local base = ('%s/figures/%s'):format(files.build, a.src)
    if not (files.read(base .. '.svg') or files.read(base .. '.png')) then say('figure %s.svg was not drawn', base) end
  elseif event.class == 'mistake' and a.name and not self.known.mistakes[a.name] then
    say('unknown mistake %s: no implementation in tests/mistakes/ has this name', a.name)
  elseif event.class == 'claim' and event.id then
    local claim = self.known.claims[event.id]
    if not claim or claim.cases == 0 then return say('claim %s did not run in this build', event.id) end
    if not claim.passed then say('claim %s did not hold in this build', event.id) end
  end
end

-- A cell is a number, or a text that may hold some; infinities, powers of ten and indices are written as such.
local function cell(text)
  local set = text:gsub('[\\`*{}%[%]<>$@#~^|]', '\\%0'):gsub('%f[%w](%a)_(%d)', '*%1*~%2~'):gsub('_', '\\_')
  set = set:gsub('(%-?)%f[%d](%d[%d.]*)e([-+]?)0*(%d+)', function(sign, digits, minus, exponent)
    local power = ('10^%s%s^'):format(minus == '-' and '−' or '', exponent)
    return sign .. (digits == '1' and power or digits .. '\u{a0}×\u{a0}' .. power)
  end)
  return (set:gsub('%-inf', '−∞'):gsub('%f[%a]inf%f[%A]', '∞'):gsub('%-(%d)', '−%1'))
end

-- The first block of a table file as a pipe table; numbers stand to the right.
function Words:rows(event)
  local path = ('%s/tables/%s.tsv'):format(files.build, event.attr.values.src or '')
  local lines = files.lines(path)
  if not lines or not lines[1] or not lines[1]:match '^#' then
    self.report(event.file, event.line, ('table %s is not there, or has no line of column names'):format(path))
    return ''
  end
  local function row(line, set)
    local cells = {}
    for text in (line .. '\t'):gmatch '([^\t]*)\t' do cells[#cells + 1] = set(text) end
    return '| ' .. table.concat(cells, ' | ') .. ' |'
  end
  local function name(text) return (cell(text):gsub('\\_', ' ')) end
  local function rule(text) return tonumber(text) and '--:' or ':--' end
  local out = { row(lines[1]:gsub('^#%s*', ''), name), row(lines[2] or '', rule) }
  for i = 2, #lines do
    if lines[i]:match '^%s*$' then break end
    if not lines[i]:match '^#' then out[#out + 1] = row(lines[i], cell) end
  end
  return table.concat(out, '\n')
end

-- The functions that compute what a label states: name, file and line of each.
local function implementations(list)
  local out = {}
  for i, f in ipairs(list or {}) do out[i] = ('%s %s %d'):format(f.name, f.file, f.line) end
  return #out > 0 and table.concat(out, ';') or nil
end

-- The labels that a piece of source implements: a function, or all functions of a file.
function Words:implemented(file, name)
  local out = {}
  for key, labels in pairs(self.known.implemented) do
    if key == file .. ':' .. (name or '') or not name and key:sub(1, #file + 1) == file .. ':' then
      table.move(labels, 1, #labels, #out + 1, out)
    end
  end
  table.sort(out)
  return #out > 0 and table.concat(out, ' ') or nil
end

local emit = {}

function emit.open(self, event)
  self:check_drawn(event)
  local a = event.attr.values
  return '::: ' .. braces(event.id, event.class or 'unknown', {
    { 'number', event.number }, { 'implemented', implementations(self.known.implementing[event.id]) }, { 'kind', a.kind }, { 'name', a.name }, { 'src', a.src }, { 'sort', a.sort },
    { 'level', a.level }, { 'title', self:attribute(event, 'title') }, { 'alt', self:attribute(event, 'alt') } })
end

function emit.close(self, event)
  local rows = event.class == 'table' and event.of and self:rows(event.of) .. '\n\n' or ''
  return rows .. ':::'
end

function emit.code(self, event)
  local a, body, pairs_ = event.attr.values, event.body, {}
  if a.file then
    local text, first = code.draw((a.file:gsub('^build/', files.build .. '/')), a['function'], a.region)
    if not text then
      self.report(event.file, event.line, first)
      text, first = '?', 1
    end
    if not a.file:match '^build/' then self.sources[a.file] = true end
    body = { text }
    pairs_ = { { 'number', event.number }, { 'file', a.file }, { 'caption', self:attribute(event, 'caption') },
      { 'implements', not a.region and self:implemented(a.file, a['function']) or nil }, { 'startFrom', first } }
  end
  local text = table.concat(body, '\n')
  local fence = '```'
  while text:find(fence, 1, true) do fence = fence .. '`' end
  local out = { fence .. ' ' .. braces(event.id, event.attr.classes[1] or 'text', pairs_), text, fence }
  return (table.concat(out, '\n'):gsub('[^\n]+', event.indent .. '%0'))
end

function emit.heading(self, event)
  if event.level == 1 then return '' end
  local attr = {}
  if event.id then attr[#attr + 1] = '#' .. event.id end
  if event.number then attr[#attr + 1] = 'number="' .. event.number .. '"' end
  local text = self:inline(event.text, event.file, event.line, no_display(self, event.file))
  return ('#'):rep(event.level) .. ' ' .. text .. (#attr > 0 and ' {' .. table.concat(attr, ' ') .. '}' or '')
end

-- How many cells a row of a pipe table has; a bar in code, in maths or behind a backslash is none.
local function cells(row)
  local _, bars = row:gsub('\\.', ''):gsub('`[^`]*`', ''):gsub('%$[^$]*%$', ''):gsub('|', '')
  return bars - 1
end

-- Pandoc takes a table without its rule line for text, and drops cells that are too many.
local function check_table(self, event)
  local line, width, row = event.line, nil, 0
  for each in (event.text .. '\n'):gmatch '(.-)\n' do
    row = each:match '^%s*|' and row + 1 or 0
    if row == 1 then
      width = cells(each)
    elseif row > 1 and cells(each) ~= width then
      self.report(event.file, line, ('%d cells, but the head of the table has %d'):format(cells(each), width))
    end
    if row == 2 and not each:match '^%s*|[-:| ]+|%s*$' then
      self.report(event.file, line, 'the second line of a table rules it: |---|')
    end
    line = line + 1
  end
end

function emit.text(self, event)
  check_table(self, event)
  local line = event.line
  for each in (event.text .. '\n'):gmatch '(.-)\n' do
    if each:match '^%s*~~~' then self.report(event.file, line, 'code is fenced with ```') end
    if line > event.line and (each:match '^%s*===+%s*$' or each:match '^%s*%-%-%-+%s*$') then
      self.report(event.file, line, 'a heading is written with #, and a table with |')
    end
    if each:match '^%[[^%]^]+%]:' then self.report(event.file, line, 'only [words](target) makes a link') end
    line = line + 1
  end
  return self:inline(event.text, event.file, event.line, function(token) self:display(event, token) end)
end

-- The whole chapter as Markdown for pandoc. A student's edition has its solutions checked and left out.
function Words:chapter(chapter)
  local meta = {}
  for _, key in ipairs { 'title', 'summary', 'question', 'answer' } do
    local line = chapter.meta.line[key] or 1
    meta[key] = chapter.meta[key] and self:inline(chapter.meta[key], chapter.path, line, no_display(self, chapter.path))
    chapter[key] = meta[key]
  end
  local out = { '---', 'title: ' .. quoted(meta.title), 'chapter: "' .. chapter.name .. '"', '---' }
  for _, event in ipairs(chapter.events) do
    local formulas = #self.math
    local text = emit[event.t](self, event)
    if files.student and structure.in_solution(event) then
      for i = #self.math, formulas + 1, -1 do self.math[i] = nil end
    else
      out[#out + 1] = '\n' .. text
    end
  end
  return table.concat(out, '\n') .. '\n'
end

return M
