-- The trigger of a foreign key looks for orders of each customer that is deleted.
-- schema
CREATE TABLE customers (id int PRIMARY KEY);
INSERT INTO customers SELECT generate_series(1, 1000);
CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customers, note text);
INSERT INTO orders SELECT i, 21 + i * 7919 % 980, repeat('x', 60) FROM generate_series(1, 60000) AS i;
ANALYZE customers, orders;
-- query
DELETE FROM customers WHERE id <= 20;
-- expect
CREATE INDEX ON orders (customer_id);
-- ideal
CREATE INDEX ON orders (customer_id);
