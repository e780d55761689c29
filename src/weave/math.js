// node src/weave/math.js B/book RAW...
// Sets the whole book's formulas with KaTeX in one process, fills the pages pandoc made, and
// refuses a page on which two things have one id or a link within the page leads nowhere.
'use strict';

const fs = require('fs');
const path = require('path');
const { breakable } = require('./breaks.js');
const mathml = require('./mathml.js');
const pieces = require('./pieces.js');

// Debian's module is found by Debian's node; another node needs to be told where it lies.
let katex;
try { katex = require('katex'); } catch (e) { katex = require('/usr/share/nodejs/katex'); }

const crypto = require('crypto');

const [book, ...pages] = process.argv.slice(2);
const faults = [];

const key = (tex, display) => (display ? 'D' : 'I') + tex.replace(/\s+/g, ' ').trim();

// KaTeX says of every piece how high it stands. Few heights occur, in thousands of places, so each
// becomes a class, named by what it says: a page of formulas is a tenth lighter.
const heights = new Map();

function named(style) {
  const name = 'm' + crypto.createHash('md5').update(style).digest('hex').slice(0, 5);
  if (heights.has(name) && heights.get(name) !== style) faults.push(`two styles have one name: ${style}`);
  heights.set(name, style);
  return name;
}

const classes = (html) => html
  .replace(/<span class="([^"]*)" style="([^"]*)">/g, (_, others, style) => `<span class="${others} ${named(style)}">`)
  .replace(/<span style="([^"]*)">/g, (_, style) => `<span class="${named(style)}">`);

// As strong as an attribute where KaTeX's own sheet says otherwise.
const sheet = () => [...heights].sort().map(([name, style]) => `.katex .${name}.${name}{${style.replace(/;$/, '')}}\n`).join('');

// What stands between the gaps of a display goes to the next line as a whole, if it fits there.
function inParts(html) {
  const start = '<span class="katex-html" aria-hidden="true">', end = '</span></span></span>';
  const from = html.indexOf(start) + start.length;
  const rows = html.slice(from, -end.length).split(/<span class="mspace newline"[^>]*><\/span>/).map(oneInParts);
  const inner = rows.length === 1 ? rows[0] : rows.map((row) => `<span class="row">${row}</span>`).join('');
  return html.slice(0, from) + inner + end;
}

// Wide gaps part statements, narrow ones what belongs to a statement.
function oneInParts(row) {
  return cutAt(2, row, (part) => cutAt(1, part, (inner) => inner));
}

function cutAt(em, row, inner) {
  const gap = new RegExp(`<span class="mspace" style="margin-right:${em}em;"></span><span class="mspace allowbreak"></span>(?:<span class="mspace"[^>]*></span>)?</span>`);
  const parts = row.split(gap);
  if (parts.length === 1) return inner(row);
  const closed = parts.map((part, k) => inner(k < parts.length - 1 ? part + '</span>' : part));
  return `<span class="part">${closed.join(`</span><span class="gap${em}"> </span><span class="part">`)}</span>`;
}

function render(tex, display) {
  const html = katex.renderToString(breakable(tex.trim(), display), {
    displayMode: display, output: 'htmlAndMathml', throwOnError: true, strict: (code) => (code === 'newLineInDisplayMode' ? 'ignore' : 'error'), trust: false,
  });
  // Within HTML, MathML needs no name space; and its TeX, which some readers would speak, stands in the source.
  const mended = html.replace(/<math[^]*<\/math>/, (math) => mathml.write(mathml.mend(mathml.parse(math)[0])).replace(/<mspace[^>]*linebreak[^>]*><\/mspace>|<mspace><\/mspace>/g, ''));
  return classes(display ? inParts(mended) : mended).replace(' xmlns="http://www.w3.org/1998/Math/MathML"', '').replace('<semantics>', '')
    .replace(/<annotation[^]*?<\/annotation><\/semantics>/, '');
}

