-- The beginning of its day, too.
-- schema orders
-- query
SELECT * FROM orders WHERE date_trunc('day', placed_at) = '2024-03-01';
-- expect
CREATE INDEX ON orders (date_trunc('day', placed_at));
-- ideal
CREATE INDEX ON orders (date_trunc('day', placed_at));
