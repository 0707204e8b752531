-- The customers of one shop on one day; their orders are looked for one by one.
-- schema orders
CREATE TABLE complaints (customer_id int NOT NULL, filed_on date NOT NULL, what text NOT NULL);
INSERT INTO complaints SELECT i * 7 % 3000, date '2024-01-01' + i % 365, repeat('x', 80) FROM generate_series(1, 60000) AS i;
ANALYZE complaints;
-- query
SELECT * FROM orders WHERE status = 'lost'
    AND customer_id IN (SELECT customer_id FROM complaints WHERE filed_on = '2024-03-01');
-- expect
CREATE INDEX ON complaints (filed_on);
CREATE INDEX ON orders (status);
or CREATE INDEX ON orders (customer_id) WHERE status = 'lost';
or CREATE INDEX ON orders (status, customer_id);
or CREATE INDEX ON orders (customer_id, status);
-- ideal
CREATE INDEX ON complaints (filed_on) INCLUDE (customer_id);
CREATE INDEX ON orders (customer_id) WHERE status = 'lost';
