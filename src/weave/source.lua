-- pandoc filter that is a batch: every file of B/book/sources.txt becomes B/book/source/FILE.html,
-- through the template of the pages, in one process. What pandoc itself writes is empty, a stamp.

package.path = PANDOC_SCRIPT_FILE:match '^(.*)/' .. '/?.lua;/usr/share/lua/5.3/?.lua;' .. package.path
local files = require 'files'
local highlight = require 'highlight'

local index = dofile(files.book .. '/index.lua')

-- Where a label of the book, or a function that judges one or computes its line, stands.
local function address(root)
  return function(word)
    local label = index.labels[word:gsub('_', '-')]
    return label and ('%s%s.html#%s'):format(root, label.page, word:gsub('_', '-'))
  end
end

-- By convention such a function has the claim's label for its name.
local function with_functions(html, cited)
  return (html:gsub('(data%-n="%d+"[^>]*></a>)([a-z][a-z0-9_]*)( %()', function(before, name, after)
    local href = cited(name)
    return before .. (href and ('<a href="%s">%s</a>'):format(href, name) or name) .. after
  end))
end

local function coqdoc(name) return files.read(('%s/proofs/html/Latent.%s.html'):format(files.build, name)) end

-- coqdoc links to places that it does not mark, such as a section's implicit variables, and to
-- notations, whose names need escapes.
local function without_dead_links(html)
  html = html:gsub('<a id="[^"]*" class="idref" href="#[^"]*&[^"]*">(.-)</a>', '%1')
  local pages = { [''] = html }
  return (html:gsub('<a class="idref" href="([^"#]*)#([^"]*)">(.-)</a>', function(page, place, words)
    pages[page] = pages[page] or coqdoc(page:match '^Latent%.([%w_]+)%.html$' or '') or ''
    if place:find '&' or not pages[page]:find(('id="%s"'):format(place), 1, true) then return words end
  end))
end

-- A proof is read as the page that coqdoc has made of it, where Coq has checked this very text.
local function proof(path, text)
  local name = path:match '^proofs/([%w_]+)%.v$'
  local html = name and coqdoc(name)
  if not html or files.read(files.build .. '/proofs/html/' .. name .. '.v') ~= text then return nil end
  html = without_dead_links(html):gsub('href="Latent%.([%w_]+)%.html', 'href="%1.v.html')
  -- The page has a title of its own.
  html = html:gsub('(</?h)(%d)', function(tag, level) return ('%s%d'):format(tag, level + 1) end)
  return '<div class="coqdoc">' .. html .. '</div>'
end

local function page(path, options)
  local text = files.read(path)
  if not text then
    io.stderr:write('source page: ', path, ' is not there\n')
    os.exit(1)
  end
  local _, depth = path:gsub('/', '')
  local root = ('../'):rep(depth + 1)
  local meta = {
    pagetitle = pandoc.MetaString(path), source = true, lang = 'en-GB',
    root = pandoc.MetaString(root), title = pandoc.MetaInlines { pandoc.Str(path) },
  }
  local cited = address(root)
  local code = proof(path, text) or with_functions(highlight.html(text:gsub('\n+$', ''), highlight.language(path), 1, 'L', cited), cited)
  return pandoc.write(pandoc.Pandoc({ pandoc.RawBlock('html', code) }, meta), 'html', options)
end

-- The labels that a text mentions, and the pages they stand on.
local function mentioned(text)
  local out = {}
  for word in text:gmatch '%f[%w][a-z][a-z0-9]*[_-][a-z0-9_-]*%w' do
    local label = index.labels[word:gsub('_', '-')]
    if label then out[#out + 1] = word .. ' ' .. label.page end
  end
  return table.concat(out, '\n')
end

function Pandoc(doc)
  local here, out = PANDOC_SCRIPT_FILE:match '^(.*)/', files.book .. '/source/'
  local makers = { files.read(here .. '/source.lua'), files.read(here .. '/highlight.lua'), files.read(here .. '/page.html') }
  local all = files.read(out .. '.made-by') ~= table.concat(makers)
  local linked = files.read(out .. '.links.lua') and dofile(out .. '.links.lua') or {}
  local links = {}
  -- Colouring is slow, so a page is made again only when its source, copied beside it, or a place it
  -- links to has changed, or when what makes all pages has.
  for _, path in ipairs(files.lines(files.book .. '/sources.txt')) do
    local text = files.read(path) or ''
    links[path] = mentioned(text)
    if all or path:match '%.v$' or links[path] ~= linked[path] or files.read(out .. path) ~= text or not files.read(out .. path .. '.html') then
      files.write(out .. path .. '.html', page(path, PANDOC_WRITER_OPTIONS))
    end
    files.write(out .. path, text)
  end
  files.write(out .. '.links.lua', 'return ' .. files.serialise(links) .. '\n')
  files.write(out .. '.made-by', table.concat(makers))
  doc.meta.pagetitle = pandoc.MetaString 'sources'
  return doc
end
