-- Code as HTML: skylighting's colours, and the numbers of the lines.

local M = {}

local languages = { c = 'c', h = 'c', lua = 'lua', sh = 'bash', js = 'javascript', json = 'json' }

-- The language of a file by its name; nil where skylighting knows none (gnuplot) or fails (Markdown).
function M.language(path) return languages[path:match '%.(%w+)$' or ''] end

-- The sorts of token that the style sheet colours; the others are plain ink, and weigh nothing.
local coloured = {}
for class in ('kw cf pp im st ch sc vs ss co do an cv dv fl bn cn'):gmatch '%S+' do coloured[class] = true end

local function without_plain(html)
  return (html:gsub('<span class="(%a%a)">([^<]*)</span>', function(class, text)
    if not coloured[class] then return text end
  end))
end

-- A label of the book in a comment or a string becomes a link.
local function with_citations(html, address)
  return (html:gsub('(<span class="[cs][ot]">)([^<]*)(</span>)', function(open, text, close)
    return open .. text:gsub('%f[%w][a-z][a-z0-9]*%-[a-z0-9-]+', function(word)
      local href = address(word)
      return href and ('<a href="%s">%s</a>'):format(href, word)
    end) .. close
  end))
end

-- Lines are numbered from `first`. With `id`, each line has an anchor that begins so, and its
-- number is the link to it. address(label) gives where a label of the book stands, or nil.
function M.html(text, language, first, id, address)
  local attr = pandoc.Attr('cb', { language or 'default', 'numberLines' }, { startFrom = tostring(first) })
  local html = without_plain(pandoc.write(pandoc.Pandoc { pandoc.CodeBlock(text, attr) }, 'html'))
  if address then html = with_citations(html, address) end
  html = html:gsub('<span id="cb%-(%d+)"><a href="#cb%-%d+"[^>]*></a>', function(n)
    if not id then return '<span>' end
    return ('<span id="%s%s"><a class="line" href="#%s%s" data-n="%s" aria-hidden="true" tabindex="-1"></a>'):format(id, n, id, n, n)
  end)
  html = html:gsub('<div class="sourceCode" id="cb"[^>]*>', '<div class="sourceCode">'):gsub(' style="counter%-reset[^"]*"', '')
  if id then return html end
  return (html:gsub('<pre%s+class="[^"]*"><code class="[^"]*">', ('<pre class="counted"><code style="counter-reset:line %d">'):format(first - 1), 1))
end

return M
