-- Nine rows in ten are wanted.
-- schema orders
-- query
SELECT * FROM orders WHERE status = 'paid';
-- expect
silence: it keeps 90 % of the rows that it reads
