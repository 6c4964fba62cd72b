-- Every event says which customer its object belongs to, or is; '' when it belongs to none.
ALTER TABLE events ADD COLUMN customer_id text COLLATE "C" NOT NULL DEFAULT '';
UPDATE events SET customer_id = CASE
	WHEN type LIKE 'customer.%' THEN object_id
	WHEN type LIKE 'payment_intent.%' THEN (SELECT customer_id FROM payments WHERE id = object_id)
	WHEN type LIKE 'credit_note.%' THEN (SELECT customer_id FROM credit_notes WHERE id = object_id)
	ELSE coalesce(
		(SELECT customer_id FROM invoices WHERE id = object_id),
		(SELECT undo::json ->> 'customer_id' FROM events deleted
			WHERE deleted.object_id = events.object_id AND deleted.type = 'invoice.deleted'))
	END
	WHERE type LIKE 'customer.%' OR type LIKE 'invoice.%' OR type LIKE 'payment_intent.%' OR type LIKE 'credit_note.%';
ALTER TABLE events ALTER COLUMN customer_id DROP DEFAULT;
