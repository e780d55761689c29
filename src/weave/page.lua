-- pandoc filter: one page of the book. What the parts are is decided here; how they look in one
-- output format is decided by that format's renderers (html.lua).

package.path = PANDOC_SCRIPT_FILE:match '^(.*)/' .. '/?.lua;/usr/share/lua/5.3/?.lua;' .. package.path
local facts = require 'facts'
local files = require 'files'
local paper = require 'paper'
local structure = require 'structure'

local function stop(message)
  io.stderr:write(PANDOC_STATE.input_files[1] or '-', ': ', message, '\n')
  os.exit(1)
end

local renderers = { html = 'html', html5 = 'html', latex = 'latex' }
local render = require(os.getenv 'OUTPUT' or renderers[FORMAT] or stop('no renderers for ' .. FORMAT))
local index = dofile(files.book .. '/index.lua')
local ledger = facts.load(function(file, line, message) stop(file .. ':' .. line .. ': ' .. message) end)

local here -- the name of this page

local function words_of(text)
  if not text or text == '' then return pandoc.List() end
  local blocks = pandoc.read(text, 'markdown').blocks
  return blocks[1] and blocks[1].content or pandoc.List()
end

local function address(id)
  local label = index.labels[id] or stop('unknown label ' .. id)
  return (label.page == here and '' or label.page .. (render.extension or '.html')) .. '#' .. id, label
end

-- The address of a word that may be a label.
local function cited(word) return index.labels[word] and address(word) or nil end

local function reference(id)
  local href, label = address(id)
  if label.sort == 'mistake' then return href, 'the mistake ' .. id:gsub('^mistake%-', '') end
  local word = structure.sorts[label.sort].word
  if not word then return href, '(' .. label.number .. ')' end
  return href, word .. '\u{a0}' .. (label.number or '“' .. label.title .. '”')
end

-- Links that are not to a label; a book on paper has no pages of sources, and the table of claims for the ledger.
local function elsewhere(el)
  if not render.paper then return nil end
  local source = el.target:match '^source/(.-)%.html'
  if source then return render.source(el, source) end
  if el.target == 'ledger.html' or el.target == 'claims.html' then return render.claims(el) end
end

local function link(el)
  local id = el.target:match '^#(.+)$'
  if not id then return elsewhere(el) end
  if el.classes:includes 'within' then return render.within(el, id) end
  local href, words = reference(id)
  el.target = href
  if #el.content == 0 then
    el.content = { pandoc.Str(words) }
    el.classes:insert 'ref'
  end
  return render.reference and render.reference(el, id) or el
end

local function claim(id)
  local c = ledger.claims[id] or stop(('claim %s is not in the ledger'):format(id))
  if not c.passed or c.cases == 0 then stop(('claim %s did not pass'):format(id)) end
  return c
end

-- What each class of div becomes.
local parts = {}

-- An entry of the ledger page: a claim's facts in the open.
parts['facts-of'] = function(div)
  local label = div.attributes.name
  local href, words = reference(label)
  return render.entry(claim(label), href, words)
end

