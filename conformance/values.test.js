// How values look on the wire, and how errors do.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { expect, newDID, refusal, serve } from './harness.js';

const server = await serve();
after(() => server.stop());
const { customers, environments } = server.payment;
environments.setTestMode(true);

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

test('absent values are empty strings, never null', async () => {
  const byDID = await customers.retrieve(newDID(), { create: true });
  const { id } = expect(201, await server.test('POST', '/api/customers', { name: 'Only Name' }));
  const named = await customers.retrieve(id);
  const empty = { description: '', email: '', phone: '', address: {}, metadata: {}, balance: '0.00' };
  assert.deepEqual(pick(byDID, ['name', ...Object.keys(empty)]), { name: '', ...empty });
  assert.deepEqual(pick(named, ['did', ...Object.keys(empty)]), { did: '', ...empty });
  const { list } = await customers.list({});
  const overdue = await customers.overdueInvoices(id);
  for (const answer of [byDID, named, list, overdue]) {
    assert.ok(!/:null\b/.test(JSON.stringify(answer)), JSON.stringify(answer));
  }
});

test('times are ISO-8601 in UTC with milliseconds', async () => {
  const before = new Date().toISOString();
  const customer = await customers.retrieve(newDID(), { create: true });
  const after = new Date().toISOString();
  for (const time of [customer.created_at, customer.updated_at]) {
    assert.match(time, ISO);
    assert.ok(before <= time && time <= after, `${before} <= ${time} <= ${after}`);
  }
});

test('a phone number is stored in its international form', async () => {
  const { id } = await customers.retrieve(newDID(), { create: true });
  for (const typed of ['+1 (555) 123-4567', '+1-555-123-4567', '+15551234567']) {
    assert.equal((await customers.update(id, { phone: typed })).phone, '+15551234567', typed);
  }
  assert.equal((await customers.update(id, { phone: '+33 1 42 68 53 00' })).phone, '+33142685300');
  assert.equal((await customers.retrieve(id)).phone, '+33142685300');
});

test('text and metadata come back as they were sent', async () => {
  const { id } = await customers.retrieve(newDID(), { create: true });
  const sent = {
    name: 'Zoë <b>&"  😀 王 \u2028 e\u0301',
    email: 'Mixed.Case@Example.COM',
    metadata: { n: 1.5, big: 1e21, tiny: 1e-7, zero: 0, all: [1, '2', { z: 1, a: [] }], b: true, 'ключ 王': '', o: {} },
  };
  const answer = await customers.update(id, sent);
  assert.deepEqual(pick(answer, Object.keys(sent)), sent);
  assert.deepEqual(pick(await customers.retrieve(id), Object.keys(sent)), sent);
});

test('a customer that was read can be written back whole', async () => {
  const { id } = await customers.retrieve(newDID(), { create: true });
  const was = await customers.update(id, { name: 'Ann', address: { country: 'NZ' }, metadata: { a: 1 } });
  const now = await customers.update(id, { ...was, name: 'Anna' });
  assert.deepEqual(now, { ...was, name: 'Anna', updated_at: now.updated_at });
});

test('what an update never changes is refused with a reason', async () => {
  const { id } = await customers.retrieve(newDID(), { create: true });
  const others = {
    id: 'cus_other',
    did: newDID(),
    livemode: true,
    balance: '100.00',
    delinquent: true,
    created_at: '2020-01-01T00:00:00.000Z',
    updated_at: '2020-01-01T00:00:00.000Z',
  };
  const was = await customers.retrieve(id);
  for (const [field, value] of Object.entries(others)) {
    const { status, error } = await refusal(customers.update(id, { name: 'Changed', [field]: value }));
    assert.equal(status, 400, field);
    assert.match(error, new RegExp(field));
  }
  assert.deepEqual(await customers.retrieve(id), was, 'nothing changed');
});

const invalid = {
  email: 'not an address',
  phone: '12',
  name: 'x'.repeat(513),
  address: { country: 'XX' },
  metadata: { ['k'.repeat(65)]: 1 },
  nonsense: 1,
};
for (const [field, value] of Object.entries(invalid)) {
  test(`an invalid ${field} is a 400 that names it`, async () => {
    const { id } = await customers.retrieve(newDID(), { create: true });
    const { status, error } = await refusal(customers.update(id, { [field]: value }));
    assert.equal(status, 400);
    assert.equal(typeof error, 'string');
    assert.match(error, new RegExp(field));
  });
}

test('what is not there is a 404 with a string', async () => {
  const calls = {
    retrieve: () => customers.retrieve('cus_nobody'),
    'retrieve by DID': () => customers.retrieve(newDID()),
    update: () => customers.update('cus_nobody', { name: 'x' }),
    overdueInvoices: () => customers.overdueInvoices('cus_nobody'),
    'an invoice': () => server.payment.invoices.retrieve('in_none'),
    'a route': () => server.call({ method: 'GET', path: '/api/nothing', params: { livemode: false } }),
  };
  for (const [what, call] of Object.entries(calls)) {
    const { status, error } = await refusal(call());
    assert.deepEqual([status, typeof error], [404, 'string'], what);
    assert.notEqual(error, '', what);
  }
});

test('older clients create and delete', async () => {
  const did = newDID();
  const params = { livemode: false };
  const data = { did, name: 'Old Client', email: 'old@example.com' };
  const made = await server.call({ method: 'POST', path: '/api/customers', params, data });
  assert.equal(made.status, 201);
  assert.deepEqual(pick(made.data, Object.keys(data)), data);
  const again = await refusal(server.call({ method: 'POST', path: '/api/customers', params, data: { did } }));
  assert.equal(again.status, 409, 'the DID is taken');

  const { id } = made.data;
  const gone = await server.call({ method: 'DELETE', path: `/api/customers/${id}`, params });
  assert.deepEqual([gone.status, gone.data], [200, { id, object: 'customer', deleted: true }]);
  assert.equal((await refusal(customers.retrieve(id))).status, 404);
  assert.equal((await customers.search({ query: 'old@example.com' })).count, 0);
  assert.notEqual((await customers.retrieve(did, { create: true })).id, id, 'the DID is free again');
});

function pick(object, names) {
  return Object.fromEntries(names.map((name) => [name, object[name]]));
}
