-- A range that keeps little beats the order: few rows are left to sort.
-- schema orders
-- query
SELECT * FROM orders WHERE placed_at >= '2024-03-01' AND placed_at < '2024-03-02' ORDER BY total DESC LIMIT 10;
-- expect
CREATE INDEX ON orders (placed_at);
-- ideal
CREATE INDEX ON orders (placed_at);
