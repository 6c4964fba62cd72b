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
INSERT INTO row_counts SELECT 'customers', shown, column1, seq >> 16 >> column1, count(*)
	FROM customers JOIN (VALUES (36), (28), (20), (12)) WHERE shown IS NOT NULL
	GROUP BY shown, column1, seq >> 16 >> column1;
INSERT INTO row_counts SELECT 'invoices', livemode, column1, seq >> 16 >> column1, count(*)
	FROM invoices JOIN (VALUES (36), (28), (20), (12)) GROUP BY livemode, column1, seq >> 16 >> column1;
INSERT INTO row_counts SELECT 'payments', livemode, column1, seq >> 16 >> column1, count(*)
	FROM payments JOIN (VALUES (36), (28), (20), (12)) GROUP BY livemode, column1, seq >> 16 >> column1;

ALTER TABLE customer_totals DROP COLUMN count;
ALTER TABLE customer_totals DROP COLUMN shifts;
ALTER TABLE customer_totals RENAME TO customer_numbers;
