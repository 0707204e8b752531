-- Inside of a materialized CTE.
-- schema orders
-- query
WITH mine AS MATERIALIZED (SELECT * FROM orders WHERE customer_id = 42) SELECT status, count(*) FROM mine GROUP BY status;
-- expect
CREATE INDEX ON orders (customer_id);
-- ideal
CREATE INDEX ON orders (customer_id);
