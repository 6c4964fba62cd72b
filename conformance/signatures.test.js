// Requests that the client's own code signed, spoiled on the way: none may pass.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { expect, newDID, newKey, send, serve } from './harness.js';

const server = await serve();
const { sign, clientele } = server;
const { customers, environments } = server.payment;
environments.setTestMode(true);

const now = () => Math.floor(Date.now() / 1000);
let id;
let target;

before(async () => {
  ({ id } = await customers.retrieve(newDID(), { create: true }));
  await customers.update(id, { name: 'Untouched' });
  target = `/api/customers/${id}?livemode=false`;
});
after(async () => {
  const { name } = await customers.retrieve(id).finally(server.stop);
  assert.equal(name, 'Untouched', 'nothing spoiled had an effect');
});

const get = (more) => sign({ target, ...more });
const put = (more) => sign({ method: 'PUT', target, body: { name: 'Forged' }, ...more });
const respelled = (request, from, to) => ({ ...request, target: request.target.replace(from, to) });
const headed = (request, headers) => ({ ...request, headers: { ...request.headers, ...headers } });

test('unspoiled it passes', async () => {
  assert.equal(expect(200, await send(await get())).id, id);
  assert.equal(expect(200, await send(await get({ iat: now() - 290 }))).id, id, 'ten seconds before it expires');
  assert.equal(expect(200, await send(await get({ iat: now() + 30 }))).id, id, 'from a clock half a minute ahead');
});

test('the component DID is a label, not an identity', async () => {
  assert.equal(expect(200, await send(headed(await get(), { 'x-component-did': newDID() }))).id, id);
});

const spoiled = {
  'no signature': async () => ({ ...(await put()), headers: { 'content-type': 'application/json' } }),
  'an empty signature': async () => headed(await put(), { 'x-component-sig': '' }),
  'a key that is not trusted': () => put({ secret: newKey().secret }),
  'a key that is not trusted but sent along': async () => {
    const key = newKey();
    return headed(await put({ secret: key.secret }), { 'x-component-sig-pk': key.public });
  },
  'a changed body': async () => {
    const request = await put({ body: { name: 'Signed' } });
    return { ...request, body: JSON.stringify({ name: 'Forged' }) };
  },
  'a body where none was signed': async () => ({
    ...headed(await get(), { 'content-type': 'application/json' }),
    body: '{"create":true}',
  }),
  'a body that says one thing twice': async () => ({
    ...(await put({ body: { name: 'Signed' } })),
    body: '{"name":"Forged","name":"Signed"}',
  }),
  'a body that is dropped': async () => ({ ...(await put()), body: '{}' }),
  'a changed method': async () => ({ ...(await get()), method: 'DELETE' }),
  'a changed path': async () => respelled(await get(), id, 'search'),
  'a changed query': async () => respelled(await get(), 'livemode=false', 'livemode=true'),
  'a parameter more': async () => respelled(await get(), 'livemode=false', 'livemode=false&page=2'),
  'a parameter less': async () => respelled(await get(), '?livemode=false', ''),
  'a parameter twice': async () => respelled(await get(), 'livemode=false', 'livemode=false&livemode=false'),
  'an old signature': () => put({ iat: now() - 400 }),
  'an old signature that says it lives on': () => put({ iat: now() - 400, exp: now() + 300 }),
  'a signature of tomorrow': () => put({ iat: now() + 86400 }),
  'a signature that is two minutes ahead': () => put({ iat: now() + 120 }),
  'a signature that lives for years': () => put({ exp: now() + 10 * 365 * 86400 }),
  'a signature that lives a second too long': () => put({ exp: now() + 302 }),
  'a signature without an end': () => put({ exp: Infinity }),
  'an exp in hexadecimal': async () => {
    const exp = now() + 200;
    return headed(await put({ exp }), { 'x-component-sig-exp': `0x${exp.toString(16)}` });
  },
  'an exp with a fraction': () => put({ exp: now() + 200.5 }),
  'an exp in scientific notation': async () => {
    const exp = now() + 200;
    return headed(await put({ exp }), { 'x-component-sig-exp': `${exp / 1e9}e9` });
  },
  'an exp that is changed': async () => headed(await put(), { 'x-component-sig-exp': String(now() + 200) }),
  'an iat that is changed': async () => {
    const request = await put({ iat: now() - 200, exp: now() + 90 });
    return headed(request, { 'x-component-sig-iat': String(now() - 100) });
  },
  'an exp before its iat': () => put({ iat: now(), exp: now() - 1 }),
  'a path that a header completes': async () => {
    const request = await put({ target: `/elsewhere${target}` });
    return headed(respelled(request, '/elsewhere', ''), { 'x-path-prefix': '/elsewhere' });
  },
  'an unsigned __proto__ parameter': async () => respelled(await get(), '?', '?__proto__[x]=1&'),
  'an unsigned constructor parameter': async () => respelled(await get(), '?', '?constructor[prototype][x]=1&'),
  'an unsigned empty pair': async () => respelled(await get(), '?', '?&&'),
  'an unsigned nameless parameter': async () => respelled(await get(), '?', '?=x&'),
  'an unsigned nameless parameter behind': async () => respelled(await get(), /$/, '&=x'),
};
for (const [what, request] of Object.entries(spoiled)) {
  test(`${what} is refused`, async () => {
    const { status, body } = await send(await request());
    // What no client sends may be refused before anybody asks who signed it.
    const allowed = /^an unsigned|twice$/.test(what) ? [400, 401] : [401];
    assert.ok(allowed.includes(status), `got ${status}: ${JSON.stringify(body)}`);
    assert.equal(typeof body.error, 'string');
    assert.ok(!JSON.stringify(body).includes('Untouched'), 'and says nothing of the customer');
  });
}

test('a path prefix header changes nothing', async () => {
  assert.equal(expect(200, await send(headed(await get(), { 'x-path-prefix': '/elsewhere' }))).id, id);
});

test('a body-less POST passes as the client sends it', async () => {
  const [currency] = await server.payment.paymentCurrencies.list();
  const lines = [{ description: 'Seat', quantity: 1, unit_amount: '1' }];
  const bill = { customer_id: id, currency_id: currency.id, lines };
  const invoice = expect(201, await server.test('POST', '/api/invoices', bill));
  const request = await sign({ method: 'POST', target: `/api/invoices/${invoice.id}/finalize?livemode=false` });
  assert.equal(request.headers['content-type'], 'application/x-www-form-urlencoded');
  assert.equal(expect(200, await send(request)).status, 'open');
});

test('trust is given and taken by the command line, at once', async () => {
  const key = newKey();
  const request = () => get({ secret: key.secret });
  assert.equal((await send(await request())).status, 401);
  await clientele('apps', 'trust', '--name', 'second', key.public);
  assert.equal((await send(await request())).status, 200);
  const line = (await clientele('apps', 'list')).split('\n').find((text) => text.includes('second'));
  assert.ok(line, 'the list names it');
  await clientele('apps', 'revoke', line.match(/app_\w+/)[0]);
  assert.equal((await send(await request())).status, 401);
  assert.equal((await send(await get())).status, 200, 'the others are still trusted');
});
