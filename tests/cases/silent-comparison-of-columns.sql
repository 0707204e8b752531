-- Two columns of one row are compared: nothing to look for, and most rows are kept.
-- schema orders
-- query
SELECT * FROM orders WHERE customer_id < total;
-- expect
silence
