-- The trigger of a foreign key looks for orders of each customer that is deleted.
-- schema
CREATE TABLE customers (id int PRIMARY KEY);
CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customers);
INSERT INTO customers SELECT i FROM generate_series(1, 1000) AS i;
INSERT INTO orders SELECT i, 101 + i % 900 FROM generate_series(1, 60000) AS i;
ANALYZE customers, orders;
-- query
DELETE FROM customers WHERE id <= 20;
-- expect
CREATE INDEX orders_customer_id_idx ON public.orders (customer_id);
