// The console as people use it, in a real browser.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { hostile, watched } from './browser.js';
import { expect } from './harness.js';
import { browser, customerNamed, invoiceOf, server, usd, worldOf } from './world.js';

test('a bookkeeper bills, receives a cheque, and takes it back', async () => {
  const page = await watched(browser, server.url);
  await page.visit('/test/customers/new');
  await page.fill({ name: 'Grace Hopper', email: 'grace@' });
  await page.send();
  assert.match(await page.text(), /Email .*address/);
  await page.fill({ email: 'grace@example.com' });
  await page.send();
  assert.match(await page.text(), /Created\.[^]*Grace Hopper/);
  const customer = new URL(page.url()).pathname;

  const invoices = [];
  for (const price of ['400', '350.50', '600']) {
    await page.visit(customer);
    await page.follow('a[href*="/invoices/new"]');
    await page.fill({ currency_id: usd, date: '2026-01-01', due_date: '2026-01-31', 'lines[0].description': 'Compiler', 'lines[0].unit_amount': price });
    await page.send();
    assert.match(await page.text(), /Draft/);
    await page.follow('a[href$="/finalize"]');
    assert.match(await page.text(), /Finalize this invoice\?[^]*\$/);
    await page.send();
    assert.match(await page.text(), /finalized/);
    invoices.push(new URL(page.url()).pathname);
  }

  await page.visit(customer);
  await page.follow('a[href*="/payments/new"]');
  await page.fill({ amount: '1000', currency_id: usd, method: 'cheque', reference: '000123' });
  await page.send('button[name=preview]');
  const preview = await page.text('.preview');
  assert.match(preview, /\$400\.00, all that is left/);
  assert.match(preview, /\$249\.50, and \$350\.50 stays to pay/);
  await page.send();
  const payment = new URL(page.url()).pathname;
  assert.match(await page.text(), /The payment was recorded\.[^]*\$1,000\.00/);
  await page.visit(invoices[2]);
  assert.match(await page.text(), /\$350\.50/);

  await page.visit(payment);
  await page.follow('a[href$="/reverse"]');
  assert.match(await page.text(), /Owed again\s*\$1,000\.00/);
  await page.fill({ reason: 'it bounced' });
  await page.send();
  assert.match(await page.text(), /reversed[^]*it bounced/);
  await page.visit(invoices[0]);
  assert.match(await page.text(), /\$400\.00/);
  assert.deepEqual(page.wrong, []);
  await page.close();
});

test('an invoice is held, credited, given up and voided; each says what it will do', async () => {
  const page = await watched(browser, server.url);
  const invoice = await invoiceOf(await customerNamed('Edsger'), '10000');
  const path = `/test/invoices/${invoice.id}`;
  await page.visit(`${path}/hold`);
  await page.fill({ until: '2030-01-01', reason: 'promised' });
  await page.send();
  assert.match(await page.text(), /The invoice is held\.[^]*End the hold/);
  await page.follow('.notice a');
  await page.send();
  await page.follow('a[href$="/credit-note"]');
  await page.fill({ amount: '25.5' });
  await page.send();
  assert.match(await page.text(), /Left to pay\s*\$74\.50/);
  await page.follow('a[href$="/uncollectible"]');
  assert.match(await page.text(), /Becomes uncollectible\s*\$74\.50/);
  await page.send();
  await page.follow('a[href$="/void"]');
  await page.send();
  assert.match(await page.text('h1'), /void/);
  assert.deepEqual(page.wrong, []);
  await page.close();
});