local function implementations(text)
  local out = {}
  for name, file, line in (text or ''):gmatch '([^%s;]+) (%S+) (%d+)' do
    out[#out + 1] = { name = name, href = ('source/%s.html#L%s'):format(file, line) }
  end
  return out
end

local function statement(class)
  return function(div)
    return render.statement(div.content, {
      id = div.identifier, class = class, number = div.attributes.number, claim = class == 'claim' and claim(div.identifier) or nil,
      implemented = implementations(div.attributes.implemented),
    })
  end
end
parts.claim, parts.definition, parts.assumption = statement 'claim', statement 'definition', statement 'assumption'

function parts.mistake(div)
  local name = div.attributes.name
  local mistake = ledger.mistakes[name] or stop('unknown mistake ' .. name)
  local judge, judged, by = ledger.claims[mistake.rejected_by], nil, nil
  for _, i in ipairs(judge and judge.implementations or {}) do
    if i.name == name then judged = i end
  end
  if judge then
    local href, words = reference(mistake.rejected_by)
    by = { href = href, words = words }
  end
  return render.mistake(div.content, { id = div.identifier, name = name, mistake = mistake, judged = judged, by = by })
end

function parts.figure(div)
  local blocks, problem = render.figure(div.content, {
    id = div.identifier, number = div.attributes.number, src = div.attributes.src, alt = div.attributes.alt })
  return blocks or stop(problem)
end

function parts.problem(div)
  local a = div.attributes
  local blocks, problem = render.problem(div.content, { number = a.number, src = a.src, box = a.box })
  return blocks or stop(problem)
end

function parts.table(div)
  return render.table(div.content, { id = div.identifier, number = div.attributes.number, src = div.attributes.src })
end

function parts.exercise(div)
  local a = div.attributes
  return render.exercise(div.content, {
    id = div.identifier, number = a.number, sort = a.sort, level = a.level, title = words_of(a.title) })
end

function parts.hint(div) return render.fold(div.content, 'hint', 'Hint ' .. (div.attributes.number or '')) end

function parts.solution(div) return render.fold(div.content, 'solution', 'Solution') end

-- Hints and solutions at the end of a chapter (paper.lua), and the lines that lead to them.
function parts.see(div) return render.see(div.content) end
function parts.aside(div) return render.aside(div.content, div.identifier) end
parts['aside-head'] = function(div) return render.aside_head(div.content) end

local boxes = {
  prerequisites = 'Before you start', ['by-hand'] = 'By hand', note = 'Note', answer = 'The answer', algorithm = 'Algorithm',
}
for class, words in pairs(boxes) do
  parts[class] = function(div)
    local title = words_of(div.attributes.title)
    return render.box(div.content, class, #title > 0 and title or { pandoc.Str(words) })
  end
end

-- What is written for another format goes, what is written for this one stays.
for format in pairs(structure.formats) do
  parts[format] = function(div) return (format == 'paper') == (render.paper or false) and div.content or {} end
end

-- The order of two numbers such as 2.9 and 2.13.
local function before(a, b)
  local m, n = a.number:match '(%d+)%.(%d+)'
  local p, q = b.number:match '(%d+)%.(%d+)'
  if m ~= p then return tonumber(m) < tonumber(p) end
  return tonumber(n) < tonumber(q)
end

local function listing(code)
  local a = code.attributes
  if not a.file then return render.plain_code and render.plain_code(code) end
  local implements = {}
  for label in (a.implements or ''):gmatch '%S+' do
    if index.labels[label] then implements[#implements + 1] = label end -- what a student's edition leaves out is not named
  end
  table.sort(implements, function(p, q) return before(index.labels[p], index.labels[q]) end)
  for i, label in ipairs(implements) do
    local href, words = reference(label)
    implements[i] = { href = href, words = words }
  end
  return render.listing(code, {
    id = code.identifier, number = a.number, file = a.file, first = tonumber(a.startFrom), caption = words_of(a.caption),
    implements = implements, cited = cited })
end

-- pandoc gives a wide pipe table widths of its own; the browser knows better.
local function table_(t)
  for i, spec in ipairs(t.colspecs) do t.colspecs[i] = { spec[1], nil } end
  return render.scroll(t)
end

local function heading(h)
  if h.level == 2 and index.labels and here:match '^%d' and not h.attributes.number and not h.classes:includes 'unnumbered' then
    stop('a heading that the scanner did not number: ' .. pandoc.utils.stringify(h))
  end
  return render.heading(h, h.attributes.number)
end

-- The side contents: all chapters, and the sections of this one below its name.
local function contents(headers)
  local sections
  for _, h in ipairs(headers) do
    if h.level == 2 then
      sections = sections or pandoc.List()
      local words = pandoc.List(h.attributes.number and { pandoc.Str(h.attributes.number), pandoc.Space() } or {})
      words:extend(h.content)
      sections:insert(pandoc.List { pandoc.Plain { pandoc.Link(words, '#' .. h.identifier) } })
    end
  end
  local items = pandoc.List()
  local function item(words, name)
    local current = name == here
    local attr = pandoc.Attr('', {}, current and { ['aria-current'] = 'page' } or {})
    local blocks = pandoc.List { pandoc.Plain { pandoc.Link(words, name .. '.html', '', attr) } }
    if current and sections then blocks:insert(pandoc.BulletList(sections)) end
    items:insert(blocks)
  end
  for _, c in ipairs(index.chapters) do
    local words = pandoc.List { pandoc.Str(tostring(c.number)), pandoc.Space() }
    words:extend(words_of(c.title))
    item(words, c.name)
  end
  item({ pandoc.Str 'Ledger' }, 'ledger')
  return pandoc.MetaBlocks { pandoc.BulletList(items) }
end

-- The pages in reading order: home, the chapters, the ledger.
local function neighbours(meta)
  local order = { { name = 'index', title = 'Home' } }
  for _, c in ipairs(index.chapters) do order[#order + 1] = c end
  order[#order + 1] = { name = 'ledger', title = 'Ledger' }
  for i, page in ipairs(order) do
    if page.name == here then
      for key, other in pairs { previous = order[i - 1], next = order[i + 1] } do
        meta[key] = pandoc.MetaMap {
          href = pandoc.MetaString(other.name .. '.html'), title = pandoc.MetaInlines(words_of(other.title)) }
      end
      if page.number then meta.number = pandoc.MetaString(tostring(page.number)) end
    end
  end
end

local function with_bibliography(doc)
  local cited = false
  doc:walk { Cite = function() cited = true end }
  if cited then
    doc.blocks:insert(pandoc.Header(2, 'References', pandoc.Attr('references', { 'unnumbered' })))
    doc.blocks:insert(pandoc.Div({}, pandoc.Attr 'refs'))
    doc.meta['link-citations'] = true
  end
end

function Pandoc(doc)
  local meta = doc.meta
  here = pandoc.utils.stringify(meta.chapter or meta.name)
  render.here, render.labels = here, index.labels
  with_bibliography(doc)
  if render.paper then doc.blocks = paper.gather(doc.blocks) end
  local headers = doc.blocks:filter(function(b) return b.t == 'Header' end)
  meta.root = pandoc.MetaString ''
  meta.page = pandoc.MetaString(here)
  meta.pagetitle = pandoc.MetaString(pandoc.utils.stringify(meta.subtitle or meta.title))
  neighbours(meta)
  local notices = {}
  if files.student then notices[1] = 'student edition: without the solutions' end
  if os.getenv 'QUICK' == '1' then notices[#notices + 1] = 'made with --quick: the long experiments were run in small versions' end
  if #notices > 0 then meta.quick = pandoc.MetaString(table.concat(notices, '; ')) end
  local blocks = pandoc.Pandoc(doc.blocks):walk({
    Div = function(div)
      local part = parts[div.classes[#div.classes]]
      return part and part(div)
    end,
    Table = table_, CodeBlock = listing, Header = heading,
  }):walk({ Link = link, Code = render.code, Span = render.span }).blocks
  if render.title then blocks = render.title(meta, blocks) end
  meta.contents = contents(headers)
  return pandoc.Pandoc(blocks, meta)
end
