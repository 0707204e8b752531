-- The newest orders with their customers: the order alone ends the reading.
-- schema orders customers
-- query
SELECT o.id, o.placed_at, c.name FROM orders o JOIN customers c ON c.id = o.customer_id ORDER BY o.placed_at DESC LIMIT 10;
-- expect
CREATE INDEX ON orders (placed_at);
-- ideal
CREATE INDEX ON orders (placed_at);
