-- A partial index that fits is found by the planner.
-- schema
CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL, agent_id int NOT NULL, status text NOT NULL,
    total int NOT NULL, placed_at timestamp NOT NULL, shipped_at timestamp, note text);
INSERT INTO orders SELECT i, i * 7919 % 3000, i * 10477 % 40, CASE WHEN i % 100 < 90 THEN 'paid' WHEN i % 100 < 99 THEN 'open' ELSE 'lost' END,
    i * 31 % 10007, timestamp '2024-01-01' + i * 7 % 60000 * interval '10 minutes',
    CASE WHEN i % 3 > 0 THEN timestamp '2024-01-02' + i * 11 % 60000 * interval '10 minutes' END, repeat('x', 60)
FROM generate_series(1, 60000) AS i;
CREATE INDEX orders_lost ON public.orders (customer_id) WHERE status = 'lost';
ANALYZE orders;
-- query
SELECT * FROM orders WHERE customer_id = 42 AND status = 'lost';
-- expect
silence: too little for an index
