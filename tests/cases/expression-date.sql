-- The day of a timestamp without time zone is the same everywhere.
-- schema orders
-- query
SELECT * FROM orders WHERE placed_at::date = '2024-03-01';
-- expect
CREATE INDEX ON orders ((placed_at::date));
-- ideal
CREATE INDEX ON orders ((placed_at::date));
