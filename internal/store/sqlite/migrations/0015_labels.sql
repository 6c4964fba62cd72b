-- Numbers that differ only in case, width or spacing are one. Those that were there stay; the older one is found.
ALTER TABLE invoices ADD COLUMN number_key TEXT NOT NULL DEFAULT '';
UPDATE invoices SET number_key = lower(trim(number)) WHERE number <> '';
DROP INDEX invoices_by_number_of_mode;
CREATE INDEX invoices_by_number_key ON invoices (livemode, number_key) WHERE number_key <> '';

-- References are compared in the same way.
UPDATE payments SET reference = lower(trim(reference)) WHERE reference <> '';
