-- What stands for a missing value.
-- schema orders
-- query
SELECT * FROM orders WHERE coalesce(shipped_at, placed_at) < '2024-01-03';
-- expect
CREATE INDEX ON orders (coalesce(shipped_at, placed_at));
-- ideal
CREATE INDEX ON orders (coalesce(shipped_at, placed_at));
