-- What is there in two rows of three.
-- schema orders
-- query
SELECT * FROM orders WHERE shipped_at IS NOT NULL;
-- expect
silence: of the rows that it reads
