-- What is not equal is nearly everything.
-- schema orders
-- query
SELECT * FROM orders WHERE customer_id <> 42;
-- expect
silence: of the rows that it reads
