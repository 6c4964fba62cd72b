CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- Texts compare by their bytes (COLLATE "C"), as everywhere else. seq is a position in time: the creation's
-- milliseconds << 16 and a counter. Every list is in its order by default, and ranges of created_at are ranges of it.
CREATE TABLE customers (
	id          text    COLLATE "C" PRIMARY KEY,
	seq         bigint  NOT NULL UNIQUE,
	livemode    boolean NOT NULL,
	deleted_at  bigint,              -- unix milliseconds; NULL unless the customer is deleted
	version     bigint  NOT NULL,    -- counts changes from 1
	updated_at  bigint  NOT NULL,    -- unix milliseconds
	delinquent  boolean NOT NULL,
	email       text    COLLATE "C" NOT NULL, -- in lower case
	name        text    COLLATE "C" NOT NULL, -- folded, for sorting
	uncollectible_after bigint, -- its own time until an open invoice becomes so, in days past due; -1 for never
	invoices    bigint  NOT NULL DEFAULT 0, -- how many belong to the customer: answers say so without counting
	payments    bigint  NOT NULL DEFAULT 0,
	doc         text    COLLATE "C" NOT NULL -- the customer as the wire answers it
) WITH (fillfactor = 90);
CREATE INDEX customers_by_time ON customers (livemode, seq) WHERE deleted_at IS NULL;
CREATE INDEX customers_by_update ON customers (livemode, updated_at, seq) WHERE deleted_at IS NULL;
-- A folded name can be longer than an index may hold.
CREATE INDEX customers_by_name ON customers (livemode, left(name, 256), seq) WHERE deleted_at IS NULL;
CREATE INDEX customers_by_email ON customers (livemode, email, seq) WHERE deleted_at IS NULL;
CREATE INDEX customers_delinquent ON customers (livemode, seq) WHERE delinquent AND deleted_at IS NULL;
CREATE INDEX customers_deleted ON customers (livemode, seq) WHERE deleted_at IS NOT NULL;
CREATE INDEX customers_of_their_own ON customers (livemode, uncollectible_after, id) WHERE uncollectible_after IS NOT NULL;

-- Names that one customer of a mode has: did, external_id, invoice_prefix.
CREATE TABLE customer_names (
	livemode    boolean NOT NULL,
	kind        text    COLLATE "C" NOT NULL,
	name        text    COLLATE "C" NOT NULL,
	customer_id text    COLLATE "C" NOT NULL,
	PRIMARY KEY (livemode, kind, name)
);

CREATE TABLE customer_metadata (
	livemode    boolean NOT NULL,
	key         text    COLLATE "C" NOT NULL,
	value       text    COLLATE "C" NOT NULL, -- a string itself or another value's JSON; the digest of a long one
	customer_id text    COLLATE "C" NOT NULL,
	seq         bigint  NOT NULL,
	folded      text    COLLATE "C",          -- the value as search compares it, where that differs
	PRIMARY KEY (livemode, key, value, seq)
);

-- What search looks into, folded: name, email, phone, DID, id and external id, each in a line of its own and every line
-- between line feeds, so that "equals" and "starts with" are parts too. Deleted customers have none.
CREATE TABLE customer_texts (
	customer_id text    COLLATE "C" NOT NULL,
	seq         bigint  NOT NULL,
	livemode    boolean NOT NULL,
	text        text    COLLATE "C" NOT NULL,
	PRIMARY KEY (customer_id, seq)
);
CREATE INDEX customer_texts_by_piece ON customer_texts USING gin (text gin_trgm_ops);

