-- The subset of TeX that KaTeX and LaTeX (amsmath, amssymb) both take.

local M = {}

local function set(words)
  local t = {}
  for word in words:gmatch '%S+' do t[word] = true end
  return t
end

local known = set [[
  alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi
  varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi
  Pi Sigma Upsilon Phi Psi Omega ell hbar imath jmath Re Im partial nabla infty emptyset varnothing
  forall exists nexists neg lnot top bot angle prime aleph
  sum prod coprod int iint iiint oint bigcup bigcap bigsqcup bigvee bigwedge bigoplus bigotimes
  pm mp times div cdot ast star circ bullet cap cup sqcap sqcup vee wedge land lor setminus oplus
  ominus otimes oslash odot dagger
  leq le geq ge ll gg neq ne equiv sim simeq approx cong propto doteq prec succ preceq succeq
  lesssim gtrsim leqslant geqslant subset supset subseteq supseteq in ni notin mid nmid parallel
  perp models vdash dashv triangleq not coloneqq
  to gets leftarrow rightarrow leftrightarrow Leftarrow Rightarrow Leftrightarrow longrightarrow
  longleftarrow longleftrightarrow Longrightarrow Longleftarrow Longleftrightarrow mapsto longmapsto
  iff implies impliedby uparrow downarrow nearrow searrow hookrightarrow xrightarrow
  exp log ln sin cos tan arcsin arccos arctan sinh cosh tanh coth det dim ker deg gcd inf sup min
  max lim liminf limsup arg Pr bmod pmod operatorname
  frac dfrac tfrac cfrac binom dbinom tbinom sqrt stackrel overset underset overline underline
  overbrace underbrace substack
  hat widehat bar tilde widetilde vec dot ddot check breve acute grave mathring
  mathrm mathbf mathit mathsf mathtt mathcal mathbb mathfrak mathscr boldsymbol text textrm textbf
  textit textsf texttt mathop mathbin mathrel mathord mathopen mathclose mathpunct
  left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr bigm Bigm
  langle rangle lbrace rbrace lbrack rbrack lfloor rfloor lceil rceil lvert rvert lVert rVert vert
  Vert backslash
  quad qquad phantom hphantom vphantom smash displaystyle textstyle scriptstyle limits nolimits
  ldots cdots vdots ddots dots dotsc dotsb hline
  begin end boxed checkmark square blacksquare
]]

local environments = set [[
  aligned gathered split cases array matrix pmatrix bmatrix Bmatrix vmatrix Vmatrix smallmatrix
]]

local symbols = set [[ { } | , : ; ! \ % & # _ $ ]]

local function line_of(tex, at, line)
  local _, n = tex:sub(1, at - 1):gsub('\n', '')
  return line + n
end

-- One control sequence; returns the position after it. `st` holds what is open.
local function control(tex, at, st, complain)
  local name = tex:match('^\\(%a+)', at)
  if not name then
    local c = tex:sub(at + 1, at + 1)
    if c == '\\' and #st.environments == 0 then
      complain(at, '\\\\ outside an environment such as aligned')
    elseif not (symbols[c] or c == ' ' or c == '\n') then
      complain(at, ('\\%s is not in the TeX subset'):format(c))
    end
    return at + 2
  end
  if not known[name] then complain(at, ('\\%s is not in the TeX subset'):format(name)) end
  if name == 'left' then st.left[#st.left + 1] = at end
  if name == 'right' and not table.remove(st.left) then complain(at, '\\right without \\left') end
  if name == 'begin' or name == 'end' then
    local environment = tex:match('^%s*{([^{}]*)}', at + #name + 1) or '?'
    if not environments[environment] then
      complain(at, ('environment %s is not in the TeX subset'):format(environment))
    elseif name == 'begin' then
      st.environments[#st.environments + 1] = { name = environment, at = at }
    else
      local open = table.remove(st.environments)
      if not open or open.name ~= environment then
        complain(at, ('\\end{%s} does not close what is open'):format(environment))
      end
    end
  end
  return at + 1 + #name
end

-- Calls report(line, message) for each thing outside the subset.
function M.check(tex, line, report)
  local st = { left = {}, environments = {}, braces = {} }
  local function complain(at, message) report(line_of(tex, at, line), message) end
  local at = 1
  while at <= #tex do
    local c = tex:sub(at, at)
    if c == '\\' then
      at = control(tex, at, st, complain)
    else
      if c == '{' then st.braces[#st.braces + 1] = at end
      if c == '}' and not table.remove(st.braces) then complain(at, 'TeX: } without {') end
      if c == '&' and #st.environments == 0 then complain(at, 'TeX: & outside an environment') end
      if c == '%' or c == '#' or c == '$' then complain(at, ('TeX: write \\%s for %s'):format(c, c)) end
      if c:byte() > 127 then
        complain(at, ('TeX: %s is not ASCII'):format(tex:match('^[\xc2-\xf4][\x80-\xbf]*', at) or '?'))
        at = at + #(tex:match('^[\xc2-\xf4][\x80-\xbf]*', at) or 'x') - 1
      end
      at = at + 1
    end
  end
  for _, open in ipairs(st.braces) do complain(open, 'TeX: { is not closed') end
  for _, open in ipairs(st.left) do complain(open, '\\left without \\right') end
  for _, open in ipairs(st.environments) do
    complain(open.at, ('\\begin{%s} is not closed'):format(open.name))
  end
end

return M
