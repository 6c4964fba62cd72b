-- Lists in one currency are read and counted without the others: kind is the table, a space and the currency then.
CREATE INDEX invoices_by_currency ON invoices (livemode, currency_id, seq);
CREATE INDEX payments_by_currency ON payments (livemode, currency_id, seq);
CREATE INDEX refunds_by_currency ON refunds (livemode, currency_id, seq);
INSERT INTO row_counts SELECT 'refunds', livemode, column1, seq >> 16 >> column1, count(*)
	FROM refunds JOIN (VALUES (36), (28), (20), (12)) GROUP BY 1, 2, 3, 4;
INSERT INTO row_counts SELECT 'invoices ' || currency_id, livemode, column1, seq >> 16 >> column1, count(*)
	FROM invoices JOIN (VALUES (36), (28), (20), (12)) GROUP BY 1, 2, 3, 4;
INSERT INTO row_counts SELECT 'payments ' || currency_id, livemode, column1, seq >> 16 >> column1, count(*)
	FROM payments JOIN (VALUES (36), (28), (20), (12)) GROUP BY 1, 2, 3, 4;
INSERT INTO row_counts SELECT 'refunds ' || currency_id, livemode, column1, seq >> 16 >> column1, count(*)
	FROM refunds JOIN (VALUES (36), (28), (20), (12)) GROUP BY 1, 2, 3, 4;
