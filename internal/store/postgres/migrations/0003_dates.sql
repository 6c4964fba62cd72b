-- The books count by dates, which are days where the business is: a movement from its own on, which is that of its
-- document, whatever the day when it was recorded. What is here already counts from the day when it was recorded.
ALTER TABLE ledger ADD COLUMN date bigint NOT NULL DEFAULT 0; -- days since 1970, as below
ALTER TABLE ledger ADD COLUMN recorded_day bigint NOT NULL DEFAULT 0;
-- The latest date of the customer's movements in the currency up to it: what is dated later comes after all others.
ALTER TABLE ledger ADD COLUMN last_date bigint NOT NULL DEFAULT 0;
UPDATE ledger SET date = (seq >> 16) / 86400000, recorded_day = (seq >> 16) / 86400000,
	last_date = (seq >> 16) / 86400000;
CREATE INDEX ledger_by_date ON ledger (customer_id, currency_id, date);

ALTER TABLE invoices ADD COLUMN date bigint NOT NULL DEFAULT 0; -- of issue; 0 for none
UPDATE invoices SET date = coalesce((doc::json ->> 'effective_at')::bigint, 0) / 86400;
