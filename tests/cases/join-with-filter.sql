-- The joined table has a condition of its own.
-- schema orders customers
CREATE UNIQUE INDEX ON customers (email);
-- query
SELECT o.* FROM customers c JOIN orders o ON o.customer_id = c.id WHERE c.email = 'c42@example.com' AND o.status = 'open';
-- expect
CREATE INDEX ON orders (customer_id);
or CREATE INDEX ON orders (customer_id, status);
or CREATE INDEX ON orders (status, customer_id);
or CREATE INDEX ON orders (customer_id) WHERE status = 'open';
-- ideal
CREATE INDEX ON orders (customer_id) WHERE status = 'open';
