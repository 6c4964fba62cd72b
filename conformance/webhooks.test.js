// The webhook endpoints of the published client, and a receiver that is told of events.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import http from 'node:http';
import { after, test } from 'node:test';

import { refusal, serve } from './harness.js';

const server = await serve({ args: ['--webhook-allow', '127.0.0.0/8'] });
const { customers, environments, webhookEndpoints } = server.payment;
environments.setTestMode(true);

const deliveries = [];
let arrived = () => {};
const receiver = http.createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  deliveries.push({ headers: request.headers, body: Buffer.concat(chunks).toString(), url: request.url });
  response.writeHead(204).end();
  arrived();
});
await new Promise((resolve) => receiver.listen(0, '127.0.0.1', resolve));
after(async () => {
  receiver.close();
  await server.stop();
});
const url = `http://127.0.0.1:${receiver.address().port}/hook`;

// Waits until something was delivered that is wanted.
async function delivered(wanted) {
  for (;;) {
    const found = deliveries.find(({ body }) => wanted(JSON.parse(body)));
    if (found) return found;
    await new Promise((resolve) => (arrived = resolve));
  }
}

test('an endpoint is made, read, changed, listed and deleted', async () => {
  const made = await webhookEndpoints.create({
    url,
    enabled_events: ['customer.updated', 'checkout.session.completed'],
    description: 'Shop',
    metadata: { shop: '1' },
  });
  assert.match(made.id, /^we_/);
  assert.match(made.secret, /^whsec_/);
  assert.deepEqual(
    [made.livemode, made.api_version, made.url, made.status, made.created_via, made.enabled_events],
    [false, '2023-09-05', url, 'enabled', 'api', ['customer.updated', 'checkout.session.completed']],
  );
  const read = await webhookEndpoints.retrieve(made.id);
  assert.deepEqual([read.object, read.description, read.metadata, read.attempts], ['webhook_endpoint', 'Shop', { shop: '1' }, []]);
  const changed = await webhookEndpoints.update(made.id, { description: 'Store', enabled_events: ['customer.updated'] });
  assert.deepEqual([changed.description, changed.enabled_events], ['Store', ['customer.updated']]);
  const { count, list } = await webhookEndpoints.list({ size: 10 });
  assert.deepEqual([count, list.map(({ id }) => id)], [1, [made.id]]);
  const gone = await webhookEndpoints.del(made.id);
  assert.deepEqual([gone.id, gone.url], [made.id, url]);
  assert.equal((await refusal(webhookEndpoints.retrieve(made.id))).status, 404);
});

test('a change is told, signed', async () => {
  const { id, secret } = await webhookEndpoints.create({ url, enabled_events: ['customer.updated'] });
  const created = await server.test('POST', '/api/customers', { name: 'Ada' });
  await customers.update(created.body.id, { name: 'Ada Lovelace' });
  const { headers, body } = await delivered((event) => event.type === 'customer.updated');
  const event = JSON.parse(body);
  assert.deepEqual(
    [event.object, event.livemode, event.object_type, event.data.object.name, event.data.previous_attributes],
    ['event', false, 'customer', 'Ada Lovelace', { name: 'Ada' }],
  );
  assert.deepEqual([headers['webhook-id'], headers['content-type']], [event.id, 'application/json']);
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signature = createHmac('sha256', key).update(signed).digest('base64');
  assert.equal(headers['webhook-signature'], `v1,${signature}`);
  let attempts = [];
  while (attempts.length === 0) ({ attempts } = await webhookEndpoints.retrieve(id));
  assert.deepEqual(
    [attempts[0].event_id, attempts[0].status, attempts[0].response_status, attempts[0].retry_count],
    [event.id, 'succeeded', 204, 0],
  );
});

// Whether the middleware of the vendor's applications lets a delivery pass.
async function passes({ headers, body, url }) {
  const request = {
    get: (name) => headers[name.toLowerCase()],
    method: 'POST',
    originalUrl: url,
    query: Object.fromEntries(new URL(url, 'http://localhost').searchParams),
    body: JSON.parse(body),
  };
  let passed = false;
  const response = { status: () => response, json: () => response };
  await server.verifySig(request, response, () => (passed = true));
  return passed;
}

test('an endpoint that asks for it is sent the component signature too', async () => {
  const { id, component_signature } = await webhookEndpoints.create({
    url: `${url}?shop=1&note=a%20b`,
    enabled_events: ['customer.created'],
    component_key: process.env.BLOCKLET_APP_SK,
  });
  assert.equal(component_signature, true);
  await server.test('POST', '/api/customers', { name: 'Signed ✓', metadata: { z: 1, a: { b: '€' } }, description: 'line\nbreak' });
  const delivery = await delivered((event) => event.data.object.name === 'Signed ✓');
  assert.equal(await passes(delivery), true);
  assert.equal(await passes({ ...delivery, body: delivery.body.replace('Signed', 'Edited') }), false);
  assert.equal(await passes({ ...delivery, url: '/hook?shop=2&note=a%20b' }), false);
  const changed = await webhookEndpoints.update(id, { component_key: '' });
  assert.equal(changed.component_signature, undefined);
  await server.test('POST', '/api/customers', { name: 'Unsigned' });
  const { headers } = await delivered((event) => event.data.object.name === 'Unsigned');
  assert.equal(headers['x-component-sig'], undefined);
  const { status, body } = await refusal(
    webhookEndpoints.create({ url, enabled_events: ['*'], component_key: process.env.BLOCKLET_APP_PK }),
  );
  assert.deepEqual([status, body?.field ?? 'component_key'], [400, 'component_key']);
});

test('what is no address is refused', async () => {
  const { status, body } = await refusal(webhookEndpoints.create({ url: 'nowhere', enabled_events: ['*'] }));
  assert.deepEqual([status, body?.field ?? 'url'], [400, 'url']);
});
