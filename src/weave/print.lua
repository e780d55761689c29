-- lua5.3 src/weave/print.lua NAME...: puts the pages that pandoc made into book.tex.

local here = arg[0]:match '^(.*)/' or '.'
package.path = here .. '/?.lua;' .. package.path
local files = require 'files'

-- Two chapters may cite one work, so the places of references are their chapter's own.
local function page(name)
  local text = files.read(('%s/tex/%s.tex'):format(files.book, name))
  return (text:gsub('{ref%-', '{' .. name .. '-ref-'):gsub('\\hypertarget{refs}{}', ''))
end

local function edition()
  local words = { files.student and 'Student edition, without the solutions' or nil }
  if os.getenv 'QUICK' == '1' then words[#words + 1] = 'Made with small versions of the long experiments' end
  return table.concat(words, '\\\\ ')
end

local chapters = {}
for i, name in ipairs(arg) do chapters[i] = page(name) end
local parts = { EDITION = edition(), ABOUT = page 'about', CLAIMS = page 'claims', CHAPTERS = table.concat(chapters, '\n') }
files.write(files.book .. '/tex/latent.tex', (files.read(here .. '/book.tex'):gsub('@(%u+)@', parts)))
