// node src/weave/epub.js BOOK EDITION PAGE...
// Makes the folder BOOK/epub of an EPUB 3 from the pages that pandoc made in BOOK/xhtml: formulas
// as MathML, by KaTeX; contents; package. A formula, a link or an id that is wrong stops it.
'use strict';

const fs = require('fs');
const path = require('path');

// Debian's module is found by Debian's node; another node needs to be told where it lies.
let katex;
try { katex = require('katex'); } catch (e) { katex = require('/usr/share/nodejs/katex'); }

const [book, edition, ...names] = process.argv.slice(2);
const faults = [];

const entities = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };
const unescape = (text) => text.replace(/&(?:amp|lt|gt|quot|#39);/g, (e) => entities[e]);

// KaTeX writes "apply function" where a script's element may have no further child, and leaves it to the
// reader to set a space before the function and after it, which many do not.
function applied(math) {
  const scripts = 'm(?:sub|sup|subsup|under|over|underover)';
  return math.replace(new RegExp(`(<${scripts}[^>]*><mi[^>]*>[^<]*</mi>)<mo>\u2061</mo>`, 'g'), '$1')
    .replace(new RegExp(`<mo>\u2061</mo>(</${scripts}>)`, 'g'), '$1')
    .replace(/<mo>\u2061<\/mo>(?!<mo[^>]*>[([{]|<mrow><mo[^>]*>[([{])/g, '<mo>\u2061</mo><mspace width="0.167em"/>')
    .replace(/(<\/(?:mi|mn|msub|msup|msubsup|mrow|mfrac)>|[)\]}]<\/mo>)(<mi[^>]*>[A-Za-z]{2,}<\/mi><mo>\u2061<\/mo>)/g,
      '$1<mspace width="0.167em"/>$2');
}

// A minus after another operator or an opening parenthesis is a sign, which stands close to its number; and
// a letter of script is a letter of its own, since readers do not know the attribute.
const script = { L: '\u2112', N: '\u{1D4A9}' };
function spelt(math) {
  return math.replace(/(<mo[^>]*>[^<)\]}|\u2225\u27e9]*<\/mo>(?:<mspace[^>]*\/>)?)<mo>\u2212<\/mo>/g, '$1<mo form="prefix">\u2212</mo>')
    .replace(/<mi mathvariant="script">([A-Z])<\/mi>/g, (_, letter) => {
      if (!script[letter]) throw new Error(`no letter ${letter} of script is known`);
      return `<mi>${script[letter]}</mi>`;
    });
}

function mathml(tex, display, name) {
  try {
    const html = katex.renderToString(tex.trim(), { displayMode: display, output: 'mathml', throwOnError: true, strict: 'error' });
    return spelt(applied(html.match(/<math[^]*<\/math>/)[0]));
  } catch (error) {
    faults.push(`${name}: KaTeX: ${error.message}`);
    return '';
  }
}

function fill(html, name) {
  return html.replace(/<span class="math (inline|display)">([^]*?)<\/span>/g,
    (_, style, tex) => mathml(unescape(tex), style === 'display', name));
}

// Two roles that ARIA has given up.
const mend = (html) => html.replace(/ role="doc-(?:biblioentry|endnote)"/g, '');

function ids(page) {
  const found = new Set();
  for (const [, id] of page.html.matchAll(/<[^>]*?\sid="([^"]*)"/g)) {
    if (found.has(id)) faults.push(`${page.file}: two things have the id ${id}`);
    found.add(id);
  }
  return found;
}

function checkLinks(pages) {
  const known = new Map(pages.map((page) => [page.file, ids(page)]));
  for (const page of pages) {
    for (const [, href] of page.html.matchAll(/\shref="([^"]+)"/g)) {
      if (/^[a-z]+:/.test(href) || href === 'book.css') continue;
      const [file, id] = unescape(decodeURIComponent(href)).split('#');
      const there = known.get(file || page.file);
      if (!there || (id && !there.has(id))) faults.push(`${page.file}: ${href} leads nowhere`);
    }
    if (/class="math /.test(page.html)) faults.push(`${page.file}: a formula is left in TeX`);
  }
}

const text = (html) => html.replace(/<[^>]*>/g, '').trim();

function contents(pages) {
  const items = pages.map((page) => {
    const number = (page.html.match(/<p class="chapter-number">Chapter (\d+)<\/p>/) || [])[1];
    const title = (number ? number + ' ' : '') + text(page.html.match(/<h1>([^]*?)<\/h1>/)[1]);
    const sections = [...page.html.matchAll(/<h2[^>]*\sid="([^"]*)"[^>]*>([^]*?)<\/h2>/g)]
      .map(([, id, words]) => `<li><a href="${page.file}#${id}">${text(words)}</a></li>`);
    return `<li><a href="${page.file}">${title}</a>${sections.length ? `<ol>\n${sections.join('\n')}\n</ol>` : ''}</li>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="en-GB" xml:lang="en-GB">
<head><meta charset="utf-8"/><title>Contents</title><link rel="stylesheet" type="text/css" href="book.css"/></head>
<body><nav epub:type="toc" id="toc"><h1>Contents</h1><ol>
${items.join('\n')}
</ol></nav></body>
</html>
`;
}

function description(pages, figures) {
  const date = new Date(1000 * (process.env.SOURCE_DATE_EPOCH || 0)).toISOString().replace(/\.\d+Z/, 'Z');
  const items = pages.map(({ file, html }) =>
    `<item id="item-${file}" href="${file}" media-type="application/xhtml+xml"${/<math/.test(html) ? ' properties="mathml"' : ''}/>`);
  for (const file of figures) {
    items.push(`<item id="item-${file}" href="figures/${file}" media-type="image/${file.endsWith('.svg') ? 'svg+xml' : 'png'}"/>`);
  }
  return `<?xml version="1.0" encoding="UTF-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="en-GB">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">urn:latent:workbook:${edition}</dc:identifier>
<dc:title>Latent${edition === 'full' ? '' : `, ${edition} edition`}</dc:title>
<dc:description>A workbook on inference in latent variable models that checks itself</dc:description>
<dc:language>en-GB</dc:language>
<meta property="dcterms:modified">${date}</meta>
<meta property="schema:accessMode">textual</meta>
<meta property="schema:accessMode">visual</meta>
<meta property="schema:accessModeSufficient">textual</meta>
<meta property="schema:accessibilityFeature">alternativeText</meta>
<meta property="schema:accessibilityFeature">MathML</meta>
<meta property="schema:accessibilityFeature">structuralNavigation</meta>
<meta property="schema:accessibilityHazard">none</meta>
</metadata>
<manifest>
<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="css" href="book.css" media-type="text/css"/>
${items.join('\n')}
</manifest>
<spine>
${pages.map(({ file }) => `<itemref idref="item-${file}"/>`).join('\n')}
</spine>
</package>
`;
}

const container = `<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="book/package.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
`;

const pages = names.map((name) => {
  const file = `${name}.xhtml`;
  return { file, html: fill(mend(fs.readFileSync(path.join(book, 'xhtml', file), 'utf8')), file) };
});
checkLinks(pages);
if (faults.length > 0) {
  console.error(faults.join('\n'));
  process.exit(1);
}

const shown = new Set(pages.flatMap(({ html }) => [...html.matchAll(/ src="figures\/([^"]+)"/g)].map((m) => m[1])));
const root = path.join(book, 'epub');
const put = (file, content) => {
  fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  fs.writeFileSync(path.join(root, file), content);
};
fs.rmSync(root, { recursive: true, force: true });
put('mimetype', 'application/epub+zip');
put('META-INF/container.xml', container);
put('book/package.opf', description(pages, [...shown].sort()));
put('book/nav.xhtml', contents(pages));
put('book/book.css', fs.readFileSync(path.join(__dirname, 'epub.css')));
for (const { file, html } of pages) put(`book/${file}`, html);
for (const file of shown) put(`book/figures/${file}`, fs.readFileSync(path.join(book, 'xhtml', 'figures', file)));
