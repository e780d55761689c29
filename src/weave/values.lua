-- Values: the numbers that programs computed, and how a number is set in prose and in TeX.

local files = require 'files'

local M = {}

local raised = { ['0'] = '⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹' }

local function superscript(digits)
  return (digits:gsub('%d', function(d) return raised[tonumber(d)] or raised[d] end))
end

-- "-1.2e-16%" as sign, digits, exponent, rest; nil when the text does not begin with a number.
local function parts(text)
  local sign, digits, tail = text:match '^([-+]?)(%d[%d.]*)(.*)$'
  if not sign then return nil end
  local minus, exponent, rest = tail:match '^[eE]([-+]?)0*(%d+)(.*)$'
  if not exponent then return sign, digits, nil, tail end
  return sign, digits, (minus == '-' and '-' or '') .. exponent, rest
end

function M.prose(text)
  local sign, digits, exponent, rest = parts(text)
  if not sign then return text end
  if exponent then
    digits = digits .. '\u{a0}×\u{a0}10' .. superscript(exponent):gsub('-', '⁻')
  end
  return (sign == '-' and '−' or sign) .. digits .. rest
end

function M.tex(text)
  local sign, digits, exponent, rest = parts(text)
  if not sign then return (text:gsub('%%', '\\%%')) end
  if exponent then digits = digits .. '\\times 10^{' .. exponent .. '}' end
  return '{' .. sign .. digits .. rest:gsub('%%', '\\%%') .. '}'
end

-- An error as a fraction of its bound: two figures are all it deserves.
function M.fraction(x)
  if x == nil then return 'not recorded' end
  if x ~= x or x == math.huge then return 'not finite' end
  if x == 0 then return '0' end
  if x >= 0.001 and x < 1000 then return (('%%.%dg'):format(x >= 100 and 3 or 2):format(x)) end
  return M.prose(('%.1e'):format(x))
end

-- Every value of the book by name; a name that two chapters use is an error.
function M.load(report)
  local all = {}
  for _, path in ipairs(files.find({ files.build .. '/values' }, { 'json' })) do
    local chapter, set, message = path:match '([^/]+)%.json$', {}, nil
    if files.read('chapters/' .. chapter .. '/chapter.md') then set, message = files.json(path) end -- none of a chapter that is gone
    if not set then
      report(path, 1, message)
    else
      for _, name in ipairs(files.sorted_keys(set)) do
        if all[name] then
          report(path, 1, ('value %s is also written by %s'):format(name, all[name].file))
        end
        all[name] = { value = set[name].value, text = set[name].text, file = path }
      end
    end
  end
  return all
end

-- The text of what stands between {{ and }}, or nil and a message.
function M.quote(all, inside)
  local literal = inside:match '^=%s*(.-)%s*$'
  if literal then return literal end
  local name, format = inside:match '^([a-z0-9-]+):(%%.+)$'
  name = name or inside
  if not name:match '^[a-z0-9-]+$' then return nil, ('{{%s}} is not a value'):format(inside) end
  local value = all[name]
  if not value then return nil, ('value %s is missing: no program wrote it'):format(name) end
  if not format then return value.text or tostring(value.value) end
  local ok, text = pcall(string.format, format, value.value)
  if not ok then return nil, ('value %s cannot be written with %s'):format(name, format) end
  return text
end

return M
