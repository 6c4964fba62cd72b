// The five examples of the protocol's customers page.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { expect, newDID, serve } from './harness.js';

const server = await serve();
after(() => server.stop());
const { customers, environments, ...payment } = server.payment;
environments.setTestMode(true);

const address = {
  country: 'US',
  state: 'CA',
  city: 'San Francisco',
  line1: '123 Main Street',
  line2: 'Apt 4B',
  postal_code: '94105',
};
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
let john;

before(async () => {
  john = expect(
    201,
    await server.test('POST', '/api/customers', {
      did: newDID(),
      name: 'John Doe',
      email: 'john.doe@example.com',
      phone: '+1 (555) 123-4567',
      address,
    }),
  );
  for (let n = 1; n <= 11; n++) {
    expect(201, await server.test('POST', '/api/customers', { name: `Other ${n}`, email: `other${n}@example.org` }));
  }
});

test('retrieve a customer', async () => {
  const customer = await customers.retrieve(john.id);
  assert.match(customer.id, /^cus_\w+$/);
  assert.match(customer.created_at, ISO);
  assert.match(customer.updated_at, ISO);
  const expected = {
    id: john.id,
    did: john.did,
    livemode: false,
    name: 'John Doe',
    email: 'john.doe@example.com',
    phone: '+15551234567',
    address,
    balance: '0.00',
    delinquent: false,
    metadata: {},
    created_at: john.created_at,
    updated_at: john.updated_at,
    object: 'customer',
    payments: [],
    subscriptions: [],
    invoices: [],
  };
  assert.deepEqual(pick(customer, Object.keys(expected)), expected);
});

test('update a customer', async () => {
  const was = await customers.retrieve(john.id);
  const customer = await customers.update(john.id, {
    email: 'john.new.doe@example.com',
    metadata: { internal_id: 'user-456' },
  });
  assert.equal(customer.email, 'john.new.doe@example.com');
  assert.deepEqual(customer.metadata, { internal_id: 'user-456' });
  assert.ok(customer.updated_at > was.updated_at, `${customer.updated_at} is after ${was.updated_at}`);
  const unchanged = ['id', 'did', 'livemode', 'name', 'phone', 'address', 'balance', 'delinquent', 'created_at'];
  assert.deepEqual(pick(customer, unchanged), pick(was, unchanged));

  const merged = await customers.update(john.id, { metadata: { plan: 'gold' }, address: { line2: 'Apt 5' } });
  assert.deepEqual(merged.metadata, { internal_id: 'user-456', plan: 'gold' });
  assert.deepEqual(merged.address, { ...address, line2: 'Apt 5' });
  const without = await customers.update(john.id, { metadata: { plan: null }, address: { line2: 'Apt 4B' } });
  assert.deepEqual(without.metadata, { internal_id: 'user-456' });
  assert.deepEqual(pick(await customers.retrieve(john.id), Object.keys(without)), without);
});

test('list all customers', async () => {
  const pages = [];
  for (const page of [undefined, 2, 3, 4]) pages.push(await customers.list({ pageSize: 5, ...(page && { page }) }));
  assert.deepEqual(pages.map((page) => page.count), [12, 12, 12, 12]);
  assert.deepEqual(pages.map((page) => page.list.length), [5, 5, 2, 0]);
  assert.deepEqual(pages.map((page) => page.paging), [1, 2, 3, 4].map((page) => ({ page, pageSize: 5 })));
  const everybody = pages.flatMap((page) => page.list);
  assert.equal(new Set(everybody.map((customer) => customer.id)).size, 12);
  assert.equal(everybody.at(-1).id, john.id, 'the oldest customer is last');

  const plain = await customers.list({});
  assert.deepEqual(plain, { count: 12, list: everybody, paging: { page: 1, pageSize: 20 } });
});

test('search customers', async () => {
  const results = await customers.search({ query: 'john.new.doe' });
  assert.equal(results.count, 1);
  assert.deepEqual(results.paging, { page: 1, pageSize: 20 });
  assert.deepEqual(results.list.map((customer) => [customer.id, customer.name]), [[john.id, 'John Doe']]);
  for (const query of ['JOHN DOE', 'doe john', john.did, john.did.slice(4, 14), john.id, '+1555123']) {
    const { count, list } = await customers.search({ query });
    assert.deepEqual([count, list[0]?.id], [1, john.id], `searching ${query}`);
  }
  const others = await customers.search({ query: 'other', page: 2, pageSize: 4 });
  assert.deepEqual([others.count, others.list.length, others.paging], [11, 4, { page: 2, pageSize: 4 }]);
  assert.deepEqual(await customers.search({ query: 'nobody at all' }), {
    count: 0,
    list: [],
    paging: { page: 1, pageSize: 20 },
  });
});

