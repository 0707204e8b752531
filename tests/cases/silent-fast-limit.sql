-- The first ten rows are found soon without any order.
-- schema orders
-- query
SELECT * FROM orders WHERE status = 'open' LIMIT 10;
-- expect
silence: too little for an index
