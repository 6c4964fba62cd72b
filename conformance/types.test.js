// Live answers compile against the published types, as in an application written in TypeScript.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, test } from 'node:test';
import ts from 'typescript';

import { expect, newDID, serve } from './harness.js';

const server = await serve();
after(() => server.stop());
const { environments, ...payment } = server.payment;
environments.setTestMode(true);

const options = {
  noEmit: true,
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  types: [],
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
};
const folder = path.join(import.meta.dirname, 'compile');
const parsed = new Map(); // the libraries, kept from one compilation to the next

// The errors of a program that has each answer as a literal where the type of that name is wanted.
function compile(answers) {
  const file = path.join(folder, 'live.ts');
  const text = answers.map(([type, answer], n) => {
    const literal = JSON.stringify(answer, null, 2);
    return `const live${n} = ${literal};\nexport const wire${n}: Wire.${type} = live${n};\n`;
  });
  const source = `import type * as Wire from './wire.js';\n${text.join('')}`;
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name === file || fileExists(name);
  host.getSourceFile = (name, version, ...more) => {
    if (name === file) return ts.createSourceFile(name, source, version);
    if (!parsed.has(name)) parsed.set(name, getSourceFile(name, version, ...more));
    return parsed.get(name);
  };
  const program = ts.createProgram([file, path.join(folder, 'shims.d.ts')], options, host);
  return ts.getPreEmitDiagnostics(program).map((found) => ts.flattenDiagnosticMessageText(found.messageText, '\n'));
}

// A payment method as applications make it: the published object, without what the server gives.
const publishedMethod = {
  type: 'arcblock',
  name: 'ArcBlock Beta',
  description: '',
  logo: '/methods/arcblock.png',
  active: true,
  livemode: false,
  locked: false,
  confirmation: { type: 'immediate' },
  features: { recurring: true, refund: true, dispute: false },
  metadata: {},
  settings: {
    arcblock: { chain_id: 'beta', api_host: 'https://beta.example/api', explorer_host: 'https://beta.example' },
  },
};

async function answers() {
  const { id } = expect(
    201,
    await server.test('POST', '/api/customers', {
      did: newDID(),
      name: 'Typed',
      email: 'typed@example.com',
      phone: '+15551234567',
      description: 'With everything',
      address: { country: 'US', city: 'Austin' },
      shipping: { name: 'Typed', phone: '+15551234567', address: { country: 'US' } },
      metadata: { any: [1, 'x', null] },
    }),
  );
  const { id: bare } = await payment.customers.retrieve(newDID(), { create: true });
  const currencies = await payment.paymentCurrencies.list();
  const bill = async (currency, ...steps) => {
    const lines = [{ description: 'Seat', quantity: 2, unit_amount: '9223372036854775808' }];
    const body = { customer_id: id, currency_id: currency.id, lines, due_date: 1893456000 };
    const draft = expect(201, await server.test('POST', '/api/invoices', body));
    for (const step of steps) expect(200, await server.test('POST', `/api/invoices/${draft.id}/${step}`));
    return payment.invoices.retrieve(draft.id);
  };
  const receive = async (invoice, amount) =>
    expect(
      201,
      await server.test('POST', '/api/payments', {
        customer_id: id,
        currency_id: invoice.currency_id,
        invoice_id: invoice.id,
        amount,
        method: 'cheque',
        reference: '4711',
      }),
    );
  const paid = await receive(await bill(currencies[0], 'finalize'), '99999999999999999999');
  const refund = expect(201, await server.test('POST', `/api/payments/${paid.id}/refund`, { amount: '7' }));
  const bounced = await receive(await bill(currencies[0], 'finalize'), '5');
  expect(200, await server.test('POST', `/api/payments/${bounced.id}/reverse`, { reason: 'duplicate' }));
  return [
    ['PaymentIntent', await payment.paymentIntents.retrieve(paid.id)],
    ['PaymentIntent', await payment.paymentIntents.retrieve(bounced.id)],
    ['PaymentIntents', await payment.paymentIntents.list({ customer_id: id })],
    ['PaymentIntents', await payment.paymentIntents.search({ query: '4711' })],
    ['Refund', await payment.refunds.retrieve(refund.id)],
    ['Refunds', await payment.refunds.list({ customer_id: id })],
    ['Refunds', await payment.refunds.search({ query: refund.id, order: 'created_at:ASC' })],
    ['PaidInvoice', await payment.invoices.retrieve(paid.invoice_id)],
    ['OneMethod', await payment.paymentMethods.create(publishedMethod)],
    ['Invoice', await bill(currencies[0])],
    ['Invoice', await bill(currencies[0], 'finalize')],
    ['Invoice', await bill(currencies[0], 'finalize', 'mark_uncollectible')],
    ['Invoice', await bill(currencies.at(-1), 'finalize', 'mark_uncollectible')],
    ['Retrieved', await payment.customers.retrieve(id)],
    ['Retrieved', await payment.customers.retrieve(bare)],
    ['Updated', await payment.customers.update(bare, { name: 'Updated' })],
    ['Listed', await payment.customers.list({})],
    ['Listed', await payment.customers.search({ query: 'typed' })],
    ['InvoicesListed', await payment.invoices.list({ customer_id: id })],
    ['InvoicesListed', await payment.invoices.search({ query: 'Typed' })],
    ['InvoiceUpdated', await payment.invoices.update((await bill(currencies[0])).id, { metadata: { po: '7' } })],
    ['InvoiceUpdated', await payment.invoices.void((await bill(currencies[0], 'finalize')).id)],
    ['Overdue', await payment.customers.overdueInvoices(id)],
    ['Overdue', await payment.customers.overdueInvoices(bare)],
    ['Currencies', currencies],
    ['Methods', await payment.paymentMethods.list()],
  ];
}
const live = await answers();

test('live answers compile against the published types', () => {
  assert.deepEqual(compile(live), []);
});

test('answers that break the types do not compile', () => {
  const of = (type) => structuredClone(live.find(([name]) => name === type)[1]);
  const broken = {
    "Type 'null' is not assignable to type 'string'": ['Retrieved', { ...of('Retrieved'), name: null }],
    "Type 'number' is not assignable to type 'string'": ['Invoice', { ...of('Invoice'), total: 1 }],
    "Property 'invoices' is missing": ['Retrieved', without(of('Retrieved'), 'invoices')],
    "Property 'payments' is missing": ['Listed', { ...of('Listed'), list: [without(of('Listed').list[0], 'payments')] }],
    "Property 'customer' is missing": ['Invoice', without(of('Invoice'), 'customer')],
    "Property 'did' is missing": ['Updated', without(of('Updated'), 'did')],
    "Type 'string' is not assignable to type 'number'": ['Currencies', [{ ...of('Currencies')[0], decimal: '2' }]],
    "Property 'summary' is missing": ['Overdue', without(of('Overdue'), 'summary')],
  };
  for (const [expected, answer] of Object.entries(broken)) {
    const errors = compile([answer]);
    assert.ok(errors.length > 0 && errors.join('\n').includes(expected), `${expected}: ${errors.join('\n')}`);
  }
});

function without(object, name) {
  const { [name]: _, ...rest } = object;
  return rest;
}
