-- Customers are numbered as they come, and the search index has the numbers as its row ids: it keeps the distance from
-- one to the next in one byte where it took five for positions in time.
ALTER TABLE customers ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
UPDATE customers SET number = n.number
	FROM (SELECT seq, row_number() OVER (ORDER BY seq) AS number FROM customers) n WHERE n.seq = customers.seq;

-- The last number that was given, and whether the numbers of a mode are in the order of time: until a customer comes
-- with a date of creation before another's.
ALTER TABLE customer_totals ADD COLUMN last_number INTEGER NOT NULL DEFAULT 0;
ALTER TABLE customer_totals ADD COLUMN in_order INTEGER NOT NULL DEFAULT 1;
UPDATE customer_totals SET last_number = (SELECT coalesce(max(number), 0) FROM customers);

-- A name leads to the customer's position: half as long as its id, and found at once.
ALTER TABLE customer_names RENAME TO old_names;
CREATE TABLE customer_names (
	livemode INTEGER NOT NULL,
	kind     TEXT    NOT NULL,
	name     TEXT    NOT NULL,
	seq      INTEGER NOT NULL,
	PRIMARY KEY (livemode, kind, name)
) STRICT, WITHOUT ROWID;
INSERT INTO customer_names
	SELECT n.livemode, n.kind, n.name, c.seq FROM old_names n JOIN customers c ON c.id = n.customer_id;
DROP TABLE old_names;

ALTER TABLE customer_texts RENAME TO old_texts;
CREATE TABLE customer_texts (
	number      INTEGER PRIMARY KEY,
	seq         INTEGER NOT NULL,
	livemode    INTEGER NOT NULL,
	name        TEXT NOT NULL,
	email       TEXT NOT NULL,
	phone       TEXT NOT NULL,
	did         TEXT NOT NULL,
	id          TEXT NOT NULL,
	external_id TEXT NOT NULL
) STRICT;
INSERT INTO customer_texts SELECT c.number, o.* FROM old_texts o JOIN customers c ON c.seq = o.seq ORDER BY c.number;
DROP TABLE old_texts;

-- All texts of a customer stand in one column, each in a line of its own: no piece of three letters goes from one to the
-- next, and which column it is in need not be kept with every piece.
DROP TABLE customer_search_test;
DROP TABLE customer_search_live;
CREATE VIRTUAL TABLE customer_search_test USING fts5 (
	text, content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1'
);
CREATE VIRTUAL TABLE customer_search_live USING fts5 (
	text, content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1'
);
INSERT INTO customer_search_test (rowid, text)
	SELECT number, char(10) || iif(name = '', '', name || char(10)) || iif(email = '', '', email || char(10)) ||
		iif(phone = '', '', phone || char(10)) || iif(did = '', '', did || char(10)) || id || char(10) ||
		iif(external_id = '', '', external_id || char(10))
	FROM customer_texts WHERE livemode = 0 ORDER BY number;
INSERT INTO customer_search_live (rowid, text)
	SELECT number, char(10) || iif(name = '', '', name || char(10)) || iif(email = '', '', email || char(10)) ||
		iif(phone = '', '', phone || char(10)) || iif(did = '', '', did || char(10)) || id || char(10) ||
		iif(external_id = '', '', external_id || char(10))
	FROM customer_texts WHERE livemode = 1 ORDER BY number;

-- How search compares a metadata value is kept only where that is not the value itself.
UPDATE customer_metadata SET folded = iif(folded = '', ' ', '') WHERE folded = '' OR folded = value;
UPDATE invoice_metadata SET folded = iif(folded = '', ' ', '') WHERE folded = '' OR folded = value;
UPDATE payment_metadata SET folded = iif(folded = '', ' ', '') WHERE folded = '' OR folded = value;
