-- A range that keeps a fifth loses against the order: ten rows are found soon.
-- schema orders
-- query
SELECT * FROM orders WHERE placed_at < '2024-03-24' ORDER BY total DESC LIMIT 10;
-- expect
CREATE INDEX ON orders (total);
or CREATE INDEX ON orders (total, placed_at);
-- ideal
CREATE INDEX ON orders (total);
