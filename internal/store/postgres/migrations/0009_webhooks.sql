-- oldest: 6
-- Addresses that are told of events.
CREATE TABLE webhook_endpoints (
	seq      bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	id       text    COLLATE "C" NOT NULL UNIQUE,
	livemode boolean NOT NULL,
	version  bigint  NOT NULL,
	doc      text    COLLATE "C" NOT NULL
);
-- What signs the requests to an endpoint.
CREATE TABLE webhook_secrets (
	endpoint_id text    COLLATE "C" NOT NULL,
	secret      text    COLLATE "C" NOT NULL PRIMARY KEY, -- encrypted, where the operator has given a key
	created_at  bigint  NOT NULL, -- unix milliseconds, as below
	expires_at  bigint  NOT NULL  -- the last but one of all integers for never
);
CREATE INDEX webhook_secrets_of_endpoint ON webhook_secrets (endpoint_id, created_at);
-- When something is due for an endpoint, and who works on that.
CREATE TABLE webhook_queues (
	endpoint_id text    COLLATE "C" PRIMARY KEY,
	next_at     bigint  NOT NULL,
	holder      text    COLLATE "C" NOT NULL, -- a server, or ''
	held_until  bigint  NOT NULL
);
CREATE INDEX webhook_queues_by_time ON webhook_queues (next_at);
-- The events that an endpoint is still to be told of.
CREATE TABLE webhook_deliveries (
	endpoint_id text    COLLATE "C" NOT NULL,
	position    bigint  NOT NULL, -- of the event
	event_id    text    COLLATE "C" NOT NULL,
	object_id   text    COLLATE "C" NOT NULL,
	tries       bigint  NOT NULL, -- that failed
	next_at     bigint  NOT NULL, -- the largest integer for one that waits for an earlier one about the same object
	PRIMARY KEY (endpoint_id, position)
);
CREATE INDEX webhook_deliveries_by_time ON webhook_deliveries (endpoint_id, next_at, position);
CREATE INDEX webhook_deliveries_of_object ON webhook_deliveries (endpoint_id, object_id, position);
CREATE INDEX webhook_deliveries_of_event ON webhook_deliveries (event_id);
-- What was sent, and what was answered.
CREATE TABLE webhook_attempts (
	id              text    COLLATE "C" PRIMARY KEY,
	livemode        boolean NOT NULL,
	endpoint_id     text    COLLATE "C" NOT NULL,
	event_id        text    COLLATE "C" NOT NULL,
	succeeded       boolean NOT NULL,
	response_status bigint  NOT NULL,
	response_body   text    COLLATE "C" NOT NULL,
	retry_count     bigint  NOT NULL,
	created_at      bigint  NOT NULL
);
CREATE INDEX webhook_attempts_of_endpoint ON webhook_attempts (endpoint_id, created_at, id);
CREATE INDEX webhook_attempts_by_time ON webhook_attempts (created_at);
-- Up to which position who acts on events has read them.
CREATE TABLE consumers (
	name     text    COLLATE "C" PRIMARY KEY,
	position bigint  NOT NULL
);
