// SPDX-License-Identifier: GPL-3.0-or-later
//
// node tests/book/formulas.js B/book
// Every formula of the book, broken into lines as pages and EPUB do it, still has all its signs in their order.
'use strict';

const fs = require('fs');
const path = require('path');
const { breakable } = require('../../src/weave/breaks.js');
const { lines } = require('../../src/weave/lines.js');
const { closed, mend, parse, write } = require('../../src/weave/mathml.js');

let katex;
try { katex = require('katex'); } catch (e) { katex = require('/usr/share/nodejs/katex'); }

const signs = (html) => html.replace(/<annotation[^]*?<\/annotation>/g, '').replace(/<[^>]*>|[\s\u00a0\u200b\u2061]|&nbsp;/g, '');
const set = (tex, displayMode, output) => katex.renderToString(tex, { displayMode, output, strict: false });
const tree = (tex, display) => closed(mend(parse(set(tex, display, 'mathml').match(/<math[^]*<\/math>/)[0])[0]));
const ungathered = (tex) => tex.replace(/\\(?:begin|end)\{gathered\}/g, '');

const formulas = JSON.parse(fs.readFileSync(path.join(process.argv[2], 'math.json'), 'utf8'));
let faults = 0, broken = 0;
for (const { tex, display, file, line } of formulas) {
  const page = [signs(set(ungathered(tex.trim()), display, 'html')), signs(set(breakable(tex.trim(), display), display, 'html'))];
  const whole = tree(tex.trim(), display), inLines = lines(whole, display);
  const epub = [signs(write(whole)), signs(inLines)];
  broken += (inLines.match(/<math/g) || []).length > 1 ? 1 : 0;
  for (const [before, after] of [page, epub]) {
    if (before !== after) {
      console.log(`${file}:${line}: ${before} became ${after}`);
      faults++;
    }
  }
}
console.log(`${formulas.length} formulas, ${broken} of them in lines in the EPUB`);
process.exit(faults > 0 || broken === 0 ? 1 : 0);
