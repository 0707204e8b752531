-- Each branch needs its own index: a set of two.
-- schema orders
-- query
SELECT id FROM orders WHERE customer_id = 42 UNION ALL SELECT id FROM orders WHERE total = 77;
-- expect
CREATE INDEX ON orders (customer_id);
or CREATE INDEX ON orders (customer_id) INCLUDE (id);
CREATE INDEX ON orders (total);
or CREATE INDEX ON orders (total) INCLUDE (id);
-- ideal
CREATE INDEX ON orders (customer_id);
CREATE INDEX ON orders (total);
