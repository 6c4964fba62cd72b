-- How many steps a program must know to go on beside a step, 0 for all up to it: see docs/upgrade.md.
ALTER TABLE schema_migrations ADD COLUMN oldest INTEGER NOT NULL DEFAULT 0;
