-- Every change of every object, in the transaction that made it.
CREATE TABLE events (
	seq            INTEGER PRIMARY KEY AUTOINCREMENT,
	id             TEXT    NOT NULL UNIQUE,
	livemode       INTEGER NOT NULL,
	type           TEXT    NOT NULL,
	object_id      TEXT    NOT NULL,
	object_version INTEGER NOT NULL,
	doc            TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX events_by_object ON events (object_id, object_version);

-- The answers given to requests that may be sent again.
CREATE TABLE answers (
	actor       TEXT    NOT NULL,
	key         TEXT    NOT NULL, -- an Idempotency-Key or a signature
	fingerprint BLOB    NOT NULL, -- of the request
	answered_at INTEGER NOT NULL, -- unix milliseconds
	object_version INTEGER NOT NULL,
	created     INTEGER NOT NULL,
	doc         TEXT    NOT NULL,
	refusal     TEXT    NOT NULL, -- the error, when the request was refused
	PRIMARY KEY (actor, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX answers_by_time ON answers (answered_at);
