-- What search looks into of a refund, as of invoices.
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
INSERT INTO refund_texts SELECT seq, livemode, lower(id || char(10) || payment_id || char(10) || invoice_id || char(10)
	|| (doc ->> '$.reason') || char(10) || (doc ->> '$.description')) FROM refunds;
INSERT INTO refund_search_test (rowid, text) SELECT seq, text FROM refund_texts WHERE livemode = 0;
INSERT INTO refund_search_live (rowid, text) SELECT seq, text FROM refund_texts WHERE livemode = 1;

-- The name with its umlauts written as two letters, or ''.
ALTER TABLE customer_texts ADD COLUMN german_name TEXT NOT NULL DEFAULT '';
