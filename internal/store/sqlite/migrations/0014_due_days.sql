-- An invoice is late from the day after its due day, which is kept when the business moves to another time zone. Until now
-- all days were those of UTC.
ALTER TABLE invoices ADD COLUMN due_day INTEGER NOT NULL DEFAULT 0; -- days since 1970
UPDATE invoices SET due_day = due_date / 86400;

DROP INDEX invoices_by_due_date;
CREATE INDEX invoices_by_due_day ON invoices (livemode, status, due_day);

DROP INDEX invoices_unpaid;
CREATE INDEX invoices_unpaid ON invoices (customer_id, status, currency_id, due_date, due_day, livemode, remaining)
	WHERE remaining <> '0';
