-- lua5.3 tests/book/solutions.lua MD: phrases that stand in the solutions of the chapters in MD, and
-- nowhere else in them, one a line, in small letters with a space before each word.

local function read(path)
  local f = assert(io.open(path, 'rb'))
  local text = f:read 'a'
  f:close()
  return text
end

-- What is not a letter is as good as a space, in every format.
local function plain(text)
  return ((' ' .. text .. ' '):gsub('<[^>]*>', ' '):gsub('%A+', ' '):lower())
end

-- A chapter's text inside solutions and outside.
local function parts(text)
  local inside, outside, depth = {}, {}, 0
  for line in text:gmatch '[^\n]+' do
    if line:match '^%s*:::+%s*$' then
      depth = math.max(depth - 1, 0)
    elseif depth > 0 and line:match '^%s*:::+%s*{' then
      depth = depth + 1
    elseif line:match '^%s*:::+%s*{%.solution' then
      depth = 1
    end
    local list = depth > 0 and inside or outside
    list[#list + 1] = line
  end
  return table.concat(inside, '\n'), table.concat(outside, '\n')
end

-- Runs of at least six words with nothing between them but spaces and commas.
local function phrases(text)
  local out = {}
  for run in text:gsub('```.-```', '\1'):gsub('%$[^$]*%$', '\1'):gsub('`[^`]*`', '\1'):gsub('%b[]%b()', '\1'):gmatch '[%a, \n]+' do
    local _, words = run:gsub('%a+', '')
    if words >= 6 then out[#out + 1] = plain(run) end
  end
  return out
end

local outside, solutions = '', {}
for path in io.popen("ls '" .. arg[1] .. "'/[0-9]*.md"):lines() do
  local solution, rest = parts(read(path))
  outside = outside .. plain(rest)
  for _, p in ipairs(phrases(solution)) do solutions[#solutions + 1] = p end
end
for _, p in ipairs(solutions) do
  if not outside:find(p, 1, true) then print((p:gsub(' $', ''))) end
end
