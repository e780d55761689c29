-- The book's parts for e-readers: XHTML that needs no script, no fold and no page beside it.

local ascii = require 'ascii'
local display = require 'display'
local facts = require 'facts'
local files = require 'files'
local drawing = require 'drawing'
local figure = require 'figure'
local highlight = require 'highlight'
local proofs = require 'proofs'
local tokens = require 'tokens'

local M = { paper = true, extension = '.xhtml' }

local escape = figure.attribute

local function raw(text, ...) return pandoc.RawBlock('html', select('#', ...) > 0 and text:format(...) or text) end
local function inline(text, ...) return pandoc.RawInline('html', text:format(...)) end

-- Blocks within an element.
local function within(open, blocks, close)
  local out = pandoc.List { raw('%s', open) }
  out:extend(blocks)
  out:insert(raw('%s', close))
  return out
end

local function caption(blocks, label, tail)
  local out = pandoc.List(blocks):clone()
  local first = out[1] and (out[1].t == 'Para' or out[1].t == 'Plain') and table.remove(out, 1) or pandoc.Para {}
  local content = pandoc.List { inline('<span class="number">%s</span>', label), pandoc.Space() }
  content:extend(first.content)
  if tail then content:insert(inline('%s', tail)) end
  out:insert(1, pandoc.Para(content))
  return within('<figcaption>', out, '</figcaption>')
end

function M.statement(blocks, s)
  local function set(math)
    return { raw('<div class="display"><div class="equation">'), pandoc.Plain { math }, raw('</div><div class="number">(%s)</div></div>', s.number) }
  end
  local inner, found = display.apart(blocks, set)
  if not found then
    inner = within('<div class="display"><div class="words">', inner, ('</div><div class="number">(%s)</div></div>'):format(s.number))
  end
  local status = s.claim and ('<a href="claims.xhtml#claim-%s">✓ checked</a>: %s'):format(s.id, s.claim.kind .. proofs.after(s.claim)) or s.class
  inner:insert(raw('<p class="status">%s</p>', status))
  return within(('<div class="statement" id="%s">'):format(s.id), inner, '</div>')
end

function M.mistake(blocks, m)
  local inner = display.apart(blocks, function(math)
    return { raw '<div class="display"><div class="equation">', pandoc.Plain { math }, raw '</div><div class="number false">false</div></div>' }
  end)
  inner:insert(raw('<p class="verdict">%s</p>', M.verdict(m)))
  return within(('<div class="box mistake" id="%s"><p class="box-title">Mistake <code>%s</code></p><p>%s</p>'):format(m.id, escape(m.name), ascii.html(m.mistake.why or '')), inner, '</div>')
end

function M.verdict(m)
  local out = ''
  local source, url = facts.source(m.mistake)
  if source then out = url and (' Seen in <a href="%s">%s</a>.'):format(url, escape(source)) or ' Source: ' .. escape(source) .. '.' end
  if not m.by then return out end
  return out .. (' Rejected by <a href="%s">%s</a>%s.'):format(m.by.href, m.by.words,
    m.judged and ': ' .. ascii.html(facts.outcome(m.judged)) or '')
end

-- Figures and tables -------------------------------------------------------------------------------

-- A reader of books shows a picture as it is, so the colours are those of paper, and so is the ground.
local function picture(name)
  local from = ('%s/figures/narrow/%s'):format(files.build, name)
  local svg = files.read(from .. '.svg')
  local to = name .. (svg and '.svg' or '.png')
  local content = svg and drawing.alone(svg, true) or files.read(from .. '.png')
  if content then files.write(files.book .. '/xhtml/figures/' .. to, content) end
  return content and 'figures/' .. to
end

function M.figure(blocks, f)
  local src = picture(f.src)
  if not src then return nil, ('figure %s was not drawn'):format(f.src) end
  local inner = pandoc.List { raw('<img src="%s" alt="%s"/>', src, escape(f.alt)) }
  inner:extend(caption(blocks, 'Figure ' .. f.number))
  return within(('<figure class="figure" id="%s">'):format(f.id), inner, '</figure>')
end

function M.table(blocks, t)
  local words, rows = pandoc.List(), pandoc.List()
  for _, block in ipairs(blocks) do (block.t == 'Table' and rows or words):insert(block) end
  local inner = caption(words, 'Table ' .. t.number)
  inner:extend(rows)
  return within(('<figure class="table" id="%s">'):format(t.id), inner, '</figure>')
end

function M.scroll(block) return block end

-- Listings ------------------------------------------------------------------------------------------

local function link(href, words) return ('<a href="%s">%s</a>'):format(href, words) end

local function line_html(line, address)
  local out = {}
  for i, token in ipairs(line) do
    local text = tokens.write(token, address, escape, link)
    out[i] = token[1] and ('<span class="%s">%s</span>'):format(token[1], text) or text
  end
  return table.concat(out)
