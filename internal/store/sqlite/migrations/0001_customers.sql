-- seq is a position in time: the creation's milliseconds << 16 and a counter. Every list is in its order by default,
-- ranges of created_at are ranges of it, and the search index has it as its row id.
CREATE TABLE customers (
	seq        INTEGER PRIMARY KEY,
	id         TEXT    NOT NULL UNIQUE,
	livemode   INTEGER NOT NULL,
	shown      INTEGER,          -- livemode; NULL while the customer is deleted
	deleted_at INTEGER,          -- unix milliseconds; NULL unless the customer is deleted
	version    INTEGER NOT NULL, -- counts changes from 1
	updated_at INTEGER NOT NULL, -- unix milliseconds
	delinquent INTEGER NOT NULL,
	email      TEXT    NOT NULL, -- in lower case
	name       TEXT    NOT NULL, -- folded, for sorting
	doc        TEXT    NOT NULL  -- the customer as the wire answers it
) STRICT;

-- Narrow indexes: a page is found, skipped to and counted in them before any document is read.
CREATE INDEX customers_by_time ON customers (shown, seq);
CREATE INDEX customers_by_update ON customers (shown, updated_at, seq);
CREATE INDEX customers_by_name ON customers (shown, name, seq);
CREATE INDEX customers_by_email ON customers (shown, email, seq);
CREATE INDEX customers_delinquent ON customers (shown, delinquent, seq);

-- How many customers of a mode are not deleted, and how often one came or went other than at the newest end: until
-- that number changes, a customer keeps its distance from the oldest.
CREATE TABLE customer_totals (
	livemode INTEGER PRIMARY KEY,
	count    INTEGER NOT NULL,
	shifts   INTEGER NOT NULL
) STRICT;
INSERT INTO customer_totals VALUES (0, 0, 0), (1, 0, 0);

-- Names that one customer of a mode has: did, external_id.
CREATE TABLE customer_names (
	livemode    INTEGER NOT NULL,
	kind        TEXT    NOT NULL,
	name        TEXT    NOT NULL,
	customer_id TEXT    NOT NULL,
	PRIMARY KEY (livemode, kind, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE customer_metadata (
	livemode INTEGER NOT NULL,
	key      TEXT    NOT NULL,
	value    TEXT    NOT NULL, -- a string itself or another value's JSON; the digest of a long one
	seq      INTEGER NOT NULL,
	folded   TEXT    NOT NULL, -- the value as search compares it
	PRIMARY KEY (livemode, key, value, seq)
) STRICT, WITHOUT ROWID;

-- The texts that search looks into, folded: scanned for words too short for the index of three-letter pieces.
CREATE TABLE customer_texts (
	seq         INTEGER PRIMARY KEY,
	livemode    INTEGER NOT NULL,
	name        TEXT NOT NULL,
	email       TEXT NOT NULL,
	phone       TEXT NOT NULL,
	did         TEXT NOT NULL,
	id          TEXT NOT NULL,
	external_id TEXT NOT NULL
) STRICT;

-- The index of three-letter pieces, one a mode. Every text stands between line feeds, so that "equals" and "starts
-- with" are pieces too. The texts themselves are not kept twice.
CREATE VIRTUAL TABLE customer_search_test USING fts5 (
	name, email, phone, did, id, external_id,
	content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1'
);
CREATE VIRTUAL TABLE customer_search_live USING fts5 (
	name, email, phone, did, id, external_id,
	content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1'
);
