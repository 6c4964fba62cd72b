// Orders and filters of the list.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { expect, newDID, refusal, serve } from './harness.js';

const server = await serve();
after(() => server.stop());
const { customers, environments } = server.payment;
environments.setTestMode(true);

const created = [];

before(async () => {
  const plans = ['gold', 'silver', 'gold', 'bronze', 'gold', 'silver', 'a b&c=d %é王'];
  for (const [n, plan] of plans.entries()) {
    const body = { name: `Customer ${n}`, did: newDID(), metadata: { plan, n: String(n) } };
    const { id, created_at } = expect(201, await server.test('POST', '/api/customers', body));
    created.push(id);
    while (new Date().toISOString() <= created_at) await new Promise(setImmediate); // times have milliseconds
  }
  for (const n of [5, 1, 3]) {
    const { updated_at } = await customers.update(created[n], { description: 'touched' });
    while (new Date().toISOString() <= updated_at) await new Promise(setImmediate);
  }
});

const order = async (params) => (await customers.list(params)).list.map(({ id }) => created.indexOf(id));

const orders = {
  'created_at:ASC': [0, 1, 2, 3, 4, 5, 6],
  'created_at:DESC': [6, 5, 4, 3, 2, 1, 0],
  'updated_at:ASC': [0, 2, 4, 6, 5, 1, 3],
  'updated_at:DESC': [3, 1, 5, 6, 4, 2, 0],
};
for (const [text, expected] of Object.entries(orders)) {
  test(`order ${text}`, async () => {
    assert.deepEqual(await order({ order: text }), expected);
    assert.deepEqual(await order({ order: [text.split(':')] }), expected);
    assert.deepEqual(await order({ order: [text.split(':')], page: 2, pageSize: 3 }), expected.slice(3, 6));
  });
}

test('the default order is the newest first', async () => {
  assert.deepEqual(await order({}), orders['created_at:DESC']);
});

test('two orders at once', async () => {
  assert.deepEqual(await order({ order: [['updated_at', 'ASC'], ['created_at', 'DESC']] }), orders['updated_at:ASC']);
});

test('metadata filters', async () => {
  const plans = { gold: [4, 2, 0], silver: [5, 1], bronze: [3], 'a b&c=d %é王': [6], Gold: [], 'gol%': [] };
  for (const [plan, expected] of Object.entries(plans)) {
    assert.deepEqual(await order({ 'metadata.plan': plan }), expected, plan);
    assert.equal((await customers.list({ 'metadata.plan': plan, pageSize: 1 })).count, expected.length, plan);
  }
  assert.deepEqual(await order({ 'metadata.plan': 'gold', 'metadata.n': '2' }), [2]);
  assert.deepEqual(await order({ 'metadata.plan': 'gold', order: 'created_at:ASC' }), [0, 2, 4]);
});

test('did filter', async () => {
  const { did } = await customers.retrieve(created[3]);
  assert.deepEqual(await order({ did }), [3]);
  assert.deepEqual(await order({ did: `did:abt:${did}` }), [3]);
  assert.deepEqual(await order({ did: newDID() }), []);
});

test('pages by cursor', async () => {
  assert.deepEqual(await order({ limit: 2 }), [6, 5]);
  assert.deepEqual(await order({ limit: 2, starting_after: created[5] }), [4, 3]);
  assert.deepEqual(await order({ limit: 2, ending_before: created[2] }), [4, 3]);
});

const refused = {
  'an unknown column': { order: 'secret:ASC' },
  'an unknown direction': { order: [['created_at', 'SIDEWAYS']] },
  'SQL in an order': { order: 'created_at;DROP TABLE customers:ASC' },
  'page 0': { page: 0 },
  'pageSize 0': { pageSize: 0 },
  'pageSize 101': { pageSize: 101 },
  'a word for a page': { page: 'two' },
  'a did that is none': { did: 'z1bUPE8NwmggAepyjRdh58cJJioF6XC6YS1' },
};
for (const [what, params] of Object.entries(refused)) {
  test(`${what} is refused`, async () => {
    const { status, error } = await refusal(customers.list(params));
    assert.equal(status, 400);
    assert.equal(typeof error, 'string');
    assert.match(error, new RegExp(Object.keys(params)[0]), 'the answer names the parameter');
  });
}
