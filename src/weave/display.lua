-- Where a statement's display stands in its blocks: every output sets it apart from its paragraph.

local M = {}

local function is_display(el) return el.t == 'Math' and el.mathtype == 'DisplayMath' end

local function trimmed(inlines)
  while inlines[1] and (inlines[1].t == 'SoftBreak' or inlines[1].t == 'Space') do inlines:remove(1) end
  while inlines[#inlines] and (inlines[#inlines].t == 'SoftBreak' or inlines[#inlines].t == 'Space') do inlines:remove() end
  return inlines
end

-- A paragraph cut at its display: what is before, the display (nil when there is none), what is after.
local function cut(block)
  local before, display, after = pandoc.List(), nil, pandoc.List()
  for _, el in ipairs(block.t == 'Para' and block.content or {}) do
    if is_display(el) and not display then
      display = el
    else
      (display and after or before):insert(el)
    end
  end
  return trimmed(before), display, trimmed(after)
end

-- The blocks with each display replaced by the blocks set(display), and whether there was one.
function M.apart(blocks, set)
  local out, found = pandoc.List(), false
  for _, block in ipairs(blocks) do
    local before, display, after = cut(block)
    if display then
      if #before > 0 then out:insert(pandoc.Para(before)) end
      out:extend(set(display))
      if #after > 0 then out:insert(pandoc.Para(after)) end
      found = true
    else
      out:insert(block)
    end
  end
  return out, found
end

return M
