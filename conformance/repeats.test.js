// The same change asked for twice has one effect: repeated word for word, and by the client's own retries.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, test } from 'node:test';

import { expect, newDID, send, serve } from './harness.js';

// Between the client and the server: does what is asked, and while `losing` tells the client that it failed.
let losing = 0;
const passed = [];
const proxy = http.createServer(async (request, answer) => {
  const body = Buffer.concat(await request.toArray());
  const { method, url: target, headers } = request;
  const inner = await send({ url: proxy.to, method, target, headers, body });
  passed.push(`${method} ${inner.status}`);
  const lost = losing > 0 && losing--;
  answer.writeHead(lost ? 502 : inner.status, { 'content-type': 'application/json' });
  answer.end(JSON.stringify(lost ? { error: 'bad gateway' } : inner.body));
});
const server = await serve({
  via: async (url) => {
    proxy.to = url;
    await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    return proxy.address().port;
  },
});
after(async () => {
  proxy.closeAllConnections();
  proxy.close();
  await server.stop();
});
const { sign } = server;
const { customers, environments } = server.payment;
environments.setTestMode(true);

const state = async (id) => {
  const { headers, body } = await server.test('GET', `/api/customers/${id}`);
  assert.ok(headers.etag, 'a customer has an ETag');
  return { etag: headers.etag, ...body };
};

test('a replayed PUT has the same answer and one effect', async () => {
  const { id } = await customers.retrieve(newDID(), { create: true });
  const target = `/api/customers/${id}?livemode=false`;
  const request = await sign({ method: 'PUT', target, body: { name: 'First', metadata: { first: true } } });
  const first = await send(request);
  assert.equal(expect(200, first).name, 'First');
  const was = await state(id);

  const again = await send(request);
  assert.deepEqual([again.status, again.body], [first.status, first.body]);
  assert.deepEqual(await state(id), was, 'updated_at and ETag did not move');

  await customers.update(id, { name: 'Second', metadata: { first: null } });
  const moved = await state(id);
  assert.notEqual(moved.etag, was.etag);
  const late = await send(request);
  assert.deepEqual([late.status, late.body], [first.status, first.body], 'the stored answer');
  assert.deepEqual(await state(id), moved, 'and what came after it still stands');
});

test('a replayed POST creates one customer', async () => {
  const target = '/api/customers?livemode=false';
  const request = await sign({ method: 'POST', target, body: { name: 'Replayed Once' } });
  const first = await send(request);
  const { id } = expect(201, first);
  for (let n = 0; n < 5; n++) {
    const again = await send(request);
    assert.deepEqual([again.status, again.body], [201, first.body]);
  }
  const { count, list } = await customers.search({ query: 'Replayed Once' });
  assert.deepEqual([count, list[0].id], [1, id]);
});

test('twenty copies of a POST at once create one customer', async () => {
  const target = '/api/customers?livemode=false';
  const request = await sign({ method: 'POST', target, body: { name: 'Replayed Twenty' } });
  const answers = await Promise.all(Array.from({ length: 20 }, () => send(request)));
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [201]);
  assert.equal(new Set(answers.map(({ body }) => body.id)).size, 1);
  assert.equal((await customers.search({ query: 'Replayed Twenty' })).count, 1);
});

test('a replayed retrieve with create does not create again after a delete', async () => {
  const did = newDID();
  const target = `/api/customers/${did}?livemode=false`;
  const request = await sign({ method: 'GET', target, body: { create: true } });
  const { id } = expect(200, await send(request));
  await server.test('DELETE', `/api/customers/${id}`);
  assert.equal(expect(200, await send(request)).id, id, 'the stored answer');
  assert.equal((await customers.list({ did })).count, 0);
});

const nextSecond = () => new Promise((resolve) => setTimeout(resolve, 1000 - (Date.now() % 1000) + 5));

test('a replayed DELETE does not delete what came after', async () => {
  const did = newDID();
  const { id } = await customers.retrieve(did, { create: true });
  const request = await sign({ method: 'DELETE', target: `/api/customers/${did}?livemode=false` });
  assert.equal(expect(200, await send(request)).id, id);
  await nextSecond(); // or else the client signs the very request of before, and gets its answer
  const next = await customers.retrieve(did, { create: true });
  assert.notEqual(next.id, id);
  assert.equal(expect(200, await send(request)).id, id, 'the stored answer');
  assert.deepEqual(await customers.retrieve(did), next);
});

