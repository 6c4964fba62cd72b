-- What the journal calls customers whose movements are closed, and the accounts that they have of their own.
ALTER TABLE closing_digests ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE closing_digests ADD COLUMN account TEXT NOT NULL DEFAULT '';
-- What is dated before a movement that was recorded earlier, which is little.
CREATE INDEX ledger_late ON ledger (customer_id, currency_id, date) WHERE date < last_date;
