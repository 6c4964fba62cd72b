-- oldest: 6
-- Subscriptions that customers had elsewhere, as they were there.
CREATE TABLE subscriptions (
	customer_id text    COLLATE "C" NOT NULL,
	seq         bigint  NOT NULL UNIQUE,
	id          text    COLLATE "C" NOT NULL UNIQUE,
	livemode    boolean NOT NULL,
	doc         text    COLLATE "C" NOT NULL,
	PRIMARY KEY (customer_id, seq)
);
CREATE INDEX subscriptions_by_time ON subscriptions (livemode, seq);
ALTER TABLE customers ADD COLUMN subscriptions bigint NOT NULL DEFAULT 0;
