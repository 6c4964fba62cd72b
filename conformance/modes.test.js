// Test and live mode never see each other.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { expect, newDID, refusal, serve } from './harness.js';

const server = await serve();
after(() => server.stop());
const { customers, environments, paymentCurrencies } = server.payment;

const inTest = (call) => (environments.setTestMode(true), call());
const inLive = (call) => (environments.setLivemode(true), call());

test('the client starts in live mode', async () => {
  assert.equal(environments.getLivemode(), true);
  assert.equal((await customers.retrieve(newDID(), { create: true })).livemode, true);
});

test('one DID is two customers', async () => {
  const did = newDID();
  const live = await inLive(() => customers.retrieve(did, { create: true }));
  assert.equal((await refusal(inTest(() => customers.retrieve(did)))).status, 404);
  const tried = await inTest(() => customers.retrieve(did, { create: true }));
  assert.deepEqual([live.livemode, tried.livemode], [true, false]);
  assert.notEqual(live.id, tried.id);

  await inTest(() => customers.update(did, { name: 'Test Side', email: 'same@example.com' }));
  await inLive(() => customers.update(did, { name: 'Live Side', email: 'same@example.com' }));
  assert.equal((await inTest(() => customers.retrieve(did))).name, 'Test Side');
  assert.equal((await inLive(() => customers.retrieve(did))).name, 'Live Side');
  for (const [mode, id] of [[inTest, tried.id], [inLive, live.id]]) {
    assert.deepEqual((await mode(() => customers.list({ did }))).list.map((customer) => customer.id), [id]);
    for (const query of [did, 'same@example.com', 'side']) {
      const found = await mode(() => customers.search({ query }));
      assert.deepEqual([found.count, found.list[0]?.id], [1, id], query);
    }
  }
});

test('an id of one mode is unknown in the other', async () => {
  const { id } = await inLive(() => customers.retrieve(newDID(), { create: true }));
  const calls = [
    () => customers.retrieve(id),
    () => customers.update(id, { name: 'Trespasser' }),
    () => customers.overdueInvoices(id),
    () => server.call({ method: 'DELETE', path: `/api/customers/${id}`, params: { livemode: false } }),
  ];
  for (const call of calls) assert.equal((await refusal(inTest(call))).status, 404);
  assert.equal((await inLive(() => customers.retrieve(id))).name, '');
});

test('counts are of one mode', async () => {
  const count = async (mode) => (await mode(() => customers.list({}))).count;
  const [test, live] = [await count(inTest), await count(inLive)];
  await inTest(() => customers.retrieve(newDID(), { create: true }));
  assert.deepEqual([await count(inTest), await count(inLive)], [test + 1, live]);
});

test('money is of one mode', async () => {
  const test = await inTest(() => paymentCurrencies.list());
  const live = await inLive(() => paymentCurrencies.list());
  assert.ok(test.every((currency) => !currency.livemode) && live.every((currency) => currency.livemode));
  const did = newDID();
  await inTest(() => customers.retrieve(did, { create: true }));
  await inLive(() => customers.retrieve(did, { create: true }));
  const usd = test.find(({ symbol }) => symbol === 'USD');
  const lines = [{ description: 'Seat', quantity: 1, unit_amount: '500' }];
  const bill = { customer_id: did, currency_id: usd.id, lines };
  const { id } = expect(201, await server.test('POST', '/api/invoices', bill));
  expect(200, await server.test('POST', `/api/invoices/${id}/finalize`));
  expect(200, await server.test('POST', `/api/invoices/${id}/mark_uncollectible`));
  const overdue = async (mode) => {
    const { invoices } = await mode(() => customers.overdueInvoices(did));
    return invoices.map((invoice) => invoice.id);
  };
  assert.deepEqual([await overdue(inTest), await overdue(inLive)], [[id], []]);
  assert.equal((await inLive(() => customers.retrieve(did))).delinquent, false);
});

test('an API key belongs to one mode', async () => {
  const contradiction = await server.test('GET', '/api/customers?livemode=true');
  assert.equal(contradiction.status, 400);
  assert.match(contradiction.body.error, /livemode/);
  assert.equal(expect(200, await server.test('GET', '/api/customers?livemode=false')).list[0].livemode, false);
  assert.equal(expect(200, await server.live('GET', '/api/customers')).list[0].livemode, true);
});
