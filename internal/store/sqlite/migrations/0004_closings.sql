-- Days that are closed: nothing dated on the last of them or before is recorded.
CREATE TABLE closings (
	seq      INTEGER PRIMARY KEY,
	id       TEXT    NOT NULL UNIQUE,
	livemode INTEGER NOT NULL,
	version  INTEGER NOT NULL,
	through  INTEGER NOT NULL, -- days since 1970
	closed   INTEGER NOT NULL, -- 0 once it was reopened
	doc      TEXT    NOT NULL
) STRICT;
-- Over what was closed of each customer.
CREATE TABLE closing_digests (
	customer_id TEXT NOT NULL,
	closing_id  TEXT NOT NULL,
	currency_id TEXT NOT NULL,
	digest      BLOB NOT NULL,
	PRIMARY KEY (customer_id, closing_id, currency_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX closing_digests_of_closing ON closing_digests (closing_id, customer_id, currency_id);
CREATE INDEX ledger_of_mode_by_date ON ledger (livemode, date, seq);
