-- An invoice is late from the day after its due day, which is kept when the business moves to another time zone. Until now
-- all days were those of UTC.
ALTER TABLE invoices ADD COLUMN due_day bigint NOT NULL DEFAULT 0; -- days since 1970
UPDATE invoices SET due_day = due_date / 86400;

DROP INDEX invoices_open;
CREATE INDEX invoices_open ON invoices (livemode, due_day) WHERE status = 'open';
