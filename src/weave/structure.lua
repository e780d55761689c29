-- The book's structure: which chapters, what stands inside what, and every number and label.

local files = require 'files'
local read = require 'read'

local M = {}

local function set(words)
  local t = {}
  for word in words:gmatch '%S+' do t[word] = true end
  return t
end

M.kinds = set 'exact identity inequality optimum derivative quadrature reduction statistical'

local boxes = set 'prerequisites by-hand note answer algorithm'
local statements = set 'definition assumption claim'
local folds = set 'hint solution'
M.formats = set 'pages paper' -- for the web's pages only, for paper and e-readers only
local code_classes = set 'c coq text sh gnuplot json tsv make markdown'
local sorts = set 'compute derive code break'

-- What a div may carry, and what it must ("!").
local attributes = {
  claim = { kind = '!' }, definition = {}, assumption = {}, mistake = { name = '!' },
  figure = { src = '!', alt = '!' }, table = { src = '!' }, include = { file = '!' },
  exercise = { sort = '!', level = '!', title = '' }, hint = {}, solution = {},
}
for box in pairs(boxes) do attributes[box] = { title = '' } end
for format in pairs(M.formats) do attributes[format] = {} end

-- The word in a reference, the prefix of a label made by the weaver, and the sequence that counts it.
M.sorts = {
  definition = { counter = 'statement', prefix = 'eq' }, assumption = { counter = 'statement', prefix = 'eq' },
  claim = { counter = 'statement' }, figure = { word = 'Figure', counter = 'figure' },
  table = { word = 'Table', counter = 'table' }, listing = { word = 'Listing', counter = 'listing', prefix = 'lst' },
  exercise = { word = 'Exercise', counter = 'exercise', prefix = 'ex' },
  section = { word = 'Section', counter = 'section' },
}

