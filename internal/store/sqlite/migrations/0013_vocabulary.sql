-- oldest: 6
-- The three-letter pieces that the index of customers' texts has: words of two letters are looked up by those that begin
-- with them. These tables keep nothing of their own.
CREATE VIRTUAL TABLE customer_vocabulary_test USING fts5vocab (customer_search_test, row);
CREATE VIRTUAL TABLE customer_vocabulary_live USING fts5vocab (customer_search_live, row);
