-- The book's parts as HTML. Another output is another module with the same functions, each of
-- which takes what the part holds and says about itself, and gives a list of blocks.

local ascii = require 'ascii'
local display = require 'display'
local facts = require 'facts'
local figure = require 'figure'
local highlight = require 'highlight'
local proofs = require 'proofs'

local M = {}

local escape = figure.attribute

local function raw(text, ...)
  return pandoc.RawBlock('html', select('#', ...) > 0 and text:format(...) or text)
end

local function inline(text, ...) return pandoc.RawInline('html', text:format(...)) end

local function list(...)
  local out = pandoc.List()
  for _, part in ipairs { ... } do
    if part.t or part.tag then out:insert(part) else out:extend(part) end
  end
  return out
end

local function number(id, words)
  return ('<a class="number" href="#%s">%s</a>'):format(id, words)
end

-- A caption begins with its number, within its first paragraph.
local function caption(blocks, lead, tail)
  local out = pandoc.List(blocks):clone()
  local first = out[1]
  if first and (first.t == 'Para' or first.t == 'Plain') then
    local content = pandoc.List { inline('%s', lead), pandoc.Space() }
    content:extend(first.content)
    out[1] = pandoc.Para(content)
  else
    out:insert(1, pandoc.Para { inline('%s', lead) })
  end
  if tail then out:insert(raw(tail)) end
  return list(raw '<figcaption>', out, raw '</figcaption>')
end

-- Statements ------------------------------------------------------------------------------------

local function outcome_items(implementations)
  local out = {}
  for _, i in ipairs(implementations) do
    out[#out + 1] = ('<li><a href="ledger.html#%s"><code>%s</code></a>: %s%s</li>'):format(
      escape('mistake-' .. i.name), escape(i.name), ascii.html(facts.outcome(i)),
      i.named and ' <em>(named for this claim)</em>' or '')
  end
  return '<ul>' .. table.concat(out) .. '</ul>'
end

