-- The movements of every customer's account are rows, only ever appended to, and each says what the balances were after
-- it. seq is a position in time, as of customers, and rises for each customer.
ALTER TABLE ledger RENAME TO documented_ledger;
DROP INDEX ledger_by_id;
DROP INDEX ledger_by_invoice;
DROP INDEX ledger_by_payment;
DROP INDEX ledger_credit;
CREATE TABLE ledger (
	customer_id       TEXT    NOT NULL,
	seq               INTEGER NOT NULL,
	id                TEXT    NOT NULL,
	livemode          INTEGER NOT NULL,
	currency_id       TEXT    NOT NULL,
	reason            TEXT    NOT NULL,
	invoice_id        TEXT    NOT NULL, -- '' for none, as below
	payment_id        TEXT    NOT NULL,
	credit_note_id    TEXT    NOT NULL,
	refund_id         TEXT    NOT NULL,
	reverses          TEXT    NOT NULL, -- the movement that this one takes back
	due_date          INTEGER NOT NULL, -- of the invoice, unix seconds; 0 for none
	receivable        TEXT    NOT NULL, -- the change of what is left to pay on the invoice
	credit            TEXT    NOT NULL, -- the change of the customer's credit
	unapplied         TEXT    NOT NULL, -- the change of the money received that is not applied
	ending_receivable TEXT    NOT NULL, -- the customer's balances in the currency after it
	ending_credit     TEXT    NOT NULL,
	ending_unapplied  TEXT    NOT NULL,
	description       TEXT    NOT NULL,
	metadata          TEXT    NOT NULL,
	requested_by      TEXT    NOT NULL,
	PRIMARY KEY (customer_id, seq)
) STRICT, WITHOUT ROWID;
INSERT INTO ledger SELECT l.customer_id, l.seq, l.id, l.livemode, l.currency_id, l.doc ->> '$.reason', l.invoice_id,
		l.payment_id, coalesce(l.doc ->> '$.credit_note_id', ''), '', '', coalesce(i.due_date, 0), l.receivable, l.amount,
		'0', '', l.doc ->> '$.ending_balance', '0', l.doc ->> '$.description', l.doc -> '$.metadata',
		l.doc ->> '$.requested_by'
	FROM documented_ledger l LEFT JOIN invoices i ON i.id = l.invoice_id ORDER BY l.customer_id, l.seq;
DROP TABLE documented_ledger;
CREATE UNIQUE INDEX ledger_by_id ON ledger (id);
CREATE UNIQUE INDEX ledger_reversals ON ledger (reverses) WHERE reverses <> '';
CREATE INDEX ledger_by_currency ON ledger (customer_id, currency_id, seq);
CREATE INDEX ledger_by_invoice ON ledger (invoice_id, seq, receivable) WHERE invoice_id <> '';
CREATE INDEX ledger_by_payment ON ledger (payment_id, invoice_id) WHERE payment_id <> '';
CREATE INDEX ledger_by_time ON ledger (livemode, seq);

-- What the movements of all customers of a mode come to.
CREATE TABLE ledger_sums (
	livemode    INTEGER NOT NULL,
	figure      TEXT    NOT NULL,
	level       INTEGER NOT NULL, -- 0: bucket is a day, counted from 1970; 1: a span of 32 days
	bucket      INTEGER NOT NULL,
	currency_id TEXT    NOT NULL,
	due_day     INTEGER NOT NULL, -- of the invoices; 0 where the figure is not by due day
	amount      TEXT    NOT NULL,
	PRIMARY KEY (livemode, figure, level, bucket, currency_id, due_day)
) STRICT, WITHOUT ROWID;

-- What payments are found by besides; the code of this step writes it for those that are there.
ALTER TABLE payments ADD COLUMN reference TEXT NOT NULL DEFAULT '';
ALTER TABLE payments ADD COLUMN amount TEXT NOT NULL DEFAULT '0';
ALTER TABLE payments ADD COLUMN unallocated TEXT NOT NULL DEFAULT '0'; -- what is left of it
CREATE INDEX payments_by_reference ON payments (customer_id, reference, seq) WHERE reference <> '';
CREATE INDEX payments_unapplied ON payments (livemode, seq) WHERE unallocated <> '0';

-- What search looks into of a payment, as of invoices.
CREATE TABLE payment_texts (
	seq      INTEGER PRIMARY KEY,
	livemode INTEGER NOT NULL,
	text     TEXT    NOT NULL
) STRICT;
CREATE VIRTUAL TABLE payment_search_test USING fts5 (
	text, content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1'
);
CREATE VIRTUAL TABLE payment_search_live USING fts5 (
	text, content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1'
);

CREATE TABLE refunds (
	seq         INTEGER PRIMARY KEY, -- a position in time, as of customers
	id          TEXT    NOT NULL UNIQUE,
	livemode    INTEGER NOT NULL,
	customer_id TEXT    NOT NULL,
	currency_id TEXT    NOT NULL,
	payment_id  TEXT    NOT NULL, -- '' when it is of the customer's credit
	invoice_id  TEXT    NOT NULL, -- '' when it came of none
	doc         TEXT    NOT NULL
) STRICT;
CREATE INDEX refunds_by_time ON refunds (livemode, seq);
CREATE INDEX refunds_by_customer ON refunds (customer_id, seq);
CREATE INDEX refunds_by_payment ON refunds (payment_id, seq) WHERE payment_id <> '';
CREATE INDEX refunds_by_invoice ON refunds (invoice_id, seq) WHERE invoice_id <> '';

-- Until when an open invoice is not given up by itself: unix seconds.
ALTER TABLE invoices ADD COLUMN held_until INTEGER NOT NULL DEFAULT 0;
