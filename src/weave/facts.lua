-- The ledger of this build, read once, and its facts in words.

local code = require 'code'
local files = require 'files'
local proofs = require 'proofs'
local values = require 'values'

local M = {}

-- By convention the function that judges a claim, or computes a line of a derivation, has the
-- claim's label for its name.  Where there is one, that is the place to show.
local function place(claim, chapter)
  local name = claim.label:gsub('-', '_')
  for _, file in ipairs { claim.file, ('proofs/%s.c'):format(chapter) } do
    local _, _, line = code.find_function(file, name)
    if line then
      claim.file, claim.line = file, line
      return
    end
  end
end

-- All claims by label and all mistakes by name, over the chapters' ledgers.
function M.load(report)
  local all = { claims = {}, mistakes = {}, order = {}, files = {} }
  for _, path in ipairs(files.find({ files.build .. '/ledger' }, { 'json' })) do
    local ledger, problem = files.json(path)
    if not ledger or ledger.schema ~= 1 then
      report(path, 1, problem or 'the ledger is not of schema 1')
    else
      all.files[#all.files + 1] = ledger
      for _, claim in ipairs(ledger.claims) do
        claim.seed, claim.family_level = ledger.seed, ledger.family_level
        place(claim, ledger.chapter)
        all.claims[claim.label] = claim
        all.order[#all.order + 1] = claim
      end
      for _, mistake in ipairs(ledger.mistakes or {}) do all.mistakes[mistake.name] = mistake end
    end
  end
  all.formal = proofs.load(report)
  for label, theorems in pairs(all.formal.claims) do
    if all.claims[label] then all.claims[label].proofs = theorems end
  end
  return all
end

-- The claims as the claims programs list them before anything runs.
function M.listed(report)
  local listed, order = {}, {}
  for _, path in ipairs(files.find({ files.build .. '/ledger' }, { 'list' })) do
    for n, line in ipairs(files.lines(path)) do
      local label, kind, file, at = line:match '^([^\t]+)\t([^\t]+)\t([^\t]+)\t(%d+)'
      if not label then
        report(path, n, 'not label, kind, file, line')
      elseif listed[label] then
        report(file, at, ('claim %s is also checked at %s:%s'):format(label, listed[label].file, listed[label].line))
      else
        listed[label] = { label = label, kind = kind, file = file, line = at }
        order[#order + 1] = listed[label]
      end
    end
  end
  return listed, order
end

M.rejected = { rejected = true, nan = true, crash = true, timeout = true }

-- What was compared, in brackets.
local function within(what)
  if not what or what == '' then return '' end
  return (what:find '%(' and ' [%s]' or ' (%s)'):format(what)
end

-- What one implementation met at one claim.
function M.outcome(implementation)
  local o = implementation.outcome
  if o == 'nan' then return 'rejected by NaN' end
  if o == 'crash' then return 'rejected by a crash' end
  if o == 'timeout' then return 'rejected by a timeout' end
  if o == 'accepted' then return 'accepted' end
  return 'error ' .. values.fraction(implementation.margin) .. ' times its bound' .. within(implementation.what)
end

-- The facts of a claim as pairs of a term and its plain text.
function M.facts(claim)
  local cases = tostring(claim.cases)
  if (claim.undrawn or 0) > 0 then cases = ('%s (%d more could not be drawn and do not count)'):format(cases, claim.undrawn) end
  local out = { { 'Kind', claim.kind }, { 'Cases', cases } }
  if claim.comparisons then out[#out + 1] = { 'Comparisons', tostring(claim.comparisons) } end
  out[#out + 1] = { 'Seed', tostring(claim.seed) }
  if claim.worst then
    out[#out + 1] = { 'Worst error', values.fraction(claim.worst) .. ' of its bound' .. within(claim.worst_what) }
  end
  if claim.kind == 'statistical' and claim.family_level then
    out[#out + 1] = { 'False alarms', values.prose(('%g'):format(claim.family_level)) .. ' over the whole suite, with fresh seeds' }
  end
  local s = claim.sensitivity
  if type(s) == 'table' and s.perturbations then
    out[#out + 1] = { 'Perturbations', ('%d of %d noticed'):format(s.noticed, s.perturbations) }
  end
  return out
end

-- The implementations that were judged, rejected and accepted apart; the one named as this claim's first.
function M.implementations(claim)
  local rejected, accepted = {}, {}
  for _, i in ipairs(claim.implementations or {}) do
    if i.name ~= 'reference' then
      local list = M.rejected[i.outcome] and rejected or accepted
      if i.named then table.insert(list, 1, i) else list[#list + 1] = i end
    end
  end
  return rejected, accepted
end

-- How many claims, cases and comparisons were executed; how many mistakes and rejections, by sort.
function M.counts(all)
  local n = { claims = #all.order, cases = 0, comparisons = 0, mistakes = 0, rejected = 0, finite = 0, nan = 0, crash = 0 }
  local sort = { rejected = 'finite', nan = 'nan', crash = 'crash', timeout = 'crash' }
  local rejected = {}
  for _, claim in ipairs(all.order) do
    n.cases, n.comparisons = n.cases + claim.cases, n.comparisons + (claim.comparisons or 0)
    for _, i in ipairs(claim.implementations or {}) do
      if sort[i.outcome] and all.mistakes[i.name] then
        n[sort[i.outcome]] = n[sort[i.outcome]] + 1
        rejected[i.name] = true
      end
    end
  end
  for name in pairs(all.mistakes) do
    n.mistakes, n.rejected = n.mistakes + 1, n.rejected + (rejected[name] and 1 or 0)
  end
  return n
end

-- Where a mistake was published: words and, for owner/repo#n, an address.
function M.source(mistake)
  local s = mistake.source
  if type(s) ~= 'string' then return nil end
  local repo, n = s:match '^([%w_.-]+/[%w_.-]+)#(%d+)$'
  return s, repo and ('https://github.com/%s/issues/%s'):format(repo, n)
end

return M
