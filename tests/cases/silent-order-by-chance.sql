-- An order that is made up each time.
-- schema orders
-- query
SELECT * FROM orders ORDER BY random() LIMIT 10;
-- expect
silence
