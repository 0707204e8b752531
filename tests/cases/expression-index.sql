-- An index on an expression is none on its column.
-- schema
CREATE TABLE customers (id int PRIMARY KEY, email varchar(60) NOT NULL, country text NOT NULL);
INSERT INTO customers SELECT i, 'c' || i || '@example.com', 'country ' || i % 50 FROM generate_series(1, 60000) AS i;
ANALYZE customers;
CREATE INDEX customers_lower ON public.customers (lower(email));
ANALYZE customers;
-- query
SELECT * FROM customers WHERE email = 'c42@example.com';
-- expect
CREATE INDEX customers_email_idx ON public.customers (email);
