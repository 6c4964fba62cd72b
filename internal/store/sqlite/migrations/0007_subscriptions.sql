-- oldest: 6
-- Subscriptions that customers had elsewhere, as they were there.
CREATE TABLE subscriptions (
	seq         INTEGER PRIMARY KEY, -- a position in time, as of customers
	id          TEXT    NOT NULL UNIQUE,
	livemode    INTEGER NOT NULL,
	customer_id TEXT    NOT NULL,
	doc         TEXT    NOT NULL
) STRICT;
CREATE INDEX subscriptions_by_time ON subscriptions (livemode, seq);
CREATE INDEX subscriptions_by_customer ON subscriptions (customer_id, seq);
ALTER TABLE customer_counts ADD COLUMN subscriptions INTEGER NOT NULL DEFAULT 0;
