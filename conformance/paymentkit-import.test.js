// Moving in from PaymentKit: the published client finds everybody by the names they had there.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';

import { newDID, serve } from './harness.js';
import { paymentKitDatabase } from './paymentkit.js';

const run = promisify(execFile);
const dir = mkdtempSync(path.join(tmpdir(), 'clientele-paymentkit-'));
const bin = path.resolve(import.meta.dirname, process.env.CLIENTELE_BIN ?? '../bin/clientele');
const file = path.join(dir, 'payment-kit.db');
const db = `sqlite:${path.join(dir, 'clientele.db')}`;
const at = (day) => new Date(`${day}T10:00:00.123Z`);
const times = (day) => ({ created_at: at(day), updated_at: at(day) });
const seconds = (day) => Math.floor(at(day) / 1000);
const [ada, bob] = [newDID(), newDID('ethereum')];

const invoice = (id, customer_id, day, status, more) => ({
  id, livemode: false, number: `NUM-${id}`, status, paid: status === 'paid', currency_id: 'pc_tba', customer_id,
  billing_reason: 'subscription_cycle', subtotal: '3000000000000000000', tax: '0', total: '3000000000000000000',
  amount_due: '3000000000000000000', amount_paid: '0', amount_remaining: '3000000000000000000', customer_name: 'Ada, then',
  period_start: seconds(day), period_end: seconds(day) + 86400, effective_at: seconds(day), due_date: seconds(day) + 86400,
  status_transitions: { finalized_at: seconds(day) }, metadata: { order: 7 }, ...times(day), ...more,
});
const item = (id, invoice_id, customer_id, day) => ({
  id, livemode: false, amount: '3000000000000000000', quantity: 3, description: 'Seats', currency_id: 'pc_tba',
  customer_id, invoice_id, price_id: 'price_1', metadata: {}, ...times(day),
});

await paymentKitDatabase(file, {
  PaymentMethod: [{
    id: 'pm_arc', livemode: false, active: true, locked: true, type: 'arcblock', name: 'ArcBlock', description: 'ABT',
    logo: '/abt.png', default_currency_id: 'pc_tba', confirmation: { type: 'immediate' },
    settings: { arcblock: { api_host: 'https://beta.abtnetwork.io/api/' } },
    features: { recurring: true, refund: true, dispute: false }, metadata: {}, ...times('2024-01-01'),
  }],
  PaymentCurrency: [{
    id: 'pc_tba', livemode: false, payment_method_id: 'pm_arc', active: true, locked: true, is_base_currency: true,
    name: 'Beta', description: 'TBA', logo: '/tba.png', symbol: 'TBA', decimal: 18, maximum_precision: 6, type: 'standard',
    metadata: {}, ...times('2024-01-01'),
  }],
  Customer: [
    {
      id: 'cus_Ada', livemode: false, did: ada, name: 'Ada', email: 'ada@example.com', phone: '',
      address: { country: 'GB', city: 'London' }, metadata: { plan: 'gold' }, token_balance: { pc_tba: '500' },
      invoice_prefix: 'ADAPFX', next_invoice_sequence: 12, delinquent: false, ...times('2024-01-02'),
    },
    { id: 'cus_Bob', livemode: false, did: bob, name: 'Bob', metadata: {}, invoice_prefix: 'BOBPFX', ...times('2024-01-03') },
  ],
  Invoice: [
    invoice('in_paid', 'cus_Ada', '2024-02-01', 'paid', {
      amount_paid: '3000000000000000000', amount_remaining: '0',
      status_transitions: { finalized_at: seconds('2024-02-01'), paid_at: seconds('2024-02-05') },
    }),
    invoice('in_bad', 'cus_Ada', '2024-02-02', 'uncollectible'),
  ],
  InvoiceItem: [item('ii_1', 'in_paid', 'cus_Ada', '2024-02-01'), item('ii_2', 'in_bad', 'cus_Ada', '2024-02-02')],
  PaymentIntent: [{
    id: 'pi_1', livemode: false, amount: '3000000000000000000', amount_received: '3000000000000000000',
    currency_id: 'pc_tba', customer_id: 'cus_Ada', description: 'Seats', payment_method_id: 'pm_arc',
    invoice_id: 'in_paid', status: 'succeeded', metadata: {}, ...times('2024-02-05'),
  }],
  Subscription: [{ id: 'sub_1', livemode: false, customer_id: 'cus_Ada', status: 'active', ...times('2024-01-02') }],
});
const { stdout } = await run(bin, ['import', 'paymentkit', file, '--db', db]);
const server = await serve({ db });
after(async () => {
  await server.stop();
  rmSync(dir, { recursive: true, force: true });
});
const { customers, environments, invoices, paymentCurrencies, paymentIntents } = server.payment;
environments.setTestMode(true);

