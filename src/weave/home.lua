-- The home page, as Markdown for pandoc: what the book is, its problems and their answers, what this
-- build checked, and where to start.

package.path = (arg[0]:match '^(.*)/' or '.') .. '/?.lua;' .. package.path
local facts = require 'facts'
local files = require 'files'
local proofs = require 'proofs'

local index = dofile(files.book .. '/index.lua')
local ledger = facts.load(function(file, line, message)
  io.stderr:write(file, ':', line, ': ', message, '\n')
  os.exit(1)
end)
local counts = facts.counts(ledger)

local out = { '---', 'title: Latent', 'subtitle: A workbook on inference in latent variable models', 'name: index', '---\n' }
local function put(text, ...) out[#out + 1] = select('#', ...) > 0 and text:format(...) or text end

local function figures()
  local n = 0
  for _, label in pairs(index.labels) do
    if label.sort == 'figure' then n = n + 1 end
  end
  return n
end

-- How many disturbances of the derivations' lines were tried, and how many were noticed.
local function perturbations()
  local tried, noticed = 0, 0
  for _, claim in ipairs(ledger.order) do
    local s = claim.sensitivity
    if type(s) == 'table' and s.perturbations then tried, noticed = tried + s.perturbations, noticed + s.noticed end
  end
  return tried, noticed
end

-- 453217 as 453,217: numbers of this size are read in threes.
local function thousands(n)
  local text = ('%d'):format(n):reverse():gsub('(%d%d%d)', '%1,'):reverse()
  return (text:gsub('^,', ''))
end

-- "all 12", or "11 of 12".
local function of(n, all) return n == all and 'all ' .. thousands(all) or thousands(n) .. ' of ' .. thousands(all) end

local numbers = { 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine' }

local function problems()
  local list = {}
  for _, c in ipairs(index.chapters) do
    if c.number > 0 then list[#list + 1] = c end
  end
  put('## The %s problems {.unnumbered}\n', numbers[#list] or #list)
  for _, c in ipairs(list) do
    local cover, box = (c.cover or ''):match '^(%S+) (.+)$'
    put('::: {.problem number=%d %s}', c.number, cover and ('src="%s" box="%s"'):format(cover, box) or '')
    put('### [%s](%s.html)\n', c.title, c.name)
    put('%s\n', c.question or c.summary)
    if c.answer then put('::: {.one-line}\n%s\n:::', c.answer) end
    put ':::\n'
  end
end

local function verified()
  local tried, noticed = perturbations()
  put '## How this build verified it {.unnumbered}\n'
  put([[Every displayed equation that claims something is a *claim*, and a program executes it. This build executed
[%s claims](ledger.html) on %s random and extreme cases, with %s comparisons of two sides that were computed by independent routes.
]], thousands(counts.claims), thousands(counts.cases), thousands(counts.comparisons))
  put([[A check that cannot fail proves nothing. So the same checks met [%s wrong programs](ledger.html#mistakes), some of them
found in published code, and rejected %s. In the lines of the derivations %s operations were disturbed, one at a time, and the checks noticed %s.
]], thousands(counts.mistakes), of(counts.rejected, counts.mistakes), thousands(tried), of(noticed, tried))
  put([[Every computed number in the text is quoted from what a program wrote, and each of the %d figures is drawn from a table that lies beside it.
A build in which a claim fails, or does not run, has no pages.
]], figures())
  put('%s\n', proofs.summary(ledger.formal))
end

local function chapter(n)
  for _, c in ipairs(index.chapters) do
    if c.number == n then return ('[chapter %d](%s.html)'):format(n, c.name) end
  end
  return ('chapter %d'):format(n)
end

local function start()
  put '## Where to start {.unnumbered}\n\n::: {.starts}'
  put([[
::: {.start}
### As a student

Begin with %s, which shows how to read an equation and its badge. Then take the problems in order. Try the hints, one after
the other, before you open a solution. Every chapter names the functions that you can write yourself and have judged in place of ours:
`./build.sh try FILE.c` names your mistake.
:::
]], chapter(0))
  put [[
::: {.start}
### As a lecturer

Each chapter ends with exercises of four sorts, at up to three levels, and with an answer that would get full marks. The [ledger](ledger.html) lists
the mistakes that the checks know, with their sources. `./build.sh book --edition student` makes the book without its solutions.
:::
]]
  put([[
::: {.start}
### As an engineer

Read the program of %s beside its equations: a listing says which equations it computes, and an equation names its function and its
check. The library is C on the GNU Scientific Library; its [headers](source/src/model/gmm.h.html) give shapes, ranges, costs and accuracy.
:::
]], chapter(2))
  put ':::\n'
end

local function formats()
  local links = {}
  for _, f in ipairs { { 'latent.pdf', 'PDF' }, { 'latent.epub', 'EPUB' } } do
    if files.read(files.book .. '/' .. f[1]) then links[#links + 1] = ('[%s](%s)'):format(f[2], f[1]) end
  end
  if #links > 0 then put('::: {.formats}\nThe same book as %s.\n:::\n', table.concat(links, ' and as ')) end
end

put [[::: {.lead}
A workbook on inference in latent variable models that checks itself: every displayed equation that claims something is
executed, every check is shown to be able to fail, and every computed number and every figure comes from a
program of the book.
:::
]]
put '::: {.counts}'
put('- [%d]{} [claims executed](ledger.html)', counts.claims)
put('- [%d]{} [mistakes rejected](ledger.html#mistakes)', counts.rejected)
put('- [%d]{} figures drawn', figures())
put ':::\n'
formats()
for _, c in ipairs(index.chapters) do
  if c.number == 0 then put('::: {.first}\n[%s](%s.html) %s\n:::\n', c.title, c.name, c.summary) end
end
problems()
verified()
start()

files.write(files.book .. '/md/index.md', table.concat(out, '\n') .. '\n')
