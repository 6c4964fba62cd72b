-- The invoices that were given up lately are among those that changed lately.
CREATE INDEX invoices_given_up ON invoices (livemode, updated_at) WHERE status = 'uncollectible' AND remaining <> '0';
