// A server with the demo's business, a browser that is signed in, and what tests of the console make there.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';

import { launch, watched } from './browser.js';
import { expect, serve } from './harness.js';

export const server = await serve({ args: ['--demo'] });
export const browser = await launch();
// Nothing becomes uncollectible while the tests look at it.
expect(200, await server.test('PUT', '/api/settings', { uncollectible_after_days: -1 }));
const currencies = expect(200, await server.test('GET', '/api/payment-currencies'));
export const usd = currencies.find((c) => c.symbol === 'USD').id;

after(async () => {
  await browser.close();
  await server.stop();
});

/** Opens a session by a one-time link: the cookie is one for all pages. */
before(async () => {
  const page = await watched(browser, server.url);
  const link = await server.clientele('console', 'link', '--url', server.url);
  await page.visit(link.trim().slice(server.url.length));
  assert.match(await page.text('h1'), /Overview/);
  assert.deepEqual(page.wrong, []);
  await page.close();
});

export async function customerNamed(name) {
  return expect(201, await server.test('POST', '/api/customers', { name, description: name, email: 'a@example.com' }));
}

export async function invoiceOf(customer, amount, text = 'Work') {
  const due = Math.floor(Date.now() / 1000) - 40 * 86400;
  return expect(201, await server.test('POST', '/api/invoices', {
    customer_id: customer.id, currency_id: usd, finalize: true, due_date: due, description: text.slice(0, 500),
    lines: [{ description: text, unit_amount: amount }],
  }));
}

export async function worldOf(name) {
  const customer = await customerNamed(name);
  const invoice = await invoiceOf(customer, '1250', name);
  const payment = expect(201, await server.test('POST', '/api/payments', {
    customer_id: customer.id, currency_id: usd, amount: '700', reference: name.slice(0, 200), invoice_id: invoice.id,
  }));
  const left = expect(201, await server.test('POST', '/api/payments', {
    customer_id: customer.id, currency_id: usd, amount: '300', reference: name.slice(0, 200), allocations: [],
  }));
  await endpointOf(name);
  return { customer, invoice, payment, left };
}

/** A webhook endpoint to which nothing is sent, as its network is not allowed, and that has failed once. */
async function endpointOf(name) {
  const { id } = expect(201, await server.test('POST', '/api/webhook-endpoints', {
    url: `http://127.0.0.1/${encodeURIComponent(name).slice(0, 400)}`, enabled_events: ['invoice.*', 'customer.updated', 'x'.repeat(100)],
    description: name,
  }));
  expect(200, await server.test('POST', `/api/webhook-endpoints/${id}/ping`));
  let attempts = [];
  while (attempts.length === 0) attempts = expect(200, await server.test('GET', `/api/webhook-endpoints/${id}/attempts`)).list;
  assert.match(attempts[0].response_body, /--webhook-allow/);
}
