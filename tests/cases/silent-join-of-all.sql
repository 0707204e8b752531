-- All rows of both sides are wanted, with all their columns.
-- schema orders customers
-- query
SELECT * FROM orders o JOIN customers c ON c.id = o.customer_id;
-- expect
silence: it reads every row
