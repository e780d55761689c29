-- Files: reading, writing only what changed, listing in one fixed order.

-- `build` holds what the programs made, `book` the pages of one edition.
local build = os.getenv 'BUILD' or 'build'
local M = { build = build, book = os.getenv 'BOOK' or build .. '/book', student = os.getenv 'EDITION' == 'student' }

function M.read(path)
  local f = io.open(path, 'rb')
  if not f then return nil end
  local text = f:read 'a' -- nil for a directory
  f:close()
  return text
end

function M.lines(path)
  local text = M.read(path)
  if not text then return nil end
  local lines = {}
  for line in (text:gsub('\n$', '') .. '\n'):gmatch '(.-)\r?\n' do lines[#lines + 1] = line end
  return lines
end

-- A file that did not change keeps its time, so that make redoes nothing after it.
function M.write(path, text)
  if M.read(path) == text then return false end
  local dir = path:match '^(.*)/'
  local f = io.open(path, 'wb')
  if not f then
    os.execute("mkdir -p '" .. dir .. "'")
    f = assert(io.open(path, 'wb'))
  end
  f:write(text)
  f:close()
  return true
end

-- The files under some folders whose names end in one of these extensions ("c", "md").
function M.find(folders, extensions)
  local names = {}
  for _, e in ipairs(extensions) do names[#names + 1] = "-name '*." .. e .. "'" end
  local command = ("find %s -type f \\( %s \\) 2>/dev/null | LC_ALL=C sort"):format(
    table.concat(folders, ' '), table.concat(names, ' -o '))
  local found = {}
  local pipe = io.popen(command)
  for path in pipe:lines() do found[#found + 1] = path end
  pipe:close()
  return found
end

function M.json(path)
  local text = M.read(path)
  if not text then return nil, path .. ': no such file' end
  local value, _, message = require 'dkjson'.decode(text, 1, nil)
  if value == nil then return nil, path .. ': ' .. tostring(message) end
  return value
end

function M.sorted_keys(t)
  local keys = {}
  for k in pairs(t) do keys[#keys + 1] = k end
  table.sort(keys)
  return keys
end

-- A table of strings, numbers, booleans and tables as Lua text, always in the same order.
function M.serialise(value, indent)
  indent = indent or ''
  if type(value) ~= 'table' then
    return type(value) == 'string' and ('%q'):format(value):gsub('\\\n', '\\n') or tostring(value)
  end
  local inner, out = indent .. '  ', {}
  for _, v in ipairs(value) do out[#out + 1] = inner .. M.serialise(v, inner) end
  for _, k in ipairs(M.sorted_keys(value)) do
    if type(k) == 'string' then
      out[#out + 1] = ('%s[%q] = %s'):format(inner, k, M.serialise(value[k], inner))
    end
  end
  return '{\n' .. table.concat(out, ',\n') .. '\n' .. indent .. '}'
end

return M
