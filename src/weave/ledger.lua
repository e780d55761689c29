-- The Ledger page, as Markdown for pandoc: what this build checked, and what it rejected.

package.path = (arg[0]:match '^(.*)/' or '.') .. '/?.lua;' .. package.path
local ascii = require 'ascii'
local facts = require 'facts'
local files = require 'files'
local proofs = require 'proofs'
local values = require 'values'

local out = {}
local function put(text, ...) out[#out + 1] = select('#', ...) > 0 and text:format(...) or text end

local function plain(text) return (tostring(text):gsub('[\\`*_{}%[%]<>$@#~^|!]', '\\%0')) end

-- Interfaces in the order of their first claim, each with its claims and the implementations judged.
local function by_interface(all)
  local order, of = {}, {}
  for _, claim in ipairs(all.order) do
    local i = of[claim.interface]
    if not i then
      i = { name = claim.interface, claims = {}, names = {} }
      of[claim.interface], order[#order + 1] = i, i
    end
    i.claims[#i.claims + 1] = claim
    for _, x in ipairs(claim.implementations or {}) do
      if not i.names[x.name] and x.name ~= 'reference' then
        i.names[x.name] = true
        i.names[#i.names + 1] = x.name
      end
    end
  end
  return order
end

-- One cell: accepted, or rejected with the order of magnitude of its margin, or by NaN, crash, timeout.
local function cell(x)
  if not x then return '' end
  if x.outcome == 'accepted' then return '[accepted]{.accepted}' end
  if x.outcome ~= 'rejected' then return ('[%s]{.unfinite}'):format(x.outcome == 'nan' and 'NaN' or x.outcome) end
  local margin = x.margin or 0
  local order = margin > 0 and margin < math.huge and math.floor(math.log(margin, 10) + 1e-9)
  local words = not order and 'not finite' or order < 2 and '×' .. values.fraction(margin) or '×' .. values.prose('1e' .. order):match '10.*$'
  return ('[%s%s]{.rejected}'):format(words, x.named and ' ●' or '')
end

-- The second mark, in one cell.
local function proof(claim)
  if not claim.proofs then return '' end
  local words, proved = proofs.words(claim)
  return proved and '[' .. words .. '](' .. proofs.address(claim.proofs[1]) .. ')' or 'not run here'
end

local function matrix(interface)
  put('## Interface %s\n', plain(interface.name))
  put '::: {.matrix}'
  local head, rule = { 'claim', 'proof', 'reference' }, { ':--', ':--', ':--' }
  for _, name in ipairs(interface.names) do
    head[#head + 1], rule[#rule + 1] = '[`' .. name .. '`](ledger.html#mistake-' .. name .. ')', ':--'
  end
  put('| %s |', table.concat(head, ' | '))
  put('| %s |', table.concat(rule, ' | '))
  for _, claim in ipairs(interface.claims) do
    local met = {}
    for _, x in ipairs(claim.implementations or {}) do met[x.name] = x end
    local row = { ('[](#%s) %s'):format(claim.label, claim.label), proof(claim), ('%s of bound'):format(values.fraction(claim.worst)) }
    for _, name in ipairs(interface.names) do row[#row + 1] = cell(met[name]) end
    put('| %s |', table.concat(row, ' | '))
  end
  put ':::\n'
end

local function mistake(m)
  put('::: {#mistake-%s .entry}', m.name)
  put('**`%s`** (%s). %s', m.name, plain(m.interface or ''), ascii.markdown(m.why or ''))
  local source, url = facts.source(m)
  if source then put(url and 'Seen in [%s](%s).' or 'Source: %s.', plain(source), url) end
  if m.rejected_by then put('Named for [](#%s).', m.rejected_by) end
  put('[The wrong program](source/%s.html#L%d).', m.file, m.line)
  put ':::\n'
end

local function by_name(mistakes)
  local list = {}
  for _, name in ipairs(files.sorted_keys(mistakes)) do list[#list + 1] = mistakes[name] end
  return list
end

local all = facts.load(function(file, line, message)
  io.stderr:write(file, ':', line, ': ', message, '\n')
  os.exit(1)
end)
local counts = facts.counts(all)

put '---\ntitle: Ledger\nname: ledger\n---\n'
put('This build executed **%d claims** on %d cases with %d comparisons, and rejected **%d of %d known mistakes**.',
  counts.claims, counts.cases, counts.comparisons, counts.rejected, counts.mistakes)
put('%s\n', proofs.summary(all.formal))
put([[In %d of all rejections the error was finite and beyond its bound. In %d the wrong program gave NaN, and in
%d it crashed or ran out of time; these say nothing about the bound and are counted apart.
]], counts.finite, counts.nan, counts.crash)
put [[
Each table below has one row a claim and one column an implementation. The reference shows its worst error as a
fraction of the bound, which must be at most one. A mistake shows by what factor its error exceeds the bound;
● marks the claim that is named as its judge.
]]
for _, interface in ipairs(by_interface(all)) do matrix(interface) end
put '## Claims\n'
for _, claim in ipairs(all.order) do put('::: {.facts-of name=%s}\n:::\n', claim.label) end
put '## Mistakes\n'
for _, m in ipairs(by_name(all.mistakes)) do mistake(m) end

files.write(files.book .. '/md/ledger.md', table.concat(out, '\n') .. '\n')
