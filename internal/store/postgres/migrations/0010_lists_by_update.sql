-- Lists by when objects changed last are read in order.
CREATE INDEX invoices_by_update ON invoices (livemode, updated_at, seq);
CREATE INDEX payments_by_update ON payments (livemode, updated_at, seq);
