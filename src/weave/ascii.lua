-- Formulas that C spells in ASCII, such as ln (r_i / r_k), set as a book sets them: letters italic, Greek
-- letters as such, indices below the line, signs as signs.

local M = {}

local greek = {
  alpha = 'α', beta = 'β', gamma = 'γ', eps = 'ε', theta = 'θ', lambda = 'λ', mu = 'μ', nu = 'ν', pi = 'π', sigma = 'σ', phi = 'φ', eta = 'η',
}
local words = { a = true, A = true, I = true, E = true, H = true } -- an article, or an operator, which stands upright

-- The text in pieces: each with a style, which is plain, italic, sub, index (an italic one) or sup.
local function pieces(text)
  local out, at = {}, 1
  local function put(style, words) out[#out + 1] = { style, words } end
  while at <= #text do
    local before = text:sub(at - 1, at - 1)
    local word, digits = text:match('^(%a+)(%d*)', at)
    local letter = word and (greek[word] or (#word == 1 and not words[word] and word))
    local last = out[#out]
    local italic = last and last[1] == 'italic'
    local index = last and (italic or last[2] == 'sum') and text:match('^_(%w+)', at)
    if letter and text:match('^%u%-%a', at) then letter = nil end -- the M-step
    local power = text:match('^%^(%-?%w+)', at) or text:match('^%^(%b())', at)
    if word and (before:match '[`%w.]' or (before == "'" and not (last and last[1] == 'sup'))) and at > 1 then
      put('plain', word .. digits)
      at = at + #word + #digits
    elseif word == 'inf' then
      put('plain', '∞')
      at = at + 3
    elseif letter then
      put('italic', letter)
      if digits ~= '' then put('sub', digits) end
      at = at + #word + #digits
    elseif word then
      put('plain', word .. digits)
      at = at + #word + #digits
    elseif index then
      put(index:match '^%d' and 'sub' or 'index', index)
      at = at + 1 + #index
    elseif power then
      put('sup', (power:gsub('-', '−')))
      at = at + 1 + #power
    elseif text:match('^[<>]=', at) then
      put('plain', text:sub(at, at) == '<' and '≤' or '≥')
      at = at + 2
    elseif text:match('^%-%s', at) and before:match '[%s(]' or text:match('^%-[%dil]', at) and not before:match '%w' then
      put('plain', '−')
      at = at + 1
    elseif italic and text:match("^'%A", at) or italic and at == #text and text:match("^'", at) then
      put('plain', '′')
      at = at + 1
    elseif italic and text:match("^'%a", at) and not text:match("^'s%A", at) then -- transposed
      put('sup', 'T')
      at = at + 1
    else
      local run = text:match('^[^%a_^<>\'-]+', at) or text:sub(at, at)
      put('plain', run)
      at = at + #run
    end
  end
  return out
end

local function writer(escape, styles)
  return function(text)
    local out = {}
    for i, piece in ipairs(pieces(text)) do
      local style = styles[piece[1]]
      out[i] = style and style:format(escape(piece[2])) or escape(piece[2])
    end
    return table.concat(out)
  end
end

local function html_escape(text) return (text:gsub('&', '&amp;'):gsub('<', '&lt;'):gsub('>', '&gt;'):gsub('"', '&quot;')) end
local function markdown_escape(text) return (text:gsub('[\\`*_{}%[%]<>$@#~^|!]', '\\%0')) end
local function latex_escape(text)
  return (text:gsub('[\\{}$&#%%_^~]', function(c) return c == '\\' and '\\textbackslash{}' or c == '^' and '\\textasciicircum{}' or c == '~' and '\\textasciitilde{}' or '\\' .. c end))
end

M.html = writer(html_escape, { italic = '<i>%s</i>', sub = '<sub>%s</sub>', index = '<sub><i>%s</i></sub>', sup = '<sup>%s</sup>' })
M.markdown = writer(markdown_escape, { italic = '*%s*', sub = '~%s~', index = '~*%s*~', sup = '^%s^' })
M.latex = writer(latex_escape, { italic = '\\textit{%s}', sub = '\\textsubscript{%s}', index = '\\textsubscript{\\textit{%s}}', sup = '\\textsuperscript{%s}' })

return M
