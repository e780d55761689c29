-- The book's parts as LaTeX: calls of what book.tex defines.

local ascii = require 'ascii'
local display = require 'display'
local drawing = require 'drawing'
local facts = require 'facts'
local files = require 'files'
local highlight = require 'highlight'
local proofs = require 'proofs'
local tokens = require 'tokens'

local M = { paper = true, extension = '' }

local function raw(text, ...) return pandoc.RawBlock('latex', select('#', ...) > 0 and text:format(...) or text) end
local function inline(text, ...) return pandoc.RawInline('latex', select('#', ...) > 0 and text:format(...) or text) end

local special = {
  ['\\'] = '\\textbackslash{}', ['{'] = '\\{', ['}'] = '\\}', ['$'] = '\\$', ['&'] = '\\&', ['#'] = '\\#', ['%'] = '\\%',
  ['_'] = '\\_', ['^'] = '\\textasciicircum{}', ['~'] = '\\textasciitilde{}', ["'"] = '\\textquotesingle{}', ['`'] = '\\textasciigrave{}',
  ['-'] = '-{}', ['<'] = '<{}', ['>'] = '>{}', [','] = ',{}', ['"'] = '\\textquotedbl{}',
}

local function escape(text) return (text:gsub('[\\{}$&#%%_^~]', special)) end

-- Code in a line of prose may break within a path or a compound name, but keeps an option and an extension whole.
local function breakable(text)
  return (text:gsub('[\\{}$&#%%_^~\'`<>,"-]', special):gsub('([/=])', '%1\\allowbreak{}'):gsub('\\_', '\\_\\allowbreak{}')
    :gsub('(%w)%-{}(%w)', '%1-\\allowbreak{}%2'))
end

local function code(text) return ('\\code{%s}'):format(breakable(text)) end

-- Blocks within an environment.
local function within(open, blocks, close)
  local out = pandoc.List { raw('%s', open) }
  out:extend(blocks)
  out:insert(raw('%s', close))
  return out
end

local function caption(blocks, label, tail)
  local out = pandoc.List(blocks):clone()
  local first = out[1] and (out[1].t == 'Para' or out[1].t == 'Plain') and table.remove(out, 1) or pandoc.Para {}
  local content = pandoc.List { inline('\\labelled{%s}', label) }
  content:extend(first.content)
  if tail then content:insert(inline('%s', tail)) end
  out:insert(1, pandoc.Para(content))
  return within('\\begin{bookcaption}', out, '\\end{bookcaption}')
end

-- An id is one in its chapter only, unless the scanner gave it.
local function own(id) return M.here .. '-' .. id end

local function go(href, words) return ('\\goto{%s}{%s}'):format(href:match '#(.*)', words) end