end

local function code_html(text, language, first, address)
  local out = {}
  for i, line in ipairs(tokens.lines(text, language)) do
    local number = first and ('<span class="n">%4d</span> '):format(first + i - 1) or ''
    out[i] = ('<span class="line">%s%s\n</span>'):format(number, line_html(line, address))
  end
  return ('<pre class="%s"><code>'):format(first and 'numbered' or 'plain') .. table.concat(out) .. '</code></pre>'
end

-- What a program says of itself stands in two columns; a narrow page has room for one.
local function help_html(text)
  local out, open, joined = {}, nil, nil
  local function add(tag, line)
    local list = tag ~= 'p'
    if open and open ~= list then out[#out + 1] = '</dl>' end
    if list and not open then out[#out + 1] = '<dl>' end
    open = list or nil
    out[#out + 1] = ('<%s>%s</%s>'):format(tag, escape(line), tag)
    joined = tag
  end
  local function continue(line)
    out[#out] = out[#out]:gsub('</%l+>$', function(close) return ' ' .. escape(line) .. close end)
  end
  for line in (text .. '\n'):gmatch '([^\n]*)\n' do
    local term, words = line:match '^ +(%S.-)   *(%S.*)$'
    local alone, deep = line:match '^ ? ? ? ? ? ?([^ ].*)$', line:match '^          +(%S.*)$'
    if line:match '^%s*$' then joined = nil
    elseif deep and joined == 'dd' then continue(deep)
    elseif deep and joined == 'dt' then add('dd', deep)
    elseif term and not deep then
      add('dt', term)
      add('dd', words)
    elseif line:match '^ ' and alone then add('dt', alone)
    elseif joined == 'p' then continue(line)
    else add('p', line) end
  end
  if open then out[#out + 1] = '</dl>' end
  return '<div class="help">' .. table.concat(out, '\n') .. '</div>'
end

local function computes(references)
  local out = {}
  for i, r in ipairs(references) do out[i] = link(r.href, r.words) end
  return #out > 0 and ' computes ' .. table.concat(out, ', ') or ''
end

function M.plain_code(el) return raw('%s', code_html(el.text, el.classes[1] == 'c' and 'c')) end

function M.listing(code, l)
  local output = l.file:match '^build/'
  local inner = caption({ pandoc.Para(l.caption) }, 'Listing ' .. l.number, (' <code class="file">%s</code>'):format(escape(l.file)) .. computes(l.implements))
  inner:insert(raw('%s', l.file:match '%-help%.txt$' and help_html(code.text) or code_html(code.text, not output and highlight.language(l.file), not output and l.first, l.cited)))
  return within(('<figure class="listing" id="%s">'):format(l.id), inner, '</figure>')
end

-- Exercises, what is set aside, boxes -----------------------------------------------------------------

local levels = { ['1'] = '●○○', ['2'] = '●●○', ['3'] = '●●●' }

function M.exercise(blocks, e)
  local head = pandoc.List { inline('<span class="number">Exercise %s</span> %s, <span class="level" role="img" aria-label="level %s of 3">%s</span>',
    e.number, e.sort, e.level, levels[e.level]) }
  if #e.title > 0 then
    head:insert(inline '<span class="exercise-title">')
    head:extend(e.title)
    head:insert(inline '</span>')
  end
  local inner = pandoc.List(blocks):clone()
  inner:insert(1, pandoc.Para(head))
  return within(('<section class="exercise" id="%s">'):format(e.id), inner, '</section>')
end

function M.see(blocks) return within('<div class="see">', blocks, '</div>') end
function M.aside_head(blocks) return within('<div class="aside-head">', blocks, '</div>') end
function M.aside(blocks, id) return within(('<section class="aside" id="%s">'):format(id), blocks, '</section>') end

function M.box(blocks, class, words)
  local title = pandoc.List { inline '<span class="box-title">' }
  title:extend(words)
  title:insert(inline '</span>')
  local inner = pandoc.List(blocks):clone()
  inner:insert(1, pandoc.Plain(title))
  return within(('<div class="box %s">'):format(class), inner, '</div>')
end

function M.heading(h, section)
  local content = pandoc.List()
  if section then content:extend { inline('<span class="section-number">%s</span>', section), pandoc.Space() } end
  content:extend(h.content)
  return pandoc.Header(h.level, content, pandoc.Attr(h.identifier))
end

-- Sources have no page here: their path does instead.
function M.source(el, path)
  local words = el.content:clone()
  if pandoc.utils.stringify(words) ~= path then words:extend { pandoc.Str ' (', pandoc.Code(path), pandoc.Str ')' } end
  return pandoc.Span(words)
end

function M.claims(el)
  el.target = 'claims.xhtml'
  return el
end

function M.within(el) return el end

return M
