-- What browsers may do for a while.
CREATE TABLE sessions (
	hash       BLOB    PRIMARY KEY, -- SHA-256 of the secret, which is not kept
	kind       TEXT    NOT NULL,
	test_key   BLOB,                -- the hashes of the API keys it was opened with, one a mode
	live_key   BLOB,
	operator   INTEGER NOT NULL,
	customer_id TEXT   NOT NULL,    -- whose portal it opens, or ''
	livemode   INTEGER NOT NULL,
	created_at INTEGER NOT NULL,    -- unix milliseconds
	expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_end ON sessions (expires_at);