CREATE TABLE invoices (
	customer_id text    COLLATE "C" NOT NULL,
	seq         bigint  NOT NULL UNIQUE,
	id          text    COLLATE "C" NOT NULL UNIQUE,
	livemode    boolean NOT NULL,
	version     bigint  NOT NULL,
	currency_id text    COLLATE "C" NOT NULL,
	status      text    COLLATE "C" NOT NULL,
	number      text    COLLATE "C" NOT NULL, -- '' for a draft
	due_date    bigint  NOT NULL,             -- unix seconds; 0 for none
	updated_at  bigint  NOT NULL,             -- unix milliseconds
	total       numeric NOT NULL,             -- in the currency's smallest unit, as all amounts
	remaining   numeric NOT NULL,             -- what is left to pay
	credited    numeric NOT NULL,             -- what credit paid
	settled_at  bigint  NOT NULL, -- since when nothing is left to pay: unix milliseconds; the largest integer while
	                              -- something is, 0 for a draft
	doc         text    COLLATE "C" NOT NULL,
	held_until  bigint  NOT NULL, -- until when an open one does not become uncollectible by itself: unix seconds
	due_day     bigint  NOT NULL, -- days since 1970, where the business was when it was issued
	number_key  text    COLLATE "C" NOT NULL, -- numbers that differ only in case, width or spacing are one
	PRIMARY KEY (customer_id, seq)
) WITH (fillfactor = 90);
CREATE INDEX invoices_by_time ON invoices (livemode, seq);
CREATE INDEX invoices_by_update ON invoices (livemode, updated_at, seq);
CREATE INDEX invoices_by_state ON invoices (customer_id, status, seq);
-- Lists of a mode's invoices by state, with exact counts, read this alone; currencies and due dates are told apart in it.
CREATE INDEX invoices_by_state_of_mode ON invoices (livemode, status, seq) INCLUDE (currency_id, due_date);
CREATE UNIQUE INDEX invoices_by_number ON invoices (livemode, number) WHERE number <> '';
CREATE UNIQUE INDEX invoices_by_number_key ON invoices (livemode, number_key) WHERE number_key <> '';
CREATE INDEX invoices_by_due_date ON invoices (livemode, due_date, seq);
CREATE INDEX invoices_open ON invoices (livemode, due_day) WHERE status = 'open';
-- The invoices that became uncollectible lately are among those that changed lately.
CREATE INDEX invoices_uncollectible ON invoices (livemode, updated_at, seq) WHERE status = 'uncollectible' AND remaining <> 0;
CREATE INDEX invoices_unpaid ON invoices (customer_id, currency_id, due_date, seq)
	WHERE status IN ('open', 'uncollectible') AND remaining <> 0;
CREATE INDEX invoices_outstanding ON invoices (livemode, settled_at);

CREATE TABLE invoice_metadata (
	livemode    boolean NOT NULL,
	key         text    COLLATE "C" NOT NULL,
	value       text    COLLATE "C" NOT NULL,
	customer_id text    COLLATE "C" NOT NULL,
	seq         bigint  NOT NULL,
	folded      text    COLLATE "C",
	PRIMARY KEY (livemode, key, value, seq)
);

-- What search looks into of an invoice, folded.
CREATE TABLE invoice_texts (
	customer_id text    COLLATE "C" NOT NULL,
	seq         bigint  NOT NULL,
	livemode    boolean NOT NULL,
	text        text    COLLATE "C" NOT NULL,
	PRIMARY KEY (customer_id, seq)
);
CREATE INDEX invoice_texts_by_piece ON invoice_texts USING gin (text gin_trgm_ops);

CREATE TABLE payments (
	customer_id text    COLLATE "C" NOT NULL,
	seq         bigint  NOT NULL UNIQUE,
	id          text    COLLATE "C" NOT NULL UNIQUE,
	livemode    boolean NOT NULL,
	version     bigint  NOT NULL,
	currency_id text    COLLATE "C" NOT NULL,
	status      text    COLLATE "C" NOT NULL,
	updated_at  bigint  NOT NULL,
	doc         text    COLLATE "C" NOT NULL,
	reference   text    COLLATE "C" NOT NULL, -- as references are compared
	amount      numeric NOT NULL,
	unallocated numeric NOT NULL,             -- what is left of it
	PRIMARY KEY (customer_id, seq)
) WITH (fillfactor = 90);
CREATE INDEX payments_by_time ON payments (livemode, seq);
CREATE INDEX payments_by_update ON payments (livemode, updated_at, seq);
CREATE INDEX payments_by_reference ON payments (customer_id, reference, seq) WHERE reference <> '';
CREATE INDEX payments_unapplied ON payments (livemode, seq) WHERE unallocated <> 0;
CREATE INDEX payments_reversed ON payments (livemode, seq) WHERE status = 'canceled';

