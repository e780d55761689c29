-- The formal proofs: which theorem stands where, which claims it proves, and whether Coq has
-- checked it.  The mapping is in the .v files, in a comment above each theorem:
--
--   (* claim: LABEL ...; scope: WORDS *)

local files = require 'files'

local M = {}

-- From the theorem's first line to the full stop that ends its statement.
local function statement(lines, at)
  local out = {}
  for i = at, #lines do
    out[#out + 1] = lines[i]
    if lines[i]:match '%.%s*$' then return table.concat(out, '\n') end
  end
end

local function read(path, all, report)
  local marks, marked -- of the comment above, until its theorem comes
  for n, line in ipairs(files.lines(path)) do
    local labels = line:match '^%(%*%s*claim:%s*(.-)%s*%*%)$'
    local theorem = line:match '^Theorem ([%w_]+)'
    local instance = line:match '^Example ([%w_]+)_instance%f[^%w_]'
    if line:match '^%(%*%s*claim' and not labels then report(path, n, 'this is not (* claim: LABEL ...; scope: WORDS *)') end
    if marked and not theorem and line:match '%S' then
      report(path, n, ('claim %s is named, but no theorem follows'):format(marks.labels[1] or ''))
    end
    if labels then
      marks, marked = { labels = {}, scope = labels:match ';%s*scope:%s*(.+)$' }, n
      for label in labels:match '^[^;]*':gmatch '%S+' do marks.labels[#marks.labels + 1] = label end
    elseif theorem then
      if all.theorems[theorem] then
        report(path, n, ('theorem %s also stands at %s:%d'):format(theorem, all.theorems[theorem].file, all.theorems[theorem].line))
      end
      marks = marks or { labels = {} }
      local t = { theorem = theorem, labels = marks.labels, scope = marks.scope, file = path, line = n, marked = marked or n }
      t.statement = statement(files.lines(path), n)
      all.theorems[theorem], all.order[#all.order + 1] = t, t
      marks, marked = nil, nil
    elseif line:match '%S' then
      marks, marked = nil, nil
    end
    if instance then all.instances[instance] = { file = path, line = n } end
  end
end

-- Every theorem of proofs/*.v, in the order of files and lines.
function M.read(report)
  local all = { theorems = {}, order = {}, instances = {}, claims = {} }
  for _, path in ipairs(files.find({ 'proofs' }, { 'v' })) do read(path, all, report) end
  for _, t in ipairs(all.order) do
    t.instance = all.instances[t.theorem]
    if not t.instance then report(t.file, t.line, ('theorem %s has no %s_instance: can its hypotheses hold?'):format(t.theorem, t.theorem)) end
    for _, label in ipairs(t.labels) do
      all.claims[label] = all.claims[label] or {}
      table.insert(all.claims[label], t)
    end
  end
  for name, i in pairs(all.instances) do
    if not all.theorems[name] then report(i.file, i.line, ('an instance of %s, which is not a theorem'):format(name)) end
  end
  return all
end

-- The checksums of all .v files, which say whether a ledger speaks of these very files.
function M.checksums()
  local sums = {}
  local pipe = io.popen 'sha256sum proofs/*.v 2>/dev/null'
  for line in pipe:lines() do
    local sum, path = line:match '^(%x+)%s+(%S+)$'
    if sum then sums[path] = sum end
  end
  pipe:close()
  return sums
end

-- Every theorem with its status: "proved" where Coq has checked these very files, else "not run".
function M.load(report)
  local all = M.read(report)
  local ledger = files.json(files.build .. '/proofs/ledger.json')
  local current = ledger ~= nil
  if ledger then
    local sums = M.checksums()
    for path, sum in pairs(sums) do current = current and ledger.checksums[path] == sum end
    for path in pairs(ledger.checksums) do current = current and sums[path] ~= nil end
  end
  local proved = {}
  for _, t in ipairs(current and ledger.theorems or {}) do proved[t.theorem] = t.status == 'proved' end
  for _, t in ipairs(all.order) do t.status = proved[t.theorem] and 'proved' or 'not run' end
  return all
end

-- What a theorem names must be a claim of the book.
function M.check(book, report)
  for _, t in ipairs(M.read(report).order) do
    for _, label in ipairs(t.labels) do
      local stated = book.labels[label]
      if not stated or stated.sort ~= 'claim' then
        report(t.file, t.marked, ('theorem %s names the claim %s, which no chapter states'):format(t.theorem, label))
      end
    end
  end
end

-- The second mark of a claim, in words: never "proved" unless all that it names was proved here.
function M.words(claim)
  local scopes, whole, all = {}, false, true
  for _, t in ipairs(claim.proofs) do
    if t.scope and not scopes[t.scope] then scopes[#scopes + 1], scopes[t.scope] = t.scope, true end
    whole = whole or not t.scope
    all = all and t.status == 'proved'
  end
  if not all then return 'formal proof: not run here', false end
  return whole and 'proved' or 'proved: ' .. table.concat(scopes, '; '), true
end

-- What follows a claim's kind where a mark is one line, which has no room for what was not done.
function M.after(claim)
  if not claim.proofs then return '' end
  local words, proved = M.words(claim)
  return proved and '; ' .. words:gsub('^proved:.*', 'proved in part') or ''
end

-- One sentence for the ledger page.
function M.summary(all)
  local theorems, proved, claims = #all.order, 0, #files.sorted_keys(all.claims)
  for _, t in ipairs(all.order) do proved = proved + (t.status == 'proved' and 1 or 0) end
  if proved == theorems then
    return ('Besides, Coq has proved **%d theorems**. They speak of all cases, and cover %d of the claims, some of them in part.'):format(theorems, claims)
  end
  return ('Besides, there are formal proofs of %d theorems, which speak of %d claims. They were not run here; `./build.sh proofs` does.'):format(theorems, claims)
end

-- Where a theorem can be read: the page that coqdoc made, or the plain source.
function M.address(t)
  return ('source/%s.html#%s'):format(t.file, t.status == 'proved' and t.theorem or 'L' .. t.line)
end

return M
