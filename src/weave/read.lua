-- The book's Markdown as a list of events, each of which knows its file and line.
--   open, close  fenced divs          code     a fenced block and its lines
--   heading      "## words {#id}"     text     lines that stand together
-- and the words of a text as a list of tokens (M.inline).

local files = require 'files'

local M = {}

-- "{#id .class key=value key="va\"lue"}" or a bare class; nil and a message when it is neither.
function M.attributes(text)
  local a = { classes = {}, values = {}, keys = {} }
  if text:match '^[%w-]+$' then
    a.classes[1] = text
    return a
  end
  local inside = text:match '^{%s*(.-)%s*}$'
  if not inside then return nil, ('attributes %s are not understood'):format(text) end
  local at = 1
  while at <= #inside do
    local kind, name, after = inside:match('^([#.])([%w_-]+)()', at)
    local key, value
    if kind == '#' then
      a.id = name
    elseif kind then
      a.classes[#a.classes + 1] = name
    else
      key, after = inside:match('^([%w-]+)=()', at)
      if not key then return nil, ('attribute %s is not understood'):format(inside:match('^%S+', at)) end
      if inside:sub(after, after) == '"' then
        local close = after
        repeat close = inside:find('"', close + 1, true) until not close or inside:sub(close - 1, close - 1) ~= '\\'
        if not close then return nil, ('attribute %s: " is not closed'):format(key) end
        value, after = inside:sub(after + 1, close - 1):gsub('\\"', '"'), close + 1
      else
        value, after = inside:match('^(%S+)()', after)
        if not value then return nil, ('attribute %s is empty'):format(key) end
      end
      if a.values[key] then return nil, ('attribute %s stands twice'):format(key) end
      a.values[key] = value:gsub('%s*\n%s*', ' ')
      a.keys[#a.keys + 1] = key
    end
    at = inside:match('^%s*()', after)
  end
  return a
end

-- Attributes may run over several lines: joined until the brace closes outside quotes.
local function gather(lines, at, text)
  local function closed(s) return not s:match '^{' or s:gsub('\\"', ''):gsub('"[^"]*"', ''):match '}%s*$' end
  while not closed(text) and lines[at + 1] and lines[at + 1] ~= '' do
    at = at + 1
    text = text .. '\n' .. lines[at]
  end
  return text:match '^%s*(.-)%s*$', at
end

local function front_matter(lines, path, report)
  if lines[1] ~= '---' then return {}, 1 end
  local meta, key = { line = {} }, nil
  for i = 2, #lines do
    local line = lines[i]
    if line == '---' then
      for k, v in pairs(meta) do
        if type(v) == 'string' then meta[k] = v:match '^"(.*)"$' or v:match "^'(.*)'$" or v end
      end
      return meta, i + 1
    end
    local k, v = line:match '^([%w-]+):%s*(.-)%s*$'
    if k then
      key, meta[k], meta.line[k] = k, v:match '^[>|]-?$' and '' or v, i
    elseif key and line:match '^%s+%S' then
      meta[key] = (meta[key] .. ' ' .. line:match '^%s*(.-)%s*$'):match '^%s*(.*)$'
    end
  end
  report(path, 1, 'front matter --- is not closed')
  return meta, 2
end

local function read_code(lines, at, path, report)
  local indent, fence, rest = lines[at]:match '^(%s*)(```+)%s*(.*)$'
  local event = { t = 'code', line = at, body = {}, indent = indent }
  rest, at = gather(lines, at, rest)
  event.attr = { classes = {}, values = {}, keys = {} }
  if rest ~= '' then
    local attr, problem = M.attributes(rest)
    if attr then event.attr = attr else report(path, event.line, problem) end
  end
  for i = at + 1, #lines do
    local close = lines[i]:match '^%s*(```+)%s*$'
    if close and #close >= #fence then return event, i end
    local another = lines[i]:match '^%s*(```+)%s*[{%a]'
    if another and #another >= #fence then
      report(path, event.line, ('%s is not closed before the next begins at line %d'):format(fence, i))
      return event, i - 1
    end
    event.body[#event.body + 1] = lines[i]:sub(1, #indent):match '%S' and lines[i] or lines[i]:sub(#indent + 1)
  end
  report(path, event.line, fence .. ' is not closed')
  return event, #lines
end

local function read_heading(lines, at, path, report)
  local hashes, text = lines[at]:match '^(#+)%s+(.-)%s*#*%s*$'
  local event = { t = 'heading', line = at, level = #hashes, text = text, attr = { classes = {}, values = {}, keys = {} } }
  local words, braces = text:match '^(.-)%s*({[#.][^{}]*})$'
  if words then
    local attr, problem = M.attributes(braces)
    if attr then event.text, event.attr = words, attr else report(path, at, problem) end
  end
  return event, at
end

local function read_open(lines, at, path, report)
  local rest = lines[at]:match '^%s*:::+%s*(.*)$'
  local event = { t = 'open', line = at }
  rest, at = gather(lines, at, (rest:gsub('%s*:+$', '')))
  local attr, problem = M.attributes(rest)
  if not attr then report(path, event.line, problem) end
  event.attr = attr or { classes = {}, values = {}, keys = {} }
  return event, at
end

local function structural(line)
  if line:match '^%s*:::+%s*$' then return 'close' end
  if line:match '^%s*:::+' then return 'open' end
  if line:match '^%s*```' then return 'code' end
  if line:match '^#+%s' then return 'heading' end
  if line:match '^%s*$' then return 'blank' end
end

-- A display may hold what looks like structure only by mistake, so text ends at any structural line.
local function read_text(lines, at)
  local first = at
  while lines[at + 1] and not structural(lines[at + 1]) do at = at + 1 end
  return { t = 'text', line = first, text = table.concat(lines, '\n', first, at) }, at
end

function M.file(path, report)
  local lines = files.lines(path)
  if not lines then return nil end
  local meta, at = front_matter(lines, path, report)
  local events = { meta = meta }
  local readers = { code = read_code, heading = read_heading, open = read_open }
  while at <= #lines do
    local kind, event = structural(lines[at]), nil
    if kind == 'close' then
      event = { t = 'close', line = at }
    elseif readers[kind] then
      event, at = readers[kind](lines, at, path, report)
    elseif not kind then
      event, at = read_text(lines, at)
    end
    if event then
      event.file = path
      events[#events + 1] = event
    end
    at = at + 1
  end
  return events
end

-- Tokens ---------------------------------------------------------------------------------------

-- Each rule looks at the text from `at` and gives a token and the position after it, or nothing.
local rules = {}

rules['\\'] = function(text, at, complain)
  if text:match('^\\%a', at) then
    complain(at, ('%s: TeX stands outside maths'):format(text:match('^\\%a+', at)))
  end
  return nil, at + 2
end

rules['`'] = function(text, at, complain)
  local ticks = text:match('^`+', at)
  local from = at + #ticks
  while true do
    local s, e = text:find('`+', from)
    if not s then
      complain(at, ticks .. ' is not closed')
      return nil, at + #ticks
    end
    if e - s + 1 == #ticks then
      if text:match('^{=', e + 1) then complain(at, 'raw content is not allowed') end
      return { t = 'code', s = text:sub(at, e) }, e + 1
    end
    from = e + 1
  end
end

rules['$'] = function(text, at, complain)
  local display = text:sub(at, at + 1) == '$$'
  local mark = display and '$$' or '$'
  local from = at + #mark
  local close = text:find(mark, from, true)
  while close and text:sub(close - 1, close - 1) == '\\' do close = text:find(mark, close + 1, true) end
  if not close then
    complain(at, mark .. ' is not closed' .. (display and '' or ' (a dollar sign is written \\$)'))
    return nil, at + #mark
  end
  local tex = text:sub(from, close - 1)
  if not display and (tex:match '^%s' or tex:match '%s$' or text:match('^%d', close + 1)) then
    complain(at, '$ must touch its formula, and no digit may follow it')
  end
  return { t = display and 'display' or 'math', s = tex }, close + #mark
end

rules['{'] = function(text, at, complain)
  local inside = text:match('^{{(.-)}}', at)
  if inside then return { t = 'value', s = inside }, at + #inside + 4 end
  if text:match('^{{', at) then complain(at, '{{ is not closed') end
  return nil, at + 1
end

rules['<'] = function(text, at, complain)
  local url = text:match('^<(%a+:[^%s>]*)>', at)
  if url then return { t = 'url', s = '<' .. url .. '>' }, at + #url + 2 end
  if text:match('^<[%a/!?]', at) then complain(at, ('raw HTML %s'):format(text:match('^<[^%s>]*>?', at))) end
  return nil, at + 1
end

rules['!'] = function(text, at, complain)
  if text:match('^!%[', at) then complain(at, 'an image: write a figure') end
  return nil, at + 1
end

rules['['] = function(text, at, complain)
  if text:match('^%[%^', at) then complain(at, 'a footnote: write a note') end
  return nil, at + 1
end

rules[']'] = function(text, at, complain)
  local target = text:match('^%]%(([^()%s]*)%)', at)
  if target then return { t = 'target', s = target }, at + #target + 3 end
  if text:match('^%]%(', at) then complain(at, 'a link that is not understood') end
  if text:match('^%]{', at) or text:match('^%]%[', at) then
    complain(at, 'only [words](target) makes a link, and words carry no attributes')
  end
  return nil, at + 1
end

rules['@'] = function(text, at)
  local key = text:match('^@([%w_][%w_:.-]*)', at)
  if not key or text:sub(at - 1, at - 1):match '%w' then return nil, at + 1 end
  key = key:gsub('[:.-]+$', '')
  return { t = 'cite', s = key }, at + 1 + #key
end

rules['h'] = function(text, at)
  local url = text:match('^https?://[^%s<>%)%]]+', at)
  if url then return { t = 'url', s = url }, at + #url end
  return nil, at + 1
end

-- Tokens of one text: prose, code, math, display, value, target (of a link), cite, url.
function M.inline(text, line, complain)
  local tokens, prose_from, at = {}, 1, 1
  local counted, current = 1, line
  local function line_at(position)
    local _, n = text:sub(counted, position - 1):gsub('\n', '')
    counted, current = math.max(position, counted), current + n
    return current
  end
  local function say(position, message)
    local _, n = text:sub(1, position - 1):gsub('\n', '')
    complain(line + n, message)
  end
  local function flush(to)
    if to >= prose_from then
      tokens[#tokens + 1] = { t = 'prose', s = text:sub(prose_from, to), line = line_at(prose_from) }
    end
  end
  while at <= #text do
    local rule = rules[text:sub(at, at)]
    local token, after
    if rule then token, after = rule(text, at, say) else after = at + 1 end
    if token then
      flush(at - 1)
      token.line = line_at(at)
      tokens[#tokens + 1] = token
      prose_from = after
    end
    at = after
  end
  flush(#text)
  return tokens
end

-- A decimal number or a percentage that somebody typed, and how many lines further down it stands.
function M.typed_results(text)
  local found = {}
  for at, word in text:gmatch '()([%w_][%w_.]*)' do
    word = word:gsub('%.+$', '')
    local before, rest = text:sub(at - 1, at - 1), text:sub(at + #word)
    local number = word:match '^%d[%d.]*$'
    local decimal = word:match '^%d+%.%d' and word or word:match '^%d[%d.]*[eE]%d+$'
      or (word:match '^%d[%d.]*[eE]$' and rest:match '^[-+]%d' and word .. rest:match '^[-+]%d+')
      or (number and before == '.' and text:sub(at - 2, at - 2):match '^[%s$(=<>~+-]?$' and '.' .. word)
    local percent = number and rest:match '^%s*\\?%%' or number and rest:match '^%s+per%s?cent'
    local path = before == '@' or before == '/' and text:sub(at - 2, at - 2):match '%a' or rest:match '^/%a'
    if (decimal or percent) and not path then
      local _, n = text:sub(1, at - 1):gsub('\n', '')
      found[#found + 1] = { text = (decimal or word) .. (percent or ''), down = n }
    end
  end
  return found
end

return M
