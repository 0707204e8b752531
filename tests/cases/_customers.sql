-- The customers of the orders, in 50 countries. Nobody searches them by e-mail yet.
CREATE TABLE customers (id int PRIMARY KEY, email text NOT NULL, name text NOT NULL, country text NOT NULL);
INSERT INTO customers SELECT i, 'c' || i || '@example.com', initcap(md5(i::text)), 'country ' || i % 50
FROM generate_series(0, 2999) AS i;
VACUUM ANALYZE customers;
