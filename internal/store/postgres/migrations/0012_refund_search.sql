-- What search looks into of a refund, folded.
CREATE TABLE refund_texts (
	customer_id text    COLLATE "C" NOT NULL,
	seq         bigint  NOT NULL,
	livemode    boolean NOT NULL,
	text        text    COLLATE "C" NOT NULL,
	PRIMARY KEY (customer_id, seq)
);
CREATE INDEX refund_texts_by_piece ON refund_texts USING gin (text gin_trgm_ops);
INSERT INTO refund_texts SELECT customer_id, seq, livemode, lower(concat_ws(chr(10), id, payment_id, invoice_id,
	doc::json ->> 'reason', doc::json ->> 'description')) FROM refunds;
DO $$ BEGIN
	IF to_regclass('pg_dist_partition') IS NOT NULL THEN
		IF EXISTS (SELECT FROM pg_dist_partition WHERE logicalrel = 'customers'::regclass) THEN
			PERFORM create_distributed_table('refund_texts', 'customer_id', colocate_with => 'customers');
		END IF;
	END IF;
END $$;
