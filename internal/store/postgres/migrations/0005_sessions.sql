-- What browsers may do for a while.
CREATE TABLE sessions (
	hash       bytea   PRIMARY KEY, -- SHA-256 of the secret, which is not kept
	kind       text    NOT NULL,
	test_key   bytea,               -- the hashes of the API keys it was opened with, one a mode
	live_key   bytea,
	operator   boolean NOT NULL,
	customer_id text   NOT NULL,    -- whose portal it opens, or ''
	livemode   boolean NOT NULL,
	created_at bigint  NOT NULL,    -- unix milliseconds
	expires_at bigint  NOT NULL
);
CREATE INDEX sessions_by_end ON sessions (expires_at);