local function inline_include(event, out, report)
  local path = event.attr.values.file
  local inner = path and read.file(path, report)
  if not inner then
    return report(event.file, event.line, ('file %s is not there'):format(tostring(path)))
  end
  for _, e in ipairs(inner) do out[#out + 1] = e end
end

-- An .include div and its close give way to the events of the file they name.
local function with_includes(events, included, report)
  local out, skip = { meta = events.meta }, false
  for _, e in ipairs(events) do
    if e.t == 'open' and e.attr.classes[1] == 'include' then
      included[e.attr.values.file or ''] = true
      inline_include(e, out, report)
      skip = true
    elseif skip and e.t == 'close' then
      skip = false
    elseif skip then
      report(e.file, e.line, 'an .include holds nothing of its own')
    else
      out[#out + 1] = e
    end
  end
  return out
end

function M.chapters(report)
  local chapters, included = {}, {}
  for _, path in ipairs(files.find({ 'chapters' }, { 'md' })) do
    local number, name = path:match '^chapters/(%d+)(%-[%w-]+)/chapter%.md$'
    if number then
      local events = with_includes(read.file(path, report), included, report)
      local meta = events.meta
      meta.line = meta.line or {}
      chapters[#chapters + 1] = { n = tonumber(number), name = number .. name, path = path, events = events, meta = meta }
    end
  end
  for _, path in ipairs(files.find({ 'proofs' }, { 'md' })) do
    if not included[path] then report(path, 1, 'no chapter draws this proof in') end
  end
  return chapters
end

-- Numbering and labels ---------------------------------------------------------------------------

local Book = {}
Book.__index = Book

function Book:say(event, message, ...) self.report(event.file, event.line, message:format(...)) end

function Book:label(id, event, sort)
  if not id:match '^[a-z][a-z0-9-]*$' then
    return self:say(event, 'label %s: a label is lower-case letters, digits and hyphens', id)
  end
  local first = self.labels[id]
  if first then return self:say(event, 'label %s stands already at %s:%d', id, first.file, first.line) end
  self.labels[id] = {
    id = id, sort = sort, file = event.file, line = event.line, page = self.chapter.name,
    number = event.number, title = event.attr.values.title, given = event.attr.id ~= nil, event = event,
  }
end

function Book:count(event, sort)
  local of = M.sorts[sort]
  local counts = self.chapter.counts
  counts[of.counter] = (counts[of.counter] or 0) + 1
  event.sort, event.number = sort, ('%d.%d'):format(self.chapter.n, counts[of.counter])
  event.id = event.attr.id
  if not event.id then
    if not of.prefix then return self:say(event, 'a %s needs a label {#...}', sort) end
    event.id = ('%s-%s'):format(of.prefix, event.number:gsub('%.', '-'))
  end
  self:label(event.id, event, sort)
end

local function check_attributes(book, event, allowed, what)
  for _, key in ipairs(event.attr.keys) do
    if not allowed[key] then book:say(event, '%s takes no attribute %s', what, key) end
  end
  for _, key in ipairs(files.sorted_keys(allowed)) do
    if allowed[key] == '!' and not (event.attr.values[key] or ''):match '%S' then book:say(event, '%s needs %s=', what, key) end
  end
end

local checks = {}

function checks.claim(book, event)
  local kind = event.attr.values.kind
  if kind and not M.kinds[kind] then book:say(event, 'claim %s: kind %s is unknown', event.attr.id, kind) end
end

function checks.mistake(book, event)
  event.id = 'mistake-' .. (event.attr.values.name or '')
  event.sort = 'mistake'
  book:label(event.id, event, 'mistake')
end

function checks.exercise(book, event)
  local sort, level = event.attr.values.sort or '', event.attr.values.level or ''
  if not sorts[sort] then book:say(event, 'exercise: sort %s is not compute, derive, code or break', sort) end
  if not level:match '^[123]$' then book:say(event, 'exercise: level %s is not 1, 2 or 3', level) end
  book.chapter.sorts[sort] = true
end

function Book:open(event)
  local class = event.attr.classes[1]
  event.class = class
  local frame = { event = event, content = 0, displays = 0, hints = 0, solutions = 0 }
  local parent = self.stack[#self.stack]
  self.stack[#self.stack + 1] = frame
  if not attributes[class] or #event.attr.classes > 1 then
    return self:say(event, 'unknown class of div: %s', table.concat(event.attr.classes, ' '))
  end
  check_attributes(self, event, attributes[class], '.' .. class)
  if M.sorts[class] then self:count(event, class) end
  if event.attr.id and not event.sort then self:say(event, '.%s takes no label', class) end
  if checks[class] then checks[class](self, event) end
  if folds[class] then
    local of = parent and parent.event.class == 'exercise' and parent
    if class == 'solution' and not of then self:say(event, 'a .solution stands in an .exercise') end
    if of then of[class .. 's'] = of[class .. 's'] + 1 end
    self.chapter.hints = self.chapter.hints + (class == 'hint' and not of and 1 or 0)
    event.number = class == 'hint' and (of and of.hints or self.chapter.hints) or nil
  end
end

function Book:close(event)
  local frame = table.remove(self.stack)
  if not frame then return self:say(event, '::: closes nothing') end
  local open = frame.event
  if frame.content == 0 then self:say(open, '.%s is empty', open.class or 'div') end
  if open.class == 'exercise' then
    if frame.hints == 0 then self:say(open, 'exercise %s has no hint', open.number) end
    if frame.solutions ~= 1 then self:say(open, 'exercise %s has %d solutions', open.number, frame.solutions) end
  end
  event.class, event.of = open.class, open
end

function Book:code(event)
  local a = event.attr
  local class = a.classes[1]
  if not class or not code_classes[class] or #a.classes > 1 then
    self:say(event, 'unknown class of code: %s', class or '(none)')
  end
  check_attributes(self, event, { file = '', ['function'] = '', region = '', caption = '' }, 'code')
  if a.values.file then
    self:count(event, 'listing')
    if table.concat(event.body):match '%S' then self:say(event, 'code drawn from a file= holds nothing of its own') end
  elseif #a.keys > 0 or a.id then
    self:say(event, 'code with a label or caption is drawn from a file=')
  elseif #event.body == 0 then
    self:say(event, 'the code block is empty')
  end
end

function Book:heading(event)
  check_attributes(self, event, {}, 'a heading')
  -- No div reaches over a heading, so here an unclosed one is known for what it is.
  for _, frame in ipairs(self.stack) do
    self:say(frame.event, '::: is not closed before the heading at %s:%d', event.file, event.line)
  end
  self.stack = {}
  if event.level == 1 then
    if self.chapter.heading then self:say(event, 'a second # title') end
    self.chapter.heading = event
  elseif event.level > 4 then
    self:say(event, 'a heading of level %d: at most 4', event.level)
  end
  if event.level > (self.chapter.level or 1) + 1 then self:say(event, 'a heading skips a level') end
  self.chapter.level = event.level
  if event.level == 2 then
    self.chapter.counts.section = (self.chapter.counts.section or 0) + 1
    event.number = ('%d.%d'):format(self.chapter.n, self.chapter.counts.section)
  end
  if event.attr.id then
    event.id = event.attr.id
    self:label(event.id, event, 'section')
    if self.labels[event.id] then self.labels[event.id].title = event.text end
  end
end

function Book:check_end()
  for _, frame in ipairs(self.stack) do
    self:say(frame.event, '::: is not closed')
  end
  local path = self.chapter.path
  for _, sort in ipairs { 'compute', 'derive', 'code', 'break' } do
    if not self.chapter.sorts[sort] then
      self.report(path, 1, ('the chapter has no exercise of the sort %s'):format(sort))
    end
  end
  self.stack = {}
end

local function check_title(book, chapter)
  local meta, heading = chapter.meta, chapter.heading
  if not meta.title and not heading then book.report(chapter.path, 1, 'the chapter has no title') end
  if not meta.summary then book.report(chapter.path, 1, 'the front matter has no summary:') end
  local cover = meta.cover and meta.cover:match '^([%w-]+) %d+ %d+ %d+ %d+$'
  if meta.cover and not (cover and files.read(('figures/%s.gp'):format(cover))) then
    book.report(chapter.path, meta.line.cover, ('cover %s is not a figure and the box of its part'):format(meta.cover))
  end
  if meta.title and heading and meta.title ~= heading.text then
    book:say(heading, 'the title differs from title: in the front matter')
  end
  meta.title = meta.title or heading and heading.text or chapter.name
  meta.line.title = meta.line.title or heading and heading.line or 1
end

-- Reads all chapters; numbers and labels everything; reports what stands where it must not.
function M.read(report)
  local book = setmetatable({ labels = {}, stack = {}, report = report }, Book)
  book.chapters = M.chapters(report)
  for _, chapter in ipairs(book.chapters) do
    book.chapter = chapter
    chapter.counts, chapter.sorts, chapter.hints = {}, {}, 0
    for _, event in ipairs(chapter.events) do
      if event.t == 'text' or event.t == 'code' then
        for _, frame in ipairs(book.stack) do frame.content = frame.content + 1 end
      end
      event.inside = book.stack[#book.stack]
      event.within = table.move(book.stack, 1, #book.stack, 1, {})
      if book[event.t] then book[event.t](book, event) end
    end
    book:check_end()
    check_title(book, chapter)
  end
  return book
end

-- Whether an event opens, fills or closes a solution.
function M.in_solution(event)
  if event.class == 'solution' then return true end
  for _, frame in ipairs(event.within) do
    if frame.event.class == 'solution' then return true end
  end
  return false
end

M.statements = statements
return M
