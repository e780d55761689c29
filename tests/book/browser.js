// SPDX-License-Identifier: GPL-3.0-or-later
//
// node tests/book/browser.js B/book
// The pages in headless Chromium, opened from disk with the network off.
'use strict';

const fs = require('fs');
const path = require('path');
const { pathToFileURL } = require('url');
const { Worker, isMainThread, parentPort } = require('worker_threads');
const { chromium } = require('playwright-core');
const { HtmlValidate } = require('html-validate');

const book = path.resolve(process.argv[2]);
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
let passed = 0, failed = 0;

function report(name, problems) {
  if (problems.length === 0) passed++; else failed++;
  console.log(`${problems.length === 0 ? 'ok    ' : 'FAILED'} ${name}`);
  for (const p of problems.slice(0, 8)) console.log(`         ${p}`);
  if (problems.length > 8) console.log(`         and ${problems.length - 8} more`);
}

function find(dir, out = []) {
  for (const entry of fs.readdirSync(dir, { withFileTypes: true })) {
    const file = path.join(dir, entry.name);
    if (entry.isDirectory()) { if (entry.name !== 'raw') find(file, out); } else if (entry.name.endsWith('.html')) out.push(file);
  }
  return out.sort();
}

const pages = find(book);
const short = (file) => path.relative(book, file);
const own = pages.filter((file) => !short(file).startsWith('source/'));
const sources = pages.filter((file) => short(file).startsWith('source/'));
const chapter = own.find((file) => /\/02-/.test(file));

// Without a browser ----------------------------------------------------------------------------------

const unescape = (text) => text.replace(/&amp;/g, '&').replace(/&quot;/g, '"').replace(/&lt;/g, '<');

function links() {
  const ids = new Map(), problems = [];
  const of = (file) => {
    if (!ids.has(file)) {
      ids.set(file, fs.existsSync(file) ? new Set([...fs.readFileSync(file, 'utf8').matchAll(/\sid="([^"]*)"/g)].map((m) => m[1])) : null);
    }
    return ids.get(file);
  };
  let count = 0;
  for (const file of pages) {
    for (const [, href] of fs.readFileSync(file, 'utf8').matchAll(/\s(?:href|src)="([^"]*)"/g)) {
      if (/^(?:[a-z]+:|$)/.test(href)) continue;
      count++;
      const [to, hash] = unescape(href).split('#');
      const target = to ? path.resolve(path.dirname(file), decodeURIComponent(to)) : file;
      if (!fs.existsSync(target)) problems.push(`${short(file)}: ${href}: no such file`);
      else if (hash && !of(target).has(decodeURIComponent(hash))) problems.push(`${short(file)}: ${href}: no such place`);
    }
  }
  report(`${count} links within the book lead somewhere`, problems);
}

// In a thread of its own, beside the browser.
async function validate() {
  const check = new HtmlValidate({
    extends: ['html-validate:standard', 'html-validate:document', 'html-validate:a11y'],
    rules: { 'require-sri': ['error', { target: 'crossorigin' }] }, // what lies on the same disk needs no seal
  });
  const problems = [];
  for (const file of pages) {
    const result = await check.validateString(fs.readFileSync(file, 'utf8'), file);
    for (const m of result.results.flatMap((r) => r.messages)) problems.push(`${short(file)}:${m.line}:${m.column}: ${m.message} (${m.ruleId})`);
  }
  return problems;
}

// Every page -------------------------------------------------------------------------------------------

async function open(browser, file, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, offline: true, ...options });
  const page = await context.newPage();
  const noise = [];
  page.on('console', (m) => { if (m.type() === 'error' || m.type() === 'warning') noise.push(m.text()); });
  page.on('pageerror', (e) => noise.push(e.message));
  page.on('requestfailed', (r) => noise.push(`${r.url()}: ${r.failure().errorText}`));
  if (file) await page.goto(pathToFileURL(file).href);
  return { page, context, noise };
}

// Waits until what is far from the window is laid out, too, and shows what is folded: all of it is looked at.
async function unfold(page) {
  await page.waitForFunction(() => [...document.querySelectorAll('main > *')].every((e) => e.style.contentVisibility === 'visible'));
  await page.evaluate(() => document.querySelectorAll('details').forEach((d) => { d.open = true; }));
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50)))));
}

