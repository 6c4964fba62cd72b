-- The books count by dates, which are days where the business is: a movement from its own on, which is that of its
-- document, whatever the day when it was recorded. What is here already has recorded_day 0 until the program has dated
-- it, customer by customer: see internal/billing/date_ledger.go.
ALTER TABLE ledger ADD COLUMN date bigint NOT NULL DEFAULT 0; -- days since 1970, as below
ALTER TABLE ledger ADD COLUMN recorded_day bigint NOT NULL DEFAULT 0;
-- The latest date of the customer's movements in the currency up to it: what is dated later comes after all others.
ALTER TABLE ledger ADD COLUMN last_date bigint NOT NULL DEFAULT 0;
CREATE INDEX ledger_undated ON ledger (customer_id) WHERE recorded_day = 0;
CREATE INDEX ledger_by_date ON ledger (customer_id, currency_id, date);
CREATE INDEX ledger_by_recorded_day ON ledger (livemode, recorded_day, seq);

ALTER TABLE invoices ADD COLUMN date bigint NOT NULL DEFAULT 0; -- of issue; 0 for none
UPDATE invoices SET date = coalesce((doc::json ->> 'effective_at')::bigint, 0) / 86400;

-- Sums are by date. Of what was recorded on another day there are sums by both: see internal/store/ledger.go, which says
-- what bucket and second are at each level.
DELETE FROM ledger_sums;
DELETE FROM ledger_sum_changes;
ALTER TABLE ledger_sums ADD COLUMN second bigint NOT NULL DEFAULT 0;
ALTER TABLE ledger_sums DROP CONSTRAINT IF EXISTS ledger_sums_pkey;
ALTER TABLE ledger_sums ADD PRIMARY KEY (livemode, figure, level, bucket, second, currency_id, due_day, part);
ALTER TABLE ledger_sum_changes ADD COLUMN recorded_day bigint NOT NULL DEFAULT 0;

-- What is dated after the day when it was recorded, which is little.
CREATE INDEX ledger_ahead ON ledger (livemode, date) WHERE date > recorded_day;