test('money that is left is applied, taken back, made credit and refunded; credit pays an invoice', async () => {
  const page = await watched(browser, server.url);
  const customer = await customerNamed('Emmy Noether');
  const invoice = await invoiceOf(customer, '5000');
  const { id } = expect(201, await server.test('POST', '/api/payments', {
    customer_id: customer.id, currency_id: usd, amount: '9000', allocations: [],
  }));
  await page.visit('/test/payments?show=unapplied');
  await page.follow(`a[href$="${id}"]`);
  await page.follow('a[href$="/allocate"]');
  await page.send();
  assert.match(await page.text(), /The payment was applied\.[^]*Take it back[^]*Not applied\s*\$40\.00/);
  await page.follow('.notice a');
  assert.match(await page.text(), /Owed again\s*\$50\.00/);
  await page.send();
  await page.follow('.notice a'); // and once more
  await page.send();
  await page.follow('a[href$="/credit"]');
  await page.fill({ amount: '15' });
  await page.send();
  await page.follow('a[href$="/refund"]');
  assert.equal(await page.$eval('[name=amount]', (field) => field.value), '25.00');
  await page.send();
  assert.match(await page.text(), /Refunds[^]*\$25\.00/);
  const second = await invoiceOf(customer, '2000');
  await page.visit(`/test/invoices/${second.id}`);
  await page.follow('a[href$="/apply-credit"]');
  await page.send();
  assert.match(await page.text(), /Paid with credit\s*\$15\.00[^]*Left to pay\s*\$5\.00/);
  await page.visit(`/test/invoices/${invoice.id}/credit-note`);
  await page.fill({ [await page.$eval('[name^="line."]', (field) => field.name)]: '1', memo: 'It was late' });
  await page.send();
  assert.match(await page.text(), /Credit notes[^]*-CN-01[^]*\$50\.00/);
  await page.visit(`/test/customers/${customer.id}/statement`);
  assert.match(await page.text(), /Opening balance[^]*Closing balance/);
  assert.deepEqual(page.wrong, []);
  await page.close();
});

test('a customer is deleted and brought back; an application is trusted and no longer', async () => {
  const page = await watched(browser, server.url);
  const { id } = await customerNamed('Mary Somerville');
  await page.visit(`/test/customers/${id}`);
  await page.follow('a[href$="/delete"]');
  await page.send();
  assert.match(await page.text(), /The customer was deleted/);
  await page.follow('.notice a');
  await page.send();
  assert.match(await page.text('h1'), /^Mary Somerville$/);
  await page.visit('/test/developers/apps/new');
  await page.fill({ name: 'from the console' });
  await page.send();
  assert.match(await page.text('pre'), /export BLOCKLET_APP_SK=/);
  await page.visit('/test/developers');
  const revoke = await page.$$eval('a[href*="/apps/"][href$="/revoke"]', (links) => links
    .find((link) => link.closest('tr').innerText.includes('from the console')).getAttribute('href'));
  await page.visit(revoke);
  await page.send();
  assert.match(await page.text(), /no longer trusted/);
  assert.deepEqual(page.wrong, []);
  await page.close();
});

test('two who edit one customer lose nothing', async () => {
  const customer = await customerNamed('Barbara');
  const [first, second] = await Promise.all([watched(browser, server.url), watched(browser, server.url)]);
  for (const page of [first, second]) await page.visit(`/test/customers/${customer.id}/edit`);
  await first.fill({ name: 'Barbara Liskov' });
  await first.send();
  expect(200, await server.test('PUT', `/api/customers/${customer.id}`, { email: 'liskov@example.com' }));
  await second.fill({ name: 'Barbara L.', phone: '+16175550199' });
  await second.send();
  assert.match(await second.text(), /Somebody else has changed this[^]*It is now: Barbara Liskov/);
  assert.equal(await second.$eval('[name=phone]', (field) => field.value), '+16175550199');
  await second.send();
  const now = expect(200, await server.test('GET', `/api/customers/${customer.id}`));
  assert.deepEqual([now.name, now.phone, now.email], ['Barbara L.', '+16175550199', 'liskov@example.com']);
  await Promise.all([first.close(), second.close()]);
});

test('lists are searched while somebody types, and the address follows', async () => {
  await customerNamed('Zuse Konrad');
  const page = await watched(browser, server.url);
  await page.visit('/test/customers');
  await page.type('main input[type=search]', 'zuse kon');
  // What was typed halfway finds as much, so that the address is waited for.
  await page.waitForFunction(() => location.search === '?q=zuse+kon' && /1–1 of 1/.test(document.getElementById('results').innerText));
  assert.match(await page.text('#results'), /Zuse Konrad/);
  assert.deepEqual(page.wrong, []);
  await page.close();
});

