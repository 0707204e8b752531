-- A window reads its rows in order, behind the equality, out of an index that holds all that is read.
-- schema orders
-- query
SELECT id, row_number() OVER (PARTITION BY customer_id ORDER BY placed_at) FROM orders WHERE status = 'open';
-- expect
CREATE INDEX ON orders (status, customer_id, placed_at) INCLUDE (id);
or CREATE INDEX ON orders (status, customer_id, placed_at, id);
or CREATE INDEX ON orders (customer_id, placed_at) INCLUDE (id) WHERE status = 'open';
or CREATE INDEX ON orders (customer_id, placed_at, id) WHERE status = 'open';
-- ideal
CREATE INDEX ON orders (customer_id, placed_at) INCLUDE (id) WHERE status = 'open';
