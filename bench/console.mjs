// How quick the pages of the console are in a real browser: node bench/console.mjs [sqlite:PATH | postgres://…] [rounds]
//
// It starts bin/clientele (make build) on a database, or on the demo's, signs in by a one-time link, and opens each page
// with an empty cache. A row gives the bytes of a first view, all files included, and the median times from the click to
// the first answer, to when the page can be used (domInteractive), and to when it is whole, beside a page that asks no
// database. It needs Chromium and what the browser tests need: (cd conformance && npm ci).
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { launch } from '../conformance/browser.js';

const dir = mkdtempSync(path.join(tmpdir(), 'clientele-bench-console-'));
const [given, rounds = '7'] = process.argv.slice(2);
const db = given || `sqlite:${path.join(dir, 'demo.db')}`;
const bin = path.resolve(import.meta.dirname, '../bin/clientele');
const demo = given ? [] : ['--demo'];
const port = await new Promise((resolve) => {
  const server = net.createServer().listen(0, '127.0.0.1', () => {
    const { port: free } = server.address();
    server.close(() => resolve(free));
  });
});
const url = `http://127.0.0.1:${port}`;
const server = spawn(bin, ['serve', '--db', db, '--addr', `127.0.0.1:${port}`, '--log-level', 'warn', ...demo], { cwd: dir, stdio: ['ignore', 'ignore', 'inherit'] });
const browser = await launch();
try {
  for (let tries = 0; !(await fetch(`${url}/readyz`).then((answer) => answer.ok, () => false)); tries++) {
    if (tries > 2400) throw new Error('the server does not become ready');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const link = execFileSync(bin, ['console', 'link', '--db', db, '--url', url], { encoding: 'utf8' }).trim();
  const page = await browser.newPage();
  const client = await page.createCDPSession();
  await client.send('Network.enable');
  await page.goto(link);
  const mode = new URL(page.url()).pathname.slice(1);
  const first = async (list, pattern) => {
    await page.goto(`${url}/${mode}/${list}`);
    return page.$$eval('tbody a', (links, wanted) => links.map((a) => a.getAttribute('href')).find((href) => href.includes(wanted)), pattern);
  };
  const customer = await first('customers', '/customers/');
  const invoice = await first('invoices', '/invoices/');
  const name = await page.goto(url + customer).then(() => page.$eval('h1', (h1) => h1.innerText.split('\n')[0].trim()));
  const pages = {
    'sign in (no database)': '/sign-in', overview: `/${mode}`, customers: `/${mode}/customers`,
    'customers, by name': `/${mode}/customers?sort=name`, 'customers, page 1,000': `/${mode}/customers?page=1000`,
    'customers, delinquent': `/${mode}/customers?show=delinquent`,
    [`customers, search: ${name}`]: `/${mode}/customers?q=${encodeURIComponent(name)}`,
    [`finder: ${name}`]: `/${mode}/find?q=${encodeURIComponent(name)}`, 'a customer': customer,
    invoices: `/${mode}/invoices`, ...(invoice && { 'an invoice': invoice }), payments: `/${mode}/payments`,
    receivables: `/${mode}/receivables`, 'who is late': `/${mode}/receivables?show=late`,
    developers: `/${mode}/developers`, settings: `/${mode}/settings`,
  };
  const count = await page.goto(`${url}/${mode}/customers`).then(() => page.$eval('.pages p', (p) => p.innerText));
  console.log(`customers: ${count}; ${rounds} rounds\n`);
  console.log('| page | first view | answer | can be used | whole | times the page without a database |');
  console.log('| --- | --- | --- | --- | --- | --- |');
  let floor = 0;
  for (const [label, target] of Object.entries(pages)) {
    const seen = [];
    let bytes = 0;
    for (let round = 0; round < Number(rounds); round++) {
      await client.send('Network.clearBrowserCache');
      bytes = 0;
      const count = ({ encodedDataLength }) => (bytes += encodedDataLength);
      client.on('Network.loadingFinished', count);
      const answer = await page.goto(url + target, { waitUntil: 'load' });
      if (answer.status() !== 200) throw new Error(`${target} answers ${answer.status()}`);
      client.off('Network.loadingFinished', count);
      seen.push(await page.evaluate(() => {
        const t = performance.getEntriesByType('navigation')[0];
        return [t.responseStart, t.domInteractive, t.loadEventEnd || t.domComplete];
      }));
    }
    const median = (i) => seen.map((one) => one[i]).sort((a, b) => a - b)[Math.floor(seen.length / 2)];
    floor ||= median(1);
    const ms = (i) => `${median(i).toFixed(1)} ms`;
    console.log(`| ${label} | ${(bytes / 1000).toFixed(1)} KB | ${ms(0)} | ${ms(1)} | ${ms(2)} | ${(median(1) / floor).toFixed(2)} |`);
  }
} finally {
  await browser.close();
  server.kill('SIGTERM');
  rmSync(dir, { recursive: true, force: true });
}
