-- oldest: 6
-- Applications are described as keys are, and have events. A server of before reads and writes the columns it knows.
ALTER TABLE apps ADD COLUMN seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE;
ALTER TABLE apps ADD COLUMN livemode boolean NOT NULL DEFAULT false; -- they are of both modes
ALTER TABLE apps ADD COLUMN version bigint NOT NULL DEFAULT 2;
ALTER TABLE apps ADD COLUMN doc text COLLATE "C" NOT NULL DEFAULT '';
UPDATE apps SET doc = '{"id":' || to_json(id) || ',"object":"application","name":' || to_json(name) ||
	',"public_key":"' || encode(public_key, 'hex') || '"' || CASE WHEN revoked_at IS NULL THEN '' ELSE
		',"revoked_at":' || to_json(to_char(to_timestamp(revoked_at / 1000) AT TIME ZONE 'UTC',
			'YYYY-MM-DD"T"HH24:MI:SS.') || lpad((revoked_at % 1000)::text, 3, '0') || 'Z') END ||
	',"created_at":' || to_json(to_char(to_timestamp(created_at / 1000) AT TIME ZONE 'UTC',
		'YYYY-MM-DD"T"HH24:MI:SS.') || lpad((created_at % 1000)::text, 3, '0') || 'Z') || '}';
