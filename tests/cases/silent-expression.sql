-- A function of a column is not the column.
-- schema
CREATE TABLE customers (id int PRIMARY KEY, email varchar(60) NOT NULL, country text NOT NULL);
INSERT INTO customers SELECT i, 'c' || i || '@example.com', 'country ' || i % 50 FROM generate_series(1, 60000) AS i;
ANALYZE customers;
-- query
SELECT * FROM customers WHERE lower(email) = 'c42@example.com';
-- expect
silence: no B-tree column answers `(lower(
