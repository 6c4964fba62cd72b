-- The movements of every customer's account are rows, and each says what the balances were after it.
ALTER TABLE ledger RENAME COLUMN amount TO credit;
ALTER TABLE ledger
	ADD COLUMN reason            text COLLATE "C",
	ADD COLUMN credit_note_id    text COLLATE "C", -- '' for none, as below
	ADD COLUMN refund_id         text COLLATE "C",
	ADD COLUMN reverses          text COLLATE "C", -- the movement that this one takes back
	ADD COLUMN due_date          bigint,           -- of the invoice, unix seconds; 0 for none
	ADD COLUMN unapplied         numeric,          -- the change of the money received that is not applied
	ADD COLUMN ending_receivable numeric,          -- the customer's balances in the currency after it
	ADD COLUMN ending_credit     numeric,
	ADD COLUMN ending_unapplied  numeric,
	ADD COLUMN description       text COLLATE "C",
	ADD COLUMN metadata          text COLLATE "C",
	ADD COLUMN requested_by      text COLLATE "C";
UPDATE ledger l SET reason = d ->> 'reason', credit_note_id = coalesce(d ->> 'credit_note_id', ''), refund_id = '',
		reverses = '', due_date = coalesce((SELECT due_date FROM invoices i
			WHERE i.customer_id = l.customer_id AND i.id = l.invoice_id), 0),
		unapplied = 0, ending_receivable = b.receivable, ending_credit = b.credit, ending_unapplied = 0,
		description = d ->> 'description', metadata = d -> 'metadata', requested_by = d ->> 'requested_by'
	FROM (SELECT customer_id, seq, doc::json AS d, sum(receivable) OVER so_far AS receivable, sum(credit) OVER so_far AS credit
		FROM ledger WINDOW so_far AS (PARTITION BY customer_id, currency_id ORDER BY seq)) b
	WHERE l.customer_id = b.customer_id AND l.seq = b.seq;
ALTER TABLE ledger
	ALTER COLUMN reason SET NOT NULL, ALTER COLUMN credit_note_id SET NOT NULL, ALTER COLUMN refund_id SET NOT NULL,
	ALTER COLUMN reverses SET NOT NULL, ALTER COLUMN due_date SET NOT NULL, ALTER COLUMN unapplied SET NOT NULL,
	ALTER COLUMN ending_receivable SET NOT NULL, ALTER COLUMN ending_credit SET NOT NULL,
	ALTER COLUMN ending_unapplied SET NOT NULL, ALTER COLUMN description SET NOT NULL, ALTER COLUMN metadata SET NOT NULL,
	ALTER COLUMN requested_by SET NOT NULL, DROP COLUMN doc;
DROP INDEX ledger_credit;
CREATE UNIQUE INDEX ledger_reversals ON ledger (customer_id, reverses) WHERE reverses <> '';
CREATE INDEX ledger_by_currency ON ledger (customer_id, currency_id, seq);
CREATE INDEX ledger_by_payment ON ledger (customer_id, payment_id) WHERE payment_id <> '';
CREATE INDEX ledger_by_time ON ledger (livemode, seq);

-- What the movements of all customers of a mode come to. Sums have parts, as counts have.
CREATE TABLE ledger_sums (
	part        smallint NOT NULL,
	livemode    boolean  NOT NULL,
	figure      text     COLLATE "C" NOT NULL,
	level       smallint NOT NULL, -- 0: bucket is a day, counted from 1970; 1: a span of 32 days
	bucket      bigint   NOT NULL,
	currency_id text     COLLATE "C" NOT NULL,
	due_day     bigint   NOT NULL, -- of the invoices; 0 where the figure is not by due day
	amount      numeric  NOT NULL,
	PRIMARY KEY (livemode, figure, level, bucket, currency_id, due_day, part)
);
-- What was added and is not in ledger_sums yet, so that nobody waits for another to add.
CREATE TABLE ledger_sum_changes (
	part        smallint NOT NULL,
	livemode    boolean  NOT NULL,
	figure      text     COLLATE "C" NOT NULL,
	day         bigint   NOT NULL, -- of the movement
	currency_id text     COLLATE "C" NOT NULL,
	due_day     bigint   NOT NULL,
	change      numeric  NOT NULL
);

-- What payments are found by besides; the code of this step writes it for those that are there.
ALTER TABLE payments
	ADD COLUMN reference   text COLLATE "C" NOT NULL DEFAULT '',
	ADD COLUMN amount      numeric NOT NULL DEFAULT 0,
	ADD COLUMN unallocated numeric NOT NULL DEFAULT 0; -- what is left of it
CREATE INDEX payments_by_reference ON payments (customer_id, reference, seq) WHERE reference <> '';
CREATE INDEX payments_unapplied ON payments (livemode, seq) WHERE unallocated <> 0;

-- What search looks into of a payment, folded.
CREATE TABLE payment_texts (
	customer_id text    COLLATE "C" NOT NULL,
	seq         bigint  NOT NULL,
	livemode    boolean NOT NULL,
	text        text    COLLATE "C" NOT NULL,
	PRIMARY KEY (customer_id, seq)
);
CREATE INDEX payment_texts_by_piece ON payment_texts USING gin (text gin_trgm_ops);

CREATE TABLE refunds (
	customer_id text    COLLATE "C" NOT NULL,
	seq         bigint  NOT NULL UNIQUE,
	id          text    COLLATE "C" NOT NULL UNIQUE,
	livemode    boolean NOT NULL,
	currency_id text    COLLATE "C" NOT NULL,
	payment_id  text    COLLATE "C" NOT NULL, -- '' when it is of the customer's credit
	invoice_id  text    COLLATE "C" NOT NULL, -- '' when it came of none
	doc         text    COLLATE "C" NOT NULL,
	PRIMARY KEY (customer_id, seq)
);
CREATE INDEX refunds_by_time ON refunds (livemode, seq);
CREATE INDEX refunds_by_payment ON refunds (payment_id, seq) WHERE payment_id <> '';
CREATE INDEX refunds_by_invoice ON refunds (invoice_id, seq) WHERE invoice_id <> '';

-- Until when an open invoice is not given up by itself: unix seconds.
ALTER TABLE invoices ADD COLUMN held_until bigint NOT NULL DEFAULT 0;
