-- A view stands for its table.
-- schema orders
CREATE VIEW open_orders AS SELECT * FROM orders WHERE status <> 'paid';
-- query
SELECT * FROM open_orders WHERE customer_id = 42;
-- expect
CREATE INDEX ON orders (customer_id);
or CREATE INDEX ON orders (customer_id) WHERE status <> 'paid';
-- ideal
CREATE INDEX ON orders (customer_id) WHERE status <> 'paid';
