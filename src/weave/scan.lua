-- The scanner: reads the book before pandoc does, and stops at what pandoc would let pass.
--
--   lua5.3 src/weave/scan.lua labels   claims stated = claims checked, kinds included
--   lua5.3 src/weave/scan.lua seal     the statements are those that were checked (seal.lua)
--   lua5.3 src/weave/scan.lua book     everything; writes what the pages are made from
--
-- Every fault is one line "file:line: message" on stderr; any fault makes the exit code 1.

package.path = (arg[0]:match '^(.*)/' or '.') .. '/?.lua;' .. package.path
local cite = require 'cite'
local code = require 'code'
local facts = require 'facts'
local files = require 'files'
local proofs = require 'proofs'
local seal = require 'seal'
local structure = require 'structure'
local values = require 'values'
local words = require 'words'

local faults = {}
local function report(file, line, message)
  local text = ('%s:%s: %s'):format(file, line, message)
  if not faults[text] then
    faults[text] = true
    faults[#faults + 1] = text
  end
end

local function stop_if_faulty()
  if #faults == 0 then return end
  io.stderr:write(table.concat(faults, '\n'), '\n')
  os.exit(1)
end

local function by_place(labels)
  local list = {}
  for _, label in pairs(labels) do list[#list + 1] = label end
  table.sort(list, function(a, b)
    if a.file ~= b.file then return a.file < b.file end
    return a.line < b.line
  end)
  return list
end

-- Each claim stated is checked, each claim checked is stated, and both say the same kind.
local function compare_claims(book)
  local listed, order = facts.listed(report)
  for _, label in ipairs(by_place(book.labels)) do
    local kind, check = label.event.attr.values.kind, listed[label.id]
    if label.sort == 'claim' and not check then
      report(label.file, label.line, ('claim %s has no check in tests/claims/'):format(label.id))
    elseif label.sort == 'claim' and check.kind ~= kind then
      report(label.file, label.line, ('claim %s is stated as %s and checked as %s (%s:%s)'):format(
        label.id, kind, check.kind, check.file, check.line))
    end
  end
  for _, check in ipairs(order) do
    local label = book.labels[check.label]
    if not label or label.sort ~= 'claim' then
      report(check.file, check.line, ('claim %s is checked here and stated nowhere'):format(check.label))
    end
  end
end

local function bibliography()
  local keys = {}
  local list, problem = files.json 'chapters/references.json'
  if not list then report('chapters/references.json', 1, problem) end
  for _, entry in ipairs(list or {}) do keys[entry.id] = true end
  return keys
end

local must_be_used = { definition = true, assumption = true, figure = true, table = true, listing = true, exercise = true }

local function check_unused(book, used)
  for _, label in ipairs(by_place(book.labels)) do
    if label.given and must_be_used[label.sort] and not used[label.id] then
      report(label.file, label.line, ('label %s is referred to nowhere'):format(label.id))
    end
  end
  local drawn = {}
  for _, label in pairs(book.labels) do
    if label.sort == 'figure' then drawn['figures/' .. (label.event.attr.values.src or '') .. '.gp'] = true end
  end
  for _, script in ipairs(files.find({ 'figures' }, { 'gp' })) do
    if script ~= 'figures/style.gp' and not drawn[script] then
      report(script, 1, ('figure script %s: no chapter shows it'):format(script))
    end
  end
end

-- Sources that have a page: all of the book's C, Coq, gnuplot and Markdown, and whatever a chapter links to.
-- In a student's edition the chapters' own text has none, for it holds the solutions.
local function sources(linked)
  local all = linked
  local rooms = { 'chapters', 'proofs', 'figures', 'src/cli', 'src/model', 'src/prob', 'src/data', 'src/num',
    'tests/claims', 'tests/mistakes', 'tests/harness', 'tests/unit' }
  for _, path in ipairs(files.find(rooms, { 'c', 'h', 'v', 'gp', 'md' })) do
    if not (files.student and path:match '/chapter%.md$') then all[path] = true end
  end
  return table.concat(files.sorted_keys(all), '\n') .. '\n'
end

-- What the page filter must know of the other pages. No line numbers: they change with every edit.
local function index(book, formal)
  local out = { labels = {}, chapters = {}, formal = {} }
  for i, t in ipairs(formal.order) do
    out.formal[i] = { statement = t.statement, status = t.status, scope = t.scope, labels = table.concat(t.labels, ' ') }
  end
  for id, label in pairs(book.labels) do
    if not (files.student and structure.in_solution(label.event)) then
      out.labels[id] = { sort = label.sort, number = label.number, page = label.page, title = label.title }
    end
  end
  for i, c in ipairs(book.chapters) do
    out.chapters[i] = { name = c.name, number = c.n, title = c.title, summary = c.summary, question = c.question, answer = c.answer,
      cover = c.meta.cover }
  end
  return 'return ' .. files.serialise(out) .. '\n'
end

local function json_lines(list, keys)
  local out = {}
  for _, m in ipairs(list) do out[#out + 1] = require 'dkjson'.encode(m, { keyorder = keys }) end
  return '[' .. table.concat(out, ',\n') .. ']\n'
end

-- The functions that the library and the programs show to others, for the search.
local function functions()
  local out = {}
  for _, path in ipairs(files.find({ 'src/num', 'src/data', 'src/prob', 'src/model', 'src/cli', 'chapters' }, { 'c' })) do
    for _, f in ipairs(code.functions(path)) do
      if f.public and f.name ~= 'main' then out[#out + 1] = { name = f.name, file = path, line = f.line } end
    end
  end
  return out
end

local function weave_book(book)
  compare_claims(book)
  local ledger = facts.load(report)
  local implementing, implemented = cite.read(book.labels, report)
  local w = words.new(book, {
    values = values.load(report), cites = bibliography(), mistakes = ledger.mistakes, claims = ledger.claims,
    implementing = implementing, implemented = implemented,
  }, report)
  local pages = {}
  for _, chapter in ipairs(book.chapters) do pages[chapter.name] = w:chapter(chapter) end
  check_unused(book, w.used)
  stop_if_faulty()
  local out = files.book .. '/'
  for _, chapter in ipairs(book.chapters) do files.write(out .. 'md/' .. chapter.name .. '.md', pages[chapter.name]) end
  files.write(out .. 'index.lua', index(book, ledger.formal))
  files.write(out .. 'math.json', json_lines(w.math, { 'tex', 'display', 'file', 'line' }))
  files.write(out .. 'functions.json', json_lines(functions(), { 'name', 'file', 'line' }))
  files.write(out .. 'sources.txt', sources(w.sources))
end

local function labels(book)
  compare_claims(book)
  proofs.check(book, report)
  seal.check(book, report)
end

local commands = { labels = labels, seal = seal.write, book = weave_book }
local command = commands[arg[1] or '']
if not command then
  io.stderr:write 'usage: scan.lua labels|seal|book\n'
  os.exit(2)
end
command(structure.read(report))
stop_if_faulty()
