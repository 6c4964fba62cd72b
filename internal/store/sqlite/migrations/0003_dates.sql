-- The books count by dates, which are days where the business is: a movement from its own on, which is that of its
-- document, whatever the day when it was recorded. What is here already has recorded_day 0 until the program has dated
-- it, customer by customer: see internal/billing/date_ledger.go.
ALTER TABLE ledger ADD COLUMN date INTEGER NOT NULL DEFAULT 0; -- days since 1970, as below
ALTER TABLE ledger ADD COLUMN recorded_day INTEGER NOT NULL DEFAULT 0;
-- The latest date of the customer's movements in the currency up to it: what is dated later comes after all others.
ALTER TABLE ledger ADD COLUMN last_date INTEGER NOT NULL DEFAULT 0;
CREATE INDEX ledger_undated ON ledger (customer_id) WHERE recorded_day = 0;
CREATE INDEX ledger_by_date ON ledger (customer_id, currency_id, date);
CREATE INDEX ledger_by_recorded_day ON ledger (livemode, recorded_day, seq);

ALTER TABLE invoices ADD COLUMN date INTEGER NOT NULL DEFAULT 0; -- of issue; 0 for none
UPDATE invoices SET date = coalesce(doc ->> '$.effective_at', 0) / 86400;

-- Sums are by date. Of what was recorded on another day there are sums by both.
DROP TABLE ledger_sums;
CREATE TABLE ledger_sums (
	livemode    INTEGER NOT NULL,
	figure      TEXT    NOT NULL,
	level       INTEGER NOT NULL, -- see internal/store/ledger.go, which says what bucket and second are
	bucket      INTEGER NOT NULL,
	second      INTEGER NOT NULL,
	currency_id TEXT    NOT NULL,
	due_day     INTEGER NOT NULL, -- of the invoices; 0 where the figure is not by due day
	amount      TEXT    NOT NULL,
	PRIMARY KEY (livemode, figure, level, bucket, second, currency_id, due_day)
) STRICT, WITHOUT ROWID;

-- What is dated after the day when it was recorded, which is little.
CREATE INDEX ledger_ahead ON ledger (livemode, date) WHERE date > recorded_day;

-- What all customers owe is read from this alone.
DROP INDEX IF EXISTS invoices_unpaid;
CREATE INDEX invoices_unpaid ON invoices (customer_id, status, currency_id, due_date, due_day, livemode, remaining, date)
	WHERE remaining <> '0';