-- A display's parts between the gaps outside its groups.
local function parts(tex)
  local out, depth, from, at = {}, 0, 1, 1
  while at <= #tex do
    local word = tex:match('^\\%a+', at) or tex:match('^\\.', at) or tex:sub(at, at)
    if word == '{' or word == '\\begin' or word == '\\left' then depth = depth + 1
    elseif word == '}' or word == '\\end' or word == '\\right' then depth = depth - 1
    elseif word == '\\qquad' and depth == 0 then
      out[#out + 1] = tex:sub(from, at - 1)
      from = at + #word
    end
    at = at + #word
  end
  out[#out + 1] = tex:sub(from)
  return out
end

-- One that is too wide for its line puts each part on a line of its own; rows that are only gathered stand flush left.
local function set_display(tex, tag, mark)
  local rows = tex:match '^%s*\\begin{gathered}(.*)\\end{gathered}%s*$'
  if rows then tex = ('\\begin{aligned}&{%s}\\end{aligned}'):format((rows:gsub('\\\\%s', '}\\\\[3pt]&{'))) end
  local list = parts(tex)
  local stacked = #list == 1 and tex or ('\\begin{aligned}&{%s}\\end{aligned}'):format(table.concat(list, '}\\\\[3pt]&\\qquad{'))
  return raw('\\bookdisplay{%s}{%s}{%s}{%s}', tex, stacked, tag, mark)
end

-- Statements ------------------------------------------------------------------------------------------

function M.statement(blocks, s)
  local mark = s.claim and ('\\checked{claim-%s}{%s}'):format(s.id, s.claim.kind .. proofs.after(s.claim)) or ('\\stated{%s}'):format(s.class)
  local inner, found = display.apart(blocks, function(math)
    return { set_display(math.text, ('(%s)'):format(s.number), mark) }
  end)
  if not found then inner = within(('\\begin{inwords}{(%s)}{%s}'):format(s.number, mark), inner, '\\end{inwords}') end
  inner:insert(1, raw('\\anchor{%s}{%s}', s.id, s.number))
  return within('\\begin{statement}', inner, '\\end{statement}')
end

function M.mistake(blocks, m)
  local inner = display.apart(blocks, function(math)
    return { set_display(math.text, '\\false', '') }
  end)
  local words = { '\\begin{verdict}' }
  local source, url = facts.source(m.mistake)
  if source then words[#words + 1] = url and (' Seen in \\href{%s}{%s}.'):format(url:gsub('[#%%]', '\\%0'), escape(source)) or ' Source: ' .. escape(source) .. '.' end
  if m.by then
    words[#words + 1] = (' Rejected by %s%s.'):format(go(m.by.href, m.by.words),
      m.judged and ': ' .. ascii.latex(facts.outcome(m.judged)) or '')
  end
  words[#words + 1] = '\\end{verdict}'
  inner:insert(raw('%s', table.concat(words)))
  return within(('\\begin{bookbox}\\anchor{%s}{}\\boxtitle{Mistake %s}%s\\par\\vskip 2pt'):format(m.id, code(m.name), ascii.latex(m.mistake.why or '')), inner, '\\end{bookbox}')
end

-- Figures and tables ------------------------------------------------------------------------------------

-- What is copied here becomes a PDF later, by one program for all.
local function picture(name)
  local from = ('%s/figures/%s'):format(files.build, name)
  local svg = files.read(from .. '.svg')
  local png = not svg and files.read(from .. '.png')
  if svg then files.write(('%s/tex/figures/%s.svg'):format(files.book, name), drawing.alone(svg)) end
  if png then files.write(('%s/tex/figures/%s.png'):format(files.book, name), png) end
  return svg and 'figures/' .. name .. '.pdf' or png and 'figures/' .. name .. '.png'
end

function M.figure(blocks, f)
  local src = picture(f.src)
  if not src then return nil, ('figure %s was not drawn'):format(f.src) end
  return within(('\\begin{figure}[htbp]\\anchor{%s}{%s}\\drawing{%s}'):format(f.id, f.number, src),
    caption(blocks, 'Figure ' .. f.number), '\\end{figure}')
end

-- The rows of a table, head included.
local function height(t)
  local n = 1
  for _, body in ipairs(t and t.bodies or {}) do n = n + #body.body end
  return n
end

function M.table(blocks, t)
  local words, rows = pandoc.List(), pandoc.List()
  for _, block in ipairs(blocks) do (block.t == 'Table' and rows or words):insert(block) end
  local inner = caption(words, 'Table ' .. t.number)
  inner:extend(rows)
  return within(('\\begin{booktable}{%d}\\anchor{%s}{%s}'):format(math.min(8 + height(rows[1]), 35), t.id, t.number), inner, '\\end{booktable}')
end

local line = 88 -- characters of a table's type in the measure

-- How many characters the widest cell of each column has, with its head in one line and in two.
local function widths(t)
  local most, broken = {}, {}
  local function look(rows, head)
    for _, row in ipairs(rows) do
      for i, cell in ipairs(row[2] or row.cells) do
        local contents = cell.contents or cell.content or cell[5]
        local text = pandoc.utils.stringify(pandoc.Div(contents))
        local n, half = utf8.len(text) or 0, 0
        for at in (text .. ' '):gmatch '() ' do half = math.max(half, math.min(at - 1, n - at)) end
        most[i] = math.max(most[i] or 1, n)
        broken[i] = math.max(broken[i] or 1, head and n > 8 and n - half or n)
      end
    end
  end
  look(t.head[2] or t.head.rows, true)
  for _, body in ipairs(t.bodies) do look(body.body) end
  return most, broken
end

-- A table that is too wide for the page breaks the lines of its wide columns.
function M.scroll(t)
  local most, broken = widths(t)
  local sum = 0
  for _, n in ipairs(most) do sum = sum + n + 2 end
  if sum <= line then return t end
  most = broken
  local narrow, wide = 0, 0
  for _, n in ipairs(most) do
    if n <= 16 then narrow = narrow + n + 2 else wide = wide + n end
  end
  for i, n in ipairs(most) do
    local share = n <= 16 and (n + 2) / math.max(line, narrow) or (1 - narrow / line) * n / wide
    t.colspecs[i] = { t.colspecs[i][1], share }
  end
  return t
end

-- Code ------------------------------------------------------------------------------------------------------

local styles = {}
for class in ('kw cf pp im'):gmatch '%S+' do styles[class] = '\\codeword' end
for class in ('st ch sc vs ss'):gmatch '%S+' do styles[class] = '\\codetext' end
for class in ('co do an cv'):gmatch '%S+' do styles[class] = '\\codecomment' end

-- Spaces are glue of one width, at which a line that is too long may break; so may a ruled line.
local function tex_code(text)
  return (text:gsub('[\\{}$&#%%_^~\'`<>,"-]', special):gsub('\t', '        '):gsub(' ', '\\codespace{}')
    :gsub(('%-{}'):rep(20), '%0\\allowbreak{}'))
end

local function code_line(line, number, address)
  local out = {}
  local indent = line[1] and line[1][2]:match '^ *' or ''
  for i, token in ipairs(line) do
    local shown = { token[1], i == 1 and token[2]:sub(#indent + 1) or token[2] }
    local text = tokens.write(shown, address, tex_code, go)
    if text ~= '' then out[#out + 1] = styles[token[1]] and ('%s{%s}'):format(styles[token[1]], text) or text end
  end
  return ('\\codeline{%s}{%d}{%s}'):format(number or '', #indent, table.concat(out))
end

local function code_lines(text, language, first, address)
  local out = { '\\begin{codelines}' }
  for i, each in ipairs(tokens.lines(text, language)) do
    out[#out + 1] = code_line(each, first and tostring(first + i - 1), address)
  end
  out[#out + 1] = '\\end{codelines}'
  return raw('%s', table.concat(out, '\n'))
end

local function computes(references)
  local out = {}
  for i, r in ipairs(references) do out[i] = go(r.href, r.words) end
  return #out > 0 and ' computes ' .. table.concat(out, ', ') or ''
end

function M.listing(el, l)
  local output = l.file:match '^build/'
  local inner = caption({ pandoc.Para(l.caption) }, 'Listing ' .. l.number, ('\\file{%s}'):format(code(l.file)) .. computes(l.implements))
  inner:insert(code_lines(el.text, not output and highlight.language(l.file), not output and l.first, l.cited))
  local _, more = el.text:gsub('\n', '')
  return within(('\\begin{listing}{%d}\\anchor{%s}{%s}'):format(math.min(4 + more, 12), l.id, l.number), inner, '\\end{listing}')
end

function M.plain_code(el) return code_lines(el.text, el.classes[1] == 'c' and 'c') end

function M.code(el) return inline('%s', code(el.text)) end

-- Exercises, what is set aside, boxes ------------------------------------------------------------------------

function M.exercise(blocks, e)
  local head = pandoc.List { inline('\\exercisehead{%s}{%s}{%s}{', e.number, e.sort, e.level) }
  head:extend(e.title)
  head:insert(inline '}')
  local inner = pandoc.List(blocks):clone()
  inner:insert(1, pandoc.Para(head))
  inner:insert(2, raw '\\noheadindent')
  return within(('\\begin{exercise}\\anchor{%s}{%s}'):format(e.id, e.number), inner, '\\end{exercise}')
end

function M.see(blocks) return within('\\begin{see}', blocks, '\\end{see}') end
function M.aside_head(blocks) return within('\\begin{asidehead}', blocks, '\\end{asidehead}') end
function M.aside(blocks, id) return within(('\\begin{aside}\\anchor{%s}{}'):format(own(id)), blocks, '\\end{aside}') end

function M.box(blocks, class, words)
  local title = pandoc.List { inline('\\boxtitle{') }
  title:extend(words)
  title:insert(inline '}')
  local inner = pandoc.List(blocks):clone()
  inner:insert(1, pandoc.Plain(title))
  return within('\\begin{bookbox}', inner, '\\end{bookbox}')
end

-- Headings, links -----------------------------------------------------------------------------------------------

local commands = { [2] = 'booksection', [3] = 'booksubsection', [4] = 'bookminor' }

-- The heading's words are set, and stand plain in the PDF's outline.
function M.heading(h, section)
  local id = M.labels[h.identifier] and h.identifier or own(h.identifier)
  local out = pandoc.List { inline('\\%s{%s}{%s}{%s}{', commands[h.level], id, section or '', escape(pandoc.utils.stringify(h.content))) }
  out:extend(h.content)
  out:insert(inline '}')
  return pandoc.Plain(out)
end

function M.title(meta, blocks)
  local number = meta.chapter and pandoc.utils.stringify(meta.chapter):match '^0*(%d+)' or ''
  local out = pandoc.List { inline('\\bookchapter{%s}{%s}{%s}{', M.here, number, escape(pandoc.utils.stringify(meta.title))) }
  out:extend(meta.title.content or meta.title)
  out:insert(inline '}')
  blocks:insert(1, pandoc.Plain(out))
  return blocks
end

local function link(id, el)
  local out = pandoc.List { inline('\\goto{%s}{', id) }
  out:extend(el.content)
  out:insert(inline '}')
  return out
end

function M.reference(el, id) return link(id, el) end
function M.claims(el) return link('claims', el) end

function M.within(el, id)
  local out = link(own(id), el)
  out:insert(inline('\\onpage{%s}', own(id)))
  return out
end

function M.source(el, path)
  local words = el.content:clone()
  if pandoc.utils.stringify(words) ~= path then words:extend { pandoc.Space(), inline('(%s)', code(path)) } end
  return words
end

function M.span(el)
  if el.identifier == '' then return nil end
  local out = pandoc.List { inline('\\anchor{%s}{}', el.identifier) }
  out:extend(el.content)
  return out
end

return M
