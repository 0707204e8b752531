-- A volatile function is called for each row, whatever an index says.
-- schema orders
-- query
SELECT * FROM orders WHERE random() < 0.001;
-- expect
silence
