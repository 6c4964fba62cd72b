-- seq is a position in time: the creation's milliseconds << 16 and a counter. Every list is in its order by default, and
-- ranges of created_at are ranges of it.
CREATE TABLE customers (
	seq         INTEGER PRIMARY KEY,
	id          TEXT    NOT NULL UNIQUE,
	livemode    INTEGER NOT NULL,
	deleted_at  INTEGER,          -- unix milliseconds; NULL unless it is deleted
	version     INTEGER NOT NULL, -- counts changes from 1
	updated_at  INTEGER NOT NULL, -- unix milliseconds
	delinquent  INTEGER NOT NULL,
	email       TEXT    NOT NULL, -- in lower case
	name        TEXT    NOT NULL, -- folded, for sorting
	uncollectible_after INTEGER, -- its own time until an open invoice becomes so, in days past due; -1 for never
	doc         TEXT    NOT NULL, -- the customer as the wire answers it
	-- Customers are numbered as they come, and the search index has the numbers as its row ids: it keeps the distance from
	-- one to the next in one byte where it would take five for positions in time.
	number      INTEGER NOT NULL
) STRICT;

-- Narrow indexes: a page is found, skipped to and counted in them before any document is read.
CREATE INDEX customers_by_time ON customers (livemode, seq) WHERE deleted_at IS NULL;
CREATE INDEX customers_by_update ON customers (livemode, updated_at, seq) WHERE deleted_at IS NULL;
CREATE INDEX customers_by_name ON customers (livemode, name, seq) WHERE deleted_at IS NULL;
CREATE INDEX customers_by_email ON customers (livemode, email, seq) WHERE deleted_at IS NULL;
CREATE INDEX customers_delinquent ON customers (livemode, delinquent, seq) WHERE deleted_at IS NULL;
CREATE INDEX customers_deleted ON customers (livemode, seq) WHERE deleted_at IS NOT NULL;
CREATE INDEX customers_of_their_own ON customers (livemode, uncollectible_after, id) WHERE uncollectible_after IS NOT NULL;

-- The last number that was given, and whether the numbers of a mode are in the order of time: until a customer comes
-- with a date of creation before another's.
CREATE TABLE customer_numbers (
	livemode    INTEGER PRIMARY KEY,
	last_number INTEGER NOT NULL,
	in_order    INTEGER NOT NULL
) STRICT;
INSERT INTO customer_numbers VALUES (0, 0, 1), (1, 0, 1);

