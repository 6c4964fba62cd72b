// The invoices of the published client: what stands beside the customers on the protocol's page.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { expect, refusal, serve } from './harness.js';

const server = await serve();
after(() => server.stop());
const { customers, invoices, environments } = server.payment;
environments.setTestMode(true);

const bill = async (customer, more = {}) => {
  const lines = [{ description: 'Seat', quantity: 2, unit_amount: '1250' }];
  const body = { customer_id: customer, currency_id: 'curr_test_usd', lines, finalize: true, ...more };
  return expect(201, await server.test('POST', '/api/invoices', body));
};
const ada = expect(201, await server.test('POST', '/api/customers', { name: 'Ada Lovelace' }));
const issued = await bill(ada.id, { due_date: 1893456000 });

test('list, search and retrieve answer expanded invoices', async () => {
  const { count, list } = await invoices.list({ customer_id: ada.id, status: 'open', include_staking: true });
  const found = await invoices.search({ query: issued.number });
  const byNumber = await invoices.retrieve(issued.number);
  assert.deepEqual([count, found.count], [1, 1]);
  for (const invoice of [list[0], found.list[0], await invoices.retrieve(issued.id), byNumber]) {
    assert.equal(invoice.id, issued.id);
    assert.equal(invoice.customer.name, 'Ada Lovelace');
    assert.deepEqual([invoice.paymentCurrency.symbol, invoice.paymentCurrency.decimal], ['USD', 2]);
    assert.equal(invoice.paymentMethod.type, 'manual');
    assert.deepEqual([invoice.lines.length, invoice.lines[0].amount], [1, '2500']);
  }
});

test('an element of a list of customers has its invoices', async () => {
  const response = await customers.list({});
  assert.equal(response.list[0].invoices.length, 1);
  assert.deepEqual([response.list[0].payments, response.list[0].subscriptions], [[], []]);
  const [found] = (await customers.search({ query: 'lovelace' })).list;
  assert.equal(found.invoices[0].number, issued.number);
});

test('metadata is updated, and an invoice is voided once', async () => {
  const other = await bill(ada.id);
  assert.deepEqual((await invoices.update(other.id, { metadata: { po: '7' } })).metadata, { po: '7' });
  assert.equal((await invoices.list({ 'metadata.po': '7' })).count, 1);
  assert.equal((await invoices.void(other.id)).status, 'void');
  assert.deepEqual((await refusal(invoices.update(other.id, { metadata: 5 }))).status, 400);
});