CREATE TABLE payment_metadata (
	livemode    boolean NOT NULL,
	key         text    COLLATE "C" NOT NULL,
	value       text    COLLATE "C" NOT NULL,
	customer_id text    COLLATE "C" NOT NULL,
	seq         bigint  NOT NULL,
	folded      text    COLLATE "C",
	PRIMARY KEY (livemode, key, value, seq)
);

-- As of invoices.
CREATE TABLE payment_texts (
	customer_id text    COLLATE "C" NOT NULL,
	seq         bigint  NOT NULL,
	livemode    boolean NOT NULL,
	text        text    COLLATE "C" NOT NULL,
	PRIMARY KEY (customer_id, seq)
);
CREATE INDEX payment_texts_by_piece ON payment_texts USING gin (text gin_trgm_ops);

CREATE TABLE credit_notes (
	customer_id text    COLLATE "C" NOT NULL,
	seq         bigint  NOT NULL UNIQUE,
	id          text    COLLATE "C" NOT NULL UNIQUE,
	livemode    boolean NOT NULL,
	invoice_id  text    COLLATE "C" NOT NULL,
	doc         text    COLLATE "C" NOT NULL,
	PRIMARY KEY (customer_id, seq)
);
CREATE INDEX credit_notes_by_time ON credit_notes (livemode, seq);
CREATE INDEX credit_notes_by_invoice ON credit_notes (invoice_id, seq);

CREATE TABLE refunds (
	customer_id text    COLLATE "C" NOT NULL,
	seq         bigint  NOT NULL UNIQUE,
	id          text    COLLATE "C" NOT NULL UNIQUE,
	livemode    boolean NOT NULL,
	currency_id text    COLLATE "C" NOT NULL,
	payment_id  text    COLLATE "C" NOT NULL, -- '' when it is of the customer's credit
	invoice_id  text    COLLATE "C" NOT NULL, -- '' when it came of none
	doc         text    COLLATE "C" NOT NULL,
	PRIMARY KEY (customer_id, seq)
);
CREATE INDEX refunds_by_time ON refunds (livemode, seq);
CREATE INDEX refunds_by_payment ON refunds (payment_id, seq) WHERE payment_id <> '';
CREATE INDEX refunds_by_invoice ON refunds (invoice_id, seq) WHERE invoice_id <> '';

-- As of invoices.
CREATE TABLE refund_texts (
	customer_id text    COLLATE "C" NOT NULL,
	seq         bigint  NOT NULL,
	livemode    boolean NOT NULL,
	text        text    COLLATE "C" NOT NULL,
	PRIMARY KEY (customer_id, seq)
);
CREATE INDEX refund_texts_by_piece ON refund_texts USING gin (text gin_trgm_ops);

