// Every page of the console, at every width, as anybody may see it, in a real browser.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { hostile, watched } from './browser.js';
import { browser, server, worldOf } from './world.js';

/** The address of everything there is to see of a customer with an invoice and a payment. */
function pagesOf({ customer, invoice, left }) {
  const c = `/test/customers/${customer.id}`;
  const i = `/test/invoices/${invoice.id}`;
  const p = `/test/payments/${left.id}`;
  return [
    c, `${c}/edit`, `${c}/delete`, `${c}/credit`, `${c}/portal`, `${c}/close`, `${c}/statement`, `${c}/statement/page`, `/test/invoices/new?customer=${customer.id}`,
    i, `${i}/void`, `${i}/credit-note`, `${i}/hold`, `${i}/uncollectible`, `${i}/apply-credit`, `${i}/page`,
    `/test/payments/new?customer=${customer.id}`, p, `${p}/allocate`, `${p}/reverse`, `${p}/refund`, `${p}/credit`,
  ];
}

/** The pages that everybody is on, and those of nobody. */
const shared = [
  '/test', '/test/customers', '/test/customers?show=delinquent', '/test/customers?q=nobody-is-called-this',
  '/test/customers/new', '/test/import', '/test/import?of=payments', '/test/invoices', '/test/invoices?show=late', '/test/invoices/new', '/test/payments',
  '/test/payments?show=unapplied', '/test/receivables', '/test/receivables?show=customers', '/test/receivables?show=late',
  '/test/receivables?as_of=2020-01-01&known_at=2020-01-01', '/test/closings', '/test/closings/new', '/test/settings/accounting',
  '/test/developers', '/test/developers/keys/new', '/test/developers/apps/new',
  '/test/settings', '/test/find?q=a', '/live', '/live/customers', '/live/invoices', '/live/payments',
  '/live/receivables', '/sign-in', '/nothing-here',
];

// What people look at pages with. Each layout and each colour scheme is held to axe, which takes longest, once.
const looks = [
  { width: 1280, scheme: 'light', checked: true },
  { width: 1280, scheme: 'dark' },
  { width: 320, scheme: 'light' },
  { width: 390, scheme: 'dark', checked: true },
];

/** What is wrong with a page that has been opened. */
async function problemsOf(page, path, { width, scheme, checked }) {
  await page.look({ width, scheme });
  const problems = [];
  const over = await page.overflow();
  if (over > 0) problems.push(`is ${over} pixels too wide`);
  problems.push(...(await page.squeezed()).map((one) => `squeezes ${one}`));
  problems.push(...(await page.hiddenForms()).map((one) => `hides ${one}`));
  // A printed page lets nothing be put into it, axe neither.
  if (checked && !path.endsWith('/page')) problems.push(...(await page.violations()));
  return problems.map((one) => `${path} at ${width} pixels, ${scheme}: ${one}`);
}

describe('pages', { concurrency: true }, () => {
  test('every page is right for everyone', async () => {
    const world = await worldOf('Ada Lovelace');
    const page = await watched(browser, server.url);
    const problems = [];
    for (const path of [...shared, ...pagesOf(world)]) {
      await page.visit(path);
      if (page.bytes() > 100_000) problems.push(`${path} has ${page.bytes()} bytes`);
      for (const look of looks) problems.push(...(await problemsOf(page, path, look)));
    }
    assert.deepEqual([...problems, ...page.wrong], []);
    await page.close();
  });

  test('a spreadsheet is looked at, and taken in', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'clientele-'));
    const file = join(folder, 'people.csv');
    const rows = hostile.map((name, n) => [name, `${name}@`, n].map((cell) => `"${`${cell}`.replaceAll('"', '""')}"`));
    await writeFile(file, ['Name,Strasse,E-Mail', 'Katherine Johnson,Hampton,kj@example.com', ...rows].join('\n'));
    const page = await watched(browser, server.url);
    const problems = [];
    await page.visit('/test/import?of=customers');
    await (await page.$('input[type=file]')).uploadFile(file);
    for (const button of ['look', 'import']) {
      await page.send(`button[name=${button}]`);
      for (const look of looks) problems.push(...(await problemsOf(page, `import, ${button}`, look)));
      assert.match(await page.text(), button === 'look' ? /Katherine Johnson[^]*Look again/ : /New\s*1\s/);
    }
    assert.deepEqual([...problems, ...page.wrong], []);
    await page.close();
    await rm(folder, { recursive: true });
  });

  test('hostile names do nothing, and the layout holds', async () => {
    const page = await watched(browser, server.url);
    const problems = [];
    const paths = [...shared];
    for (const name of hostile) {
      paths.push(...pagesOf(await worldOf(name)), `/test/find?q=${encodeURIComponent(name.slice(0, 20))}`);
    }
    for (const path of paths) {
      await page.visit(path);
      for (const look of looks) problems.push(...(await problemsOf(page, path, { ...look, checked: false })));
    }
    assert.deepEqual([...problems, ...page.wrong], []);
    await page.close();
  });
});
