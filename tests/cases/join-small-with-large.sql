-- One customer is found by e-mail, and the orders are hashed for it.
-- schema
CREATE TABLE customers (id int PRIMARY KEY, email varchar(60) NOT NULL, country text NOT NULL);
INSERT INTO customers SELECT i, 'c' || i || '@example.com', 'country ' || i % 50 FROM generate_series(1, 3000) AS i;
ANALYZE customers;
CREATE UNIQUE INDEX ON customers (email);
CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL, agent_id int NOT NULL, status text NOT NULL,
    total int NOT NULL, placed_at timestamp NOT NULL, shipped_at timestamp, note text);
INSERT INTO orders SELECT i, i * 7919 % 3000, i * 10477 % 40, CASE WHEN i % 100 < 90 THEN 'paid' WHEN i % 100 < 99 THEN 'open' ELSE 'lost' END,
    i * 31 % 10007, timestamp '2024-01-01' + i * 7 % 60000 * interval '10 minutes',
    CASE WHEN i % 3 > 0 THEN timestamp '2024-01-02' + i * 11 % 60000 * interval '10 minutes' END, repeat('x', 60)
FROM generate_series(1, 60000) AS i;
ANALYZE orders;
-- query
SELECT o.* FROM customers c JOIN orders o ON o.customer_id = c.id WHERE c.email = 'c42@example.com';
-- expect
CREATE INDEX orders_customer_id_idx ON public.orders (customer_id);
