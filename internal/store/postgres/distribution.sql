-- What several machines need before the tables are distributed. A unique index cannot reach over machines: it is one of
-- each customer then, and what is unique among all customers is a row of a table that is distributed by just that.

-- The positions in time that objects of a kind have.
CREATE TABLE positions (
	kind text   COLLATE "C" NOT NULL,
	ms   bigint NOT NULL, -- of the position
	seq  bigint NOT NULL,
	PRIMARY KEY (ms, kind, seq)
);
INSERT INTO positions SELECT 'customers', seq >> 16, seq FROM customers;
INSERT INTO positions SELECT 'invoices', seq >> 16, seq FROM invoices;
INSERT INTO positions SELECT 'payments', seq >> 16, seq FROM payments;
INSERT INTO positions SELECT 'credit_notes', seq >> 16, seq FROM credit_notes;
INSERT INTO positions SELECT 'refunds', seq >> 16, seq FROM refunds;

-- Whose an invoice, a payment or a credit note is.
CREATE TABLE object_customers (
	id          text COLLATE "C" PRIMARY KEY,
	customer_id text COLLATE "C" NOT NULL
);
INSERT INTO object_customers SELECT DISTINCT object_id, customer_id FROM events
	WHERE customer_id NOT IN ('', object_id);

-- Invoices that are printed have a name each.
INSERT INTO customer_names SELECT livemode, 'invoice_number', number_key, customer_id FROM invoices
	WHERE number_key <> '';

ALTER TABLE customers DROP CONSTRAINT customers_seq_key, ADD UNIQUE (seq, id);
ALTER TABLE customer_metadata DROP CONSTRAINT customer_metadata_pkey,
	ADD PRIMARY KEY (livemode, key, value, seq, customer_id);
ALTER TABLE invoices DROP CONSTRAINT invoices_seq_key, DROP CONSTRAINT invoices_id_key,
	ADD UNIQUE (seq, customer_id), ADD UNIQUE (id, customer_id);
DROP INDEX invoices_by_number;
CREATE UNIQUE INDEX invoices_by_number ON invoices (livemode, number, customer_id) WHERE number <> '';
DROP INDEX invoices_by_number_key;
CREATE UNIQUE INDEX invoices_by_number_key ON invoices (livemode, number_key, customer_id) WHERE number_key <> '';
ALTER TABLE invoice_metadata DROP CONSTRAINT invoice_metadata_pkey,
	ADD PRIMARY KEY (livemode, key, value, seq, customer_id);
ALTER TABLE payments DROP CONSTRAINT payments_seq_key, DROP CONSTRAINT payments_id_key,
	ADD UNIQUE (seq, customer_id), ADD UNIQUE (id, customer_id);
ALTER TABLE payment_metadata DROP CONSTRAINT payment_metadata_pkey,
	ADD PRIMARY KEY (livemode, key, value, seq, customer_id);
ALTER TABLE credit_notes DROP CONSTRAINT credit_notes_seq_key, DROP CONSTRAINT credit_notes_id_key,
	ADD UNIQUE (seq, customer_id), ADD UNIQUE (id, customer_id);
ALTER TABLE refunds DROP CONSTRAINT refunds_seq_key, DROP CONSTRAINT refunds_id_key,
	ADD UNIQUE (seq, customer_id), ADD UNIQUE (id, customer_id);
ALTER TABLE ledger DROP CONSTRAINT ledger_id_key, ADD UNIQUE (id, customer_id);
ALTER TABLE events DROP CONSTRAINT events_pkey, ADD PRIMARY KEY (seq, customer_id);
DROP INDEX events_by_object;
CREATE UNIQUE INDEX events_by_object ON events (object_id, object_version, customer_id);