test('everything can be reached by keyboard', async () => {
  await customerNamed('Hedy Lamarr');
  const page = await watched(browser, server.url);
  await page.visit('/test');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to the content');
  await page.keyboard.press('/');
  await page.keyboard.type('hedy lam');
  await page.waitForFunction(() => /Hedy Lamarr/.test(document.querySelector('#found [aria-selected=true]')?.textContent));
  assert.deepEqual(await page.violations(), []);
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  assert.match(await page.text('h1'), /Hedy Lamarr/);
  // Who is quicker than the search is led to what was typed, not to what was found before.
  await page.keyboard.press('/');
  await page.waitForSelector('#found a');
  await Promise.all([page.waitForNavigation(), page.keyboard.type('hedy lamarr\n', { delay: 0 })]);
  assert.match(await page.text('h1'), /Hedy Lamarr/);
  await page.keyboard.down('Control');
  await page.keyboard.press('k');
  await page.keyboard.up('Control');
  await page.waitForSelector('#finder[open]');
  await page.keyboard.press('Escape');
  await page.waitForSelector('#finder:not([open])');
  // Each thing that can be focused shows that it is.
  await page.visit('/test/customers');
  for (let n = 0; n < 20; n++) {
    await page.keyboard.press('Tab');
    const shown = await page.evaluate(() => {
      const style = getComputedStyle(document.activeElement);
      return document.activeElement === document.body || style.outlineStyle !== 'none';
    });
    assert.ok(shown, `the focus is not seen at stop ${n}`);
  }
  assert.deepEqual(page.wrong, []);
  await page.close();
});

test('it works without a script', async () => {
  const page = await watched(browser, server.url, { script: false });
  await page.visit('/test/customers');
  await page.fill({ q: 'jones' });
  await page.follow('form.filter button');
  assert.equal(await page.$$eval('#results tbody tr', (rows) => rows.length) > 0, true);
  await page.follow('a[data-find]');
  await page.fill({ q: 'receivables' });
  await page.follow('form.filter button');
  await page.follow('#found-list a');
  assert.match(await page.text('h1'), /Receivables/);
  await page.visit('/test/customers/new');
  await page.fill({ name: 'No Script' });
  await page.send();
  assert.match(await page.text('h1'), /No Script/);
  assert.deepEqual(page.wrong, []);
  await page.close();
});

test('a form that is sent twice does it once', async () => {
  const customer = await customerNamed('Twice');
  const page = await watched(browser, server.url, { script: false });
  await page.visit(`/test/payments/new?customer=${customer.id}`);
  await page.fill({ amount: '5', currency_id: usd });
  await page.send();
  await page.goBack();
  await page.send();
  const all = expect(200, await server.test('GET', `/api/payments?customer_id=${customer.id}`));
  assert.equal(all.count, 1);
  await page.close();
});

test('a key signs in, to its own mode; signing out ends it', async () => {
  const context = await browser.createBrowserContext();
  const page = await watched(context, server.url);
  const [secret] = (await server.clientele('keys', 'create', '--mode', 'test', '--name', 'reader', '--scope', 'read')).split('\n');
  await page.visit('/test/invoices?show=open');
  assert.match(await page.text(), /A test-mode API key/);
  await page.fill({ key: secret.slice(0, -1) });
  await page.send();
  assert.match(await page.text(), /not well-formed/);
  assert.deepEqual(await page.violations(), []);
  await page.fill({ key: secret });
  await page.send();
  assert.match(await page.text(), /can only read/);
  assert.equal(new URL(page.url()).search, '?show=open');
  assert.equal(await page.$('a[href*="/invoices/new"]'), null);
  assert.equal(await page.visit('/test/customers/new'), 403);
  await page.visit('/live');
  assert.match(await page.text(), /A live-mode API key/);
  await page.visit('/test');
  await page.follow('form[action="/sign-out"] button');
  await page.visit('/test');
  assert.match(await page.text('h1'), /Sign in/);
  assert.deepEqual(page.wrong, []);
  await context.close();
});