const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n; // of the group that Ed25519 signs in

// The other number that would satisfy the signature's equation, were large ones allowed (RFC 8032, 5.1.7).
function malleated(sig) {
  const bytes = Buffer.from(sig.slice(2), 'hex');
  const s = BigInt(`0x${bytes.subarray(32).reverse().toString('hex')}`) + ORDER; // little-endian
  const other = Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse();
  return `0x${bytes.toString('hex', 0, 32)}${other.toString('hex')}`;
}

const disguises = {
  'another label': ({ headers }) => ({ headers: { ...headers, 'x-component-did': newDID() } }),
  'a signature in capitals': ({ headers }) => ({
    headers: { ...headers, 'x-component-sig': headers['x-component-sig'].toUpperCase().replace('0X', '0x') },
  }),
  'a signature without 0x': ({ headers }) => ({
    headers: { ...headers, 'x-component-sig': headers['x-component-sig'].slice(2) },
  }),
  'a malleated signature': ({ headers }) => ({
    headers: { ...headers, 'x-component-sig': malleated(headers['x-component-sig']) },
  }),
  'a query spelled otherwise': ({ target }) => ({ target: target.replace('livemode=false', 'livemode=%66alse') }),
  'a path spelled otherwise': ({ target }) => ({ target: target.replace('/customers/', '/%63ustomers/') }),
  'a body spelled otherwise': ({ body }) => ({ body: ` ${body.replace('First', '\\u0046irst')}` }),
  'a request id': ({ headers }) => ({ headers: { ...headers, 'x-request-id': 'another' } }),
  'an idempotency key': ({ headers }) => ({ headers: { ...headers, 'idempotency-key': 'another' } }),
};
for (const [what, disguise] of Object.entries(disguises)) {
  test(`a replay disguised by ${what} has no second effect`, async () => {
    const { id } = await customers.retrieve(newDID(), { create: true });
    const target = `/api/customers/${id}?livemode=false`;
    const request = await sign({ method: 'PUT', target, body: { name: 'First' } });
    const first = await send(request);
    assert.equal(expect(200, first).name, 'First');
    await customers.update(id, { name: 'Second' });
    const second = await state(id);

    const again = await send({ ...request, ...disguise(request) });
    if (again.status === 200) assert.deepEqual(again.body, first.body, 'the stored answer');
    else assert.ok(again.status >= 400 && again.status < 500, `got ${again.status}`);
    assert.deepEqual(await state(id), second);
  });
}

test('a replay does not pass with other words', async () => {
  const { id } = await customers.retrieve(newDID(), { create: true });
  const request = await sign({ method: 'PUT', target: `/api/customers/${id}?livemode=false`, body: { name: 'A' } });
  expect(200, await send(request));
  assert.equal((await send({ ...request, body: '{"name":"B"}' })).status, 401);
  assert.equal((await customers.retrieve(id)).name, 'A');
});

test('when answers are lost the client asks again, and one customer is created', async () => {
  const did = newDID();
  passed.length = 0;
  losing = 1;
  const customer = await customers.retrieve(did, { create: true });
  assert.deepEqual(passed.map((line) => line.split(' ')[0]), ['GET', 'GET'], 'the work was asked for twice');
  assert.equal(customer.did, did);
  assert.equal((await customers.list({ did })).count, 1);
});

test('when answers are lost an update is applied once', async () => {
  const { id } = await customers.retrieve(newDID(), { create: true });
  passed.length = 0;
  losing = 1;
  const updating = customers.update(id, { name: 'Once', metadata: { n: 1 } });
  while (passed.length < 1) await new Promise(setImmediate);
  const once = await state(id);
  assert.equal(once.name, 'Once');
  const customer = await updating;
  assert.deepEqual(passed, ['PUT 200', 'PUT 200']);
  assert.equal(customer.updated_at, once.updated_at);
  assert.deepEqual(await state(id), once, 'the second time nothing was left to change');
});
