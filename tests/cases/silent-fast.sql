-- What takes next to nothing is fast enough.
-- schema orders
-- query
SELECT * FROM orders WHERE id = 42;
-- expect
silence: too little for an index
