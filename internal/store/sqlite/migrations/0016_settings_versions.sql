-- An issued invoice is printed as it was: with the settings that there were. Those of today are version 0, for what was
-- issued before.
CREATE TABLE settings_versions (
	livemode INTEGER NOT NULL,
	version  INTEGER NOT NULL,
	doc      TEXT    NOT NULL,
	PRIMARY KEY (livemode, version)
) STRICT, WITHOUT ROWID;
INSERT INTO settings_versions SELECT livemode, 0, doc FROM settings;
INSERT INTO settings_versions SELECT livemode, version, doc FROM settings;

-- Whether a number that is missing was that of a draft.
CREATE INDEX events_of_deleted_invoices ON events (customer_id) WHERE type = 'invoice.deleted';

-- Which script each step was applied with; '' where that was not kept.
ALTER TABLE schema_migrations ADD COLUMN checksum TEXT NOT NULL DEFAULT '';
