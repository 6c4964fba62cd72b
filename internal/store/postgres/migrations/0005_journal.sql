-- What the journal calls customers whose movements are closed, and the accounts that they have of their own.
ALTER TABLE closing_digests ADD COLUMN name text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE closing_digests ADD COLUMN account text COLLATE "C" NOT NULL DEFAULT '';
-- The movements of all customers in the order of the books.
DROP INDEX IF EXISTS ledger_of_mode_by_date;
CREATE INDEX ledger_in_order ON ledger (livemode, date, seq, customer_id);
-- What is dated before a movement that was recorded earlier, which is little.
CREATE INDEX ledger_late ON ledger (customer_id, currency_id, date) WHERE date < last_date;
