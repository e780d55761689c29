// Where a formula on a page may end its line.  KaTeX lets a line end after every relation and operator
// outside braces, also within parentheses.  Here short formulas stay whole, and so does what stands in
// parentheses, unless it is long, which may also be broken after a slash; a display ends its lines before relations and sums, and at its gaps.
'use strict';

const set = (words) => new Set(words.split(' '));
const relations = set('= < > : \\le \\ge \\leq \\geq \\ne \\neq \\approx \\in \\notin \\sim \\simeq \\propto \\equiv \\to \\mapsto \\ll \\gg \\subset \\subseteq \\Longrightarrow \\Longleftrightarrow \\Rightarrow \\iff \\implies \\leftarrow \\rightarrow \\coloneqq \\perp \\mid');
const sums = set('+ - \\pm \\mp');
const products = set('\\cdot \\times \\odot \\circ \\cup \\cap \\div \\setminus \\otimes \\oplus \\wedge \\vee');
const opening = set('( [ \\{ \\langle \\lfloor \\lceil \\lvert \\lVert');
const closing = set(') ] \\} \\rangle \\rfloor \\rceil \\rvert \\rVert');
const sizes = /^\\(?:[bB]igg?[lrm]?)$/;

// TeX in tokens: a control word, an environment or a group in braces is one.
function tokens(tex) {
  const out = [];
  let at = 0;
  const pair = (open, close) => {
    let depth = 0, i = at;
    do {
      if (tex.startsWith(open, i)) depth++;
      else if (tex.startsWith(close, i)) depth--;
      i += tex[i] === '\\' && !tex.startsWith(close, i) ? 2 : 1;
    } while (depth > 0 && i < tex.length);
    return i - 1 + close.length;
  };
  while (at < tex.length) {
    const end = tex[at] === '{' ? pair('{', '}') : tex.startsWith('\\begin{', at) ? pair('\\begin{', '\\end{')
      : tex.startsWith('\\left', at) && !/^\\left[a-z]/i.test(tex.slice(at)) ? pair('\\left', '\\right')
        : at + tex.slice(at).match(/^(?:\\[A-Za-z]+\s*|\\[^]|\s+|[^])/)[0].length;
    out.push(tex.slice(at, end));
    at = end;
  }
  return out;
}

// About how many letters a reader sees.
const length = (list) => list.join('').replace(/\\(?:operatorname|text|mathcal|mathrm|hat|bar|bigl|bigr|Bigl|Bigr)\b/g, '')
  .replace(/\\[A-Za-z]+/g, 'x').replace(/[{}^_\s]/g, '').length;

// Rows that are only gathered stand flush left, as single lines do.
function rows(tex) {
  const gathered = tex.match(/^\\begin\{gathered\}([^]*)\\end\{gathered\}$/);
  return gathered ? gathered[1].split(/\\\\(?![A-Za-z])/) : [tex];
}

function breakable(tex, display) {
  return rows(tex).map((row) => oneRow(row.trim(), display)).join('\\\\ ');
}

function oneRow(tex, display) {
  const list = tokens(tex), whole = !display && length(list) < 12;
  const long = []; // of every bracket that is open, whether its inside may be broken
  const out = [];
  let before = ''; // the last token that is neither space nor size
  const inside = (from) => {
    let depth = 0, to = from;
    for (; to < list.length; to++) {
      const token = list[to].trim();
      if (opening.has(token)) depth++;
      if (closing.has(token) && --depth < 0) break;
    }
    return length(list.slice(from, to));
  };
  list.forEach((raw, k) => {
    const token = raw.trim(), atTop = long.every((l) => l);
    if (opening.has(token)) long.push(inside(k + 1) > (display ? 14 : 18));
    else if (closing.has(token)) long.pop();
    const unary = before === '' || relations.has(before) || sums.has(before) || opening.has(before) || before === ',';
    const script = before === '^' || before === '_';
    const nextWord = (list.slice(k + 1).find((next) => next.trim() !== '') || '').trim();
    if (script || sizes.test(before)) out.push(raw);
    else if (display && /^\\q?quad$/.test(token) && long.length === 0) out.push(raw, '\\allowbreak ');
    else if (display && atTop && ((relations.has(token) && long.length === 0 && token !== '\\mid') || (sums.has(token) && !unary))) {
      out.push(/^\\q?quad$/.test(before) ? '' : '\\allowbreak ', raw, /^\\q?quad$/.test(nextWord) ? '' : '\\nobreak ');
    } else if (relations.has(token) || sums.has(token) || products.has(token)) {
      out.push(raw, display || whole || !atTop ? '\\nobreak ' : '');
    } else if (token === '/' && !display && atTop && length(list) > 24) {
      out.push(raw, '\\allowbreak ');
    } else out.push(raw);
    if (token !== '') before = token;
  });
  return out.join('');
}

module.exports = { breakable };
