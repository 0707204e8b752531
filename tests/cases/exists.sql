-- Most orders have a refund table row to look for; few have one.
-- schema
CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL, agent_id int NOT NULL, status text NOT NULL,
    total int NOT NULL, placed_at timestamp NOT NULL, shipped_at timestamp, note text);
INSERT INTO orders SELECT i, i * 7919 % 3000, i * 10477 % 40, CASE WHEN i % 100 < 90 THEN 'paid' WHEN i % 100 < 99 THEN 'open' ELSE 'lost' END,
    i * 31 % 10007, timestamp '2024-01-01' + i * 7 % 60000 * interval '10 minutes',
    CASE WHEN i % 3 > 0 THEN timestamp '2024-01-02' + i * 11 % 60000 * interval '10 minutes' END, repeat('x', 60)
FROM generate_series(1, 60000) AS i;
ANALYZE orders;
CREATE TABLE refunds (order_id int NOT NULL, why text);
INSERT INTO refunds SELECT i * 3, repeat('x', 60) FROM generate_series(1, 60000) AS i;
ANALYZE refunds;
-- query
SELECT o.id FROM orders o WHERE o.id BETWEEN 100 AND 120 AND NOT EXISTS (SELECT FROM refunds r WHERE r.order_id = o.id);
-- expect
CREATE INDEX refunds_order_id_idx ON public.refunds (order_id);
