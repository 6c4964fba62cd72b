-- Numbers that differ only in case, width or spacing are one. Those that were there stay; the older one is found.
ALTER TABLE invoices ADD COLUMN number_key text COLLATE "C" NOT NULL DEFAULT '';
UPDATE invoices SET number_key = lower(trim(number)) WHERE number <> '';
UPDATE invoices i SET number_key = ''
	FROM (SELECT livemode, number_key, min(seq) AS first FROM invoices WHERE number_key <> '' GROUP BY 1, 2) o
	WHERE i.livemode = o.livemode AND i.number_key = o.number_key AND i.seq <> o.first;
DO $$ BEGIN
	CREATE UNIQUE INDEX invoices_by_number_key ON invoices (livemode, number_key) WHERE number_key <> '';
EXCEPTION WHEN feature_not_supported THEN -- the tables are distributed: names are claimed in a table of their own
	CREATE UNIQUE INDEX invoices_by_number_key ON invoices (livemode, number_key, customer_id) WHERE number_key <> '';
	DELETE FROM customer_names WHERE kind = 'invoice_number';
	INSERT INTO customer_names SELECT livemode, 'invoice_number', number_key, customer_id FROM invoices
		WHERE number_key <> '';
END $$;

-- References are compared in the same way.
UPDATE payments SET reference = lower(trim(reference)) WHERE reference <> '';
