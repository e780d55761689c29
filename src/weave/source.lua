-- pandoc filter that is a batch: every file of B/book/sources.txt becomes B/book/source/FILE.html,
-- through the template of the pages, in one process. What pandoc itself writes is empty, a stamp.

package.path = PANDOC_SCRIPT_FILE:match '^(.*)/' .. '/?.lua;/usr/share/lua/5.3/?.lua;' .. package.path
local files = require 'files'
local highlight = require 'highlight'

local function page(path, options)
  local text = files.read(path)
  if not text then
    io.stderr:write('source page: ', path, ' is not there\n')
    os.exit(1)
  end
  local _, depth = path:gsub('/', '')
  local meta = {
    pagetitle = pandoc.MetaString(path), source = true, lang = 'en-GB',
    root = pandoc.MetaString(('../'):rep(depth + 1)), title = pandoc.MetaInlines { pandoc.Str(path) },
  }
  local code = highlight.html(text:gsub('\n+$', ''), highlight.language(path), 1, 'L', '#L')
  return pandoc.write(pandoc.Pandoc({ pandoc.RawBlock('html', code) }, meta), 'html', options)
end

-- Colouring is slow, so a page is made again only when its source, copied beside it, has changed,
-- or when what makes all pages has.
local function renew(path, all, options)
  local to = ('%s/source/%s'):format(files.book, path)
  local html = all or files.read(to) ~= files.read(path) or not files.read(to .. '.html')
  if html then files.write(to .. '.html', page(path, options)) end
  files.write(to, files.read(path))
end

function Pandoc(doc)
  local here = PANDOC_SCRIPT_FILE:match '^(.*)/'
  local makers = { files.read(here .. '/source.lua'), files.read(here .. '/highlight.lua'), files.read(here .. '/page.html') }
  local stamp = files.book .. '/source/.made-by'
  local all = files.read(stamp) ~= table.concat(makers)
  for _, path in ipairs(files.lines(files.book .. '/sources.txt')) do renew(path, all, PANDOC_WRITER_OPTIONS) end
  files.write(stamp, table.concat(makers))
  doc.meta.pagetitle = pandoc.MetaString 'sources'
  return doc
end
