-- The invoices that were given up lately are among those that changed lately.
CREATE INDEX invoices_given_up ON invoices (livemode, updated_at) WHERE status = 'uncollectible' AND remaining <> 0;

-- Lists of a mode's invoices by state, with exact counts, read this alone; currencies and due dates are told apart in it.
CREATE INDEX invoices_by_state_of_mode ON invoices (livemode, status, seq) INCLUDE (currency_id, due_date);
CREATE INDEX payments_reversed ON payments (livemode, seq) WHERE status = 'canceled';
