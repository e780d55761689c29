-- What tests/proofs.sh needs to know of the theorems:
--
--   prove.lua list            module, theorem, file and line of each, one a line
--   prove.lua status          each theorem and what the book would say of it
--   prove.lua ledger FILE     reads "theorem<TAB>status" lines from FILE and writes the ledger

package.path = 'src/weave/?.lua;' .. package.path

local files = require 'files'
local proofs = require 'proofs'

local faults = 0
local function report(file, line, message)
  io.stderr:write(('%s:%d: %s\n'):format(file, line, message))
  faults = faults + 1
end

local commands = {}

function commands.list(all)
  for _, t in ipairs(all.order) do
    print(table.concat({ t.file:match '([%w_]+)%.v$', t.theorem, t.file, t.line }, '\t'))
  end
end

function commands.status()
  for _, t in ipairs(proofs.load(report).order) do print(t.theorem, t.status) end
end

function commands.ledger(all, path)
  local status = {}
  for _, line in ipairs(files.lines(path)) do
    local theorem, words = line:match '^([^\t]+)\t(.+)$'
    status[theorem] = words
  end
  local out = {}
  for i, t in ipairs(all.order) do
    out[i] = { theorem = t.theorem, labels = t.labels, scope = t.scope, file = t.file, line = t.line,
      statement = t.statement, status = status[t.theorem] or 'not run' }
  end
  local order = { 'schema', 'coq', 'checksums', 'theorems', 'theorem', 'labels', 'scope', 'file', 'line', 'status', 'statement' }
  local pipe = io.popen 'coqc --print-version'
  local coq = pipe:read 'l':match '^%S+'
  pipe:close()
  files.write(files.build .. '/proofs/ledger.json', require 'dkjson'.encode(
    { schema = 1, coq = coq, checksums = proofs.checksums(), theorems = out }, { indent = true, keyorder = order }) .. '\n')
end

local command = commands[arg[1] or '']
if not command then
  io.stderr:write 'usage: prove.lua list|status|ledger FILE\n'
  os.exit(2)
end
local all = proofs.read(report)
if faults > 0 then os.exit(1) end
command(all, arg[2])
