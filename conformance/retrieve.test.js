// Naming a customer, and creating one by retrieving it.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { newDID, refusal, serve } from './harness.js';

const server = await serve();
after(() => server.stop());
const { customers, environments } = server.payment;
environments.setTestMode(true);

test('retrieve creates when asked to', async () => {
  const did = newDID();
  assert.equal((await refusal(customers.retrieve(did))).status, 404);
  assert.equal((await refusal(customers.retrieve(did, { create: false }))).status, 404);
  assert.equal((await customers.list({ did })).count, 0);

  const customer = await customers.retrieve(did, { create: true });
  assert.match(customer.id, /^cus_/);
  assert.equal(customer.did, did);
  assert.equal(customer.livemode, false);
  assert.deepEqual([customer.payments, customer.subscriptions, customer.invoices], [[], [], []]);
  assert.deepEqual(await customers.retrieve(did, { create: true }), customer, 'the second time it is there');
  assert.deepEqual(await customers.retrieve(did), customer);
  assert.equal((await customers.list({ did })).count, 1);
});

test('a hundred at once create one customer and get equal answers', async () => {
  const did = newDID();
  const answers = await Promise.all(Array.from({ length: 100 }, () => customers.retrieve(did, { create: true })));
  for (const answer of answers) assert.deepEqual(answer, answers[0]);
  const { count, list } = await customers.list({ did });
  assert.deepEqual([count, list.map(({ id }) => id)], [1, [answers[0].id]]);
});

for (const type of ['account', 'ethereum']) {
  test(`every name of a customer is the same customer: ${type}`, async () => {
    const did = newDID(type === 'account' ? undefined : type);
    const customer = await customers.retrieve(`did:abt:${did}`, { create: true });
    assert.equal(customer.did, did, 'kept without the prefix');
    const names = [customer.id, did, `did:abt:${did}`];
    if (type === 'ethereum') names.push(did.toLowerCase());
    for (const name of names) {
      assert.deepEqual(await customers.retrieve(name), customer, `retrieve ${name}`);
      assert.deepEqual(await customers.retrieve(name, { create: true }), customer, `get or create ${name}`);
      assert.equal((await customers.overdueInvoices(name)).customer.id, customer.id, `overdue ${name}`);
      assert.equal((await customers.update(name, { metadata: { by: name } })).metadata.by, name, `update ${name}`);
      customer.metadata = { by: name };
      customer.updated_at = (await customers.retrieve(customer.id)).updated_at;
    }
    for (const name of names.slice(1)) {
      const { list } = await customers.list({ did: name });
      assert.deepEqual(list.map(({ id }) => id), [customer.id], `list ${name}`);
    }
  });
}

test('what is not a DID is never created', async () => {
  const mixed = newDID('ethereum');
  const swapped = mixed.replace(/[a-f]/i, (c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase()));
  const bad = {
    'wrong checksum': 'z1bUPE8NwmggAepyjRdh58cJJioF6XC6YS1',
    '25 bytes': 'zbUPE8NwmggAepyjRdh58cJJioF6XC6YSE',
    'wrong EIP-55 checksum': swapped,
    'too short': '0x1234',
    'another method': 'did:web:example.com',
  };
  for (const [why, did] of Object.entries(bad)) {
    const { status, error } = await refusal(customers.retrieve(did, { create: true }));
    assert.ok(status === 400 || status === 404, `${why}: ${status}`);
    assert.equal(typeof error, 'string', why);
  }
  assert.equal((await refusal(customers.retrieve('cus_nobody', { create: true }))).status, 404);
});
