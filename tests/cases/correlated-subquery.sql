-- A subquery runs once for each customer.
-- schema orders
CREATE TABLE vips (id int PRIMARY KEY, email text NOT NULL);
INSERT INTO vips SELECT i, 'c' || i || '@example.com' FROM generate_series(1, 40) AS i;
ANALYZE vips;
-- query
SELECT v.id, (SELECT sum(o.total) FROM orders o WHERE o.customer_id = v.id) FROM vips v;
-- expect
CREATE INDEX ON orders (customer_id);
or CREATE INDEX ON orders (customer_id) INCLUDE (total);
-- ideal
CREATE INDEX ON orders (customer_id) INCLUDE (total);
