-- What is left to pay, in the currency's smallest unit, and since when it has been nothing: unix milliseconds, the
-- largest integer while something is left, 0 for a draft.
ALTER TABLE invoices ADD COLUMN remaining TEXT NOT NULL DEFAULT '0';
ALTER TABLE invoices ADD COLUMN settled_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX invoices_outstanding ON invoices (livemode, settled_at);

-- The movements of every customer's account, only ever appended to. seq is a position in time, as of customers, and
-- rises for each customer.
CREATE TABLE ledger (
	customer_id    TEXT    NOT NULL,
	seq            INTEGER NOT NULL,
	id             TEXT    NOT NULL,
	livemode       INTEGER NOT NULL,
	currency_id    TEXT    NOT NULL,
	invoice_id     TEXT    NOT NULL, -- '' for none, as below
	payment_id     TEXT    NOT NULL,
	amount         TEXT    NOT NULL, -- the change of the credit
	receivable     TEXT    NOT NULL, -- the change of what is left to pay on the invoice
	doc            TEXT    NOT NULL,
	PRIMARY KEY (customer_id, seq)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX ledger_by_id ON ledger (id);
CREATE INDEX ledger_by_invoice ON ledger (invoice_id, seq, receivable) WHERE invoice_id <> '';
CREATE INDEX ledger_by_payment ON ledger (payment_id, invoice_id) WHERE payment_id <> '';
CREATE INDEX ledger_credit ON ledger (livemode, currency_id, amount) WHERE amount <> '0';

CREATE TABLE payments (
	seq         INTEGER PRIMARY KEY, -- a position in time, as of customers
	id          TEXT    NOT NULL UNIQUE,
	livemode    INTEGER NOT NULL,
	version     INTEGER NOT NULL,
	customer_id TEXT    NOT NULL,
	currency_id TEXT    NOT NULL,
	status      TEXT    NOT NULL,
	updated_at  INTEGER NOT NULL, -- unix milliseconds
	doc         TEXT    NOT NULL
) STRICT;
CREATE INDEX payments_by_time ON payments (livemode, seq);
CREATE INDEX payments_by_customer ON payments (customer_id, seq);

-- As of customers.
CREATE TABLE payment_metadata (
	livemode INTEGER NOT NULL,
	key      TEXT    NOT NULL,
	value    TEXT    NOT NULL,
	seq      INTEGER NOT NULL,
	folded   TEXT    NOT NULL,
	PRIMARY KEY (livemode, key, value, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE credit_notes (
	seq         INTEGER PRIMARY KEY,
	id          TEXT    NOT NULL UNIQUE,
	livemode    INTEGER NOT NULL,
	customer_id TEXT    NOT NULL,
	invoice_id  TEXT    NOT NULL,
	doc         TEXT    NOT NULL
) STRICT;
CREATE INDEX credit_notes_by_time ON credit_notes (livemode, seq);
CREATE INDEX credit_notes_by_customer ON credit_notes (customer_id, seq);
CREATE INDEX credit_notes_by_invoice ON credit_notes (invoice_id, seq);

CREATE TABLE settings (
	livemode INTEGER PRIMARY KEY,
	version  INTEGER NOT NULL,
	doc      TEXT    NOT NULL
) STRICT;

-- The customers who have a time of their own after which an open invoice becomes uncollectible; -1 for never.
CREATE TABLE customer_policies (
	customer_id TEXT    PRIMARY KEY,
	livemode    INTEGER NOT NULL,
	days        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What search looks into of an invoice, folded, and the index of its three-letter pieces, one a mode.
CREATE TABLE invoice_texts (
	seq      INTEGER PRIMARY KEY,
	livemode INTEGER NOT NULL,
	text     TEXT    NOT NULL
) STRICT;
CREATE VIRTUAL TABLE invoice_search_test USING fts5 (
	text, content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1'
);
CREATE VIRTUAL TABLE invoice_search_live USING fts5 (
	text, content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1'
);

-- How many invoices and payments a customer has: lists say so of each customer without counting.
CREATE TABLE customer_counts (
	customer_id TEXT    PRIMARY KEY,
	invoices    INTEGER NOT NULL,
	payments    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO customer_counts (customer_id, invoices, payments)
	SELECT customer_id, count(*), 0 FROM invoices GROUP BY customer_id;

CREATE INDEX invoices_of_customer ON invoices (customer_id, seq);
CREATE INDEX invoices_by_number_of_mode ON invoices (livemode, number) WHERE number <> '';
CREATE INDEX invoices_by_due_date_of_mode ON invoices (livemode, due_date, seq);
CREATE INDEX customers_deleted ON customers (livemode, seq) WHERE deleted_at IS NOT NULL;

-- Nobody shares the start of invoice numbers from now on; of two who did, the older has it.
INSERT OR IGNORE INTO customer_names (livemode, kind, name, customer_id)
	SELECT livemode, 'invoice_prefix', doc ->> '$.invoice_prefix', id FROM customers ORDER BY seq;

-- What is left to pay, by customer.
CREATE INDEX invoices_unpaid ON invoices (customer_id, status, currency_id, due_date) WHERE remaining <> '0';
