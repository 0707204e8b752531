-- One customer is found by e-mail, and the orders are hashed for it.
-- schema orders customers
CREATE UNIQUE INDEX ON customers (email);
-- query
SELECT o.* FROM customers c JOIN orders o ON o.customer_id = c.id WHERE c.email = 'c42@example.com';
-- expect
CREATE INDEX ON orders (customer_id);
-- ideal
CREATE INDEX ON orders (customer_id);