-- The movements of every customer's account are rows, only ever appended to, and each says what the balances were after
-- it. seq is a position in time and rises for each customer.
CREATE TABLE ledger (
	customer_id       text    COLLATE "C" NOT NULL,
	seq               bigint  NOT NULL,
	id                text    COLLATE "C" NOT NULL UNIQUE,
	livemode          boolean NOT NULL,
	currency_id       text    COLLATE "C" NOT NULL,
	invoice_id        text    COLLATE "C" NOT NULL, -- '' for none, as below
	payment_id        text    COLLATE "C" NOT NULL,
	credit            numeric NOT NULL,             -- the change of the customer's credit
	receivable        numeric NOT NULL,             -- the change of what is left to pay on the invoice
	reason            text    COLLATE "C" NOT NULL,
	credit_note_id    text    COLLATE "C" NOT NULL,
	refund_id         text    COLLATE "C" NOT NULL,
	reverses          text    COLLATE "C" NOT NULL, -- the movement that this one takes back
	due_date          bigint  NOT NULL,             -- of the invoice, unix seconds; 0 for none
	unapplied         numeric NOT NULL,             -- the change of the money received that is not applied
	ending_receivable numeric NOT NULL,             -- the customer's balances in the currency after it
	ending_credit     numeric NOT NULL,
	ending_unapplied  numeric NOT NULL,
	description       text    COLLATE "C" NOT NULL,
	metadata          text    COLLATE "C" NOT NULL,
	requested_by      text    COLLATE "C" NOT NULL,
	PRIMARY KEY (customer_id, seq)
);
CREATE INDEX ledger_by_invoice ON ledger (invoice_id, seq) WHERE invoice_id <> '';
CREATE UNIQUE INDEX ledger_reversals ON ledger (customer_id, reverses) WHERE reverses <> '';
CREATE INDEX ledger_by_currency ON ledger (customer_id, currency_id, seq);
CREATE INDEX ledger_by_payment ON ledger (customer_id, payment_id) WHERE payment_id <> '';
CREATE INDEX ledger_by_time ON ledger (livemode, seq);

-- What the movements of all customers of a mode come to. Sums have parts, as counts have.
CREATE TABLE ledger_sums (
	part        smallint NOT NULL,
	livemode    boolean  NOT NULL,
	figure      text     COLLATE "C" NOT NULL,
	level       smallint NOT NULL, -- 0: bucket is a day, counted from 1970; 1: a span of 32 days
	bucket      bigint   NOT NULL,
	currency_id text     COLLATE "C" NOT NULL,
	due_day     bigint   NOT NULL, -- of the invoices; 0 where the figure is not by due day
	amount      numeric  NOT NULL,
	PRIMARY KEY (livemode, figure, level, bucket, currency_id, due_day, part)
);
-- What was added and is not in ledger_sums yet, so that nobody waits for another to add.
CREATE TABLE ledger_sum_changes (
	part        smallint NOT NULL,
	livemode    boolean  NOT NULL,
	figure      text     COLLATE "C" NOT NULL,
	day         bigint   NOT NULL, -- of the movement
	currency_id text     COLLATE "C" NOT NULL,
	due_day     bigint   NOT NULL,
	change      numeric  NOT NULL
);

CREATE TABLE payment_methods (
	seq      bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	id       text    COLLATE "C" NOT NULL UNIQUE,
	livemode boolean NOT NULL,
	doc      text    COLLATE "C" NOT NULL
);

