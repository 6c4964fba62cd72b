-- The invoices that were given up lately are among those that changed lately.
CREATE INDEX invoices_given_up ON invoices (livemode, updated_at) WHERE status = 'uncollectible' AND remaining <> '0';

-- Lists of a mode's invoices by state, with exact counts, read this alone; currencies and due dates are told apart in it.
CREATE INDEX invoices_by_state_of_mode ON invoices (livemode, status, seq, currency_id, due_date);
CREATE INDEX payments_reversed ON payments (livemode, seq) WHERE status = 'canceled';

-- What is past due is told apart by mode in the index too.
DROP INDEX invoices_by_due_date;
CREATE INDEX invoices_by_due_date ON invoices (livemode, status, due_date);

-- What all customers owe is read from this alone.
DROP INDEX invoices_unpaid;
CREATE INDEX invoices_unpaid ON invoices (customer_id, status, currency_id, due_date, livemode, remaining)
	WHERE remaining <> '0';
