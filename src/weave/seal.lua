-- Seals: the words of every claim as they were when its check was last read beside them.
--
-- A label ties a statement to its check, but a label says nothing of a sign. So each claim's
-- statement has a fingerprint in tests/claims/seals.tsv. When the statement changes the build
-- stops, until somebody has read statement and check together again and says so: ./build.sh seal.

local files = require 'files'

local M = { file = 'tests/claims/seals.tsv' }

-- The statement as written, with white space folded: from below its opening fence to the closing one.
local function statement(label)
  local lines, out = files.lines(label.file), {}
  for i = label.line + 1, #lines do
    if lines[i]:match '^:::' then break end
    out[#out + 1] = lines[i]
  end
  return (table.concat(out, ' '):gsub('%s+', ' '))
end

-- FNV-1a, 32 bits: a fingerprint, no secret.
local function fingerprint(text)
  local h = 2166136261
  for i = 1, #text do h = ((h ~ text:byte(i)) * 16777619) & 0xffffffff end
  return ('%08x'):format(h)
end

local function claims(book)
  local ids = {}
  for id, label in pairs(book.labels) do
    if label.sort == 'claim' then ids[#ids + 1] = id end
  end
  table.sort(ids)
  return ids
end

function M.write(book)
  local out = {}
  for _, id in ipairs(claims(book)) do out[#out + 1] = id .. '\t' .. fingerprint(statement(book.labels[id])) .. '\n' end
  files.write(M.file, table.concat(out))
end

function M.check(book, report)
  local sealed = {}
  for n, line in ipairs(files.lines(M.file) or {}) do
    local id, seal = line:match '^(%S+)\t(%x+)$'
    if id and not book.labels[id] then report(M.file, n, ('seal of %s, which is no claim'):format(id)) end
    if id then sealed[id] = seal end
  end
  for _, id in ipairs(claims(book)) do
    local label = book.labels[id]
    if sealed[id] ~= fingerprint(statement(label)) then
      report(label.file, label.line, ('claim %s %s: read statement and check together, then ./build.sh seal'):format(id,
        sealed[id] and 'is not worded as when its check was written' or 'has no seal yet'))
    end
  end
end

return M
