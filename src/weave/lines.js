// Formulas for narrow columns.  No reader breaks MathML into lines, and where pages do not scroll what is too
// wide is lost.  So a long formula becomes several, between which a line may end: at gaps first, then before
// relations, then before sums, then between factors, then within long brackets, and only where nothing else
// helps within short ones.
'use strict';

const { write } = require('./mathml.js');

const room = 12;   // em: what is narrower stays whole
const short = 8;   // em: and so does a bracket that is narrower,
const column = 17; // em: as long as the whole goes into a line

const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);

// About how wide an element is, in em.
function width({ tag, attributes, text, inner }) {
  const parts = inner.map(width), scripts = Math.max(0, ...parts.slice(1)) * 0.7;
  const letters = [...(text || '').replace(/&[^;]*;/g, 'x').replace(/\u2061/g, '')].length;
  switch (tag) {
    case 'mspace': return parseFloat((attributes.match(/width="([-\d.]+)em/) || [0, 0])[1]);
    case 'mo': return /^(?:[^=<>+\u2190-\u22ff]?|[\u2223\u2225])$/.test(text || '') ? 0.4 * letters : 1.4;
    case 'mi': case 'mn': case 'mtext': return 0.55 * letters;
    case 'mfrac': return Math.max(...parts);
    case 'msub': case 'msup': case 'msubsup': return parts[0] + scripts;
    case 'munder': case 'mover': case 'munderover': return Math.max(parts[0], scripts);
    case 'mtable': return Math.max(...parts);
    default: return sum(parts);
  }
}

const opens = /^[([{\u230a\u27e8]$/, closes = /^[)\]}\u230b\u27e9]$/, bar = /^[\u2223\u2225|]$/;

// A row's elements, groups undone, each with the number of brackets about it and the width of the innermost.
// A bar with a style is a bracket, one without is the bar of "given".
function flat(elements, items = [], open = []) {
  for (const element of elements) {
    const { tag, attributes, inner } = element;
    if (tag === 'mrow' || (tag === 'mstyle' && !/"false"/.test(attributes))) {
      flat(inner, items, open);
      continue;
    }
    const sign = /^m(?:sub|sup|subsup)$/.test(tag) ? inner[0] : element;
    const bracket = sign.tag === 'mo' ? sign.text || '' : '', sided = bar.test(bracket) && sign.attributes !== '';
    const last = open[open.length - 1];
    const shut = closes.test(bracket) || (sided && last && last.bracket === bracket);
    for (const about of open) about.width += width(element);
    if (shut) open.pop();
    items.push({ element, depth: open.length, about: open[open.length - 1] });
    if (!shut && (sided || opens.test(bracket))) open.push({ bracket, width: width(element) });
  }
  return items;
}

const relation = /^(?:[=<>]|&[lg]t;|[\u2190-\u21ff\u2208-\u220d\u221d\u223c-\u228b\u27f5-\u27ff:]|\u2261)$/;

const mo = (item, shape) => item.element.tag === 'mo' && shape.test(item.element.text || '');
const gap = ({ element }) => element.tag === 'mspace' && width(element) >= 1;
const blank = ({ element }) => (element.tag === 'mtext' && /^\s*$/.test(element.text.replace(/&nbsp;|\u00a0/g, ' '))) || element.tag === 'mspace';
const prefix = ({ element }) => /prefix/.test(element.attributes);
const operator = ({ element }) => (/^m(?:under|over|underover|sub|sup|subsup)$/.test(element.tag) ? element.inner[0] : {});
const big = (items, k) => operator(items[k]).tag === 'mo' && !closes.test(operator(items[k]).text) && !mo(items[k - 1], opens);

// Whether a line may end before items[k], level by level.
const plus = (item) => mo(item, /^[+\u2212\u00b1]$/) && !prefix(item);
const related = (items, k) => mo(items[k], relation) || mo(items[k - 1], /^,$/);
const factor = (items, k) => big(items, k) || mo(items[k], /^\/$/) || (mo(items[k], opens) && mo(items[k - 1], closes));
const long = ({ about }) => about && about.width > short;
const levels = [
  (items, k) => items[k].depth === 0 && gap(items[k]),
  (items, k) => items[k].depth === 0 && related(items, k),
  (items, k) => items[k].depth === 0 && plus(items[k]),
  (items, k) => items[k].depth === 0 && factor(items, k),
  (items, k) => items[k].depth === 1 && long(items[k]) && (plus(items[k]) || related(items, k)),
  (items, k) => items[k].depth === 1 && big(items, k),
  (items, k) => items[k].depth === 1 && (plus(items[k]) || related(items, k)),
  (items, k) => plus(items[k]),
];
const least = [room, room, room, room, room, room, column, column];

function trim(items) {
  let from = 0, to = items.length;
  while (from < to && blank(items[from])) from++;
  while (from < to && blank(items[to - 1])) to--;
  return items.slice(from, to);
}

// Items as { items } where they stay whole, otherwise as { parts, level }.
function divide(given, level = 0) {
  const items = trim(given);
  if (level === levels.length || sum(items.map(({ element }) => width(element))) <= least[level]) return { items };
  const cuts = [0];
  for (let k = 1; k < items.length; k++) if (levels[level](items, k)) cuts.push(k);
  if (cuts.length === 1) return divide(items, level + 1);
  return { level, parts: cuts.map((cut, n) => divide(items.slice(cut, cuts[n + 1]), level + 1)) };
}

function formula(items, display) {
  const [first, ...rest] = items.map(({ element }) => element);
  // What is infix stays so at the start of its part.
  const infix = first.tag === 'mo' && !/form=/.test(first.attributes) && !opens.test(first.text) && !bar.test(first.text);
  const head = infix ? { ...first, attributes: `${first.attributes} form="infix"` } : first;
  const inner = [head, ...rest].map(write).join('');
  return `<math xmlns="http://www.w3.org/1998/Math/MathML">${display ? `<mstyle displaystyle="true">${inner}</mstyle>` : inner}</math>`;
}

function show({ items, parts, level }, display) {
  if (items) return items.length === 0 ? '' : formula(items, display);
  return parts.map((part) => show(part, display)).filter((part) => part)
    .map((part) => (display ? `<span class="${level === 0 ? 'part gap' : 'part'}">${part}</span>` : part)).join('<wbr/>');
}

// A formula's MathML, in lines where it is long.
function lines(math, display) {
  const semantics = math.inner[0], [row, ...rest] = semantics.inner;
  const table = [row, row.inner[0]].find((element) => element && element.tag === 'mtable');
  const rows = !table || width(row) <= room ? [[row]] : table.inner.map((r) => r.inner.flatMap((cell) => cell.inner));
  const divided = rows.map((r) => divide(flat(r)));
  if (divided.length > 1) return divided.map((d) => `<span class="row">${show(d, display)}</span>`).join('');
  if (!divided[0].items) return show(divided[0], display);
  const whole = display ? { tag: 'mstyle', attributes: ' displaystyle="true"', inner: [row] } : row;
  return write({ ...math, attributes: math.attributes.replace(' display="block"', ''), inner: [{ ...semantics, inner: [whole, ...rest] }] });
}

module.exports = { lines };
