// The database is away for ten seconds, as while another node takes over, and the client's own retries get through.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import net from 'node:net';
import { after, test } from 'node:test';

import { newDID, serve } from './harness.js';

// PostgreSQL, and between it and the server a proxy that can be cut.
const postgres = spawn('go', ['run', './postgres'], { cwd: import.meta.dirname, stdio: ['pipe', 'pipe', 'inherit'] });
const ended = new Promise((resolve) => postgres.once('exit', resolve));
const real = new URL(
  await Promise.race([
    new Promise((resolve) => postgres.stdout.once('data', (line) => resolve(String(line).trim()))),
    ended.then((code) => Promise.reject(new Error(`PostgreSQL did not start: exit ${code}`))),
  ]),
);
const open = new Set();
let away = false;
const proxy = net.createServer((near) => {
  if (away) return near.destroy();
  const far = net.connect(Number(real.port), real.hostname);
  for (const [end, other] of [[near, far], [far, near]]) {
    open.add(end.on('error', () => {}).on('close', () => other.destroy()));
    end.pipe(other);
  }
});
await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
const db = new URL(real);
db.port = proxy.address().port;
const server = await serve({ db: db.href });
after(async () => {
  await server.stop(/the database cannot be reached/);
  for (const end of open) end.destroy();
  proxy.close();
  postgres.stdin.end();
  await ended;
});

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

test('whoever calls while the database is away for ten seconds is answered, and everything happens once', async () => {
  const { customers, environments } = server.payment;
  environments.setTestMode(true);
  const dids = [];
  let working = true;
  const work = async (n) => {
    for (let i = 0; working; i++) {
      const did = newDID();
      const { id } = await customers.retrieve(did, { create: true });
      await customers.update(id, { name: `Customer ${n}-${i}` });
      dids.push(did);
    }
  };
  const workers = Array.from({ length: 8 }, (_, n) => work(n));
  while (dids.length === 0) await wait(50);
  const before = dids.length;
  away = true;
  for (const end of open) end.destroy();
  await wait(2000);
  const refused = await server.test('GET', '/api/customers');
  assert.equal(refused.status, 503, JSON.stringify(refused.body));
  assert.match(refused.headers['retry-after'], /^\d+$/);
  await wait(8000 - 5000); // the refusal took five
  away = false;
  const during = dids.length;
  // Until somebody is served again: a worker that failed ends the wait.
  const failed = Promise.race(workers).catch(() => {});
  while (dids.length === during && (await Promise.race([failed.then(() => 'failed'), wait(50)])) !== 'failed');
  working = false;
  await Promise.all(workers); // none of which failed

  assert.ok(before > 0 && dids.length > during, `${before} before, ${during} at the end of it, ${dids.length} in all`);
  const { count } = await customers.list({ page: 1, pageSize: 1 });
  assert.equal(count, dids.length);
  for (const did of dids) {
    const { name, object } = await customers.retrieve(did);
    assert.equal(object, 'customer');
    assert.match(name, /^Customer \d-\d+$/);
  }
});
