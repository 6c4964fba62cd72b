// A real browser, Debian's Chromium, for the tests of the console.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import puppeteer from 'puppeteer-core';

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** Starts Chromium; what it looks at is collected by {@link watched}. */
export function launch() {
  const bin = process.env.CHROMIUM ?? '/usr/bin/chromium';
  if (!existsSync(bin)) throw new Error(`the tests of the console need Chromium: apt-get install -y chromium (or CHROMIUM=PATH)`);
  // The time limits catch what hangs, on the slowest machine.
  const patience = { timeout: 300_000, protocolTimeout: 600_000 };
  return puppeteer.launch({ executablePath: bin, args: ['--no-sandbox', '--disable-dev-shm-usage'], ...patience });
}

/** The names that somebody may have who means harm, or whose name is not like others. */
export const hostile = [
  '<img src=x onerror="alert(1)">',
  '</script><script>alert(1)</script>',
  'javascript:alert(1)',
  '\u202egnp.exe\u202e',
  'W'.repeat(512),
  '"><svg onload=alert(1)>',
  "' onfocus=alert(1) autofocus='",
  'قاسم & 山田 <b>',
];

/**
 * A page of a browser that remembers all that must not happen: errors, dialogs, reports of the policy, requests to
 * other hosts, pages that are not answered well.
 */
export async function watched(browser, url, { width = 1280, height = 900, scheme = 'light', script = true } = {}) {
  const page = await browser.newPage();
  page.setDefaultTimeout(300_000);
  const wrong = [];
  let bytes = 0;
  page.on('pageerror', (problem) => wrong.push(`script: ${problem.message}`));
  page.on('console', (message) => {
    if (['error', 'warn'].includes(message.type()) && !/status of (4\d\d|303)/.test(message.text())) wrong.push(`console: ${message.text()}`);
  });
  page.on('dialog', (dialog) => {
    wrong.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith('data:')) wrong.push(`request to ${request.url()}`);
  });
  page.on('response', async (answer) => {
    if (answer.status() >= 500) wrong.push(`${answer.status()} ${answer.url()}`);
    bytes += await answer.buffer().then((body) => body.length, () => 0);
  });
  const look = async ({ width, scheme }) => {
    await page.setViewport({ width, height });
    // Without motion a change of the scheme is at once what is looked at.
    const features = [{ name: 'prefers-color-scheme', value: scheme }, { name: 'prefers-reduced-motion', value: 'reduce' }];
    await page.emulateMediaFeatures(features);
  };
  await look({ width, scheme });
  await page.setJavaScriptEnabled(script);
  await page.evaluateOnNewDocument(() => {
    addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
  });
  return Object.assign(page, {
    wrong,
    look,
    bytes: () => bytes,
    /** Goes to a page of the console and answers its status. */
    async visit(path) {
      bytes = 0;
      const answer = await page.goto(url + path, { waitUntil: 'load' });
      return answer?.status();
    },
    /** Clicks what leads to another page and waits for that. */
    async follow(selector) {
      await page.bringToFront(); // others do not hear clicks
      await Promise.all([page.waitForNavigation({ waitUntil: 'load' }), page.click(selector)]);
    },
    /** Types into fields, by name, in place of what they have. */
    async fill(values) {
      for (const [name, value] of Object.entries(values)) {
        const field = await page.waitForSelector(`main [name="${name}"]:not([type=hidden])`);
        const tag = await field.evaluate((element) => element.tagName + element.type);
        if (tag.startsWith('SELECT')) await field.select(value);
        else if (tag === 'INPUTdate') await field.evaluate((element, day) => (element.value = day), value);
        else {
          await field.evaluate((element) => (element.value = ''));
          await field.type(value);
        }
      }
    },
    /** Sends the form of the page. */
    async send(button = 'main form[method=post] button:not([name])') {
      await page.follow(button);
    },
    text: (selector = 'main') => page.$eval(selector, (element) => element.innerText),
    /**
     * How far the page is wider than the window, in pixels: as it is, and with letters and words as far apart as WCAG 2.2
     * (1.4.12) says that readers may set them, which is wider than any face that a machine may have in place of ours.
     */
    overflow: () => page.evaluate(() => {
      const width = () => document.documentElement.scrollWidth - innerWidth;
      const spaced = new CSSStyleSheet();
      spaced.replaceSync('* { letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }');
      const usual = width();
      document.adoptedStyleSheets.push(spaced);
      const wide = width();
      document.adoptedStyleSheets.pop();
      return Math.max(usual, wide);
    }),
    /** Texts that are squeezed into a column so narrow that each of their letters is a line. */
    squeezed: () => page.evaluate(() => [...document.querySelectorAll('caption, th, td, dt, dd, h1, h2, p, a, button, label')]
      .filter((element) => element.innerText?.trim().length > 4 && element.clientHeight > 0 && element.clientWidth > 0
        && element.clientWidth < 24 && getComputedStyle(element.closest('thead, .hidden') ?? element).position !== 'absolute')
      .map((element) => element.outerHTML.slice(0, 80))),
    /** Forms of the page that nobody sees. */
    hiddenForms: () => page.evaluate(() => [...document.querySelectorAll('main form')]
      .filter((form) => form.offsetHeight === 0).map((form) => form.outerHTML.slice(0, 80))),
    /** What axe finds wrong with the page: WCAG 2.2 AA and its best practices. */
    async violations() {
      if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
      const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
      return found.violations.map((v) => `${v.id}: ${v.nodes.map((node) => node.html.slice(0, 160)).slice(0, 3).join(' | ')}`);
    },
  });
}
