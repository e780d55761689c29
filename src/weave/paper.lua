-- A book without a mouse has no folds: hints, solutions and whole programs move to the end of their
-- chapter, and leave a line that says where they are.

local M = {}

local function class_of(block) return block.t == 'Div' and block.classes[#block.classes] or nil end

local longest = 45 -- lines; a listing of more is read apart from the text

local function is_program(block)
  if block.t ~= 'CodeBlock' or not block.attributes.file then return false end
  local _, lines = block.text:gsub('\n', '')
  return lines >= longest
end

local function place(to, words)
  return pandoc.Link({ pandoc.Str(words) }, '#' .. to, '', pandoc.Attr('', { 'within' }))
end

-- Takes hints and solutions out of `blocks`, into `found`; `of` is the exercise that they belong to.
local function take(blocks, of, found)
  local kept, links, free = pandoc.List(), pandoc.List(), nil
  local function note(id, words)
    if #links > 0 then links:extend { pandoc.Str ',', pandoc.Space() } end
    links:insert(place(id, words))
  end
  local function leave()
    if #links > 0 then kept:insert(pandoc.Div({ pandoc.Plain(links) }, pandoc.Attr('', { 'see' }))) end
    links = pandoc.List()
  end
  for _, block in ipairs(blocks) do
    local class = class_of(block)
    if is_program(block) then
      found.program:insert(block)
      local words = pandoc.List { pandoc.Link({}, '#' .. block.identifier), pandoc.Str ',', pandoc.Space() }
      words:extend(pandoc.utils.blocks_to_inlines(pandoc.read(block.attributes.caption or '', 'markdown').blocks))
      words:extend { pandoc.Str ',', pandoc.Space(), pandoc.Str 'stands at the end of the chapter.' }
      leave()
      kept:insert(pandoc.Div({ pandoc.Plain(words) }, pandoc.Attr('', { 'see' })))
    elseif class == 'hint' or class == 'solution' then
      local words = class == 'hint' and 'Hint ' .. block.attributes.number or 'Solution'
      local id = of and ('%s-%s%s'):format(of.identifier, class, block.attributes.number or '')
        or ('hint-%d'):format(#found.hint + 1)
      found[class]:insert { id = id, of = of, number = block.attributes.number, blocks = block.content, words = words }
      note(id, words)
    else
      leave()
      if block.t == 'Div' then block.content = take(block.content, class == 'exercise' and block or of, found) end
      kept:insert(block)
    end
  end
  leave()
  return kept
end

local function back(entry)
  if not entry.of then return { pandoc.Str(entry.words) } end
  local inlines = pandoc.List()
  inlines:insert(pandoc.Link({}, '#' .. entry.of.identifier))
  if entry.number then inlines:extend { pandoc.Str ',', pandoc.Space(), pandoc.Str('hint ' .. entry.number) } end
  return inlines
end

local function section(entries, title, id)
  local out = pandoc.List()
  if #entries == 0 then return out end
  out:insert(pandoc.Header(2, title, pandoc.Attr(id, { 'unnumbered' })))
  for _, e in ipairs(entries) do
    local head = pandoc.Div({ pandoc.Plain(back(e)) }, pandoc.Attr('', { 'aside-head' }))
    local blocks = pandoc.List { head }
    blocks:extend(e.blocks)
    out:insert(pandoc.Div(blocks, pandoc.Attr(e.id, { 'aside' })))
  end
  return out
end

function M.gather(blocks)
  local found = { hint = pandoc.List(), solution = pandoc.List(), program = pandoc.List() }
  local kept = take(blocks, nil, found)
  kept:extend(section(found.hint, 'Hints', 'hints'))
  kept:extend(section(found.solution, 'Solutions', 'solutions'))
  if #found.program > 0 then
    kept:insert(pandoc.Header(2, 'Programs', pandoc.Attr('programs', { 'unnumbered' })))
    kept:extend(found.program)
  end
  return kept
end

return M
