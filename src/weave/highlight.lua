-- Code as HTML: skylighting's colours, and one link a line that carries the line's number.

local M = {}

local languages = { c = 'c', h = 'c', lua = 'lua', sh = 'bash', js = 'javascript', json = 'json' }

-- The language of a file by its name; nil where skylighting knows none (gnuplot) or fails (Markdown).
function M.language(path) return languages[path:match '%.(%w+)$' or ''] end

-- `id` begins each line's id; `href` begins the address its number leads to.
function M.html(text, language, first, id, href)
  local attr = pandoc.Attr('cb', { language or 'default', 'numberLines' }, { startFrom = tostring(first) })
  local html = pandoc.write(pandoc.Pandoc { pandoc.CodeBlock(text, attr) }, 'html')
  html = html:gsub('<span id="cb%-(%d+)"><a href="#cb%-%d+"[^>]*></a>', function(n)
    return ('<span id="%s%s"><a class="line" href="%s%s" data-n="%s" aria-hidden="true" tabindex="-1"></a>'):format(id, n, href, n, n)
  end)
  return (html:gsub('<div class="sourceCode" id="cb"[^>]*>', '<div class="sourceCode">'):gsub(' style="counter%-reset[^"]*"', ''))
end

return M
