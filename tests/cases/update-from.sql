-- An UPDATE that is joined with a few rows.
-- schema orders
CREATE TABLE corrections (customer_id int NOT NULL, total int NOT NULL);
INSERT INTO corrections SELECT i * 500, i FROM generate_series(0, 5) AS i;
ANALYZE corrections;
-- query
UPDATE orders o SET total = c.total FROM corrections c WHERE o.customer_id = c.customer_id;
-- expect
CREATE INDEX ON orders (customer_id);
-- ideal
CREATE INDEX ON orders (customer_id);
