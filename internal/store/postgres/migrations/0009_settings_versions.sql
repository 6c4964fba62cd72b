-- An issued invoice is printed as it was: with the settings that there were. Those of today are version 0, for what was
-- issued before.
CREATE TABLE settings_versions (
	livemode boolean NOT NULL,
	version  bigint  NOT NULL,
	doc      text    COLLATE "C" NOT NULL,
	PRIMARY KEY (livemode, version)
);
INSERT INTO settings_versions SELECT livemode, 0, doc FROM settings;
INSERT INTO settings_versions SELECT livemode, version, doc FROM settings;
DO $$ BEGIN -- where tables are distributed, every machine has it
	IF EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus') THEN
		IF EXISTS (SELECT 1 FROM pg_dist_partition WHERE logicalrelid = 'settings'::regclass) THEN
			PERFORM create_reference_table('settings_versions');
		END IF;
	END IF;
END $$;

-- Whether a number that is missing was that of a draft.
CREATE INDEX events_of_deleted_invoices ON events (customer_id) WHERE type = 'invoice.deleted';

-- Which script each step was applied with; '' where that was not kept.
ALTER TABLE schema_migrations ADD COLUMN checksum text NOT NULL DEFAULT '';
