-- What the journal calls customers whose movements are closed, and the accounts that they have of their own.
ALTER TABLE closing_digests ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE closing_digests ADD COLUMN account TEXT NOT NULL DEFAULT '';
