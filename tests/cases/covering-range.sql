-- A range that keeps a quarter has rows on every page of the table; an index that holds what is summed has them together.
-- schema orders
-- query
SELECT sum(total) FROM orders WHERE placed_at >= '2024-11-01';
-- expect
CREATE INDEX ON orders (placed_at) INCLUDE (total);
or CREATE INDEX ON orders (placed_at, total);
-- ideal
CREATE INDEX ON orders (placed_at) INCLUDE (total);