function M.claim_facts(claim)
  local out = { '<dl class="facts">' }
  local function fact(term, html) out[#out + 1] = ('<div><dt>%s</dt><dd>%s</dd></div>'):format(term, html) end
  for _, f in ipairs(facts.facts(claim)) do fact(f[1], ascii.html(f[2])) end
  local rejected, accepted = facts.implementations(claim)
  if #rejected > 0 then fact('Mistakes rejected', outcome_items(rejected)) end
  if #accepted > 0 then
    local names = {}
    for i, a in ipairs(accepted) do names[i] = ('<a href="ledger.html#%s"><code>%s</code></a>'):format(escape('mistake-' .. a.name), escape(a.name)) end
    fact('Left to other claims', table.concat(names, ', '))
  end
  fact('Check', ('<a href="source/%s.html#L%d">%s, line %d</a>'):format(claim.file, claim.line, claim.file, claim.line))
  out[#out + 1] = '</dl>'
  return table.concat(out)
end

local function badge(claim)
  return ('<details class="badge"><summary><span class="tick" aria-hidden="true">✓</span> checked: %s, %d\u{a0}%s</summary>%s</details>'):format(
    claim.kind, claim.cases, claim.cases == 1 and 'case' or 'cases', M.claim_facts(claim))
end

-- The functions that compute what a statement says.
local function computed_by(implementations)
  if #implementations == 0 then return '' end
  local out = {}
  for i, f in ipairs(implementations) do out[i] = ('<a href="%s"><code>%s</code></a>'):format(f.href, (escape(f.name):gsub('_', '_<wbr>'))) end
  return ('<p class="code-of">code: %s</p>'):format(table.concat(out, ', '))
end

-- The second mark: the theorems that say the same of all cases, as Coq reads them.
local function proof(claim)
  if not claim.proofs then return '' end
  local words, proved = proofs.words(claim)
  local out = { ('<details class="badge proof"><summary>%s%s</summary>'):format(
    proved and '<span class="tick" aria-hidden="true">✓</span> ' or '', escape(words)) }
  for _, t in ipairs(claim.proofs) do
    out[#out + 1] = ('<pre class="formal"><code>%s</code></pre>'):format(escape(t.statement))
    out[#out + 1] = ('<p>%s<a href="%s">The proof</a>. <a href="00-how-to-read.html#sec-formal">How to read it</a>.</p>'):format(
      t.scope and escape(t.scope:gsub('^%l', string.upper)) .. '. ' or '', escape(proofs.address(t)))
  end
  out[#out + 1] = '</details>'
  return table.concat(out)
end

local function equation(math, mark)
  return list(raw '<div class="display"><div class="equation">', pandoc.Plain { math }, raw('</div>%s</div>', mark))
end

-- The display of a statement leaves its paragraph, so that it can stand beside its number.
local function with_display(blocks, mark)
  return display.apart(blocks, function(math) return equation(math, mark) end)
end

local function in_words(blocks, mark)
  return list(raw '<div class="display in-words"><div class="words">', blocks, raw('</div>%s</div>', mark))
end

-- A definition, an assumption, or (with its facts from the ledger) a claim.
function M.statement(blocks, s)
  local mark = number(s.id, '(' .. s.number .. ')')
  local inner, found = with_display(blocks, mark)
  if not found then inner = in_words(blocks, mark) end
  local status = s.claim and badge(s.claim) .. proof(s.claim) or ('<p class="status">%s</p>'):format(s.class)
  return list(raw('<div class="statement %s" id="%s">', s.class, s.id), inner,
    raw('<div class="meta">%s%s</div></div>', computed_by(s.implemented), status))
end

function M.entry(claim, href, words)
  return list(raw('<div class="entry" id="%s"><p><a href="%s">%s</a> <strong>%s</strong></p>%s%s</div>', claim.label, href, words,
    claim.label, M.claim_facts(claim), proof(claim)))
end

function M.mistake(blocks, m)
  local inner = with_display(blocks, '<span class="false">false</span>')
  local source, url = facts.source(m.mistake)
  local out = { '<p class="verdict">' }
  if source then
    out[#out + 1] = url and (' Seen in <a href="%s">%s</a>.'):format(url, escape(source)) or ' Source: ' .. escape(source) .. '.'
  end
  if m.by then
    out[#out + 1] = (' Rejected by <a href="%s">%s</a>'):format(m.by.href, m.by.words)
    out[#out + 1] = m.judged and ': ' .. ascii.html(facts.outcome(m.judged)) .. '.' or '.'
  end
  out[#out + 1] = (' <a href="source/%s.html#L%d">The wrong program</a>.</p>'):format(m.mistake.file, m.mistake.line)
  return list(raw('<div class="box mistake" id="%s"><p class="box-title">Mistake <code>%s</code></p><p>%s</p>', m.id, escape(m.name), ascii.html(m.mistake.why or '')),
    inner, raw(table.concat(out)), raw '</div>')
end

-- Figures, tables, listings -----------------------------------------------------------------------

local function links(data, script)
  local out = {}
  if data then out[#out + 1] = ('<a href="%s">data</a>'):format(data) end
  if script then out[#out + 1] = ('<a href="source/%s.html">script</a>'):format(script) end
  return '<p class="links">' .. table.concat(out, ' ') .. '</p>'
end

function M.figure(blocks, f)
  local picture = figure.svg(f.src, f.id, f.alt) or figure.png(f.src, f.alt)
  if not picture then return nil, ('figure %s was not drawn'):format(f.src) end
  figure.narrow(f.src, f.id, f.alt)
  return list(raw('<figure class="figure" id="%s"><div class="plot">%s</div>', f.id, picture),
    caption(blocks, number(f.id, 'Figure ' .. f.number), links(figure.data(f.src), ('figures/%s.gp'):format(f.src))),
    raw '</figure>')
end

-- A problem on the home page: a part of its figure, its question, its answer in one line.
function M.problem(blocks, p)
  local picture = p.src and figure.thumbnail(p.src, p.box)
  if p.src and not picture then return nil, ('figure %s was not drawn'):format(p.src) end
  return list(raw('<div class="problem"><div class="cover">%s</div><div class="words"><p class="chapter-number">Chapter %s</p>', picture or '', p.number),
    blocks, raw '</div></div>')
end

function M.table(blocks, t)
  local words, rows = pandoc.List(), pandoc.List()
  for _, block in ipairs(blocks) do
    if block.t == 'RawBlock' or block.t == 'Table' then rows:insert(block) else words:insert(block) end
  end
  return list(raw('<figure class="table" id="%s">', t.id),
    caption(words, number(t.id, 'Table ' .. t.number), links(figure.data(t.src))), rows, raw '</figure>')
end

function M.scroll(block) return list(raw '<div class="scroll">', block, raw '</div>') end

local function computes(references)
  local out = {}
  for i, r in ipairs(references) do out[i] = ('<a class="ref" href="%s">%s</a>'):format(r.href, r.words) end
  return ' <span class="computes">computes ' .. table.concat(out, ', ') .. '</span>'
end

local longest = 45 -- lines; what is longer is folded

-- Code from a source carries its line numbers, and a link to the source's page; output has neither.
function M.listing(code, l)
  local inlines = pandoc.List(l.caption)
  local body
  local page = ('source/%s.html'):format(l.file)
  if l.file:match '^build/' then
    inlines:insert(inline(' <span class="file">%s</span>', escape(l.file)))
    body = pandoc.CodeBlock(code.text, pandoc.Attr('', code.classes))
  else
    local at = l.file:match '%.v$' and '' or '#L' .. l.first -- the page of a proof may be coqdoc's, without lines
    inlines:insert(inline(' <a class="file" href="%s%s">%s</a>', page, at, escape(l.file)))
    body = raw('%s', highlight.html(code.text, highlight.language(l.file), l.first, nil, l.cited))
  end
  if #l.implements > 0 then inlines:insert(inline('%s', computes(l.implements))) end
  local _, lines = code.text:gsub('\n', '')
  local fold = lines >= longest
  return list(raw('<figure class="listing" id="%s">', l.id),
    caption({ pandoc.Para(inlines) }, number(l.id, 'Listing ' .. l.number)),
    raw('%s', fold and ('<details class="long"><summary>%d lines</summary>'):format(lines + 1) or ''), body,
    raw('%s', fold and '</details>' or ''), raw '</figure>')
end

-- Exercises, folds, boxes ---------------------------------------------------------------------------

local levels = { ['1'] = '●○○', ['2'] = '●●○', ['3'] = '●●●' }

function M.exercise(blocks, e)
  local head = pandoc.List { inline('%s', number(e.id, 'Exercise ' .. e.number)), pandoc.Space(),
    inline('<span class="sort">%s</span> <span class="level" role="img" aria-label="level %s of 3">%s</span>', e.sort, e.level, levels[e.level]) }
  if #e.title > 0 then
    head:insert(inline '<span class="exercise-title">')
    head:extend(e.title)
    head:insert(inline '</span>')
  end
  return list(raw('<div class="exercise" id="%s"><div class="exercise-head">', e.id), pandoc.Plain(head), raw '</div>', blocks, raw '</div>')
end

function M.fold(blocks, class, words)
  return list(raw('<details class="fold %s"><summary>%s</summary><div class="folded">', class, words), blocks, raw '</div></details>')
end

function M.box(blocks, class, words)
  local title = pandoc.List { inline '<span class="box-title">' }
  title:extend(words)
  title:insert(inline '</span>')
  return list(raw('<div class="box %s">', class), pandoc.Plain(title), blocks, raw '</div>')
end

-- An option stays in one piece.
function M.code(el)
  local text = escape(el.text):gsub('%f[^%s%z](%-%-?[%w-]+)', '<span class="whole">%1</span>')
  return text:find('<', 1, true) and inline('<code>%s</code>', text) or nil
end

-- A heading that is a link needs no other.
function M.heading(h, section)
  if h.content[1].t == 'Link' then return h end
  local content = pandoc.List()
  if section then content:extend { inline('<span class="section-number">%s</span>', section), pandoc.Space() } end
  content:extend(h.content)
  content:extend { pandoc.Space(), inline('<a class="permalink" href="#%s" aria-label="Link to this section">#</a>', h.identifier) }
  return pandoc.Header(h.level, content, pandoc.Attr(h.identifier))
end

return M
