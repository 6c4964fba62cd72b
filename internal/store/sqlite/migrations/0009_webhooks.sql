-- oldest: 6
-- Addresses that are told of events.
CREATE TABLE webhook_endpoints (
	seq      INTEGER PRIMARY KEY,
	id       TEXT    NOT NULL UNIQUE,
	livemode INTEGER NOT NULL,
	version  INTEGER NOT NULL,
	doc      TEXT    NOT NULL
) STRICT;
-- What signs the requests to an endpoint.
CREATE TABLE webhook_secrets (
	endpoint_id TEXT    NOT NULL,
	secret      TEXT    NOT NULL PRIMARY KEY, -- encrypted, where the operator has given a key
	created_at  INTEGER NOT NULL, -- unix milliseconds, as below
	expires_at  INTEGER NOT NULL  -- the last but one of all integers for never
) STRICT;
CREATE INDEX webhook_secrets_of_endpoint ON webhook_secrets (endpoint_id, created_at);
-- When something is due for an endpoint, and who works on that.
CREATE TABLE webhook_queues (
	endpoint_id TEXT    PRIMARY KEY,
	next_at     INTEGER NOT NULL,
	holder      TEXT    NOT NULL, -- a server, or ''
	held_until  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX webhook_queues_by_time ON webhook_queues (next_at);
-- The events that an endpoint is still to be told of.
CREATE TABLE webhook_deliveries (
	endpoint_id TEXT    NOT NULL,
	position    INTEGER NOT NULL, -- of the event
	event_id    TEXT    NOT NULL,
	object_id   TEXT    NOT NULL,
	tries       INTEGER NOT NULL, -- that failed
	next_at     INTEGER NOT NULL, -- the largest integer for one that waits for an earlier one about the same object
	PRIMARY KEY (endpoint_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX webhook_deliveries_by_time ON webhook_deliveries (endpoint_id, next_at, position);
CREATE INDEX webhook_deliveries_of_object ON webhook_deliveries (endpoint_id, object_id, position);
CREATE INDEX webhook_deliveries_of_event ON webhook_deliveries (event_id);
-- What was sent, and what was answered.
CREATE TABLE webhook_attempts (
	id              TEXT    PRIMARY KEY,
	livemode        INTEGER NOT NULL,
	endpoint_id     TEXT    NOT NULL,
	event_id        TEXT    NOT NULL,
	succeeded       INTEGER NOT NULL,
	response_status INTEGER NOT NULL,
	response_body   TEXT    NOT NULL,
	retry_count     INTEGER NOT NULL,
	created_at      INTEGER NOT NULL
) STRICT;
CREATE INDEX webhook_attempts_of_endpoint ON webhook_attempts (endpoint_id, created_at, id);
CREATE INDEX webhook_attempts_by_time ON webhook_attempts (created_at);
-- Up to which position who acts on events has read them.
CREATE TABLE consumers (
	name     TEXT    PRIMARY KEY,
	position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