test('keys are made, shown once, and revoked; settings are kept', async () => {
  const page = await watched(browser, server.url);
  await page.visit('/test/developers/keys/new');
  await page.fill({ name: 'from the console', scope: 'read' });
  await page.send();
  const secret = (await page.text('pre')).trim();
  assert.match(secret, /^sk_test_\w+$/);
  const call = () => fetch(`${server.url}/api/customers?pageSize=1`, { headers: { authorization: `Bearer ${secret}` } });
  assert.equal((await call()).status, 200);
  await page.visit('/test/developers');
  assert.doesNotMatch(await page.content(), new RegExp(secret));
  await page.follow('a[href$="/revoke"]');
  assert.match(await page.text(), /from the console/);
  await page.send();
  assert.equal((await call()).status, 401);
  await page.visit('/test/developers');
  assert.match(await page.text(), /unauthorized/);
  const { id } = await customerNamed('As it comes');
  await page.waitForFunction((wanted) => document.getElementById('latest').innerText.includes(wanted), {}, id);

  await page.visit('/test/settings');
  await page.fill({ 'business.name': 'Analytical Engines', 'business.tax_id': 'GB 123' });
  await page.send();
  const settings = expect(200, await server.test('GET', '/api/settings'));
  assert.deepEqual([settings.business.name, settings.business.tax_id], ['Analytical Engines', 'GB 123']);
  assert.deepEqual(page.wrong, []);
  await page.close();
});

test('what was owed on a day is seen and taken along', async () => {
  const page = await watched(browser, server.url);
  await page.visit('/test/receivables');
  const day = new Date(Date.now() - 150 * 86400000).toISOString().slice(0, 10); // the demo's time goes until today
  await page.fill({ as_of: day });
  await page.follow('form.filter button');
  const shown = await page.text('table');
  const api = expect(200, await server.test('GET', '/api/receivables/aging?as_of=' + day));
  assert.match(shown, new RegExp(`EUR[^]*${(Number(api.currencies.curr_test_eur.total) / 100).toLocaleString('en', { minimumFractionDigits: 2 })}`));
  const csv = await page.evaluate(async () => (await fetch(document.querySelector('a[download]').href)).text());
  assert.match(csv, /^as_of,customer_id,name,/);
  assert.match(csv, new RegExp(`\\r\\n${day}T23:59:59\\.999Z,cus_`));
  assert.deepEqual(page.wrong, []);
  await page.close();
});

test('a customer sees what is their own, in their own browser', async () => {
  const { customer, invoice } = await worldOf(hostile[0]);
  const session = expect(201, await server.test('POST', '/api/portal-sessions', { customer_id: customer.id }));
  const problems = [];
  for (const [width, scheme] of [[1280, 'light'], [320, 'dark']]) {
    const context = await browser.createBrowserContext();
    const page = await watched(context, server.url, { width, scheme });
    assert.equal(await page.visit(`/customer/invoice/${invoice.id}`), 401);
    await page.visit(session.url.slice(server.url.length));
    assert.match(await page.text(), /You owe/);
    const paths = ['/customer', `/customer/invoice/${invoice.id}`, '/customer/invoice/past-due', '/customer/statement', '/customer/details'];
    for (const path of paths) {
      assert.equal(await page.visit(path), 200);
      const over = await page.overflow();
      if (over > 0) problems.push(`${path} is ${over} pixels too wide`);
      problems.push(...(await page.violations()).map((one) => `${path}: ${one}`));
    }
    await page.fill({ name: `Ada ${width}`, 'address.city': 'London' });
    await page.send();
    assert.match(await page.text(), /Saved/);
    problems.push(...page.wrong);
    await context.close();
  }
  assert.deepEqual(problems, []);
  const now = expect(200, await server.test('GET', `/api/customers/${customer.id}`));
  assert.deepEqual([now.name, now.address.city], ['Ada 320', 'London']);
});
