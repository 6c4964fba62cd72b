// A database of PaymentKit, made by Sequelize itself with the columns of @blocklet/payment-types.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { DataTypes, Sequelize } = require('sequelize');
const wasm = require('node-sqlite3-wasm');

/** SQLite for Sequelize, which knows another module's interface. */
const dialectModule = {
  OPEN_READWRITE: 1,
  OPEN_CREATE: 2,
  OPEN_FULLMUTEX: 4,
  Database: class {
    constructor(path, _mode, opened) {
      this.db = new wasm.Database(path);
      queueMicrotask(() => opened(null));
      this.filename = path;
    }

    // Values are bound by position or, with a dollar, by name.
    call(method, sql, args) {
      const done = typeof args.at(-1) === 'function' ? args.pop() : () => {};
      const values = args[0] ?? [];
      let error = null;
      let rows = [];
      const of = {};
      try {
        if (method === 'run') {
          const { changes, lastInsertRowId } = this.db.run(sql, values);
          Object.assign(of, { changes, lastID: lastInsertRowId });
        } else rows = this.db.all(sql, values);
      } catch (problem) {
        error = problem;
      }
      queueMicrotask(() => done.call(of, error, rows));
      return this;
    }

    run(sql, ...args) {
      return this.call('run', sql, args);
    }

    all(sql, ...args) {
      return this.call('all', sql, args);
    }

    serialize(fn) {
      fn();
    }

    close(done) {
      this.db.close();
      queueMicrotask(() => done?.(null));
    }
  },
};

const { STRING, BOOLEAN, JSON: JSONB, INTEGER, ENUM, DATE } = DataTypes;
const amount = STRING(32);
const times = { created_at: DATE, updated_at: DATE };
const id = STRING(30);
const livemode = BOOLEAN;

/** The models, with the types that the published ones have. */
const models = {
  PaymentMethod: ['payment_methods', {
    id, livemode, active: BOOLEAN, locked: BOOLEAN, type: ENUM('stripe', 'arcblock', 'ethereum', 'bitcoin', 'base'),
    name: STRING(255), description: STRING(255), logo: STRING(255), default_currency_id: STRING(15), confirmation: JSONB,
    settings: JSONB, features: JSONB, metadata: JSONB,
  }],
  PaymentCurrency: ['payment_currencies', {
    id, livemode, payment_method_id: STRING(15), active: BOOLEAN, locked: BOOLEAN, is_base_currency: BOOLEAN,
    name: STRING(64), description: STRING(255), logo: STRING(255), symbol: STRING(16), decimal: INTEGER,
    maximum_precision: INTEGER, minimum_payment_amount: amount, maximum_payment_amount: amount, contract: STRING(40),
    metadata: JSONB, type: ENUM('standard', 'credit'),
  }],
  Customer: ['customers', {
    id, livemode, did: STRING(40), address: JSONB, description: STRING(255), name: STRING(64),
    email: STRING(128), phone: STRING(32), shipping: JSONB, balance: amount, token_balance: JSONB,
    currency_id: STRING(15), delinquent: BOOLEAN, discount_id: STRING(30), metadata: JSONB, invoice_credit_balance: JSONB,
    invoice_prefix: STRING(8), invoice_settings: JSONB, next_invoice_sequence: INTEGER, preference: JSONB,
  }],
  Invoice: ['invoices', {
    id, livemode, number: STRING(24), description: STRING(255), statement_descriptor: STRING(30), period_end: INTEGER,
    period_start: INTEGER, auto_advance: BOOLEAN, paid: BOOLEAN, paid_out_of_band: BOOLEAN,
    status: ENUM('draft', 'open', 'void', 'paid', 'uncollectible'), billing_reason: STRING(40), currency_id: STRING(15),
    customer_id: STRING(18), payment_intent_id: STRING(30), subscription_id: STRING(30), subtotal: amount,
    subtotal_excluding_tax: amount, tax: amount, total: amount, amount_due: amount, amount_paid: amount,
    amount_remaining: amount, starting_token_balance: JSONB, ending_token_balance: JSONB, attempt_count: INTEGER,
    attempted: BOOLEAN, custom_fields: JSONB, customer_address: JSONB, customer_email: STRING(255),
    customer_name: STRING(255), customer_phone: STRING(255), due_date: INTEGER, effective_at: INTEGER,
    footer: STRING(255), status_transitions: JSONB, metadata: JSONB,
  }],
  InvoiceItem: ['invoice_items', {
    id, livemode, amount, quantity: INTEGER, description: STRING(255), period: JSONB, currency_id: STRING(15),
    customer_id: STRING(18), price_id: STRING(30), invoice_id: STRING(30), proration: BOOLEAN, metadata: JSONB,
  }],
  PaymentIntent: ['payment_intents', {
    id, livemode, amount, amount_received: amount, currency_id: STRING(15), customer_id: STRING(18),
    description: STRING(255), payment_method_id: STRING(30), invoice_id: STRING(30), metadata: JSONB,
    status: STRING(40), payment_details: JSONB,
  }],
  Refund: ['refunds', {
    id, livemode, description: STRING(255), amount, currency_id: STRING(15), customer_id: STRING(18),
    payment_intent_id: STRING(30), payment_method_id: STRING(30), invoice_id: STRING(30), metadata: JSONB,
    status: STRING(40), reason: STRING(40), type: STRING(40),
  }],
  Subscription: ['subscriptions', { id, livemode, customer_id: STRING(18), status: STRING(40) }],
};

/**
 * Makes a database at a path.
 * @param rows what is in it: by the name of a model, a list of objects
 */
export async function paymentKitDatabase(path, rows) {
  const sequelize = new Sequelize({ dialect: 'sqlite', storage: path, dialectModule, logging: false });
  for (const [name, [tableName, columns]] of Object.entries(models)) {
    sequelize.define(name, { ...columns, ...times, id: { type: id, primaryKey: true } }, {
      tableName, timestamps: true, createdAt: 'created_at', updatedAt: 'updated_at',
    });
  }
  await sequelize.sync();
  for (const [name, objects] of Object.entries(rows)) {
    await sequelize.models[name].bulkCreate(objects, { silent: true });
  }
  await sequelize.close();
}
