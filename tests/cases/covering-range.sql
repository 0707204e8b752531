-- A range that keeps most rows is still a tenth of the table, when the index holds the two columns that are read.
-- schema orders
-- query
SELECT sum(total) FROM orders WHERE placed_at >= '2024-06-01';
-- expect
CREATE INDEX ON orders (placed_at) INCLUDE (total);
or CREATE INDEX ON orders (placed_at, total);
-- ideal
CREATE INDEX ON orders (placed_at) INCLUDE (total);
