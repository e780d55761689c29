// SPDX-License-Identifier: GPL-3.0-or-later
//
// node tests/book/column.js B/book/epub/book
// The pages of the EPUB in a column of 360 px, which does not scroll: nothing may be wider.
'use strict';

const fs = require('fs');
const path = require('path');
const { pathToFileURL } = require('url');
const { chromium } = require('playwright-core');

// What sticks out of the column or of its own box.
function wide() {
  const column = document.documentElement.clientWidth;
  return [...document.querySelectorAll('.equation, .words, table, pre, math, img, code')]
    .filter((el) => el.getBoundingClientRect().right > column + 0.5 || (el.matches('.equation, .words') && el.scrollWidth > el.clientWidth + 1))
    .map((el) => `${(el.closest('[id]') || {}).id}: ${el.localName} of ${Math.round(el.getBoundingClientRect().width)} px: ${el.textContent.slice(0, 60)}`);
}

(async () => {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox'] });
  const page = await browser.newPage({ viewport: { width: 360, height: 640 } });
  let faults = 0, looked = 0;
  for (const name of fs.readdirSync(process.argv[2]).filter((file) => file.endsWith('.xhtml'))) {
    await page.goto(pathToFileURL(path.resolve(process.argv[2], name)).href);
    looked += await page.evaluate(() => document.querySelectorAll('math').length);
    for (const fault of await page.evaluate(wide)) {
      console.log(`${name}: ${fault}`);
      faults++;
    }
  }
  await browser.close();
  process.exit(faults > 0 || looked === 0 ? 1 : 0);
})();
