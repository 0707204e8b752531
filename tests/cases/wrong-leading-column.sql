-- An index that begins with something else is read from end to end.
-- schema
CREATE TABLE payments (id int PRIMARY KEY, order_id int NOT NULL, cents int NOT NULL, method text);
INSERT INTO payments SELECT i, i * 7919 % 30000, i % 10007, repeat('x', 40) FROM generate_series(1, 200000) AS i;
CREATE INDEX payments_cents_order ON payments (cents, order_id);
VACUUM ANALYZE payments;
-- query
SELECT * FROM payments WHERE order_id = 42;
-- expect
CREATE INDEX ON payments (order_id);
-- ideal
CREATE INDEX ON payments (order_id);
