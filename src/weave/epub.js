// node src/weave/epub.js BOOK EDITION PAGE...
// Makes the folder BOOK/epub of an EPUB 3 from the pages that pandoc made in BOOK/xhtml: formulas
// as MathML, by KaTeX; contents; package. A formula, a link or an id that is wrong stops it.
'use strict';

const fs = require('fs');
const path = require('path');
const { lines } = require('./lines.js');
const { closed, mend, parse, powers } = require('./mathml.js');

// Debian's module is found by Debian's node; another node needs to be told where it lies.
let katex;
try { katex = require('katex'); } catch (e) { katex = require('/usr/share/nodejs/katex'); }

const [book, edition, ...names] = process.argv.slice(2);
const faults = [];

const entities = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };
const unescape = (text) => text.replace(/&(?:amp|lt|gt|quot|#39);/g, (e) => entities[e]);

function mathml(tex, display, name) {
  try {
    const html = katex.renderToString(tex.trim(), { displayMode: display, output: 'mathml', throwOnError: true, strict: 'error' });
    return lines(closed(mend(parse(html.match(/<math[^]*<\/math>/)[0])[0])), display);
  } catch (error) {
    faults.push(`${name}: KaTeX: ${error.message}`);
    return '';
  }
}

// A formula and the mark after it stay on one line: readers take a formula for a word of its own.
function fill(html, name) {
  return html.replace(/([(“‘]?)<span class="math (inline|display)">([^]*?)<\/span>([-–,.;:?!)”’]*)/g, (_, before, style, tex, after) => {
    const math = mathml(unescape(tex), style === 'display', name);
    if (style === 'display' || !(before || after)) return before + math + after;
    const last = math.lastIndexOf('<math'), first = math.indexOf('</math>');
    const tail = after ? `<span class="whole">${math.slice(last)}${after}</span>` : math.slice(last);
    return first > last ? `<span class="whole">${before}${math}${after}</span>` : before + math.slice(0, last) + tail;
  });
}

// Two roles that ARIA has given up.
const currentRoles = (html) => html.replace(/ role="doc-(?:biblioentry|endnote)"/g, '');

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
    const title = (number ? number + ' ' : '') + text(page.html.match(/<h1[^>]*>([^]*?)<\/h1>/)[1]);
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
</ol></nav>
<nav epub:type="landmarks" hidden="hidden"><h2>Landmarks</h2><ol>
<li><a epub:type="titlepage" href="title.xhtml">Title page</a></li>
<li><a epub:type="toc" href="nav.xhtml#toc">Contents</a></li>
<li><a epub:type="bodymatter" href="${pages.find(({ html }) => /chapter-number/.test(html)).file}">Start of the text</a></li>
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
<dc:title>${title}</dc:title>
<dc:creator>The maintainers of Latent</dc:creator>
<dc:description>${subtitle}</dc:description>
<dc:rights>GNU General Public License, version 3 or later</dc:rights>
<dc:subject>Latent variable models</dc:subject>
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
<item id="title" href="title.xhtml" media-type="application/xhtml+xml"/>
<item id="cover" href="cover.svg" media-type="image/svg+xml" properties="cover-image"/>
<item id="css" href="book.css" media-type="text/css"/>
${items.join('\n')}
</manifest>
<spine>
<itemref idref="title"/>
<itemref idref="nav"/>
${pages.map(({ file }) => `<itemref idref="item-${file}"/>`).join('\n')}
</spine>
</package>
`;
}

const subtitle = 'A workbook on inference in latent variable models that checks itself';
const title = `Latent${edition === 'full' ? '' : `, ${edition} edition`}`;

// The cover: the name above the digits that the model of chapter 6 paints.
function cover(drawn) {
  const words = (size, y, text, style) =>
    `<text x="80" y="${y}" font-family="serif" font-size="${size}" fill="${style}">${text}</text>`;
  return `<?xml version="1.0" encoding="utf-8"?>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 1200 1600">
<title>Latent: the cover</title><rect width="1200" height="1600" fill="white"/>
${words(150, 230, 'Latent', '#1a1a1a')}
${words(44, 320, 'A workbook on inference', '#555')}
${words(44, 378, 'in latent variable models that checks itself', '#555')}
${drawn.replace(/^[^]*?<svg/, '<svg x="80" y="470" width="1040" height="1040"')}
</svg>
`;
}

const titlePage = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="en-GB" xml:lang="en-GB">
<head><meta charset="utf-8"/><title>${title}</title><link rel="stylesheet" type="text/css" href="book.css"/></head>
<body epub:type="titlepage">
<h1>${title}</h1>
<p class="subtitle">${subtitle}</p>
<p><img src="figures/06-manifold.svg" alt="Rows of handwritten digits that change smoothly into one another: the figure of chapter 6"/></p>
</body>
</html>
`;

const container = `<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="book/package.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
`;

const pages = names.map((name) => {
  const file = `${name}.xhtml`;
  return { file, html: powers(fill(currentRoles(fs.readFileSync(path.join(book, 'xhtml', file), 'utf8')), file)) };
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
put('book/title.xhtml', titlePage);
put('book/cover.svg', cover(fs.readFileSync(path.join(book, 'xhtml', 'figures', '06-manifold.svg'), 'utf8')));
put('book/book.css', fs.readFileSync(path.join(__dirname, 'epub.css')));
for (const { file, html } of pages) put(`book/${file}`, html);
for (const file of shown) put(`book/figures/${file}`, fs.readFileSync(path.join(book, 'xhtml', 'figures', file)));