CREATE TABLE payment_currencies (
	seq      bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	id       text    COLLATE "C" NOT NULL UNIQUE,
	livemode boolean NOT NULL,
	is_base  boolean NOT NULL,
	doc      text    COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX payment_currencies_base ON payment_currencies (livemode) WHERE is_base;

CREATE TABLE settings (
	seq      bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	id       text    COLLATE "C" NOT NULL UNIQUE,
	livemode boolean NOT NULL,
	version  bigint  NOT NULL,
	doc      text    COLLATE "C" NOT NULL
);

-- Every change of every object, in the transaction that made it. What the change replaced is kept with its event, and
-- no object twice.
CREATE TABLE events (
	seq             bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	livemode        boolean NOT NULL,
	type            text    COLLATE "C" NOT NULL,
	object_id       text    COLLATE "C" NOT NULL,
	object_version  bigint  NOT NULL,
	created_at      bigint  NOT NULL, -- unix milliseconds
	request_id      text    COLLATE "C" NOT NULL,
	idempotency_key text    COLLATE "C" NOT NULL,
	actor           text    COLLATE "C" NOT NULL,
	undo            text    COLLATE "C",      -- makes the object what it was before; NULL when it was created
	digest          bytea   NOT NULL, -- of the object after the change
	customer_id     text    COLLATE "C" NOT NULL -- whom the object belongs to, or is; '' when it belongs to nobody
);
CREATE UNIQUE INDEX events_by_object ON events (object_id, object_version);
CREATE INDEX events_of_mode ON events (livemode, seq);
-- Whether a number that is missing was that of a draft.
CREATE INDEX events_of_deleted_invoices ON events (customer_id) WHERE type = 'invoice.deleted';

-- The answers given to requests that may be sent again.
CREATE TABLE answers (
	actor          text    COLLATE "C" NOT NULL,
	key            text    COLLATE "C" NOT NULL, -- an Idempotency-Key or a signature
	fingerprint    bytea   NOT NULL,             -- of the request
	answered_at    bigint  NOT NULL,             -- unix milliseconds
	object_type    text    COLLATE "C" NOT NULL, -- '' for an answer that is no object, whose text is in doc
	object_id      text    COLLATE "C" NOT NULL,
	object_version bigint  NOT NULL,
	created        boolean NOT NULL,
	doc            text    COLLATE "C" NOT NULL,
	refusal        text    COLLATE "C" NOT NULL, -- the error, when the request was refused
	PRIMARY KEY (actor, key)
);
CREATE INDEX answers_by_time ON answers (answered_at);

-- How many customers, invoices and payments of each mode there are, by time of creation: a bucket of a level counts those
-- whose milliseconds agree but for so many bits. Totals are sums of a few rows, and a page deep in a list is found by
-- going down the levels.
CREATE TABLE row_counts (
	kind     text    COLLATE "C" NOT NULL, -- the table
	livemode boolean NOT NULL,
	bits     bigint  NOT NULL, -- the level: 36 (two years), 28 (three days), 20 (17 minutes), 12 (four seconds)
	bucket   bigint  NOT NULL, -- milliseconds without these bits
	count    bigint  NOT NULL,
	part     smallint NOT NULL, -- so that several machines can each keep some: one machine has part 0 alone
	PRIMARY KEY (kind, livemode, bits, bucket, part)
);
-- What has come or gone and is not in row_counts yet, so that nobody waits for another to count. Every moment a server
-- sums it up, so that it is few rows, and has the place they took used again.
CREATE TABLE row_count_changes (
	kind     text    COLLATE "C" NOT NULL,
	livemode boolean NOT NULL,
	ms       bigint  NOT NULL, -- of the row's creation
	change   bigint  NOT NULL,
	part     smallint NOT NULL
);

CREATE TABLE api_keys (
	seq          bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	id           text    COLLATE "C" NOT NULL UNIQUE,
	livemode     boolean NOT NULL,
	version      bigint  NOT NULL,
	hash         bytea   NOT NULL UNIQUE,      -- SHA-256 of the secret, which is kept nowhere
	created_at   bigint  NOT NULL,             -- unix milliseconds
	last_used_at bigint,                       -- unix milliseconds, within a minute
	doc          text    COLLATE "C" NOT NULL
);

CREATE TABLE apps (
	id         text   COLLATE "C" PRIMARY KEY,
	name       text   COLLATE "C" NOT NULL,
	public_key bytea  NOT NULL UNIQUE, -- Ed25519
	created_at bigint NOT NULL,
	revoked_at bigint
);

-- What browsers may do for a while.
CREATE TABLE sessions (
	hash        bytea   PRIMARY KEY, -- SHA-256 of the secret, which is not kept
	kind        text    NOT NULL,
	test_key    bytea,               -- the hashes of the API keys it was opened with, one a mode
	live_key    bytea,
	operator    boolean NOT NULL,
	customer_id text    NOT NULL,    -- whose portal it opens, or ''
	livemode    boolean NOT NULL,
	created_at  bigint  NOT NULL,    -- unix milliseconds
	expires_at  bigint  NOT NULL
);
CREATE INDEX sessions_by_end ON sessions (expires_at);
CREATE INDEX sessions_of_customers ON sessions (customer_id, created_at) WHERE customer_id <> '';

-- What one of several servers does, and which one: see internal/jobs.
CREATE TABLE leases (
	name       text   COLLATE "C" PRIMARY KEY,
	holder     text   COLLATE "C" NOT NULL,
	expires_at bigint NOT NULL -- unix milliseconds
);
