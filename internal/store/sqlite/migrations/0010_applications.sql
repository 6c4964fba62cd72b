-- oldest: 6
-- Applications are described as keys are, and have events. A server of before reads and writes the columns it knows.
CREATE TABLE applications (
	seq        INTEGER PRIMARY KEY,
	id         TEXT    NOT NULL UNIQUE,
	livemode   INTEGER NOT NULL DEFAULT 0, -- they are of both modes
	version    INTEGER NOT NULL DEFAULT 2,
	name       TEXT    NOT NULL,
	public_key BLOB    NOT NULL UNIQUE, -- Ed25519
	created_at INTEGER NOT NULL, -- unix milliseconds
	revoked_at INTEGER,
	doc        TEXT    NOT NULL DEFAULT ''
) STRICT;
INSERT INTO applications (id, name, public_key, created_at, revoked_at, doc)
SELECT id, name, public_key, created_at, revoked_at,
	'{"id":' || json_quote(id) || ',"object":"application","name":' || json_quote(name) ||
	',"public_key":"' || lower(hex(public_key)) || '"' || CASE WHEN revoked_at IS NULL THEN '' ELSE
		',"revoked_at":"' || strftime('%Y-%m-%dT%H:%M:%S.', revoked_at / 1000, 'unixepoch') ||
		printf('%03dZ"', revoked_at % 1000) END ||
	',"created_at":"' || strftime('%Y-%m-%dT%H:%M:%S.', created_at / 1000, 'unixepoch') ||
	printf('%03dZ"}', created_at % 1000)
FROM apps ORDER BY created_at, id;
DROP TABLE apps;
ALTER TABLE applications RENAME TO apps;
