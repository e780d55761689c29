// Pieces of the rendered pages that other pages show: previews of what is referred to across pages,
// and the words that the search looks through.
'use strict';

// The element that begins at `at`, to its own closing tag.
function element(html, at) {
  const tag = /^<([a-z0-9]+)/.exec(html.slice(at, at + 20))[1];
  const tags = new RegExp(`<(/?)${tag}\\b[^>]*>`, 'g');
  tags.lastIndex = at;
  let depth = 0;
  for (let m; (m = tags.exec(html));) {
    depth += m[1] ? -1 : 1;
    if (depth === 0) return html.slice(at, tags.lastIndex);
  }
  throw new Error(`<${tag}> is not closed`);
}

function withId(html, id) {
  const inside = html.indexOf(` id="${id}"`);
  if (inside < 0) return '';
  const at = html.lastIndexOf('<', inside);
  const piece = element(html, at);
  if (!/^<h\d/.test(piece)) return piece;
  const next = /^\s*<p>[^]*?<\/p>/.exec(html.slice(at + piece.length, at + piece.length + 20000));
  return piece + (next ? next[0] : '');
}

// What a preview would throw away need not be kept: a badge but its summary, folds, links to data.
function slim(html) {
  return html.replace(/(<details class="badge">\s*<summary>[^]*?<\/summary>)[^]*?<\/details>/g, '$1</details>')
    .replace(/<p class="links">[^]*?<\/p>/g, '');
}

// For each page by name, a script with the pieces of it that other pages refer to.
function previews(pages) {
  const wanted = new Map();
  for (const [name, html] of pages) {
    for (const [, page, id] of html.matchAll(/\shref="([\w-]+)\.html#([^"]+)"/g)) {
      if (page === name || !pages.has(page)) continue;
      if (!wanted.has(page)) wanted.set(page, new Set());
      wanted.get(page).add(id);
    }
  }
  const out = new Map();
  for (const [name, ids] of [...wanted].sort()) {
    const pieces = {};
    for (const id of [...ids].sort()) pieces[id] = slim(withId(pages.get(name), id));
    out.set(name, `latentPreviews(${JSON.stringify(name)}, ${JSON.stringify(pieces)});\n`);
  }
  return out;
}

// Words -------------------------------------------------------------------------------------------

const entities = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&nbsp;': ' ' };
let said = (tex) => tex; // an inline formula as a line of text
const unescape = (text) => text.replace(/&(?:amp|lt|gt|quot|#39|nbsp);/g, (e) => entities[e]);
const plain = (html) => unescape(html.replace(/<span class="math inline">([^]*?)<\/span>/g, (_, tex) => said(unescape(tex)))
  .replace(/<details class="badge[^]*?<\/details>|<p class="(?:code-of|status)">[^]*?<\/p>|<pre[^]*?<\/pre>|<svg[^]*?<\/svg>|<dl class="facts">[^]*?<\/dl>|<a class="permalink"[^]*?<\/a>/g, ' ')
  .replace(/<\/(?:p|li|td|th|div|h\d|summary|dt|dd|figcaption)>/g, ' ').replace(/<[^>]*>/g, '')).replace(/\s+/g, ' ').trim();

function statements(html, name, formula) {
  return [...html.matchAll(/<div class="statement (\w+)" id="([^"]+)">/g)].map((m) => {
    const piece = element(html, m.index);
    const number = /<a class="number"[^>]*>(.*?)<\/a>/.exec(piece)[1];
    const math = /<span class="math display">([^]*?)<\/span>/.exec(piece);
    const doc = { u: `${name}.html#${m[2]}`, k: m[1], n: number.replace(/[()]/g, ''), t: m[2] };
    if (math) {
      doc.e = plain(math[1]);
      doc.h = formula(doc.e);
    } else {
      doc.x = plain(piece.replace(/<div class="meta">[^]*/, '').replace(/<a class="number"[^>]*>.*?<\/a>/, ''));
    }
    return doc;
  });
}

function captions(html, name) {
  return [...html.matchAll(/<figure class="(figure|table|listing)" id="([^"]+)">/g)].map((m) => {
    const caption = /<figcaption>([^]*?)<\/figcaption>/.exec(element(html, m.index))[1].replace(/<p class="links">[^]*?<\/p>/, '');
    const text = plain(caption);
    const number = /^\w+ [\d.]+/.exec(text)[0];
    return { u: `${name}.html#${m[2]}`, k: m[1], n: number.replace(/^\w+ /, ''), t: number, x: text.slice(number.length).trim() };
  });
}

function exercises(html, name) {
  return [...html.matchAll(/<div class="exercise" id="([^"]+)">/g)].map((m) => {
    const head = /<div class="exercise-head">([^]*?)<\/div>/.exec(html.slice(m.index))[1];
    const title = plain((/<span class="exercise-title">([^]*?)<\/span>\s*$/.exec(head) || ['', ''])[1]);
    const number = plain(/<a class="number"[^>]*>(.*?)<\/a>/.exec(head)[1]).replace(/^Exercise\s/, '');
    return { u: `${name}.html#${m[1]}`, k: 'exercise', n: number, t: title || `Exercise ${number}` };
  });
}

// The ledger has every mistake once; its claims stand in the chapters.
function mistakes(html, name) {
  return [...html.matchAll(/<div id="(mistake-[^"]+)" class="entry">/g)].map((m) =>
    ({ u: `${name}.html#${m[1]}`, k: 'mistake', t: m[1].slice(8), x: plain(element(html, m.index)).replace(m[1].slice(8), '').trim() }));
}

function sections(html, name, title) {
  const body = html.slice(html.indexOf('<main'), html.indexOf('</main>'))
    .replace(/<div class="statement[^]*?<div class="meta">/g, ' ');
  return body.split(/(?=<h[23] [^>]*id=")/).map((part) => {
    const head = /^<h[23] [^>]*id="([^"]+)"[^>]*>([^]*?)<\/h[23]>/.exec(part);
    const heading = head ? plain(head[2]) : title;
    return { u: `${name}.html${head ? '#' + head[1] : ''}`, k: head ? 'section' : 'chapter', t: heading,
      x: plain(head ? part.slice(head[0].length) : part.replace(/<header[^]*?<\/header>/, '')) };
  }).filter((doc) => doc.x);
}

// `raw` are the pages as pandoc made them, with formulas still in TeX; formula(tex) gives one set,
// line(tex) one as text.
function searchData(raw, functions, formula, line) {
  said = line;
  const docs = [];
  for (const [name, html] of raw) {
    const title = plain(/<title>(.*?) – Latent<\/title>/.exec(html)[1]);
    if (name === 'ledger') docs.push(...mistakes(html, name));
    else docs.push(...statements(html, name, formula), ...captions(html, name), ...exercises(html, name), ...sections(html, name, title));
  }
  for (const f of functions) docs.push({ u: `source/${f.file}.html#L${f.line}`, k: 'function', t: f.name, x: f.file });
  return `latentSearch([\n${docs.map((doc) => JSON.stringify(doc)).join(',\n')}\n]);\n`;
}

module.exports = { previews, searchData };
