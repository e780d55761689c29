-- What a book on paper has instead of the home page and the ledger page, as Markdown for pandoc: the
-- page before the chapters and the table of claims after them.

package.path = (arg[0]:match '^(.*)/' or '.') .. '/?.lua;' .. package.path
local facts = require 'facts'
local files = require 'files'
local values = require 'values'

local index = dofile(files.book .. '/index.lua')
local ledger = facts.load(function(file, line, message)
  io.stderr:write(file, ':', line, ': ', message, '\n')
  os.exit(1)
end)
local counts = facts.counts(ledger)

local function write(name, title, lines)
  local head = { '---', ('title: "%s"'):format(title), 'name: ' .. name, '---', '' }
  files.write(('%s/md/%s.md'):format(files.book, name), table.concat(head, '\n') .. table.concat(lines, '\n') .. '\n')
end

local function about()
  local out = {}
  local function put(text, ...) out[#out + 1] = text:format(...) end
  put [[A workbook on inference in latent variable models that checks itself. Every displayed equation that claims something
is executed, every check is shown to be able to fail, and every computed number and every figure comes from a program of the book.
]]
  put('The build that made this copy executed %d claims on %d cases with %d comparisons, and rejected %d of %d known mistakes.',
    counts.claims, counts.cases, counts.comparisons, counts.rejected, counts.mistakes)
  put('A mark beside an equation means: it is one of these claims. [The table of claims](claims.html) counts the cases, the comparisons and the rejected mistakes of each.\n')
  put(('%s stand at the end of each chapter. Files are named as they lie in the sources of the book.\n'):format(files.student and 'Hints and whole programs' or 'Hints, solutions and whole programs'))
  if files.student then put 'This is the student edition. It has no solutions.\n' end
  if os.getenv 'QUICK' == '1' then put 'This copy was made with `--quick`: the long experiments were run in small versions.\n' end
  put 'Licensed under the GNU General Public License, version 3 or later.'
  return out
end

-- One row a claim: number, label, kind, cases, worst error, and how many mistakes it rejected.
local function row(claim)
  local rejected = facts.implementations(claim)
  return ('| [[](#%s)]{#claim-%s} | `%s` | %s | %d | %s | %d |'):format(claim.label, claim.label, claim.label, claim.kind,
    claim.cases, claim.worst and values.fraction(claim.worst) or '–', #rejected)
end

local function by_number(chapter)
  local list = {}
  for _, claim in ipairs(ledger.order) do
    if index.labels[claim.label].page == chapter.name then list[#list + 1] = claim end
  end
  local function minor(claim) return tonumber(index.labels[claim.label].number:match '%.(%d+)$') end
  table.sort(list, function(a, b) return minor(a) < minor(b) end)
  return list
end

local function claims()
  local out = {}
  local function put(text) out[#out + 1] = text end
  put [[Each row is a claim: its number, its label, its kind, the cases on which it was tried, the worst error as a
fraction of the bound, and how many wrong programs it rejected. A claim holds when the fraction is at most one.
]]
  for _, chapter in ipairs(index.chapters) do
    put(('## Chapter %d: %s {#claims-%d .unnumbered}\n'):format(chapter.number, chapter.title, chapter.number))
    put '| claim | label | kind | cases | worst | rejected |'
    put '|:--|:--|:--|--:|--:|--:|'
    for _, claim in ipairs(by_number(chapter)) do put(row(claim)) end
    put ''
  end
  return out
end

write('about', 'About this copy', about())
write('claims', 'The claims of this build', claims())
