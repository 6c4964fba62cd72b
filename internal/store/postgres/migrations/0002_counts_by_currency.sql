-- Lists in one currency are read and counted without the others: kind is the table, a space and the currency then.
CREATE INDEX invoices_by_currency ON invoices (livemode, currency_id, seq);
CREATE INDEX payments_by_currency ON payments (livemode, currency_id, seq);
CREATE INDEX refunds_by_currency ON refunds (livemode, currency_id, seq);
INSERT INTO row_counts (part, kind, livemode, bits, bucket, count)
	SELECT 0, 'refunds', livemode, bits, seq >> 16 >> bits::int, count(*)
	FROM refunds CROSS JOIN unnest(ARRAY[36, 28, 20, 12]::bigint[]) bits GROUP BY 2, 3, 4, 5;
INSERT INTO row_counts (part, kind, livemode, bits, bucket, count)
	SELECT 0, 'invoices ' || currency_id, livemode, bits, seq >> 16 >> bits::int, count(*)
	FROM invoices CROSS JOIN unnest(ARRAY[36, 28, 20, 12]::bigint[]) bits GROUP BY 2, 3, 4, 5;
INSERT INTO row_counts (part, kind, livemode, bits, bucket, count)
	SELECT 0, 'payments ' || currency_id, livemode, bits, seq >> 16 >> bits::int, count(*)
	FROM payments CROSS JOIN unnest(ARRAY[36, 28, 20, 12]::bigint[]) bits GROUP BY 2, 3, 4, 5;
INSERT INTO row_counts (part, kind, livemode, bits, bucket, count)
	SELECT 0, 'refunds ' || currency_id, livemode, bits, seq >> 16 >> bits::int, count(*)
	FROM refunds CROSS JOIN unnest(ARRAY[36, 28, 20, 12]::bigint[]) bits GROUP BY 2, 3, 4, 5;
