-- The orders of a shop: 3000 customers, 20 shops and 40 agents, each scattered over the whole table; of a hundred orders
-- 90 are paid, 9 are open and one is lost; a third has not been shipped. The times go through a year several times.
CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL, shop_id int NOT NULL, agent_id int NOT NULL,
    status text NOT NULL, total int NOT NULL, placed_at timestamp NOT NULL, shipped_at timestamp, note text);
INSERT INTO orders SELECT i, i * 7919 % 3000, abs(hashint4(i)) % 20, abs(hashint4(i + 7)) % 40,
    CASE WHEN i % 100 < 90 THEN 'paid' WHEN i % 100 < 99 THEN 'open' ELSE 'lost' END, i * 31 % 10007,
    timestamp '2024-01-01' + i * 7 % 60000 * interval '10 minutes',
    CASE WHEN i % 3 > 0 THEN timestamp '2024-01-02' + i * 11 % 60000 * interval '10 minutes' END, repeat('x', 60)
FROM generate_series(1, 60000) AS i;
VACUUM ANALYZE orders;
