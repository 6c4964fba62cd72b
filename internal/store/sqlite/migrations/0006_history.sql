-- What a change replaced is kept with its event, and no object twice.
ALTER TABLE events RENAME TO whole_events; -- read and dropped by the code of this step
DROP INDEX events_by_object;
CREATE TABLE events (
	seq             INTEGER PRIMARY KEY AUTOINCREMENT,
	livemode        INTEGER NOT NULL,
	type            TEXT    NOT NULL,
	object_id       TEXT    NOT NULL,
	object_version  INTEGER NOT NULL,
	created_at      INTEGER NOT NULL, -- unix milliseconds
	request_id      TEXT    NOT NULL,
	idempotency_key TEXT    NOT NULL,
	actor           TEXT    NOT NULL,
	undo            TEXT,             -- makes the object what it was before; NULL when it was created
	digest          BLOB    NOT NULL  -- of the object after the change
) STRICT;
CREATE UNIQUE INDEX events_by_object ON events (object_id, object_version);

-- An answer that is an object is kept as which object at which version.
ALTER TABLE answers ADD COLUMN object_type TEXT NOT NULL DEFAULT '';
ALTER TABLE answers ADD COLUMN object_id TEXT NOT NULL DEFAULT '';
