-- Code as lines of tokens, coloured by skylighting: { class, text } each, class nil for plain text.

local M = {}

local entities = { amp = '&', lt = '<', gt = '>', quot = '"', ['#39'] = "'" }

local function plain(html)
  return (html:gsub('&([#%w]+);', function(name) return entities[name] end))
end

local function tokens_of(line)
  local out, at = {}, 1
  while at <= #line do
    local s, e, class, text = line:find('<span class="(%a%a)">([^<]*)</span>', at)
    local before = line:sub(at, (s or #line + 1) - 1):gsub('<[^>]*>', '')
    if before ~= '' then out[#out + 1] = { nil, plain(before) } end
    if not s then break end
    out[#out + 1] = { class, plain(text) }
    at = e + 1
  end
  return out
end

-- Where skylighting does not know the language, each line is one token.
function M.lines(text, language)
  local out = {}
  if not language then
    for line in (text .. '\n'):gmatch '(.-)\n' do out[#out + 1] = { { nil, line } } end
    return out
  end
  local html = pandoc.write(pandoc.Pandoc { pandoc.CodeBlock(text, pandoc.Attr('', { language })) }, 'html')
  local body = html:match '<code[^>]*>(.*)</code>'
  for line in (body .. '\n'):gmatch '(.-)\n' do out[#out + 1] = tokens_of(line) end
  return out
end

-- A token's text as `plain` writes it; with address, the labels of the book in a comment or a string are links,
-- as `link` writes them from address and words.
function M.write(token, address, plain, link)
  if not (address and token[1] and token[1]:match '^[cs][ot]$') then return plain(token[2]) end
  local out, at = {}, 1
  for from, word, to in token[2]:gmatch '%f[%w]()([a-z][a-z0-9]*%-[a-z0-9-]+)()' do
    local href = address(word)
    if href then
      out[#out + 1] = plain(token[2]:sub(at, from - 1)) .. link(href, plain(word))
      at = to
    end
  end
  return table.concat(out) .. plain(token[2]:sub(at))
end

return M