async function accessible(page, file, theme, problems) {
  await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, { preload: false, rules: { 'target-size': { enabled: true } }, resultTypes: ['violations'] }));
  for (const v of found.violations) {
    for (const n of v.nodes) problems.push(`${short(file)} (${theme}): ${v.id}: ${n.target.join(' ')}: ${(n.failureSummary || '').split('\n')[1] || ''}`);
  }
}

// Nothing of a formula comes under its number, and nothing makes the page scroll sideways.
const overprinted = () => [...document.querySelectorAll('.display')].filter((d) => {
  const number = d.querySelector('.number');
  const formula = d.firstElementChild.getBoundingClientRect(), box = number && number.getBoundingClientRect();
  return number && formula.right > box.left + 0.5 && formula.bottom > box.top + 0.5;
}).map((d) => d.parentElement.id);

const narrow = () => {
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide <= 0) return '';
  const edge = document.documentElement.clientWidth;
  const all = [...document.querySelectorAll('main *, header *, footer *')].filter((e) => e.getBoundingClientRect().right > edge + 1 && !e.closest('.scroll, .equation, pre'));
  return `${wide} pixels too wide: ${all.slice(0, 3).map((e) => e.tagName + '.' + e.className).join(', ')}`;
};

async function each(browser, files, visit) {
  const queue = [...files];
  const worker = async () => { for (let file; (file = queue.shift());) await visit(file); };
  await Promise.all([worker(), worker()]);
}

async function everyPage(browser) {
  const noisy = [], axeLight = [], axeDark = [], sideways = [], under = [], heavy = [];
  await each(browser, own, async (file) => {
    const { page, context, noise } = await open(browser, file);
    const bytes = await page.evaluate(() => performance.getEntriesByType('resource').map((r) => r.name));
    const beside = new Set(bytes.filter((url) => /^file:/.test(url) && !/\.woff2$/.test(url)).map((url) => fs.statSync(new URL(url)).size && url));
    const weight = [...beside].reduce((sum, url) => sum + fs.statSync(new URL(url)).size, fs.statSync(file).size);
    if (weight > 1.5e6) heavy.push(`${short(file)}: ${weight} bytes`);
    await unfold(page);
    for (const [theme, problems] of [['light', axeLight], ['dark', axeDark]]) await accessible(page, file, theme, problems);
    for (const width of [1440, 768, 390, 320]) {
      await page.setViewportSize({ width, height: 800 });
      for (const id of await page.evaluate(overprinted)) under.push(`${short(file)}#${id} at ${width} pixels`);
      const wide = await page.evaluate(narrow);
      if (wide) sideways.push(`${short(file)} at ${width} pixels: ${wide}`);
    }
    for (const n of noise) noisy.push(`${short(file)}: ${n}`);
    await context.close();
  });
  // Source pages differ by their text alone: some of them, or with EVERY_SOURCE all, the two themes in turn.
  const { page, context, noise } = await open(browser, null);
  for (const [i, file] of sources.filter((_, n) => process.env.EVERY_SOURCE || n % 24 === 0).entries()) {
    await page.goto(pathToFileURL(file).href);
    const theme = i % 2 ? 'dark' : 'light';
    await accessible(page, file, theme, theme === 'dark' ? axeDark : axeLight);
    await page.setViewportSize({ width: 320, height: 800 });
    const wide = await page.evaluate(narrow);
    if (wide) sideways.push(`${short(file)}: ${wide}`);
    await page.setViewportSize({ width: 1280, height: 900 });
    while (noise.length) noisy.push(`${short(file)}: ${noise.shift()}`);
  }
  await context.close();
  report(`${pages.length} pages load from disk without a word on the console`, noisy);
  report('axe-core has nothing to report in light', axeLight);
  report('axe-core has nothing to report in dark', axeDark);
  report('no page scrolls sideways at 1440, 768, 390 and 320 pixels', sideways);
  report('no formula comes under its number', under);
  report('no page weighs more than 1.5 MB beside its fonts', heavy);
}

// The load event by the clock; or, where other work holds the machine up, by the time that the page's own
// thread had a processor for.
async function quick(browser) {
  const problems = [];
  for (const file of own) {
    let clock = Infinity, thread = Infinity;
    for (let i = 0; i < 6 && Math.min(clock, thread) > 500; i++) {
      const { page, context } = await open(browser, null);
      const devtools = await context.newCDPSession(page);
      await devtools.send('Performance.enable');
      await page.goto(pathToFileURL(file).href);
      const { metrics } = await devtools.send('Performance.getMetrics');
      thread = Math.min(thread, 1000 * metrics.find((m) => m.name === 'ThreadTime').value);
      clock = Math.min(clock, await page.evaluate(() => performance.getEntriesByType('navigation')[0].loadEventStart));
      await context.close();
    }
    const times = `${Math.round(clock)} ms, ${Math.round(thread)} ms of its thread`;
    console.log(`         ${short(file)} opens in ${times}`);
    if (Math.min(clock, thread) > 500) problems.push(`${short(file)}: ${times}`);
  }
  report('every page opens in half a second', problems);
}

