CREATE TABLE api_keys (
	id         TEXT    PRIMARY KEY,
	name       TEXT    NOT NULL,
	livemode   INTEGER NOT NULL,
	scope      TEXT    NOT NULL, -- read or write
	hash       BLOB    NOT NULL UNIQUE, -- SHA-256 of the secret, which is kept nowhere
	hint       TEXT    NOT NULL, -- how the secret starts and ends
	created_at INTEGER NOT NULL, -- unix milliseconds
	revoked_at INTEGER           -- unix milliseconds; may lie ahead
) STRICT, WITHOUT ROWID;

CREATE TABLE apps (
	id         TEXT    PRIMARY KEY,
	name       TEXT    NOT NULL,
	public_key BLOB    NOT NULL UNIQUE, -- Ed25519
	created_at INTEGER NOT NULL,
	revoked_at INTEGER
) STRICT, WITHOUT ROWID;
