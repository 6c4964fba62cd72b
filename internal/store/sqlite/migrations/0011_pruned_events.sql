-- oldest: 6
-- What stays of events that were removed: with it the hashes of the others are proven.
CREATE TABLE pruned_events (
	position INTEGER PRIMARY KEY,
	payload  BLOB    NOT NULL -- SHA-256 of what the event said
) STRICT;