// What a reader does ------------------------------------------------------------------------------------

async function scenario(browser, name, file, act, options) {
  const problems = [];
  const { page, context, noise } = await open(browser, file, options);
  page.setDefaultTimeout(8000);
  try {
    await act(page, (held, words) => { if (!held) problems.push(words); });
  } catch (error) {
    problems.push(error.message.split('\n')[0]);
  }
  await context.close();
  report(name, [...problems, ...noise]);
}

const title = (page) => page.title();

async function searching(browser) {
  const hits = async (page, text) => {
    await page.fill('#Search', text);
    return page.$$eval('dialog.search li a', (links) => links.map((a) => a.getAttribute('href').replace(/^.*\/book[^/]*\//, '')));
  };
  await scenario(browser, 'search finds words, numbers, labels, TeX, functions and mistakes', own[0], async (page, expect) => {
    await page.keyboard.press('Control+k');
    await page.waitForSelector('dialog.search[open]');
    await page.waitForFunction(() => window.latentSearch && document.querySelector('script[src$="search-data.js"]') && window.lunr);
    await page.waitForTimeout(300);
    const cases = [
      ['log odds', /01-resp.*#resp-log-odds/], ['2.10', /02-gaussian-mixture\.html#gmm-e-step/], ['em-monotone', /#em-monotone$/],
      ['\\pi_k \\mathcal{N}', /#gmm-e-step$/], ['lvm_softmax', /source\/src\/num\/log_sum_exp\.c\.html#L\d+/],
      ['largest-plus-log-n', /ledger\.html#mistake-largest-plus-log-n/], ['Old Faithful', /02-gaussian-mixture/], ['responsibilites', /01-responsibilities/],
      ['responsibilty', /responsibilit/], ['equation 1.5', /#resp-ratio$/], ['figure 1.2', /#fig-prior$/],
    ];
    for (const [text, wanted] of cases) {
      const found = await hits(page, text);
      expect(found.slice(0, /\d\.\d/.test(text) ? 1 : 10).some((href) => wanted.test(href)), `${text}: found ${found.slice(0, 3).join(', ') || 'nothing'}`);
    }
    for (const text of ['1', '2', '3', '0', 'z^2', 'k=2', '1/2', 'N(0, 1)', 'x', '.', '*', '\\', '(']) {
      await hits(page, 'zzzqqq');
      await hits(page, text);
      expect(!/Nothing/.test(await page.textContent('dialog.search [role=status]')) || /^[.*\\(]$/.test(text), `${text}: nothing found`);
    }
    await hits(page, 'zzzqqq');
    expect(/Nothing/.test(await page.textContent('dialog.search [role=status]')), 'nothing found is not said');
  });
  await scenario(browser, 'search works by keyboard alone', own[0], async (page, expect) => {
    await page.keyboard.press('Control+k');
    await page.waitForSelector('dialog.search[open]');
    await page.keyboard.type('gmm-e-step');
    await page.waitForSelector('dialog.search li a');
    await page.keyboard.press('ArrowDown');
    expect(await page.evaluate(() => document.activeElement.matches('dialog.search li:first-child a')), 'Down does not reach the first result');
    await page.keyboard.press('ArrowUp');
    expect(await page.evaluate(() => document.activeElement.id === 'Search'), 'Up does not come back to the field');
    await page.keyboard.press('Escape');
    expect(!(await page.$('dialog.search[open]')), 'Escape does not close the search');
    await page.keyboard.press('Control+k');
    await page.waitForSelector('dialog.search li a');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => /02-gaussian-mixture\.html#/.test(location.href));
    expect(/Gaussians/.test(await title(page)), 'Enter does not open the first result');
  });
}

async function previewing(browser) {
  await scenario(browser, 'previews open by keyboard, on this page and across pages, and Escape closes them', chapter, async (page, expect) => {
    const focus = async (selector) => {
      await page.evaluate((s) => document.querySelector(s).setAttribute('data-here', ''), selector);
      await page.evaluate(() => {
        const all = [...document.querySelectorAll('a[href], button, select, summary, [tabindex="0"]')].filter((e) => e.checkVisibility());
        const at = all.indexOf(document.querySelector('[data-here]'));
        all[at - 1].focus();
      });
      await page.keyboard.press('Tab');
      await page.evaluate(() => document.querySelector('[data-here]').removeAttribute('data-here'));
    };
    for (const selector of ['main p > a.ref[href^="#"]', 'main p > a.ref[href^="0"]']) {
      await focus(selector);
      const box = await page.waitForSelector('.preview');
      expect(await page.evaluate(() => document.activeElement.getAttribute('aria-describedby') === 'Preview'), `${selector}: the preview does not describe the link`);
      expect((await box.textContent()).trim().length > 5, `${selector}: the preview is empty`);
      expect(await page.evaluate(() => { const b = document.querySelector('.preview').getBoundingClientRect(); return b.left >= 0 && b.right <= innerWidth; }), `${selector}: the preview leaves the window`);
      await page.keyboard.press('Escape');
      expect(!(await page.$('.preview')), `${selector}: Escape does not close it`);
    }
    await page.hover('main p > a.ref[href^="0"]');
    await page.waitForSelector('.preview');
    await page.hover('.preview');
    await page.waitForTimeout(400);
    expect(await page.$('.preview'), 'the pointer cannot move onto the preview');
    await page.mouse.move(2, 2);
    await page.waitForFunction(() => !document.querySelector('.preview'));
  });
  await scenario(browser, 'previews do not move for a reader who wants no motion', chapter, async (page, expect) => {
    await page.hover('main p > a.ref[href^="0"]');
    const box = await page.waitForSelector('.preview');
    expect((await box.evaluate((e) => getComputedStyle(e).animationName)) === 'none', 'the preview is animated');
  }, { reducedMotion: 'reduce' });
}

async function remembering(browser) {
  await scenario(browser, 'folds open and close by keyboard; hints come one after the other', chapter, async (page, expect) => {
    const hint = page.locator('.exercise').first().locator('.fold.hint summary').first();
    await hint.focus();
    await page.keyboard.press('Enter');
    expect(await hint.evaluate((e) => e.parentElement.open), 'a hint does not open');
    await page.keyboard.press('Enter');
    expect(!(await hint.evaluate((e) => e.parentElement.open)), 'a hint does not close');
    expect(await page.evaluate(() => [...document.querySelectorAll('.exercise')].every((e) => [...e.querySelectorAll(':scope > .fold.hint')].slice(1).every((h) => !h.checkVisibility()))),
      'a later hint is seen before the first was opened');
    await page.goto(page.url().replace(/#.*/, '') + '#nowhere-in-particular');
  });
  await scenario(browser, 'solutions are open or out of sight on every page, as chosen once', chapter, async (page, expect) => {
    const state = () => page.$$eval('.fold.solution', (all) => all.map((d) => `${d.open} ${d.checkVisibility()}`).filter((v, i, a) => a.indexOf(v) === i).join());
    if (!(await page.$('.fold.solution'))) return; // the student's edition has none
    expect((await state()) === 'false true', 'solutions are not folded at first');
    await page.selectOption('.solutions select', 'open');
    await page.reload();
    expect((await state()) === 'true true', 'open solutions are not remembered');
    await page.selectOption('.solutions select', 'hidden');
    await page.goto(pathToFileURL(own.find((f) => /\/01-/.test(f))).href);
    expect((await state()) === 'false false', 'hidden solutions are seen on another page');
  });
  await scenario(browser, 'the theme outlives the page', chapter, async (page, expect) => {
    const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const before = await paper();
    await page.click('button.theme');
    const after = await paper();
    expect(before !== after, 'the theme does not change');
    await page.reload();
    expect((await paper()) === after, 'the theme is forgotten');
    await page.goto(pathToFileURL(sources[0]).href);
    expect((await paper()) === after, 'the theme does not hold on the source pages');
  }, { colorScheme: 'light' });
  await scenario(browser, 'progress is remembered, shown at home, and forgotten when asked', chapter, async (page, expect) => {
    await page.evaluate(() => document.querySelectorAll('main h2[id]')[1].scrollIntoView({ block: 'center' }));
    await page.waitForFunction(() => document.querySelector('.side a.read'));
    await page.goto(pathToFileURL(path.join(book, 'index.html')).href);
    expect(/1 of \d+ sections/.test(await page.textContent('.progress')), 'home does not show the progress');
    expect(/02-gaussian-mixture\.html#/.test(await page.getAttribute('.again a', 'href')), 'home does not say where one was');
    await page.click('.again button');
    await page.reload();
    expect(!(await page.$('.progress, .again')), 'what was read is not forgotten');
  });
  await scenario(browser, 'the side contents follow; the skip link skips; a permalink is a place', chapter, async (page, expect) => {
    await page.evaluate(() => document.querySelectorAll('main h2[id]')[2].scrollIntoView());
    await page.waitForFunction(() => document.querySelector('.side a[aria-current="location"]'));
    expect(await page.evaluate(() => document.querySelector('.side a[aria-current="location"]').hash === '#' + document.querySelectorAll('main h2[id]')[2].id), 'the contents mark another section');
    await page.goto(page.url().replace(/#.*/, ''));
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement.id === 'Main'), 'the skip link does not reach the text');
    expect(await page.evaluate(() => [...document.querySelectorAll('main :is(h2, h3)[id], main .statement[id], main figure[id]')].every((e) => e.querySelector(`a[href="#${CSS.escape(e.id)}"]`))), 'something has no permanent link');
  });
  await scenario(browser, 'a page is whole without scripts', chapter, async (page, expect) => {
    expect(await page.locator('main .katex').first().isVisible(), 'no formula is seen');
    expect(await page.locator('.side a').first().isVisible(), 'no contents are seen');
  }, { javaScriptEnabled: false });
  await scenario(browser, 'every picture has words and the table behind it', own[0], async (page, expect) => {
    for (const file of own) {
      await page.goto(pathToFileURL(file).href);
      const bare = await page.$$eval('figure.figure', (all) => all.filter((f) => !f.querySelector('.links a[href^="data/"]') ||
        ![...f.querySelectorAll('svg[role="img"], img')].every((p) => (p.getAttribute('aria-label') || p.alt || '').length > 20)).map((f) => f.id));
      expect(bare.length === 0, `${short(file)}: ${bare.join(', ')}`);
    }
  });
}

// Words of the figures that stick out of their frame, or are smaller than `least` pixels on the screen.
const wording = (least) => [...document.querySelectorAll('main .figure .plot > svg')].filter((svg) => svg.getClientRects().length).flatMap((svg) => {
  const frame = svg.getBoundingClientRect(), scale = frame.width / svg.viewBox.baseVal.width;
  return [...svg.querySelectorAll('text')].filter((t) => t.textContent.trim()).flatMap((t) => {
    const box = t.getBoundingClientRect(), size = scale * Math.max(...[t, ...t.querySelectorAll('tspan')].map((e) => parseFloat(getComputedStyle(e).fontSize)));
    const out = box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1;
    const words = `${svg.closest('figure').id}: "${t.textContent.trim().replace(/\s+/g, ' ')}"`;
    return [...(out ? [`${words} sticks out`] : []), ...(size < least ? [`${words} has ${size.toFixed(1)} pixels`] : [])];
  });
});

async function drawing(browser) {
  for (const [width, least] of [[390, 12], [1440, 14]]) {
    await scenario(browser, `figures at ${width} pixels: words are within, and of ${least} pixels at least`, null, async (page, expect) => {
      await page.setViewportSize({ width, height: 844 });
      for (const file of own) {
        await page.goto(pathToFileURL(file).href);
        const form = width < 500 ? '.narrow' : 'svg:only-child';
        await page.waitForFunction((s) => [...document.querySelectorAll('main .figure > .plot')].every((p) => p.querySelector(s) && p.querySelector(s).getClientRects().length), form);
        for (const problem of await page.evaluate(wording, least)) expect(false, `${short(file)}: ${problem}`);
      }
    });
  }
}

async function main() {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
  links();
  await quick(browser);
  const validated = new Promise((done, fail) => new Worker(__filename, { argv: process.argv.slice(2) }).on('message', done).on('error', fail));
  await searching(browser);
  await previewing(browser);
  await remembering(browser);
  await drawing(browser);
  await everyPage(browser);
  await browser.close();
  report(`html-validate accepts ${pages.length} pages`, await validated);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed ? 1 : 0;
}

if (isMainThread) main(); else validate().then((problems) => parentPort.postMessage(problems));