test('retrieve overdue invoices', async () => {
  assert.deepEqual(pick(await customers.overdueInvoices(john.id), ['invoices', 'summary']), {
    invoices: [],
    summary: {},
  });

  const currencies = await payment.paymentCurrencies.list();
  const usd = currencies.find((currency) => currency.symbol === 'USD');
  const abt = currencies.find((currency) => currency.symbol === 'ABT');
  assert.deepEqual([usd.decimal, abt.decimal], [2, 18]);

  const bill = async (customer_id, currency, ...lines) => {
    const draft = await server.test('POST', '/api/invoices', {
      customer_id,
      currency_id: currency.id,
      lines: lines.map(([quantity, unit_amount]) => ({ description: 'Seats', quantity, unit_amount })),
    });
    return expect(201, draft);
  };
  const finalize = async ({ id }) => expect(200, await server.test('POST', `/api/invoices/${id}/finalize`));
  const giveUp = async (invoice) =>
    expect(200, await server.test('POST', `/api/invoices/${(await finalize(invoice)).id}/mark_uncollectible`));

  const given = [
    await giveUp(await bill(john.id, usd, [1, '2500'])),
    await giveUp(await bill(john.did, usd, [3, '1999'], [1, '1'])),
    await giveUp(await bill(john.id, abt, [3, '12345678901234567890123'])),
    await giveUp(await bill(john.id, abt, [1, '9223372036854775808'], [2, '1'])),
  ];
  const open = await finalize(await bill(john.id, usd, [1, '77']));
  const draft = await bill(john.id, usd, [1, '88']);

  const overdue = await customers.overdueInvoices(john.id);
  assert.equal(overdue.customer.id, john.id);
  assert.equal(overdue.customer.delinquent, true);
  assert.deepEqual(ids(overdue.invoices).sort(), ids(given).sort());
  assert.deepEqual([...new Set(overdue.invoices.map((invoice) => invoice.status))], ['uncollectible']);
  assert.deepEqual(
    given.map((invoice) => overdue.invoices.find(({ id }) => id === invoice.id).amount_remaining),
    ['2500', '5998', '37037036703703703670369', '9223372036854775810'],
  );

  const sums = {};
  for (const { currency_id: id, amount_remaining: amount } of overdue.invoices) {
    sums[id] = (sums[id] ?? 0n) + BigInt(amount);
  }
  assert.deepEqual(sums, { [usd.id]: 8498n, [abt.id]: 37046260075740558446179n });
  assert.deepEqual(Object.keys(overdue.summary).sort(), [usd.id, abt.id].sort());
  for (const currency of [usd, abt]) {
    const sum = overdue.summary[currency.id];
    assert.equal(sum.amount, String(sums[currency.id]));
    assert.deepEqual(pick(sum.currency, ['id', 'symbol', 'decimal']), pick(currency, ['id', 'symbol', 'decimal']));
    assert.equal(sum.method.id, currency.payment_method_id);
    assert.equal(sum.method.type, 'manual');
  }

  assert.deepEqual(await customers.overdueInvoices(john.did), overdue, 'by DID');
  const customer = await customers.retrieve(john.id);
  assert.equal(customer.delinquent, true);
  assert.deepEqual(ids(customer.invoices).sort(), ids([...given, open, draft]).sort());
  const one = await payment.invoices.retrieve(given[3].id);
  assert.deepEqual(
    pick(one, ['object', 'customer_id', 'currency_id', 'total', 'amount_due', 'amount_paid', 'paid', 'status']),
    {
      object: 'invoice',
      customer_id: john.id,
      currency_id: abt.id,
      total: '9223372036854775810',
      amount_due: '9223372036854775810',
      amount_paid: '0',
      paid: false,
      status: 'uncollectible',
    },
  );
});

test('currencies and methods are bare arrays', async () => {
  const currencies = await payment.paymentCurrencies.list();
  assert.deepEqual(
    currencies.map(({ symbol, decimal }) => `${symbol} ${decimal}`).sort(),
    ['ABT 18', 'CNY 2', 'EUR 2', 'GBP 2', 'JPY 0', 'USD 2'],
  );
  for (const currency of currencies) {
    assert.match(currency.id, /^curr_\w+$/);
    assert.deepEqual(await payment.paymentCurrencies.retrieve(currency.id), currency);
  }
  const methods = await payment.paymentMethods.list();
  assert.deepEqual(methods.map((method) => method.type), ['manual']);
});

function pick(object, names) {
  return Object.fromEntries(names.map((name) => [name, object[name]]));
}

function ids(objects) {
  return objects.map((object) => object.id);
}
