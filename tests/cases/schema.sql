-- A table of another schema is named with it.
-- schema
CREATE SCHEMA sales;
CREATE TABLE sales.orders (id int PRIMARY KEY, customer_id int NOT NULL, note text);
INSERT INTO sales.orders SELECT i, i * 7919 % 3000, repeat('x', 60) FROM generate_series(1, 60000) AS i;
ANALYZE sales.orders;
-- query
SELECT * FROM sales.orders WHERE customer_id = 42;
-- expect
CREATE INDEX ON sales.orders (customer_id);
-- ideal
CREATE INDEX ON sales.orders (customer_id);
