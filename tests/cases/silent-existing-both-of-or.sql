-- Both sides of an OR have their indexes; the time is spent on the rows.
-- schema orders
CREATE INDEX ON orders (customer_id);
CREATE INDEX ON orders (total);
-- query
SELECT id, md5(repeat(note, 5000)) FROM orders WHERE customer_id = 42 OR total = 77;
-- expect
silence
