CREATE TABLE payment_methods (
	seq      INTEGER PRIMARY KEY,
	id       TEXT    NOT NULL UNIQUE,
	livemode INTEGER NOT NULL,
	doc      TEXT    NOT NULL
) STRICT;

CREATE TABLE payment_currencies (
	seq      INTEGER PRIMARY KEY,
	id       TEXT    NOT NULL UNIQUE,
	livemode INTEGER NOT NULL,
	doc      TEXT    NOT NULL
) STRICT;

CREATE TABLE invoices (
	seq         INTEGER PRIMARY KEY, -- a position in time, as of customers
	id          TEXT    NOT NULL UNIQUE,
	livemode    INTEGER NOT NULL,
	version     INTEGER NOT NULL,
	customer_id TEXT    NOT NULL,
	currency_id TEXT    NOT NULL,
	status      TEXT    NOT NULL,
	number      TEXT    NOT NULL, -- '' for a draft
	due_date    INTEGER NOT NULL, -- unix seconds; 0 for none
	updated_at  INTEGER NOT NULL, -- unix milliseconds
	zero        INTEGER NOT NULL, -- whether the total is 0
	doc         TEXT    NOT NULL
) STRICT;
CREATE INDEX invoices_by_time ON invoices (livemode, seq);
CREATE INDEX invoices_by_customer ON invoices (customer_id, status, seq);
CREATE UNIQUE INDEX invoices_by_number ON invoices (customer_id, number) WHERE number <> '';
CREATE INDEX invoices_by_due_date ON invoices (status, due_date);

-- As of customers.
CREATE TABLE invoice_metadata (
	livemode INTEGER NOT NULL,
	key      TEXT    NOT NULL,
	value    TEXT    NOT NULL,
	seq      INTEGER NOT NULL,
	folded   TEXT    NOT NULL,
	PRIMARY KEY (livemode, key, value, seq)
) STRICT, WITHOUT ROWID;
