-- oldest: 6
-- An event's position in the one order of all is given after its transaction has committed: numbers that are drawn
-- before become visible out of order. With it the event gets a hash over the one before and itself. Of every sixteenth
-- version of an object its event has the whole.
ALTER TABLE events ADD COLUMN position bigint;
ALTER TABLE events ADD COLUMN hash bytea;
ALTER TABLE events ADD COLUMN state text COLLATE "C";
CREATE INDEX events_without_hash ON events (position, seq) WHERE hash IS NULL;
DROP INDEX IF EXISTS events_of_mode;
CREATE INDEX events_of_mode ON events (livemode, position, seq);
CREATE INDEX events_of_customer ON events (customer_id, position) WHERE customer_id <> '';
CREATE INDEX events_of_type ON events (livemode, type, position);