test('the import says what became of everything', () => {
  const counts = Object.fromEntries(stdout.split('\n').map((line) => line.trim().split(/\s+/)).map(([name, n]) => [name, n]));
  assert.deepEqual(
    [counts.customers, counts.invoices, counts.payments, counts.payment_currencies, counts.payment_methods, counts.subscriptions],
    ['2', '2', '1', '1', '1', '1'],
  );
});

test('the published client finds everybody by the names they had', async () => {
  const customer = await customers.retrieve(ada);
  assert.equal(customer.id, 'cus_Ada');
  assert.deepEqual(await customers.retrieve('cus_Ada'), customer);
  assert.deepEqual(await customers.retrieve(ada, { create: true }), customer, 'nobody is made twice');
  assert.equal((await customers.retrieve(bob)).id, 'cus_Bob');
  assert.deepEqual(
    [customer.email, customer.address.city, customer.metadata.plan, customer.token_balance.pc_tba, customer.delinquent],
    ['ada@example.com', 'London', 'gold', '500', true],
  );
  assert.deepEqual([customer.created_at, customer.invoice_prefix, customer.next_invoice_sequence], ['2024-01-02T10:00:00.123Z', 'ADAPFX', 12]);
  assert.deepEqual(
    customer.subscriptions.map(({ id, object, status, livemode, customer_id: of }) => [id, object, status, livemode, of]),
    [['sub_1', 'subscription', 'active', false, 'cus_Ada']],
  );
  assert.deepEqual(customer.invoices.map(({ id }) => id).sort(), ['in_bad', 'in_paid']);
  assert.equal((await customers.search({ query: 'ada' })).count, 1);
  const overdue = await customers.overdueInvoices(ada);
  assert.deepEqual(overdue.invoices.map(({ id }) => id), ['in_bad']);
  assert.equal(overdue.summary.pc_tba.amount, '3000000000000000000');
});

test('invoices, payments and currencies are what they were', async () => {
  const paid = await invoices.retrieve('in_paid');
  assert.deepEqual(
    [paid.status, paid.number, paid.total, paid.amount_paid, paid.customer_name, paid.effective_at, paid.metadata.order],
    ['paid', 'NUM-in_paid', '3000000000000000000', '3000000000000000000', 'Ada, then', seconds('2024-02-01'), 7],
  );
  assert.deepEqual([paid.lines[0].id, paid.lines[0].quantity, paid.lines[0].amount], ['ii_1', 3, '3000000000000000000']);
  assert.equal(paid.status_transitions.paid_at, seconds('2024-02-05'));
  const intent = await paymentIntents.retrieve('pi_1');
  assert.deepEqual([intent.status, intent.invoice_id, intent.payment_method_id], ['succeeded', 'in_paid', 'pm_arc']);
  const currency = (await paymentCurrencies.list()).find(({ id }) => id === 'pc_tba');
  assert.deepEqual([currency.symbol, currency.decimal, currency.is_base_currency], ['TBA', 18, true]);
  assert.match(await server.clientele('verify'), /The books of 2 customers are right/);
});
