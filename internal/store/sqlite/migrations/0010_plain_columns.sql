-- The mode in whose lists a customer is; NULL when it is deleted.
ALTER TABLE customers RENAME COLUMN shown TO listed_mode;
ALTER TABLE invoices RENAME COLUMN zero TO total_is_zero;
