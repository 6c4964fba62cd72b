-- oldest: 6
-- Whether a secret is the key of the vendor's component signature.
ALTER TABLE webhook_secrets ADD COLUMN component INTEGER NOT NULL DEFAULT 0;
