-- oldest: 6
-- Each event has a hash over the one before and itself; those that are here already get theirs by the program, see
-- internal/store/sqlite/events.go. Of every sixteenth version of an object its event has the whole.
ALTER TABLE events ADD COLUMN hash BLOB;
ALTER TABLE events ADD COLUMN state TEXT;
CREATE INDEX events_without_hash ON events (seq) WHERE hash IS NULL;
CREATE INDEX events_of_customer ON events (customer_id, seq) WHERE customer_id <> '';
CREATE INDEX events_of_type ON events (livemode, type, seq);
