-- The index holds all that is read, and is all that is read.
-- schema orders
CREATE INDEX orders_placed_total ON orders (placed_at) INCLUDE (total);
-- query
SELECT sum(total) FROM orders WHERE placed_at >= '2024-06-01';
-- expect
silence
