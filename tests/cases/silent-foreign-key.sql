-- The foreign key has its index; what takes the time is to delete what it finds.
-- schema
CREATE TABLE customers (id int PRIMARY KEY);
CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customers ON DELETE CASCADE);
INSERT INTO customers SELECT i FROM generate_series(1, 1000) AS i;
INSERT INTO orders SELECT i, i % 50 + 1 FROM generate_series(1, 60000) AS i;
CREATE INDEX ON public.orders (customer_id);
ANALYZE customers, orders;
-- query
DELETE FROM customers WHERE id <= 10;
-- expect
silence: `orders_customer_id_idx` already serves the foreign key
