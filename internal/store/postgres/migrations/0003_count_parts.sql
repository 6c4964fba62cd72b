-- Counts have parts, so that several machines can each keep some: one machine has part 0 alone.
ALTER TABLE row_counts ADD COLUMN part smallint NOT NULL DEFAULT 0;
ALTER TABLE row_counts ALTER COLUMN part DROP DEFAULT;
ALTER TABLE row_counts DROP CONSTRAINT row_counts_pkey;
ALTER TABLE row_counts ADD PRIMARY KEY (kind, livemode, bits, bucket, part);
ALTER TABLE row_count_changes ADD COLUMN part smallint NOT NULL DEFAULT 0;
ALTER TABLE row_count_changes ALTER COLUMN part DROP DEFAULT;