-- Names that one customer of a mode has: did, external_id, invoice_prefix.
CREATE TABLE customer_names (
	livemode INTEGER NOT NULL,
	kind     TEXT    NOT NULL,
	name     TEXT    NOT NULL,
	seq      INTEGER NOT NULL, -- half as long as the customer's id, and found at once
	PRIMARY KEY (livemode, kind, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE customer_metadata (
	livemode INTEGER NOT NULL,
	key      TEXT    NOT NULL,
	value    TEXT    NOT NULL, -- a string itself or another value's JSON; the digest of a long one
	seq      INTEGER NOT NULL,
	folded   TEXT    NOT NULL, -- the value as search compares it; '' where that is the value itself
	PRIMARY KEY (livemode, key, value, seq)
) STRICT, WITHOUT ROWID;

-- The texts that search looks into, folded: scanned for words too short for the index of three-letter pieces.
CREATE TABLE customer_texts (
	number      INTEGER PRIMARY KEY,
	seq         INTEGER NOT NULL,
	livemode    INTEGER NOT NULL,
	name        TEXT    NOT NULL,
	email       TEXT    NOT NULL,
	phone       TEXT    NOT NULL,
	did         TEXT    NOT NULL,
	id          TEXT    NOT NULL,
	external_id TEXT    NOT NULL,
	german_name TEXT    NOT NULL -- the name with its umlauts written as two letters, or ''
) STRICT;

-- The index of three-letter pieces, one a mode. All texts of a customer stand in one column, each in a line of its own:
-- "equals" and "starts with" are pieces too, no piece goes from one text to the next, and which text it is in need not
-- be kept with every piece. The texts themselves are not kept twice.
CREATE VIRTUAL TABLE customer_search_test USING fts5 (
	text, content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1'
);
CREATE VIRTUAL TABLE customer_search_live USING fts5 (
	text, content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1'
);

-- How many invoices and payments a customer has: lists say so of each customer without counting.
CREATE TABLE customer_counts (
	customer_id TEXT    PRIMARY KEY,
	invoices    INTEGER NOT NULL DEFAULT 0,
	payments    INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

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
	is_base  INTEGER NOT NULL,
	doc      TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX payment_currencies_base ON payment_currencies (livemode) WHERE is_base;

CREATE TABLE invoices (
	seq           INTEGER PRIMARY KEY, -- a position in time, as of customers
	id            TEXT    NOT NULL UNIQUE,
	livemode      INTEGER NOT NULL,
	version       INTEGER NOT NULL,
	customer_id   TEXT    NOT NULL,
	currency_id   TEXT    NOT NULL,
	status        TEXT    NOT NULL,
	number        TEXT    NOT NULL, -- '' for a draft
	due_date      INTEGER NOT NULL, -- unix seconds; 0 for none
	updated_at    INTEGER NOT NULL, -- unix milliseconds
	total         TEXT    NOT NULL, -- in the currency's smallest unit, as all amounts
	doc           TEXT    NOT NULL,
	remaining     TEXT    NOT NULL, -- what is left to pay
	credited      TEXT    NOT NULL, -- what credit paid
	settled_at    INTEGER NOT NULL, -- since when nothing is left, unix milliseconds; the largest integer while something is
	held_until    INTEGER NOT NULL, -- until when an open one does not become uncollectible by itself: unix seconds
	due_day       INTEGER NOT NULL, -- days since 1970, where the business was when it was issued
	number_key    TEXT    NOT NULL  -- numbers that differ only in case, width or spacing are one
) STRICT;
CREATE INDEX invoices_by_time ON invoices (livemode, seq);
CREATE INDEX invoices_by_update ON invoices (livemode, updated_at, seq);
CREATE INDEX invoices_by_due_date_of_mode ON invoices (livemode, due_date, seq);
CREATE INDEX invoices_by_due_day ON invoices (livemode, status, due_day);
CREATE INDEX invoices_by_number_key ON invoices (livemode, number_key) WHERE number_key <> '';
CREATE INDEX invoices_by_customer ON invoices (customer_id, status, seq);
CREATE INDEX invoices_of_customer ON invoices (customer_id, seq);
CREATE UNIQUE INDEX invoices_by_number ON invoices (customer_id, number) WHERE number <> '';
CREATE INDEX invoices_outstanding ON invoices (livemode, settled_at);
-- Lists of a mode's invoices by state, with exact counts, read this alone; currencies and due dates are told apart in it.
CREATE INDEX invoices_by_state_of_mode ON invoices (livemode, status, seq, currency_id, due_date);
-- What all customers owe is read from this alone.
CREATE INDEX invoices_unpaid ON invoices (customer_id, status, currency_id, due_date, due_day, livemode, remaining)
	WHERE remaining <> '0';
-- The invoices that became uncollectible lately are among those that changed lately.
CREATE INDEX invoices_uncollectible ON invoices (livemode, updated_at) WHERE status = 'uncollectible' AND remaining <> '0';

-- As of customers.
CREATE TABLE invoice_metadata (
	livemode INTEGER NOT NULL,
	key      TEXT    NOT NULL,
	value    TEXT    NOT NULL,
	seq      INTEGER NOT NULL,
	folded   TEXT    NOT NULL,
	PRIMARY KEY (livemode, key, value, seq)
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

CREATE TABLE payments (
	seq         INTEGER PRIMARY KEY, -- a position in time, as of customers
	id          TEXT    NOT NULL UNIQUE,
	livemode    INTEGER NOT NULL,
	version     INTEGER NOT NULL,
	customer_id TEXT    NOT NULL,
	currency_id TEXT    NOT NULL,
	status      TEXT    NOT NULL,
	updated_at  INTEGER NOT NULL, -- unix milliseconds
	doc         TEXT    NOT NULL,
	reference   TEXT    NOT NULL, -- as references are compared
	amount      TEXT    NOT NULL,
	unallocated TEXT    NOT NULL  -- what is left of it
) STRICT;
CREATE INDEX payments_by_time ON payments (livemode, seq);
CREATE INDEX payments_by_update ON payments (livemode, updated_at, seq);
CREATE INDEX payments_by_customer ON payments (customer_id, seq);
CREATE INDEX payments_by_reference ON payments (customer_id, reference, seq) WHERE reference <> '';
CREATE INDEX payments_unapplied ON payments (livemode, seq) WHERE unallocated <> '0';
CREATE INDEX payments_reversed ON payments (livemode, seq) WHERE status = 'canceled';

-- As of customers.
CREATE TABLE payment_metadata (
	livemode INTEGER NOT NULL,
	key      TEXT    NOT NULL,
	value    TEXT    NOT NULL,
	seq      INTEGER NOT NULL,
	folded   TEXT    NOT NULL,
	PRIMARY KEY (livemode, key, value, seq)
) STRICT, WITHOUT ROWID;

-- As of invoices.
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

-- As of invoices.
CREATE TABLE refund_texts (
	seq      INTEGER PRIMARY KEY,
	livemode INTEGER NOT NULL,
	text     TEXT    NOT NULL
) STRICT;
CREATE VIRTUAL TABLE refund_search_test USING fts5 (
	text, content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1'
);
CREATE VIRTUAL TABLE refund_search_live USING fts5 (
	text, content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1'
);

-- The movements of every customer's account are rows, only ever appended to, and each says what the balances were after
-- it. seq is a position in time, as of customers, and rises for each customer.
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

-- How many customers, invoices and payments of each mode there are, by time of creation: a bucket of a level counts those
-- whose milliseconds agree but for so many bits. Totals are sums of a few rows, and a page deep in a list is found by
-- going down the levels.
CREATE TABLE row_counts (
	kind     TEXT    NOT NULL, -- the table
	livemode INTEGER NOT NULL,
	bits     INTEGER NOT NULL, -- the level: 36 (two years), 28 (three days), 20 (17 minutes), 12 (four seconds)
	bucket   INTEGER NOT NULL, -- milliseconds without these bits
	count    INTEGER NOT NULL,
	PRIMARY KEY (kind, livemode, bits, bucket)
) STRICT, WITHOUT ROWID;

-- Every change of every object, in the transaction that made it. What the change replaced is kept with its event, and
-- no object twice.
CREATE TABLE events (
	seq             INTEGER PRIMARY KEY AUTOINCREMENT,
	livemode        INTEGER NOT NULL,
	type            TEXT    NOT NULL,
	object_id       TEXT    NOT NULL,
	object_version  INTEGER NOT NULL,
	created_at      INTEGER NOT NULL, -- unix milliseconds
	request_id      TEXT    NOT NULL,
	idempotency_key TEXT    NOT NULL,
	actor           TEXT    NOT NULL,
	undo            TEXT,             -- makes the object what it was before; NULL when it was created
	digest          BLOB    NOT NULL, -- of the object after the change
	customer_id     TEXT    NOT NULL  -- whom the object belongs to, or is; '' when it belongs to nobody
) STRICT;
CREATE UNIQUE INDEX events_by_object ON events (object_id, object_version);
CREATE INDEX events_of_mode ON events (livemode, seq);
-- Whether a number that is missing was that of a draft.
CREATE INDEX events_of_deleted_invoices ON events (customer_id) WHERE type = 'invoice.deleted';

-- The answers given to requests that may be sent again. One that is an object is kept as which object at which version.
CREATE TABLE answers (
	actor          TEXT    NOT NULL,
	key            TEXT    NOT NULL, -- an Idempotency-Key or a signature
	fingerprint    BLOB    NOT NULL, -- of the request
	answered_at    INTEGER NOT NULL, -- unix milliseconds
	object_version INTEGER NOT NULL,
	created        INTEGER NOT NULL,
	doc            TEXT    NOT NULL,
	refusal        TEXT    NOT NULL, -- the error, when the request was refused
	object_type    TEXT    NOT NULL,
	object_id      TEXT    NOT NULL,
	PRIMARY KEY (actor, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX answers_by_time ON answers (answered_at);

CREATE TABLE settings (
	seq      INTEGER PRIMARY KEY,
	id       TEXT    NOT NULL UNIQUE,
	livemode INTEGER NOT NULL,
	version  INTEGER NOT NULL,
	doc      TEXT    NOT NULL
) STRICT;

CREATE TABLE api_keys (
	seq          INTEGER PRIMARY KEY,
	id           TEXT    NOT NULL UNIQUE,
	livemode     INTEGER NOT NULL,
	version      INTEGER NOT NULL,
	hash         BLOB    NOT NULL UNIQUE, -- SHA-256 of the secret, which is kept nowhere
	created_at   INTEGER NOT NULL, -- unix milliseconds
	last_used_at INTEGER,          -- unix milliseconds, within a minute
	doc          TEXT    NOT NULL
) STRICT;

CREATE TABLE apps (
	id         TEXT    PRIMARY KEY,
	name       TEXT    NOT NULL,
	public_key BLOB    NOT NULL UNIQUE, -- Ed25519
	created_at INTEGER NOT NULL,
	revoked_at INTEGER
) STRICT, WITHOUT ROWID;

-- What browsers may do for a while.
CREATE TABLE sessions (
	hash        BLOB    PRIMARY KEY, -- SHA-256 of the secret, which is not kept
	kind        TEXT    NOT NULL,
	test_key    BLOB,                -- the hashes of the API keys it was opened with, one a mode
	live_key    BLOB,
	operator    INTEGER NOT NULL,
	customer_id TEXT    NOT NULL,    -- whose portal it opens, or ''
	livemode    INTEGER NOT NULL,
	created_at  INTEGER NOT NULL,    -- unix milliseconds
	expires_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_end ON sessions (expires_at);
CREATE INDEX sessions_of_customers ON sessions (customer_id, created_at) WHERE customer_id <> '';

-- What one of several servers does, and which one: see internal/jobs.
CREATE TABLE leases (
	name       TEXT    PRIMARY KEY,
	holder     TEXT    NOT NULL,
	expires_at INTEGER NOT NULL -- unix milliseconds
) STRICT, WITHOUT ROWID;
