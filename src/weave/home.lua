-- The home page, as Markdown for pandoc: the chapters with a sentence each, and what this build checked.

package.path = (arg[0]:match '^(.*)/' or '.') .. '/?.lua;' .. package.path
local facts = require 'facts'
local files = require 'files'

local index = dofile(files.book .. '/index.lua')
local counts = facts.counts(facts.load(function(file, line, message)
  io.stderr:write(file, ':', line, ': ', message, '\n')
  os.exit(1)
end))

local figures = 0
for _, label in pairs(index.labels) do
  if label.sort == 'figure' then figures = figures + 1 end
end

local out = { '---', 'title: Latent', 'name: index', '---\n' }
local function put(text, ...) out[#out + 1] = text:format(...) end

put [[::: {.lead}
A workbook on inference in latent variable models that checks itself: every displayed equation is
executed, every check is shown to be able to fail, and every number and every figure comes from a
program of the book.
:::
]]
put '::: {.counts}'
put('- [%d](ledger.html) claims executed', counts.claims)
put('- [%d](ledger.html#mistakes) mistakes rejected', counts.rejected)
put('- [%d]{} %s drawn', figures, figures == 1 and 'figure' or 'figures')
put ':::\n'
put '## Chapters {.unnumbered}\n\n::: {.chapters}'
for _, c in ipairs(index.chapters) do
  put('[%d]{.chapter-mark} [%s](%s.html)', c.number, c.title, c.name)
  put(':   %s\n', c.summary)
end
put ':::'

files.write(files.book .. '/md/index.md', table.concat(out, '\n') .. '\n')
