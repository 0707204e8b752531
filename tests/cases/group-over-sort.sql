-- Medians need the rows of each group together: by a sort, or by an index that holds all that is read.
-- schema orders
-- query
SELECT customer_id, percentile_disc(0.5) WITHIN GROUP (ORDER BY total) FROM orders WHERE status = 'open' GROUP BY customer_id;
-- expect
CREATE INDEX ON orders (status, customer_id) INCLUDE (total);
or CREATE INDEX ON orders (status, customer_id, total);
or CREATE INDEX ON orders (customer_id) INCLUDE (total) WHERE status = 'open';
or CREATE INDEX ON orders (customer_id, total) WHERE status = 'open';
-- ideal
CREATE INDEX ON orders (customer_id) INCLUDE (total) WHERE status = 'open';
