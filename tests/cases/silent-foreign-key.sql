-- The foreign key has its index; what takes the time is to delete what it finds.
-- schema
CREATE TABLE customers (id int PRIMARY KEY);
INSERT INTO customers SELECT generate_series(1, 1000);
CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customers ON DELETE CASCADE, note text);
INSERT INTO orders SELECT i, 1 + i * 7919 % 1000, repeat('x', 60) FROM generate_series(1, 60000) AS i;
CREATE INDEX ON orders (customer_id);
ANALYZE customers, orders;
-- query
DELETE FROM customers WHERE id <= 20;
-- expect
silence: `orders_customer_id_idx` already serves the foreign key
