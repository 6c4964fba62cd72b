-- Who made a key, when it ends by itself and when it was last used.
ALTER TABLE api_keys ADD COLUMN created_by text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE api_keys ADD COLUMN expires_at bigint;   -- unix milliseconds
ALTER TABLE api_keys ADD COLUMN last_used_at bigint; -- unix milliseconds, within a minute
ALTER TABLE api_keys ADD COLUMN version bigint NOT NULL DEFAULT 1;
-- The links of a customer's portal that are open.
CREATE INDEX sessions_of_customers ON sessions (customer_id, created_at) WHERE customer_id <> '';
-- The latest events of a mode.
CREATE INDEX events_of_mode ON events (livemode, seq);