// Every formula the scanner saw, rendered once; a fault names the line it was written on.
function renderBook() {
  const rendered = new Map();
  for (const { tex, display, file, line } of JSON.parse(fs.readFileSync(path.join(book, 'math.json'), 'utf8'))) {
    const k = key(tex, display);
    if (rendered.has(k)) continue;
    try {
      rendered.set(k, render(tex, display));
    } catch (error) {
      faults.push(`${file}:${line}: KaTeX: ${error.message}`);
      rendered.set(k, '');
    }
  }
  return rendered;
}

const entities = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };
const unescape = (text) => text.replace(/&(?:amp|lt|gt|quot|#39);/g, (e) => entities[e]);

// A browser may break the line between a formula and the full stop after it, so the stop moves into
// an unbreakable piece with the formula's last part.
function withStop(html, stop) {
  const last = html.lastIndexOf('<span class="base">');
  const end = html.length - '</span></span>'.length;
  if (!stop || last < 0) return html + stop;
  return `${html.slice(0, last)}<span class="held">${html.slice(last, end)}<span class="stop">${stop}</span></span></span></span>`;
}

function fill(html, name, rendered) {
  return html.replace(/<span class="math (inline|display)">([^]*?)<\/span>([.,;:!?)’”]*)/g, (_, style, escaped, stop) => {
    const tex = unescape(escaped);
    const k = key(tex, style === 'display');
    if (!rendered.has(k)) {
      try {
        rendered.set(k, render(tex, style === 'display'));
      } catch (error) {
        faults.push(`${name}: KaTeX: ${error.message}`);
        return '';
      }
    }
    return withStop(rendered.get(k), stop);
  });
}

// What pandoc writes and checkers reject: void elements closed as in XML, two roles that ARIA has
// given up, and a column head that is all formula, which is given words to be spoken.
function mend(html) {
  return html.replace(/ role="doc-(?:biblioentry|endnote)"/g, '')
    .replace(/<(hr|br|img|col)\b([^>]*?) ?\/>/g, '<$1$2>')
    .replace(/(<th[^>]*>)(<span class="math inline">([^<]*)<\/span>)<\/th>/g, (_, th, formula, tex) =>
      `${th}<span class="spoken">${tex.replace(/[\\{}]/g, '')}</span><span aria-hidden="true">${formula}</span></th>`);
}

function checkIds(html, name) {
  const ids = new Set();
  for (const [, id] of html.matchAll(/<[^>]*?\sid="([^"]*)"/g)) {
    if (ids.has(id)) faults.push(`${name}: two things have the id ${id}`);
    ids.add(id);
  }
  for (const [, target] of html.matchAll(/\shref="#([^"]+)"/g)) {
    if (!ids.has(unescape(decodeURIComponent(target)))) faults.push(`${name}: #${target} leads nowhere`);
  }
}

const rendered = renderBook();
const raws = new Map(pages.map((file) => [path.basename(file, '.html'), fs.readFileSync(file, 'utf8')]));
const filled = new Map();
for (const [name, raw] of raws) {
  const html = mathml.powers(fill(mend(raw), `${name}.html`, rendered));
  checkIds(html, `${name}.html`);
  filled.set(name, html);
}

if (faults.length > 0) {
  console.error(faults.join('\n'));
  process.exit(1);
}
// Only what has changed, so that the others keep their dates.
function write(name, text) {
  const file = path.join(book, name);
  if (fs.existsSync(file) && fs.readFileSync(file, 'utf8') === text) return;
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}

// What is seen of a formula, for the eye only: in the search the words beside it are spoken.
const seen = (tex) => /<span class="katex-html"[^]*<\/span>(?=<\/span>)/.exec(rendered.get(key(tex, true)) || '')?.[0];

const line = (tex) => (/<math[^]*?<\/math>/.exec(rendered.get(key(tex, false)) || '') || [''])[0].replace(/<[^>]*>/g, '').replace(/\u2061/g, '');

for (const [name, html] of filled) write(`${name}.html`, html);
for (const [name, script] of pieces.previews(filled)) write(`previews/${name}.js`, script);
write('assets/math.css', sheet());
const functions = JSON.parse(fs.readFileSync(path.join(book, 'functions.json'), 'utf8'));
write('assets/search-data.js', pieces.searchData(raws, functions, seen, line));
