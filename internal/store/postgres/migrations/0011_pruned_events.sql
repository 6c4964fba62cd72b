-- oldest: 6
-- What stays of events that were removed: with it the hashes of the others are proven.
CREATE TABLE pruned_events (
	position bigint PRIMARY KEY,
	payload  bytea  NOT NULL -- SHA-256 of what the event said
);
