-- Days that are closed: nothing dated on the last of them or before is recorded.
CREATE TABLE closings (
	seq      bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	id       text    COLLATE "C" NOT NULL UNIQUE,
	livemode boolean NOT NULL,
	version  bigint  NOT NULL,
	through  bigint  NOT NULL, -- days since 1970
	closed   boolean NOT NULL, -- false once it was reopened
	doc      text    COLLATE "C" NOT NULL
);
-- Over what was closed of each customer.
CREATE TABLE closing_digests (
	customer_id text  COLLATE "C" NOT NULL,
	closing_id  text  COLLATE "C" NOT NULL,
	currency_id text  COLLATE "C" NOT NULL,
	digest      bytea NOT NULL,
	PRIMARY KEY (customer_id, closing_id, currency_id)
);
CREATE INDEX closing_digests_of_closing ON closing_digests (closing_id, customer_id, currency_id);
CREATE INDEX ledger_of_mode_by_date ON ledger (livemode, date, seq);
