// Payments and refunds of the published client, which reads them: they are recorded through the API beside it.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { expect, refusal, serve } from './harness.js';

const server = await serve();
after(() => server.stop());
const { customers, environments, paymentIntents, refunds } = server.payment;
environments.setTestMode(true);

const usd = 'curr_test_usd';
const ids = (list) => list.map(({ id }) => id);
const post = async (path, body) => expect(path.endsWith('reverse') ? 200 : 201, await server.test('POST', path, body));
// Nothing becomes uncollectible while the tests look at it.
expect(200, await server.test('PUT', '/api/settings', { uncollectible_after_days: -1 }));
const ada = await post('/api/customers', { name: 'Ada Lovelace' });
const bill = (unit_amount, due_date) =>
  post('/api/invoices', {
    customer_id: ada.id,
    currency_id: usd,
    finalize: true,
    due_date,
    lines: [{ description: 'Seat', unit_amount }],
  });
const [late, later] = [await bill('300', 1767225600), await bill('18446744073709551617', 1767312000)];
const received = { customer_id: ada.id, currency_id: usd, method: 'bank_transfer' };
const both = await post('/api/payments', { ...received, amount: '500', reference: 'RF18 4711' });
const left = await post('/api/payments', { ...received, amount: '90', allocations: [] });
const refund = await post(`/api/payments/${left.id}/refund`, { amount: '40', reason: 'duplicate' });

test('list, search and retrieve answer expanded payments', async () => {
  const { count, list, paging } = await paymentIntents.list({ customer_id: ada.id });
  assert.deepEqual([count, ids(list), paging], [2, [left.id, both.id], { page: 1, pageSize: 20 }]);
  const found = await paymentIntents.search({ query: 'rf18 4711' });
  assert.deepEqual([found.count, ids(found.list)], [1, [both.id]]);
  for (const intent of [list[1], found.list[0], await paymentIntents.retrieve(both.id)]) {
    assert.deepEqual(
      [intent.object, intent.status, intent.amount, intent.amount_received, intent.customer.name],
      ['payment_intent', 'succeeded', '500', '500', 'Ada Lovelace'],
    );
    assert.deepEqual([intent.paymentCurrency.symbol, intent.paymentMethod.type], ['USD', 'manual']);
    assert.deepEqual(intent.allocations, [
      { invoice_id: late.id, amount: '300' },
      { invoice_id: later.id, amount: '200' },
    ]);
  }
  assert.equal((await paymentIntents.retrieve(both.id)).invoice.id, late.id);
  assert.deepEqual(ids((await paymentIntents.list({ invoice_id: later.id })).list), [both.id]);
  assert.equal((await refusal(paymentIntents.retrieve('pi_nobody'))).status, 404);
});

test('a customer has its payments', async () => {
  assert.deepEqual(ids((await customers.retrieve(ada.id)).payments), [left.id, both.id]);
});

test('refunds are listed and retrieved', async () => {
  const { count, list } = await refunds.list({ customer_id: ada.id });
  assert.deepEqual([count, ids(list)], [1, [refund.id]]);
  for (const one of [list[0], await refunds.retrieve(refund.id)]) {
    assert.deepEqual(
      [one.object, one.amount, one.status, one.reason, one.payment_intent_id, one.paymentIntent.amount_refunded],
      ['refund', '40', 'succeeded', 'duplicate', left.id, '40'],
    );
  }
  assert.equal((await refunds.list({ invoice_id: late.id })).count, 0);
  assert.equal((await refusal(refunds.retrieve('re_nobody'))).status, 404);
});

test('a payment that is reversed is canceled, and what it paid is owed again', async () => {
  await post(`/api/payments/${both.id}/reverse`, { reason: 'The cheque bounced' });
  const intent = await paymentIntents.retrieve(both.id);
  assert.deepEqual(
    [intent.status, intent.amount_received, intent.cancellation_reason],
    ['canceled', '0', 'The cheque bounced'],
  );
  const { past_due } = await customers.overdueInvoices(ada.id);
  assert.equal(past_due.summary[usd].amount, '18446744073709551917');
});
