-- Which of some orders have no refund: few rows of many are looked for.
-- schema orders
CREATE TABLE refunds (order_id int NOT NULL, why text);
INSERT INTO refunds SELECT i * 3, repeat('x', 60) FROM generate_series(1, 60000) AS i;
ANALYZE refunds;
-- query
SELECT o.id FROM orders o WHERE o.id BETWEEN 100 AND 120 AND NOT EXISTS (SELECT FROM refunds r WHERE r.order_id = o.id);
-- expect
CREATE INDEX ON refunds (order_id);
-- ideal
CREATE INDEX ON refunds (order_id);
